import { decimal, double, long, type Case } from '../case.js';
import { aggregates, yields } from '../shapes.js';
import { SALES, accumulates, at } from '../samples.js';

/** Statements on stages that put documents into groups. */
export const cases: readonly Case[] = [
  aggregates(
    '$group makes one document for every value',
    at('group/#definition'),
    { c: SALES },
    [{ $group: { _id: '$kind', n: { $sum: 1 } } }],
    {
      documents: [
        { _id: 'a', n: 3 },
        { _id: 'b', n: 1 },
      ],
      unordered: true,
    },
  ),
  aggregates(
    '$group without accumulators gives the distinct values',
    at('group/#retrieve-distinct-values'),
    { c: SALES },
    [{ $group: { _id: '$kind' } }],
    {
      documents: [{ _id: 'b' }, { _id: 'a' }],
      unordered: true,
    },
  ),
  yields(
    '$group by null takes all documents',
    at('group/#group-by-null'),
    SALES,
    [{ $group: { _id: null, n: { $count: {} } } }],
    [{ _id: null, n: 4 }],
  ),
  yields(
    '$group of no documents gives none',
    at('group/#definition'),
    [],
    [{ $group: { _id: null, n: { $sum: 1 } } }],
    [],
  ),
  yields(
    '$group by a missing field gives null',
    at('group/#definition'),
    [{ _id: 1 }, { _id: 2, k: null }],
    [{ $group: { _id: '$k', n: { $sum: 1 } } }],
    [{ _id: null, n: 2 }],
  ),
  yields(
    '$group takes numbers of all types by value',
    at('group/#definition'),
    [
      { _id: 1, k: 1 },
      { _id: 2, k: long(1) },
      { _id: 3, k: double(1) },
    ],
    [{ $group: { _id: '$k', n: { $sum: 1 } } }, { $project: { _id: 0 } }],
    [{ n: 3 }],
  ),
  aggregates(
    '$group by a document compares all its fields',
    at('group/#definition'),
    {
      c: [
        { _id: 1, x: 1, y: 1 },
        { _id: 2, x: 1, y: 2 },
        { _id: 3, x: 1, y: 1 },
      ],
    },
    [{ $group: { _id: { x: '$x', y: '$y' }, n: { $sum: 1 } } }],
    {
      documents: [
        { _id: { x: 1, y: 1 }, n: 2 },
        { _id: { x: 1, y: 2 }, n: 1 },
      ],
      unordered: true,
    },
  ),
  aggregates(
    '$group by an array takes the whole array',
    at('group/#definition'),
    {
      c: [
        { _id: 1, k: [1, 2] },
        { _id: 2, k: [1] },
        { _id: 3, k: [1, 2] },
      ],
    },
    [{ $group: { _id: '$k', n: { $sum: 1 } } }],
    {
      documents: [
        { _id: [1, 2], n: 2 },
        { _id: [1], n: 1 },
      ],
      unordered: true,
    },
  ),
  accumulates('$sum leaves out what is no number', 'sum/#behavior', SALES, { $sum: '$n' }, 11),
  accumulates('$sum of a missing field is 0', 'sum/#behavior', SALES, { $sum: '$gone' }, 0),
  accumulates(
    '$sum keeps decimals exact',
    'sum/#result-data-type',
    [
      { _id: 1, n: decimal('0.1') },
      { _id: 2, n: decimal('0.2') },
    ],
    { $sum: '$n' },
    decimal('0.3'),
  ),
  accumulates(
    '$sum of an array in a document is 0',
    'sum/#array-operand',
    [
      { _id: 1, n: [1, 2] },
      { _id: 2, n: 4 },
    ],
    { $sum: '$n' },
    4,
  ),
  accumulates('$avg leaves out what is no number or missing', 'avg/#behavior', SALES, { $avg: '$w' }, 2.25),
  accumulates('$avg without any number is null', 'avg/#behavior', SALES, { $avg: '$kind' }, null),
  accumulates('$min leaves out null and missing', 'min/#behavior', SALES, { $min: '$w' }, 1.5),
  accumulates('$max compares values of different types', 'max/#behavior', SALES, { $max: '$n' }, 'none'),
  accumulates(
    '$max of null and missing alone is null',
    'max/#behavior',
    [{ _id: 1, a: null }, { _id: 2 }],
    { $max: '$a' },
    null,
  ),
  accumulates(
    '$min as an accumulator takes an array as a whole',
    'min/#array-operand',
    [
      { _id: 1, a: [1, 9] },
      { _id: 2, a: [1, 2] },
    ],
    { $min: '$a' },
    [1, 2],
  ),
  accumulates('$push makes documents', 'push/#definition', SALES.slice(0, 2), { $push: { k: '$kind', w: '$w' } }, [
    { k: 'a', w: 1.5 },
    { k: 'b' },
  ]),
  yields(
    '$addToSet has every value once',
    at('addToSet/#behavior'),
    SALES,
    [
      { $group: { _id: null, v: { $addToSet: '$kind' } } },
      { $project: { _id: 0, v: { $sortArray: { input: '$v', sortBy: 1 } } } },
    ],
    [{ v: ['a', 'b'] }],
  ),
  yields(
    '$addToSet takes arrays and documents as whole values',
    at('addToSet/#behavior'),
    [
      { _id: 1, v: [1] },
      { _id: 2, v: [1] },
      { _id: 3, v: { a: 1 } },
    ],
    [{ $group: { _id: null, v: { $addToSet: '$v' } } }, { $project: { _id: 0, n: { $size: '$v' } } }],
    [{ n: 2 }],
  ),
  accumulates('$first is of the first document', 'first/#behavior', SALES, { $first: '$n' }, 2),
  accumulates('$last is of the last document', 'last/#behavior', SALES, { $last: '$kind' }, 'a'),
  accumulates(
    '$first of a document without the field is null',
    'first/#behavior',
    [{ _id: 1 }, { _id: 2, a: 5 }],
    { $first: '$a' },
    null,
  ),
  accumulates('$count counts documents', 'count-accumulator/#behavior', SALES, { $count: {} }, 4),
  accumulates(
    '$mergeObjects merges documents in turn',
    'mergeObjects/#behavior',
    [{ _id: 1, o: { a: 1, b: 1 } }, { _id: 2 }, { _id: 3, o: { b: 2, c: 3 } }],
    { $mergeObjects: '$o' },
    { a: 1, b: 2, c: 3 },
  ),
  accumulates(
    '$firstN gives the first n values, null for missing ones',
    'firstN/#behavior',
    SALES,
    { $firstN: { n: 2, input: '$w' } },
    [1.5, null],
  ),
  accumulates('$lastN gives the last n values', 'lastN/#behavior', SALES, { $lastN: { n: 2, input: '$kind' } }, [
    'a',
    'a',
  ]),
  accumulates('$maxN gives the n greatest values', 'maxN/#behavior', SALES, { $maxN: { n: 2, input: '$w' } }, [3, 1.5]),
  accumulates('$minN leaves out null', 'minN/#behavior', SALES, { $minN: { n: 5, input: '$w' } }, [1.5, 3]),
  accumulates(
    '$bottomN takes the last by an order of its own',
    'bottomN/#behavior',
    SALES,
    { $bottomN: { n: 2, sortBy: { _id: -1 }, output: '$_id' } },
    [2, 1],
  ),
  accumulates(
    '$median and $percentile take values of the documents',
    'percentile/#behavior',
    [
      { _id: 1, n: 4.5 },
      { _id: 2, n: 1.5 },
      { _id: 3, n: 2.5 },
    ],
    { $percentile: { input: '$n', p: [0.5, 1], method: 'approximate' } },
    [2.5, 4.5],
  ),
  yields(
    '$sortByCount gives the most frequent value first',
    at('sortByCount/#definition'),
    SALES,
    [{ $sortByCount: '$kind' }],
    [
      { _id: 'a', count: 3 },
      { _id: 'b', count: 1 },
    ],
  ),
];
