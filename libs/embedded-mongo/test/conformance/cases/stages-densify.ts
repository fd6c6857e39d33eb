import { date, double, long, maxKey, type Case, type Doc } from '../case.js';
import { aggregates, yields } from '../shapes.js';
import { at } from '../samples.js';

const page = at('densify/#definition');
const densify = (range: unknown, more: Doc = {}): Doc => ({ $densify: { field: 'v', range, ...more } });
const NUMBERS = [
  { _id: 1, v: 1 },
  { _id: 2, v: 3 },
];
const DATES = [{ _id: 1, v: date('2021-01-01') }];

const fails = (name: string, range: unknown, code: number, given: readonly Doc[] = NUMBERS, more: Doc = {}): Case =>
  aggregates(name, page, { c: given }, [densify(range, more)], { error: { code } });

/** Statements on the gaps that `$densify` fills, and on what it refuses. */
export const cases: readonly Case[] = [
  yields(
    '$densify fills bounds of its own without any document',
    page,
    [],
    [densify({ step: 2, bounds: [0, 5] })],
    [{ v: 0 }, { v: 2 }, { v: 4 }],
  ),
  yields(
    '$densify fills bounds of its own beside documents without the field',
    page,
    [{ _id: 1, v: null }],
    [densify({ step: 1, bounds: [0, 2] })],
    [{ _id: 1, v: null }, { v: 0 }, { v: 1 }],
  ),
  yields(
    '$densify by fields makes no group without a document',
    page,
    [],
    [densify({ step: 1, bounds: [0, 2] }, { partitionByFields: ['p'] })],
    [],
  ),
  fails('$densify knows two bounds by name', { step: 1, bounds: 'all' }, 5946802),
  fails('$densify takes no number as bounds', { step: 1, bounds: 5 }, 5733404),
  fails('$densify takes two bounds', { step: 1, bounds: [1] }, 5733403),
  fails('$densify takes bounds that ascend', { step: 1, bounds: [5, 1] }, 5733402),
  fails('$densify takes bounds of one kind', { step: 1, bounds: [1, date('2021-01-01')] }, 5733406),
  fails('$densify takes numbers of one type', { step: double(1), bounds: [1, 3] }, 5876900),
  fails('$densify takes bounds of one type', { step: 1, bounds: [1, long(3)] }, 5876900),
  fails('$densify takes no unit with numbers', { step: 1, unit: 'day', bounds: [1, 3] }, 5733409),
  fails(
    '$densify takes a unit with dates',
    { step: 1, bounds: [date('2021-01-01'), date('2021-01-02')] },
    5733410,
    DATES,
  ),
  fails('$densify with a unit finds dates', { step: 1, unit: 'day', bounds: 'full' }, 6053600),
  fails('$densify without a unit finds numbers', { step: 1, bounds: 'full' }, 6053600, DATES),
  fails('$densify finds no texts', { step: 1, bounds: 'full' }, 5733201, [{ _id: 1, v: 'a' }]),
  fails('$densify does not group by its own field', { step: 1, bounds: 'full' }, 8993000, NUMBERS, {
    partitionByFields: ['v'],
  }),
  fails('$densify takes bounds that are numbers or dates', { step: 1, bounds: ['a', 'b'] }, 5946800),
  fails('$densify takes two dates', { step: 1, unit: 'day', bounds: [date('2021-01-01'), maxKey] }, 5733405),
  fails('$densify tells first what descends', { step: 1, unit: 'day', bounds: [date('2021-01-01'), 5] }, 5733402),
  yields('$densify takes null for no unit', page, NUMBERS, [densify({ step: 2, unit: null, bounds: 'full' })], NUMBERS),
  fails('$densify takes a range that is a document', [1], 14),
  aggregates('$densify is a document', page, { c: NUMBERS }, [{ $densify: 'v' }], { error: { code: 9 } }),
  yields(
    '$densify goes on from where the last step has come to',
    page,
    [
      { _id: 1, v: date('2021-01-31') },
      { _id: 2, v: date('2021-05-01') },
    ],
    [densify({ step: 1, unit: 'month', bounds: 'full' })],
    [
      { _id: 1, v: date('2021-01-31') },
      { v: date('2021-02-28') },
      { v: date('2021-03-28') },
      { v: date('2021-04-28') },
      { _id: 2, v: date('2021-05-01') },
    ],
  ),
  yields(
    '$densify goes on with the type of a document that it meets',
    page,
    [
      { _id: 1, v: 0 },
      { _id: 2, v: long(1) },
      { _id: 3, v: 3 },
    ],
    [densify({ step: 1, bounds: 'full' })],
    [{ _id: 1, v: 0 }, { _id: 2, v: long(1) }, { v: long(2) }, { _id: 3, v: 3 }],
  ),
  yields(
    '$densify passes on what has its field in an array',
    page,
    [{ _id: 1, a: [{ v: 1 }, { v: 3 }] }],
    [{ $densify: { field: 'a.v', range: { step: 1, bounds: 'full' } } }],
    [{ _id: 1, a: [{ v: 1 }, { v: 3 }] }],
  ),
];
