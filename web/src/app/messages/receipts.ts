import { Injectable, computed, effect, inject, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { firstValueFrom } from 'rxjs';
import { Session } from '../core/identity/session';
import { toProblem } from '../core/problem/problem';
import { Realtime } from '../core/realtime/realtime';
import { Attention } from './attention';
import { CLOCK } from '../core/clock/clock-token';
import { ConversationStore } from './conversation-store';
import { ReceiptQueue } from './sync/receipt-queue';

/**
 * How far this device has received and its user has read. *Delivered* goes out by itself for everything that arrives;
 * *read* only for what somebody looking at the page has on the screen.
 */
@Injectable({ providedIn: 'root' })
export class Receipts {
  private readonly attention = inject(Attention);
  private readonly conversations = inject(ConversationStore);
  private readonly realtime = inject(Realtime);
  private readonly session = inject(Session);
  private readonly ownId = computed(() => this.session.user()?.id);
  private readonly queue = new ReceiptQueue(
    {
      mark: (kind, conversationId, seq) =>
        firstValueFrom(this.realtime.request(`conversation:${kind}`, { conversationId, seq })),
      describe: toProblem,
    },
    inject(CLOCK),
    (marker) => this.conversations.applyMarker(marker),
  );

  constructor() {
    effect(() => {
      this.ownId();
      untracked(() => this.queue.clear());
    });
    effect(() => {
      for (const { id, headSeq, readSeq, deliveredSeq, unread } of this.conversations.conversations()) {
        if (unread > 0 && Math.max(readSeq, deliveredSeq) < headSeq) this.queue.mark('delivered', id, headSeq);
      }
    });
    this.realtime.connected$.pipe(takeUntilDestroyed()).subscribe(() => this.queue.wake());
  }

  /**
   * The message at `seq`, and so everything before it, is on the screen. Counts as read only while somebody can be
   * looking; reads the signal, so that an effect which calls this runs again when they come back.
   */
  seen(conversationId: string, seq: number): void {
    if (!this.attention.attentive()) return;
    const conversation = this.conversations.conversation(conversationId);
    const ownId = this.ownId();
    if (!conversation || !ownId || seq <= conversation.readSeq) return;
    const deliveredSeq = Math.max(conversation.deliveredSeq, seq);
    this.queue.mark('read', conversationId, seq);
    // The badge need not wait for the server: a marker only moves forward.
    untracked(() => this.conversations.applyMarker({ conversationId, userId: ownId, readSeq: seq, deliveredSeq }));
  }
}
