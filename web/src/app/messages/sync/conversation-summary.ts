import type { Conversation, ConversationMarker, ConversationMember, Message } from '@parlance/contracts';

/** A conversation after a fact, and whether the fact left something that only the server can say. */
export interface SummaryUpdate {
  readonly conversation: Conversation;
  /** Something between was missed: load the conversation again. */
  readonly stale: boolean;
}

/** Own messages after the read marker, as far as the numbers tell. */
function ownUnread(conversation: Conversation): number {
  return Math.max(0, conversation.headSeq - conversation.readSeq - conversation.unread);
}

/**
 * The conversation after a new or changed message. Unread is computed from the heads and markers, never counted up, so a
 * repeat changes nothing.
 */
export function withMessage(conversation: Conversation, message: Message, ownId: string): SummaryUpdate {
  const headRev = Math.max(conversation.headRev, message.rev);
  const last = conversation.lastMessage;
  const isNewer = !last || message.seq > last.seq || (message.seq === last.seq && message.rev >= last.rev);
  const lastMessage = isNewer ? message : last;
  if (message.seq <= conversation.headSeq) {
    return { conversation: { ...conversation, headRev, lastMessage }, stale: false };
  }
  const own = ownUnread(conversation) + (message.senderId === ownId ? 1 : 0);
  const headSeq = message.seq;
  const unread = Math.max(0, headSeq - conversation.readSeq - own);
  return {
    conversation: { ...conversation, headSeq, headRev, lastMessage, unread },
    stale: message.seq > conversation.headSeq + 1,
  };
}

/** The conversation after a member's marker; the same object when it tells nothing new. Markers only move forward. */
export function withMarker(conversation: Conversation, marker: ConversationMarker, ownId: string): SummaryUpdate {
  const known = conversation.members.find(({ user }) => user.id === marker.userId);
  const moves = known && (known.readSeq < marker.readSeq || known.deliveredSeq < marker.deliveredSeq);
  const members = moves ? withMemberMarker(conversation.members, marker) : conversation.members;
  const others: Conversation = moves ? { ...conversation, members } : conversation;
  if (marker.userId !== ownId) return { conversation: others, stale: false };

  const readSeq = Math.max(conversation.readSeq, Math.min(marker.readSeq, conversation.headSeq));
  const deliveredSeq = Math.max(conversation.deliveredSeq, marker.deliveredSeq, marker.readSeq);
  if (readSeq === conversation.readSeq) {
    const isSame = deliveredSeq === conversation.deliveredSeq;
    return { conversation: isSame ? others : { ...others, deliveredSeq }, stale: false };
  }
  const behind = conversation.headSeq - readSeq;
  const unread = Math.min(behind, conversation.unread);
  // Which of one's own messages lie behind the marker is only known to the server.
  const stale = behind > 0 && ownUnread(conversation) > 0;
  return { conversation: { ...others, deliveredSeq, readSeq, unread }, stale };
}

function withMemberMarker(members: readonly ConversationMember[], marker: ConversationMarker): ConversationMember[] {
  return members.map((member) =>
    member.user.id === marker.userId
      ? {
          ...member,
          readSeq: Math.max(member.readSeq, marker.readSeq),
          deliveredSeq: Math.max(member.deliveredSeq, marker.deliveredSeq),
        }
      : member,
  );
}

/**
 * What the server says now, beside what events have told meanwhile: an answer that was on its way while an event came
 * must not turn the clock back.
 */
export function withSnapshot(known: Conversation | undefined, fresh: Conversation, ownId: string): Conversation {
  if (!known) return fresh;
  let merged = fresh;
  if (known.headRev > fresh.headRev) {
    const { headSeq, headRev, lastMessage, readSeq, unread } = known;
    merged = { ...fresh, headSeq, headRev, lastMessage, readSeq, unread };
  }
  for (const member of [...fresh.members, ...known.members]) {
    const { readSeq, deliveredSeq } = member;
    const marker = { conversationId: fresh.id, userId: member.user.id, readSeq, deliveredSeq };
    merged = withMarker(merged, marker, ownId).conversation;
  }
  const own = { conversationId: fresh.id, userId: ownId };
  for (const { readSeq, deliveredSeq } of [fresh, known]) {
    merged = withMarker(merged, { ...own, readSeq, deliveredSeq }, ownId).conversation;
  }
  return merged;
}

/** When something last happened, ISO 8601 UTC; what the list is ordered by. */
export function lastActivity(conversation: Conversation): string {
  return conversation.lastMessage?.createdAt ?? conversation.createdAt;
}

/** How far everybody else has come with a message, as far as markers tell. */
export function deliveryOf(conversation: Conversation, seq: number, ownId: string): 'sent' | 'delivered' | 'read' {
  const others = conversation.members.filter((member) => member.user.id !== ownId);
  if (others.length === 0) return 'sent';
  if (others.every((member) => member.readSeq >= seq)) return 'read';
  if (others.every((member) => Math.max(member.deliveredSeq, member.readSeq) >= seq)) return 'delivered';
  return 'sent';
}
