import { double, long, maxKey, minKey, type Case } from '../case.js';
import { computes, MISSING } from '../shapes.js';

const DOC = { _id: 1, a: 3, b: 'text', nil: null, list: [1, 2], o: { x: 1, y: 2 } };

/** Statements on comparison, booleans, conditions and variables. */
export const cases: readonly Case[] = [
  computes(
    '$cmp gives -1, 0 or 1',
    'cmp/#definition',
    [
      [{ $cmp: ['$a', 5] }, -1],
      [{ $cmp: ['$a', 3] }, 0],
      [{ $cmp: ['$b', 'tex'] }, 1],
    ],
    DOC,
  ),
  computes(
    'numbers of different types are equal by value',
    'eq/#definition',
    [
      [{ $eq: ['$a', double(3)] }, true],
      [{ $eq: ['$a', long(3)] }, true],
      [{ $ne: ['$a', double(3.5)] }, true],
      [{ $gte: ['$a', long(3)] }, true],
    ],
    DOC,
  ),
  computes(
    'values of different types compare by the order of types',
    'gt/#definition',
    [
      [{ $gt: ['$b', '$a'] }, true],
      [{ $lt: ['$nil', '$a'] }, true],
      [{ $lt: ['$b', '$o'] }, true],
      [{ $lt: ['$o', '$list'] }, true],
      [{ $lt: [minKey, '$nil'] }, true],
      [{ $gt: [maxKey, '$list'] }, true],
      [{ $gt: [false, '$list'] }, true],
    ],
    DOC,
  ),
  computes(
    'a missing field is less than null and not equal to it',
    'lt/#definition',
    [
      [{ $eq: ['$gone', null] }, false],
      [{ $lt: ['$gone', null] }, true],
      [{ $eq: ['$gone', '$lost'] }, true],
      [{ $lte: ['$gone', '$nil'] }, true],
    ],
    DOC,
  ),
  computes(
    'arrays are compared as a whole',
    'eq/#definition',
    [
      [{ $eq: ['$list', [1, 2]] }, true],
      [{ $eq: ['$list', [2, 1]] }, false],
      [{ $eq: ['$list', 1] }, false],
      [{ $gt: ['$list', [1, 1, 9]] }, true],
      [{ $lt: [[1], '$list'] }, true],
    ],
    DOC,
  ),
  computes(
    'documents are equal with the same fields in the same order',
    'eq/#definition',
    [
      [{ $eq: ['$o', { x: 1, y: 2 }] }, true],
      [{ $eq: ['$o', { y: 2, x: 1 }] }, false],
    ],
    DOC,
  ),
  computes(
    '$and of nothing is true and $or of nothing false',
    'and/#behavior',
    [
      [{ $and: [] }, true],
      [{ $or: [] }, false],
      [{ $and: [true, { $gt: ['$a', 2] }] }, true],
      [{ $or: [false, { $gt: ['$a', 5] }] }, false],
    ],
    DOC,
  ),
  computes(
    '0, null and missing are false; strings, arrays and documents are true',
    'and/#behavior',
    [
      [{ $and: [0] }, false],
      [{ $and: [double(0)] }, false],
      [{ $and: [null] }, false],
      [{ $and: ['$gone'] }, false],
      [{ $and: [''] }, true],
      [{ $and: ['$list', '$o', -1] }, true],
      [{ $or: [[]] }, true],
      [{ $or: ['$empty'] }, true],
    ],
    { ...DOC, empty: [] },
  ),
  computes(
    '$not turns the truth of its argument round',
    'not/#behavior',
    [
      [{ $not: [true] }, false],
      [{ $not: [0] }, true],
      [{ $not: ['$nil'] }, true],
      [{ $not: ['$list'] }, false],
      [{ $not: [[false]] }, false],
    ],
    DOC,
  ),
  computes(
    '$cond takes a document or three values',
    'cond/#syntax',
    [
      [{ $cond: [{ $gt: ['$a', 2] }, 'more', 'less'] }, 'more'],
      [{ $cond: { if: '$gone', then: 1, else: 2 } }, 2],
      [{ $cond: { if: 'x', then: '$gone', else: 2 } }, MISSING],
    ],
    DOC,
  ),
  computes(
    '$ifNull gives the first value that is neither null nor missing, else the last',
    'ifNull/#behavior',
    [
      [{ $ifNull: ['$gone', 'other'] }, 'other'],
      [{ $ifNull: ['$nil', '$gone', '$a'] }, 3],
      [{ $ifNull: ['$a', 'other'] }, 3],
      [{ $ifNull: ['$gone', '$nil'] }, null],
      [{ $ifNull: ['$nil', '$gone'] }, MISSING],
      [{ $ifNull: [0, 1] }, 0],
    ],
    DOC,
  ),
  computes(
    '$switch takes the first branch whose case is true, else the default',
    'switch/#syntax',
    [
      [
        {
          $switch: {
            branches: [
              { case: false, then: 1 },
              { case: '$a', then: 2 },
              { case: true, then: 3 },
            ],
          },
        },
        2,
      ],
      [{ $switch: { branches: [{ case: '$gone', then: 1 }], default: 'none' } }, 'none'],
    ],
    DOC,
  ),
  computes(
    '$let binds variables for its expression alone',
    'let/#behavior',
    [
      [{ $let: { vars: { x: '$a', y: 4 }, in: { $multiply: ['$$x', '$$y'] } } }, 12],
      [{ $let: { vars: { x: 1 }, in: { $let: { vars: { x: 2, y: '$$x' }, in: ['$$x', '$$y'] } } } }, [2, 1]],
      [{ $let: { vars: { o: '$o' }, in: '$$o.y' } }, 2],
    ],
    DOC,
  ),
  computes(
    '$literal is not evaluated',
    'literal/#behavior',
    [
      [{ $literal: '$a' }, '$a'],
      [{ $literal: { $add: [1, 2] } }, { $add: [1, 2] }],
      [{ $eq: ['$b', { $literal: '$b' }] }, false],
    ],
    DOC,
  ),
  computes(
    'an array in an expression has null for what is missing',
    'project/#project-new-array-fields',
    [
      [
        ['$a', '$gone', 'c'],
        [3, null, 'c'],
      ],
    ],
    DOC,
  ),
  computes(
    'a document in an expression leaves out what is missing',
    'project/#embedded-document-fields',
    [
      [
        { p: '$a', q: '$gone', r: { s: '$b' } },
        { p: 3, r: { s: 'text' } },
      ],
    ],
    DOC,
  ),
  {
    name: 'let of the command gives variables to the pipeline',
    manual: 'reference/command/aggregate/#command-fields',
    given: {
      c: [
        { _id: 1, a: 5 },
        { _id: 2, a: 6 },
      ],
    },
    steps: [
      {
        command: {
          aggregate: 'c',
          let: { least: 6 },
          pipeline: [{ $match: { $expr: { $gte: ['$a', '$$least'] } } }, { $set: { least: '$$least' } }],
          cursor: {},
        },
        documents: [{ _id: 2, a: 6, least: 6 }],
      },
    ],
  },
];
