import { decimal, double, int, type Case, type Doc } from '../case.js';
import { at } from '../samples.js';
import { aggregates, refusesStages, yields } from '../shapes.js';

const group = (accumulator: unknown): Doc => ({ $group: { _id: null, v: accumulator } });
const percentile = (p: unknown, more: Doc = {}): Doc =>
  group({ $percentile: { input: '$n', p, method: 'approximate', ...more } });

const NUMBERS = [
  { _id: 1, k: 1, n: 1 },
  { _id: 2, k: 2, n: 2 },
  { _id: 3, k: 2, n: 3 },
];

/** Stages with an argument that is none, and what is said of it. */
const REASONS: readonly (readonly [stage: Doc, code: number, text: string])[] = [
  [{ $limit: '10' }, 5107201, 'invalid argument to $limit stage: Expected a number in: $limit: "10"'],
  [{ $skip: double(1.5) }, 5107200, 'invalid argument to $skip stage: Expected an integer: $skip: 1.5'],
  [{ $skip: double(NaN) }, 5107200, 'Expected an integer, but found NaN in: $skip: nan.0'],
  [{ $limit: double(1e30) }, 5107201, 'Cannot represent as a 64-bit integer: $limit: 1e+30'],
  [{ $limit: decimal('1.5') }, 5107201, 'Cannot represent as a 64-bit integer: $limit: 1.5'],
  [{ $skip: -1 }, 5107200, 'Expected a non-negative number in: $skip: -1'],
  [
    { $lookup: { from: 'd', localField: 1, foreignField: 'a', as: 'all' } },
    9,
    "$lookup argument 'localField: 1' must be a string, is type int",
  ],
  [{ $unionWith: { coll: 1 } }, 14, "BSON field '$unionWith.coll' is the wrong type 'int', expected type 'string'"],
  [
    { $graphLookup: { from: 'd', startWith: '$a', connectFromField: 'a', connectToField: 'b', as: true } },
    40103,
    'expected string as argument for as, found: true',
  ],
  [{ $sort: { a: 'asc' } }, 15974, 'Illegal key in $sort specification: a: "asc"'],
];

/** Statements on how the specifications of stages are read, also where there are no documents. */
export const cases: readonly Case[] = [
  refusesStages('what a pipeline begins with is read though there is no collection', at('match/#syntax'), [
    [{ $match: { $unknown: 1 } }, 2],
    [{ $match: { $expr: '$$unknown' } }, 17276],
    [{ $sort: { 'a.$b': 1 } }, 16410],
    [{ $sort: { 'a.': 1 } }, 40353],
    [{ $limit: 1e30 }, 5107201],
  ]),
  refusesStages('$sort has at most 32 fields, of paths of at most 200 names', at('sort/#behavior'), [
    [{ $sort: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`f${i}`, 1])) }, 13103],
    [{ $sort: { [Array(201).fill('a').join('.')]: 1 } }, 15],
  ]),
  refusesStages('$sort goes by metadata of some kinds, and has nothing beside', at('meta/#usage'), [
    [{ $sort: { a: { $meta: 'indexKey' } } }, 31138],
    [{ $sort: { a: { $meta: 5 } } }, 31138],
    [{ $sort: { a: { $meta: 'textScore', b: 1 } } }, 9],
    [{ $sort: { a: { $meta: 'textScore' } } }, 40218],
    [{ $facet: { all: [{ $sort: { a: { $meta: 'other' } } }] } }, 31138],
  ]),
  refusesStages('$unwind has options of its own, which are read in their order', at('unwind/#syntax'), [
    [{ $unwind: 1 }, 15981],
    [{ $unwind: '' }, 28812],
    [{ $unwind: { includeArrayIndex: 'i' } }, 28812],
    [{ $unwind: { path: 1, other: 1 } }, 28808],
    [{ $unwind: { other: 1, path: 1 } }, 28811],
    [{ $unwind: { path: 'a', includeArrayIndex: '' } }, 28810],
    [{ $unwind: { path: 'a', includeArrayIndex: '$i', preserveNullAndEmptyArrays: 1 } }, 28822],
    [{ $unwind: { path: 'a', includeArrayIndex: 'i..j', preserveNullAndEmptyArrays: 1 } }, 28809],
    [{ $unwind: { path: 'a', includeArrayIndex: 'i..j' } }, 28818],
    [{ $unwind: { path: '$a', includeArrayIndex: 'i..j' } }, 15998],
  ]),
  refusesStages('$limit and $skip take no fraction, however small, and no more than a long', at('skip/#definition'), [
    [{ $skip: decimal('1.000000000000000000000000000000001') }, 5107200],
    [{ $limit: decimal('1E-6176') }, 5107201],
    [{ $skip: double(2 ** 63) }, 5107200],
    [{ $limit: decimal('9223372036854775808') }, 5107201],
  ]),
  ...REASONS.map(([stage, code, text]) =>
    aggregates(`${text} tells what is wrong`, at('#aggregation-stages'), { c: [] }, [stage], {
      error: { code, mentions: [text] },
    }),
  ),
  refusesStages('$count has a name other than that of the identity', at('count/#syntax'), [
    [{ $count: '_id' }, 9039800],
  ]),
  refusesStages('$facet has names of single fields', at('facet/#syntax'), [
    [{ $facet: { '': [] } }, 15998],
    [{ $facet: { 'a.': [] } }, 16412],
    [{ $facet: { $a: [] } }, 16410],
  ]),
  refusesStages('$replaceRoot has a new root and nothing else', at('replaceRoot/#syntax'), [
    [{ $replaceRoot: {} }, 40414],
    [{ $replaceRoot: { newRoot: '$a', other: 1 } }, 40415],
    [{ $replaceRoot: '$a' }, 40229],
  ]),
  refusesStages('a stage that reads no collection begins with $documents', at('lookup/#syntax'), [
    [{ $lookup: { pipeline: [{ $match: {} }, { $documents: [] }], as: 'all' } }, 9],
    [{ $unionWith: { pipeline: [] } }, 9],
  ]),
  refusesStages('let of $lookup is a document', at('lookup/#syntax'), [
    [{ $lookup: { from: 'd', let: 1, pipeline: [], as: 'all' } }, 9],
    [{ $lookup: { from: 'd', let: null, pipeline: [], as: 'all' } }, 9],
  ]),
  refusesStages('a standalone has no change streams, also within other stages', 'changeStreams/', [
    [{ $lookup: { from: 'd', pipeline: [{ $changeStream: {} }], as: 'all' } }, 40573],
    [{ $unionWith: { coll: 'd', pipeline: [{ $changeStream: {} }] } }, 40573],
    [{ $facet: { all: [{ $changeStream: {} }] } }, 40573],
  ]),
  refusesStages('$addFields has paths that do not contain each other', at('addFields/#syntax'), [
    [{ $addFields: { a: 1, 'a.b': 1 } }, 40176],
    [{ $set: { 'a.b': 1, a: 1 } }, 40176],
    [{ $set: { a: { b: 1 }, 'a.b': 2 } }, 40176],
  ]),
  refusesStages('$addFields has an operator alone, and dots only in its own fields', at('addFields/#syntax'), [
    [{ $addFields: { a: { $add: [1], b: 1 } } }, 40181],
    [{ $addFields: { a: { b: 1, $add: [1] } } }, 40181],
    [{ $addFields: { a: { 'b.c': 1 } } }, 40183],
  ]),
  refusesStages(
    'a path that is named twice collides with itself',
    at('project/#path-collision-errors-in-embedded-fields'),
    [
      [{ $project: { a: { b: 1 }, 'a.b': 1 } }, 31250],
      [{ $unset: ['a', 'a'] }, 31250],
      [{ $project: { a: 1, 'a.b': 1 } }, 31249],
    ],
  ),
  yields(
    'a field that $project computes within an array is in each of its elements',
    at('project/#include-computed-fields'),
    [{ _id: 1, a: [1, { c: 2 }, [3]] }],
    [{ $project: { 'a.b': '$_id' } }],
    [{ _id: 1, a: [{ b: 1 }, { b: 1 }, [{ b: 1 }]] }],
  ),
  yields(
    'n of an accumulator is computed of the fields of the key',
    at('firstN/#computing-n-based-on-the-group-key-for--group'),
    NUMBERS,
    [
      { $sort: { _id: 1 } },
      { $group: { _id: { k: '$k' }, first: { $firstN: { input: '$n', n: { $cond: [{ $eq: ['$k', 1] }, 1, 5] } } } } },
      { $sort: { _id: 1 } },
    ],
    [
      { _id: { k: 1 }, first: [1] },
      { _id: { k: 2 }, first: [2, 3] },
    ],
  ),
  {
    name: 'shares and numbers of an accumulator may be variables and constant expressions',
    manual: at('percentile/#syntax'),
    given: { c: NUMBERS },
    steps: [
      {
        command: {
          aggregate: 'c',
          pipeline: [percentile({ $concatArrays: ['$$shares', [1]] })],
          cursor: {},
          let: { shares: [0, 0.5] },
        },
        documents: [{ _id: null, v: [double(1), double(2), double(3)] }],
      },
      {
        command: {
          aggregate: 'c',
          pipeline: [
            { $bucketAuto: { groupBy: '$n', buckets: 1, output: { v: { $minN: { input: '$n', n: '$$n' } } } } },
            { $project: { _id: 0 } },
          ],
          cursor: {},
          let: { n: 2 },
        },
        documents: [{ v: [1, 2] }],
      },
      {
        command: {
          aggregate: 'c',
          pipeline: [
            {
              $setWindowFields: {
                output: { v: { $percentile: { input: '$n', p: ['$$share'], method: 'approximate' } } },
              },
            },
            { $limit: 1 },
            { $project: { v: 1, _id: 0 } },
          ],
          cursor: {},
          let: { share: int(1) },
        },
        documents: [{ v: [double(3)] }],
      },
    ],
  },
  refusesStages('$percentile has constant shares from 0 to 1', at('percentile/#syntax'), [
    [percentile(['$n']), 7750300],
    [percentile([]), 7750301],
    [percentile(['a']), 7750302],
    [percentile([0.5, 2]), 7750303],
    [percentile([0.5], { method: 3 }), 14],
  ]),
  refusesStages('accumulators are documents with an operator', at('group/#definition'), [
    [group({}), 40234],
    [group({ sum: 1 }), 40234],
    [group({ $sum: 1, $avg: 1 }), 40238],
    [group({ $frobnicate: [1] }), 40237],
    [group({ $firstN: [1] }), 40237],
    [group({ $count: [] }), 40237],
  ]),
  refusesStages('the key of $group is no projection', at('group/#definition'), [
    [{ $group: { _id: { n: 1 } } }, 17390],
    [{ $group: { _id: { n: '$n', m: true } } }, 17390],
  ]),
  refusesStages('$bucket has an expression, boundaries, fields and a default, and is read thus', at('bucket/#syntax'), [
    [{ $bucket: { groupBy: 1, boundaries: [2, 1] } }, 40202],
    [{ $bucket: { groupBy: '$n', boundaries: [1, 2], default: 1, output: null } }, 40196],
    [{ $bucket: { groupBy: '$n', boundaries: [1, 2], output: { _id: { $sum: 1 } } } }, 15948],
    [{ $bucketAuto: { groupBy: '$n', buckets: 1, output: null } }, 40244],
    [{ $bucket: { groupBy: ['$n'], boundaries: [1, 2] } }, 40202],
    [{ $bucketAuto: { groupBy: ['$n'], buckets: 1 } }, 40239],
  ]),
  refusesStages('orders within stages have directions', at('top/#syntax'), [
    [group({ $top: { sortBy: { n: 2 }, output: '$n' } }), 15975],
    [group({ $top: { sortBy: { n: 'up' }, output: '$n' } }), 15974],
    [{ $sort: { n: { other: 1 } } }, 17312],
    [{ $setWindowFields: { sortBy: { n: 0 }, output: { v: { $sum: 1 } } } }, 15975],
  ]),
  refusesStages('$sortByCount takes a path or an expression', at('sortByCount/#syntax'), [
    [{ $sortByCount: 'n' }, 40148],
    [{ $sortByCount: 1 }, 40149],
    [{ $sortByCount: ['$n'] }, 40149],
  ]),
  {
    name: 'arguments of an aggregation are of their types',
    manual: 'reference/command/aggregate/#command-fields',
    steps: [
      { command: { aggregate: 'c', cursor: {} }, error: { code: 40414 } },
      { command: { aggregate: 'c', pipeline: [], cursor: {}, allowDiskUse: 'x' }, error: { code: 14 } },
      { command: { aggregate: 'c', pipeline: [], cursor: {}, bypassDocumentValidation: 'x' }, error: { code: 14 } },
    ],
  },
  aggregates('$limit takes what is a long', at('limit/#behavior'), { c: NUMBERS }, [{ $limit: double(2 ** 62) }], {
    documents: NUMBERS,
    unordered: true,
  }),
];
