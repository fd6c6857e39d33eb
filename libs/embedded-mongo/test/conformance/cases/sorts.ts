import { decimal, type Case, type Doc } from '../case.js';
import { refusesStages } from '../shapes.js';

const manual = 'reference/method/cursor.sort/#ascending-descending-sort';

/** Documents sorted by `find`, and by a pipeline, which give the same. */
function sorts(name: string, documents: readonly Doc[], sort: Doc, ids: readonly unknown[]): Case {
  const expected = { documents: ids.map((_id) => ({ _id })) };
  const pipeline = [{ $match: {} }, { $addFields: { z: 0 } }, { $sort: sort }, { $project: { _id: 1 } }];
  return {
    name,
    manual,
    given: { c: documents },
    steps: [
      { command: { find: 'c', sort, projection: { _id: 1 } }, ...expected },
      { command: { aggregate: 'c', pipeline, cursor: {} }, ...expected },
    ],
  };
}

const ROWS = [
  {
    _id: 1,
    i: [
      { x: 1, y: 9 },
      { x: 2, y: 0 },
    ],
  },
  { _id: 2, i: [{ x: 1, y: 5 }] },
  { _id: 3, i: [{ x: 0, y: 7 }, { x: 5 }] },
];

/** Statements on sorting by fields of arrays. */
export const cases: readonly Case[] = [
  sorts(
    'an array sorts by its smallest element',
    [
      { _id: 1, a: [5, 2] },
      { _id: 2, a: 3 },
    ],
    { a: 1 },
    [1, 2],
  ),
  sorts(
    'descending, by its largest one',
    [
      { _id: 1, a: [5, 2] },
      { _id: 2, a: 3 },
      { _id: 3, a: 9 },
    ],
    { a: -1 },
    [3, 1, 2],
  ),
  sorts('two fields of one array sort by whole elements', ROWS, { 'i.x': 1, 'i.y': 1 }, [3, 2, 1]),
  sorts('and so they do in different directions', ROWS, { 'i.x': 1, 'i.y': -1 }, [3, 1, 2]),
  sorts(
    'what is no document lacks the field that its array is sorted by',
    [
      { _id: 1, a: [{ b: 3 }] },
      { _id: 2, a: [{ b: 5 }, 1] },
      { _id: 3, a: [{ b: 4 }, {}] },
    ],
    { 'a.b': 1, _id: 1 },
    [2, 3, 1],
  ),
  sorts(
    'a number in a path is a place in an array',
    [
      { _id: 1, a: [{ b: 2 }, { b: 0 }] },
      { _id: 2, a: [{ b: 1 }, { b: 9 }] },
      { _id: 3, a: 'x' },
    ],
    { 'a.0': 1 },
    [3, 2, 1],
  ),
  sorts(
    'an array in an array is a whole where a path names its place',
    [
      { _id: 1, a: [[9]] },
      { _id: 2, a: [10] },
      { _id: 3, a: [[1], 9] },
    ],
    { 'a.0': 1 },
    [2, 3, 1],
  ),
  {
    name: 'a sort by two different arrays of one document is refused',
    manual,
    given: { c: [{ _id: 1, a: [1, 2], b: [1, 2] }] },
    steps: [{ command: { find: 'c', sort: { a: 1, b: 1 } }, error: { code: 2, mentions: ['parallel arrays'] } }],
  },
  ...[
    { order: 2, code: 15975 },
    { order: 'up', code: 15974 },
    { order: true, code: 15974 },
    { order: { up: 1 }, code: 17312 },
    { order: decimal('1.5'), code: 15975 },
  ].map(({ order, code }): Case => ({
    name: `a sort does not go ${JSON.stringify(order)}`,
    manual,
    steps: [
      { command: { find: 'c', sort: { n: order } }, error: { code } },
      { command: { findAndModify: 'c', sort: { n: order }, remove: true }, error: { code } },
      {
        command: { update: 'c', updates: [{ q: {}, u: { $set: { n: 1 } }, sort: { n: order } }] },
        error: { code, index: 0 },
      },
    ],
  })),
  sorts('of a direction the whole part counts', [{ _id: 1 }, { _id: 2 }], { _id: -1.9 }, [2, 1]),
  sorts('of a decimal, the nearest whole number', [{ _id: 1 }, { _id: 2 }], { _id: decimal('-0.51') }, [2, 1]),
  refusesStages('of a field of $sort, its direction is looked at first', 'reference/operator/aggregation/sort/', [
    [{ $sort: { $a: 0 } }, 15975],
    [{ $sort: { $a: 1 } }, 16410],
    [{ $sort: { $natural: 1 } }, 16410],
  ]),
];
