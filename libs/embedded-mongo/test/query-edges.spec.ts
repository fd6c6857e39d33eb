import mongoose from 'mongoose';
import { beforeEach, describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

type Doc = Record<string, unknown>;

const server = serverForFile();
const collection = () => server.db.collection<{ _id: number }>('edges');

/** Stores documents, numbered from 1. */
async function given(...documents: Doc[]): Promise<void> {
  await collection().insertMany(documents.map((document, i) => ({ _id: i + 1, ...document })));
}

/** What a projection leaves of what a filter finds, without `_id`. */
async function left(projection: Doc, filter: Doc = {}): Promise<Doc[]> {
  const found = await collection()
    .find(filter, { projection: { _id: 0, ...projection } })
    .sort({ _id: 1 })
    .toArray();
  return found;
}

/** The `_id` of what a filter finds, in the order of a sort. */
async function ids(filter: Doc, sort: Record<string, 1 | -1> = { _id: 1 }): Promise<number[]> {
  const found = await collection().find(filter).sort(sort).toArray();
  return found.map(({ _id }) => _id);
}

beforeEach(() => collection().deleteMany({}));

describe('the positional $ of a projection', () => {
  it('takes from the first array on its path, whole elements of it', async () => {
    await given({ by: { n: [7, 8] }, a: [{ b: { c: [1, 2] } }, { b: { c: [3, 4] } }] });
    expect(await left({ 'a.b.c.$': 1 }, { 'by.n': 8 })).toEqual([{ a: [{ b: { c: [3, 4] } }] }]);
    await collection().updateOne({}, { $set: { a: { b: [{ c: [1, 2] }, { c: [3, 4] }] } } });
    expect(await left({ 'a.b.c.$': 1 }, { 'by.n': 8 })).toEqual([{ a: { b: [{ c: [3, 4] }] } }]);
  });

  it('goes by the last of several conditions', async () => {
    await given({ a: [5, 6, 7], b: ['x', 'y', 'z'] });
    expect(await left({ 'b.$': 1 }, { $and: [{ a: 7 }, { a: 5 }, { a: 6 }] })).toEqual([{ b: ['y'] }]);
    expect(await left({ 'b.$': 1 }, { a: { $all: [7, 6] } })).toEqual([{ b: ['y'] }]);
  });

  it('goes by a choice of values for one field, and by no other choice', async () => {
    await given({ a: [5, 6, 7], b: ['x', 'y', 'z'] });
    expect(await left({ 'b.$': 1 }, { $or: [{ a: 7 }, { a: { $eq: 6 } }] })).toEqual([{ b: ['y'] }]);
    for (const $or of [
      [{ a: 5 }, { b: 'y' }],
      [{ a: { $gt: 6 } }, { a: 5 }],
    ])
      expect(await failure(left({ 'a.$': 1 }, { $or }))).toMatchObject({ code: 51246 });
  });

  it('goes by the presence of a field in an element', async () => {
    await given({ a: [{ x: 1 }, { y: 1 }] });
    expect(await left({ 'a.$': 1 }, { 'a.y': { $exists: true } })).toEqual([{ a: [{ y: 1 }] }]);
  });
});

describe('the positional $ of an update', () => {
  it('goes by the conditions in the order of their kinds and paths', async () => {
    await given({
      a: [
        { x: 1, y: 2 },
        { x: 2, y: 1 },
      ],
    });
    await collection().updateOne({ 'a.y': 2, 'a.x': 2 }, { $set: { 'a.$.z': true } });
    expect(await left({ a: 1 })).toEqual([
      {
        a: [
          { x: 1, y: 2, z: true },
          { x: 2, y: 1 },
        ],
      },
    ]);
    await collection().updateOne({ 'a.x': { $gt: 1 }, 'a.y': 2 }, { $set: { 'a.$.z': true } });
    expect(await left({ a: 1 })).toEqual([
      {
        a: [
          { x: 1, y: 2, z: true },
          { x: 2, y: 1, z: true },
        ],
      },
    ]);
  });

  it('is of the array that the condition names no place in', async () => {
    await given({ a: [{ b: [7, 8] }, { b: [8] }], c: [5, 6] });
    await collection().updateOne({ 'a.0.b': 8 }, { $set: { 'a.0.b.$': 9 } });
    await collection().updateOne({ c: 6, 'a.0.b.0': 7 }, { $set: { 'c.$': 0 } });
    expect(await left({ a: 1, c: 1 })).toEqual([{ a: [{ b: [7, 9] }, { b: [8] }], c: [5, 0] }]);
    for (const filter of [{ 'c.1': 0 }, { 'a.1.b.0': 8 }]) {
      const update = collection().updateOne(filter, { $set: { 'c.$': 1 } });
      expect(await failure(update)).toMatchObject({ code: 2 });
      expect(await failure(left({ 'c.$': 1 }, filter))).toMatchObject({ code: 51246 });
    }
  });

  it('has no place where it is not known which condition was met', async () => {
    await given({ a: [5, 6], b: [5, 6] });
    const update = collection().updateOne({ $or: [{ a: 6 }, { b: 6 }] }, { $set: { 'a.$': 9 } });
    expect(await failure(update)).toMatchObject({ code: 2 });
  });
});

describe('$slice', () => {
  it('changes arrays in documents of an array, and not those in arrays of an array', async () => {
    await given({ a: [{ b: [1, 2, 3] }, [{ b: [1, 2, 3], c: 1 }], 4, {}] });
    expect(await left({ 'a.b': { $slice: [1, 1] } })).toEqual([{ a: [{ b: [2] }, [{ b: [1, 2, 3], c: 1 }], 4, {}] }]);
    expect(await left({ 'a.b': { $slice: 1 }, x: 1 })).toEqual([{ a: [{ b: [1] }, [{ b: [1, 2, 3] }], {}] }]);
  });
});

describe('a sort', () => {
  it('has what cannot have the field as null', async () => {
    await given({ a: [1, { b: 5 }] }, { a: [{ b: 4 }] }, { a: [{ b: 6 }, [{ b: 3 }]] });
    expect(await ids({}, { 'a.b': 1, _id: 1 })).toEqual([1, 3, 2]);
  });

  it('has an empty array on the way as null, after one at the end', async () => {
    await given({ a: { b: [] } }, { a: [{ b: [] }, { b: { c: [] } }] }, { a: { b: { c: [] } } });
    expect(await ids({}, { 'a.b.c': -1, _id: 1 })).toEqual([1, 2, 3]);
  });

  it('goes to a place in an array and not to its other elements', async () => {
    await given({ a: [{ b: 5 }, { b: 1 }] }, { a: [{ b: 4 }, { b: 9 }] }, { a: [] });
    expect(await ids({}, { 'a.0.b': 1 })).toEqual([3, 2, 1]);
    expect(await ids({}, { 'a.0.b': -1 })).toEqual([1, 2, 3]);
  });
});

describe('constant conditions', () => {
  it('hold always or never', async () => {
    await given({ a: [1, {}] });
    expect(await ids({ $alwaysTrue: 1 })).toEqual([1]);
    expect(await ids({ $nor: [{ $alwaysFalse: 1 }] })).toEqual([1]);
    expect(await ids({ $alwaysFalse: 1 })).toEqual([]);
    expect(await failure(ids({ $alwaysTrue: 2 }))).toMatchObject({ code: 9 });
  });
});

describe('$meta', () => {
  it('is refused where there is no such metadata', async () => {
    expect(await failure(left({ a: { $meta: 'weather' } }))).toMatchObject({ code: 17308 });
    expect(await failure(left({ a: { $meta: 5 } }))).toMatchObject({ code: 17307 });
    expect(await failure(left({ a: { $meta: 'recordId' } }))).toMatchObject({ code: 238 });
  });
});

describe('a query', () => {
  const command = (fields: Doc): Promise<unknown> => server.db.command(fields);

  it('is refused where there is no collection as well', async () => {
    for (const query of [{ a: { $weird: 1 } }, { $and: [] }]) {
      expect(await failure(command({ find: 'nowhere', filter: query }))).toMatchObject({ code: 2 });
      expect(await failure(command({ count: 'nowhere', query }))).toMatchObject({ code: 2 });
      expect(await failure(command({ distinct: 'nowhere', key: 'a', query }))).toMatchObject({ code: 2 });
    }
    expect(await failure(command({ find: 'nowhere', sort: { a: 3 } }))).toMatchObject({ code: 15975 });
    const text = { count: 'nowhere', query: { $text: { $search: 'a' } } };
    expect(await failure(command(text))).toMatchObject({ code: 27 });
  });

  it('has no hint but that of its natural order beside it', async () => {
    await given({ a: 1 }, { a: 2 });
    const find = (hint: unknown): Promise<unknown> => command({ find: 'edges', sort: { $natural: -1 }, hint });
    for (const hint of ['_id_', { _id: 1 }, { $natural: 1 }])
      expect(await failure(find(hint))).toMatchObject({ code: 2 });
    expect(await find({ $natural: -1 })).toMatchObject({ cursor: { firstBatch: [{ _id: 2 }, { _id: 1 }] } });
  });

  it('may be answered backwards by a hint', async () => {
    await given({ a: 1 }, { a: 2 }, { a: 3 });
    const backwards = { cursor: { firstBatch: [{ _id: 3 }, { _id: 2 }] } };
    const hint = { $natural: -1 };
    expect(await command({ find: 'edges', filter: {}, limit: 2, hint })).toMatchObject(backwards);
    const pipeline = [{ $limit: 2 }];
    expect(await command({ aggregate: 'edges', pipeline, cursor: {}, hint })).toMatchObject(backwards);
    expect(await failure(command({ find: 'edges', hint: { $natural: 2 } }))).toMatchObject({ code: 2 });
  });

  it('bounds lengths of arrays and of patterns', async () => {
    expect(await failure(ids({ a: { $size: 2 ** 31 } }))).toMatchObject({ code: 2 });
    expect(await failure(ids({ a: { $regex: 'y'.repeat(16_385) } }))).toMatchObject({ code: 51091 });
    expect(await ids({ a: { $regex: 'y'.repeat(16_384) } })).toEqual([]);
  });

  it('takes no number with zeros before it for a place in an array', async () => {
    await given({ a: [{ b: 1 }] });
    expect(await ids({ 'a.0.b': 1 })).toEqual([1]);
    expect(await ids({ 'a.00.b': 1 })).toEqual([]);
  });
});

describe('a projection', () => {
  it('computes fields in all elements of an array', async () => {
    await given({ a: ['x', { b: 1, c: 2 }, [3, { c: 4 }]] });
    expect(await left({ 'a.b': '$a.c' })).toEqual([{ a: [{ b: [2] }, { b: [2] }, [{ b: [2] }, { b: [2] }]] }]);
    expect(await left({ 'a.b': '$a.c', 'a.c': 1 })).toEqual([
      { a: [{ b: [2] }, { c: 2, b: [2] }, [{ b: [2] }, { c: 4, b: [2] }]] },
    ]);
    expect(await left({ 'a.c': 1 })).toEqual([{ a: [{ c: 2 }, [{ c: 4 }]] }]);
  });

  it('takes a field for which NaN stands', async () => {
    await given({ a: 1, b: 2 });
    expect(await left({ a: Number.NaN })).toEqual([{ a: 1 }]);
  });

  it('has no path twice, nor one within another', async () => {
    await given({ a: [1] });
    const collides = async (projection: Doc, code: number): Promise<void> =>
      expect(await failure(left(projection))).toMatchObject({ code });
    await collides({ a: { $slice: 1 }, 'a.b': 1 }, 31249);
    await collides({ 'a.b': 1, a: { $slice: 1 } }, 31250);
    await collides({ a: { $elemMatch: { b: 1 } }, 'a.b': 1 }, 31249);
    await collides({ a: { b: 1 }, 'a.b': 1 }, 31250);
    await collides({ '_id.x': 1 }, 31249);
  });
});

describe('$expr', () => {
  const $expr = { $eq: ['$a', 1] };

  it('is not for upserts', async () => {
    await given({ a: 1 });
    expect(await failure(collection().updateOne({ $expr }, { $set: { b: 1 } }, { upsert: true }))).toMatchObject({
      code: 224,
    });
    const found = collection().findOneAndUpdate({ $expr }, { $set: { b: 1 } }, { upsert: true });
    expect(await failure(found)).toMatchObject({ code: 224 });
    expect(await collection().updateOne({ $expr }, { $set: { b: 1 } })).toMatchObject({ modifiedCount: 1 });
  });

  it('chooses no elements of arrays', async () => {
    await given({ a: [{ b: 1 }] });
    expect(await failure(collection().updateOne({}, { $pull: { a: { $expr } } }))).toMatchObject({ code: 224 });
    const arrayFilters = [{ 'x.b': 1, $expr }];
    const update = collection().updateOne({}, { $set: { 'a.$[x].b': 2 } }, { arrayFilters });
    expect(await failure(update)).toMatchObject({ code: 224 });
  });
});

describe('a view', () => {
  it('is not asked for what no pipeline has', async () => {
    await given({ a: 1 }, { a: 2 });
    await server.db.createCollection('shown', { viewOn: 'edges', pipeline: [{ $match: { a: { $gt: 1 } } }] });
    const find = (options: Doc): Promise<unknown> => server.db.command({ find: 'shown', ...options });
    for (const options of [{ sort: { $natural: 1 } }, { singleBatch: true }, { noCursorTimeout: true }])
      expect(await failure(find(options))).toMatchObject({ code: 168 });
    expect(await find({ singleBatch: true, limit: 1, projection: { b: '$a' } })).toMatchObject({
      cursor: { firstBatch: [{ _id: 2, b: 2 }] },
    });
  });
});

describe('expressions in filters', () => {
  const { Double, Long } = mongoose.mongo;
  it.each([
    ['a double', { $type: new Double(7) }, 'double'],
    ['a long', { $type: Long.fromNumber(7) }, 'long'],
    ['an int', { $type: 7 }, 'int'],
    ['a date', { $type: { $toDate: Long.fromNumber(0) } }, 'date'],
  ])('have the types of their numbers: %s', async (_name, computed, type) => {
    await given({ a: 1 });
    const filter = { $expr: { $eq: [computed, type] } };
    const { db } = server;
    expect(await ids(filter)).toEqual([1]);
    expect(await db.command({ count: 'edges', query: filter })).toMatchObject({ n: 1 });
    expect(await db.command({ distinct: 'edges', key: 'a', query: filter })).toMatchObject({ values: [1] });
    expect(await collection().updateMany(filter, { $set: { a: 2 } })).toMatchObject({ modifiedCount: 1 });
    expect(await collection().findOneAndUpdate(filter, { $set: { a: 3 } })).toMatchObject({ a: 2 });
    expect(await db.command({ listCollections: 1, nameOnly: true, filter })).not.toMatchObject({
      cursor: { firstBatch: [] },
    });
    expect(await collection().deleteMany(filter)).toMatchObject({ deletedCount: 1 });
  });

  it('have no $$NOW in commands that MongoDB gives none, but through a view', async () => {
    const query = { $expr: { $lt: ['$a', '$$NOW'] } };
    const { db } = server;
    await db.createCollection('edgesSeen', { viewOn: 'edges', pipeline: [] });
    expect(await db.command({ count: 'edges', query })).toMatchObject({ n: 0 });
    await given({ a: 1 });
    for (const command of [
      { count: 'edges', query },
      { distinct: 'edges', key: 'a', query },
      { listCollections: 1, filter: query },
    ])
      expect(await failure(db.command(command))).toMatchObject({ code: 51144 });
    expect(await db.command({ count: 'edgesSeen', query })).toMatchObject({ n: 1 });
    expect(await db.command({ distinct: 'edgesSeen', key: 'a', query })).toMatchObject({ values: [1] });
    expect(await collection().countDocuments(query)).toBe(1);
  });
});
