import { MaxKey, MinKey } from 'bson';
import { beforeAll, describe, expect, it } from 'vitest';
import { generator } from './generator.js';
import { serverForFile } from './support.js';

const server = serverForFile();
type Doc = Record<string, unknown>;
const items = () => server.db.collection<{ _id: number }>('items');
const COUNT = 2_000;

interface Stage extends Doc {
  stage: string;
}

/** The stage under a count, executed. */
async function below(query: Doc, options: Doc = {}): Promise<{ stage: Stage; documents: number }> {
  const explained = await server.db.command({
    explain: { count: 'items', query, ...options },
    verbosity: 'executionStats',
  });
  const { executionStages, totalDocsExamined } = explained['executionStats'] as Doc;
  return { stage: (executionStages as Doc)['inputStage'] as Stage, documents: Number(totalDocsExamined) };
}

describe('a count', () => {
  beforeAll(async () => {
    await items().createIndexes([
      { key: { a: 1 } },
      { key: { room: 1, seq: -1 }, unique: true },
      { key: { tags: 1 } },
      { key: { rare: 1 }, sparse: true },
      { key: { part: 1 }, partialFilterExpression: { a: { $gt: 50 } } },
      { key: { text: 1 } },
      { key: { name: 1 }, collation: { locale: 'en', strength: 2 } },
    ]);
    const documents = Array.from({ length: COUNT }, (_, i) => ({
      _id: i,
      a: i % 100,
      room: `r${i % 7}`,
      seq: i,
      tags: [i % 50, (i + 1) % 50],
      ...(i % 3 ? {} : { rare: i % 90 }),
      part: i % 10,
      // Longer than what a key keeps.
      text: i % 5 ? `t${i % 20}` : 'x'.repeat(1_000) + String(i % 20),
      name: i % 2 ? 'Ada' : 'ada',
    }));
    await items().insertMany(documents);
  });

  it('is one of the keys of an index where that says everything', async () => {
    const { stage, documents } = await below({ room: 'r3', seq: { $gt: 700, $lte: 1_400 } });
    expect(stage).toMatchObject({
      stage: 'COUNT_SCAN',
      keysExamined: 100,
      nReturned: 100,
      indexName: 'room_1_seq_-1',
      isUnique: true,
      indexBounds: {
        startKey: { room: 'r3', seq: 1_400 },
        startKeyInclusive: true,
        endKey: { room: 'r3', seq: 700 },
        endKeyInclusive: false,
      },
    });
    expect(documents).toBe(0);
    expect((await below({ room: 'r3' })).stage).toMatchObject({
      stage: 'COUNT_SCAN',
      indexBounds: { startKey: { room: 'r3', seq: new MaxKey() }, endKey: { room: 'r3', seq: new MinKey() } },
    });
    expect((await below({ a: { $lt: 5 } })).stage['indexBounds']).toEqual({
      startKey: { a: -Infinity },
      startKeyInclusive: true,
      endKey: { a: 5 },
      endKeyInclusive: false,
    });
    expect((await below({ room: { $gt: 'r2' } })).stage['indexBounds']).toEqual({
      startKey: { room: 'r2', seq: new MinKey() },
      startKeyInclusive: false,
      endKey: { room: {}, seq: new MaxKey() },
      endKeyInclusive: false,
    });
  });

  it.each<[Doc, Doc]>([
    [{ tags: 7 }, {}],
    [{ a: null }, {}],
    [{ a: { $in: [1, 2] } }, {}],
    [{ text: { $gte: 'x'.repeat(1_000) } }, {}],
    [{ name: 'ADA' }, { collation: { locale: 'en', strength: 2 } }],
    [{ a: { $gt: 5, $mod: [2, 0] } }, {}],
  ])('looks at documents where it does not: %j', async (query, options) => {
    const { stage, documents } = await below(query, options);
    expect([stage.stage, documents > 0 || query['a'] === null]).toEqual(['FETCH', true]);
  });

  it('is the same with and without', async () => {
    const random = generator(20261126);
    const of = <T>(...values: T[]): T => values[Math.floor(random() * values.length)] as T;
    const number = () => Math.floor(random() * 110);
    for (let round = 0; round < 300; round++) {
      const bound = () => of<unknown>(number(), { $gte: number() }, { $lt: number() }, { $gt: 20, $lte: number() });
      const query: Doc = of<Doc>(
        { a: bound() },
        { room: `r${number() % 9}`, seq: bound() },
        { rare: bound() },
        { a: { $gt: 60 }, part: bound() },
        { tags: bound() },
        { text: { $gte: of('t1', 'x') } },
        { room: bound() },
      );
      const window = of<Doc>({}, {}, { skip: number() }, { limit: 1 + number() }, { skip: 3, limit: 1 + number() });
      const expected = await items().countDocuments(query, { ...window, hint: { $natural: 1 } });
      expect(await server.db.command({ count: 'items', query, ...window }), JSON.stringify(query)).toMatchObject({
        n: expected,
      });
      expect(await items().countDocuments(query, window), JSON.stringify({ query, window })).toBe(expected);
    }
  });

  it('sees what has just been written, and what is gone', async () => {
    await items().insertMany([1, 2, 3].map((n) => ({ _id: COUNT + n, a: 500, room: 'new', seq: n })));
    expect(await items().countDocuments({ a: 500 })).toBe(3);
    await items().updateOne({ _id: COUNT + 1 }, { $set: { a: 501 } });
    await items().deleteOne({ _id: COUNT + 2 });
    expect(await items().countDocuments({ a: 500 })).toBe(1);
  });
});
