import { type Case, type Doc } from '../case.js';
import { aggregates, yields } from '../shapes.js';
import { LISTS, PEOPLE, TREE, at, joins } from '../samples.js';

const climbs = (name: string, section: string, more: Doc, up: readonly unknown[]): Case =>
  yields(
    name,
    at(section),
    TREE,
    [
      { $match: { _id: 4 } },
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
      { $project: { _id: 0, all: { $sortArray: { input: '$all._id', sortBy: 1 } } } },
    ],
    [{ all: up }],
  );

/** Statements on stages that take arrays apart and bring collections together. */
export const cases: readonly Case[] = [
  yields(
    '$unwind gives a document for every element, and none for null, missing and empty arrays',
    at('unwind/#behaviors'),
    LISTS,
    [{ $sort: { _id: 1 } }, { $unwind: '$v' }],
    [
      { _id: 1, v: 'a' },
      { _id: 1, v: 'b' },
      { _id: 5, v: 'c' },
    ],
  ),
  yields(
    '$unwind can keep documents without elements',
    at('unwind/#preservenullandemptyarrays'),
    LISTS,
    [
      { $sort: { _id: 1 } },
      { $match: { _id: { $gt: 1 } } },
      { $unwind: { path: '$v', preserveNullAndEmptyArrays: true } },
    ],
    [{ _id: 2 }, { _id: 3, v: null }, { _id: 4 }, { _id: 5, v: 'c' }],
  ),
  yields(
    '$unwind goes one level deep',
    at('unwind/#behaviors'),
    [{ _id: 1, v: [[1, 2], [3]] }],
    [{ $unwind: '$v' }],
    [
      { _id: 1, v: [1, 2] },
      { _id: 1, v: [3] },
    ],
  ),
  yields(
    '$unwind by a path keeps the other fields in their order',
    at('unwind/#behaviors'),
    [{ _id: 1, o: { a: 0, v: [1, 2], z: 9 }, q: 1 }],
    [{ $unwind: '$o.v' }],
    [
      { _id: 1, o: { a: 0, v: 1, z: 9 }, q: 1 },
      { _id: 1, o: { a: 0, v: 2, z: 9 }, q: 1 },
    ],
  ),
  joins(
    '$lookup adds the documents with an equal field',
    'lookup/#equality-match-with-a-single-join-condition',
    [
      { $match: { _id: { $lt: 3 } } },
      { $lookup: { from: 'people', localField: 'who', foreignField: 'key', as: 'found' } },
      { $set: { found: { $sortArray: { input: '$found._id', sortBy: 1 } } } },
    ],
    [
      { _id: 1, who: 'x', found: [10, 13] },
      { _id: 2, who: 'z', found: [] },
    ],
  ),
  joins(
    '$lookup with a missing local field finds null and missing',
    'lookup/#equality-match-with-a-single-join-condition',
    [{ $match: { _id: 3 } }, { $lookup: { from: 'people', localField: 'who', foreignField: 'key', as: 'found' } }],
    [{ _id: 3, found: [{ _id: 12, age: 40 }] }],
  ),
  aggregates(
    '$lookup with an array finds what equals one of its elements',
    at('lookup/#use--lookup-with-an-array'),
    {
      c: [{ _id: 1, keys: ['x', 'y'] }],
      people: PEOPLE,
    },
    [
      { $lookup: { from: 'people', localField: 'keys', foreignField: 'key', as: 'found' } },
      { $project: { _id: 0, found: { $sortArray: { input: '$found._id', sortBy: 1 } } } },
    ],
    { documents: [{ found: [10, 11, 13] }] },
  ),
  joins(
    '$lookup in a collection that does not exist finds nothing',
    'lookup/#definition',
    [{ $match: { _id: 1 } }, { $lookup: { from: 'nowhere', localField: 'who', foreignField: 'key', as: 'found' } }],
    [{ _id: 1, who: 'x', found: [] }],
  ),
  joins(
    '$lookup overwrites a field of the name in as',
    'lookup/#syntax',
    [{ $match: { _id: 2 } }, { $lookup: { from: 'people', localField: 'who', foreignField: 'key', as: 'who' } }],
    [{ _id: 2, who: [] }],
  ),
  joins(
    '$lookup with a pipeline sees fields of the document through let',
    'lookup/#join-conditions-and-subqueries-on-a-joined-collection',
    [
      { $match: { _id: 1 } },
      {
        $lookup: {
          from: 'people',
          let: { name: '$who', least: 30 },
          pipeline: [
            { $match: { $expr: { $and: [{ $eq: ['$key', '$$name'] }, { $gte: ['$age', '$$least'] }] } } },
            { $project: { _id: 0, age: 1 } },
          ],
          as: 'found',
        },
      },
    ],
    [{ _id: 1, who: 'x', found: [{ age: 50 }] }],
  ),
  climbs('$graphLookup follows a field to its end', 'graphLookup/#definition', {}, [1, 2, 3]),
  climbs('$graphLookup with maxDepth 0 looks once', 'graphLookup/#definition', { maxDepth: 0 }, [3]),
  climbs(
    '$graphLookup goes on only through documents that match',
    'graphLookup/#definition',
    { restrictSearchWithMatch: { _id: { $ne: 2 } } },
    [3],
  ),
  yields(
    '$graphLookup comes to an end in a circle',
    at('graphLookup/#definition'),
    [
      { _id: 1, to: [2] },
      { _id: 2, to: [1] },
    ],
    [
      { $match: { _id: 1 } },
      { $graphLookup: { from: 'c', startWith: '$to', connectFromField: 'to', connectToField: '_id', as: 'all' } },
      { $project: { _id: 0, all: { $sortArray: { input: '$all._id', sortBy: 1 } } } },
    ],
    [{ all: [1, 2] }],
  ),
  yields(
    '$graphLookup tells how deep a document lies',
    at('graphLookup/#definition'),
    TREE,
    [
      { $match: { _id: 3 } },
      {
        $graphLookup: {
          from: 'c',
          startWith: '$up',
          connectFromField: 'up',
          connectToField: '_id',
          as: 'all',
          depthField: 'd',
        },
      },
      { $unwind: '$all' },
      { $sort: { 'all._id': 1 } },
      { $project: { _id: '$all._id', d: { $toString: '$all.d' } } },
    ],
    [
      { _id: 1, d: '1' },
      { _id: 2, d: '0' },
    ],
  ),
  aggregates(
    '$unionWith keeps documents that are equal',
    at('unionWith/#duplicate-results'),
    { c: [{ _id: 1 }], d: [{ _id: 1 }, { _id: 2 }] },
    [{ $unionWith: 'd' }],
    {
      documents: [{ _id: 1 }, { _id: 1 }, { _id: 2 }],
      unordered: true,
    },
  ),
  aggregates(
    '$unionWith runs a pipeline over the other collection alone',
    at('unionWith/#syntax'),
    { c: [{ _id: 1 }], d: [{ _id: 1 }, { _id: 2 }] },
    [{ $unionWith: { coll: 'd', pipeline: [{ $match: { _id: 2 } }, { $set: { from: 'd' } }] } }],
    { documents: [{ _id: 1 }, { _id: 2, from: 'd' }], unordered: true },
  ),
  aggregates(
    '$unionWith takes a collection that does not exist as empty',
    at('unionWith/#definition'),
    { c: [{ _id: 1 }] },
    [{ $unionWith: 'nowhere' }],
    {
      documents: [{ _id: 1 }],
    },
  ),
  yields(
    '$facet runs several pipelines over the same documents',
    at('facet/#behavior'),
    TREE,
    [{ $facet: { n: [{ $count: 'n' }], roots: [{ $match: { up: null } }], none: [{ $match: { up: 99 } }] } }],
    [{ n: [{ n: 4 }], roots: [{ _id: 1, up: null }], none: [] }],
  ),
];
