import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { TypingRequest } from '@parlance/contracts';
import { Broadcaster, TellsFacts } from '../core/realtime/index.js';
import { ConversationsService } from '../messages/conversations.service.js';
import { TypingNoticeDto } from './dto/typing.dto.js';

/** At most one notice a person and conversation is passed on in this time, in milliseconds. */
const PAUSE_MS = 1_000;

interface Pause {
  readonly timer: NodeJS.Timeout;
  readonly passed: boolean;
  latest: boolean;
}

/** Passes on who types, no more often than once a second; the last word is passed on when the second is over. */
@TellsFacts({ typing: { summary: 'To the other members.', payload: TypingNoticeDto } })
@Injectable()
export class TypingRelay implements OnModuleDestroy {
  private readonly pauses = new Map<string, Pause>();

  constructor(
    private readonly conversations: ConversationsService,
    private readonly broadcaster: Broadcaster,
  ) {}

  /** To the other members. Throws `NotFound` for whoever is no member. */
  async pass(userId: string, { conversationId, active }: TypingRequest): Promise<void> {
    const members = await this.conversations.membersOf(userId, conversationId);
    const key = `${userId} ${conversationId}`;
    const pause = this.pauses.get(key);
    if (pause) pause.latest = active;
    else this.tell(key, members, userId, conversationId, active);
  }

  onModuleDestroy(): void {
    for (const { timer } of this.pauses.values()) clearTimeout(timer);
    this.pauses.clear();
  }

  private tell(key: string, members: readonly string[], userId: string, conversationId: string, active: boolean): void {
    const others = members.filter((memberId) => memberId !== userId);
    this.broadcaster.toUsers(others, 'typing', { conversationId, userId, active });
    const timer = setTimeout(() => {
      const pause = this.pauses.get(key);
      this.pauses.delete(key);
      if (pause && pause.latest !== pause.passed) this.tell(key, members, userId, conversationId, pause.latest);
    }, PAUSE_MS).unref();
    this.pauses.set(key, { timer, passed: active, latest: active });
  }
}
