import mongoose from 'mongoose';
import { beforeEach, describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const { DBRef } = mongoose.mongo;
type Doc = Record<string, unknown>;

const server = serverForFile();
const collection = () => server.db.collection<{ _id: number }>('references');

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

describe('parts of references', () => {
  it('are compared in elements of an array', async () => {
    const [one, two] = [new DBRef('a', 1 as never, 'd'), new DBRef('b', 2 as never)];
    await given({ r: [one, two] }, { r: [one] });
    for (const $elemMatch of [{ $id: 2 }, { $ref: 'b' }, { $ref: 'b', $id: 2 }]) {
      expect(await ids({ r: { $elemMatch } })).toEqual([1]);
      expect(await left({ r: { $elemMatch } }, { _id: 1 })).toEqual([{ r: [two] }]);
    }
    expect(await ids({ r: { $elemMatch: { $db: 'd' } } })).toEqual([1, 2]);
    await collection().updateMany({}, { $pull: { r: { $id: 1 } } });
    expect(await left({ r: 1 })).toEqual([{ r: [two] }, { r: [] }]);
  });

  it('are no condition on a field', async () => {
    expect(await failure(ids({ r: { $ref: 'a' } }))).toMatchObject({ code: 2 });
    expect(await failure(ids({ r: { $id: 1 } }))).toMatchObject({ code: 2 });
  });
});

describe('a reference', () => {
  const FIELDS = { $ref: 'c', $id: 7, $db: 'd', x: 1 };
  const stored = async (): Promise<unknown[]> => {
    const pipeline = [{ $project: { _id: 0, fields: { $objectToArray: '$r' } } }];
    return collection().aggregate(pipeline).toArray();
  };
  const pairs = (fields: Doc): unknown[] => [{ fields: Object.entries(fields).map(([k, v]) => ({ k, v })) }];

  it('is a document to projections and expressions', async () => {
    await given({ r: FIELDS, l: [{ $ref: 'c', $id: 8 }] });
    expect(await left({ 'r.$id': 1, 'l.$id': 1 })).toEqual([{ r: { $id: 7 }, l: [{ $id: 8 }] }]);
    expect(await left({ 'r.$ref': 0, l: 0 })).toEqual([{ r: { $id: 7, $db: 'd', x: 1 } }]);
    expect(await stored()).toEqual(pairs(FIELDS));
  });

  it('keeps its fields and their order when it is changed', async () => {
    await given({ r: FIELDS });
    await collection().updateOne({}, { $set: { 'r.x': 2, 'r.y': 3, 'r.$id': 8 } });
    expect(await stored()).toEqual(pairs({ ...FIELDS, $id: 8, x: 2, y: 3 }));
    await collection().updateOne({}, [{ $set: { 'r.z': 4 } }]);
    expect(await stored()).toEqual(pairs({ ...FIELDS, $id: 8, x: 2, y: 3, z: 4 }));
  });

  it('may be to a collection with a dot in its name, and have its fields in any order', async () => {
    await given({ r: { $id: 7, $ref: 'fs.files' } });
    await collection().updateOne({}, { $set: { other: 1 } });
    expect(await stored()).toEqual(pairs({ $id: 7, $ref: 'fs.files' }));
  });

  it('is found by an index on its fields', async () => {
    await given({ r: FIELDS, l: [{ $ref: 'c', $id: 8 }] }, { r: { $ref: 'c', $id: 9 } });
    for (const path of ['r.$id', 'r.x', 'l.$id']) await collection().createIndex({ [path]: 1 });
    expect(await ids({ 'r.$id': 7 })).toEqual([1]);
    expect(await ids({ 'r.$id': { $gt: 7 } })).toEqual([2]);
    expect(await ids({ 'r.x': 1 })).toEqual([1]);
    expect(await ids({ 'l.$id': 8 })).toEqual([1]);
    await collection().dropIndexes();
  });
});
