import { decimal, double, int, long, type Case, type Doc } from '../case.js';
import { runs } from '../samples.js';

const average = (what: string, before: readonly Doc[], a: unknown): Case =>
  runs(
    `an average of longs is ${what}`,
    'operator/aggregation/avg/#behavior',
    { aggregate: 'c', pipeline: [...before, { $group: { _id: null, a: { $avg: '$n' } } }], cursor: {} },
    { documents: [{ _id: null, a }] },
    ['9223372036854775807', '-9223372036854775808'].map((n, i) => ({ _id: i, n: long(n) })),
  );

/** Statements on the types of sums, averages and counts, and on their digits. */
export const cases: readonly Case[] = [
  runs(
    'sums of all types are exact',
    'operator/aggregation/sum/#behavior',
    { aggregate: 'c', pipeline: [{ $group: { _id: null, v: { $sum: '$n' } } }], cursor: {} },
    { documents: [{ _id: null, v: decimal('1.100000000000000005551115123125783') }] },
    [
      { _id: 1, n: double(0.1) },
      { _id: 2, n: decimal('1') },
    ],
  ),
  runs(
    'what a sum of doubles rounds away goes into the next of them, and after the last of them nowhere',
    'operator/aggregation/sum/#behavior',
    {
      aggregate: 'c',
      pipeline: [{ $sort: { _id: 1 } }, { $group: { _id: null, v: { $sum: '$n' }, a: { $avg: '$m' } } }],
      cursor: {},
    },
    { documents: [{ _id: null, v: double(2), a: double(0) }] },
    [1, 1e100, 1, -1e100, 0].map((n, i) => ({ _id: i, n: double(n), m: i < 4 ? double(n) : null })),
  ),
  runs(
    'a sum of longs beyond their range is a double',
    'operator/aggregation/sum/#behavior',
    { aggregate: 'c', pipeline: [{ $group: { _id: null, v: { $sum: '$n' }, i: { $sum: '$i' } } }], cursor: {} },
    { documents: [{ _id: null, v: double(2 ** 63), i: long(2147483648) }] },
    [
      { _id: 1, n: long('9223372036854775807'), i: int(2147483647) },
      { _id: 2, n: long(1), i: int(1) },
    ],
  ),
  runs(
    'an accumulator that has another beside it is refused where it counts, too',
    'operator/aggregation/group/#syntax',
    { aggregate: 'c', pipeline: [{ $group: { _id: 1, n: { $sum: 1, x: 2 } } }], cursor: {} },
    { error: { code: 40238 } },
  ),
  runs(
    'a count is of the type that it counts by',
    'operator/aggregation/sum/#behavior',
    { aggregate: 'c', pipeline: [{ $group: { _id: 1, n: { $sum: double(1) } } }], cursor: {} },
    { documents: [{ _id: 1, n: double(2) }] },
  ),
  average('that of their exact sum in a group that the pipeline begins with', [{ $sort: { _id: 1 } }], double(-0.5)),
  average('that of their sum as a double behind other stages', [{ $unwind: '$n' }], double(0)),
];
