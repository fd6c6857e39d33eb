import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Message } from '@parlance/contracts';
import { Session } from '../core/identity/session';
import { toProblem } from '../core/problem/problem';
import { Realtime } from '../core/realtime/realtime';
import { ConversationApi } from './conversation-api';

/** Messages that are remembered for being quoted; the one wanted longest ago makes room. */
const KEPT_QUOTED = 200;

/** Messages that others answer and that stand in no page which is loaded. Follows edits and deletions. */
@Injectable({ providedIn: 'root' })
export class QuotedMessages {
  private readonly api = inject(ConversationApi);
  private readonly byId = signal<ReadonlyMap<string, Message | null>>(new Map());
  private readonly asked = new Set<string>();

  constructor() {
    const realtime = inject(Realtime);
    const session = inject(Session);
    realtime
      .on('message:updated')
      .pipe(takeUntilDestroyed())
      .subscribe((message) => {
        const known = this.byId().get(message.id);
        if (known && known.rev < message.rev) this.byId.set(new Map(this.byId()).set(message.id, message));
      });
    // What changed while the connection was gone was not told: it is asked for again when it is wanted again.
    realtime.connected$.pipe(takeUntilDestroyed()).subscribe(() => this.asked.clear());
    const ownId = computed(() => session.user()?.id);
    effect(() => {
      ownId();
      untracked(() => {
        this.asked.clear();
        this.byId.set(new Map());
      });
    });
  }

  /** A message, null when it cannot be had, undefined while it is not known; as a signal read. */
  get(messageId: string): Message | null | undefined {
    return this.byId().get(messageId);
  }

  /** Asks for a message, once. */
  want(conversationId: string, messageId: string): void {
    if (this.asked.has(messageId)) return;
    this.asked.add(messageId);
    this.api.message(conversationId, messageId).then(
      (message) => this.learn(messageId, message),
      (error: unknown) => {
        if (toProblem(error).status === 404) this.learn(messageId, null);
        else this.asked.delete(messageId);
      },
    );
  }

  private learn(messageId: string, message: Message | null): void {
    const known = this.byId().get(messageId);
    if (known && message && known.rev > message.rev) return;
    const others = [...this.byId()].filter(([id]) => id !== messageId);
    // What made room is asked for again when it is wanted again.
    for (const [id] of others.splice(0, Math.max(0, others.length + 1 - KEPT_QUOTED))) this.asked.delete(id);
    this.byId.set(new Map([...others, [messageId, message]]));
  }
}
