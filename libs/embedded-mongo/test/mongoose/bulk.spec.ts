import { Schema, Types } from 'mongoose';
import { beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../support.js';
import { connectionForFile } from './connection.js';

const connection = connectionForFile();
const Stock = connection.model(
  'Stock',
  new Schema({ code: { type: String, unique: true, required: true }, n: Number, tags: [String] }, { timestamps: true }),
);
const codes = async () => (await Stock.find().sort({ code: 1 }).lean()).map(({ code, n }) => `${code}=${n}`);
const insert = (code: string, n: number) => ({ insertOne: { document: { code, n } } });

beforeEach(async () => {
  await Stock.deleteMany({});
  await Stock.insertMany([
    { code: 'a', n: 1 },
    { code: 'b', n: 2 },
    { code: 'c', n: 3 },
  ]);
});

describe('bulkWrite', () => {
  it('mixes all operations in their order and counts each', async () => {
    const result = await Stock.bulkWrite([
      insert('d', 4),
      { updateOne: { filter: { code: 'd' }, update: { $inc: { n: 40 } } } },
      { updateMany: { filter: { n: { $lt: 3 } }, update: { n: 0 } } },
      { replaceOne: { filter: { code: 'c' }, replacement: { code: 'c', n: 30 } } },
      { updateOne: { filter: { code: 'e' }, update: { n: 5 }, upsert: true } },
      { deleteOne: { filter: { code: 'a' } } },
    ]);
    expect(result).toMatchObject({
      insertedCount: 1,
      matchedCount: 4,
      modifiedCount: 4,
      upsertedCount: 1,
      deletedCount: 1,
    });
    expect(Object.keys(result.upsertedIds)).toEqual(['4']);
    expect(await codes()).toEqual(['b=0', 'c=30', 'd=44', 'e=5']);
  });

  it('gives what it upserts and inserts both times', async () => {
    await Stock.bulkWrite([insert('d', 4), { updateOne: { filter: { code: 'e' }, update: { n: 5 }, upsert: true } }]);
    for (const made of await Stock.find({ code: { $in: ['d', 'e'] } })) {
      expect(made.createdAt).toBeInstanceOf(Date);
      expect(made.updatedAt).toEqual(made.createdAt);
    }
  });

  it('stops at the first error when it is ordered, and names the operation', async () => {
    const error = await failure(Stock.bulkWrite([insert('d', 4), insert('a', 9), insert('e', 5)]));
    expect(error).toMatchObject({ code: 11000, insertedCount: 1, writeErrors: [{ index: 1, code: 11000 }] });
    expect(await codes()).toEqual(['a=1', 'b=2', 'c=3', 'd=4']);
  });

  it('does all it can when it is not ordered', async () => {
    const error = await failure(
      Stock.bulkWrite(
        [
          insert('a', 9),
          insert('d', 4),
          { updateOne: { filter: { code: 'b' }, update: { code: 'c' } } },
          { deleteOne: { filter: { code: 'a' } } },
        ],
        { ordered: false },
      ),
    );
    expect(error).toMatchObject({ insertedCount: 1, deletedCount: 1 });
    expect((error['writeErrors'] as { index: number }[]).map((one) => one.index).toSorted()).toEqual([0, 2]);
    expect(await codes()).toEqual(['b=2', 'c=3', 'd=4']);
  });

  it('takes array filters', async () => {
    await Stock.updateOne({ code: 'a' }, { tags: ['x', 'y', 'x'] });
    await Stock.bulkWrite([
      {
        updateOne: {
          filter: { code: 'a' },
          update: { $set: { 'tags.$[tag]': 'z' } },
          arrayFilters: [{ tag: 'x' }],
        },
      },
    ]);
    expect((await Stock.findOne({ code: 'a' }))?.tags).toEqual(['z', 'y', 'z']);
  });
});

describe('bulkSave', () => {
  it('inserts what is new and sends what changed of the rest', async () => {
    const [a, b] = await Stock.find().sort({ code: 1 });
    const fresh = new Stock({ code: 'z', n: 26 });
    a?.set('n', 10);
    b?.tags.push('t');
    const result = await Stock.bulkSave([a!, b!, fresh]);
    expect(result).toMatchObject({ insertedCount: 1, matchedCount: 2, modifiedCount: 2 });
    expect([a?.isModified(), b?.isModified(), fresh.isNew]).toEqual([false, false, false]);
    expect(await codes()).toEqual(['a=10', 'b=2', 'c=3', 'z=26']);
    expect((await Stock.findOne({ code: 'b' }))?.tags).toEqual(['t']);
  });

  it('reports documents that are gone', async () => {
    const documents = await Stock.find().sort({ code: 1 });
    await Stock.deleteOne({ code: 'b' });
    for (const document of documents) document.n = 7;
    const error = await failure(Stock.bulkSave(documents));
    expect(error).toMatchObject({ name: 'MongooseBulkSaveIncompleteError', numDocumentsNotUpdated: 1 });
    expect(await codes()).toEqual(['a=7', 'c=7']);
  });
});

describe('insertMany', () => {
  it('tells with rawResult what it inserted, and which were not valid', async () => {
    const result = await Stock.insertMany([{ code: 'd' }, { n: 1 }, { code: 'e' }] as { code: string }[], {
      ordered: false,
      rawResult: true,
    });
    expect(result).toMatchObject({ acknowledged: true, insertedCount: 2 });
    expect(Object.values(result.insertedIds)).toEqual([expect.any(Types.ObjectId), expect.any(Types.ObjectId)]);
    expect(result.mongoose.validationErrors).toHaveLength(1);
  });

  it('goes on behind a duplicate when it is not ordered, and stops there when it is', async () => {
    const documents = [{ code: 'd' }, { code: 'a' }, { code: 'e' }];
    expect(await failure(Stock.insertMany(documents))).toMatchObject({ code: 11000, insertedCount: 1 });
    await Stock.deleteMany({ code: 'd' });
    const unordered = await failure(Stock.insertMany(documents, { ordered: false }));
    expect(unordered).toMatchObject({ code: 11000, insertedCount: 2, writeErrors: [{ index: 1 }] });
    expect(await Stock.distinct('code')).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('inserts more than fits into one batch of documents', async () => {
    const documents = Array.from({ length: 2500 }, (_, i) => ({ code: `n${i}`, n: i }));
    expect(await Stock.insertMany(documents, { lean: true })).toHaveLength(2500);
    expect(await Stock.countDocuments({ code: /^n/ })).toBe(2500);
    const [sum] = await Stock.aggregate<{ n: number }>([{ $group: { _id: null, n: { $sum: '$n' } } }]);
    expect(sum?.n).toBe((2499 * 2500) / 2 + 6);
  });
});
