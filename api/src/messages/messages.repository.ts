import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { mongo, type Model, trusted, Types } from 'mongoose';
import { isDuplicateKey } from '../core/database/index.js';
import type { Change } from './conversation-head.js';
import { MESSAGE_MODEL, type MessageRecord } from './message.schema.js';
import type { StoredMessage } from './stored-message.js';

const DURABLE = { w: 'majority', journal: true } as const;

/**
 * Messages at rest. Reads are of plain documents, and each is served by an index that stops at the limit. What is written for
 * every message goes through the driver and not through hydrated Mongoose documents: a prototype reached 28 % of a bare
 * relay's messages a CPU second with a batched `insertMany`, and 5 % with a Mongoose `create` of each.
 */
@Injectable()
export class MessagesRepository implements OnModuleInit {
  /** Of all ids so far the latest time, in seconds. */
  private newest = 0;

  constructor(@InjectModel(MESSAGE_MODEL) private readonly messages: Model<MessageRecord>) {}

  /** The order rests on the unique indexes: nothing is written before they stand. */
  async onModuleInit(): Promise<void> {
    await this.messages.init();
    this.newest = (await this.timeOfNewest()) ?? 0;
  }

  /** An id that lies behind those of earlier messages, though the clock be set back: `recentConversations` goes by them. */
  newId(): string {
    this.newest = Math.max(this.newest, Math.floor(Date.now() / 1000));
    return new Types.ObjectId(Types.ObjectId.generate(this.newest)).toHexString();
  }

  /**
   * Writes messages in their order, durably, and tells how many: fewer than given when the next one's place or
   * `clientId` was taken, and then nothing behind it was written. Any error means that the outcome is unknown.
   */
  async insertInOrder(messages: readonly StoredMessage[]): Promise<number> {
    try {
      await this.messages.collection.insertMany(messages.map(toRecord), { ordered: true, writeConcern: DURABLE });
      return messages.length;
    } catch (error) {
      return writtenBeforeDuplicate(error);
    }
  }

  /**
   * Writes a message's next state durably, and tells whether it could: not when it has changed meanwhile, or when its
   * new `rev` was taken. Any error means that the outcome is unknown.
   */
  async changeInOrder(before: StoredMessage, after: StoredMessage): Promise<boolean> {
    const { body, rev, editedAt, deletedAt } = after;
    const fields = { body, rev, ...(editedAt && { editedAt }), ...(deletedAt && { deletedAt }) };
    try {
      const { modifiedCount } = await this.messages.collection.updateOne(
        { _id: new Types.ObjectId(before.id), rev: before.rev },
        { $set: fields, $addToSet: { revs: { $each: [before.rev, rev] } } },
        { writeConcern: DURABLE },
      );
      return modifiedCount === 1;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  async findByClientId(senderId: string, clientId: string): Promise<StoredMessage | undefined> {
    const record = await this.messages.findOne({ senderId, clientId }).lean<MessageRecord>();
    return record ? toStored(record) : undefined;
  }

  async findByIds(ids: readonly string[]): Promise<StoredMessage[]> {
    if (ids.length === 0) return [];
    const records = await this.messages.find({ _id: trusted({ $in: [...ids] }) }).lean<MessageRecord[]>();
    return records.map(toStored);
  }

  /** The conversation of each of these messages, by message id; unknown ones are left out. */
  async conversationsOf(ids: readonly string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map();
    const records = await this.messages
      .find({ _id: trusted({ $in: [...ids] }) }, { conversationId: 1 })
      .lean<Pick<MessageRecord, '_id' | 'conversationId'>[]>();
    return new Map(records.map(({ _id, conversationId }) => [_id.toHexString(), conversationId.toHexString()]));
  }

  /** From `first` to `last`, both included, ascending. */
  async findBySeq(conversationId: string, first: number, last: number): Promise<StoredMessage[]> {
    const records = await this.messages
      .find({ conversationId, seq: trusted({ $gte: first, $lte: last }) })
      .sort({ seq: 1 })
      // Told how many there can be, a server answers in one batch and keeps no cursor.
      .limit(last - first + 1)
      .batchSize(last - first + 1)
      .lean<MessageRecord[]>();
    return records.map(toStored);
  }

  /** What changed after `after` and up to `upTo`, in its present state, ascending by `rev`. */
  async findByRev(conversationId: string, after: number, upTo: number, limit: number): Promise<StoredMessage[]> {
    const records = await this.messages
      .find({ conversationId, rev: trusted({ $gt: after, $lte: upTo }) })
      .sort({ rev: 1 })
      .limit(limit)
      .batchSize(limit)
      .lean<MessageRecord[]>();
    return records.map(toStored);
  }

  /** What a summary at `rev` does not count yet. */
  async changesBeyond(conversationId: string, rev: number): Promise<Change[]> {
    const records = await this.messages
      .find({ conversationId, rev: trusted({ $gt: rev }) }, { seq: 1, rev: 1, senderId: 1, createdAt: 1 })
      .sort({ rev: 1 })
      .lean<Pick<MessageRecord, '_id' | 'seq' | 'rev' | 'senderId' | 'createdAt'>[]>();
    return records.map(({ _id, senderId, ...change }) => ({
      ...change,
      id: _id.toHexString(),
      senderId: senderId.toHexString(),
    }));
  }

  /** How many messages of one person lie beyond `after` and up to `upTo`. */
  async countOf(senderId: string, conversationId: string, after: number, upTo: number): Promise<number> {
    if (after >= upTo) return 0;
    return this.messages.countDocuments({ conversationId, seq: trusted({ $gt: after, $lte: upTo }), senderId });
  }

  /** Conversations in which something was written in the last `seconds` before the newest message of all. */
  async recentConversations(seconds: number): Promise<string[]> {
    const newest = await this.timeOfNewest();
    if (newest === undefined) return [];
    const since = Types.ObjectId.createFromTime(newest - seconds);
    const ids = await this.messages.distinct('conversationId', { _id: trusted({ $gte: since }) });
    return ids.map((id) => id.toHexString());
  }

  /** Seconds since the epoch at which the newest message was written; undefined when there is none. */
  private async timeOfNewest(): Promise<number | undefined> {
    const newest = await this.messages.findOne({}, { _id: 1 }).sort({ _id: -1 }).lean<Pick<MessageRecord, '_id'>>();
    return newest ? newest._id.getTimestamp().getTime() / 1000 : undefined;
  }
}

/** The index of the first failed insert, when the failure is certain and only that its key was taken. */
function writtenBeforeDuplicate(error: unknown): number {
  if (!(error instanceof mongo.MongoBulkWriteError) || !isDuplicateKey(error)) throw error;
  const [first] = [error.writeErrors].flat();
  if (!first || error.result.getWriteConcernError()) throw error;
  return first.index;
}

/** A new message as it is stored. */
function toRecord(message: StoredMessage): MessageRecord {
  const { id, conversationId, seq, rev, senderId, clientId, kind, body, createdAt, replyTo } = message;
  const record: MessageRecord = {
    _id: new Types.ObjectId(id),
    conversationId: new Types.ObjectId(conversationId),
    seq,
    rev,
    revs: [rev],
    senderId: new Types.ObjectId(senderId),
    clientId,
    kind,
    body,
    createdAt,
  };
  if (replyTo !== undefined) record.replyTo = new Types.ObjectId(replyTo);
  return record;
}

function toStored(record: MessageRecord): StoredMessage {
  const { _id, conversationId, senderId, replyTo, revs: _revs, ...rest } = record;
  return {
    id: _id.toHexString(),
    conversationId: conversationId.toHexString(),
    senderId: senderId.toHexString(),
    ...(replyTo !== undefined && { replyTo: replyTo.toHexString() }),
    ...rest,
  };
}
