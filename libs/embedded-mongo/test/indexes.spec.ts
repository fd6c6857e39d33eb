import { Binary, Timestamp } from 'bson';
import { beforeAll, describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const server = serverForFile();
type Filter = Record<string, unknown>;

async function examined(
  collection: string,
  filter: Filter,
  sort: Record<string, 1 | -1> = {},
  limit = 0,
): Promise<Record<string, unknown>> {
  const { executionStats } = await server.db.collection(collection).find(filter).sort(sort).limit(limit).explain();
  const { nReturned, totalKeysExamined: keys, totalDocsExamined: docs } = executionStats;
  return { nReturned, keys, docs, stages: JSON.stringify(executionStats.executionStages) };
}

describe('an index', () => {
  beforeAll(async () => {
    const messages = server.db.collection('messages');
    await messages.createIndexes([
      { key: { room: 1, seq: -1 }, unique: true },
      { key: { tags: 1 } },
      { key: { members: 1, at: -1 } },
    ]);
    await messages.insertMany(
      Array.from({ length: 1000 }, (_, i) => ({
        room: `r${i % 4}`,
        seq: i,
        at: new Date(i),
        tags: [`t${i % 5}`, 'all'],
        members: [i % 3, 9],
      })),
    );
  });

  it('serves an equality, a range and a sort, and stops at the limit', async () => {
    for (const order of [1, -1] as const) {
      const page = await examined('messages', { room: 'r1', seq: { $lt: 800 } }, { seq: order }, 20);
      expect(page).toMatchObject({ nReturned: 20, keys: 20, docs: 20 });
      expect(page['stages']).not.toContain('SORT');
      expect(page['stages']).toContain(order === -1 ? '"direction":"forward"' : '"direction":"backward"');
    }
  });

  it('serves a sort in both directions without a filter', async () => {
    expect(await examined('messages', {}, { room: 1, seq: -1 }, 5)).toMatchObject({ nReturned: 5, keys: 5 });
    expect(await examined('messages', {}, { room: -1, seq: 1 }, 5)).toMatchObject({ nReturned: 5, keys: 5 });
    expect((await examined('messages', {}, { room: 1, seq: 1 }, 5))['stages']).toContain('"SORT"');
  });

  it('serves $in by looking up each value', async () => {
    expect(await examined('messages', { room: 'r2', seq: { $in: [2, 6, 7, 10] } })).toMatchObject({
      nReturned: 3,
      keys: 3,
      docs: 3,
    });
  });

  it('serves a long $in, as that of a list that was populated', async () => {
    const seqs = Array.from({ length: 5000 }, (_, i) => i * 3);
    const rooms = seqs.map((n) => `r${n}`);
    expect(await examined('messages', { room: { $in: rooms } })).toMatchObject({ nReturned: 500, docs: 500 });
    expect(await examined('messages', { room: 'r3', seq: { $in: seqs } })).toMatchObject({ nReturned: 84, keys: 84 });
  });

  it('serves elements of arrays, each document once', async () => {
    expect(await examined('messages', { tags: 't3' })).toMatchObject({ nReturned: 200, keys: 200, docs: 200 });
    expect(await examined('messages', { tags: { $in: ['t3', 'all'] } })).toMatchObject({ nReturned: 1000, docs: 1000 });
  });

  it('serves one member of an array with a sort', async () => {
    const page = await examined('messages', { members: 1 }, { at: -1 }, 10);
    expect(page).toMatchObject({ nReturned: 10, keys: 10, docs: 10 });
  });

  it('of _id serves look-ups, ranges and sorts', async () => {
    const all = await server.db.collection('messages').find().sort({ _id: 1 }).toArray();
    expect(await examined('messages', { _id: all[5]?._id })).toMatchObject({ nReturned: 1, docs: 1 });
    expect(await examined('messages', { _id: { $gt: all[990]?._id } }, { _id: -1 }, 3)).toMatchObject({
      nReturned: 3,
      docs: 3,
    });
  });

  it('is explained with its bounds, in the direction of the walk', async () => {
    const bounds = async (filter: Filter, sort: Record<string, 1 | -1> = {}): Promise<unknown> => {
      const { winningPlan } = (await server.db.collection('messages').find(filter).sort(sort).explain()).queryPlanner;
      return winningPlan.inputStage.indexBounds;
    };
    expect(await bounds({ room: 'r1', seq: { $gte: 5, $lt: 9 } }, { seq: -1 })).toEqual({
      room: ['["r1", "r1"]'],
      seq: ['(9, 5]'],
    });
    expect(await bounds({ room: { $in: ['b', 'a'] } })).toEqual({
      room: ['["a", "a"]', '["b", "b"]'],
      seq: ['[MaxKey, MinKey]'],
    });
    expect(await bounds({ room: 'r1', seq: { $gt: 5 } }, { seq: 1 })).toEqual({
      room: ['["r1", "r1"]'],
      seq: ['(5, inf.0]'],
    });
    expect(await bounds({ tags: { $lte: 'm' } })).toEqual({ tags: ['["", "m"]'] });
    expect(await bounds({ _id: { $gt: 1 } })).toEqual({ _id: ['(1, inf.0]'] });
  });

  it('is explained for a write as its operation names it, with its order of strings', async () => {
    await server.db.collection('messages').createIndex({ seq: -1 }, { name: 'down' });
    const plan = async (command: Filter): Promise<unknown> => {
      const { queryPlanner, executionStats } = await server.db.command({ explain: command });
      let stage = queryPlanner.winningPlan;
      while (stage.inputStage) stage = stage.inputStage;
      const { nWouldModify, nWouldDelete } = executionStats.executionStages;
      return { index: stage.indexName, n: nWouldModify ?? nWouldDelete };
    };
    const q = { room: 'r1', seq: { $lt: 50 } };
    const update = { q, u: { $set: { seen: true } }, multi: true };
    expect(await plan({ update: 'messages', updates: [update] })).toEqual({ index: 'room_1_seq_-1', n: 13 });
    const hinted = { ...update, hint: 'down' };
    expect(await plan({ update: 'messages', updates: [hinted] })).toEqual({ index: 'down', n: 13 });
    const sorted = { q: {}, u: { $set: { seen: true } }, sort: { seq: 1 } };
    expect(await plan({ update: 'messages', updates: [sorted] })).toEqual({ index: 'down', n: 1 });
    const collation = { locale: 'en', strength: 2 };
    const remove = { q: { room: 'R1' }, limit: 0 };
    expect(await plan({ delete: 'messages', deletes: [{ ...remove, collation }] })).toMatchObject({ n: 250 });
    expect(await plan({ delete: 'messages', deletes: [{ ...remove, hint: { seq: -1 } }] })).toEqual({
      index: 'down',
      n: 0,
    });
    await server.db.collection('messages').dropIndex('down');
  });

  it('is explained for a view', async () => {
    await server.db.createCollection('first', { viewOn: 'messages', pipeline: [{ $match: { room: 'r1' } }] });
    const { executionStats } = await server.db
      .collection('first')
      .find({ seq: { $lt: 50 } })
      .explain();
    expect(executionStats).toMatchObject({ nReturned: 13, totalKeysExamined: 13 });
  });

  it('leaves a scan of the collection to what it does not serve', async () => {
    const scan = await examined('messages', { at: { $gte: new Date(990) } });
    expect(scan).toMatchObject({ nReturned: 10, keys: 0, docs: 1000 });
    expect(scan['stages']).toContain('COLLSCAN');
  });

  it('that is unique refuses a second document with its key, also within one batch and over types of numbers', async () => {
    const rooms = server.db.collection('rooms');
    await rooms.createIndex({ 'a.b': 1, c: -1 }, { unique: true, name: 'both' });
    await rooms.insertOne({ a: { b: 1 }, c: 'x' });
    const error = await failure(
      rooms.insertMany([
        { a: { b: 2 }, c: 'x' },
        { a: { b: 1.0 }, c: 'x' },
      ]),
    );
    expect(error).toMatchObject({ code: 11000, writeErrors: [{ index: 1 }] });
    expect(error['message']).toBe(
      'E11000 duplicate key error collection: tests.rooms index: both dup key: { a.b: 1, c: "x" }',
    );
    await rooms.insertOne({ c: 'y', a: { b: 1 } });
    expect((await failure(rooms.updateOne({ c: 'y' }, { $set: { c: 'x' } })))['message']).toBe(
      `Plan executor error during update :: caused by :: ${String(error['message'])}`,
    );
    await rooms.insertOne({ c: 'x' });
    expect(await failure(rooms.insertOne({ c: 'x' }))).toMatchObject({
      keyPattern: { 'a.b': 1, c: -1 },
      keyValue: { 'a.b': null, c: 'x' },
    });
    await rooms.deleteOne({ c: 'x', a: { $exists: false } });
    await rooms.insertOne({ c: 'x' });
  });

  it('that is unique shows the value that is there already, and the beginning of a long one', async () => {
    const shown = server.db.collection('shown');
    await shown.createIndex({ of: 1 }, { unique: true });
    const values: [unknown, string][] = [
      [/^a/i, '/^a/i'],
      [new Binary(Buffer.from([1, 0xab])), 'BinData(0, 01AB)'],
      [new Timestamp({ t: 1, i: 2 }), 'Timestamp(1, 2)'],
      ['a "b"', '"a "b""'],
      ['x'.repeat(300), `"${'x'.repeat(150)}..."`],
      [{ list: [] }, '{ list: [] }'],
    ];
    for (const [of, text] of values) {
      await shown.insertOne({ of });
      expect(String((await failure(shown.insertOne({ of })))['message'])).toContain(` dup key: { of: ${text} }`);
    }
  });

  it('that is unique is not made over documents that break it', async () => {
    const broken = server.db.collection('broken');
    await broken.insertMany([{ n: 1 }, { n: 1 }]);
    expect(await failure(broken.createIndex({ n: 1 }, { unique: true }))).toMatchObject({
      code: 11000,
      keyValue: { n: 1 },
    });
    expect((await broken.indexes()).map((index) => index.name)).toEqual(['_id_']);
  });

  it('that is sparse leaves out documents without its field', async () => {
    const sparse = server.db.collection('sparse');
    await sparse.createIndex({ phone: 1 }, { unique: true, sparse: true });
    await sparse.insertMany([{ n: 1 }, { n: 2 }, { phone: '1' }, { phone: '2' }]);
    expect(await failure(sparse.insertOne({ phone: '1' }))).toMatchObject({ code: 11000 });
    expect(await examined('sparse', { phone: { $gte: '2' } })).toMatchObject({ nReturned: 1, keys: 1 });
    expect(await examined('sparse', { phone: null })).toMatchObject({ nReturned: 2, keys: 0 });
    expect(await sparse.find().sort({ phone: 1 }).toArray()).toHaveLength(4);
  });

  it('that is sparse leaves out elements without its field', async () => {
    const elements = server.db.collection<{ mails: unknown[] }>('elements');
    await elements.createIndex({ 'mails.address': 1 }, { unique: true, sparse: true });
    await elements.insertMany([{ mails: [{ address: 'a' }, {}] }, { mails: [{ address: 'b' }, {}, 'none'] }]);
    expect(await failure(elements.insertOne({ mails: [{}, { address: 'b' }] }))).toMatchObject({ code: 11000 });
    await elements.updateOne({ 'mails.address': 'b' }, { $pull: { mails: { address: 'b' } } });
    await elements.insertOne({ mails: [{ address: null }, { address: 'b' }] });
    expect(await failure(elements.insertOne({ mails: [{ address: null }] }))).toMatchObject({ code: 11000 });
  });

  it('that is partial holds, and serves, only what its filter finds', async () => {
    const partial = server.db.collection('partial');
    await partial.createIndex({ name: 1 }, { unique: true, partialFilterExpression: { live: true } });
    await partial.insertMany([
      { name: 'a', live: false },
      { name: 'a', live: false },
      { name: 'a', live: true },
    ]);
    expect(await failure(partial.insertOne({ name: 'a', live: true }))).toMatchObject({ code: 11000 });
    expect(await failure(partial.updateMany({ live: false }, { $set: { live: true } }))).toMatchObject({ code: 11000 });
    expect(await examined('partial', { name: 'a', live: true })).toMatchObject({ nReturned: 1, keys: 1, docs: 1 });
    expect(await examined('partial', { name: 'a' })).toMatchObject({ nReturned: 3, keys: 0 });
  });

  it('refuses two arrays in one compound index, and keeps the document out', async () => {
    const arrays = server.db.collection('arrays');
    await arrays.createIndex({ a: 1, b: 1 });
    expect(await failure(arrays.insertOne({ a: [1, 2], b: [3, 4] }))).toMatchObject({ code: 171 });
    expect(await arrays.countDocuments({})).toBe(0);
    await arrays.insertOne({ a: [1, 2], b: 3 });
  });

  it('on a place in an array finds null in all documents in which it is, and no place that is a field as well', async () => {
    const places = server.db.collection<{ _id: number; a: unknown }>('places');
    await places.createIndex({ 'a.0': 1 });
    await places.insertMany([
      { _id: 1, a: [{ b: 1 }] },
      { _id: 2, a: [null] },
      { _id: 3, a: [5] },
    ]);
    // The document in the array has no field of the name 0.
    const found = await places.find({ 'a.0': null }).sort({ _id: 1 }).toArray();
    expect(found.map(({ _id }) => _id)).toEqual([1, 2]);
    expect(await examined('places', { 'a.0': 5 })).toMatchObject({ nReturned: 1, keys: 1 });
    expect(await failure(places.insertOne({ _id: 4, a: [{ 0: 5 }] }))).toMatchObject({ code: 16746 });
    await places.insertOne({ _id: 5, a: { 0: 5 } });
    await places.insertOne({ _id: 6, a: [[5]] });
    expect(await places.countDocuments({ 'a.0': 5 }, { hint: { 'a.0': 1 } })).toBe(2);
    expect(await places.countDocuments({ 'a.0': [5] }, { hint: { 'a.0': 1 } })).toBe(1);
  });

  it('takes keys of any length', async () => {
    const long = server.db.collection('long');
    await long.createIndex({ text: 1 }, { unique: true });
    const text = (end: string): string => 'ä'.repeat(4000) + end;
    await long.insertMany([{ text: text('a') }, { text: text('b') }]);
    expect(await failure(long.insertOne({ text: text('a') }))).toMatchObject({ code: 11000 });
    expect(await long.find({ text: text('b') }).toArray()).toMatchObject([{ text: text('b') }]);
    expect((await long.find().sort({ text: -1 }).toArray()).map((found) => String(found['text']).at(-1))).toEqual([
      'b',
      'a',
    ]);
  });

  it('is listed as it was made, made once, and dropped', async () => {
    const listed = server.db.collection('listed');
    const options = { unique: true, expireAfterSeconds: 60, name: 'mine' };
    expect(await listed.createIndex({ at: 1 }, options)).toBe('mine');
    expect(await listed.createIndex({ at: 1 }, options)).toBe('mine');
    expect(await failure(listed.createIndex({ at: 1 }, { unique: true, name: 'other' }))).toMatchObject({ code: 85 });
    expect(await failure(listed.createIndex({ other: 1 }, { name: 'mine' }))).toMatchObject({ code: 86 });
    expect(await listed.indexes()).toMatchObject([{ name: '_id_' }, { v: 2, key: { at: 1 }, ...options }]);
    await listed.dropIndex('mine');
    expect(await listed.indexes()).toHaveLength(1);
  });
});
