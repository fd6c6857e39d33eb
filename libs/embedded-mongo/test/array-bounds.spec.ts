import { beforeAll, describe, expect, it } from 'vitest';
import { generator } from './generator.js';
import { serverForFile } from './support.js';

const server = serverForFile();
type Doc = Record<string, unknown>;
const rooms = () => server.db.collection<Doc & { _id: number }>('rooms');

/** The index that a find goes by, and its bounds; undefined for none. */
async function boundsOf(filter: Doc): Promise<unknown> {
  const { queryPlanner } = await rooms().find(filter).explain('queryPlanner');
  const { stage, inputStage } = queryPlanner.winningPlan as Doc & { inputStage?: Doc };
  return stage === 'COLLSCAN' ? undefined : inputStage?.['indexBounds'];
}

async function ids(filter: Doc, hint?: Doc): Promise<number[]> {
  const found = await rooms()
    .find(filter, hint ? { hint } : {})
    .toArray();
  return found.map(({ _id }) => _id).sort((a, b) => a - b);
}

describe('an index is taken for what is asked of an array', () => {
  beforeAll(async () => {
    await rooms().createIndexes([
      { key: { left: 1 } },
      { key: { 'members.user': 1 } },
      { key: { tags: 1 } },
      { key: { 'grid.0.x': 1 } },
    ]);
    const random = generator(20261127);
    const number = (most: number) => Math.floor(random() * most);
    const role = () => ['owner', 'guest'][number(2)];
    await rooms().insertMany([
      { _id: 0, members: { user: 3, role: 'owner' }, tags: 'a' },
      { _id: 1, members: [[{ user: 3, role: 'owner' }]], tags: [['a', 'b']], left: null },
      { _id: 2, members: [], tags: [], grid: [[{ x: 3 }]] },
      ...Array.from({ length: 300 }, (_, i) => ({
        _id: i + 3,
        members: Array.from({ length: number(4) }, () => ({ user: number(20), role: role() })),
        tags: Array.from({ length: number(4) }, () => 'abcde'[number(5)]),
        ...(i % 3 ? { left: i } : {}),
      })),
    ]);
  });

  it.each<[string, Doc, Doc]>([
    ['a field of one element', { members: { $elemMatch: { user: 3, role: 'owner' } } }, { 'members.user': ['[3, 3]'] }],
    [
      'a range of a field, of which it takes one side',
      { members: { $elemMatch: { user: { $gt: 17, $lt: 19 } } } },
      { 'members.user': ['(17, inf.0]'] },
    ],
    [
      'one of several fields',
      { members: { $elemMatch: { $and: [{ user: { $in: [3, 4] } }, { role: 'guest' }] } } },
      { 'members.user': ['[3, 3]', '[4, 4]'] },
    ],
    ['an element itself', { tags: { $elemMatch: { $in: ['a', 'b'] } } }, { tags: ['["a", "a"]', '["b", "b"]'] }],
    ['all of several elements', { tags: { $all: ['c', 'a'] } }, { tags: ['["c", "c"]'] }],
    ['the whole array', { tags: ['a', 'b'] }, { tags: ['["a", "a"]', '[[ "a", "b" ], [ "a", "b" ]]'] }],
    ['the whole array, by $eq', { tags: { $eq: ['a'] } }, { tags: ['["a", "a"]', '[[ "a" ], [ "a" ]]'] }],
    ['being missing', { left: { $exists: false } }, { left: ['[null, null]'] }],
  ])('%s', async (_, filter, bounds) => {
    expect(await boundsOf(filter)).toEqual(bounds);
    const expected = await ids(filter, { $natural: 1 });
    expect(await ids(filter)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(200);
    expect(await rooms().countDocuments(filter)).toBe(expected.length);
  });

  it('being missing, which says less than a value', async () => {
    const filter = { left: { $exists: false }, 'members.user': 3 };
    expect(await boundsOf(filter)).toEqual({ 'members.user': ['[3, 3]'] });
    expect(await boundsOf({ left: null, tags: 'a' })).toEqual({ tags: ['["a", "a"]'] });
  });

  it.each<[string, Doc]>([
    ['an element whose field may be missing', { members: { $elemMatch: { user: null } } }],
    ['a path by place', { grid: { $elemMatch: { '0.x': 3 } } }],
    ['an element of an array in it', { tags: { $elemMatch: { $elemMatch: { $eq: 'a' } } } }],
    ['nothing of an element', { tags: { $elemMatch: { $exists: true } } }],
    ['an empty array', { tags: [] }],
    ['no elements', { tags: { $all: [] } }],
    ['being there', { left: { $exists: true } }],
  ])('but not for %s', async (_, filter) => {
    expect(await boundsOf(filter)).toBeUndefined();
    expect(await ids(filter)).toEqual(await ids(filter, { $natural: 1 }));
  });
});
