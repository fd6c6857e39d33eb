import { Schema, type Types } from 'mongoose';

/** One device that is signed in. */
export interface SessionRecord {
  _id: Types.ObjectId;
  userId: Types.ObjectId;
  /** SHA-256 of the refresh token in use. */
  tokenHash: string;
  /** The one before it, for the moment in which an answer may have been lost. */
  previousTokenHash?: string;
  rotatedAt: Date;
  device: string;
  createdAt: Date;
  lastSeenAt: Date;
  /** The earlier of the idle and the absolute end; MongoDB removes it afterwards. */
  expiresAt: Date;
}

export const SESSION_MODEL = 'Session';

const text = { type: String, required: true } as const;
const date = { type: Date, required: true } as const;

export const sessionSchema = new Schema<SessionRecord>(
  {
    userId: { type: Schema.Types.ObjectId, required: true },
    tokenHash: text,
    previousTokenHash: String,
    rotatedAt: date,
    device: text,
    createdAt: date,
    lastSeenAt: date,
    expiresAt: date,
  },
  { collection: 'sessions', versionKey: false },
);

sessionSchema.index({ userId: 1, lastSeenAt: -1 });
sessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
