import { double, type Case, type Doc } from '../case.js';
import { aggregates, yields } from '../shapes.js';
import { at } from '../samples.js';

const section = at('bucketAuto/#granularity');
const HUNDRED = Array.from({ length: 100 }, (_, _id) => ({ _id }));

/** How many documents lie between each two of the boundaries; the lowest is zero, which is not rounded. */
const spread = (granularity: string, bounds: readonly unknown[], counts: readonly number[]): Case =>
  yields(
    `$bucketAuto rounds boundaries to ${granularity}`,
    section,
    HUNDRED,
    [{ $bucketAuto: { groupBy: '$_id', buckets: 5, granularity } }],
    counts.map((count, i) => ({
      _id: { min: i === 0 ? 0 : bounds[i - 1], max: bounds[i] },
      count,
    })),
  );

const fails = (name: string, documents: readonly Doc[], granularity: unknown, code: number): Case =>
  aggregates(name, section, { c: documents }, [{ $bucketAuto: { groupBy: '$n', buckets: 2, granularity } }], {
    error: { code },
  });

/** Statements on buckets whose boundaries are preferred numbers. */
export const cases: readonly Case[] = [
  spread('R20', [20, 40, 63, 90, 100].map(double), [20, 20, 23, 27, 10]),
  spread('E24', [20, 43, 68, 91, 100].map(double), [20, 23, 25, 23, 9]),
  spread('1-2-5', [20, 50, 100].map(double), [20, 30, 50]),
  spread('POWERSOF2', [32, 64, 128], [32, 32, 36]),
  yields(
    '$bucketAuto rounds in every decade',
    section,
    [0.06, 0.8, 7, 8.5].map((n, _id) => ({ _id, n })),
    [{ $bucketAuto: { groupBy: '$n', buckets: 4, granularity: 'E6' } }],
    [
      { _id: { min: double(0.047), max: double(0.068) }, count: 1 },
      { _id: { min: double(0.068), max: double(1) }, count: 1 },
      { _id: { min: double(1), max: double(10) }, count: 2 },
    ],
  ),
  yields(
    '$bucketAuto with zeros alone in a bucket ends it below the next value',
    section,
    [0, 0, 5, 6].map((n, _id) => ({ _id, n })),
    [{ $bucketAuto: { groupBy: '$n', buckets: 2, granularity: 'POWERSOF2' } }],
    [
      { _id: { min: 0, max: 4 }, count: 2 },
      { _id: { min: 4, max: 8 }, count: 2 },
    ],
  ),
  yields(
    '$bucketAuto has powers of two that are whole where they can be',
    section,
    [{ _id: 1 }],
    [{ $bucketAuto: { groupBy: '$_id', buckets: 1, granularity: 'POWERSOF2' } }],
    [{ _id: { min: double(0.5), max: 2 }, count: 1 }],
  ),
  fails('$bucketAuto refuses an unknown granularity', [], 'R7', 40257),
  fails('$bucketAuto refuses a granularity that is no string', [], 5, 40261),
  fails('$bucketAuto with granularity refuses what is no number', [{ _id: 1, n: 'a' }], 'R5', 40258),
  fails('$bucketAuto with granularity refuses NaN', [{ _id: 1, n: Number.NaN }], 'R5', 40259),
  fails('$bucketAuto with granularity refuses negative numbers', [{ _id: 1, n: -1 }], 'R5', 40260),
];
