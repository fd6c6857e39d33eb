import { Schema, type mongo } from 'mongoose';
import { beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../support.js';
import { connectionForFile } from './connection.js';

const connection = connectionForFile();
const Reading = connection.model(
  'Reading',
  new Schema({ n: { type: Number, index: true }, even: Boolean, pad: String }),
);
const COUNT = 350;
const all = Array.from({ length: COUNT }, (_, n) => n);

beforeAll(async () => {
  await Reading.insertMany(all.map((n) => ({ n, even: n % 2 === 0, pad: 'x'.repeat(100) })));
});

describe('cursors of queries', () => {
  it('give every document once and in order, whatever the batch', async () => {
    for (const batchSize of [1, 7, 100, 1000]) {
      const seen: unknown[] = [];
      for await (const reading of Reading.find().sort({ n: 1 }).cursor({ batchSize })) seen.push(reading.n);
      expect(seen).toEqual(all);
    }
  });

  it('give one after the other with next, then null', async () => {
    const cursor = Reading.find({ n: { $lt: 2 } })
      .sort({ n: -1 })
      .lean()
      .cursor();
    expect(await cursor.next()).toMatchObject({ n: 1 });
    expect(await cursor.next()).toMatchObject({ n: 0 });
    expect(await cursor.next()).toBeNull();
    await cursor.close();
  });

  it('run eachAsync side by side and in batches', async () => {
    const seen: number[] = [];
    await Reading.find()
      .cursor({ batchSize: 50 })
      .eachAsync((reading) => void seen.push(reading.n!), { parallel: 8 });
    expect(seen.toSorted((a, b) => a - b)).toEqual(all);
    const sizes: number[] = [];
    await Reading.find()
      .cursor()
      .eachAsync((batch) => void sizes.push(batch.length), { batchSize: 100 });
    expect(sizes).toEqual([100, 100, 100, 50]);
  });

  it('map, skip and limit', async () => {
    const cursor = Reading.find().sort({ n: -1 }).skip(10).limit(3).cursor();
    const seen: unknown[] = [];
    for await (const n of cursor.map((reading) => reading.n)) seen.push(n);
    expect(seen).toEqual([339, 338, 337]);
  });

  it('end early when they are closed, and leave nothing open', async () => {
    const cursor = Reading.find().sort({ n: 1 }).cursor({ batchSize: 2 });
    await cursor.next();
    const { id } = (cursor as unknown as { cursor: { id: mongo.Long } }).cursor;
    expect(id.isZero()).toBe(false);
    await cursor.close();
    const error = await failure(connection.db!.command({ getMore: id, collection: 'readings' }));
    expect(error).toMatchObject({ code: 43, codeName: 'CursorNotFound' });
  });

  it('go on while documents behind them are deleted and changed', async () => {
    const Volatile = connection.model('Volatile', new Schema({ n: Number }));
    await Volatile.insertMany(all.map((n) => ({ n })));
    let seen = 0;
    for await (const one of Volatile.find().cursor({ batchSize: 10 })) {
      seen += 1;
      await Volatile.deleteOne({ _id: one._id });
    }
    expect(seen).toBe(COUNT);
    expect(await Volatile.countDocuments()).toBe(0);
  });
});

describe('cursors of aggregations', () => {
  it('give every result once, in batches', async () => {
    const cursor = Reading.aggregate<{ n: number }>([{ $match: { even: true } }, { $sort: { n: 1 } }]).cursor({
      batchSize: 9,
    });
    const seen: number[] = [];
    for await (const { n } of cursor) seen.push(n);
    expect(seen).toEqual(all.filter((n) => n % 2 === 0));
  });

  it('run eachAsync', async () => {
    const seen: string[] = [];
    await Reading.aggregate<{ _id: boolean; n: number }>()
      .group({ _id: '$even', n: { $sum: 1 } })
      .sort({ _id: 1 })
      .cursor()
      .eachAsync((group) => void seen.push(`${group._id} ${group.n}`));
    expect(seen).toEqual(['false 175', 'true 175']);
  });

  it('unwind, group, project, count, facet and bucket with the builder', async () => {
    expect(
      await Reading.aggregate()
        .match({ n: { $gte: 300 } })
        .count('n'),
    ).toEqual([{ n: 50 }]);
    const [facets] = await Reading.aggregate<Record<string, unknown>>().facet({
      low: [{ $sort: { n: 1 } }, { $limit: 2 }, { $project: { _id: 0, n: 1 } }],
      sizes: [{ $bucket: { groupBy: '$n', boundaries: [-0.5, 99.5, 350], output: { n: { $sum: 1 } } } }],
      parity: [{ $sortByCount: '$even' }, { $sort: { _id: 1 } }],
    });
    expect(facets).toEqual({
      low: [{ n: 0 }, { n: 1 }],
      sizes: [
        { _id: -0.5, n: 100 },
        { _id: 99.5, n: 250 },
      ],
      parity: [
        { _id: false, count: 175 },
        { _id: true, count: 175 },
      ],
    });
    const rows = await Reading.aggregate()
      .sort({ n: -1 })
      .limit(1)
      .addFields({ pair: ['$n', { $multiply: ['$n', 2] }] })
      .unwind('pair')
      .project({ _id: 0, pair: 1 });
    expect(rows).toEqual([{ pair: 349 }, { pair: 698 }]);
  });

  it('join with a pipeline of their own', async () => {
    const [row] = await Reading.aggregate()
      .match({ n: 5 })
      .lookup({
        from: 'readings',
        let: { mine: '$n' },
        pipeline: [
          { $match: { $expr: { $and: [{ $gt: ['$n', '$$mine'] }, { $lt: ['$n', 8] }] } } },
          { $sort: { n: 1 } },
          { $project: { _id: 0, n: 1 } },
        ],
        as: 'next',
      })
      .project({ _id: 0, n: 1, next: 1 });
    expect(row).toEqual({ n: 5, next: [{ n: 6 }, { n: 7 }] });
  });
});
