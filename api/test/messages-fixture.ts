import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { startEmbeddedMongo } from '@parlance/embedded-mongo';
import { type Connection, createConnection, Types } from 'mongoose';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { type DomainEvent, DomainEvents } from '../src/core/events/index.js';
import { ConversationHeads } from '../src/messages/conversation-heads.js';
import { ConversationSummaries } from '../src/messages/conversation-summaries.js';
import {
  CONVERSATION_MODEL,
  type ConversationRecord,
  conversationSchema,
} from '../src/messages/conversation.schema.js';
import { ConversationsRepository } from '../src/messages/conversations.repository.js';
import { MessageChanger } from '../src/messages/message-changer.js';
import { MessageWriter } from '../src/messages/message-writer.js';
import { Metrics } from '../src/core/metrics/metrics.js';
import { MessageMetrics } from '../src/messages/message-metrics.js';
import { MESSAGE_MODEL, type MessageRecord, messageSchema } from '../src/messages/message.schema.js';
import { MessagesRepository } from '../src/messages/messages.repository.js';
import type { StoredMessage } from '../src/messages/stored-message.js';
import { SummaryRepair } from '../src/messages/summary-repair.js';
import { DEFAULT_WRITER_LIMITS, type WriterLimits } from '../src/messages/write-attempts.js';

/** A real store, and how often it was asked to insert messages. */
export interface MessageStore {
  connection: Connection;
  /** Sizes of the writes of messages so far. */
  writes: number[];
  /** Commands that have read so far, as the driver sent them. */
  reads: Record<string, unknown>[];
  /** Resolves when the next write of messages is on its way to the store. */
  nextWrite(): Promise<void>;
  /** What its processes write behind the messages; without a store they would try for ever. */
  summaries: ConversationSummaries[];
  stop(): Promise<void>;
}

export async function startMessageStore(): Promise<MessageStore> {
  const dataDir = mkdtempSync(join(tmpdir(), 'parlance-test-'));
  const server = await startEmbeddedMongo({ dataDir });
  const connection = await createConnection(server.uri, {
    dbName: 'parlance',
    monitorCommands: true,
    serverSelectionTimeoutMS: 300,
  }).asPromise();
  const writes: number[] = [];
  const waiting: (() => void)[] = [];
  const reads: MessageStore['reads'] = [];
  const summaries: ConversationSummaries[] = [];
  connection.getClient().on('commandStarted', ({ commandName, command }) => {
    if (['find', 'aggregate', 'distinct', 'findAndModify'].includes(commandName)) reads.push(command);
    if (commandName !== 'insert' || command.insert !== 'messages') return;
    writes.push(command.documents.length);
    for (const resolve of waiting.splice(0)) resolve();
  });
  connection.model(MESSAGE_MODEL, messageSchema);
  connection.model(CONVERSATION_MODEL, conversationSchema);
  let stopped = false;
  return {
    connection,
    writes,
    reads,
    summaries,
    nextWrite: () => new Promise((resolve) => void waiting.push(resolve)),
    async stop() {
      if (stopped) return;
      stopped = true;
      await Promise.all(summaries.map((one) => one.stop()));
      // A command that is written just when its socket closes is never answered by the driver: it has to know first.
      const noticed = once(connection.getClient(), 'connectionClosed');
      await server.close();
      await noticed;
      await setImmediate();
      await connection.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Keeps what was published, in its order. */
export class RecordedEvents extends DomainEvents {
  readonly published: DomainEvent[] = [];

  constructor() {
    super(new EventEmitter2());
  }

  override publish(event: DomainEvent): void {
    this.published.push(event);
  }
}

/** What one process has of the messages: caches of its own on a store that it may share. */
export class MessageNode {
  readonly events = new RecordedEvents();
  readonly messages: MessagesRepository;
  readonly conversations: ConversationsRepository;
  readonly summaries: ConversationSummaries;
  readonly heads: ConversationHeads;
  readonly writer: MessageWriter;
  readonly changer: MessageChanger;
  readonly repair: SummaryRepair;

  private constructor({ connection }: MessageStore, limits: WriterLimits, Repository: typeof MessagesRepository) {
    this.messages = new Repository(connection.model<MessageRecord>(MESSAGE_MODEL));
    this.conversations = new ConversationsRepository(connection.model<ConversationRecord>(CONVERSATION_MODEL));
    this.summaries = new ConversationSummaries(this.conversations);
    this.heads = new ConversationHeads(this.conversations, this.messages, this.summaries);
    const metrics = new MessageMetrics(new Metrics());
    this.writer = new MessageWriter(this.heads, this.messages, this.summaries, this.events, metrics, limits);
    this.changer = new MessageChanger(
      this.heads,
      this.messages,
      this.summaries,
      this.events,
      metrics,
      this.writer,
      limits,
    );
    this.repair = new SummaryRepair(this.messages, this.heads, this.summaries);
  }

  static async start(
    store: MessageStore,
    limits: Partial<WriterLimits> = {},
    Repository = MessagesRepository,
  ): Promise<MessageNode> {
    const node = new MessageNode(store, { ...DEFAULT_WRITER_LIMITS, ...limits }, Repository);
    store.summaries.push(node.summaries);
    await node.messages.onModuleInit();
    await node.conversations.onModuleInit();
    return node;
  }
}

/** Writes like the real one, but its answers are lost on their way. */
export class UnansweringRepository extends MessagesRepository {
  override async insertInOrder(messages: readonly StoredMessage[]): Promise<number> {
    await super.insertInOrder(messages);
    return new Promise(() => undefined);
  }
}

/** An id of nobody in particular. */
export const newId = () => new Types.ObjectId().toHexString();
