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

/** Index specifications that are refused when they are made. */
function refuses(
  name: string,
  manual: string,
  index: Doc,
  error: Required<Expected>['error'],
  given: readonly Doc[] = [{ _id: 1 }],
): Case {
  return { name, manual, given: { c: given }, steps: [{ command: { createIndexes: 'c', indexes: [index] }, error }] };
}

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

const fields = (count: number): Doc => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, 1]));

/** Statements on indexes. */
export const cases: readonly Case[] = [
  {
    name: 'a compound index has no more than 32 fields',
    manual: 'reference/limits/#mongodb-limit-Number-of-Indexed-Fields-in-a-Compound-Index',
    given: { c: [] },
    steps: [
      { command: { createIndexes: 'c', indexes: [{ key: fields(33), name: 'many' }] }, error: { code: 13103 } },
      { command: { createIndexes: 'c', indexes: [{ key: fields(32), name: 'many' }] }, answer: { numIndexesAfter: 2 } },
    ],
  },
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
  refuses(
    'a unique index is not made over duplicates',
    'core/index-unique/#restrictions',
    { key: { a: 1 }, name: 'i', unique: true },
    { code: 11000 },
    [
      { _id: 1, a: 1 },
      { _id: 2, a: 1 },
    ],
  ),
  refuses(
    'the name of the index of _id is for that index alone',
    'reference/command/createIndexes/',
    { key: { b: 1 }, name: '_id_' },
    { code: 2, mentions: ['_id_'] },
  ),
  refuses(
    'the index of _id takes no options',
    'core/indexes/index-types/index-single/',
    { key: { _id: 1 }, name: '_id_', unique: true },
    { code: 197, mentions: ['unique'] },
  ),
  refuses(
    'the index of _id does not expire documents',
    'core/index-ttl/#restrictions',
    { key: { _id: 1 }, name: 'i', expireAfterSeconds: 60 },
    { code: 197, mentions: ['expireAfterSeconds'] },
  ),
  refuses(
    'the index of _id cannot be hidden',
    'core/index-hidden/#restrictions',
    { key: { _id: 1 }, name: '_id_', hidden: true },
    { code: 197, mentions: ['hidden'] },
  ),
  refuses('an order of 0 is refused', 'reference/command/createIndexes/', { key: { a: 0 }, name: 'i' }, { code: 67 }),
  refuses(
    'an unknown option of an index is refused',
    'reference/command/createIndexes/',
    { key: { a: 1 }, name: 'i', color: 'red' },
    { code: 197, mentions: ['color'] },
  ),
  refuses('keys cannot be empty', 'reference/command/createIndexes/', { key: {}, name: 'i' }, { code: 67 }),
  refuses(
    'sparse and partial do not go together',
    'core/index-partial/#restrictions',
    { key: { a: 1 }, name: 'i', sparse: true, partialFilterExpression: { a: 1 } },
    { code: 67 },
  ),
  refuses(
    'a TTL index is on one field',
    'core/index-ttl/#restrictions',
    { key: { a: 1, b: 1 }, name: 'i', expireAfterSeconds: 5 },
    { code: 67 },
  ),
  refuses(
    'expireAfterSeconds lies within 0 and 2147483647',
    'core/index-ttl/#expireafterseconds-value',
    { key: { a: 1 }, name: 'i', expireAfterSeconds: -1 },
    { code: 67 },
  ),
  refuses(
    'an index has a name',
    'reference/command/createIndexes/#command-fields',
    { key: { a: 1 } },
    { code: 9, mentions: ["The 'name' field is a required property of an index specification"] },
  ),
  refuses(
    'an index has a key',
    'reference/command/createIndexes/#command-fields',
    { name: 'i' },
    { code: 9, mentions: ["The 'key' field is a required property of an index specification"] },
  ),
  refuses(
    'the name of an index is not empty',
    'reference/command/createIndexes/#command-fields',
    { key: { a: 1 }, name: '' },
    { code: 67, mentions: ['index name cannot be empty'] },
  ),
  refuses(
    'no index is called *, which stands for all of them',
    'reference/command/createIndexes/#command-fields',
    { key: { a: 1 }, name: '*' },
    { code: 2, mentions: ["The index name '*' is not valid."] },
  ),
  ...[0, 3, -1].map((v) =>
    refuses(
      `an index has no version ${v}`,
      'reference/command/createIndexes/#command-fields',
      { key: { a: 1 }, name: 'i', v },
      { code: 67, mentions: [`cannot create an index with v=${v}`] },
    ),
  ),
  refuses(
    'the version of an index is a whole number',
    'reference/command/createIndexes/#command-fields',
    { key: { a: 1 }, name: 'i', v: 1.5 },
    { code: 2, mentions: ['32-bit integer'] },
  ),
  ...(['key', 'name', 'v', 'unique', 'sparse', 'hidden', 'collation', 'partialFilterExpression'] as const).map(
    (field) =>
      refuses(
        `the field ${field} of an index has one type only`,
        'reference/command/createIndexes/#command-fields',
        { key: { a: 1 }, name: 'i', [field]: [] },
        { code: 14, mentions: [field] },
      ),
  ),
  refuses(
    'the first version of indexes has no collation',
    'reference/command/createIndexes/#command-fields',
    { key: { a: 1 }, name: 'i', v: 1, collation: { locale: 'en' } },
    { code: 67, mentions: ['v=1'] },
  ),
  refuses(
    'weights are for text indexes',
    'reference/command/createIndexes/#command-fields',
    { key: { a: 1 }, name: 'i', weights: { a: 2 } },
    { code: 67, mentions: ['weights'] },
  ),
  refuses(
    'the index of _id goes in one direction',
    'core/indexes/index-types/index-single/',
    { key: { _id: -1 }, name: 'i' },
    { code: 2, mentions: ['{ _id: -1 }'] },
  ),
  {
    name: 'an index keeps the version with which it was made, and is the same with either',
    manual: 'reference/command/createIndexes/#command-fields',
    given: { c: [] },
    indexes: { c: [{ key: { a: 1 }, name: 'i', v: 1 }] },
    steps: [
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'i' }] },
        answer: { numIndexesBefore: 2, numIndexesAfter: 2 },
      },
      {
        command: { listIndexes: 'c' },
        documents: [
          { v: 2, key: { _id: 1 }, name: '_id_' },
          { v: 1, key: { a: 1 }, name: 'i' },
        ],
      },
    ],
  },
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
    name: 'the answer counts indexes before and after, and says when all were there',
    manual: 'reference/command/createIndexes/#output',
    given: { c: [] },
    steps: [
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a_1' }] },
        answer: { numIndexesBefore: 1, numIndexesAfter: 2, createdCollectionAutomatically: false },
      },
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a_1' }] },
        answer: { numIndexesBefore: 2, numIndexesAfter: 2, note: 'all indexes already exist' },
      },
      {
        command: { createIndexes: 'other', indexes: [{ key: { a: 1 }, name: 'a_1' }] },
        answer: { createdCollectionAutomatically: true },
      },
    ],
  },
  {
    name: 'an index of other options under the same keys is refused',
    manual: 'reference/command/createIndexes/',
    given: { c: [] },
    indexes: { c: [{ key: { a: 1 }, name: 'a_1' }] },
    steps: [
      { command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'other' }] }, error: { code: 85 } },
      { command: { createIndexes: 'c', indexes: [{ key: { b: 1 }, name: 'a_1' }] }, error: { code: 86 } },
    ],
  },
  {
    name: 'an index with another expiry is the same index with other options, whatever its name',
    manual: 'core/index-ttl/#conversion',
    given: { c: [] },
    indexes: { c: [{ key: { a: 1 }, name: 'a_1', expireAfterSeconds: 60 }] },
    steps: [
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a_1', expireAfterSeconds: 5 }] },
        error: { code: 85, mentions: ['the same name but different options', 'expireAfterSeconds: 60'] },
      },
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'b' }] },
        error: { code: 85, mentions: ['a different name and options'] },
      },
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'b', expireAfterSeconds: 60 }] },
        error: { code: 85, mentions: ['already exists with a different name: a_1'] },
      },
    ],
  },
  {
    name: 'indexes on one key differ in being unique, sparse or partial, and have names of their own',
    manual: 'reference/command/createIndexes/#behaviors',
    given: { c: [] },
    indexes: { c: [{ key: { a: 1 }, name: 'a_1' }] },
    steps: [
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a_1', unique: true }] },
        error: { code: 86, mentions: ['the same name as the requested index', 'unique: true'] },
      },
      {
        command: {
          createIndexes: 'c',
          indexes: [
            { key: { a: 1 }, name: 'unique', unique: true },
            { key: { a: 1 }, name: 'sparse', sparse: true },
            { key: { a: 1 }, name: 'some', partialFilterExpression: { b: 1 } },
            { key: { a: 1 }, name: 'others', partialFilterExpression: { b: 2 } },
          ],
        },
        answer: { numIndexesBefore: 2, numIndexesAfter: 6 },
      },
      { command: { dropIndexes: 'c', index: { a: 1 } }, error: { code: 181, mentions: ['5 indexes found for key'] } },
      { command: { dropIndexes: 'c', index: { z: 1 } }, error: { code: 27, mentions: ['{ z: 1 }'] } },
      { command: { dropIndexes: 'c', index: 'some' }, answer: { nIndexesWas: 6 } },
    ],
  },
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
