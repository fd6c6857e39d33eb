import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DomainError, Forbidden, NotFound, Overloaded } from '../core/errors/index.js';
import { DomainEvents } from '../core/events/index.js';
import { headAfter } from './conversation-head.js';
import { ConversationHeads } from './conversation-heads.js';
import { ConversationSummaries } from './conversation-summaries.js';
import { MessageUpdated } from './events/message-updated.event.js';
import { memberOnly } from './member-only.js';
import { MessageMetrics } from './message-metrics.js';
import { toMessage } from './message-view.js';
import { MessageDeleted, OutcomeUnknown } from './messages.problems.js';
import { MessagesRepository } from './messages.repository.js';
import type { StoredMessage } from './stored-message.js';

/** How often a change may lose its place in the order before the server calls itself overloaded. */
const MAX_ATTEMPTS = 8;
/** Longest pause before another attempt, in milliseconds. */
const MAX_PAUSE_MS = 100;
const RETRY_AFTER_SECONDS = 1;
/** Messages with a change that was never answered that are remembered, so that a repeat can make it known. */
const MAX_UNANSWERED = 4_096;

/** What becomes of a message; undefined when it is that way already. */
type Change = (message: StoredMessage) => Partial<StoredMessage> | undefined;

/**
 * Changes messages that stand in their order. A change takes the conversation's next `rev` as a new message does: the
 * unique index lets whoever comes second try again. What is asked for twice is done once.
 */
@Injectable()
export class MessageChanger {
  /** Messages with a change that was never answered: if it is there, nobody was told of it. */
  private readonly unanswered = new LRUCache<string, true>({ max: MAX_UNANSWERED });

  constructor(
    private readonly heads: ConversationHeads,
    private readonly messages: MessagesRepository,
    private readonly summaries: ConversationSummaries,
    private readonly events: DomainEvents,
    private readonly metrics: MessageMetrics,
  ) {}

  /**
   * Gives a message another text. Resolves when that is on disk. Rejects with `NotFound` for whoever is no member,
   * `Forbidden` for whoever did not write it, `MessageDeleted`, `Overloaded` and `OutcomeUnknown`.
   */
  edit(userId: string, messageId: string, body: string): Promise<StoredMessage> {
    return this.change(userId, messageId, (message) => {
      if (message.deletedAt) throw new DomainError(MessageDeleted);
      return message.body === body ? undefined : { body, editedAt: new Date() };
    });
  }

  /** Takes the text of a message away; its place, sender and times stay. Rejects as `edit` does. */
  delete(userId: string, messageId: string): Promise<StoredMessage> {
    return this.change(userId, messageId, (message) =>
      message.deletedAt ? undefined : { body: '', deletedAt: new Date() },
    );
  }

  private async change(userId: string, messageId: string, change: Change): Promise<StoredMessage> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const [message] = await this.messages.findByIds([messageId]);
      if (!message) throw new DomainError(NotFound);
      const head = memberOnly(await this.heads.get(message.conversationId), userId);
      if (message.senderId !== userId || message.kind !== 'text') throw new DomainError(Forbidden);
      const fields = change(message);
      if (!fields) {
        if (this.unanswered.delete(messageId)) this.tell(message, head.memberIds);
        return message;
      }
      const changed = { ...message, ...fields, rev: head.rev + 1 };
      if (await this.write(message, changed)) {
        const next = headAfter(head, [changed]);
        this.heads.learn(next);
        this.summaries.note(next);
        this.unanswered.delete(messageId);
        this.tell(changed, head.memberIds);
        return changed;
      }
      this.heads.forget(message.conversationId);
      this.metrics.retries.inc();
      await sleep(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** attempt - 2));
    }
    this.metrics.overloaded.inc();
    throw new DomainError(Overloaded, { retryAfter: RETRY_AFTER_SECONDS });
  }

  private tell(message: StoredMessage, memberIds: readonly string[]): void {
    this.events.publish(new MessageUpdated(toMessage(message, message.senderId), memberIds));
  }

  private async write(before: StoredMessage, after: StoredMessage): Promise<boolean> {
    try {
      return await this.messages.changeInOrder(before, after);
    } catch (cause) {
      this.heads.forget(before.conversationId);
      this.unanswered.set(before.id, true);
      this.metrics.unknown.inc();
      throw new DomainError(OutcomeUnknown, { retryAfter: RETRY_AFTER_SECONDS, cause });
    }
  }
}
