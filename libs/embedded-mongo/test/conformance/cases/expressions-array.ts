import { type Case } from '../case.js';
import { computes, MISSING } from '../shapes.js';

const LIST = { _id: 1, list: [10, 20, 30, 40], none: [], nil: null, text: 'word' };

/** Statements on expressions over arrays. */
export const cases: readonly Case[] = [
  computes(
    '$arrayElemAt counts from the front, or from the end when negative',
    'arrayElemAt/#behavior',
    [
      [{ $arrayElemAt: ['$list', 0] }, 10],
      [{ $arrayElemAt: ['$list', -1] }, 40],
    ],
    LIST,
  ),
  computes(
    '$arrayElemAt outside the array gives no value, on null gives null',
    'arrayElemAt/#behavior',
    [
      [{ $arrayElemAt: ['$list', 4] }, MISSING],
      [{ $arrayElemAt: ['$list', -5] }, MISSING],
      [{ $arrayElemAt: ['$nil', 0] }, null],
      [{ $arrayElemAt: ['$gone', 0] }, null],
    ],
    LIST,
  ),
  computes(
    '$first and $last give the ends of an array, nothing of an empty one, null of null',
    'first-array-element/#behavior',
    [
      [{ $first: '$list' }, 10],
      [{ $last: '$list' }, 40],
      [{ $first: '$none' }, MISSING],
      [{ $first: '$nil' }, null],
      [{ $last: '$gone' }, null],
    ],
    LIST,
  ),
  computes(
    '$firstN, $lastN, $maxN and $minN give at most n elements',
    'firstN-array-element/#behavior',
    [
      [{ $firstN: { n: 2, input: '$list' } }, [10, 20]],
      [{ $lastN: { n: 2, input: '$list' } }, [30, 40]],
      [{ $maxN: { n: 2, input: '$list' } }, [40, 30]],
      [{ $minN: { n: 9, input: '$list' } }, [10, 20, 30, 40]],
    ],
    LIST,
  ),
  computes('$maxN and $minN leave out null', 'maxN-array-element/#behavior', [
    [{ $maxN: { n: 3, input: [null, 2, 5] } }, [5, 2]],
    [{ $minN: { n: 3, input: [7, null, 2] } }, [2, 7]],
  ]),
  computes(
    '$size counts elements',
    'size/#behavior',
    [
      [{ $size: '$list' }, 4],
      [{ $size: '$none' }, 0],
    ],
    LIST,
  ),
  computes(
    '$slice with a count takes from the front, or from the end when negative',
    'slice/#behavior',
    [
      [{ $slice: ['$list', 2] }, [10, 20]],
      [{ $slice: ['$list', -3] }, [20, 30, 40]],
      [{ $slice: ['$list', 9] }, [10, 20, 30, 40]],
      [{ $slice: ['$none', 2] }, []],
    ],
    LIST,
  ),
  computes(
    '$slice with a position takes a count from there',
    'slice/#behavior',
    [
      [{ $slice: ['$list', 1, 2] }, [20, 30]],
      [{ $slice: ['$list', -2, 1] }, [30]],
      [{ $slice: ['$list', -9, 2] }, [10, 20]],
      [{ $slice: ['$list', 7, 2] }, []],
    ],
    LIST,
  ),
  computes(
    '$filter keeps the elements for which the condition holds',
    'filter/#syntax',
    [
      [{ $filter: { input: '$list', as: 'n', cond: { $gt: ['$$n', 20] } } }, [30, 40]],
      [{ $filter: { input: '$list', cond: { $lt: ['$$this', 20] } } }, [10]],
      [{ $filter: { input: '$list', cond: { $gt: ['$$this', 10] }, limit: 1 } }, [20]],
      [{ $filter: { input: '$gone', cond: true } }, null],
    ],
    LIST,
  ),
  computes(
    '$map applies an expression to every element',
    'map/#syntax',
    [
      [{ $map: { input: '$list', as: 'n', in: { $add: ['$$n', 1] } } }, [11, 21, 31, 41]],
      [{ $map: { input: '$list', in: { v: '$$this' } } }, [{ v: 10 }, { v: 20 }, { v: 30 }, { v: 40 }]],
      [{ $map: { input: '$none', in: '$$this' } }, []],
      [{ $map: { input: '$nil', in: '$$this' } }, null],
    ],
    LIST,
  ),
  computes(
    '$map puts null where its expression has no value',
    'map/#syntax',
    [[{ $map: { input: '$rows', as: 'row', in: '$$row.a' } }, [1, null]]],
    { _id: 1, rows: [{ a: 1 }, { b: 2 }] },
  ),
  computes(
    '$reduce folds elements from the left',
    'reduce/#syntax',
    [
      [{ $reduce: { input: '$list', initialValue: 1, in: { $add: ['$$value', '$$this'] } } }, 101],
      [{ $reduce: { input: ['a', 'b', 'c'], initialValue: '', in: { $concat: ['$$value', '$$this'] } } }, 'abc'],
      [{ $reduce: { input: '$none', initialValue: 5, in: '$$this' } }, 5],
      [{ $reduce: { input: '$gone', initialValue: 5, in: '$$this' } }, null],
    ],
    LIST,
  ),
  computes(
    '$concatArrays joins arrays one level deep, and is null with null',
    'concatArrays/#behavior',
    [
      [{ $concatArrays: [[1, [2]], '$none', ['x']] }, [1, [2], 'x']],
      [{ $concatArrays: ['$list', '$nil'] }, null],
      [{ $concatArrays: ['$list', '$gone'] }, null],
    ],
    LIST,
  ),
  computes(
    '$in finds a whole element',
    'in/#behavior',
    [
      [{ $in: [20, '$list'] }, true],
      [{ $in: [25, '$list'] }, false],
      [{ $in: [[1], [[1], 2]] }, true],
      [{ $in: ['b', ['abc']] }, false],
    ],
    LIST,
  ),
  computes(
    '$indexOfArray gives the first place within a range, or -1',
    'indexOfArray/#behavior',
    [
      [{ $indexOfArray: [['a', 'b', 'a'], 'a'] }, 0],
      [{ $indexOfArray: [['a', 'b', 'a'], 'a', 1] }, 2],
      [{ $indexOfArray: ['$list', 99] }, -1],
      [{ $indexOfArray: ['$gone', 1] }, null],
    ],
    LIST,
  ),
  computes(
    '$isArray tells arrays from all else',
    'isArray/#behavior',
    [
      [{ $isArray: '$list' }, true],
      [{ $isArray: ['$none'] }, true],
      [{ $isArray: '$text' }, false],
      [{ $isArray: '$gone' }, false],
    ],
    LIST,
  ),
  computes('$range counts up to its end, which is left out', 'range/#behavior', [
    [{ $range: [0, 4] }, [0, 1, 2, 3]],
    [{ $range: [0, 10, 4] }, [0, 4, 8]],
    [{ $range: [3, 0, -1] }, [3, 2, 1]],
    [{ $range: [0, 5, -1] }, []],
  ]),
  computes(
    '$reverseArray of an empty array is empty, and of null null',
    'reverseArray/#behavior',
    [
      [{ $reverseArray: '$none' }, []],
      [{ $reverseArray: '$nil' }, null],
    ],
    LIST,
  ),
  computes(
    '$zip stops at the shortest input, or fills up with null or defaults',
    'zip/#behavior',
    [
      [{ $zip: { inputs: [['a', 'b'], [1]] } }, [['a', 1]]],
      [
        { $zip: { inputs: [['a', 'b'], [1]], useLongestLength: true } },
        [
          ['a', 1],
          ['b', null],
        ],
      ],
      [
        { $zip: { inputs: [['a', 'b'], [1]], useLongestLength: true, defaults: ['-', 0] } },
        [
          ['a', 1],
          ['b', 0],
        ],
      ],
      [{ $zip: { inputs: ['$list', '$gone'] } }, null],
    ],
    LIST,
  ),
  computes(
    '$arrayToObject takes k and v, and the last of equal names',
    'arrayToObject/#behavior',
    [
      [{ $arrayToObject: '$kv' }, { b: 3, a: 2 }],
      [{ $arrayToObject: '$gone' }, null],
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
    '$sortArray sorts by value, or documents by their fields',
    'sortArray/#behavior',
    [
      [{ $sortArray: { input: ['b', 3, null, 'a', 1], sortBy: 1 } }, [null, 1, 3, 'a', 'b']],
      [{ $sortArray: { input: '$list', sortBy: -1 } }, [40, 30, 20, 10]],
      [
        { $sortArray: { input: '$rows', sortBy: { a: 1, b: -1 } } },
        [
          { a: 1, b: 2 },
          { a: 1, b: 1 },
          { a: 2, b: 5 },
        ],
      ],
      [{ $sortArray: { input: '$gone', sortBy: 1 } }, null],
      // An array in a field is one value, and comes behind numbers; a name may begin with a dollar.
      [{ $sortArray: { input: '$lists', sortBy: { a: 1 } } }, [{ b: 1 }, 7, { a: 5 }, { a: [2] }, { a: [3, 1] }]],
      [{ $map: { input: { $sortArray: { input: '$priced', sortBy: { $n: 1 } } }, in: '$$this.at' } }, [1, 2]],
    ],
    {
      ...LIST,
      rows: [
        { a: 2, b: 5 },
        { a: 1, b: 1 },
        { a: 1, b: 2 },
      ],
      lists: [{ a: [3, 1] }, { a: [2] }, { b: 1 }, { a: 5 }, 7],
      priced: [
        { $n: 9, at: 2 },
        { $n: 8, at: 1 },
      ],
    },
  ),
  computes(
    'a path through an array gives the values of the elements that have it',
    'arrayElemAt/',
    [
      [{ $concatArrays: ['$rows.a'] }, [1, 3]],
      [{ $size: '$rows.gone' }, 0],
    ],
    { _id: 1, rows: [{ a: 1 }, { b: 2 }, { a: 3 }] },
  ),
];
