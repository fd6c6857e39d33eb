import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { type Model, trusted, Types } from 'mongoose';
import { isDuplicateKey } from '../core/database/index.js';
import type { ConversationCursor } from './conversation-cursor.js';
import type { ConversationHead } from './conversation-head.js';
import { CONVERSATION_MODEL, type ConversationRecord, type ReadMarker } from './conversation.schema.js';
import type { StoredConversation } from './stored-conversation.js';

/** Where a member's markers may move to; each only moves forward. */
export interface MarkerMove {
  read?: ReadMarker;
  delivered: number;
}

@Injectable()
export class ConversationsRepository implements OnModuleInit {
  constructor(@InjectModel(CONVERSATION_MODEL) private readonly conversations: Model<ConversationRecord>) {}

  /** That a pair has one conversation rests on the unique index. */
  async onModuleInit(): Promise<void> {
    await this.conversations.init();
  }

  async findById(id: string): Promise<StoredConversation | undefined> {
    const record = await this.conversations.findById(id).lean<ConversationRecord>();
    return record ? toStored(record) : undefined;
  }

  /** The one conversation of two people, made now when there is none. However often it is asked for at once. */
  async openDirect(
    userIds: readonly [string, string],
  ): Promise<{ conversation: StoredConversation; created: boolean }> {
    const directKey = [...userIds].sort().join(':');
    const existing = await this.findDirect(directKey);
    if (existing) return { conversation: existing, created: false };
    try {
      return { conversation: await this.insertDirect(directKey, userIds), created: true };
    } catch (error) {
      const other = isDuplicateKey(error, 'directKey') ? await this.findDirect(directKey) : undefined;
      if (!other) throw error;
      return { conversation: other, created: false };
    }
  }

  /** One page of a person's conversations, newest activity first. */
  async page(userId: string, after: ConversationCursor | undefined, limit: number): Promise<StoredConversation[]> {
    const beyond = after && {
      activityAt: trusted({ $lte: after.activityAt }),
      $or: [
        { activityAt: trusted({ $lt: after.activityAt }) },
        { _id: trusted({ $lt: new Types.ObjectId(after.id) }) },
      ],
    };
    const records = await this.conversations
      .find({ memberIds: userId, ...beyond })
      .sort({ activityAt: -1, _id: -1 })
      .limit(limit)
      .lean<ConversationRecord[]>();
    return records.map(toStored);
  }

  /** Everybody who shares a conversation with this person, the person included; nobody when there is none. */
  async contactsOf(userId: string): Promise<string[]> {
    const ids = await this.conversations.distinct('memberIds', { memberIds: userId });
    return ids.map((id) => String(id));
  }

  /** Moves markers forward, atomically; what would move back stays. */
  async moveMarkers(
    id: string,
    userId: string,
    { read, delivered }: MarkerMove,
  ): Promise<StoredConversation | undefined> {
    const furthest = { ...(read && { [`read.${userId}`]: read }), [`delivered.${userId}`]: delivered };
    const record = await this.conversations
      .findOneAndUpdate({ _id: id, memberIds: userId }, { $max: furthest }, { returnDocument: 'after' })
      .lean<ConversationRecord>();
    return record ? toStored(record) : undefined;
  }

  /** Brings summaries up to these heads; one that is already further stays. */
  async writeSummaries(heads: readonly ConversationHead[]): Promise<void> {
    // Of the driver: nothing here needs to be cast, and Mongoose would hold everybody up for it.
    await this.conversations.collection.bulkWrite(
      heads.map(({ conversationId, seq, rev, lastMessageId, activityAt, sent }) => ({
        updateOne: {
          filter: { _id: new Types.ObjectId(conversationId), headRev: { $lt: rev } },
          update: {
            $set: {
              headSeq: seq,
              headRev: rev,
              activityAt,
              sent: { ...sent },
              ...(lastMessageId !== undefined && { lastMessageId: new Types.ObjectId(lastMessageId) }),
            },
          },
        },
      })),
      { ordered: false },
    );
  }

  private async findDirect(directKey: string): Promise<StoredConversation | undefined> {
    const record = await this.conversations.findOne({ directKey }).lean<ConversationRecord>();
    return record ? toStored(record) : undefined;
  }

  private async insertDirect(directKey: string, userIds: readonly string[]): Promise<StoredConversation> {
    const now = new Date();
    const created = await this.conversations.create({
      kind: 'direct',
      memberIds: userIds.map((id) => new Types.ObjectId(id)),
      directKey,
      createdAt: now,
      activityAt: now,
      headSeq: 0,
      headRev: 0,
      sent: {},
      read: {},
      delivered: {},
    });
    return toStored(created.toObject());
  }
}

function toStored(record: ConversationRecord): StoredConversation {
  const id = record._id.toHexString();
  const memberIds = record.memberIds.map((memberId) => memberId.toHexString());
  return {
    id,
    kind: record.kind,
    memberIds,
    createdAt: record.createdAt,
    head: {
      conversationId: id,
      memberIds,
      seq: record.headSeq,
      rev: record.headRev,
      activityAt: record.activityAt,
      sent: record.sent,
      ...(record.lastMessageId && { lastMessageId: record.lastMessageId.toHexString() }),
    },
    read: record.read,
    delivered: record.delivered,
  };
}
