import type { Conversation, ConversationMarker, ConversationMember, Message } from '@parlance/contracts';

/**
 * A conversation as a device lists it, and what its number of unread messages rests on. The number is never counted up:
 * it is `headSeq − readSeq` less one's own messages behind the marker, and those are known as far as `counted` goes.
 */
export interface Summary {
  readonly conversation: Conversation;
  /** Everything up to `rev`, and so up to `seq`, is known; `own` of these messages are one's own and behind the marker. */
  readonly counted: { readonly seq: number; readonly rev: number; readonly own: number };
  /** Changes beyond, which came before those between, by `rev`. */
  readonly ahead: ReadonlyMap<number, Change>;
  /** The marker went to a place behind which only the server knows one's own messages. */
  readonly isUncertain: boolean;
}

interface Change {
  readonly seq: number;
  readonly isOwn: boolean;
}

/** Whether only the server can say what the conversation is like now: load it again. */
export function isStale({ conversation, counted, isUncertain }: Summary): boolean {
  return isUncertain || counted.rev < conversation.headRev || counted.seq < conversation.headSeq;
}

/** What the server tells, for a conversation that was not known. */
export function summaryOf(fresh: Conversation): Summary {
  const { headSeq: seq, headRev: rev, readSeq, unread } = fresh;
  const counted = { seq, rev, own: Math.max(0, seq - readSeq - unread) };
  return { conversation: fresh, counted, ahead: new Map(), isUncertain: false };
}

/** After a new or changed message, in whatever order they come. A repeat changes nothing. */
export function withMessage(known: Summary, message: Message, ownId: string): Summary {
  const { conversation, counted } = known;
  const lastMessage = newerOf(conversation.lastMessage, message);
  const isNews = message.rev > counted.rev && !known.ahead.has(message.rev);
  if (!isNews && lastMessage === conversation.lastMessage) return known;
  const ahead = new Map(known.ahead);
  if (isNews) ahead.set(message.rev, { seq: message.seq, isOwn: message.senderId === ownId });
  const headSeq = Math.max(conversation.headSeq, message.seq);
  const headRev = Math.max(conversation.headRev, message.rev);
  return settled({ ...known, conversation: { ...conversation, headSeq, headRev, lastMessage }, ahead });
}

/** After a member's marker; the same object when it tells nothing new. Markers only move forward. */
export function withMarker(known: Summary, marker: ConversationMarker, ownId: string): Summary {
  const { conversation } = known;
  const member = conversation.members.find(({ user }) => user.id === marker.userId);
  const moves = member && (member.readSeq < marker.readSeq || member.deliveredSeq < marker.deliveredSeq);
  const members = moves ? withMemberMarker(conversation.members, marker) : conversation.members;
  const others: Summary = moves ? { ...known, conversation: { ...conversation, members } } : known;
  return marker.userId === ownId ? withOwnMarker(others, marker) : others;
}

/**
 * What the server says now, beside what events have told meanwhile: an answer that was on its way while an event came
 * must not turn the clock back.
 */
export function withSnapshot(known: Summary | undefined, fresh: Conversation, ownId: string): Summary {
  if (!known) return summaryOf(fresh);
  const before = known.conversation;
  const base = fresh.headRev >= known.counted.rev ? summaryOf(fresh) : known;
  const lastMessage = newerOf(before.lastMessage, fresh.lastMessage);
  const conversation: Conversation = {
    ...base.conversation,
    headSeq: Math.max(before.headSeq, fresh.headSeq),
    headRev: Math.max(before.headRev, fresh.headRev),
    ...(lastMessage && { lastMessage }),
  };
  const ahead = new Map([...known.ahead].filter(([rev]) => rev > base.counted.rev));
  let merged = settled({ ...base, conversation, ahead });
  for (const { members, readSeq, deliveredSeq, id } of [fresh, before]) {
    for (const member of members) {
      const marker = { conversationId: id, userId: member.user.id, ...member };
      if (member.user.id !== ownId) merged = withMarker(merged, marker, ownId);
    }
    merged = withMarker(merged, { conversationId: id, userId: ownId, readSeq, deliveredSeq }, ownId);
  }
  return merged;
}

/** Of two states of messages the one further down, and of one message its later state. */
function newerOf(known: Message | undefined, other: Message | undefined): Message | undefined {
  if (!known || !other) return known ?? other;
  const isNewer = other.seq > known.seq || (other.seq === known.seq && other.rev > known.rev);
  return isNewer ? other : known;
}

/** Counts what is ahead as far as nothing is missing, and computes what follows from it. */
function settled(summary: Summary): Summary {
  const { conversation, isUncertain } = summary;
  const ahead = new Map(summary.ahead);
  let { seq, rev, own } = summary.counted;
  for (let next = ahead.get(rev + 1); next; next = ahead.get(rev + 1)) {
    rev += 1;
    ahead.delete(rev);
    // An earlier message has only changed.
    if (next.seq <= seq) continue;
    seq = next.seq;
    if (next.isOwn && seq > conversation.readSeq) own += 1;
  }
  const behind = [...ahead.values()].filter((one) => one.isOwn && one.seq > Math.max(seq, conversation.readSeq));
  const ownAhead = new Set(behind.map((one) => one.seq));
  const unread = isUncertain
    ? Math.min(conversation.unread, conversation.headSeq - conversation.readSeq)
    : Math.max(0, conversation.headSeq - conversation.readSeq - own - ownAhead.size);
  return { conversation: { ...conversation, unread }, counted: { seq, rev, own }, ahead, isUncertain };
}

function withOwnMarker(known: Summary, marker: ConversationMarker): Summary {
  const { conversation, counted } = known;
  const readSeq = Math.max(conversation.readSeq, marker.readSeq);
  // What another device has read is there, even if nothing has been heard of it here.
  const headSeq = Math.max(conversation.headSeq, readSeq);
  const deliveredSeq = Math.max(conversation.deliveredSeq, marker.deliveredSeq, marker.readSeq);
  if (readSeq === conversation.readSeq) {
    if (deliveredSeq === conversation.deliveredSeq) return known;
    return { ...known, conversation: { ...conversation, deliveredSeq } };
  }
  const isPast = readSeq >= counted.seq;
  return settled({
    ...known,
    conversation: { ...conversation, headSeq, readSeq, deliveredSeq },
    counted: isPast ? { ...counted, own: 0 } : counted,
    // Which of one's own messages lie behind a place in the middle is only known to the server.
    isUncertain: isPast ? false : known.isUncertain || counted.own > 0,
  });
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
