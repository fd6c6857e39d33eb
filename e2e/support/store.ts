import { type Document, MongoClient } from 'mongodb';
import type { Server } from './server';

/**
 * Takes the message with this text out of the store while the server runs, as somebody who prunes a database by hand would.
 * Answers what puts it back.
 */
export async function withoutMessage(server: Server, body: string): Promise<() => Promise<void>> {
  const inMessages = async (
    work: (messages: ReturnType<ReturnType<MongoClient['db']>['collection']>) => Promise<Document | null>,
  ) => {
    const client = await new MongoClient(server.storeUri).connect();
    try {
      return await work(client.db().collection('messages'));
    } finally {
      await client.close();
    }
  };
  const taken = await inMessages((messages) => messages.findOneAndDelete({ body }));
  if (!taken) throw new Error('There is no such message.');
  return async () => {
    await inMessages((messages) => messages.insertOne(taken));
  };
}
