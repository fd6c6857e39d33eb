import { beforeAll, describe, expect, it } from 'vitest';
import { serverForFile } from './support.js';

const server = serverForFile();
type Doc = Record<string, unknown>;
const notes = () => server.db.collection<{ _id: number }>('notes');

/** What is found, at which price, in which stages, and what is found without an index. */
async function run(filter: Doc, options: Doc = {}) {
  const ids = async (more: Doc) =>
    (
      await notes()
        .find(filter, { ...options, ...more })
        .toArray()
    ).map(({ _id }) => _id);
  const { executionStats } = await notes().find(filter, options).explain('executionStats');
  const { totalKeysExamined: keys, totalDocsExamined: docs, executionStages } = executionStats;
  const stages: string[] = [];
  let bounds: unknown;
  for (let stage = executionStages; stage; stage = stage.inputStage) {
    stages.push(stage.stage);
    bounds ??= stage.indexBounds;
  }
  return { ids: await ids({}), plain: await ids({ hint: { $natural: 1 } }), keys, docs, stages, bounds };
}

beforeAll(async () => {
  await notes().createIndexes([
    { key: { room: 1 } },
    { key: { mail: 1 }, unique: true },
    { key: { pinned: 1 }, sparse: true },
    { key: { reason: 1, by: 1 }, sparse: true },
    { key: { ended: -1 } },
    { key: { tags: 1 } },
  ]);
  await notes().insertMany(
    Array.from({ length: 600 }, (_, n) => ({
      _id: (n * 7919) % 600,
      room: n % 6,
      mail: `m${n}`,
      kind: n % 2,
      ...(n % 50 === 0 ? { pinned: n % 100 === 0 ? null : n } : {}),
      ...(n % 60 === 0 ? { by: n } : {}),
      ...(n % 40 === 0 ? { ended: new Date(n) } : n % 7 === 0 ? { ended: null } : {}),
      tags: n % 30 === 0 ? [null, n] : n % 31 === 0 ? [null] : [],
    })),
  );
});

describe('an index that is not unique', () => {
  it('has entries of equal values in the order of _id', async () => {
    for (const way of [1, -1] as const) {
      const page = await run({ room: 2 }, { sort: { _id: way }, limit: 5 });
      expect(page).toMatchObject({ docs: 5, keys: 5, stages: ['LIMIT', 'FETCH', 'IXSCAN'], ids: page.plain });
      const all = await run({}, { sort: { room: way, _id: way }, limit: 150 });
      expect(all).toMatchObject({ docs: 150, stages: ['LIMIT', 'FETCH', 'IXSCAN'], ids: all.plain });
      const merged = await run({ room: { $in: [1, 4] } }, { sort: { _id: way }, limit: 5 });
      expect(merged).toMatchObject({ docs: 5, ids: merged.plain });
    }
    const other = await run({}, { sort: { room: 1, _id: -1 }, limit: 5 });
    expect(other.stages).toContain('SORT');
    expect(other.ids).toEqual(other.plain);
  });

  it('and bounds them by it, as a page that goes on behind the last one', async () => {
    const page = await run({ room: 2, _id: { $lt: 300 } }, { sort: { _id: -1 }, limit: 5 });
    expect(page).toMatchObject({ docs: 5, keys: 5, stages: ['LIMIT', 'FETCH', 'IXSCAN'], ids: page.plain });
    const some = await run({ room: 2, _id: { $in: [2, 3, 4, 5, 6, 7, 8] } });
    expect(some.docs).toBe(some.ids.length);
    expect(new Set(some.ids)).toEqual(new Set(some.plain));
    expect(await notes().countDocuments({ room: 2, _id: { $gte: 300 } })).toBe(50);
  });
});

describe('a unique index', () => {
  it('needs no more to sort by than its own fields', async () => {
    const found = await run({}, { sort: { mail: -1, kind: 1 }, limit: 5 });
    expect(found).toMatchObject({ docs: 5, stages: ['LIMIT', 'FETCH', 'IXSCAN'], ids: found.plain });
    const byId = await run({}, { sort: { _id: 1, mail: 1 }, limit: 5 });
    expect(byId).toMatchObject({ docs: 5, ids: byId.plain });
    const one = await run({ mail: 'm7' }, { sort: { kind: 1 } });
    expect(one).toMatchObject({ docs: 1, ids: one.plain });
    expect(one.stages).not.toContain('SORT');
  });
});

describe('a field that has to be there', () => {
  it('is found by a sparse index, and by it alone', async () => {
    const there = await run({ pinned: { $exists: true } });
    expect(there).toMatchObject({ docs: 12, stages: ['FETCH', 'IXSCAN'], bounds: { pinned: ['[MinKey, MaxKey]'] } });
    expect(new Set(there.ids)).toEqual(new Set(there.plain));
    // Those that have another of its fields are in it as well.
    expect(await run({ reason: { $exists: true } })).toMatchObject({ docs: 10, ids: [], plain: [] });
    expect((await run({ pinned: { $exists: false } })).stages).toEqual(['COLLSCAN']);
    expect((await run({ ended: { $exists: true } })).stages).toEqual(['COLLSCAN']);
    const better = await run({ pinned: { $exists: true }, room: 2 }, { sort: { _id: 1 } });
    expect(better).toMatchObject({ bounds: { room: ['[2, 2]'] }, ids: better.plain });
  });

  it('and must not be null, by any index', async () => {
    const bounds = ['[MinKey, null)', '(null, MaxKey]'];
    const sparse = await run({ pinned: { $ne: null } });
    expect(sparse).toMatchObject({ docs: 6, keys: 6, bounds: { pinned: bounds } });
    expect(new Set(sparse.ids)).toEqual(new Set(sparse.plain));
    const descending = await run({ ended: { $ne: null } }, { sort: { ended: 1 } });
    expect(descending).toMatchObject({ docs: 15, stages: ['FETCH', 'IXSCAN'], ids: descending.plain });
    expect(await notes().countDocuments({ ended: { $ne: null } })).toBe(15);
    const tags = await run({ tags: { $ne: null } });
    expect(new Set(tags.ids)).toEqual(new Set(tags.plain));
    expect(tags.plain.length).toBeGreaterThan(500);
    expect(await notes().updateMany({ ended: { $ne: null } }, { $set: { ended: null } })).toMatchObject({
      modifiedCount: 15,
    });
    expect(await notes().countDocuments({ ended: { $ne: null } })).toBe(0);
  });
});
