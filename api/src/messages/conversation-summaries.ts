import { Injectable, Logger } from '@nestjs/common';
import { within } from '../core/concurrency/within.js';
import type { ConversationHead } from './conversation-head.js';
import { ConversationsRepository } from './conversations.repository.js';

/** How long a summary waits at least, in milliseconds; every message of a conversation meanwhile costs nothing. */
const WAIT_MS = 1_000;
/** Between two writes, in milliseconds. */
const PAUSE_MS = 100;
/** Most summaries in one write: messages that are sent meanwhile wait for no more than these. */
const AT_ONCE = 16;
/** A write that is not answered in this time counts as failed, in milliseconds: lists and a stop wait for it. */
const TIMEOUT_MS = 10_000;

interface Waiting {
  head: ConversationHead;
  /** When it may be written, in milliseconds of `performance.now()`. */
  readonly due: number;
}

/**
 * Writes the summaries of conversations (last message, activity, counts) behind the messages, many at once. Losing
 * what waits here loses nothing: the messages are the truth, and heads count what a summary does not have yet.
 *
 * What is due at one time is written a tenth at a time, over a second: a hundred busy conversations at once held every
 * message of that moment up for as long as they took.
 */
@Injectable()
export class ConversationSummaries {
  private readonly logger = new Logger(ConversationSummaries.name);
  /** By conversation, in the order in which they are due. */
  private readonly waiting = new Map<string, Waiting>();
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly conversations: ConversationsRepository) {}

  /** Has this head written within two seconds, or as soon as the store lets it. */
  note(head: ConversationHead): void {
    const known = this.waiting.get(head.conversationId);
    if (!known) this.waiting.set(head.conversationId, { head, due: performance.now() + WAIT_MS });
    else if (known.head.rev < head.rev) known.head = head;
    this.wait(WAIT_MS);
  }

  /** Writes what waits, and waits for nothing more: the store is about to go. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.flush();
  }

  /**
   * Resolves when everything noted before the call, or what of it is wanted, was written, or has failed and waits again. Never
   * rejects.
   */
  flush(isWanted: (head: ConversationHead) => boolean = () => true): Promise<void> {
    return this.write(() => [...this.waiting.values()].filter(({ head }) => isWanted(head)));
  }

  private wait(ms: number): void {
    if (this.stopped || this.waiting.size === 0) return;
    this.timer ??= setTimeout(() => {
      void this.write(() => this.due()).then(() => {
        this.timer = undefined;
        this.wait(PAUSE_MS);
      });
    }, ms).unref();
  }

  /** A tenth of what waits, as far as it is due. */
  private due(): Waiting[] {
    const now = performance.now();
    const due: Waiting[] = [];
    for (const waiting of this.waiting.values()) {
      if (waiting.due > now || due.length * WAIT_MS >= this.waiting.size * PAUSE_MS) break;
      due.push(waiting);
    }
    return due;
  }

  /** Writes one time after the other, and chooses what when its turn has come. */
  private write(choose: () => readonly Waiting[]): Promise<void> {
    this.writing = this.writing.then(async () => {
      const heads = choose().map(({ head }) => head);
      for (const { conversationId } of heads) this.waiting.delete(conversationId);
      for (let from = 0; from < heads.length; from += AT_ONCE) await this.writeSome(heads.slice(from, from + AT_ONCE));
    });
    return this.writing;
  }

  private async writeSome(heads: readonly ConversationHead[]): Promise<void> {
    try {
      await within(TIMEOUT_MS, this.conversations.writeSummaries(heads));
    } catch (error) {
      this.logger.warn(`Summaries of ${heads.length} conversations wait: ${error instanceof Error ? error.name : ''}`);
      for (const head of heads) this.note(head);
    }
  }
}
