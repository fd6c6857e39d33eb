import { date, double, long, type Case, type Doc } from '../case.js';
import { aggregates, refusesStages, yields } from '../shapes.js';

const ROWS = [
  { _id: 1, g: 'a', t: 1, n: 10 },
  { _id: 2, g: 'a', t: 2, n: 20 },
  { _id: 3, g: 'a', t: 4, n: 30 },
  { _id: 4, g: 'b', t: 1, n: 5 },
];

/** A field `v` over the rows, sorted by `_id`, as its value for each. */
const windows = (
  name: string,
  section: string,
  v: Doc,
  values: readonly unknown[],
  more: Doc = {},
  rows: readonly Doc[] = ROWS,
): Case =>
  yields(
    name,
    `reference/operator/aggregation/${section}`,
    rows,
    [
      { $setWindowFields: { sortBy: { _id: 1 }, output: { v }, ...more } },
      { $sort: { _id: 1 } },
      { $project: { _id: 0, v: 1 } },
    ],
    values.map((value) => ({ v: value })),
  );
const PART = { partitionBy: '$g' };

const NAN = double(Number.NaN);
const numbered = (...numbers: readonly unknown[]): Doc[] => numbers.map((n, i) => ({ _id: i, n }));
/** Deviations of numbers, the first of which is none that is finite. */
const deviations = (window: string, operator: string, documents: unknown, values: readonly unknown[]): Case =>
  windows(
    `${operator} has an infinity in ${window}`,
    `${operator.slice(1)}/#behavior`,
    { [operator]: '$n', window: { documents } },
    values,
    {},
    numbered(double(Infinity), 10, 20, 40),
  );

/** A field that is refused, with a code and what its text says. */
const refuses = (
  name: string,
  section: string,
  v: Doc,
  code: number,
  mentions: string,
  given: readonly Doc[] = ROWS,
): Case =>
  aggregates(
    name,
    `reference/operator/aggregation/${section}`,
    { c: given },
    [{ $setWindowFields: { sortBy: { _id: 1 }, output: { v } } }],
    { error: { code, mentions: [mentions] } },
  );

/** Statements on $setWindowFields. */
export const cases: readonly Case[] = [
  yields(
    '$setWindowFields adds a field and keeps the document',
    'reference/operator/aggregation/setWindowFields/#definition',
    ROWS.slice(0, 1),
    [{ $setWindowFields: { sortBy: { t: 1 }, output: { v: { $sum: '$n' } } } }],
    [{ _id: 1, g: 'a', t: 1, n: 10, v: 10 }],
  ),
  windows(
    'without a window a field is over the whole partition',
    'setWindowFields/#window',
    { $sum: '$n' },
    [60, 60, 60, 5],
    PART,
  ),
  windows(
    'without a partition all documents are one',
    'setWindowFields/#partitionBy',
    { $max: '$n' },
    [30, 30, 30, 30],
  ),
  windows(
    'a window up to the current document is cumulative',
    'setWindowFields/#window',
    { $sum: '$n', window: { documents: ['unbounded', 'current'] } },
    [10, 30, 60, 5],
    PART,
  ),
  windows(
    'a window counts documents around the current one',
    'setWindowFields/#window',
    { $push: '$n', window: { documents: [-1, 1] } },
    [[10, 20], [10, 20, 30], [20, 30], [5]],
    PART,
  ),
  windows(
    'a window may lie wholly before the current document',
    'setWindowFields/#window',
    { $push: '$n', window: { documents: [-2, -1] } },
    [[], [10], [10, 20], []],
    PART,
  ),
  windows(
    'a range of values goes by the field of the sort',
    'setWindowFields/#window',
    { $push: '$_id', window: { range: [-1, 1] } },
    [[1, 2], [1, 2], [3], [4]],
    { ...PART, sortBy: { t: 1 } },
  ),
  windows(
    'a range of time has a unit',
    'setWindowFields/#window',
    { $sum: '$n', window: { range: [-1, 'current'], unit: 'day' } },
    [1, 3, 4],
    { sortBy: { t: 1 } },
    [
      { _id: 1, t: date('2023-01-01T00:00:00Z'), n: 1 },
      { _id: 2, t: date('2023-01-02T00:00:00Z'), n: 2 },
      { _id: 3, t: date('2023-01-04T00:00:00Z'), n: 4 },
    ],
  ),
  windows(
    '$shift takes the value of another document, or a default',
    'shift/#behavior',
    { $shift: { output: '$n', by: -1, default: 0 } },
    [0, 10, 20, 0],
    PART,
  ),
  windows(
    '$shift takes its default for what is missing, and not for null',
    'shift/#behavior',
    { $shift: { output: '$n', by: 1, default: 'none' } },
    ['none', null, 'none'],
    {},
    [{ _id: 1 }, { _id: 2 }, { _id: 3, n: null }],
  ),
  windows(
    '$shift without a default is null outside the partition',
    'shift/#behavior',
    { $shift: { output: '$n', by: 1 } },
    [20, 30, null, null],
    PART,
  ),
  windows('$first and $last go by the order of the window', 'first/#behavior', { $first: '$n' }, [30, 30, 30, 5], {
    ...PART,
    sortBy: { t: -1 },
  }),
  windows('$locf repeats the last value that is not null', 'locf/#behavior', { $locf: '$n' }, [null, 4, 4, 6], {}, [
    { _id: 1, n: null },
    { _id: 2, n: 4 },
    { _id: 3 },
    { _id: 4, n: 6 },
  ]),
  windows(
    '$linearFill fills a line between two values',
    'linearFill/#behavior',
    { $linearFill: '$n' },
    [1.5, 2.25, 3],
    {},
    [
      { _id: 1, n: 1.5 },
      { _id: 2, n: null },
      { _id: 3, n: 3 },
    ],
  ),
  yields(
    '$rank leaves gaps behind equal documents, $denseRank does not, $documentNumber counts',
    'reference/operator/aggregation/rank/#behavior',
    [
      { _id: 1, s: 9 },
      { _id: 2, s: 7 },
      { _id: 3, s: 9 },
      { _id: 4, s: 5 },
    ],
    [
      {
        $setWindowFields: {
          sortBy: { s: -1 },
          output: { r: { $rank: {} }, d: { $denseRank: {} }, n: { $documentNumber: {} } },
        },
      },
      { $match: { s: { $lt: 9 } } },
      { $sort: { _id: 1 } },
      { $project: { r: { $toString: '$r' }, d: { $toString: '$d' }, n: { $toString: '$n' } } },
    ],
    [
      { _id: 2, r: '3', d: '2', n: '3' },
      { _id: 4, r: '4', d: '3', n: '4' },
    ],
  ),
  aggregates(
    'a window without a sort is refused where it needs an order',
    'reference/operator/aggregation/setWindowFields/#restrictions',
    { c: ROWS },
    [{ $setWindowFields: { output: { v: { $sum: '$n', window: { documents: ['unbounded', 'current'] } } } } }],
    { error: { code: 5339901 } },
  ),
  windows('a sort that is null is none', 'setWindowFields/#syntax', { $sum: '$n' }, [65, 65, 65, 65], { sortBy: null }),
  deviations('a window that only grows', '$stdDevPop', ['unbounded', 'current'], [NAN, NAN, NAN, NAN]),
  deviations('a window that only grows', '$stdDevSamp', ['unbounded', 'current'], [null, NAN, NAN, NAN]),
  deviations('a window that leaves it behind', '$stdDevPop', [-1, 0], [null, null, double(5), double(10)]),
  windows(
    '$stdDevPop reckons with doubles',
    'stdDevPop/#behavior',
    { $stdDevPop: '$n' },
    [double(0), double(0)],
    {},
    numbered(long('9223372036854775806'), long('9223372036854775807')),
  ),
  windows(
    '$derivative of dates is that of their milliseconds',
    'derivative/#behavior',
    { $derivative: { input: '$n' }, window: { documents: [-1, 0] } },
    [null, double(2), double(3)],
    {},
    numbered(...[0, 2, 5].map((time) => new Date(time))),
  ),
  ...(
    [
      ['null', [1, null], 5624903, 'null or missing'],
      ['texts', ['a', 'b'], 14, '$subtract string from string'],
      ['a number and a date', [1, date('2021-01-01')], 14, '$divide'],
      ['a date and a number', [date('2021-01-01'), 1], 14, '$subtract date from int'],
    ] as const
  ).map(([what, values, code, mentions]) =>
    refuses(
      `$derivative is not of ${what}`,
      'derivative/#behavior',
      { $derivative: { input: '$n' }, window: { documents: ['unbounded', 'unbounded'] } },
      code,
      mentions,
      numbered(...values),
    ),
  ),
  refuses('$integral is of numbers', 'integral/#syntax', { $integral: { input: '$g' } }, 5423900, '$integral'),
  ...(
    [
      ['nothing', {}, 9, 'Expected a $-prefixed window function'],
      ['a name without a dollar', { sum: '$n', window: {} }, 9, 'Expected a $-prefixed window function, sum'],
      ['a function that there is not', { $summ: 1, other: 1 }, 9, 'Unrecognized window function, $summ'],
      ['more than a function', { other: 1, $sum: '$n' }, 9, 'Window function $sum found an unknown argument: other'],
      ['more than a rank', { other: 1, $rank: {} }, 5371601, 'other'],
    ] as const
  ).map(([what, v, code, mentions]) =>
    refuses(`a field of windows is not ${what}`, 'setWindowFields/#output', v, code, mentions),
  ),
  refusesStages(
    'what tells a rank stands alone and has one field to sort by',
    'reference/operator/aggregation/documentNumber/#syntax',
    ['$rank', '$denseRank', '$documentNumber'].flatMap((operator) => [
      [{ $setWindowFields: { sortBy: { n: 1 }, output: { v: { [operator]: {}, other: 1 } } } }, 5371601],
      [{ $setWindowFields: { sortBy: { n: 1, t: 1 }, output: { v: { [operator]: {} } } } }, 5371602],
    ]),
  ),
];
