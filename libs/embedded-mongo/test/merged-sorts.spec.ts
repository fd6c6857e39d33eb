import { beforeAll, describe, expect, it } from 'vitest';
import { generator } from './generator.js';
import { serverForFile } from './support.js';

const server = serverForFile();
type Doc = Record<string, unknown>;

interface Stage extends Doc {
  stage: string;
  inputStage?: Stage;
  inputStages?: Stage[];
}

/** The names of the stages from the outermost on; of several beside each other how many they are. */
function line({ stage, inputStage, inputStages }: Stage): string {
  if (inputStages) return `${stage}(${inputStages.length})`;
  return inputStage ? `${stage} < ${line(inputStage)}` : stage;
}

const talks = () => server.db.collection<{ _id: number }>('talks');
const COUNT = 2000;

/** What is found, how, and at which price. */
async function run(filter: Doc, options: Doc) {
  const cursor = () => talks().find(filter, options);
  const { queryPlanner, executionStats } = await cursor().explain('executionStats');
  const ids = (await cursor().toArray()).map(({ _id }) => _id);
  const plain = (
    await talks()
      .find(filter, { ...options, hint: { $natural: 1 } })
      .toArray()
  ).map(({ _id }) => _id);
  const { totalDocsExamined: docs, totalKeysExamined: keys, executionStages } = executionStats;
  return { ids, plain, docs, keys, plan: line(queryPlanner.winningPlan), stages: executionStages as Stage };
}

beforeAll(async () => {
  await talks().createIndexes([
    { key: { room: 1, at: 1 } },
    { key: { from: 1, to: 1, at: -1 } },
    { key: { owner: 1, at: -1 } },
    { key: { tags: 1, at: 1 } },
  ]);
  // Each moment has one of them, so that there is one order.
  const documents = Array.from({ length: COUNT }, (_, n) => ({
    _id: n,
    room: n % 40,
    at: (n * 7919) % COUNT,
    from: n % 10,
    to: (n * 3) % 10,
    owner: n % 25,
    tags: [n % 30, (n + 1) % 30],
    kind: n % 2,
  }));
  await talks().insertMany(documents);
});

describe('the order of a sort', () => {
  const rooms = { room: { $in: [3, 7, 7, 11, 39] } };

  it('is that of several ranges of an index, walked side by side and to the limit only', async () => {
    for (const at of [1, -1] as const) {
      const { ids, plain, docs, keys, plan } = await run(rooms, { sort: { at }, limit: 10 });
      expect(ids).toEqual(plain);
      expect(plan).toBe('LIMIT < FETCH < SORT_MERGE(4)');
      expect(docs).toBe(10);
      // One more of each is looked at.
      expect(keys).toBeLessThanOrEqual(14);
    }
    const whole = await run(rooms, { sort: { at: -1 } });
    expect(whole).toMatchObject({ plan: 'FETCH < SORT_MERGE(4)', docs: 200, keys: 200, ids: whole.plain });
    expect(whole.ids).toHaveLength(200);
  });

  it('holds within bounds, behind what is skipped, and beside other conditions', async () => {
    const within = await run({ ...rooms, at: { $gt: 300, $lte: 1500 } }, { sort: { at: -1 }, skip: 3, limit: 5 });
    expect(within).toMatchObject({ plan: 'LIMIT < SKIP < FETCH < SORT_MERGE(4)', docs: 8, ids: within.plain });
    const besides = await run({ ...rooms, kind: 1, from: { $ne: 9 } }, { sort: { at: 1 }, limit: 20 });
    expect(besides).toMatchObject({ plan: 'LIMIT < FETCH < SORT_MERGE(4)', ids: besides.plain });
    const pages = talks().find(rooms).sort({ at: 1 }).batchSize(7);
    const seen: number[] = [];
    for await (const { _id } of pages) {
      // What is written meanwhile is not seen.
      if (seen.push(_id) === 20) await talks().updateMany(rooms, { $inc: { edits: 1 } });
    }
    expect(seen).toEqual((await run(rooms, { sort: { at: 1 } })).plain);
  });

  it('is that of the indexes of an $or', async () => {
    const between = { $or: [{ from: 1, to: 3 }, { from: 4, to: 2 }, { owner: { $in: [5, 6] } }] };
    for (const at of [1, -1] as const) {
      const { ids, plain, docs, plan } = await run(between, { sort: { at }, limit: 12 });
      expect(ids).toEqual(plain);
      expect(plan).toBe('SUBPLAN < LIMIT < FETCH < SORT_MERGE(4)');
      expect(docs).toBe(12);
    }
    const whole = await run(between, { sort: { at: 1 } });
    expect(whole.ids).toEqual(whole.plain);
    const besides = await run({ ...between, at: { $lt: 500 } }, { sort: { at: -1 }, limit: 12 });
    expect(besides).toMatchObject({ docs: 12, ids: besides.plain });
  });

  it('gives a document once that several ranges lead to', async () => {
    const tags = { tags: { $in: [4, 5, 6] } };
    const found = await run(tags, { sort: { at: 1 } });
    expect(found).toMatchObject({ plan: 'FETCH < SORT_MERGE(3)', ids: found.plain });
    const { inputStage } = found.stages;
    expect(inputStage).toMatchObject({ stage: 'SORT_MERGE', dupsDropped: found.keys - found.docs });
    expect(found.keys).toBeGreaterThan(found.docs);
    const either = await run({ $or: [{ owner: 5 }, { from: 5, to: 5, at: { $gte: 0 } }] }, { sort: { at: -1 } });
    expect(either).toMatchObject({ plan: 'SUBPLAN < FETCH < SORT_MERGE(2)', ids: either.plain });
  });

  it('is explained as a walk for each value', async () => {
    const { stages } = await run(rooms, { sort: { at: -1 }, limit: 2 });
    const merge = stages.inputStage?.inputStage as Stage;
    expect(merge).toMatchObject({ stage: 'SORT_MERGE', sortPattern: { at: -1 }, nReturned: 2 });
    const bounds = merge.inputStages?.map((stage) => (stage['indexBounds'] as Record<string, string[]>)['room']);
    expect(bounds).toEqual([['[3, 3]'], ['[7, 7]'], ['[11, 11]'], ['[39, 39]']]);
    expect(merge.inputStages?.[0]).toMatchObject({ stage: 'IXSCAN', direction: 'backward' });
  });

  it('chooses what a findAndModify changes, and what a pipeline goes on with', async () => {
    const last = (await run(rooms, { sort: { at: -1 }, limit: 1 })).plain;
    const changed = await talks().findOneAndUpdate(rooms, { $set: { isLast: true } }, { sort: { at: -1 } });
    expect([changed?._id]).toEqual(last);
    const pipeline = [{ $match: rooms }, { $sort: { at: -1 } }, { $limit: 3 }, { $project: { _id: 1 } }];
    const found = await talks().aggregate(pipeline).toArray();
    expect(found.map(({ _id }) => _id)).toEqual((await run(rooms, { sort: { at: -1 }, limit: 3 })).plain);
  });

  it('is made afterwards where it is none of the indexes, or too many ranges have it', async () => {
    const all = { room: { $in: Array.from({ length: 201 }, (_, n) => n) } };
    for (const [filter, sort] of [
      [all, { at: 1 }],
      [rooms, { at: 1, kind: 1 }],
      [{ tags: 4 }, { tags: 1 }],
      [{ $or: [{ room: 3 }, { owner: 5 }] }, { at: 1 }],
      [{ $or: [{ owner: 5 }, { kind: 1, _id: { $lt: 30 } }] }, { at: 1 }],
    ] as const) {
      const found = await run(filter, { sort });
      expect(found.plan).toContain('SORT <');
      expect(new Set(found.ids)).toEqual(new Set(found.plain));
    }
    const inOrder = await run(rooms, { sort: { room: -1, at: -1 }, limit: 60 });
    expect(inOrder).toMatchObject({ plan: 'LIMIT < FETCH < IXSCAN', docs: 60, ids: inOrder.plain });
  });
});

describe('random sorts', () => {
  it('have the same order by indexes as without', async () => {
    const seed = 20_261_127;
    const random = generator(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const things = server.db.collection<{ _id: number }>('things');
    await things.createIndexes([
      { key: { a: 1, c: 1, _id: 1 } },
      { key: { b: 1, c: -1, _id: -1 } },
      { key: { a: -1, b: 1, c: 1, _id: 1 } },
      { key: { d: 1, c: 1, _id: 1 }, sparse: true },
      { key: { b: 1, _id: 1 }, partialFilterExpression: { a: { $gt: 1 } } },
    ]);
    const scalar = (): unknown => pick<unknown>([null, 0, 1, 2, 2.5, 3, 'x', 'y', true, new Date(1), Number.NaN]);
    const documents = Array.from({ length: 400 }, (_, _id) => ({
      _id,
      a: random() < 0.9 ? scalar() : undefined,
      b: random() < 0.15 ? [scalar(), scalar()] : scalar(),
      ...(random() < 0.8 ? { c: scalar() } : {}),
      ...(random() < 0.5 ? { d: scalar() } : {}),
    }));
    await things.insertMany(documents, { ignoreUndefined: true });
    const asked = (): unknown =>
      random() < 0.6 ? { $in: Array.from({ length: 1 + random() * 4 }, scalar) } : pick([scalar(), { $gt: scalar() }]);
    const conditions = (): Doc => ({
      [pick(['a', 'b', 'd'])]: asked(),
      ...(random() < 0.3 ? { [pick(['a', 'b', 'c'])]: asked() } : {}),
    });
    let merged = 0;
    for (let round = 0; round < 500; round++) {
      const filter =
        random() < 0.5
          ? conditions()
          : { $or: [conditions(), conditions()], ...(random() < 0.2 ? { c: asked() } : {}) };
      const way = pick([1, -1] as const);
      const sort = pick<Doc>([
        { c: way, _id: way },
        { c: -way, _id: -way },
        { c: way, _id: -way },
        { b: way, c: pick([1, -1]), _id: way },
        { a: way, c: way, _id: way },
      ]);
      const options = { sort, limit: pick([0, 5]), skip: pick([0, 0, 3]) } as const;
      const ids = async (more: Doc) =>
        (await things.find(filter as never, { ...options, ...more } as never).toArray()).map(({ _id }) => _id);
      const note = `seed ${seed} round ${round} ${JSON.stringify({ filter, options })}`;
      expect(await ids({}), note).toEqual(await ids({ hint: { $natural: 1 } }));
      const { queryPlanner } = await things.find(filter as never, options as never).explain('queryPlanner');
      if (JSON.stringify(queryPlanner).includes('SORT_MERGE')) merged++;
    }
    expect(merged).toBeGreaterThan(50);
  });
});
