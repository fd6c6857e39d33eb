import { type Case } from '../case.js';
import { MISSING, computes, fails } from '../shapes.js';

/** Statements on comparison, booleans, conditions and variables. */
export const cases: readonly Case[] = [
  {
    name: '$$ROOT and $$CURRENT are the document that comes into the stage',
    manual: 'reference/aggregation-variables/#system-variables',
    given: { c: [{ _id: 1, a: { b: 2 } }] },
    steps: [
      {
        command: {
          aggregate: 'c',
          pipeline: [{ $project: { _id: 0, root: '$$ROOT', b: '$$CURRENT.a.b', same: { $eq: ['$$ROOT.a', '$a'] } } }],
          cursor: {},
        },
        documents: [{ root: { _id: 1, a: { b: 2 } }, b: 2, same: true }],
      },
    ],
  },
  {
    name: '$$REMOVE leaves a field out',
    manual: 'reference/aggregation-variables/#system-variables',
    given: {
      c: [
        { _id: 1, a: 1 },
        { _id: 2, a: 9 },
      ],
    },
    steps: [
      {
        command: {
          aggregate: 'c',
          pipeline: [{ $project: { a: { $cond: [{ $gt: ['$a', 5] }, '$$REMOVE', '$a'] } } }],
          cursor: {},
        },
        documents: [{ _id: 1, a: 1 }, { _id: 2 }],
      },
    ],
  },
  {
    name: '$$NOW is one date for the whole pipeline',
    manual: 'reference/aggregation-variables/#system-variables',
    given: { c: [{ _id: 1 }] },
    steps: [
      {
        command: {
          aggregate: 'c',
          pipeline: [{ $set: { t: '$$NOW' } }, { $project: { type: { $type: '$t' }, same: { $eq: ['$t', '$$NOW'] } } }],
          cursor: {},
        },
        documents: [{ _id: 1, type: 'date', same: true }],
      },
    ],
  },
  computes(
    '$let, $map and $filter may set $$CURRENT, where paths begin then',
    'let/#behavior',
    [
      [{ $let: { vars: { CURRENT: '$o' }, in: '$a' } }, 2],
      [{ $let: { vars: { CURRENT: '$gone' }, in: '$a' } }, MISSING],
      [{ $map: { input: '$rows', as: 'CURRENT', in: '$a' } }, [3, 4]],
      [{ $filter: { input: '$rows', as: 'CURRENT', cond: { $gt: ['$a', 3] } } }, [{ a: 4 }]],
    ],
    { _id: 1, a: 1, o: { a: 2 }, rows: [{ a: 3 }, { a: 4 }] },
  ),
  fails('$switch without a fitting branch and default is refused', 'switch/#behavior', [
    [{ $switch: { branches: [{ case: '$gone', then: 1 }] } }, 40066],
  ]),
  fails('an unknown variable is refused', 'let/#behavior', [[{ $add: ['$$nobody', 1] }, 17276]]),
  fails('an unknown operator is refused', '', [
    [{ $abs: { $frobnicate: '$a' } }, 168],
    [{ $frobnicate: '$a' }, 31325],
  ]),
  fails('a comparison with another number of arguments than two is refused', 'eq/#definition', [
    [{ $eq: ['$a'] }, 16020],
    [{ $gt: ['$a', 1, 2] }, 16020],
  ]),
];
