import { describe, expect, it } from 'vitest';
import { serverForFile } from './support.js';

const server = serverForFile();

describe('a find that one answer holds', () => {
  it('gives what a cursor gives in many, with every kind of plan', async () => {
    const collection = server.db.collection<{ _id: number; tags: number[]; n: number; text: string }>('batches');
    await collection.createIndexes([{ key: { tags: 1, n: -1 } }, { key: { n: 1 }, unique: true }]);
    await collection.insertMany(
      Array.from({ length: 300 }, (_, i) => ({
        _id: i,
        tags: [i % 7, (i * 3) % 7],
        n: i,
        // Some are longer than a page of LMDB, some than lmdb's buffer.
        text: 'x'.repeat(i % 50 === 0 ? 40_000 : i % 10 === 0 ? 5000 : 20),
      })),
    );
    const filters = [
      {},
      { _id: 50 },
      { _id: { $in: [7, 5, 400, 3] } },
      { n: { $in: [100, 20, 150] } },
      { n: 12, text: 'none' },
      { tags: 3 },
      { tags: { $in: [1, 2] }, n: { $gt: 40 } },
      { n: { $gte: 10, $lt: 200 }, text: { $regex: '^x{20}$' } },
    ];
    for (const filter of filters)
      for (const options of [{}, { skip: 2 }, { sort: { n: -1 } as const }, { projection: { text: 0 }, skip: 1 }]) {
        const all = await collection.find(filter, { ...options, batchSize: 2 }).toArray();
        const whole = await collection.find(filter, { ...options, limit: 1000, batchSize: 1000 }).toArray();
        expect(whole).toEqual(all);
        const first = collection.find(filter, { ...options, limit: 2, batchSize: 5, singleBatch: true });
        expect(await first.toArray()).toEqual(all.slice(0, 2));
      }
  });

  it('leaves to a cursor what is more than one answer', async () => {
    const collection = server.db.collection('large');
    for (let i = 0; i < 5; i++) await collection.insertOne({ text: 'y'.repeat(7_000_000), i });
    const found = await collection.find({}, { limit: 5, batchSize: 10 }).toArray();
    expect(found.map(({ i, text }) => [i, text.length])).toEqual([0, 1, 2, 3, 4].map((i) => [i, 7_000_000]));
  });
});
