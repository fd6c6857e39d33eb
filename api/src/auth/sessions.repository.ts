import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, trusted, Types } from 'mongoose';
import { isObjectId } from '../core/validation/index.js';
import { SESSION_MODEL, type SessionRecord } from './session.schema.js';

const alive = () => trusted({ $gt: new Date() });

@Injectable()
export class SessionsRepository {
  constructor(@InjectModel(SESSION_MODEL) private readonly model: Model<SessionRecord>) {}

  /** An id for a session that is about to be inserted: its token names it. */
  newId(): string {
    return new Types.ObjectId().toHexString();
  }

  async insert(session: Omit<SessionRecord, '_id' | 'userId'> & { _id: string; userId: string }): Promise<void> {
    await this.model.create({
      ...session,
      _id: new Types.ObjectId(session._id),
      userId: new Types.ObjectId(session.userId),
    });
  }

  findLive(id: string): Promise<SessionRecord | null> {
    return this.model
      .findOne({ _id: new Types.ObjectId(id), expiresAt: alive() })
      .lean<SessionRecord>()
      .exec();
  }

  /** Those of these sessions that have not ended. */
  async liveAmong(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const known = ids.filter(isObjectId).map((id) => new Types.ObjectId(id));
    const live = await this.model
      .find({ _id: trusted({ $in: known }), expiresAt: alive() }, { _id: 1 })
      .lean<Pick<SessionRecord, '_id'>[]>()
      .exec();
    return new Set(live.map(({ _id }) => _id.toHexString()));
  }

  /** Puts the next token in the place of the present one; false if somebody else has done so meanwhile. */
  async rotate(
    id: string,
    presentHash: string,
    next: Pick<SessionRecord, 'tokenHash' | 'rotatedAt' | 'expiresAt'>,
  ): Promise<boolean> {
    const { modifiedCount } = await this.model.updateOne(
      { _id: new Types.ObjectId(id), tokenHash: presentHash },
      { $set: { ...next, previousTokenHash: presentHash, lastSeenAt: next.rotatedAt } },
    );
    return modifiedCount === 1;
  }

  /** Live sessions, the last used first. */
  ofUser(userId: string): Promise<SessionRecord[]> {
    return this.model
      .find({ userId: new Types.ObjectId(userId), expiresAt: alive() })
      .sort({ lastSeenAt: -1 })
      .lean<SessionRecord[]>()
      .exec();
  }

  /** Removes one session of this user; false if there is none. */
  async remove(userId: string, id: string): Promise<boolean> {
    const { deletedCount } = await this.model.deleteOne({
      _id: new Types.ObjectId(id),
      userId: new Types.ObjectId(userId),
    });
    return deletedCount === 1;
  }
}
