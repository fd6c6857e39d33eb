import { join } from 'node:path';
import { startEmbeddedMongo } from '@parlance/embedded-mongo';
import { check } from '@parlance/embedded-mongo/tools';
import { type Db, MongoClient, type ObjectId } from 'mongodb';

/** A message as it lies in the database, ids as text. */
export interface MessageRecord {
  readonly id: string;
  readonly conversationId: string;
  readonly senderId: string;
  readonly clientId: string;
  readonly seq: number;
  readonly rev: number;
  readonly body: string;
  readonly deletedAt?: Date;
}

interface RawMessage extends Omit<MessageRecord, 'id' | 'conversationId' | 'senderId'> {
  _id: ObjectId;
  conversationId: ObjectId;
  senderId: ObjectId;
}

/** Reads what lies in a data folder that nobody has open; answers it with all disagreements that a check finds. */
export async function readRecords(dataDir: string): Promise<{ messages: MessageRecord[]; disagreements: number }> {
  const { disagreements } = await check({ dataDir });
  const raw = await inStore(dataDir, (db) => db.collection<RawMessage>('messages').find().sort({ seq: 1 }).toArray());
  return {
    disagreements,
    messages: raw.map(({ _id, conversationId, senderId, ...rest }) => ({
      ...rest,
      id: _id.toHexString(),
      conversationId: conversationId.toHexString(),
      senderId: senderId.toHexString(),
    })),
  };
}

/** Up to which `seq` the stored summaries of conversations count, by id, in a data folder that nobody has open. */
export async function readSummaries(dataDir: string): Promise<Map<string, number>> {
  const raw = await inStore(dataDir, (db) =>
    db.collection<{ _id: ObjectId; headSeq: number }>('conversations').find().toArray(),
  );
  return new Map(raw.map(({ _id, headSeq }) => [_id.toHexString(), headSeq]));
}

/**
 * Reads for so long, in the data folder of an API that runs, that the store has its thread for long reads from now on.
 * Otherwise it hangs on how busy the machine is when that comes, with all that it takes of memory.
 */
export async function readLong(dataDir: string): Promise<void> {
  const socket = encodeURIComponent(join(dataDir, 'mongo.sock'));
  const many = [{ $limit: 100 }, { $set: { n: { $range: [0, 2_000] } } }, { $unwind: '$n' }, { $count: 'n' }];
  await inDatabase(`mongodb://${socket}/?directConnection=true`, (db) =>
    db.collection('messages').aggregate(many).toArray(),
  );
}

async function inStore<T>(dataDir: string, read: (db: Db) => Promise<T>): Promise<T> {
  const server = await startEmbeddedMongo({ dataDir });
  try {
    return await inDatabase(server.uri, read);
  } finally {
    await server.close();
  }
}

async function inDatabase<T>(uri: string, read: (db: Db) => Promise<T>): Promise<T> {
  const client = await new MongoClient(uri).connect();
  try {
    return await read(client.db('parlance'));
  } finally {
    await client.close();
  }
}
