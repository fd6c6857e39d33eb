import { DomainError, NotFound, ValidationFailed } from '../core/errors/index.js';
import type { ConversationHead } from './conversation-head.js';
import type { StoredMessage } from './stored-message.js';

/** A message that has no place yet. */
export interface MessageDraft {
  readonly conversationId: string;
  readonly senderId: string;
  readonly clientId: string;
  readonly body: string;
  readonly replyTo?: string;
}

/** Where a conversation ends: its next message goes behind it. */
export type End = Pick<ConversationHead, 'seq' | 'rev' | 'activityAt'>;

/** The same for the same message, however often it is sent. */
export const keyOf = ({ senderId, clientId }: MessageDraft): string => `${senderId} ${clientId}`;

/**
 * Why a draft may not have a place; undefined when it may.
 * @param head of its conversation; undefined when there is no such conversation
 * @param repliedTo the conversation of each message that drafts answer, as far as it exists
 */
export function refusalOf(
  { senderId, conversationId, replyTo }: MessageDraft,
  head: ConversationHead | undefined,
  repliedTo: ReadonlyMap<string, string>,
): DomainError | undefined {
  if (!head?.memberIds.includes(senderId)) return new DomainError(NotFound);
  if (replyTo === undefined || repliedTo.get(replyTo) === conversationId) return undefined;
  return new DomainError(ValidationFailed, {
    errors: [{ path: 'replyTo', rule: 'same-conversation', message: 'The message you answer is not in this chat.' }],
  });
}

/** The message that a draft becomes in the next place behind `end`. */
export function messageAt(end: End, draft: MessageDraft, id: string): StoredMessage {
  const { conversationId, senderId, clientId, body, replyTo } = draft;
  return {
    id,
    conversationId,
    seq: end.seq + 1,
    rev: end.rev + 1,
    senderId,
    clientId,
    kind: 'text',
    body,
    // Where the clock was set back, times stand still until it has caught up: they never contradict the order.
    createdAt: new Date(Math.max(Date.now(), end.seq > 0 ? end.activityAt.getTime() : 0)),
    ...(replyTo !== undefined && { replyTo }),
  };
}

/** Where the conversation ends with this message. */
export const endAfter = ({ seq, rev, createdAt }: StoredMessage): End => ({ seq, rev, activityAt: createdAt });
