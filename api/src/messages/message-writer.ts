import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Message } from '@parlance/contracts';
import { LRUCache } from 'lru-cache';
import { NoAnswer, within } from '../core/concurrency/within.js';
import { DomainError, NotFound, Overloaded } from '../core/errors/index.js';
import { DomainEvents } from '../core/events/index.js';
import { ChangeRounds } from './change-rounds.js';
import { type ConversationHead, headAfter } from './conversation-head.js';
import { ConversationHeads } from './conversation-heads.js';
import { ConversationSummaries } from './conversation-summaries.js';
import type { CreatedOrFound } from './created-or-found.js';
import { MessageCreated } from './events/message-created.event.js';
import { type End, endAfter, keyOf, type MessageDraft, messageAt, refusalOf } from './message-draft.js';
import { toMessage } from './message-view.js';
import { ClientIdReused, OutcomeUnknown } from './messages.problems.js';
import { MessageMetrics } from './message-metrics.js';
import { MessagesRepository } from './messages.repository.js';
import type { StoredMessage } from './stored-message.js';
import { pauseAfter, RETRY_AFTER_SECONDS, WRITER_LIMITS, type WriterLimits } from './write-attempts.js';

/** Drafts whose write was never answered that are remembered, so that a repeat can make their message known. */
const MAX_UNANSWERED = 4_096;

/** The message as its sender sees it; found when the same `clientId` had been written before. */
type Sent = CreatedOrFound<Message>;

/** A draft on its way. */
interface Pending {
  readonly draft: MessageDraft;
  readonly key: string;
  readonly resolve: (sent: Sent) => void;
  readonly reject: (error: Error) => void;
  /** Writes that failed because its place or its `clientId` was taken. */
  attempts: number;
  isSettled: boolean;
}

/** A draft with the place it tries to take. */
interface Placed {
  readonly pending: Pending;
  readonly message: StoredMessage;
  /** Where its conversation ended before the group. */
  readonly head: ConversationHead;
}

/**
 * Gives messages their place and writes them, one group at a time: what arrives while a write is in flight goes into
 * the next one, so that load makes groups larger and not slower. The insert is the compare-and-set: unique indexes on
 * `seq`, `rev` and `clientId` let it fail where another process was first, and then the head is read again. Changes of
 * messages take places of the same order, and have their turns between the groups.
 */
@Injectable()
export class MessageWriter implements OnApplicationShutdown {
  private readonly waiting: Pending[] = [];
  /** Drafts without an outcome, by sender and `clientId`. */
  private readonly unsettled = new Map<string, { conversationId: string; outcome: Promise<Sent> }>();
  /** Drafts whose write was never answered, by sender and `clientId`: if they are there, nobody was told of them. */
  private readonly unanswered = new LRUCache<string, true>({ max: MAX_UNANSWERED });
  private readonly changes = new ChangeRounds();
  private running: Promise<void> | undefined;

  constructor(
    private readonly heads: ConversationHeads,
    private readonly messages: MessagesRepository,
    private readonly summaries: ConversationSummaries,
    private readonly events: DomainEvents,
    private readonly metrics: MessageMetrics,
    @Inject(WRITER_LIMITS) private readonly limits: WriterLimits,
  ) {
    metrics.waiting(() => this.unsettled.size);
  }

  /**
   * Resolves when the message is on disk, in the order of the calls. Rejects with `NotFound` for whoever is no member,
   * `ValidationFailed` for a reply to a message elsewhere, `ClientIdReused`, `Overloaded` when the message was surely
   * not written, and `OutcomeUnknown` when it may have been, by this call or an earlier one.
   */
  write(draft: MessageDraft): Promise<Sent> {
    const key = keyOf(draft);
    const earlier = this.unsettled.get(key);
    if (earlier?.conversationId === draft.conversationId) {
      return earlier.outcome.then(({ item }) => ({ item, created: false }));
    }
    if (earlier) {
      const again = () => this.write(draft);
      return earlier.outcome.then(again, again);
    }
    if (this.unsettled.size >= this.limits.maxWaiting) {
      this.metrics.overloaded.inc();
      return Promise.reject(new DomainError(Overloaded, { retryAfter: RETRY_AFTER_SECONDS }));
    }
    const outcome = new Promise<Sent>((resolve, reject) => {
      this.waiting.push({ draft, key, resolve, reject, attempts: 0, isSettled: false });
    });
    this.unsettled.set(key, { conversationId: draft.conversationId, outcome });
    this.running ??= this.run();
    return outcome;
  }

  /**
   * Runs a change of a message of this conversation while no group is being written, and settles as it does. Messages
   * wait for it: it has to end by itself when the store does not answer.
   */
  betweenGroups<T>(conversationId: string, change: () => Promise<T>): Promise<T> {
    const outcome = this.changes.add(conversationId, change);
    this.running ??= this.run();
    return outcome;
  }

  /**
   * Nobody is left without an answer, and no summary behind. Runs when sockets and HTTP are closed: before that more would
   * come, and a busy server would wait for ever.
   */
  async onApplicationShutdown(): Promise<void> {
    await this.running;
    await this.summaries.stop();
  }

  private settle(pending: Pending, sent: Sent): void {
    if (this.leaves(pending)) pending.resolve(sent);
  }

  private fail(pending: Pending, error: Error): void {
    if (this.leaves(pending)) pending.reject(error);
  }

  /** False the second time: its key may be that of a repeat by then. */
  private leaves(pending: Pending): boolean {
    if (pending.isSettled) return false;
    pending.isSettled = true;
    return this.unsettled.delete(pending.key);
  }

  private async run(): Promise<void> {
    // Drafts that arrive in the same turn of the event loop share the first write.
    await Promise.resolve();
    while (this.waiting.length > 0 || this.changes.areDue) {
      if (this.changes.areDue) await this.changes.runOne();
      const group = this.waiting.splice(0, this.limits.maxBatch);
      try {
        await this.writeGroup(group);
      } catch (error) {
        for (const pending of group) this.fail(pending, this.failureOf(pending, error));
      }
    }
    this.running = undefined;
  }

  /**
   * What is told of a draft whose group has failed. When a read was not answered, a draft that no write was tried of is
   * surely not there. One that was refused for a taken place or `clientId` may be, by an earlier send; so may one whose
   * earlier write was never answered.
   */
  private failureOf({ attempts, key }: Pending, error: unknown): Error {
    if (error instanceof NoAnswer) {
      const mayBeThere = attempts > 0 || this.unanswered.has(key);
      if (!mayBeThere) this.metrics.overloaded.inc();
      const problem = mayBeThere ? OutcomeUnknown : Overloaded;
      return new DomainError(problem, { retryAfter: RETRY_AFTER_SECONDS, cause: error });
    }
    return error instanceof Error ? error : new Error('A write failed', { cause: error });
  }

  private async writeGroup(group: readonly Pending[]): Promise<void> {
    let open = group;
    while (open.length > 0) {
      const placed = await this.place(open);
      const written = placed.length > 0 ? await this.insert(placed) : 0;
      this.accept(placed.slice(0, written));
      const [blocked, ...rest] = placed.slice(written).map(({ pending }) => pending);
      if (!blocked) return;
      open = (await this.unblock(blocked)) ? [blocked, ...rest] : rest;
      await this.changes.runOne();
    }
  }

  /** Gives each draft the next place of its conversation; those that may not have one are refused. */
  private async place(group: readonly Pending[]): Promise<Placed[]> {
    const [heads, repliedTo] = await this.inTime(
      Promise.all([
        this.heads.getMany(group.map(({ draft }) => draft.conversationId)),
        this.messages.conversationsOf(group.flatMap(({ draft: { replyTo } }) => replyTo ?? [])),
      ]),
    );
    const ends = new Map<string, End>(heads);
    const placed: Placed[] = [];
    for (const pending of group) {
      const { draft } = pending;
      const head = heads.get(draft.conversationId);
      const end = ends.get(draft.conversationId);
      const refusal = refusalOf(draft, head, repliedTo);
      if (!head || !end || refusal) {
        this.fail(pending, refusal ?? new DomainError(NotFound));
        continue;
      }
      const message = messageAt(end, draft, this.messages.newId());
      ends.set(draft.conversationId, endAfter(message));
      placed.push({ pending, message, head });
    }
    return placed;
  }

  /** How many were written; fewer than given when the next one's place or `clientId` is taken. */
  private async insert(placed: readonly Placed[]): Promise<number> {
    const ended = this.metrics.writeSeconds.startTimer();
    this.metrics.batch.observe(placed.length);
    try {
      return await this.inTime(this.messages.insertInOrder(placed.map(({ message }) => message)));
    } catch (cause) {
      for (const { pending, message } of placed) {
        this.heads.forget(message.conversationId);
        this.unanswered.set(pending.key, true);
      }
      this.metrics.unknown.inc();
      throw new DomainError(OutcomeUnknown, { retryAfter: RETRY_AFTER_SECONDS, cause });
    } finally {
      ended();
    }
  }

  /** What is on disk is made known: its conversations' heads first, so that whoever hears of a message finds it there. */
  private accept(written: readonly Placed[]): void {
    if (written.length === 0) return;
    this.metrics.written.inc({ outcome: 'new' }, written.length);
    this.learnHeads(written);
    for (const { pending, message, head } of written) {
      const view = toMessage(message, message.senderId);
      this.events.publish(new MessageCreated(view, head.memberIds));
      this.settle(pending, { item: view, created: true });
    }
  }

  private learnHeads(written: readonly Placed[]): void {
    const byHead = new Map<ConversationHead, StoredMessage[]>();
    for (const { head, message } of written) {
      const messages = byHead.get(head);
      if (messages) messages.push(message);
      else byHead.set(head, [message]);
    }
    for (const [before, messages] of byHead) {
      const head = headAfter(before, messages);
      this.heads.learn(head);
      this.summaries.note(head);
    }
  }

  /** Finds out why a draft could not be written. True when it should try once more. */
  private async unblock(pending: Pending): Promise<boolean> {
    const { conversationId, senderId, clientId } = pending.draft;
    pending.attempts += 1;
    const first = await this.inTime(this.messages.findByClientId(senderId, clientId));
    if (first) {
      if (first.conversationId === conversationId) {
        this.metrics.written.inc({ outcome: 'repeated' });
        if (this.unanswered.has(pending.key)) await this.tellLate(first);
        // Only now: where the store failed once more, the next repeat makes it known.
        this.unanswered.delete(pending.key);
        this.settle(pending, { item: toMessage(first, senderId), created: false });
      } else this.fail(pending, new DomainError(ClientIdReused));
      return false;
    }
    this.heads.forget(conversationId);
    if (pending.attempts >= this.limits.maxAttempts) {
      this.metrics.overloaded.inc();
      this.fail(pending, new DomainError(Overloaded, { retryAfter: RETRY_AFTER_SECONDS }));
      return false;
    }
    this.metrics.retries.inc();
    await pauseAfter(pending.attempts);
    return true;
  }

  /** The message is there although its write was never answered: members who were connected all the while hear of it. */
  private async tellLate(message: StoredMessage): Promise<void> {
    const conversation = await this.inTime(this.heads.fresh(message.conversationId));
    if (!conversation) return;
    this.events.publish(new MessageCreated(toMessage(message, message.senderId), conversation.memberIds));
  }

  private inTime<T>(answer: Promise<T>): Promise<T> {
    return within(this.limits.timeoutMs, answer);
  }
}
