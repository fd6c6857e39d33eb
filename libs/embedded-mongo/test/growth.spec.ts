import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const server = serverForFile();
const BYTES = 100_000;

describe('the data file', () => {
  it('uses its free pages again after reads that were refused, given up or closed', async () => {
    const collection = server.db.collection<{ _id: number; text: string }>('rewritten');
    await collection.insertMany(Array.from({ length: 300 }, (_, n) => ({ _id: n, text: `${n}` })));
    const stage = (name: string, argument: unknown): object => ({ pipeline: [{ [name]: argument }], cursor: {} });
    for (const refused of [
      { find: 'rewritten', hint: 'none' },
      { find: 'rewritten', sort: { text: 5 } },
      { find: 'rewritten', filter: { $text: { $search: 'x' } } },
      { find: 'rewritten', filter: { $nonsense: 1 } },
      { find: 'rewritten', filter: { text: { $nonsense: 1 } } },
      { find: 'rewritten', projection: { text: 1, other: 0 } },
      { aggregate: 'rewritten', ...stage('$sort', { text: 5 }) },
      { aggregate: 'rewritten', ...stage('$match', { text: { $nonsense: 1 } }) },
      { aggregate: 'rewritten', ...stage('$match', {}), hint: 'none' },
    ])
      expect(await failure(server.db.command(refused)), JSON.stringify(refused)).toMatchObject({
        code: expect.any(Number),
      });
    expect(await collection.find().limit(2).explain()).toMatchObject({ executionStats: { nReturned: 2 } });
    expect(await collection.countDocuments({ text: { $gte: '1' } }, { limit: 3 })).toBe(3);
    expect(await collection.aggregate([{ $unwind: '$text' }, { $limit: 3 }]).toArray()).toHaveLength(3);
    expect(await collection.findOneAndUpdate({ text: '7' }, { $set: { text: 'seven' } })).toMatchObject({ _id: 7 });
    const left = collection.find({}, { batchSize: 10 });
    expect(await left.next()).toMatchObject({ _id: 0 });
    await left.close();
    const sizes: number[] = [];
    for (let n = 0; n < 300; n++) {
      await collection.updateOne({ _id: 0 }, { $set: { text: String(n).padEnd(BYTES, 'x') } });
      sizes.push(statSync(join(server.folder, 'data.mdb')).size);
    }
    // All versions together are fifteen times as large.
    expect(Math.max(...sizes)).toBeLessThan(BYTES * 20);
  });
});
