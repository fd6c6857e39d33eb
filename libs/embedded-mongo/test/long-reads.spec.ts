import mongoose from 'mongoose';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Call } from '../dist/commands/call.js';
import { isOfReader } from '../dist/commands/reading/cursors.js';
import { Environment } from '../dist/store/disk/environment.js';
import { LongReads } from '../dist/reader/long-reads.js';
import { requestOf } from '../dist/wire/message.js';
import { startEmbeddedMongo } from '../dist/index.js';
import { beside, failure, serverForFile } from './support.js';
import { temporaryFolder } from './temporary.js';

const { MongoClient, BSON } = mongoose.mongo;
/** More than any machine goes through in 20 ms. */
const MANY = 60_000;

interface Item {
  _id: number;
  group: number;
  text: string;
  extra?: number;
}

const itemOf = (n: number): Item => ({ _id: n, group: n % 100, text: `item ${n}` });

const store = serverForFile();
const items = () => store.db.collection<Item>('items');
beforeAll(async () => {
  for (let n = 0; n < MANY; n += 10_000)
    await items().insertMany(Array.from({ length: 10_000 }, (_, i) => itemOf(n + i)));
});

const ping = () => store.db.command({ ping: 1 });

/** A filter that looks at every document. */
const RARE = { text: /^item 5999\d$/ };
const TEN = Array.from({ length: 10 }, (_, n) => MANY - 10 + n);

describe('a read that takes long', () => {
  it.each<[string, () => Promise<unknown>, unknown]>([
    ['find', async () => (await items().find(RARE).toArray()).map(({ _id }) => _id), TEN],
    ['find of one', async () => (await items().findOne({ text: `item ${MANY - 1}` }))?._id, MANY - 1],
    ['find with a sort', async () => (await items().findOne({}, { sort: { text: -1 } }))?._id, 9_999],
    ['count', () => items().countDocuments(RARE), 10],
    ['distinct', async () => (await items().distinct('group', { text: /9$/ })).length, 10],
    [
      'aggregate',
      () =>
        items()
          .aggregate([{ $group: { _id: '$group', n: { $sum: 1 } } }, { $match: { _id: 7 } }])
          .toArray(),
      [{ _id: 7, n: MANY / 100 }],
    ],
    [
      'aggregate with another collection',
      () => store.db.aggregate([{ $documents: [{ one: 1 }] }, { $unionWith: 'items' }, { $count: 'n' }]).toArray(),
      [{ n: MANY + 1 }],
    ],
    [
      'explain',
      async () =>
        ((await items().find(RARE).explain('executionStats')) as { executionStats: { nReturned: number } })
          .executionStats.nReturned,
      10,
    ],
  ])('%s lets others through, and answers as ever', async (_, read, expected) => {
    const [result, answered] = await beside(read(), ping);
    expect(result).toEqual(expected);
    expect(answered).toBeGreaterThan(3);
  });

  it('sees what was answered before it began', async () => {
    for (let n = 0; n < 5; n++) {
      await items().updateOne({ _id: n }, { $set: { extra: n } });
      expect(await items().countDocuments({ extra: { $gte: 0 } })).toBe(n + 1);
    }
    await items().updateMany({ _id: { $lt: 5 } }, { $unset: { extra: '' } });
    expect(await items().countDocuments({ extra: { $gte: 0 } })).toBe(0);
  });

  it('is refused as ever, however late', async () => {
    const late = items().aggregate([
      { $project: { n: { $divide: [1, { $subtract: ['$_id', MANY - 1] }] } } },
      { $group: { _id: null, n: { $sum: '$n' } } },
    ]);
    const [error] = await beside(failure(late.toArray()), ping);
    expect(error).toMatchObject({ code: 2, codeName: 'BadValue' });
  });

  it('has an end by maxTimeMS', async () => {
    const [error] = await beside(failure(items().countDocuments(RARE, { maxTimeMS: 30 })), ping);
    expect(error).toMatchObject({ code: 50, codeName: 'MaxTimeMSExpired' });
  });
});

describe('a cursor', () => {
  it('whose batches take long lets others through, and keeps its state', async () => {
    const kept = store.db.collection<Item>('kept');
    for (let n = 0; n < MANY; n += 10_000)
      await kept.insertMany(Array.from({ length: 10_000 }, (_, i) => itemOf(n + i)));
    // Its first batch is found at once, most of the next is far behind it.
    const find = { find: 'kept', filter: { $or: [{ _id: { $lt: 10 } }, RARE] }, hint: '_id_', batchSize: 5 };
    const { cursor } = await store.db.command(find, { promoteLongs: false });
    await kept.deleteMany({ _id: { $gte: 5 } });
    const getMore = store.db.command({ getMore: cursor.id, collection: 'kept', batchSize: 100 });
    const [more, answered] = await beside(getMore, ping);
    expect([...cursor.firstBatch, ...more['cursor'].nextBatch].map(({ _id }: Item) => _id)).toEqual([
      ...Array.from({ length: 10 }, (_, n) => n),
      ...TEN,
    ]);
    expect(answered).toBeGreaterThan(3);
  });

  it('that a long read leaves open is read on, and closed', async () => {
    const command = { find: 'items', filter: { group: 99, text: /9$/ }, sort: { text: 1 }, batchSize: 10 };
    const { cursor } = await store.db.command(command, { promoteLongs: false });
    const { id } = cursor as { id: mongoose.mongo.Long };
    expect(isOfReader(id.toBigInt())).toBe(true);
    const more = await store.db.command({ getMore: id, collection: 'items', batchSize: 1_000 });
    const texts = [...cursor.firstBatch, ...more['cursor'].nextBatch].map(({ text }: Item) => text);
    expect(texts).toEqual(Array.from({ length: MANY / 100 }, (_, n) => `item ${n * 100 + 99}`).sort());

    const again = await store.db.command(command, { promoteLongs: false });
    const open = again['cursor'].id as mongoose.mongo.Long;
    const small = await store.db.command({ find: 'items', filter: {}, batchSize: 1 }, { promoteLongs: false });
    const here = small['cursor'].id as mongoose.mongo.Long;
    const unknown = mongoose.mongo.Long.fromNumber(12);
    expect(
      await store.db.command({ killCursors: 'items', cursors: [open, here, unknown] }, { promoteLongs: false }),
    ).toMatchObject({ cursorsKilled: [open, here], cursorsNotFound: [unknown] });
    expect(await failure(store.db.command({ getMore: open, collection: 'items' }))).toMatchObject({ code: 43 });
  });

  it('of an aggregation gives what is there when it begins, made as far as it is asked for', async () => {
    const [orders, buyers] = [store.db.collection<Item>('orders'), store.db.collection<Item>('buyers')];
    await orders.insertMany(Array.from({ length: MANY / 2 }, (_, n) => itemOf(n)));
    await buyers.insertMany(Array.from({ length: 100 }, (_, n) => itemOf(n)));
    const pipeline = [
      { $lookup: { from: 'buyers', localField: 'group', foreignField: '_id', as: 'buyers' } },
      // The last document cannot be divided by.
      { $project: { buyer: { $first: '$buyers.text' }, n: { $divide: [1, { $subtract: ['$_id', MANY / 2 - 1] }] } } },
    ];
    const command = { aggregate: 'orders', pipeline, cursor: { batchSize: 3 } };
    const { cursor } = await store.db.command(command, { promoteLongs: false });
    expect(isOfReader((cursor.id as mongoose.mongo.Long).toBigInt())).toBe(true);
    expect(cursor.firstBatch.map(({ buyer }: { buyer: string }) => buyer)).toEqual(['item 0', 'item 1', 'item 2']);

    await Promise.all([orders.deleteMany({}), buyers.deleteMany({})]);
    const next = { getMore: cursor.id, collection: 'orders' };
    const more = (await store.db.command({ ...next, batchSize: MANY / 2 - 4 }))['cursor'].nextBatch as Item[];
    expect(more.map(({ _id }) => _id)).toEqual(Array.from({ length: MANY / 2 - 4 }, (_, n) => n + 3));
    expect(more.at(-1)).toMatchObject({ buyer: `item ${(MANY / 2 - 2) % 100}` });
    expect(await failure(store.db.command(next))).toMatchObject({
      code: 2,
      message: expect.stringContaining("can't $divide by zero") as string,
    });
    expect(await failure(store.db.command(next))).toMatchObject({ code: 43 });
  });

  it('cannot be read twice at once, and ends when it is killed meanwhile', async () => {
    const find = { find: 'items', filter: { $or: [{ _id: { $lt: 9 } }, RARE] }, hint: '_id_', batchSize: 1 };
    const { cursor } = await store.db.command(find, { promoteLongs: false });
    const id = cursor.id as mongoose.mongo.Long;
    expect(isOfReader(id.toBigInt())).toBe(false);
    const first = failure(store.db.command({ getMore: id, collection: 'items' }));
    expect(await failure(store.db.command({ getMore: id, collection: 'items' }))).toMatchObject({
      code: 12051,
      codeName: 'CursorInUse',
    });
    await store.db.command({ killCursors: 'items', cursors: [id] });
    expect(await first).toMatchObject({ code: 237, codeName: 'CursorKilled' });
  });
});

describe('the thread for long reads', () => {
  it('ends with its server, whatever it goes through', async () => {
    const server = await startEmbeddedMongo({ dataDir: temporaryFolder() });
    // A driver would wait for another server, and ask that one.
    const client = await new MongoClient(server.uri, { retryReads: false, serverSelectionTimeoutMS: 500 }).connect();
    const many = client.db('tests').collection<Item>('many');
    await many.insertMany(Array.from({ length: MANY / 2 }, (_, n) => itemOf(n)));
    const endless = failure(
      many.aggregate([{ $lookup: { from: 'many', pipeline: [{ $match: { text: /x/ } }], as: 'none' } }]).toArray(),
    );
    const behind = many.countDocuments({ text: /9$/ }).catch(() => undefined);
    await client.db('tests').command({ ping: 1 });
    await server.close();
    expect((await endless)['name']).toMatch(/^Mongo/);
    await behind;
    await client.close();
  });

  describe('by itself', () => {
    const folder = join(temporaryFolder(), 'data');
    let environment: Environment;
    beforeAll(async () => {
      const server = await startEmbeddedMongo({ dataDir: folder });
      const client = await new MongoClient(server.uri).connect();
      await client
        .db('tests')
        .collection<Item>('some')
        .insertMany([itemOf(1), itemOf(2)]);
      await client.close();
      await server.close();
      environment = Environment.open(folder);
    });
    afterAll(() => environment.close());

    const ask = async (longReads: LongReads, command: mongoose.mongo.Document) => {
      const body = Buffer.from(BSON.serialize({ ...command, $db: 'tests' }));
      const [reply] = (await longReads.ask(new Call(requestOf(body, 'tests'), 1))) as Uint8Array[];
      return BSON.deserialize(reply ?? new Uint8Array());
    };

    it('ends with code 146 what needs more memory than it may have, and goes on with the rest', async () => {
      const longReads = new LongReads(folder, 48);
      const numbers = { $range: [0, 4_000_000] };
      const greedy = [{ $documents: [{}] }, { $project: { all: { $map: { input: numbers, in: ['$$this'] } } } }];
      const tooMuch = failure(ask(longReads, { aggregate: 1, pipeline: greedy, cursor: {} }));
      const behind = ask(longReads, { count: 'some', query: { text: /item/ } });
      expect(await tooMuch).toMatchObject({ code: 146, codeName: 'ExceededMemoryLimit' });
      expect(await behind).toMatchObject({ n: 2 });
      await longReads.close();
    });

    it('ends in the midst of a computation, too', async () => {
      const longReads = new LongReads(folder);
      const numbers = { $range: [0, 100_000] };
      const equal = { input: numbers, as: 'other', cond: { $eq: ['$$other', '$$one'] } };
      const all = { $map: { input: numbers, as: 'one', in: { $size: { $filter: equal } } } };
      const pipeline = [{ $documents: [{}] }, { $project: { all } }];
      const endless = failure(ask(longReads, { aggregate: 1, pipeline, cursor: {} }));
      await longReads.close();
      expect(await endless).toMatchObject({ code: 11600, codeName: 'InterruptedAtShutdown' });
    });

    it('ends without work, and begins anew when there is some', async () => {
      const longReads = new LongReads(folder, 64, 1);
      for (let round = 0; round < 20; round++)
        expect(await ask(longReads, { count: 'some', query: { text: /item/ } })).toMatchObject({ n: 2 });
      await longReads.close();
      await expect(ask(longReads, { count: 'some', query: {} })).rejects.toMatchObject({ code: 11600 });
    });
  });
});
