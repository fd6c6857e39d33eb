import { type Case } from '../case.js';
import { computes, fails, MISSING } from '../shapes.js';

const LIST = { _id: 1, list: [10, 20, 30, 40], none: [], nil: null, text: 'word' };

/** Statements on expressions over arrays. */
export const cases: readonly Case[] = [
  computes(
    '$first and $last give the ends of an array, nothing of an empty one, null of null',
    'first-array-element/#behavior',
    [[{ $last: '$none' }, MISSING]],
    LIST,
  ),
  computes(
    '$size counts elements, also of nested arrays as one',
    'size/#behavior',
    [[{ $size: [[1, [2, 3]]] }, 2]],
    LIST,
  ),
  computes(
    '$slice with a count takes from the front, or from the end when negative',
    'slice/#behavior',
    [[{ $slice: ['$gone', 2] }, null]],
    LIST,
  ),
  computes(
    '$indexOfArray gives the first place within a range, or -1',
    'indexOfArray/#behavior',
    [[{ $indexOfArray: [['a', 'b', 'a'], 'a', 1, 2] }, -1]],
    LIST,
  ),
  computes(
    '$reverseArray turns the outer array only',
    'reverseArray/#behavior',
    [
      [
        {
          $reverseArray: [
            [
              [1, 2],
              [3, 4],
            ],
          ],
        },
        [
          [3, 4],
          [1, 2],
        ],
      ],
    ],
    LIST,
  ),
  computes(
    '$arrayToObject takes pairs or k and v, and the last of equal names',
    'arrayToObject/#behavior',
    [
      [
        {
          $arrayToObject: [
            [
              ['x', 1],
              ['y', 2],
            ],
          ],
        },
        { x: 1, y: 2 },
      ],
    ],
    {
      _id: 1,
      kv: [
        { k: 'b', v: 1 },
        { k: 'a', v: 2 },
        { k: 'b', v: 3 },
      ],
    },
  ),
  computes(
    'a number in a path is the name of a field and not a place in an array',
    'project/#array-indexes-are-unsupported',
    [[{ $concatArrays: ['$list.0'] }, []]],
    LIST,
  ),
  fails(
    'operators of arrays refuse what is no array',
    'size/#behavior',
    [
      [{ $size: '$text' }, 17124],
      [{ $size: '$gone' }, 17124],
      [{ $arrayElemAt: ['$text', 0] }, 28689],
      [{ $concatArrays: ['$text'] }, 28664],
      [{ $in: [1, '$text'] }, 40081],
      [{ $filter: { input: '$text', cond: true } }, 28651],
      [{ $map: { input: '$text', in: 1 } }, 16883],
      [{ $reduce: { input: '$text', initialValue: 0, in: 1 } }, 40080],
      [{ $reverseArray: '$text' }, 34435],
      [{ $indexOfArray: ['$text', 1] }, 40090],
    ],
    LIST,
  ),
  fails('$range refuses a step of zero', 'range/#behavior', [[{ $range: [0, '$n', 0] }, 34449]], { _id: 1, n: 5 }),
  fails(
    '$slice refuses a count that is not positive behind a position',
    'slice/#behavior',
    [[{ $slice: ['$list', 1, 0] }, 28729]],
    LIST,
  ),
];
