import type { ConversationKind } from '@parlance/contracts';
import type { ConversationHead } from './conversation-head.js';
import type { ReadMarker } from './conversation.schema.js';

/** A conversation with its members' markers. Its head may be behind by the messages of the last moments. */
export interface StoredConversation {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly memberIds: readonly string[];
  readonly createdAt: Date;
  readonly head: ConversationHead;
  /** By user id; absent while nothing was read. */
  readonly read: Readonly<Record<string, ReadMarker>>;
  /** By user id; absent while nothing was delivered. */
  readonly delivered: Readonly<Record<string, number>>;
}

/** How far a member has read; nothing at first. */
export function readMarker({ read }: StoredConversation, userId: string): ReadMarker {
  return read[userId] ?? { seq: 0, sent: 0 };
}

/** How far a member's devices have received. */
export function deliveredSeq({ delivered }: StoredConversation, userId: string): number {
  return delivered[userId] ?? 0;
}
