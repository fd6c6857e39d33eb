import type { Message, Problem } from '@parlance/contracts';
import type { ConversationSnapshot } from './conversation-sync';
import type { LoadedMessages, Run } from './message-runs';
import type { OutboxEntry } from './outbox-entry';

/** A message on the screen, whether the server has it already or not. */
export interface Bubble {
  /** The same from typing to reading, so that the element stays the same. */
  readonly key: string;
  /** Absent while it is on its way. */
  readonly id?: string;
  readonly conversationId: string;
  readonly senderId: string;
  readonly body: string;
  /** ISO 8601 UTC; by this device's clock while it is on its way. */
  readonly createdAt: string;
  readonly kind: Message['kind'];
  readonly editedAt?: string;
  readonly deletedAt?: string;
  /** Id of the message that it answers. */
  readonly replyTo?: string;
  /** Absent while it is on its way. */
  readonly seq?: number;
  readonly state: 'sent' | 'sending' | 'failed';
  /** Why it failed. */
  readonly problem?: Problem;
  /** For retry and discard. */
  readonly clientId?: string;
}

/**
 * One conversation as it is shown: messages by `seq`, and behind the newest one what is on its way, each exactly once: an
 * entry whose message is there is left out, whichever of ack, push and page came first. Anything that belongs to another
 * conversation is left out. Costs what is asked of it, not what is loaded.
 */
export class BubbleList {
  /** The stretch of the newest messages. */
  readonly tail: Run;
  private readonly loaded: LoadedMessages;
  private waiting: readonly Bubble[] | undefined;

  constructor(
    private readonly snapshot: ConversationSnapshot,
    private readonly entries: readonly OutboxEntry[],
    private readonly ownId: string,
  ) {
    this.tail = snapshot.tail;
    this.loaded = snapshot.loaded;
  }

  /** The loaded stretch in which this place lies. */
  runOf(seq: number): Run | undefined {
    return this.loaded.runOf(seq);
  }

  at(seq: number): Bubble | undefined {
    const message = this.loaded.at(seq);
    return message && bubbleOf(message);
  }

  withId(id: string): Bubble | undefined {
    const message = this.loaded.withId(id);
    return message && bubbleOf(message);
  }

  /** From `first` to `last`, both included, and behind the newest message what is on its way. */
  between(first: number, last: number): Bubble[] {
    const messages = this.loaded.between(first, last).filter((message) => this.belongs(message));
    return [...messages.map(bubbleOf), ...(last >= this.tail.last ? this.onTheWay : [])];
  }

  /** All of the newest that is loaded. */
  newest(): Bubble[] {
    return this.between(this.tail.first, this.tail.last);
  }

  get isEmpty(): boolean {
    return this.tail.last < this.tail.first && this.onTheWay.length === 0;
  }

  /** The last one of the newest messages of which this is true. */
  findLast(isWanted: (bubble: Bubble) => boolean): Bubble | undefined {
    for (let seq = this.tail.last; seq >= this.tail.first; seq--) {
      const bubble = this.at(seq);
      if (bubble && isWanted(bubble)) return bubble;
    }
    return undefined;
  }

  /** What is on its way, and one's own acknowledged messages while a gap before them is filled. */
  get onTheWay(): readonly Bubble[] {
    if (this.waiting) return this.waiting;
    const held = this.snapshot.held.filter(
      (message) => message.senderId === this.ownId && this.belongs(message) && !this.loaded.at(message.seq),
    );
    const arrived = new Set(held.map(({ clientId }) => clientId));
    const pending = this.entries.filter(
      ({ conversationId, clientId }) =>
        conversationId === this.snapshot.conversationId &&
        !arrived.has(clientId) &&
        !this.loaded.withClientId(clientId),
    );
    this.waiting = [...held.map(bubbleOf), ...pending.map(fromEntry)];
    return this.waiting;
  }

  private belongs({ conversationId }: Message): boolean {
    return conversationId === this.snapshot.conversationId;
  }
}

/** The bubble of a message is always the same one, so that what is on the screen is left alone while nothing changes. */
const bubbles = new WeakMap<Message, Bubble>();

function bubbleOf(message: Message): Bubble {
  const known = bubbles.get(message);
  if (known) return known;
  const bubble = fromMessage(message);
  bubbles.set(message, bubble);
  return bubble;
}

function fromMessage(message: Message): Bubble {
  const { id, conversationId, senderId, body, createdAt, kind, editedAt, deletedAt, replyTo, seq, clientId } = message;
  return {
    key: clientId ?? message.id,
    ...{ id, conversationId, senderId, body, createdAt, kind, editedAt, deletedAt, replyTo, seq, clientId },
    state: 'sent',
  };
}

function fromEntry(entry: OutboxEntry): Bubble {
  const { conversationId, body, createdAt, replyTo, problem, clientId } = entry;
  return {
    key: clientId,
    ...{ conversationId, body, createdAt, replyTo, problem, clientId },
    senderId: entry.userId,
    kind: 'text',
    state: problem ? 'failed' : 'sending',
  };
}
