import { rmSync } from 'node:fs';
import mongoose from 'mongoose';
import { afterAll, beforeAll } from 'vitest';
import { startEmbeddedMongo, type EmbeddedMongo } from '../dist/index.js';
import { temporaryFolder } from './temporary.js';

const { MongoClient } = mongoose.mongo;
type Client = InstanceType<typeof MongoClient>;
type Db = ReturnType<Client['db']>;

/** A server and a driver's client for the tests of one file; both are closed, and the data removed, at its end. */
export function serverForFile(): {
  readonly uri: string;
  readonly client: Client;
  readonly db: Db;
  readonly folder: string;
} {
  const folder = temporaryFolder();
  let server: EmbeddedMongo;
  let client: Client;
  beforeAll(async () => {
    server = await startEmbeddedMongo({ dataDir: folder });
    client = await new MongoClient(server.uri).connect();
  });
  afterAll(async () => {
    await client.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    get uri() {
      return server.uri;
    },
    get client() {
      return client;
    },
    get db() {
      return client.db('tests');
    },
  };
}

/**
 * A client of the MongoDB of `TEST_MONGODB_URI`, or else of an embedded server for the tests of one file. Tests of what
 * any MongoDB does use this one, and leave no database behind.
 */
export function anyServer(): { readonly client: Client; readonly uri: string } {
  const given = process.env['TEST_MONGODB_URI'];
  if (given === undefined) return serverForFile();
  let client: Client;
  beforeAll(async () => {
    client = await new MongoClient(given).connect();
  });
  afterAll(() => client.close());
  return {
    uri: given,
    get client() {
      return client;
    },
  };
}

/** What a promise rejects with; fails when it does not. */
export async function failure(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Record<string, unknown>;
  }
  throw new Error('it was expected to fail');
}

/** Runs what takes long, and others beside it until it is done; tells how many of those were answered before. */
export async function beside<T>(long: Promise<T>, other: (round: number) => Promise<unknown>): Promise<[T, number]> {
  let isDone = false;
  const ended = long.finally(() => (isDone = true));
  // Whatever it comes to is told by `ended`.
  ended.catch(() => undefined);
  let answered = 0;
  for (let round = 0; !isDone; round++) {
    await other(round);
    if (!isDone) answered++;
  }
  return [await ended, answered];
}
