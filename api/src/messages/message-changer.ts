import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { NoAnswer, within } from '../core/concurrency/within.js';
import { DomainError, Forbidden, NotFound, Overloaded } from '../core/errors/index.js';
import { DomainEvents } from '../core/events/index.js';
import { type ConversationHead, headAfter } from './conversation-head.js';
import { ConversationHeads } from './conversation-heads.js';
import { ConversationSummaries } from './conversation-summaries.js';
import { MessageUpdated } from './events/message-updated.event.js';
import { memberOnly } from './member-only.js';
import { MessageMetrics } from './message-metrics.js';
import { toMessage } from './message-view.js';
import { MessageWriter } from './message-writer.js';
import { MessageDeleted, OutcomeUnknown } from './messages.problems.js';
import { MessagesRepository } from './messages.repository.js';
import type { StoredMessage } from './stored-message.js';
import { pauseAfter, RETRY_AFTER_SECONDS, WRITER_LIMITS, type WriterLimits } from './write-attempts.js';

/** Messages with a change that was never answered that are remembered, so that a repeat can make it known. */
const MAX_UNANSWERED = 4_096;

/** What becomes of a message; undefined when it is that way already. */
type Change = (message: StoredMessage) => Partial<StoredMessage> | undefined;

/**
 * Changes messages that stand in their order. A change takes the conversation's next `rev` as a new message does, in
 * turns with those that this process writes; where another process was first, the unique index lets it try again. What
 * is asked for twice is done once.
 */
@Injectable()
export class MessageChanger implements OnApplicationShutdown {
  private readonly running = new Set<Promise<StoredMessage>>();
  /** Messages with a change that was never answered: if it is there, nobody was told of it. */
  private readonly unanswered = new LRUCache<string, true>({ max: MAX_UNANSWERED });

  constructor(
    private readonly heads: ConversationHeads,
    private readonly messages: MessagesRepository,
    private readonly summaries: ConversationSummaries,
    private readonly events: DomainEvents,
    private readonly metrics: MessageMetrics,
    private readonly writer: MessageWriter,
    @Inject(WRITER_LIMITS) private readonly limits: WriterLimits,
  ) {}

  /**
   * Gives a message another text. Resolves when that is on disk. Rejects with `NotFound` for whoever is no member,
   * `Forbidden` for whoever did not write it, `MessageDeleted`, `Overloaded` when it was surely not changed, and
   * `OutcomeUnknown` when it may have been, by this call or an earlier one.
   */
  edit(userId: string, messageId: string, body: string): Promise<StoredMessage> {
    return this.change(userId, messageId, (message) => {
      if (message.deletedAt) throw new DomainError(MessageDeleted);
      return message.body === body ? undefined : { body, editedAt: notBefore(message.createdAt) };
    });
  }

  /** Takes the text of a message away; its place, sender and times stay. Rejects as `edit` does. */
  delete(userId: string, messageId: string): Promise<StoredMessage> {
    return this.change(userId, messageId, (message) =>
      message.deletedAt ? undefined : { body: '', deletedAt: notBefore(message.createdAt) },
    );
  }

  /** Nothing is left half done. Runs before the writer's own: whoever depends on another is stopped first. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  private change(userId: string, messageId: string, change: Change): Promise<StoredMessage> {
    if (this.running.size >= this.limits.maxWaiting) return Promise.reject(this.overloaded());
    const changing = this.changeInTurn(userId, messageId, change).finally(() => this.running.delete(changing));
    this.running.add(changing);
    return changing;
  }

  private async changeInTurn(userId: string, messageId: string, change: Change): Promise<StoredMessage> {
    try {
      // Whoever is refused holds nobody up.
      const { message } = await this.find(userId, messageId);
      for (let attempts = 1; attempts <= this.limits.maxAttempts; attempts += 1) {
        const attempt = () => this.attempt(userId, messageId, change);
        const changed = await this.writer.betweenGroups(message.conversationId, attempt);
        if (changed) {
          // A start finds the summaries that lack a message by the ids of messages. A change has none of its own.
          await this.summaries.flush(({ conversationId }) => conversationId === message.conversationId);
          return changed;
        }
        this.metrics.retries.inc();
        await pauseAfter(attempts);
      }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      // Nothing of this call was on its way to the store; something of an earlier one may still be.
      if (this.unanswered.has(messageId)) throw this.unknown(error);
    }
    throw this.overloaded();
  }

  /** The message in its next state; undefined when another process has taken its place. */
  private async attempt(userId: string, messageId: string, change: Change): Promise<StoredMessage | undefined> {
    const { message, head } = await this.find(userId, messageId);
    const fields = change(message);
    if (!fields) {
      if (this.unanswered.delete(messageId)) this.tell(message, head.memberIds);
      return message;
    }
    const changed = { ...message, ...fields, rev: head.rev + 1 };
    if (!(await this.write(message, changed))) {
      this.heads.forget(message.conversationId);
      return undefined;
    }
    const next = headAfter(head, [changed]);
    this.heads.learn(next);
    this.summaries.note(next);
    this.unanswered.delete(messageId);
    this.tell(changed, head.memberIds);
    return changed;
  }

  /** A message as it is now, for who may change it, and where its conversation ends. */
  private async find(userId: string, messageId: string): Promise<{ message: StoredMessage; head: ConversationHead }> {
    const find = async () => {
      const [message] = await this.messages.findByIds([messageId]);
      if (!message) throw new DomainError(NotFound);
      const head = memberOnly(await this.heads.get(message.conversationId), userId);
      if (message.senderId !== userId || message.kind !== 'text') throw new DomainError(Forbidden);
      return { message, head };
    };
    return within(this.limits.timeoutMs, find());
  }

  private tell(message: StoredMessage, memberIds: readonly string[]): void {
    this.events.publish(new MessageUpdated(toMessage(message, message.senderId), memberIds));
  }

  private async write(before: StoredMessage, after: StoredMessage): Promise<boolean> {
    try {
      return await within(this.limits.timeoutMs, this.messages.changeInOrder(before, after));
    } catch (cause) {
      this.heads.forget(before.conversationId);
      this.unanswered.set(before.id, true);
      this.metrics.unknown.inc();
      throw this.unknown(cause);
    }
  }

  private unknown(cause: unknown): DomainError {
    return new DomainError(OutcomeUnknown, { retryAfter: RETRY_AFTER_SECONDS, cause });
  }

  private overloaded(): DomainError {
    this.metrics.overloaded.inc();
    return new DomainError(Overloaded, { retryAfter: RETRY_AFTER_SECONDS });
  }
}

/** Now, or the time of what happened earlier where the clock was set back: times never contradict the order. */
const notBefore = (earlier: Date): Date => new Date(Math.max(Date.now(), earlier.getTime()));
