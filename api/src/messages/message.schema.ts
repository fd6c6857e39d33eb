import { Schema, type Types } from 'mongoose';

export interface MessageRecord {
  _id: Types.ObjectId;
  conversationId: Types.ObjectId;
  seq: number;
  rev: number;
  /** Every `rev` that it ever had: what an edit leaves must not be taken by another message. */
  revs: number[];
  senderId: Types.ObjectId;
  clientId: string;
  kind: string;
  body: string;
  createdAt: Date;
  editedAt?: Date;
  deletedAt?: Date;
  replyTo?: Types.ObjectId;
}

export const MESSAGE_MODEL = 'Message';

export const messageSchema = new Schema<MessageRecord>(
  {
    conversationId: { type: Schema.Types.ObjectId, required: true },
    seq: { type: Number, required: true },
    rev: { type: Number, required: true },
    revs: { type: [Number], required: true },
    senderId: { type: Schema.Types.ObjectId, required: true },
    clientId: { type: String, required: true },
    kind: { type: String, required: true },
    body: String,
    createdAt: { type: Date, required: true },
    editedAt: Date,
    deletedAt: Date,
    replyTo: Schema.Types.ObjectId,
  },
  { collection: 'messages', versionKey: false },
);

// These are the order: an insert that takes a place already taken fails, and that is the compare-and-set. The one on
// `revs` counts places that were left, too: a message written by a process that knows of no edit would take one, behind
// the cursors of all who have seen the edit.
messageSchema.index({ conversationId: 1, seq: 1 }, { unique: true });
messageSchema.index({ conversationId: 1, rev: 1 }, { unique: true });
messageSchema.index(
  { conversationId: 1, revs: 1 },
  { unique: true, partialFilterExpression: { revs: { $exists: true } } },
);
messageSchema.index({ senderId: 1, clientId: 1 }, { unique: true });
