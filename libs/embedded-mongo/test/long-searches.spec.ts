import mongoose from 'mongoose';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedMongo } from '../dist/index.js';
import { beside, failure, serverForFile } from './support.js';
import { temporaryFolder } from './temporary.js';

/** More than any machine goes through in 20 ms. */
const MANY = 40_000;

interface Item {
  _id: number;
  text: string;
  by?: string;
}

const store = serverForFile();
const items = () => store.db.collection<Item>('items');
const ping = () => store.db.command({ ping: 1 });

const itemOf = (n: number): Item => ({ _id: n, text: `item ${n}` });

beforeAll(async () => {
  for (let n = 0; n < MANY; n += 10_000)
    await items().insertMany(Array.from({ length: 10_000 }, (_, i) => itemOf(n + i)));
});
/** Undoes what a test has done. */
afterEach(async () => {
  await items().deleteMany({ $or: [{ _id: { $lt: 0 } }, { _id: { $gte: MANY - 10 } }] });
  await items().deleteMany({ by: { $exists: true } });
  await items().insertMany(Array.from({ length: 10 }, (_, n) => itemOf(MANY - 10 + n)));
});

/** What only the last document is; an expression takes its time with each. */
const LAST = { $expr: { $regexMatch: { input: { $concat: ['$text', '!'] }, regex: /^item 39999!$/ } } };
const last = () => items().findOne({ _id: MANY - 1 });

describe('a change of one document after a long search', () => {
  it.each<[string, () => Promise<unknown>, unknown, Item | null]>([
    [
      'updateOne',
      () => items().updateOne(LAST, { $set: { by: 'ada' } }),
      { matchedCount: 1, modifiedCount: 1 },
      { _id: MANY - 1, text: 'item 39999', by: 'ada' },
    ],
    [
      'replaceOne with a sort',
      () => items().replaceOne(LAST, { text: 'other' }, { sort: { text: -1 } }),
      { matchedCount: 1, modifiedCount: 1 },
      { _id: MANY - 1, text: 'other' },
    ],
    ['deleteOne', () => items().deleteOne(LAST), { deletedCount: 1 }, null],
    [
      'findOneAndUpdate',
      () => items().findOneAndUpdate(LAST, { $set: { by: 'ben' } }, { returnDocument: 'after' }),
      { _id: MANY - 1, text: 'item 39999', by: 'ben' },
      { _id: MANY - 1, text: 'item 39999', by: 'ben' },
    ],
    ['findOneAndDelete', () => items().findOneAndDelete(LAST), { _id: MANY - 1, text: 'item 39999' }, null],
    [
      'bulkWrite',
      () =>
        items().bulkWrite([
          { updateOne: { filter: LAST, update: { $set: { by: 'cleo' } } } },
          { deleteOne: { filter: { by: 'nobody' } } },
          { updateOne: { filter: { by: 'cleo' }, update: { $set: { text: 'found again' } } } },
        ]),
      { matchedCount: 2, modifiedCount: 2, deletedCount: 0 },
      { _id: MANY - 1, text: 'found again', by: 'cleo' },
    ],
  ])('%s lets others through, and answers as ever', async (_, run, expected, left) => {
    const [result, answered] = await beside(run(), ping);
    expect(result).toMatchObject(expected as object);
    expect(answered).toBeGreaterThan(3);
    expect(await last()).toEqual(left);
  });

  it('inserts when nothing was found', async () => {
    const updated = await items().updateOne({ text: /none/ }, { $set: { by: 'ada' } }, { upsert: true });
    expect(updated).toMatchObject({ matchedCount: 0, upsertedCount: 1 });
    const found = await items().findOneAndUpdate(
      { text: /none/ },
      { $setOnInsert: { _id: -1, text: 'new' } },
      { upsert: true, returnDocument: 'after' },
    );
    expect(found).toEqual({ _id: -1, text: 'new' });
    expect(await items().findOneAndDelete({ text: /none/ })).toBeNull();
  });

  it('is of a document that the filter still asks for: each is taken by one', async () => {
    const people = Array.from({ length: 15 }, (_, n) => `person ${n}`);
    const taken = await Promise.all(
      people.map((by) => items().findOneAndUpdate({ text: /^item 3999\d$/, by: { $exists: false } }, { $set: { by } })),
    );
    const ids = taken.flatMap((item) => (item ? [item._id] : []));
    expect(ids.sort()).toEqual(Array.from({ length: 10 }, (_, n) => MANY - 10 + n));
    expect(await items().distinct('by')).toHaveLength(10);
  });
});

describe('a pipeline that writes many documents', () => {
  const copies = () => store.db.collection<Item>('copies');
  const names = async () => (await store.db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  const aggregate = (...stages: object[]) => items().aggregate(stages).toArray();

  beforeEach(async () => {
    await copies().drop();
    await copies().createIndex({ text: 1 }, { unique: true });
    await copies().insertOne({ _id: -1, text: 'old' });
  });

  it('$out lets others through, who see the old collection until the new one is there', async () => {
    const seen = new Set<number>();
    const [, answered] = await beside(aggregate({ $out: 'copies' }), async () =>
      seen.add(await copies().countDocuments({})),
    );
    expect(answered).toBeGreaterThan(3);
    expect([...seen].filter((count) => count !== 1 && count !== MANY)).toEqual([]);
    expect(await copies().countDocuments({})).toBe(MANY);
    expect((await copies().indexes()).map(({ name }) => name)).toEqual(['_id_', 'text_1']);
    expect(await copies().findOne({ text: 'item 7' }, { hint: 'text_1' })).toEqual({ _id: 7, text: 'item 7' });
    expect((await names()).sort()).toEqual(['copies', 'items']);
  });

  it.each<[string, number, (last: object) => object]>([
    ['is refused', 11000, (isLast) => ({ text: { $cond: [isLast, 'item 0', '$text'] } })],
    ['cannot be made', 2, (isLast) => ({ n: { $divide: [1, { $cond: [isLast, 0, 1] }] } })],
  ])('$out leaves the old collection as it is when a document %s, however late', async (_, code, changeOf) => {
    const $set = changeOf({ $eq: ['$_id', MANY - 1] });
    const error = await failure(aggregate({ $set }, { $out: 'copies' }));
    expect(error).toMatchObject({ code });
    expect(error['message']).toMatch(/^(?=.*caused by)(?!.*caused by.*caused by)/);
    expect(await copies().find().toArray()).toEqual([{ _id: -1, text: 'old' }]);
    expect((await names()).sort()).toEqual(['copies', 'items']);
  });

  it('$merge leaves no cursor open when a document is refused early', async () => {
    await copies().insertOne({ _id: 1, text: 'item 1' });
    const open = async () => (await store.db.command({ serverStatus: 1 }))['metrics'].cursor.open.total as number;
    expect(await failure(aggregate({ $merge: { into: 'copies', whenMatched: 'fail' } }))).toMatchObject({
      code: 11000,
    });
    expect(await open()).toBe(0);
  });

  it('$out is refused when the indexes of its target change meanwhile', async () => {
    const isBegun = async () => (await names()).some((name) => name.startsWith('tmp.agg_out.'));
    let isChanged = false;
    const [error] = await beside(failure(aggregate({ $out: 'copies' })), async () => {
      if (isChanged || !(await isBegun())) return ping();
      isChanged = true;
      return copies().createIndex({ by: 1 });
    });
    expect(error).toMatchObject({ code: 125, codeName: 'CommandFailed' });
    expect(await copies().countDocuments({})).toBe(1);
  });

  it('$merge lets others through', async () => {
    const [, answered] = await beside(
      aggregate({ $match: { _id: { $gte: 100 } } }, { $merge: { into: 'copies', whenMatched: 'fail' } }),
      ping,
    );
    expect(answered).toBeGreaterThan(3);
    expect(await copies().countDocuments({})).toBe(MANY - 100 + 1);
  });

  it('$merge into what it reads takes each document once', async () => {
    await aggregate({ $set: { _id: { $add: ['$_id', MANY] }, text: 'copy' } }, { $merge: 'items' });
    expect(await items().countDocuments({})).toBe(2 * MANY);
    expect(await items().countDocuments({ text: 'copy' })).toBe(MANY);
  });

  it('$out leaves nothing behind when its process ends', async () => {
    const folder = temporaryFolder();
    const collections = async (make?: string) => {
      const server = await startEmbeddedMongo({ dataDir: folder });
      const client = await new mongoose.mongo.MongoClient(server.uri).connect();
      const db = client.db('tests');
      if (make !== undefined) await db.collection<Item>(make).insertOne({ _id: 1, text: 'unfinished' });
      const listed = await db.listCollections({}, { nameOnly: true }).toArray();
      await client.close();
      await server.close();
      return listed.map(({ name }) => name);
    };
    const unfinished = `tmp.agg_out.${randomUUID()}`;
    expect(await collections(unfinished)).toEqual([unfinished]);
    expect(await collections()).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
