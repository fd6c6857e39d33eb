import type { ConversationKind } from '@parlance/contracts';
import { Schema, type Types } from 'mongoose';

/** How far somebody has read, and how many messages of their own lie up to there. Compared in this order of fields. */
export interface ReadMarker {
  seq: number;
  sent: number;
}

/**
 * A conversation as stored. `headSeq`, `headRev`, `lastMessageId`, `activityAt` and `sent` are a summary of its
 * messages up to `headRev`, written lazily; the messages beyond it are always counted in when a head is loaded.
 */
export interface ConversationRecord {
  _id: Types.ObjectId;
  kind: ConversationKind;
  memberIds: Types.ObjectId[];
  /** Direct conversations only: both ids in order, so that a pair has one conversation. */
  directKey?: string;
  createdAt: Date;
  activityAt: Date;
  headSeq: number;
  headRev: number;
  lastMessageId?: Types.ObjectId;
  /** Messages written, by user id. */
  sent: Record<string, number>;
  /** Read markers, by user id. */
  read: Record<string, ReadMarker>;
  /** Delivered markers, by user id. */
  delivered: Record<string, number>;
}

export const CONVERSATION_MODEL = 'Conversation';

const byUser = { type: Schema.Types.Mixed, required: true } as const;

export const conversationSchema = new Schema<ConversationRecord>(
  {
    kind: { type: String, enum: ['direct', 'group'], required: true },
    memberIds: { type: [Schema.Types.ObjectId], required: true },
    directKey: String,
    createdAt: { type: Date, required: true },
    activityAt: { type: Date, required: true },
    headSeq: { type: Number, required: true },
    headRev: { type: Number, required: true },
    lastMessageId: Schema.Types.ObjectId,
    sent: byUser,
    read: byUser,
    delivered: byUser,
  },
  { collection: 'conversations', versionKey: false, minimize: false },
);

conversationSchema.index({ directKey: 1 }, { unique: true, sparse: true });
// The list of one person, newest activity first.
conversationSchema.index({ memberIds: 1, activityAt: -1, _id: -1 });
