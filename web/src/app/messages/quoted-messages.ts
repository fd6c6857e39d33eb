import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Message } from '@parlance/contracts';
import { Session } from '../core/identity/session';
import { toProblem } from '../core/problem/problem';
import { Realtime } from '../core/realtime/realtime';
import { ConversationApi } from './conversation-api';
import { MessageStore } from './message-store';

/** Messages that are remembered for being quoted; the one wanted longest ago makes room. */
const KEPT_QUOTED = 200;

/** That a message was asked for. An answer counts while this stands. */
interface Asked {
  readonly conversationId: string;
}

/**
 * Messages that others answer and that stand in no page which is loaded. They are current as far as their conversation is:
 * every change that is told of it, by push or by catch-up, is taken over, and where changes are left out they are asked
 * for again.
 */
@Injectable({ providedIn: 'root' })
export class QuotedMessages {
  private readonly api = inject(ConversationApi);
  private readonly byId = signal<ReadonlyMap<string, Message | null>>(new Map());
  private readonly asked = new Map<string, Asked>();

  constructor() {
    const messages = inject(MessageStore);
    const session = inject(Session);
    messages.told$.pipe(takeUntilDestroyed()).subscribe((message) => {
      if (this.asked.has(message.id)) this.learn(message.id, message);
    });
    messages.lost$.pipe(takeUntilDestroyed()).subscribe((conversationId) => {
      this.forget([...this.asked].filter(([, asked]) => asked.conversationId === conversationId).map(([id]) => id));
    });
    // What could not be had is wanted again.
    inject(Realtime)
      .connected$.pipe(takeUntilDestroyed())
      .subscribe(() => this.byId.set(new Map(this.byId())));
    const ownId = computed(() => session.user()?.id);
    effect(() => {
      ownId();
      untracked(() => this.forget([...this.asked.keys()]));
    });
  }

  /** A message, null when it cannot be had, undefined while it is not known; as a signal read. */
  get(messageId: string): Message | null | undefined {
    return this.byId().get(messageId);
  }

  /** Asks for a message, once. What comes of it, and that it is to be wanted again, is told by `get`. */
  want(conversationId: string, messageId: string): void {
    if (this.asked.has(messageId)) return;
    const asked = { conversationId };
    this.asked.set(messageId, asked);
    const counts = () => this.asked.get(messageId) === asked;
    this.api.message(conversationId, messageId).then(
      (message) => {
        if (counts()) this.learn(messageId, message);
      },
      (error: unknown) => {
        if (!counts()) return;
        if (toProblem(error).status === 404) this.learn(messageId, null);
        else if (!this.byId().has(messageId)) this.asked.delete(messageId);
      },
    );
  }

  private learn(messageId: string, message: Message | null): void {
    const known = this.byId().get(messageId);
    if (known && message && known.rev >= message.rev) return;
    const others = [...this.byId()].filter(([id]) => id !== messageId);
    for (const [id] of others.splice(0, Math.max(0, others.length + 1 - KEPT_QUOTED))) this.asked.delete(id);
    this.byId.set(new Map([...others, [messageId, message]]));
  }

  private forget(messageIds: readonly string[]): void {
    if (messageIds.length === 0) return;
    for (const id of messageIds) this.asked.delete(id);
    this.byId.set(new Map([...this.byId()].filter(([id]) => !messageIds.includes(id))));
  }
}
