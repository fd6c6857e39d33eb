import mongoose from 'mongoose';
import { beforeAll, describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const { BSON } = mongoose.mongo;
const server = serverForFile();
type Doc = Record<string, unknown> & { _id?: number | string | object };

/** References as MongoDB's manual has them, and as drivers that know of no class of their own may store them. */
const DOCUMENTS: readonly Doc[] = [
  { _id: 1, from: { $ref: 'fs.files', $id: 7 }, list: [{ $ref: 'people', $id: 1, $db: 'other' }, { a: 1 }] },
  { _id: 2, from: { $ref: 'people', $id: 8, $db: 'other', since: 3 }, list: [{ $ref: 'people', $id: 2 }] },
  { _id: 3, from: { since: 4, $db: 'x', $id: { $ref: 'a.b', $id: 1 }, $ref: 'people' } },
  { _id: 4, from: { since: 5 }, list: [] },
];

const collection = (): ReturnType<typeof server.db.collection<Doc>> => server.db.collection<Doc>('references');
const ids = async (filter: Doc): Promise<unknown[]> =>
  (await collection().find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
/** The bytes of a document, which the driver would make instances of its class of. */
const bytes = async (_id: number): Promise<Buffer> =>
  Buffer.from((await collection().findOne({ _id }, { raw: true })) as unknown as Buffer);

describe('references to documents', () => {
  beforeAll(async () => {
    await collection().insertMany(DOCUMENTS.map((one) => ({ ...one })));
  });

  it('keep their bytes when their document is updated, or goes through a pipeline', async () => {
    await collection().updateMany({}, { $set: { seen: 1 } });
    await collection()
      .aggregate([{ $set: { seen: { $add: ['$seen', 1] } } }, { $merge: 'references' }])
      .toArray();
    for (const one of DOCUMENTS)
      expect(await bytes(one['_id'] as number)).toEqual(Buffer.from(BSON.serialize({ ...one, seen: 2 })));
  });

  it.each([false, true])('are found by their fields and as a whole, with an index: %s', async (indexed) => {
    if (indexed)
      await collection().createIndexes([{ key: { 'from.$id': 1 } }, { key: { 'list.$id': 1 } }, { key: { from: 1 } }]);
    expect(await ids({ 'from.$id': 7 })).toEqual([1]);
    expect(await ids({ 'from.$ref': 'fs.files' })).toEqual([1]);
    expect(await ids({ 'from.$id.$ref': 'a.b' })).toEqual([3]);
    expect(await ids({ 'list.$id': 2 })).toEqual([2]);
    expect(await ids({ from: { $ref: 'fs.files', $id: 7 } })).toEqual([1]);
    expect(await ids({ from: { $in: [{ $ref: 'fs.files', $id: 7 }, { since: 5 }] } })).toEqual([1, 4]);
    expect(await ids({ list: { $elemMatch: { $id: 1, $db: 'other' } } })).toEqual([1]);
    expect(await failure(ids({ from: { $id: 7 } }))).toMatchObject({ code: 2 });
  });

  it('give their fields to projections and expressions', async () => {
    const projection = { 'from.$id': 1 };
    expect(await collection().findOne({ _id: 1 }, { projection })).toEqual({ _id: 1, from: { $id: 7 } });
    const fields = {
      of: { $getField: { field: { $literal: '$ref' }, input: '$from' } },
      all: { $objectToArray: '$from' },
    };
    expect(
      await collection()
        .aggregate([{ $match: { _id: 2 } }, { $project: fields }])
        .toArray(),
    ).toEqual([
      {
        _id: 2,
        of: 'people',
        all: [
          { k: '$ref', v: 'people' },
          { k: '$id', v: 8 },
          { k: '$db', v: 'other' },
          { k: 'since', v: 3 },
        ],
      },
    ]);
  });

  it('have their fields changed, and are taken out of lists by them', async () => {
    await collection().insertOne({
      _id: 5,
      from: { $ref: 'fs.files', $id: 1 },
      list: [
        { $ref: 'p', $id: 1 },
        { $ref: 'q', $id: 2 },
      ],
    });
    await collection().updateOne({ _id: 5, 'list.$id': 2 }, { $set: { 'from.$id': 9, 'list.$.$ref': 'r' } });
    const changed = {
      _id: 5,
      from: { $ref: 'fs.files', $id: 9 },
      list: [
        { $ref: 'p', $id: 1 },
        { $ref: 'r', $id: 2 },
      ],
    };
    expect(await bytes(5)).toEqual(Buffer.from(BSON.serialize(changed)));
    const taken = { q: { _id: 5 }, u: { $pull: { list: { $id: 1 } } } };
    await server.db.command({ update: 'references', updates: [taken] });
    expect(await bytes(5)).toEqual(Buffer.from(BSON.serialize({ ...changed, list: [{ $ref: 'r', $id: 2 }] })));
  });

  it('may be the _id, and stand at the top of a document', async () => {
    await collection().insertOne({ _id: { $ref: 'a.b', $id: 1 }, $ref: 'c', $id: 2 });
    expect(await collection().countDocuments({ _id: { $ref: 'a.b', $id: 1 } })).toBe(1);
    expect(await collection().countDocuments({ $id: 2 })).toBe(1);
  });
});
