import { Double, Long } from 'bson';
import { describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const server = serverForFile();

describe('a partial index', () => {
  it('has the documents whose numbers are of the type that it asks for, however they came', async () => {
    const collection = server.db.collection<{ _id: number; a: unknown }>('types');
    await collection.createIndex({ a: 1 }, { unique: true, partialFilterExpression: { a: { $type: 'long' } } });
    await collection.insertMany([
      { _id: 1, a: Long.fromNumber(5) },
      { _id: 2, a: new Double(5) },
      { _id: 3, a: 5 },
      { _id: 4, a: 6 },
    ]);
    expect(await failure(collection.insertOne({ _id: 5, a: Long.fromNumber(5) }))).toMatchObject({ code: 11000 });
    await collection.updateOne({ _id: 4 }, { $set: { a: Long.fromNumber(6) } });
    const indexed = async (): Promise<number[]> =>
      (await collection.find({ a: { $type: 'long', $gte: 1 } }, { hint: { a: 1 } }).toArray()).map(({ _id }) => _id);
    expect(await indexed()).toEqual([1, 4]);
    await collection.deleteOne({ _id: 1 });
    expect(await indexed()).toEqual([4]);
  });

  it('does not serve a range of another type than the range of its own filter', async () => {
    const collection = server.db.collection<{ _id: number; t: unknown; d?: number }>('ranges');
    await collection.createIndex({ d: 1 }, { partialFilterExpression: { t: { $lte: 'B' } } });
    await collection.insertMany([
      { _id: 1, t: 1, d: 2 },
      { _id: 2, t: ['A', 1], d: 1 },
      { _id: 3, t: 'A' },
    ]);
    const found = async (filter: object): Promise<number[]> =>
      (await collection.find(filter).sort({ d: 1 }).toArray()).map(({ _id }) => _id);
    expect(await found({ t: { $lt: 2 } })).toEqual([2, 1]);
    expect(await found({ t: { $lt: 'B' } })).toEqual([3, 2]);
    const explained = await collection
      .find({ t: { $lt: 'B' } })
      .sort({ d: 1 })
      .explain();
    expect(explained.executionStats).toMatchObject({ totalKeysExamined: 2 });
  });

  it('serves what is asked of an array only if its own filter finds all of that', async () => {
    const collection = server.db.collection<{ _id: number; t: unknown; a?: unknown }>('arrays');
    await collection.createIndex({ t: 1 }, { partialFilterExpression: { t: 'a' } });
    await collection.createIndex({ a: 1 }, { partialFilterExpression: { a: {} } });
    await collection.insertMany([
      { _id: 1, t: ['a', 'b'], a: {} },
      { _id: 2, t: [['a', 'b']], a: 6 },
      { _id: 3, t: ['b', 'a'], a: [] },
    ]);
    const found = async (filter: object, options = {}): Promise<number[]> =>
      (await collection.find(filter, options).toArray()).map(({ _id }) => _id).sort((x, y) => x - y);
    for (const [filter, ids] of [
      [{ t: ['a', 'b'] }, [1, 2]],
      [{ t: { $all: ['a', 'b'] } }, [1, 3]],
      [{ t: { $elemMatch: { $eq: 'a' } } }, [1, 3]],
      [{ a: { $gt: 5 } }, [2]],
    ] as const)
      expect(await found(filter), JSON.stringify(filter)).toEqual(ids);
    const explained = await collection.find({ t: { $all: ['a', 'b'] } }).explain('executionStats');
    expect(explained.executionStats).toMatchObject({ totalKeysExamined: 2 });
  });

  it('is not made with conditions that a query cannot be told to imply', async () => {
    const collection = server.db.collection('conditions');
    const make = (partialFilterExpression: object): Promise<string> =>
      collection.createIndex({ a: 1 }, { partialFilterExpression });
    for (const [filter, what] of [
      [{ a: { $ne: 3 } }, 'a $ne'],
      [{ a: { $exists: false } }, 'a $not $exists'],
      [{ $and: [{ a: { $gt: 1 } }, { b: /x/ }] }, 'b regex'],
      [{ a: { $in: [1, /x/] } }, 'a regex'],
      [{ $nor: [{ a: 1 }] }, '$nor'],
    ] as const)
      expect(await failure(make(filter))).toMatchObject({
        code: 67,
        message: `Expression not supported in partial index: ${what}`,
      });
    expect(await failure(make({ $or: [{ a: 1 }, { $expr: { $gt: ['$a', 1] } }] }))).toMatchObject({
      code: 224,
      message: '$expr is not allowed in this context',
    });
    expect(await make({ $or: [{ a: { $in: [1, 2] } }, { b: { $exists: true }, c: { $type: 'string' } }] })).toBe('a_1');
  });

  it('is the same as one whose filter has the same conditions in another order', async () => {
    const collection = server.db.collection('same');
    const make = (partialFilterExpression: object, name = 'i'): Promise<string> =>
      collection.createIndex({ a: 1 }, { name, partialFilterExpression });
    await make({ a: { $gt: 0, $lt: 10 }, b: 'x', $or: [{ c: 1 }, { d: { $type: 'string' } }] });
    const same = {
      $and: [{ $or: [{ d: { $type: 2 } }, { c: { $eq: 1 } }] }, { b: 'x' }, { a: { $lt: 10 } }, { a: { $gt: 0 } }],
    };
    await make(same);
    expect(await failure(make(same, 'j'))).toMatchObject({ code: 85 });
    expect(await failure(make({ ...same, e: 1 }))).toMatchObject({ code: 86 });
    expect(await failure(make({ a: { $gt: 0, $lt: 10 }, b: 'X', $or: [{ c: 1 }, { d: 1 }] }))).toMatchObject({
      code: 86,
    });
    expect(await collection.indexes()).toHaveLength(2);
  });

  it('has a filter of four levels at most', async () => {
    const collection = server.db.collection('levels');
    const within = (filter: object, ...operators: string[]): object =>
      operators.reduce((inner, operator) => ({ [operator]: [inner] }), filter);
    const make = (partialFilterExpression: object): Promise<string> =>
      collection.createIndex({ a: 1 }, { partialFilterExpression });
    const tooDeep = [within({ a: 1 }, '$and', '$and', '$or', '$and'), within({ a: 1, b: 1 }, '$and', '$or', '$and')];
    for (const filter of tooDeep) expect(await failure(make(filter))).toMatchObject({ code: 67 });
    await make(within({ a: { $gt: 1, $lt: 5 } }, '$and', '$or'));
    await make(within({ a: { $gt: 1, $lt: 5 } }, '$or', '$and'));
  });
});
