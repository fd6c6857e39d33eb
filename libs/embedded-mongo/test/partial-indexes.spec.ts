import { describe, expect, it } from 'vitest';
import { serverForFile } from './support.js';

const server = serverForFile();

describe('a partial index', () => {
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
});
