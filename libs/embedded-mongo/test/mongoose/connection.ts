import { randomUUID } from 'node:crypto';
import mongoose, { type Connection } from 'mongoose';
import { afterAll, beforeAll } from 'vitest';
import { anyServer } from '../support.js';

/**
 * A connection of Mongoose to a database that the tests of one file have for themselves, and that is dropped at their
 * end. Models can be declared on it at once: it opens, and their collections and indexes are made, before the first
 * test.
 */
export function connectionForFile(): Connection {
  const server = anyServer();
  const connection = mongoose.createConnection();
  const ready = () => Promise.all(Object.values(connection.models).map((model) => model.init()));
  beforeAll(async () => {
    await connection.openUri(server.uri, { dbName: `mongoose-${randomUUID()}` });
    await ready();
  });
  afterAll(async () => {
    await ready();
    await connection.dropDatabase();
    await connection.close();
  });
  return connection;
}
