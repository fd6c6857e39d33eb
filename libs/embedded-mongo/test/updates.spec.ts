import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } = mongoose.mongo.BSON;
const server = serverForFile();
const typed = { promoteValues: false } as const;

/** Stores a document, updates it and gives it as it is then, with the BSON types of its numbers. */
async function updated(
  document: Record<string, unknown>,
  update: object,
  options: object = {},
  filter: object = {},
): Promise<Record<string, unknown>> {
  const collection = server.db.collection('updates');
  const _id = new ObjectId();
  await collection.insertOne({ _id, ...document });
  await collection.updateOne({ _id, ...filter }, update, options);
  const { _id: same, ...rest } = (await collection.findOne({ _id }, typed)) ?? {};
  expect(String(same)).toBe(String(_id));
  return rest;
}

describe('updates', () => {
  it('keep the BSON type of every number that they do not change', async () => {
    const document = {
      int: new Int32(1),
      double: new Double(2),
      long: Long.fromNumber(3),
      big: Long.fromString('9007199254740993'),
      decimal: Decimal128.fromString('4.50'),
      date: new Date(5),
      id: new ObjectId('0123456789abcdef01234567'),
      bytes: new Binary(Buffer.from([1, 2]), 4),
      nested: [{ long: Long.fromNumber(7) }],
    };
    expect(await updated(document, { $set: { other: 'x' } })).toEqual({ ...document, other: 'x' });
    expect(await updated(document, [{ $set: { other: 'x' } }])).toEqual({ ...document, other: 'x' });
  });

  it('add and multiply in the wider of both types', async () => {
    const inc = async (value: unknown, by: unknown): Promise<unknown> =>
      (await updated({ value }, { $inc: { value: by } }))['value'];
    expect(await inc(new Int32(1), 1)).toEqual(new Int32(2));
    expect(await inc(new Int32(2147483647), new Int32(1))).toEqual(Long.fromString('2147483648'));
    expect(await inc(Long.fromString('9007199254740993'), 1)).toEqual(Long.fromString('9007199254740994'));
    expect(await inc(new Double(0.5), 1)).toEqual(new Double(1.5));
    expect(await inc(Decimal128.fromString('0.1'), Decimal128.fromString('0.2'))).toEqual(Decimal128.fromString('0.3'));
    expect(await updated({ value: new Int32(3) }, { $mul: { value: 2, missing: 2 } })).toEqual({
      value: new Int32(6),
      missing: new Int32(0),
    });
  });

  it('change arrays by operators and positions', async () => {
    const list = {
      list: [1, 2, 3],
      docs: [
        { k: 'a', n: 1 },
        { k: 'b', n: 1 },
      ],
    };
    const plain = async (update: object, options?: object, filter?: object): Promise<unknown> =>
      JSON.parse(JSON.stringify(await updated(list, update, options, filter)));
    expect(await plain({ $push: { list: { $each: [9, 0], $position: 1, $sort: -1, $slice: 4 } } })).toMatchObject({
      list: [9, 3, 2, 1],
    });
    expect(await plain({ $addToSet: { list: { $each: [3, 4] } } })).toMatchObject({ list: [1, 2, 3, 4] });
    expect(await plain({ $pull: { list: { $gte: 2 } } })).toMatchObject({ list: [1] });
    expect(await plain({ $pull: { docs: { k: 'a' } } })).toMatchObject({ docs: [{ k: 'b' }] });
    expect(await plain({ $pullAll: { list: [1, 3] } })).toMatchObject({ list: [2] });
    expect(await plain({ $pop: { list: -1 } })).toMatchObject({ list: [2, 3] });
    expect(await plain({ $inc: { 'docs.$.n': 5 } }, {}, { 'docs.k': 'b' })).toMatchObject({
      docs: [{ n: 1 }, { n: 6 }],
    });
    expect(await plain({ $set: { 'docs.$.n': 7 } }, {}, { docs: { $elemMatch: { k: 'b', n: 1 } } })).toMatchObject({
      docs: [{ n: 1 }, { n: 7 }],
    });
    expect(await plain({ $inc: { 'list.$[]': 10 } })).toMatchObject({ list: [11, 12, 13] });
    expect(await plain({ $set: { 'docs.$[doc].n': 0 } }, { arrayFilters: [{ 'doc.k': 'a' }] })).toMatchObject({
      docs: [{ n: 0 }, { n: 1 }],
    });
    expect(await plain({ $set: { 'list.5': 6 } })).toMatchObject({ list: [1, 2, 3, null, null, 6] });
  });

  it('change fields in their places and keep the order of the others', async () => {
    const result = await updated(
      { c: 1, a: { x: 1, y: 2 }, b: 3 },
      { $set: { a: 5, d: 1 }, $unset: { c: '' }, $rename: { b: 'e' }, $min: { f: 2 } },
    );
    expect(Object.keys(result)).toEqual(['a', 'd', 'e', 'f']);
  });

  it('take an upsert from what the filter asks to be equal', async () => {
    const collection = server.db.collection('upserts');
    await collection.updateOne(
      { 'a.b': 1, c: { $eq: 2 }, d: { $gt: 5 }, $and: [{ e: 3 }] },
      { $set: { f: 4 }, $setOnInsert: { g: 5 } },
      { upsert: true },
    );
    expect(await collection.findOne({}, { projection: { _id: 0 } })).toEqual({ a: { b: 1 }, c: 2, e: 3, f: 4, g: 5 });
  });

  it('refuse what MongoDB refuses, with its codes', async () => {
    const code = async (update: object, document: Record<string, unknown> = { n: 1, s: 'x' }): Promise<unknown> =>
      (await failure(updated(document, update)))['code'];
    expect(await code({ $set: { _id: 5 } })).toBe(66);
    expect(await code({ $set: { a: 1, 'a.b': 2 } })).toBe(40);
    expect(await code({ $inc: { s: 1 } })).toBe(14);
    expect(await code({ $push: { n: 1 } })).toBe(2);
    expect(await code({ $set: { 'n.b': 1 } })).toBe(28);
    expect(await code({ $frobnicate: { n: 1 } })).toBe(9);
    expect(await code([{ $frobnicate: { n: 1 } }])).toBe(40324);
  });

  it('put the current time in the place of empty timestamps at the top of what is inserted or replaces', async () => {
    const collection = server.db.collection('timestamps');
    const empty = new Timestamp(0n);
    const stored = async (_id: unknown): Promise<Record<string, unknown>> =>
      (await collection.findOne({ _id: _id as never })) ?? {};
    await collection.insertOne({ _id: 1 as never, at: empty, within: { at: empty }, list: [empty] });
    const inserted = await stored(1);
    expect(inserted).toEqual({ _id: 1, at: inserted['at'], within: { at: empty }, list: [empty] });
    expect((inserted['at'] as typeof empty).getHighBitsUnsigned()).toBeCloseTo(Date.now() / 1000, -2);
    await collection.replaceOne({ _id: 1 as never }, { at: empty });
    const replaced = await stored(1);
    expect((replaced['at'] as typeof empty).greaterThan(inserted['at'] as typeof empty)).toBe(true);
    await collection.insertOne({ _id: empty as never, at: empty });
    expect((await stored(empty))['at']).not.toEqual(empty);
    await collection.updateOne({ _id: 2 as never }, { $set: { at: empty } }, { upsert: true });
    expect(await stored(2)).toEqual({ _id: 2, at: empty });
    await collection.updateOne({ _id: 1 as never }, { $currentDate: { at: { $type: 'timestamp' } } });
    const later = await stored(1);
    expect((later['at'] as typeof empty).greaterThan(replaced['at'] as typeof empty)).toBe(true);
  });

  it('refuse documents that become too large, and upserts of such', async () => {
    const [piece, pieces] = ['x'.repeat(1 << 20), { $map: { input: { $range: [0, 16] }, in: '$a' } }];
    expect((await failure(updated({ a: piece }, [{ $set: { b: pieces } }])))['code']).toBe(17419);
    const upsert = server.db.collection('upserts').updateOne({ a: piece }, [{ $set: { b: pieces } }], { upsert: true });
    expect((await failure(upsert))['code']).toBe(17420);
  });

  it('change documents that have the fields of a reference at their top', async () => {
    const collection = server.db.collection('references');
    await server.db.command({ insert: 'references', documents: [{ _id: 1, $ref: 'x', $id: 1 }] });
    await collection.updateOne({ _id: 1 as never }, { $set: { a: 1 } });
    expect(
      await collection.countDocuments({
        _id: 1 as never,
        a: 1,
        $expr: { $eq: [{ $getField: { $literal: '$id' } }, 1] },
      }),
    ).toBe(1);
  });

  it('keep the name of a collection with a dot in a reference to a document', async () => {
    const collection = server.db.collection('dotted');
    await collection.insertOne({
      _id: 1 as never,
      a: { $ref: 'fs.files', $id: 1 },
      b: { $ref: 'x', $id: 2, $db: 'y' },
    });
    const bytes = async (): Promise<string> =>
      Buffer.from((await collection.findOne({}, { raw: true })) as unknown as Buffer).toString('latin1');
    const before = await bytes();
    await collection.updateOne({}, { $set: { c: 1 } });
    expect(await bytes()).toContain(before.slice(4, -1));
  });

  it('of a collection that does not exist find nothing, whatever index they name', async () => {
    const collection = server.db.collection('missing');
    const hint = { nothing: 1 };
    expect(await collection.updateOne({ a: 1 }, { $set: { b: 1 } }, { hint })).toMatchObject({ matchedCount: 0 });
    expect(await collection.deleteMany({ a: 1 }, { hint })).toMatchObject({ deletedCount: 0 });
    expect(await collection.findOneAndDelete({ a: 1 }, { hint })).toBeNull();
    const upsert = collection.updateOne({ a: 1 }, { $set: { b: 1 } }, { hint, upsert: true });
    expect((await failure(upsert))['code']).toBe(2);
  });
});
