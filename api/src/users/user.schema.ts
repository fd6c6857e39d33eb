import type { UserRole } from '@parlance/contracts';
import { Schema, type Types } from 'mongoose';

/** The picture that a person has set: a generated one, or an uploaded one and the token under which it is in use. */
export type StoredAvatar = { choice: string } | { picture: string; use: string };

/** A person as stored. Credentials are not here; `auth` keeps them by the id. */
export interface UserRecord {
  _id: Types.ObjectId;
  username: string;
  /** What makes a username unique: NFKC and case folded. Never changes, so pages of the directory are cut by it. */
  usernameKey: string;
  email: string;
  emailKey: string;
  displayName: string;
  bio?: string;
  /** Absent: the default made from the id. */
  avatar?: StoredAvatar;
  role: UserRole;
  /** Only the first account has it; its unique index makes sure that there is one such account. */
  founder?: true;
  /** What a search may ask for; see `searchKeys` in `fold.ts`. */
  searchKeys: string[];
  createdAt: Date;
}

export const USER_MODEL = 'User';

const text = { type: String, required: true } as const;

export const userSchema = new Schema<UserRecord>(
  {
    username: text,
    usernameKey: text,
    email: text,
    emailKey: text,
    displayName: text,
    bio: String,
    avatar: { type: new Schema({ choice: String, picture: String, use: String }, { _id: false }) },
    role: { type: String, enum: ['admin', 'member'], required: true },
    founder: Boolean,
    searchKeys: { type: [String], required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'users', versionKey: false },
);

userSchema.index({ usernameKey: 1 }, { unique: true });
userSchema.index({ emailKey: 1 }, { unique: true });
userSchema.index({ founder: 1 }, { unique: true, sparse: true });
userSchema.index({ searchKeys: 1, usernameKey: 1 });
