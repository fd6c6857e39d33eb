import { decimal, int, oid, type Case, type Doc } from '../case.js';
import { makes, refuses, upserts } from '../update-shapes.js';

const DOLLARS = 'core/dot-dollar-considerations/dollar-prefix/';

const POSITIONAL = 'reference/operator/update/positional/';

/** What the positional `$` of a field becomes for a filter: the document that is left, or the code that it is refused with. */
function positional(name: string, document: Doc, filter: Doc, path: string, after: Doc | number): Case {
  return {
    name,
    manual: `${POSITIONAL}#update-with-multiple-array-matches`,
    given: { c: [{ _id: 1, ...document }] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: filter, u: { $set: { [path]: 'x' } } }] },
        ...(typeof after === 'number'
          ? { error: { code: after, index: 0, mentions: ['positional'] } }
          : { state: { c: [{ _id: 1, ...after }] } }),
      },
    ],
  };
}

/** Statements on names with dollars, on ways that cannot be, on arrays that are sorted, and on what upserts begin with. */
export const cases: readonly Case[] = [
  {
    name: 'a field with a dollar within a document is changed as any other',
    manual: `${DOLLARS}#document-replacing-updates`,
    given: { c: [{ _id: 1, price: { $sale: 5, full: 9 }, $stock: 3 }] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { 'price.$sale': 4 } } }] },
        answer: { n: 1, nModified: 1 },
        state: { c: [{ _id: 1, price: { $sale: 4, full: 9 }, $stock: 3 }] },
      },
      {
        command: { update: 'c', updates: [{ q: { 'price.$sale': 4 }, u: { $inc: { 'price.$sale': int(2) } } }] },
        state: { c: [{ _id: 1, price: { $sale: 6, full: 9 }, $stock: 3 }] },
      },
      {
        command: { update: 'c', updates: [{ q: { _id: 1 }, u: { $unset: { 'price.$sale': '' } } }] },
        state: { c: [{ _id: 1, price: { full: 9 }, $stock: 3 }] },
      },
      {
        command: { update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { $stock: 4 } } }] },
        error: { code: 52, index: 0, mentions: ['$stock'] },
      },
      {
        command: { update: 'c', updates: [{ q: { _id: 1 }, u: { a: 1, $stock: 4 } }] },
        error: { code: 52, index: 0, mentions: ['$stock'] },
      },
    ],
  },
  {
    name: 'an upsert that inserts may have a dollar at the top, and is refused when it finds a document',
    manual: `${DOLLARS}#insert-operations`,
    given: { c: [] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { a: 1, $b: 2 } }, upsert: true }] },
        answer: { n: 1, nModified: 0, upserted: [{ index: 0, _id: 1 }] },
        state: { c: [{ _id: 1, $b: 2, a: 1 }] },
      },
      {
        command: { update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { a: 2, $b: 3 } }, upsert: true }] },
        error: { code: 52, index: 0, mentions: ['$b'] },
        state: { c: [{ _id: 1, $b: 2, a: 1 }] },
      },
    ],
  },
  {
    name: 'an _id has no dollar within',
    manual: `${DOLLARS}#general-restrictions`,
    given: { c: [] },
    steps: [
      { command: { insert: 'c', documents: [{ _id: { a: { $b: 1 } } }] }, error: { code: 52, index: 0 } },
      { command: { insert: 'c', documents: [{ _id: { a: [{ $b: 1 }] } }] }, error: { code: 52, index: 0 } },
    ],
  },
  {
    name: 'the fields of a reference to a document are changed one by one',
    manual: 'reference/database-references/#dbrefs',
    given: { c: [{ _id: 1, a: { $ref: 'x', $id: 1 } }] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: { 'a.$id': 1 }, u: { $set: { 'a.$id': 2, 'a.$ref': 'y' } } }] },
        answer: { n: 1, nModified: 1 },
      },
      { command: { count: 'c', query: { 'a.$id': 2, 'a.$ref': 'y' } }, answer: { n: 1 } },
      {
        command: { update: 'c', updates: [{ q: {}, u: { $set: { $id: 3 } } }] },
        error: { code: 55, index: 0, mentions: ['$id'] },
      },
    ],
  },
  refuses('$pull does not go through a number', 'pull/', { a: 1 }, { $pull: { 'a.b': 1 } }, 28, ['a.b']),
  refuses('$pullAll does not go through an array', 'pullAll/', { a: [1] }, { $pullAll: { 'a.b': [1] } }, 28, ['a.b']),
  refuses('$pop does not go through a text', 'pop/', { a: 'x' }, { $pop: { 'a.b': 1 } }, 28, ['a.b']),
  refuses('$rename does not go through a number', 'rename/', { a: 1 }, { $rename: { 'a.b': 'c' } }, 28, ['a.b']),
  makes('$pop of a place that an array has not', 'pop/', { a: [1] }, { $pop: { 'a.3': 1 } }, { a: [1] }),
  makes('$unset goes nowhere through a number', 'unset/', { a: 1 }, { $unset: { 'a.b': '' } }, { a: 1 }),
  refuses('an array does not grow by millions', 'set/', { a: [] }, { $set: { 'a.1500001': 1 } }, 34, ['1500000']),
  refuses('$bit does not take null for a number', 'bit/', { a: null }, { $bit: { a: { or: int(1) } } }, 2, ['a']),
  refuses('$pull has no $not of whole elements', 'pull/', { a: [1] }, { $pull: { a: { $not: { $gt: 0 } } } }, 2, [
    '$not',
  ]),
  refuses('$pull computes nothing', 'pull/', { a: [{}] }, { $pull: { a: { $expr: true } } }, 224, ['$expr']),
  refuses('a path has no empty name, whatever it finds', '', { a: 1 }, { $rename: { a: 'a..b' } }, 56, ['a..b']),
  makes(
    '$sort takes an array as one value, behind numbers',
    'sort/',
    { a: [{ k: [3, 1] }, { k: 2 }, {}] },
    { $push: { a: { $each: [], $sort: { k: 1 } } } },
    { a: [{}, { k: 2 }, { k: [3, 1] }] },
  ),
  makes(
    '$sort leads into an array by places only',
    'sort/',
    { a: [{ k: [{ j: 5 }] }, { k: { j: 1 } }, { k: [7] }] },
    { $push: { a: { $each: [{ k: [1] }], $sort: { 'k.j': 1, 'k.0': -1 } } } },
    { a: [{ k: [{ j: 5 }] }, { k: [7] }, { k: [1] }, { k: { j: 1 } }] },
  ),
  refuses('$sort has whole names', 'sort/', { a: [] }, { $push: { a: { $each: [], $sort: { 'k.': 1 } } } }, 2, ['k.']),
  refuses('$sort of fields is 1 or -1', 'sort/', { a: [] }, { $push: { a: { $each: [], $sort: { k: 2 } } } }, 2),
  makes(
    '$sort takes a number of any type',
    'sort/',
    { a: [2, 1] },
    { $push: { a: { $each: [], $sort: decimal('1') } } },
    { a: [1, 2] },
  ),
  upserts(
    'an upsert takes equalities in the order of their paths',
    { b: 1, $and: [{ 'a.c': 2 }, { _id: 1 }], 'a.b': 3 },
    { $set: { 'a.a': 4, c: 5 } },
    { _id: 1, a: { b: 3, c: 2, a: 4 }, b: 1, c: 5 },
  ),
  upserts(
    'an upsert takes what all clauses of $or ask',
    { _id: 1, $or: [{ a: 1 }, { a: 1 }] },
    { $set: { b: 1 } },
    {
      _id: 1,
      a: 1,
      b: 1,
    },
  ),
  upserts(
    'an upsert takes the same value of $in twice',
    { _id: { $in: [1, 1] } },
    { $set: { b: 1 } },
    { _id: 1, b: 1 },
  ),
  {
    name: 'an upsert has no $expr in its filter',
    manual: 'reference/operator/query/expr/',
    given: { c: [{ _id: 1, a: 1 }] },
    steps: [
      {
        command: {
          update: 'c',
          updates: [{ q: { $and: [{ $expr: { $eq: ['$a', 1] } }] }, u: { $set: { b: 1 } }, upsert: true }],
        },
        error: { code: 224, index: 0, mentions: ['$expr'] },
        state: { c: [{ _id: 1, a: 1 }] },
      },
      {
        command: { findAndModify: 'c', query: { $expr: true }, update: { $set: { b: 1 } }, upsert: true },
        error: { code: 224, mentions: ['$expr'] },
      },
    ],
  },
  {
    name: 'a replacement without an _id counts as a change',
    manual: 'reference/method/db.collection.replaceOne/',
    given: { c: [{ _id: 1, a: 1 }] },
    steps: [
      { command: { update: 'c', updates: [{ q: { _id: 1 }, u: { a: 1 } }] }, answer: { n: 1, nModified: 1 } },
      { command: { update: 'c', updates: [{ q: { _id: 1 }, u: { _id: 1, a: 1 } }] }, answer: { n: 1, nModified: 0 } },
    ],
  },
  {
    name: 'the positional $ is the element behind a place that the filter names',
    manual: POSITIONAL,
    given: { c: [{ _id: 1, a: [{ b: [5, 6] }] }] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: { 'a.0.b': 6 }, u: { $set: { 'a.0.b.$': 7 } } }] },
        state: { c: [{ _id: 1, a: [{ b: [5, 7] }] }] },
      },
    ],
  },
  positional(
    'with conditions on several arrays, $ is the element of the last path',
    { rooms: [4, 5], floors: [1, 2], years: [7, 8] },
    { years: 7, rooms: 5, floors: 1 },
    'rooms.$',
    { rooms: ['x', 5], floors: [1, 2], years: [7, 8] },
  ),
  positional(
    'with conditions on several fields of an array, $ is the element of the last path',
    {
      a: [
        { x: 1, y: 0 },
        { x: 0, y: 2 },
      ],
    },
    { 'a.y': 2, 'a.x': 1 },
    'a.$',
    { a: [{ x: 1, y: 0 }, 'x'] },
  ),
  positional(
    'of several conditions on an array, $ is the first element for the last of them',
    { a: [9, 3] },
    { a: { $gt: 1, $lt: 5 } },
    'a.$',
    { a: ['x', 3] },
  ),
  positional('$ is the element of the last value of $all', { a: [1, 2] }, { a: { $all: [1, 2] } }, 'a.$', {
    a: [1, 'x'],
  }),
  positional('$ is the element that has a field', { a: [{}, { b: 1 }] }, { 'a.b': { $exists: true } }, 'a.$.b', {
    a: [{}, { b: 'x' }],
  }),
  positional('$ is the first element of an array that is there', { a: [1, 2] }, { a: { $exists: true } }, 'a.$', {
    a: ['x', 2],
  }),
  positional('$ is no element of an array of that size', { a: [1] }, { a: { $size: 1 } }, 'a.$', 2),
  positional('$ is no element that lacks a field', { a: [{}] }, { 'a.b': { $exists: false } }, 'a.$', 2),
  positional('$ is not looked for in an array in an array', { a: [[5], 5] }, { a: 5 }, 'a.$', { a: [[5], 'x'] }),
  positional(
    '$ is the element with an array of that size',
    { a: [{ b: [] }, { b: [1] }] },
    { 'a.b': { $size: 1 } },
    'a.$',
    {
      a: [{ b: [] }, 'x'],
    },
  ),
  positional('$ is not looked for behind a place that fits', { a: [5, { 0: 5 }] }, { 'a.0': 5 }, 'a.$', 2),
  positional('$ is no element of clauses of $or', { a: [1], b: 2 }, { $or: [{ a: 1 }, { b: 2 }] }, 'a.$', 2),
  positional('$ is the element of one of several values', { a: [6, 1] }, { $or: [{ a: 1 }, { a: 6 }] }, 'a.$', {
    a: ['x', 1],
  }),
  {
    name: 'array filters are filters without $expr',
    manual: 'reference/operator/update/positional-filtered/',
    given: { c: [{ _id: 1, a: [1] }] },
    steps: [
      {
        command: {
          update: 'c',
          updates: [{ q: {}, u: { $set: { 'a.$[i]': 2 } }, arrayFilters: [{ $expr: { $eq: [1, 1] } }] }],
        },
        error: { code: 224, index: 0, mentions: ['$expr'] },
      },
      {
        command: { update: 'c', updates: [{ q: {}, u: { $set: { 'a.$[$i]': 2 } }, arrayFilters: [{ $i: 1 }] }] },
        error: { code: 2, index: 0, mentions: ['$i'] },
      },
    ],
  },
  {
    name: 'a pipeline has stages of one operator each',
    manual: 'tutorial/update-documents-with-aggregation-pipeline/',
    given: { c: [{ _id: 1 }] },
    steps: [
      { command: { update: 'c', updates: [{ q: {}, u: [5] }] }, error: { code: 14, index: 0 } },
      {
        command: { update: 'c', updates: [{ q: {}, u: [{ $set: { a: 1 }, $unset: 'b' }] }] },
        error: { code: 40323, index: 0 },
      },
    ],
  },
  {
    name: 'the constants of an operation are values as they are, before those of let',
    manual: 'reference/command/bulkWrite/#ops',
    given: { c: [{ _id: 1, a: 1 }] },
    steps: [
      {
        command: {
          update: 'c',
          let: { k: 8, l: 9 },
          updates: [{ q: { _id: 1 }, u: [{ $set: { a: '$$k', b: '$$l' } }], c: { k: '$a' } }],
        },
        state: { c: [{ _id: 1, a: '$a', b: 9 }] },
      },
      {
        command: { update: 'c', updates: [{ q: {}, u: { $set: { a: 1 } }, c: {} }] },
        error: { code: 51198, index: 0, mentions: ['Constant'] },
      },
      {
        command: { update: 'c', updates: [{ q: {}, u: [], c: 5 }] },
        error: { code: 14, mentions: ['update.updates.c'] },
      },
    ],
  },
  {
    name: 'a projection of one element does not go with the new document',
    manual: 'reference/command/findAndModify/',
    given: { c: [{ _id: 1, a: [1, 2] }] },
    steps: [
      {
        command: { findAndModify: 'c', query: { a: 2 }, fields: { 'a.$': 1 }, update: { $set: { b: 1 } }, new: true },
        error: { code: 2, mentions: ['positional'] },
        state: { c: [{ _id: 1, a: [1, 2] }] },
      },
      {
        command: { findAndModify: 'c', query: { a: 2 }, fields: { 'a.$': 1 }, update: { $set: { b: 1 } } },
        answer: { value: { _id: 1, a: [2] } },
      },
    ],
  },
  {
    name: 'a replacement has no use for array filters',
    manual: 'reference/command/findAndModify/#array-update-operations-with-arrayfilters',
    given: { c: [{ _id: 1 }] },
    steps: [
      {
        command: {
          findAndModify: 'c',
          query: {},
          update: { b: oid('64b0c0ffee64b0c0ffee64b0') },
          arrayFilters: [{ i: 1 }],
        },
        state: { c: [{ _id: 1, b: oid('64b0c0ffee64b0c0ffee64b0') }] },
      },
    ],
  },
];
