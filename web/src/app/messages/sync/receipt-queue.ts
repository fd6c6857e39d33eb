import type { ConversationMarker, Problem } from '@parlance/contracts';
import { backoff } from './backoff';
import type { Clock } from '../../core/clock/clock';
import { isRefusal } from './outbox-entry';

export type ReceiptKind = 'read' | 'delivered';

/** The way of a receipt to the server. */
export interface ReceiptTransport {
  /** One attempt. */
  mark(kind: ReceiptKind, conversationId: string, seq: number): Promise<ConversationMarker>;
  describe(error: unknown): Problem;
}

/** Receipts go out one by one with this much time between, in milliseconds, to stay far below the abuse limit. */
export const RECEIPT_SPACING_MS = 100;

interface Receipt {
  readonly kind: ReceiptKind;
  readonly conversationId: string;
  readonly seq: number;
}

/**
 * Tells the server how far this device has received and its user has read. Only the furthest place counts, so what
 * waits is replaced by what goes further, and a place is told once.
 */
export class ReceiptQueue {
  private readonly waiting = new Map<string, Receipt>();
  private readonly told = new Map<string, number>();
  private cancelTimer: (() => void) | undefined;
  private sending = false;
  private attempts = 0;

  constructor(
    private readonly transport: ReceiptTransport,
    private readonly clock: Clock,
    private readonly marked: (marker: ConversationMarker) => void,
  ) {}

  /** Queues a receipt, unless the server knows as much already. */
  mark(kind: ReceiptKind, conversationId: string, seq: number): void {
    const key = `${kind} ${conversationId}`;
    if (seq <= Math.max(this.told.get(key) ?? 0, this.waiting.get(key)?.seq ?? 0)) return;
    this.waiting.set(key, { kind, conversationId, seq });
    // What is read has been delivered.
    const delivered = `delivered ${conversationId}`;
    if (kind === 'read') {
      if ((this.waiting.get(delivered)?.seq ?? 0) <= seq) this.waiting.delete(delivered);
      this.told.set(delivered, Math.max(this.told.get(delivered) ?? 0, seq));
    }
    this.sendSoon(RECEIPT_SPACING_MS);
  }

  /** The connection is back. */
  wake(): void {
    if (this.waiting.size === 0) return;
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.sendSoon(0);
  }

  /** Forgets everything. */
  clear(): void {
    this.waiting.clear();
    this.told.clear();
    this.attempts = 0;
    this.cancelTimer?.();
    this.cancelTimer = undefined;
  }

  private sendSoon(ms: number): void {
    if (this.sending || this.cancelTimer) return;
    this.cancelTimer = this.clock.schedule(ms, () => {
      this.cancelTimer = undefined;
      void this.sendNext();
    });
  }

  private async sendNext(): Promise<void> {
    const next = [...this.waiting].sort(([, a], [, b]) => Number(b.kind === 'read') - Number(a.kind === 'read'))[0];
    if (!next) return;
    const [key, receipt] = next;
    this.sending = true;
    let pause = RECEIPT_SPACING_MS;
    try {
      this.marked(await this.transport.mark(receipt.kind, receipt.conversationId, receipt.seq));
      this.settle(key, receipt);
    } catch (error) {
      const problem = this.transport.describe(error);
      if (isRefusal(problem)) {
        this.settle(key, receipt);
      } else {
        this.attempts += 1;
        pause = backoff(this.clock, this.attempts, problem.retryAfter);
      }
    }
    this.sending = false;
    if (this.waiting.size > 0) this.sendSoon(pause);
  }

  private settle(key: string, receipt: Receipt): void {
    this.attempts = 0;
    // Cleared meanwhile: nothing to note for whoever comes next.
    if (this.waiting.get(key) !== receipt) return;
    this.waiting.delete(key);
    this.told.set(key, Math.max(this.told.get(key) ?? 0, receipt.seq));
  }
}
