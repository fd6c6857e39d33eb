import type { StoredMessage } from './stored-message.js';

/** The end of a conversation's order, and who takes part in it. */
export interface ConversationHead {
  readonly conversationId: string;
  readonly memberIds: readonly string[];
  /** Highest `seq` given; 0 while empty. */
  readonly seq: number;
  /** Highest `rev` given; 0 while untouched. */
  readonly rev: number;
  /** The message at `seq`. */
  readonly lastMessageId?: string;
  /** When something was last written here; while empty, when the conversation began. */
  readonly activityAt: Date;
  /** Messages written up to `seq`, by user id. */
  readonly sent: Readonly<Record<string, number>>;
}

/** What a head needs to know of a message. */
export type Change = Pick<StoredMessage, 'id' | 'seq' | 'rev' | 'senderId' | 'createdAt'>;

/** The head after these changes, all of them beyond `head.rev`, in any order. */
export function headAfter(head: ConversationHead, changes: readonly Change[]): ConversationHead {
  const sent = { ...head.sent };
  const counted = new Set<number>();
  let { seq, rev, lastMessageId, activityAt } = head;
  for (const change of changes) {
    rev = Math.max(rev, change.rev);
    // A message that the head already counts has only changed; one that changes while it is read may come twice.
    if (change.seq <= head.seq || counted.has(change.seq)) continue;
    counted.add(change.seq);
    sent[change.senderId] = (sent[change.senderId] ?? 0) + 1;
    if (change.seq > seq) ({ seq, id: lastMessageId, createdAt: activityAt } = change);
  }
  return { ...head, seq, rev, activityAt, sent, ...(lastMessageId !== undefined && { lastMessageId }) };
}
