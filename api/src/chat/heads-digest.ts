import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Env } from '../core/config/env.js';
import { OnDomainEvent } from '../core/events/index.js';
import { Broadcaster, TellsFacts } from '../core/realtime/index.js';
import { MessageCreated } from '../messages/events/message-created.event.js';
import { MessageUpdated } from '../messages/events/message-updated.event.js';

/**
 * Tells members now and then how far the conversations are that have changed since: whoever has missed a push notices
 * it here at the latest.
 */
@TellsFacts({
  heads: {
    summary: 'Every 15 s: `headRev` of the conversations that changed, by their ids.',
    payload: { type: 'object', additionalProperties: { type: 'integer', minimum: 1 } },
  },
})
@Injectable()
export class HeadsDigest implements OnModuleInit, OnModuleDestroy {
  /** `headRev` by conversation id, by user id. */
  private changed = new Map<string, Record<string, number>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly env: Env,
    private readonly broadcaster: Broadcaster,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => this.send(), this.env.headsSeconds * 1000).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  @OnDomainEvent(MessageCreated)
  created(event: MessageCreated): void {
    this.note(event);
  }

  @OnDomainEvent(MessageUpdated)
  updated(event: MessageUpdated): void {
    this.note(event);
  }

  private note({ message: { conversationId, rev }, memberIds }: MessageCreated | MessageUpdated): void {
    for (const userId of memberIds) {
      const heads = this.changed.get(userId) ?? {};
      heads[conversationId] = Math.max(heads[conversationId] ?? 0, rev);
      this.changed.set(userId, heads);
    }
  }

  private send(): void {
    const { changed } = this;
    this.changed = new Map();
    for (const [userId, heads] of changed) this.broadcaster.toUsers([userId], 'heads', heads);
  }
}
