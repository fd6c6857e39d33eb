import type { Message, Problem } from '@parlance/contracts';
import type { ConversationSnapshot } from './conversation-sync';
import type { OutboxEntry } from './outbox-queue';

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
 * The messages of one conversation followed by what is on its way, each exactly once: an entry whose message is there
 * is left out, whichever of ack, push and page came first. Anything that belongs to another conversation is left out.
 */
export function bubblesOf(snapshot: ConversationSnapshot, entries: readonly OutboxEntry[], ownId: string): Bubble[] {
  // One's own acknowledged messages stay on the screen while a gap before them is filled.
  const heldOwn = snapshot.held.filter((message) => message.senderId === ownId);
  const known = new Set<number>(snapshot.messages.map((message) => message.seq));
  const messages = [...snapshot.messages, ...heldOwn.filter((message) => !known.has(message.seq))].filter(
    (message) => message.conversationId === snapshot.conversationId,
  );
  const arrived = new Set(messages.filter((message) => message.senderId === ownId).map((message) => message.clientId));
  const pending = entries.filter(
    (entry) => entry.conversationId === snapshot.conversationId && !arrived.has(entry.clientId),
  );
  return [...messages.map(fromMessage), ...pending.map(fromEntry)];
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
