import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, trusted, Types } from 'mongoose';
import { isObjectId } from '../core/validation/index.js';
import { type StoredAvatar, USER_MODEL, type UserRecord } from './user.schema.js';

export type NewUser = Omit<UserRecord, '_id'>;

/** A stretch of the directory. */
export interface DirectoryRange {
  /** Search keys that a person must have, all of them; none finds everybody. */
  keys: readonly string[];
  /** Username key after which to begin. */
  after?: string;
  limit: number;
  /** Who is left out. */
  except: string;
}

@Injectable()
export class UsersRepository {
  constructor(@InjectModel(USER_MODEL) private readonly users: Model<UserRecord>) {}

  /** Throws the database's duplicate key error when a key is taken. */
  async insert(user: NewUser): Promise<UserRecord> {
    const created = await this.users.create(user);
    return created.toObject();
  }

  async remove(id: string): Promise<void> {
    if (isObjectId(id)) await this.users.deleteOne({ _id: id });
  }

  async hasFounder(): Promise<boolean> {
    return (await this.users.exists({ founder: true })) !== null;
  }

  async exists(id: string): Promise<boolean> {
    return isObjectId(id) && (await this.users.exists({ _id: id })) !== null;
  }

  async findById(id: string): Promise<UserRecord | null> {
    return isObjectId(id) ? this.users.findById(id).lean<UserRecord>() : null;
  }

  /** In no particular order; ids of nobody are passed over. */
  async findByIds(ids: readonly string[]): Promise<UserRecord[]> {
    const known = [...new Set(ids)].filter(isObjectId).map((id) => new Types.ObjectId(id));
    return known.length === 0 ? [] : this.users.find({ _id: trusted({ $in: known }) }).lean<UserRecord[]>();
  }

  async findByUsernameKey(usernameKey: string): Promise<UserRecord | null> {
    return this.users.findOne({ usernameKey }).lean<UserRecord>();
  }

  async findByEmailKey(emailKey: string): Promise<UserRecord | null> {
    return this.users.findOne({ emailKey }).lean<UserRecord>();
  }

  /** Sets what is given; a bio of `null` is removed. */
  async updateProfile(
    id: string,
    { bio, ...set }: { displayName?: string; searchKeys?: string[]; bio?: string | null },
  ): Promise<UserRecord | null> {
    const update = {
      $set: { ...set, ...(typeof bio === 'string' && { bio }) },
      ...(bio === null && { $unset: { bio: 1 } }),
    };
    return this.users.findOneAndUpdate({ _id: id }, update, { returnDocument: 'after' }).lean<UserRecord>();
  }

  /** Puts one avatar in place of the other and gives the record as it was, so that each one is given back once. */
  async exchangeAvatar(id: string, avatar: StoredAvatar | undefined): Promise<UserRecord | null> {
    const update = avatar ? { $set: { avatar } } : { $unset: { avatar: 1 } };
    return this.users.findOneAndUpdate({ _id: id }, update, { returnDocument: 'before' }).lean<UserRecord>();
  }

  /** Ascending by username key. */
  async directory({ keys, after, limit, except }: DirectoryRange): Promise<UserRecord[]> {
    // The longest is met by the fewest, so it is the one to walk the index by.
    const longestFirst = [...keys].sort((one, other) => other.length - one.length);
    const filter = {
      ...(longestFirst.length > 0 && { $and: longestFirst.map((key) => ({ searchKeys: key })) }),
      ...(after !== undefined && { usernameKey: trusted({ $gt: after }) }),
      _id: trusted({ $ne: new Types.ObjectId(except) }),
    };
    return this.users.find(filter).sort({ usernameKey: 1 }).limit(limit).lean<UserRecord[]>();
  }
}
