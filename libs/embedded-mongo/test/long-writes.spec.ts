import { rmSync } from 'node:fs';
import mongoose from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedMongo, type EmbeddedMongo } from '../dist/index.js';
import { beside, failure } from './support.js';
import { temporaryFolder } from './temporary.js';

const { MongoClient } = mongoose.mongo;
/** More than one transaction changes. */
const MANY = 5_000;

interface Item {
  _id: number;
  n: number;
  state: string;
  changed?: number;
}

let folder: string;
let server: EmbeddedMongo;
let client: mongoose.mongo.MongoClient;
let items: mongoose.mongo.Collection<Item>;

beforeEach(async () => {
  folder = temporaryFolder();
  server = await startEmbeddedMongo({ dataDir: folder });
  client = await new MongoClient(server.uri).connect();
  items = client.db('tests').collection<Item>('items');
  await items.createIndexes([{ key: { n: 1 } }, { key: { state: 1 } }]);
  await items.insertMany(Array.from({ length: MANY }, (_, n) => ({ _id: n, n, state: 'old' })));
});
afterEach(async () => {
  await client.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a write of many documents', () => {
  it.each([
    ['updateMany', () => items.updateMany({}, { $inc: { n: MANY } }), { matchedCount: MANY, modifiedCount: MANY }],
    ['deleteMany', () => items.deleteMany({ n: { $gte: 0 } }), { deletedCount: MANY }],
    [
      'bulkWrite',
      () => items.bulkWrite([{ updateMany: { filter: { state: 'old' }, update: { $inc: { n: MANY } } } }]),
      { matchedCount: MANY, modifiedCount: MANY },
    ],
    [
      'bulkWrite of a client',
      () =>
        client.bulkWrite([
          { namespace: 'tests.items', name: 'updateMany', filter: {}, update: { $inc: { n: MANY } } },
          { namespace: 'tests.items', name: 'deleteMany', filter: { n: { $gte: MANY } } },
        ]),
      { matchedCount: MANY, modifiedCount: MANY, deletedCount: MANY },
    ],
  ])('%s lets others through, and counts as ever', async (_, run, counted) => {
    const other = client.db('tests').collection<Item>('other');
    const [result, answered] = await beside<unknown>(run(), (n) => other.insertOne({ _id: n, n, state: 'new' }));
    expect(result).toMatchObject(counted);
    expect(answered).toBeGreaterThan(1);
  });

  it('changes each once, wherever it comes to stand in the index that is walked', async () => {
    await items.updateMany({ n: { $gte: 0 } }, { $inc: { n: 1_000, changed: 1 } }, { hint: { n: 1 } });
    expect(await items.countDocuments({ changed: 1 })).toBe(MANY);
    const moved = await items.find({}, { sort: { n: 1 } }).toArray();
    expect(moved.map(({ n }) => n)).toEqual(Array.from({ length: MANY }, (_, n) => n + 1_000));
  });

  it('finds what others have changed meanwhile as it is then, and leaves what is not asked for any more', async () => {
    const last = MANY - 1;
    const [result] = await beside(items.updateMany({ state: 'old' }, { $set: { state: 'new' } }), (round) =>
      round === 0
        ? items.bulkWrite([
            { updateOne: { filter: { _id: last }, update: { $set: { state: 'kept' } } } },
            { updateOne: { filter: { _id: last - 1 }, update: { $set: { changed: 7 } } } },
            { deleteOne: { filter: { _id: last - 2 } } },
          ])
        : items.countDocuments({ state: 'old' }),
    );
    expect(result).toMatchObject({ matchedCount: MANY - 2, modifiedCount: MANY - 2 });
    expect(await items.find({ _id: { $gte: last - 2 } }).toArray()).toEqual([
      { _id: last - 1, n: last - 1, state: 'new', changed: 7 },
      { _id: last, n: last, state: 'kept' },
    ]);
  });

  it('ends with an error when the collection is dropped meanwhile, and does not make it again', async () => {
    const failed = failure(items.updateMany({}, { $set: { state: 'new' } }));
    await items.drop();
    expect(await failed).toMatchObject({ code: 175 });
    expect(await client.db('tests').listCollections({ name: 'items' }).toArray()).toEqual([]);
  });

  it('tells the document that failed, and leaves what it has changed before', async () => {
    await items.createIndex({ changed: 1 }, { unique: true, sparse: true });
    const failed = await failure(
      items.updateMany({}, [{ $set: { changed: { $cond: [{ $lt: ['$n', MANY - 1] }, '$n', 0] } } }]),
    );
    expect(failed).toMatchObject({ code: 11000 });
    expect(await items.countDocuments({ changed: { $exists: true } })).toBe(MANY - 1);
  });

  it('is followed by the next of its batch only when it is done', async () => {
    await items.bulkWrite([
      { updateMany: { filter: { state: 'old' }, update: { $set: { state: 'new' } } } },
      { updateOne: { filter: { _id: 1 }, update: { $set: { state: 'last' } } } },
      { deleteMany: { filter: { state: 'new' } } },
    ]);
    expect(await items.find().toArray()).toEqual([{ _id: 1, n: 1, state: 'last' }]);
  });

  it('inserts when nothing is found after a long search', async () => {
    const upserted = await items.updateMany({ state: { $regex: 'none' } }, { $set: { _id: -1 } }, { upsert: true });
    expect(upserted).toMatchObject({ upsertedCount: 1, upsertedId: -1 });
  });
});

describe('a server that is closed', () => {
  it('does not wait for a write of many documents, and what was done of it is there', async () => {
    const more = Array.from({ length: 4 * MANY }, (_, n) => ({ _id: MANY + n, n: 0, state: 'old' }));
    await items.insertMany(more);
    const stopped = failure(items.updateMany({}, { $inc: { n: MANY } }));
    // It has begun: an index tells.
    while ((await items.countDocuments({ n: { $gte: MANY } })) === 0);
    await server.close();
    // Where the answer did not come any more, the connection was gone.
    expect((await stopped)['name']).toMatch(/^Mongo/);
    await client.close();
    server = await startEmbeddedMongo({ dataDir: folder });
    client = await new MongoClient(server.uri).connect();
    items = client.db('tests').collection<Item>('items');
    const changed = await items.countDocuments({ n: { $gte: MANY } });
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(5 * MANY);
    expect(await items.countDocuments({})).toBe(5 * MANY);
  });
});
