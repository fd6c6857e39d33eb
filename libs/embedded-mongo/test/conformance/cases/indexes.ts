import { date, decimal, double, long, type Case, type Doc, type Expected } from '../case.js';

/** An index over documents, then an insertion that must fail or work. */
function inserts(
  name: string,
  manual: string,
  given: readonly Doc[],
  index: Doc,
  document: Doc,
  expected: Expected,
): Case {
  return {
    name,
    manual: `core/${manual}`,
    given: { c: given },
    indexes: { c: [{ name: 'i', ...index }] },
    steps: [{ command: { insert: 'c', documents: [document] }, ...expected }],
  };
}
const duplicate: Expected = { error: { code: 11000, index: 0, mentions: ['E11000', ' i '] } };
const fine: Expected = { answer: { n: 1 } };

/** A query whose answer must not depend on an index, hinted. */
function serves(
  name: string,
  manual: string,
  given: readonly Doc[],
  index: Doc,
  query: Doc,
  ids: readonly number[],
): Case {
  return {
    name,
    manual: `core/${manual}`,
    given: { c: given },
    indexes: { c: [{ name: 'i', ...index }] },
    steps: [
      { command: { find: 'c', hint: 'i', projection: { _id: 1 }, ...query }, documents: ids.map((_id) => ({ _id })) },
    ],
  };
}
const unique = { key: { a: 1 }, unique: true };

/** Statements on indexes. */
export const cases: readonly Case[] = [
  inserts(
    'a unique index refuses a second document with its value',
    'index-unique/',
    [{ _id: 1, a: 'x' }],
    unique,
    { _id: 2, a: 'x' },
    duplicate,
  ),
  inserts(
    'a unique index compares numbers of all types by value',
    'index-unique/',
    [{ _id: 1, a: 1 }],
    unique,
    { _id: 2, a: decimal('1.0') },
    duplicate,
  ),
  inserts(
    'a long equals a double of its value in a unique index',
    'index-unique/',
    [{ _id: 1, a: long(7) }],
    unique,
    { _id: 2, a: double(7) },
    duplicate,
  ),
  inserts(
    'a string does not equal a number in a unique index',
    'index-unique/',
    [{ _id: 1, a: '1' }],
    unique,
    { _id: 2, a: 1 },
    fine,
  ),
  inserts(
    'a missing field counts as null in a unique index',
    'index-unique/#missing-document-field-in-a-unique-single-field-index',
    [{ _id: 1 }],
    unique,
    { _id: 2 },
    duplicate,
  ),
  inserts(
    'null and missing are the same in a unique index',
    'index-unique/#missing-document-field-in-a-unique-single-field-index',
    [{ _id: 1, a: null }],
    unique,
    { _id: 2 },
    duplicate,
  ),
  inserts(
    'a unique compound index refuses the same combination',
    'index-unique/',
    [{ _id: 1, a: 1, b: 2 }],
    { key: { a: 1, b: 1 }, unique: true },
    { _id: 2, a: 1, b: 2 },
    duplicate,
  ),
  inserts(
    'a unique compound index takes the same value with another partner',
    'index-unique/',
    [{ _id: 1, a: 1, b: 2 }],
    { key: { a: 1, b: 1 }, unique: true },
    { _id: 2, a: 1, b: 3 },
    fine,
  ),
  inserts(
    'a unique index on an array refuses a shared element in another document',
    'index-unique/#unique-constraint-across-separate-documents',
    [{ _id: 1, a: [1, 2] }],
    unique,
    { _id: 2, a: [2, 3] },
    duplicate,
  ),
  inserts(
    'one document may have an element twice under a unique index',
    'index-unique/#unique-constraint-across-separate-documents',
    [{ _id: 1, a: [1] }],
    unique,
    { _id: 2, a: [5, 5] },
    fine,
  ),
  inserts(
    'a unique index on a path refuses values of embedded documents',
    'index-unique/',
    [{ _id: 1, a: { b: 1 } }],
    { key: { 'a.b': 1 }, unique: true },
    { _id: 2, a: { b: 1 } },
    duplicate,
  ),
  inserts(
    'embedded documents with another order of fields are different values',
    'index-unique/',
    [{ _id: 1, a: { x: 1, y: 2 } }],
    unique,
    { _id: 2, a: { y: 2, x: 1 } },
    fine,
  ),
  inserts(
    'embedded documents with the same fields are the same value',
    'index-unique/',
    [{ _id: 1, a: { x: 1, y: 2 } }],
    unique,
    { _id: 2, a: { x: 1, y: 2 } },
    duplicate,
  ),
  inserts(
    'a unique sparse index takes any number of documents without its field',
    'index-sparse/#sparse-and-unique-properties',
    [{ _id: 1 }],
    { ...unique, sparse: true },
    { _id: 2 },
    fine,
  ),
  inserts(
    'a unique sparse index refuses a second null',
    'index-sparse/#sparse-and-unique-properties',
    [{ _id: 1, a: null }],
    { ...unique, sparse: true },
    { _id: 2, a: null },
    duplicate,
  ),
  inserts(
    'a unique partial index leaves documents outside of its filter alone',
    'index-partial/#partial-index-with-unique-constraint',
    [{ _id: 1, a: 'x', n: 1 }],
    { ...unique, partialFilterExpression: { n: { $gte: 5 } } },
    { _id: 2, a: 'x', n: 2 },
    fine,
  ),
  inserts(
    'a unique partial index refuses duplicates within its filter',
    'index-partial/#partial-index-with-unique-constraint',
    [{ _id: 1, a: 'x', n: 7 }],
    { ...unique, partialFilterExpression: { n: { $gte: 5 } } },
    { _id: 2, a: 'x', n: 8 },
    duplicate,
  ),
  inserts(
    'a compound index takes no two arrays of one document',
    'indexes/index-types/index-multikey/#compound-multikey-indexes',
    [],
    { key: { a: 1, b: 1 } },
    { _id: 1, a: [1], b: [2] },
    { error: { code: 171, index: 0 } },
  ),
  inserts(
    'a compound index takes one array',
    'indexes/index-types/index-multikey/#compound-multikey-indexes',
    [{ _id: 1, a: [1], b: 2 }],
    { key: { a: 1, b: 1 } },
    { _id: 2, a: 1, b: [2] },
    fine,
  ),
  serves(
    'a multikey index gives each document once',
    'indexes/index-types/index-multikey/',
    [
      { _id: 1, a: [1, 2, 3] },
      { _id: 2, a: [2] },
    ],
    { key: { a: 1 } },
    { filter: { a: { $gte: 1 } }, sort: { _id: 1 } },
    [1, 2],
  ),
  serves(
    'a multikey index serves bounds that different elements meet',
    'multikey-index-bounds/',
    [
      { _id: 1, a: [1, 9] },
      { _id: 2, a: [5] },
      { _id: 3, a: [1] },
    ],
    { key: { a: 1 } },
    { filter: { a: { $gt: 4, $lt: 6 } }, sort: { _id: 1 } },
    [1, 2],
  ),
  serves(
    '$elemMatch asks one element to meet both bounds',
    'multikey-index-bounds/',
    [
      { _id: 1, a: [1, 9] },
      { _id: 2, a: [5] },
    ],
    { key: { a: 1 } },
    { filter: { a: { $elemMatch: { $gt: 4, $lt: 6 } } } },
    [2],
  ),
  serves(
    'a sparse index that is hinted leaves out documents without the field',
    'index-sparse/',
    [{ _id: 1, a: 1 }, { _id: 2 }],
    { key: { a: 1 }, sparse: true },
    { filter: {} },
    [1],
  ),
  serves(
    'an index on a path serves elements of arrays of documents',
    'indexes/index-types/index-multikey/',
    [
      { _id: 1, a: [{ b: 1 }, { b: 5 }] },
      { _id: 2, a: [{ b: 2 }] },
    ],
    { key: { 'a.b': 1 } },
    { filter: { 'a.b': 5 } },
    [1],
  ),
  serves(
    'a compound index serves a prefix of its fields',
    'indexes/index-types/index-compound/#index-prefixes',
    [
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 2, b: 1 },
    ],
    { key: { a: 1, b: 1 } },
    { filter: { a: 2 } },
    [2],
  ),
  serves(
    'an index serves a sort in both directions',
    'indexes/index-types/index-single/',
    [
      { _id: 1, a: 2 },
      { _id: 2, a: 1 },
    ],
    { key: { a: 1 } },
    { filter: {}, sort: { a: -1 } },
    [1, 2],
  ),
  serves(
    'a compound index serves the sort that is its inverse',
    'indexes/index-types/index-compound/sort-order/',
    [
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 1, b: 2 },
      { _id: 3, a: 2, b: 1 },
    ],
    { key: { a: 1, b: -1 } },
    { filter: {}, sort: { a: -1, b: 1 } },
    [3, 1, 2],
  ),
  {
    name: 'the index of _id is not hidden, and expires nothing',
    manual: 'reference/command/collMod/#change-index-properties',
    given: { c: [] },
    steps: [
      { command: { collMod: 'c', index: { name: '_id_', hidden: true } }, error: { code: 2 } },
      { command: { collMod: 'c', index: { name: '_id_', expireAfterSeconds: 5 } }, error: { code: 72 } },
      { command: { collMod: 'c', index: { name: 'none', hidden: true } }, error: { code: 27, mentions: ['none'] } },
    ],
  },
  {
    name: 'indexes are listed with _id first and their options',
    manual: 'reference/command/listIndexes/',
    given: { c: [] },
    indexes: { c: [{ key: { a: -1 }, name: 'mine', unique: true, expireAfterSeconds: 60 }] },
    steps: [
      {
        command: { listIndexes: 'c' },
        documents: [
          { v: 2, key: { _id: 1 }, name: '_id_' },
          { v: 2, key: { a: -1 }, name: 'mine', unique: true, expireAfterSeconds: 60 },
        ],
      },
    ],
  },
  {
    name: 'listing the indexes of no collection fails',
    manual: 'reference/command/listIndexes/',
    steps: [{ command: { listIndexes: 'none' }, error: { code: 26 } }],
  },
  {
    name: 'indexes are dropped by name, by key, and all but that of _id by a star',
    manual: 'reference/command/dropIndexes/',
    given: { c: [] },
    indexes: {
      c: [
        { key: { a: 1 }, name: 'a_1' },
        { key: { b: 1 }, name: 'b_1' },
        { key: { c: 1 }, name: 'c_1' },
      ],
    },
    steps: [
      { command: { dropIndexes: 'c', index: 'a_1' }, answer: { nIndexesWas: 4 } },
      { command: { dropIndexes: 'c', index: { b: 1 } }, answer: { nIndexesWas: 3 } },
      { command: { dropIndexes: 'c', index: '*' }, answer: { nIndexesWas: 2 } },
      { command: { dropIndexes: 'c', index: 'a_1' }, error: { code: 27, mentions: ['a_1'] } },
      { command: { dropIndexes: 'c', index: '_id_' }, error: { code: 72, mentions: ['_id'] } },
    ],
  },
  {
    name: 'a hint that names no index is refused',
    manual: 'reference/method/cursor.hint/',
    given: { c: [{ _id: 1 }] },
    steps: [{ command: { find: 'c', hint: 'none' }, error: { code: 2, mentions: ['hint'] } }],
  },
  {
    name: 'a failed update of many leaves what it changed before the failure',
    manual: 'core/index-unique/',
    given: {
      c: [
        { _id: 1, a: 1 },
        { _id: 2, a: 2 },
      ],
    },
    indexes: { c: [{ key: { a: 1 }, name: 'i', unique: true }] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: {}, u: { $set: { a: 9 } }, multi: true }] },
        error: { code: 11000, index: 0 },
        state: {
          c: [
            { _id: 1, a: 9 },
            { _id: 2, a: 2 },
          ],
        },
      },
    ],
  },
  inserts(
    'the key of an empty array is told as undefined',
    'index-unique/',
    [{ _id: 1, a: [] }],
    unique,
    { a: [] },
    { error: { code: 11000, index: 0, mentions: ['dup key: { a: undefined }'] } },
  ),
  {
    name: 'a duplicate key error tells the index, its keys and the values',
    manual: 'core/index-unique/#duplicate-key-error',
    given: { c: [{ _id: 1, a: date('2020-01-01T00:00:00Z') }] },
    indexes: { c: [{ key: { a: -1 }, name: 'i', unique: true }] },
    steps: [
      {
        command: {
          findAndModify: 'c',
          query: { _id: 2 },
          update: { $set: { a: date('2020-01-01T00:00:00Z') } },
          upsert: true,
        },
        error: { code: 11000, mentions: ['index: i dup key: { a: new Date(1577836800000) }'] },
        answer: { keyPattern: { a: -1 }, keyValue: { a: date('2020-01-01T00:00:00Z') } },
      },
    ],
  },
];
