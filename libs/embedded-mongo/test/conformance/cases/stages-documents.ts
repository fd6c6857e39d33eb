import { decimal, double, type Case, type Doc, type Expected } from '../case.js';
import { at } from '../samples.js';
import { aggregates, yields } from '../shapes.js';

const NUMBERS = [{ _id: 1, n: 5 }];

const bucket = (name: string, spec: Doc, expected: Expected): Case =>
  aggregates(name, at('bucket/#definition'), { c: NUMBERS }, [{ $bucket: { groupBy: '$n', ...spec } }], expected);

/** A pipeline over no collection. */
const alone = (name: string, page: string, pipeline: readonly Doc[], expected: Expected): Case => ({
  name,
  manual: page,
  steps: [{ command: { aggregate: 1, pipeline, cursor: {} }, ...expected }],
});

const sample = (name: string, size: unknown): Case =>
  aggregates(name, at('sample/#definition'), { c: NUMBERS }, [{ $sample: { size } }], { error: { code: 28747 } });

/** Documents of `c` joined with those of `other` by `key`: the `_id` of what each is joined with. */
const joins = (
  name: string,
  locals: readonly Doc[],
  foreign: readonly Doc[],
  ids: readonly (readonly unknown[])[],
): Case =>
  aggregates(
    name,
    at('lookup/#equality-match-with-a-single-join-condition'),
    { c: locals.map((doc, i) => ({ _id: i, ...doc })), other: foreign.map((doc, i) => ({ _id: i, ...doc })) },
    [
      { $sort: { _id: 1 } },
      { $lookup: { from: 'other', localField: 'a.x', foreignField: 'key.x', as: 'found' } },
      { $project: { _id: 0, found: '$found._id' } },
    ],
    { documents: ids.map((found) => ({ found })) },
  );

const LISTED = [{ $documents: [{ n: 1 }, { n: 2 }] }];

/** Statements on what stages may stand on, and on what a join takes as equal. */
export const cases: readonly Case[] = [
  bucket(
    '$bucket refuses a path as a boundary',
    { boundaries: ['$low', 10] },
    { error: { code: 40191, mentions: ['$low'] } },
  ),
  bucket('$bucket refuses a random boundary', { boundaries: [0, { $rand: {} }] }, { error: { code: 40191 } }),
  bucket(
    '$bucket refuses a default that is not constant',
    { boundaries: [0, 10], default: '$n' },
    { error: { code: 40195 } },
  ),
  bucket('$bucket needs two boundaries', { boundaries: [0] }, { error: { code: 40192 } }),
  bucket(
    '$bucket computes constant boundaries',
    { boundaries: [0, { $add: [5, 5] }] },
    { documents: [{ _id: 0, count: 1 }] },
  ),
  bucket(
    '$bucket refuses other options',
    { boundaries: [0, 10], size: 2 },
    { error: { code: 40197, mentions: ['size'] } },
  ),
  aggregates(
    '$bucket groups by an expression, and not by a document',
    at('bucket/#definition'),
    { c: NUMBERS },
    [{ $bucket: { groupBy: { a: '$n' }, boundaries: [0, 10] } }],
    { error: { code: 40202 } },
  ),
  aggregates(
    '$bucketAuto groups by an expression, and not by a value',
    at('bucketAuto/#definition'),
    { c: NUMBERS },
    [{ $bucketAuto: { groupBy: 5, buckets: 2 } }],
    { error: { code: 40239 } },
  ),
  alone('$documents stands for a collection', at('documents/#definition'), LISTED, { documents: [{ n: 1 }, { n: 2 }] }),
  alone(
    '$documents takes an expression',
    at('documents/#definition'),
    [{ $documents: { $map: { input: [3], in: { n: '$$this' } } } }],
    {
      documents: [{ n: 3 }],
    },
  ),
  alone('$documents takes documents only', at('documents/#definition'), [{ $documents: [1] }], {
    error: { code: 40228 },
  }),
  alone('$documents comes first', at('documents/#restrictions'), [...LISTED, ...LISTED], { error: { code: 40602 } }),
  alone('a stage that reads needs a collection', 'reference/command/aggregate/#syntax', [{ $match: {} }], {
    error: { code: 73, mentions: ['$match'] },
  }),
  alone('no stages need a collection, too', 'reference/command/aggregate/#syntax', [], { error: { code: 73 } }),
  aggregates('$documents is not for a collection', at('documents/#restrictions'), { c: NUMBERS }, LISTED, {
    error: { code: 73, mentions: ['$documents'] },
  }),
  aggregates('$documents is not for a facet', at('facet/#behavior'), { c: NUMBERS }, [{ $facet: { a: LISTED } }], {
    error: { code: 40600, mentions: ['$documents'] },
  }),
  aggregates(
    '$documents within $unionWith needs no collection',
    at('unionWith/#syntax'),
    { c: NUMBERS },
    [{ $unionWith: { pipeline: LISTED } }],
    { documents: [...NUMBERS, { n: 1 }, { n: 2 }] },
  ),
  aggregates(
    '$unionWith without a collection begins with $documents',
    at('unionWith/#syntax'),
    { c: NUMBERS },
    [{ $unionWith: { pipeline: [{ $match: {} }] } }],
    { error: { code: 9 } },
  ),
  aggregates(
    '$lookup without a collection begins with $documents',
    at('lookup/#syntax'),
    { c: NUMBERS },
    [{ $lookup: { pipeline: [{ $match: {} }], as: 'all' } }],
    { error: { code: 9 } },
  ),
  aggregates(
    '$lookup joins with documents of its own',
    at('documents/#use-a--documents-stage-in-a--lookup-stage'),
    { c: [{ _id: 2 }] },
    [{ $lookup: { localField: '_id', foreignField: 'n', pipeline: LISTED, as: 'all' } }],
    { documents: [{ _id: 2, all: [{ n: 2 }] }] },
  ),
  aggregates(
    '$lookup with variables reads documents of its own',
    at('documents/#use-a--documents-stage-in-a--lookup-stage'),
    { c: [{ _id: 2 }] },
    [
      {
        $lookup: {
          let: { id: '$_id' },
          pipeline: [...LISTED, { $match: { $expr: { $lt: ['$n', '$$id'] } } }],
          as: 'all',
        },
      },
    ],
    { documents: [{ _id: 2, all: [{ n: 1 }] }] },
  ),
  sample('$sample refuses zero', 0),
  sample('$sample refuses a negative size', -1),
  sample('$sample refuses a size that is cut to zero', double(0.5)),
  sample('$sample refuses a decimal that is rounded to zero', decimal('0.5')),
  aggregates(
    '$sample takes the whole number that is nearest to a decimal',
    at('sample/#definition'),
    { c: [{ _id: 1 }, { _id: 2 }, { _id: 3 }] },
    [{ $sample: { size: decimal('1.5') } }, { $count: 'n' }],
    { documents: [{ n: 2 }] },
  ),
  joins(
    'null and missing fields are joined with null and missing fields',
    [{}, { a: null }, { a: { x: null } }, { a: { y: 1 } }, { a: 5 }, { a: { x: 1 } }],
    [{}, { key: { x: null } }, { key: { x: 1 } }, { key: 5 }],
    [[0, 1, 3], [0, 1, 3], [0, 1, 3], [0, 1, 3], [0, 1, 3], [2]],
  ),
  joins(
    'an empty array is joined as null, and is no null to others',
    [{ a: { x: [] } }, { a: [] }, { a: [{ x: [] }, { x: 1 }] }],
    [{ key: { x: null } }, { key: { x: [] } }, { key: { x: 1 } }],
    [[0], [0], [2]],
  ),
  joins(
    'a document among others that lacks the field joins with no null',
    [{ a: [{ x: 1 }, { y: 2 }] }, { a: [{ y: 1 }] }],
    [{ key: { x: 1 } }, { key: null }],
    [[0], [1]],
  ),
  joins(
    'an array is joined by its elements, and one within it as a whole',
    [{ a: { x: [1, 2] } }, { a: { x: [[1, 2]] } }],
    [{ key: { x: 1 } }, { key: { x: [1, 2] } }, { key: { x: [[1, 2]] } }],
    [
      [0, 1],
      [1, 2],
    ],
  ),
  joins(
    'null is found where a filter finds it: not in an array without documents',
    [{ a: null }, { a: [1] }],
    [{ key: [1] }, { key: [] }, { key: [{ x: 1 }] }, { key: [{ y: 1 }, 1] }, { key: 1 }, {}],
    [
      [3, 4, 5],
      [3, 4, 5],
    ],
  ),
  yields(
    '$unwind takes what is no array as an array of it, and leaves out null and missing',
    at('unwind/#non-array-field-path'),
    [{ _id: 1, v: { a: 1 } }, { _id: 2, v: null }, { _id: 3 }, { _id: 4, v: 0 }, { _id: 5, v: [] }],
    [{ $sort: { _id: 1 } }, { $unwind: '$v' }],
    [
      { _id: 1, v: { a: 1 } },
      { _id: 4, v: 0 },
    ],
  ),
  yields(
    '$unwind keeps null, missing and empty when it is told to',
    at('unwind/#preservenullandemptyarrays-and-includearrayindex'),
    [{ _id: 1, v: null }, { _id: 2 }, { _id: 3, v: [] }, { _id: 4, v: ['a'] }],
    [{ $sort: { _id: 1 } }, { $unwind: { path: '$v', preserveNullAndEmptyArrays: true } }],
    [{ _id: 1, v: null }, { _id: 2 }, { _id: 3 }, { _id: 4, v: 'a' }],
  ),
  yields(
    'the values of $rank are ints',
    at('rank/#behavior'),
    [{ _id: 1 }],
    [
      {
        $setWindowFields: {
          sortBy: { _id: 1 },
          output: { r: { $rank: {} }, d: { $denseRank: {} }, n: { $documentNumber: {} } },
        },
      },
    ],
    [{ _id: 1, r: 1, d: 1, n: 1 }],
  ),
  yields(
    '$rank takes null and missing fields as the same',
    at('rank/#behavior'),
    [{ _id: 1, s: null }, { _id: 2 }, { _id: 3, s: 1 }],
    [
      { $setWindowFields: { sortBy: { s: 1 }, output: { r: { $rank: {} }, d: { $denseRank: {} } } } },
      { $sort: { _id: 1 } },
      { $project: { r: 1, d: 1 } },
    ],
    [
      { _id: 1, r: 1, d: 1 },
      { _id: 2, r: 1, d: 1 },
      { _id: 3, r: 3, d: 2 },
    ],
  ),
  aggregates(
    'an accumulator takes no list in $group',
    at('push/#syntax'),
    { c: NUMBERS },
    [{ $group: { _id: null, v: { $push: ['$n'] } } }],
    { error: { code: 40237, mentions: ['$push'] } },
  ),
  yields(
    'an accumulator takes a list of expressions in a window',
    at('push/#syntax'),
    NUMBERS,
    [{ $setWindowFields: { output: { v: { $push: ['$n', '$_id'] } } } }],
    [{ _id: 1, n: 5, v: [[5, 1]] }],
  ),
];
