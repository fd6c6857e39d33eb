import { type Case } from '../case.js';
import { aggregates, refusesStages, yields } from '../shapes.js';
import { LISTS, ORDERS, TREE, at, joins } from '../samples.js';

/** Statements on stages that take arrays apart and bring collections together. */
export const cases: readonly Case[] = [
  yields(
    '$unwind tells the place of an element, and null for what is no array',
    at('unwind/#includearrayindex'),
    LISTS,
    [
      { $sort: { _id: 1 } },
      { $unwind: { path: '$v', includeArrayIndex: 'i' } },
      { $project: { v: 1, i: { $ifNull: [{ $toString: '$i' }, 'none'] } } },
    ],
    [
      { _id: 1, v: 'a', i: '0' },
      { _id: 1, v: 'b', i: '1' },
      { _id: 5, v: 'c', i: 'none' },
    ],
  ),
  aggregates('$unwind of a path without a dollar is refused', at('unwind/#syntax'), { c: LISTS }, [{ $unwind: 'v' }], {
    error: { code: 28818 },
  }),
  joins(
    '$lookup with fields and a pipeline runs the pipeline over what is equal',
    'lookup/#correlated-subqueries-using-concise-syntax',
    [
      { $match: { _id: 1 } },
      {
        $lookup: {
          from: 'people',
          localField: 'who',
          foreignField: 'key',
          pipeline: [{ $match: { age: { $lt: 30 } } }, { $project: { age: 1 } }],
          as: 'found',
        },
      },
    ],
    [{ _id: 1, who: 'x', found: [{ _id: 10, age: 20 }] }],
  ),
  joins(
    '$lookup with empty names of fields and a pipeline joins by none',
    'lookup/#syntax',
    [
      {
        $lookup: { from: 'people', localField: '', foreignField: '', pipeline: [{ $match: { age: 30 } }], as: 'found' },
      },
      { $project: { found: '$found._id' } },
    ],
    [1, 2, 3].map((_id) => ({ _id, found: [11] })),
  ),
  refusesStages('$lookup has names of both fields or none, and one for what it finds', at('lookup/#syntax'), [
    [{ $lookup: { from: 'd', localField: '', foreignField: '', as: 'found' } }, 9],
    [{ $lookup: { from: 'd', localField: 'a', foreignField: '', pipeline: [], as: 'found' } }, 9],
    [{ $lookup: { from: 'd', localField: 'a', foreignField: 'b', as: '' } }, 9],
  ]),
  joins(
    '$lookup with a pipeline alone gives the same to every document',
    'lookup/#uncorrelated-subqueries',
    [
      { $lookup: { from: 'people', pipeline: [{ $match: { age: 30 } }, { $project: { age: 1 } }], as: 'found' } },
      { $project: { found: 1 } },
    ],
    [1, 2, 3].map((_id) => ({ _id, found: [{ _id: 11, age: 30 }] })),
  ),
  aggregates(
    '$lookup with an unknown argument is refused',
    at('lookup/#syntax'),
    { c: ORDERS },
    [{ $lookup: { from: 'people', localField: 'who', foreignField: 'key', as: 'found', colour: 'red' } }],
    { error: { code: 9, mentions: ['colour'] } },
  ),
  yields(
    '$facet of no documents gives one document of empty arrays',
    at('facet/#behavior'),
    [],
    [{ $facet: { a: [{ $match: {} }], b: [{ $count: 'n' }] } }],
    [{ a: [], b: [] }],
  ),
  aggregates(
    '$facet within $facet is refused',
    at('facet/#behavior'),
    { c: TREE },
    [{ $facet: { a: [{ $facet: { b: [{ $count: 'n' }] } }] } }],
    {
      error: { code: 40600, mentions: ['$facet'] },
    },
  ),
  ...(
    [
      ['deep', 40100],
      [-1, 40101],
      [1.5, 40102],
      [1e20, 40102],
    ] as const
  ).map(([maxDepth, code]) =>
    aggregates(
      `$graphLookup refuses ${JSON.stringify(maxDepth)} as its depth`,
      at('graphLookup/#definition'),
      { c: TREE },
      [
        {
          $graphLookup: { from: 'c', startWith: 1, connectFromField: 'up', connectToField: '_id', as: 'all', maxDepth },
        },
      ],
      { error: { code } },
    ),
  ),
  ...(
    [
      ['what is no array', { a: 5 }, 40170],
      ['stages that are no documents', { a: [5] }, 40171],
      ['stages without a name', { a: [{}] }, 40171],
      ['fields with a dot', { 'a.b': [{ $match: {} }] }, 16412],
      ['fields with a dollar', { $a: [{ $match: {} }] }, 16410],
    ] as const
  ).map(([what, $facet, code]) =>
    aggregates(`$facet refuses ${what}`, at('facet/#syntax'), { c: TREE }, [{ $facet }], { error: { code } }),
  ),
  ...(
    [
      ['a path to connect from that has a dollar', { connectFromField: '$up' }, 16410],
      ['a path to connect to that has a dollar', { connectToField: '$_id' }, 16410],
      ['null as what it looks among', { restrictSearchWithMatch: null }, 40185],
    ] as const
  ).map(([what, more, code]) =>
    aggregates(
      `$graphLookup refuses ${what}`,
      at('graphLookup/#definition'),
      { c: TREE },
      [
        {
          $graphLookup: {
            from: 'c',
            startWith: '$up',
            connectFromField: 'up',
            connectToField: '_id',
            as: 'all',
            ...more,
          },
        },
      ],
      { error: { code } },
    ),
  ),
  ...([null, '$y'] as const).map((startWith) =>
    yields(
      `$graphLookup from ${String(startWith)} finds null and not what is missing`,
      at('graphLookup/#definition'),
      [
        { _id: 1, y: null },
        { _id: 2, x: 1 },
        { _id: 3, y: [null] },
        { _id: 4, y: 1 },
      ],
      [
        { $match: { _id: 1 } },
        { $graphLookup: { from: 'c', startWith, connectFromField: 'x', connectToField: 'y', as: 'all' } },
        { $project: { all: '$all._id' } },
      ],
      [{ _id: 1, all: [1, 3] }],
    ),
  ),
];
