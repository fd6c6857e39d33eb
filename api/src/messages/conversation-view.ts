import type { Conversation, ConversationMarker, User } from '@parlance/contracts';
import { toMessage } from './message-view.js';
import { deliveredSeq, readMarker, type StoredConversation } from './stored-conversation.js';
import type { StoredMessage } from './stored-message.js';

/** What a view needs beside the conversation itself. */
export interface ViewParts {
  users: ReadonlyMap<string, User>;
  lastMessages: ReadonlyMap<string, StoredMessage>;
}

/** Messages of others beyond the read marker: all beyond it, less one's own. None while a marker is ahead of a summary. */
export function unreadOf(conversation: StoredConversation, userId: string): number {
  const { head } = conversation;
  const read = readMarker(conversation, userId);
  return Math.max(0, head.seq - read.seq - ((head.sent[userId] ?? 0) - read.sent));
}

export function toMarker(conversation: StoredConversation, userId: string): ConversationMarker {
  return {
    conversationId: conversation.id,
    userId,
    readSeq: readMarker(conversation, userId).seq,
    deliveredSeq: deliveredSeq(conversation, userId),
  };
}

/** A conversation as one of its members sees it. */
export function toConversation(
  conversation: StoredConversation,
  viewerId: string,
  { users, lastMessages }: ViewParts,
): Conversation {
  const { id, kind, memberIds, head, createdAt } = conversation;
  const lastMessage = head.lastMessageId === undefined ? undefined : lastMessages.get(head.lastMessageId);
  const own = toMarker(conversation, viewerId);
  return {
    id,
    kind,
    members: memberIds.flatMap((memberId) => {
      const user = users.get(memberId);
      const marker = toMarker(conversation, memberId);
      return user ? [{ user, readSeq: marker.readSeq, deliveredSeq: marker.deliveredSeq }] : [];
    }),
    headSeq: head.seq,
    headRev: head.rev,
    readSeq: own.readSeq,
    deliveredSeq: own.deliveredSeq,
    unread: unreadOf(conversation, viewerId),
    ...(lastMessage && { lastMessage: toMessage(lastMessage, viewerId) }),
    createdAt: createdAt.toISOString(),
  };
}
