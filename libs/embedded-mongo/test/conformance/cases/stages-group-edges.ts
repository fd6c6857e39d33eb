import { decimal, double, long, type Case, type Doc } from '../case.js';
import { aggregates, yields } from '../shapes.js';
import { SALES, accumulates, at } from '../samples.js';

const EQUAL = [
  { _id: 1, n: 5 },
  { _id: 2, n: long(5) },
];
const EVEN = [1, 2, 2, 2].map((t, i) => ({ _id: i + 1, t }));
const extremes = (name: string, before: readonly Doc[], n: unknown): Case =>
  yields(
    `of equal values $min and $max give ${name}`,
    at('min/#behavior'),
    EQUAL,
    [...before, { $group: { _id: null, least: { $min: '$n' }, most: { $max: '$n' } } }],
    [{ _id: null, least: n, most: n }],
  );

/** Statements on stages that put documents into groups. */
export const cases: readonly Case[] = [
  aggregates('$group without _id is refused', at('group/#syntax'), { c: SALES }, [{ $group: { n: { $sum: 1 } } }], {
    error: { code: 15955 },
  }),
  aggregates(
    'a field of $group that is no accumulator is refused',
    at('group/#syntax'),
    { c: SALES },
    [{ $group: { _id: null, n: '$n' } }],
    {
      error: { code: 40234 },
    },
  ),
  aggregates(
    'a field of $group with a dot is refused',
    at('group/#syntax'),
    { c: SALES },
    [{ $group: { _id: null, 'a.b': { $sum: 1 } } }],
    {
      error: { code: 40235 },
    },
  ),
  aggregates(
    'an unknown accumulator is refused',
    at('group/#accumulator-operator'),
    { c: SALES },
    [{ $group: { _id: null, n: { $frobnicate: 1 } } }],
    {
      error: { code: 15952, mentions: ['$frobnicate'] },
    },
  ),
  accumulates('$push keeps null and order and leaves out missing', 'push/#definition', SALES, { $push: '$w' }, [
    1.5,
    null,
    3,
  ]),
  accumulates(
    '$top takes the first by an order of its own',
    'top/#behavior',
    SALES,
    { $top: { sortBy: { _id: -1 }, output: ['$_id', '$n'] } },
    [4, 'none'],
  ),
  ...(
    [
      ['$bottom keeps the first', { $bottom: { sortBy: { t: 1 }, output: '$_id' } }, 2],
      ['$top keeps the first', { $top: { sortBy: { t: -1 }, output: '$_id' } }, 2],
      ['$topN keeps the first ones', { $topN: { n: 2, sortBy: { t: -1 }, output: '$_id' } }, [2, 3]],
      ['$bottomN takes none that comes late', { $bottomN: { n: 2, sortBy: { t: 1 }, output: '$_id' } }, [2, 3]],
      [
        '$bottomN takes all in place of a lesser one',
        { $bottomN: { n: 3, sortBy: { t: 1 }, output: '$_id' } },
        [2, 3, 4],
      ],
    ] as const
  ).map(([what, v, value]) => accumulates(`of equal ones ${what}`, 'bottomN/#behavior', EVEN, v, value)),
  accumulates(
    'of equal ones the first goes where $bottomN finds a better one',
    'bottomN/#behavior',
    [...EVEN, { _id: 5, t: 3 }],
    { $bottomN: { n: 2, sortBy: { t: 1 }, output: '$_id' } },
    [3, 5],
  ),
  accumulates(
    '$stdDevSamp of one number is null',
    'stdDevSamp/#behavior',
    [
      { _id: 1, n: 3 },
      { _id: 2, n: 'x' },
    ],
    { $stdDevSamp: '$n' },
    null,
  ),
  yields(
    '$bucket includes the lower and excludes the upper boundary',
    at('bucket/#definition'),
    [
      { _id: 1, n: 0 },
      { _id: 2, n: 9.5 },
      { _id: 3, n: 10 },
    ],
    [{ $bucket: { groupBy: '$n', boundaries: [0, 10, 20] } }],
    [
      { _id: 0, count: 2 },
      { _id: 10, count: 1 },
    ],
  ),
  yields(
    '$bucket puts all else into the default',
    at('bucket/#definition'),
    [{ _id: 1, n: 5 }, { _id: 2, n: 50 }, { _id: 3 }],
    [{ $bucket: { groupBy: '$n', boundaries: [0, 10], default: 'rest', output: { ids: { $push: '$_id' } } } }],
    [
      { _id: 0, ids: [1] },
      { _id: 'rest', ids: [2, 3] },
    ],
  ),
  aggregates(
    '$bucket without a default refuses what fits nowhere',
    at('bucket/#behavior'),
    { c: [{ _id: 1, n: 50 }] },
    [{ $bucket: { groupBy: '$n', boundaries: [0, 10] } }],
    { error: { code: 40066 } },
  ),
  aggregates(
    '$bucket refuses boundaries that do not go upwards',
    at('bucket/#definition'),
    { c: SALES },
    [{ $bucket: { groupBy: '$n', boundaries: [10, 0] } }],
    {
      error: { code: 40194 },
    },
  ),
  yields(
    '$bucketAuto spreads documents evenly, and the last upper boundary belongs to its bucket',
    at('bucketAuto/#definition'),
    [
      { _id: 1, n: 1 },
      { _id: 2, n: 2 },
      { _id: 3, n: 3 },
      { _id: 4, n: 4 },
    ],
    [{ $bucketAuto: { groupBy: '$n', buckets: 2 } }],
    [
      { _id: { min: 1, max: 3 }, count: 2 },
      { _id: { min: 3, max: 4 }, count: 2 },
    ],
  ),
  yields(
    '$bucketAuto does not split equal values',
    at('bucketAuto/#behavior'),
    [
      { _id: 1, n: 1 },
      { _id: 2, n: 1 },
      { _id: 3, n: 1 },
    ],
    [{ $bucketAuto: { groupBy: '$n', buckets: 3 } }],
    [{ _id: { min: 1, max: 1 }, count: 3 }],
  ),
  yields(
    '$bucketAuto told to give no fields counts, $bucket does not',
    at('bucketAuto/#definition'),
    [{ _id: 1, n: 1 }],
    [
      { $bucketAuto: { groupBy: '$n', buckets: 1, output: {} } },
      { $unionWith: { coll: 'c', pipeline: [{ $bucket: { groupBy: '$n', boundaries: [0, 2], output: {} } }] } },
    ],
    [{ _id: { min: 1, max: 1 }, count: 1 }, { _id: 0 }],
  ),
  extremes('the last one in a group that the pipeline begins with', [{ $sort: { _id: 1 } }], long(5)),
  extremes('the first one in a group behind other stages', [{ $sort: { _id: 1 } }, { $unwind: '$n' }], 5),
  accumulates('a sum of -0 is 0', 'sum/#behavior', [{ _id: 1, n: double(-0) }], { $sum: '$n' }, double(0)),
  ...(
    [
      ['no number', '5', 40241],
      ['what is no 32-bit integer', double(Number.NaN), 40242],
      ['none', 0, 40243],
    ] as const
  ).map(([what, buckets, code]) =>
    aggregates(
      `$bucketAuto refuses ${what} as its buckets`,
      at('bucketAuto/#definition'),
      { c: [{ _id: 1, n: 1 }] },
      [{ $bucketAuto: { groupBy: '$n', buckets } }],
      { error: { code } },
    ),
  ),
  aggregates(
    '$bucketAuto has no key that n could be computed of',
    at('bucketAuto/#definition'),
    { c: [{ _id: 1, n: 1 }] },
    [{ $bucketAuto: { groupBy: '$n', buckets: 1, output: { least: { $minN: { input: '$n', n: '$n' } } } } }],
    { error: { code: 4544714 } },
  ),
  ...[decimal('9223372036854775808'), double(1e19), 1.5].map((n) =>
    aggregates(
      `$minN and $topN refuse ${String(n)} as n`,
      at('group/#definition'),
      { c: [{ _id: 1, n: 1 }] },
      [{ $group: { _id: null, least: { $minN: { input: '$n', n } } } }],
      { error: { code: 5787903 } },
    ),
  ),
  yields(
    '$minN takes any n that a long holds',
    at('group/#definition'),
    [{ _id: 1, n: 1 }],
    [{ $group: { _id: null, least: { $minN: { input: '$n', n: long('9223372036854775807') } } } }],
    [{ _id: null, least: [1] }],
  ),
];
