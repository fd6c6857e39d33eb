import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const server = serverForFile();
type Doc = Record<string, unknown>;
const items = () => server.db.collection<{ _id: number }>('items');
const COUNT = 300;

interface Stage extends Doc {
  stage: string;
  indexName?: string;
  inputStage?: Stage;
  inputStages?: Stage[];
}

/** A plan in one line: `SUBPLAN < FETCH < OR(IXSCAN a_1, IXSCAN b_1)`. */
function line({ stage, indexName, inputStage, inputStages }: Stage): string {
  const own = indexName ? `${stage} ${indexName}` : stage;
  if (inputStages) return `${own}(${inputStages.map(line).join(', ')})`;
  return inputStage ? `${own} < ${line(inputStage)}` : own;
}

async function planOf(filter: Doc, options: Doc = {}): Promise<string> {
  const { queryPlanner } = await items().find(filter, options).explain('queryPlanner');
  return line(queryPlanner.winningPlan as Stage);
}

async function ids(filter: Doc, options: Doc = {}): Promise<number[]> {
  return (await items().find(filter, options).toArray()).map(({ _id }) => _id);
}

/** What is found without an index. */
const scanned = (filter: Doc) => ids(filter, { hint: { $natural: 1 } });
const ascending = (found: number[]) => found.toSorted((a, b) => a - b);

describe('an $or is served by indexes', () => {
  beforeAll(async () => {
    await items().createIndexes([
      { key: { a: 1 } },
      { key: { b: 1, c: 1 } },
      { key: { tags: 1 } },
      { key: { d: 1 }, sparse: true },
      { key: { e: 1 }, partialFilterExpression: { c: { $gt: 5 } } },
      { key: { name: 1 }, collation: { locale: 'en', strength: 2 } },
    ]);
  });
  beforeEach(async () => {
    await items().deleteMany({});
    const documents = Array.from({ length: COUNT }, (_, i) => ({
      _id: i,
      a: i % 100,
      b: i % 60,
      c: i % 10,
      tags: [i % 50, (i + 1) % 50],
      ...(i % 3 ? {} : { d: i % 90 }),
      e: i % 70,
      name: i % 2 ? `N${i % 40}` : `n${i % 40}`,
      n: 0,
    }));
    await items().insertMany(documents);
  });

  it('of each clause, and gives every document once', async () => {
    const filter = { $or: [{ a: 7 }, { b: { $gte: 6, $lt: 9 } }, { tags: { $in: [7, 8] } }, { _id: 7 }] };
    expect(await planOf(filter)).toBe('SUBPLAN < FETCH < OR(IXSCAN a_1, IXSCAN b_1_c_1, IXSCAN tags_1, IXSCAN _id_)');
    expect(ascending(await ids(filter))).toEqual(await scanned(filter));
    const { executionStats } = await items().find(filter).explain('executionStats');
    const [fetch] = [(executionStats['executionStages'] as Stage).inputStage as Stage];
    const either = fetch.inputStage as Stage;
    const found = (await scanned(filter)).length;
    expect(executionStats).toMatchObject({
      nReturned: found,
      totalDocsExamined: found,
      totalKeysExamined: 3 + 15 + 24 + 1,
    });
    expect(fetch).toMatchObject({ nReturned: found, docsExamined: found });
    expect(fetch).not.toHaveProperty('filter');
    const given = (either.inputStages as Stage[]).map(({ nReturned }) => Number(nReturned));
    expect(given.slice(0, 2)).toEqual([3, 15]);
    const tested = given.reduce((sum, one) => sum + one, 0);
    expect(either).toMatchObject({ nReturned: found, dupsTested: tested, dupsDropped: tested - found });
  });

  it('only if all clauses are', async () => {
    expect(await planOf({ $or: [{ a: 7 }, { c: 1 }] })).toBe('SUBPLAN < COLLSCAN');
    expect(await planOf({ $or: [{ a: 7 }, { b: { $ne: 1 } }] })).toBe('SUBPLAN < COLLSCAN');
    expect(await planOf({ $or: [{ a: 7 }, { d: null }] })).toBe('SUBPLAN < COLLSCAN');
    expect(await planOf({ $or: [{ a: 7 }, { name: 'n1' }] })).toBe('SUBPLAN < COLLSCAN');
    const collation = { locale: 'en', strength: 2 } as const;
    expect(await planOf({ $or: [{ a: 7 }, { name: 'n1' }] }, { collation })).toContain('OR(IXSCAN a_1, IXSCAN name_1)');
    const either = { $or: [{ a: 7 }, { name: 'n1' }] };
    expect(await items().countDocuments(either, { collation })).toBe(
      await items().countDocuments(either, { collation, hint: { $natural: 1 } }),
    );
  });

  it('beside other conditions, which its indexes use as well', async () => {
    const filter = { c: { $gt: 6 }, $or: [{ b: 8 }, { e: 9 }, { d: { $exists: true, $eq: 9 } }] };
    expect(await planOf(filter)).toBe('FETCH < OR(IXSCAN b_1_c_1, IXSCAN e_1, IXSCAN d_1)');
    expect(ascending(await ids(filter))).toEqual(await scanned(filter));
    const nested = { $and: [{ c: 8 }, { $or: [{ b: 8 }, { $or: [{ a: 8 }, { $and: [{ e: 8 }, { n: 0 }] }] }] }] };
    expect(await planOf(nested)).toBe('FETCH < OR(IXSCAN b_1_c_1, IXSCAN a_1, IXSCAN e_1)');
    expect(ascending(await ids(nested))).toEqual(await scanned(nested));
    // Without the condition of the partial index that is none of theirs.
    expect(await planOf({ $or: [{ b: 8 }, { e: 8 }] })).toBe('SUBPLAN < COLLSCAN');
    // An index for what all must fulfil goes before.
    expect(await planOf({ a: 8, $or: [{ b: 8 }, { tags: 8 }] })).toBe('FETCH < IXSCAN a_1');
    const two = { $and: [{ $or: [{ a: 1 }, { b: 1 }] }, { $or: [{ tags: 1 }, { c: 1 }] }] };
    expect(await planOf(two)).toBe('FETCH < OR(IXSCAN a_1, IXSCAN b_1_c_1)');
    expect(ascending(await ids(two))).toEqual(await scanned(two));
  });

  it('of one alone where there are several, the first of which all clauses have one', async () => {
    const among = (field: string) =>
      Array.from({ length: 20 }, (_, n) => ({ [field]: { $gte: n * 10, $lt: n * 10 + 2 } }));
    const filter = { $and: [{ $or: among('n') }, { $or: among('a') }, { $or: [{ b: { $lt: 50 } }, { c: 1 }] }] };
    expect(await planOf(filter)).toBe(`FETCH < OR(${Array(20).fill('IXSCAN a_1').join(', ')})`);
    const found = await ids(filter);
    expect(found.length).toBeGreaterThan(0);
    expect(ascending(found)).toEqual(await scanned(filter));
  });

  it('within another, whose clauses still have to hold', async () => {
    const [first, second] = [{ $or: [{ a: 7 }, { b: 9 }] }, { $or: [{ _id: 7 }, { _id: 9 }, { d: 12 }] }];
    for (const filter of [{ $or: [{ $and: [first, second] }] }, { $or: [{ $and: [first, second] }, { a: 50 }] }]) {
      expect(await planOf(filter)).toContain('OR(');
      expect(ascending(await ids(filter))).toEqual(await scanned(filter));
      expect(await items().countDocuments(filter)).toBe((await scanned(filter)).length);
    }
  });

  it('as one $in where it asks the same field for several values', async () => {
    const filter = { $or: [{ a: 9 }, { a: { $eq: 7 } }] };
    expect(await planOf(filter, { sort: { a: 1 } })).toBe('FETCH < IXSCAN a_1');
    expect(await planOf({ $or: [{ a: 9 }] }, { sort: { a: 1 } })).toBe('FETCH < IXSCAN a_1');
    expect(ascending(await ids(filter))).toEqual([7, 9, 107, 109, 207, 209]);
    expect(await planOf({ $or: [{ a: 9 }, { a: 7 }, { b: 1 }] })).toContain('OR(IXSCAN a_1, IXSCAN b_1_c_1)');
  });

  it('and sorted, skipped and cut as without; an index that has the order is walked instead', async () => {
    const filter = { $or: [{ a: 7 }, { b: 9 }] };
    expect(await planOf(filter, { sort: { n: 1 } })).toBe('SUBPLAN < SORT < FETCH < OR(IXSCAN a_1, IXSCAN b_1_c_1)');
    const options = { sort: { e: -1, _id: 1 }, skip: 1, limit: 4 } as const;
    expect(await ids(filter, options)).toEqual(await ids(filter, { ...options, hint: { $natural: 1 } }));
    expect(await planOf(filter, { sort: { a: 1 }, limit: 4 })).toBe('SUBPLAN < LIMIT < FETCH < IXSCAN a_1');
    expect(await planOf(filter, { hint: 'a_1' })).toBe('FETCH < IXSCAN a_1');
    const projected = await items()
      .find(filter, { projection: { a: 1, _id: 0 }, sort: { _id: -1 }, limit: 2 })
      .toArray();
    expect(projected).toHaveLength(2);
  });

  it('with every key counted that was looked at, also of documents that another clause has found', async () => {
    const found = (await scanned({ a: 7 })).length;
    const [first] = await scanned({ a: 7 });
    const filter = { $or: [{ a: 7 }, { _id: first }, { _id: -5, b: { $exists: true } }] };
    const { executionStats } = await server.db.command({ explain: { find: 'items', filter } });
    expect(executionStats).toMatchObject({ nReturned: found, totalKeysExamined: found + 1, totalDocsExamined: found });
    const { inputStage: either } = executionStats.executionStages.inputStage;
    expect(either).toMatchObject({ stage: 'OR', dupsTested: found + 1, dupsDropped: 1 });
  });

  it('for counts, writes and pipelines', async () => {
    const filter = { $or: [{ a: 7 }, { b: 7 }] };
    const found = (await scanned(filter)).length;
    expect(await items().countDocuments(filter)).toBe(found);
    expect(await server.db.command({ count: 'items', query: filter })).toMatchObject({ n: found });
    const counted = await server.db.command({ explain: { count: 'items', query: filter }, verbosity: 'queryPlanner' });
    expect(line(counted['queryPlanner'].winningPlan)).toBe('COUNT < SUBPLAN < FETCH < OR(IXSCAN a_1, IXSCAN b_1_c_1)');
    const grouped = await items()
      .aggregate([{ $match: filter }, { $group: { _id: null, n: { $sum: 1 } } }])
      .toArray();
    expect(grouped).toEqual([{ _id: null, n: found }]);
    expect(await items().deleteMany(filter)).toMatchObject({ deletedCount: found });
    expect(await items().countDocuments({})).toBe(COUNT - found);
    expect(await items().countDocuments(filter)).toBe(0);
  });

  it('and changes each document once, also one that the change makes fit for the next clause', async () => {
    const filter = { $or: [{ a: 7 }, { b: 9 }, { _id: { $gt: 250 } }] };
    const matched = (await scanned(filter)).length;
    const answer = await items().updateMany(filter, { $set: { a: 1, b: 9 }, $inc: { n: 1 } });
    expect(answer).toMatchObject({ matchedCount: matched, modifiedCount: matched });
    expect(await items().countDocuments({ n: 1 })).toBe(matched);
    expect(await items().countDocuments({ n: { $gt: 1 } })).toBe(0);
  });

  it('batch after batch, of what there was when it was asked', async () => {
    const filter = { $or: [{ a: { $lt: 20 } }, { b: { $lt: 20 } }] };
    const expected = await scanned(filter);
    const cursor = items().find(filter, { batchSize: 7 });
    const first = await cursor.next();
    await items().updateMany({}, { $set: { a: 50, b: 50 } });
    const found = [first?._id ?? -1, ...(await cursor.toArray()).map(({ _id }) => _id)];
    expect(ascending(found)).toEqual(expected);
  });

  it('and what is no $or is refused as ever', async () => {
    for (const $or of [[], 5, [5], [{ a: 1 }, { $no: 1 }], [{ a: 1 }, { b: { $no: 1 } }]])
      expect(await failure(ids({ $or }))).toMatchObject({ code: 2 });
    for (const rest of [{ $and: [] }, { $nor: [] }, { $or: [] }, { $and: [{ $and: [] }] }])
      expect(await failure(ids({ $and: [{ $or: [{ a: 1 }, { b: 1 }] }, rest] }))).toMatchObject({ code: 2 });
  });
});
