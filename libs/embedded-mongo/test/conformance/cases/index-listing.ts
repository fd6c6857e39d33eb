import type { Case, Doc, Expected } from '../case.js';

const ID = { v: 2, key: { _id: 1 }, name: '_id_' };

/** An index that is made, and how it is listed. */
const lists = (name: string, manual: string, index: Doc, listed: Doc, more: Doc = {}): Case => ({
  name,
  manual,
  given: { c: [] },
  steps: [
    { command: { createIndexes: 'c', indexes: [index], ...more } },
    { command: { listIndexes: 'c' }, documents: [ID, listed] },
  ],
});

/** A command about indexes that is refused. */
const refuses = (name: string, manual: string, command: Doc, error: Required<Expected>['error']): Case => ({
  name,
  manual,
  given: { c: [] },
  indexes: {
    c: [
      { key: { a: 1 }, name: 'a' },
      { key: { b: 1 }, name: 'b' },
    ],
  },
  steps: [{ command, error }],
});
const makes = (name: string, index: Doc, code: number, ...mentions: string[]): Case =>
  refuses(
    name,
    'reference/command/createIndexes/#command-fields',
    { createIndexes: 'c', indexes: [index] },
    { code, mentions },
  );

/** An index with a collation and a filter that is asked for, and what becomes of that. */
const partial = (name: string, partialFilterExpression: Doc, expected: Expected): Case['steps'][number] => ({
  command: {
    createIndexes: 'c',
    indexes: [{ key: { a: 1 }, name, collation: { locale: 'en', strength: 2 }, partialFilterExpression }],
  },
  ...expected,
});

/** Statements on how indexes are listed, and on what of them is kept. */
export const cases: readonly Case[] = [
  lists(
    'an index that was asked for in the background says so',
    'reference/command/createIndexes/#command-fields',
    { name: 'i', key: { a: 1 }, unique: true, background: true },
    { v: 2, key: { a: 1 }, name: 'i', background: true, unique: true },
  ),
  lists(
    'an index that was asked for not to be sparse, and not in the background, says so, but not what else it is not',
    'reference/command/createIndexes/#command-fields',
    { key: { a: 1 }, name: 'i', sparse: false, background: 0, unique: false, hidden: false },
    { v: 2, key: { a: 1 }, name: 'i', background: false, sparse: false },
  ),
  lists(
    'the options of an index are listed in one order',
    'reference/command/listIndexes/#output',
    { sparse: true, expireAfterSeconds: 9, hidden: true, unique: true, name: 'i', key: { a: 1 } },
    { v: 2, key: { a: 1 }, name: 'i', unique: true, hidden: true, sparse: true, expireAfterSeconds: 9 },
  ),
  lists(
    'documents expire after whole seconds',
    'core/index-ttl/#expireafterseconds-value',
    { key: { a: 1 }, name: 'i', expireAfterSeconds: 7.9 },
    { v: 2, key: { a: 1 }, name: 'i', expireAfterSeconds: 7 },
  ),
  lists(
    'dropDups is taken and does nothing',
    'reference/command/createIndexes/#command-fields',
    { key: { a: 1 }, name: 'i', dropDups: true },
    { v: 2, key: { a: 1 }, name: 'i' },
  ),
  lists(
    'unknown options of indexes are passed over where that is asked for',
    'reference/command/createIndexes/#command-fields',
    { key: { a: 1 }, name: 'i', colour: 'red' },
    { v: 2, key: { a: 1 }, name: 'i' },
    { ignoreUnknownIndexOptions: true },
  ),
  {
    name: 'an index is the same in the background',
    manual: 'reference/command/createIndexes/#behaviors',
    given: { c: [] },
    indexes: { c: [{ key: { a: 1 }, name: 'i' }] },
    steps: [
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'i', background: true }] },
        answer: { numIndexesBefore: 2, numIndexesAfter: 2 },
      },
    ],
  },
  {
    name: 'an index is the same whether it says that it is not sparse or does not',
    manual: 'reference/command/createIndexes/#behaviors',
    given: { c: [] },
    indexes: {
      c: [
        { key: { a: 1 }, name: 'a' },
        { key: { b: 1 }, name: 'b', sparse: false },
      ],
    },
    steps: [
      {
        command: {
          createIndexes: 'c',
          indexes: [
            { key: { a: 1 }, name: 'a', sparse: false },
            { key: { b: 1 }, name: 'b' },
          ],
        },
        answer: { numIndexesBefore: 3, numIndexesAfter: 3 },
      },
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'other', sparse: false }] },
        error: { code: 85, mentions: ['already exists with a different name: a'] },
      },
      {
        command: {
          createIndexes: 'c',
          indexes: [{ key: { d: 1 }, name: 'd', sparse: false, partialFilterExpression: { d: 1 } }],
        },
        answer: { numIndexesAfter: 4 },
      },
    ],
  },
  {
    name: 'a partial index is the same however its filter is written',
    manual: 'core/index-partial/',
    given: { c: [] },
    indexes: {
      c: [
        {
          key: { a: 1 },
          name: 'i',
          collation: { locale: 'en', strength: 2 },
          partialFilterExpression: { a: { $gt: 0, $lt: 10 }, b: 'x', $or: [{ d: 1 }, { e: { $exists: true } }] },
        },
      ],
    },
    steps: [
      ...[
        {
          $and: [
            { b: { $eq: 'X' } },
            { a: { $lt: 10 } },
            { $or: [{ e: { $exists: 1 } }, { d: 1 }] },
            { a: { $gt: 0 } },
          ],
        },
        { $or: [{ d: { $in: [1] } }, { e: { $exists: true } }], b: 'x', a: { $lt: 10, $gt: 0 } },
      ].map((filter) => partial('i', filter, { answer: { note: 'all indexes already exist' } })),
      partial(
        'other',
        { b: 'x', a: { $gt: 0, $lt: 10 }, $or: [{ d: 1 }, { e: { $exists: true } }] },
        { error: { code: 85, mentions: ['already exists with a different name: i'] } },
      ),
      ...[
        { a: { $gt: 0, $lt: 11 }, b: 'x', $or: [{ d: 1 }, { e: { $exists: true } }] },
        { a: { $gt: 0, $lt: 10 }, b: 'x', $or: [{ d: 1 }, { f: { $exists: true } }] },
        { a: { $gt: 0, $lt: 10 }, b: 'x' },
      ].map((filter) => partial('i', filter, { error: { code: 86 } })),
    ],
  },
  refuses(
    'a standalone has no quorum',
    'reference/command/createIndexes/#command-fields',
    { createIndexes: 'c', indexes: [{ key: { d: 1 }, name: 'd' }], commitQuorum: 1 },
    { code: 2, mentions: ['commitQuorum'] },
  ),
  {
    name: 'a collection that there is not is asked for no index',
    manual: 'reference/method/cursor.hint/#behavior',
    steps: [
      { command: { find: 'none', hint: 'i' }, documents: [] },
      { command: { update: 'none', updates: [{ q: {}, u: { $set: { a: 1 } }, hint: 'i' }] }, answer: { n: 0 } },
      { command: { delete: 'none', deletes: [{ q: {}, limit: 0, hint: 'i' }] }, answer: { n: 0 } },
    ],
  },
  {
    name: 'a hint by a key that several indexes have is refused, and by a name is not',
    manual: 'reference/method/cursor.hint/#behavior',
    given: { c: [{ _id: 1, a: 'x' }] },
    indexes: {
      c: [
        { key: { a: 1 }, name: 'i' },
        { key: { a: 1 }, name: 'other', collation: { locale: 'en', strength: 2 } },
        { key: { b: 1 }, name: 'b' },
        { key: { b: 1 }, name: 'hidden', sparse: true, hidden: true },
      ],
    },
    steps: [
      ...[
        { find: 'c', filter: { a: 'x' }, hint: { a: 1 } },
        { aggregate: 'c', pipeline: [], cursor: {}, hint: { a: 1 } },
        { findAndModify: 'c', query: {}, update: { $set: { b: 1 } }, hint: { a: 1 } },
      ].map((command) => ({ command, error: { code: 27, mentions: ['must hint by index name', 'other'] } })),
      {
        command: { update: 'c', updates: [{ q: {}, u: { $set: { b: 1 } }, hint: { a: 1 } }] },
        error: { code: 27, index: 0, mentions: ['must hint by index name'] },
      },
      { command: { find: 'c', filter: { a: 'x' }, hint: 'i' }, documents: [{ _id: 1, a: 'x' }] },
      { command: { find: 'c', filter: { a: 'x' }, hint: { b: 1 } }, documents: [{ _id: 1, a: 'x' }] },
    ],
  },
  makes(
    'the filter of a partial index has four levels at most',
    { key: { a: 1 }, name: 'i', partialFilterExpression: { $and: [{ $or: [{ $and: [{ a: 1, b: 1 }] }] }] } },
    67,
    'depth',
  ),
  {
    name: 'the filter of a partial index may have four levels',
    manual: 'core/index-partial/',
    given: { c: [] },
    steps: [
      {
        command: {
          createIndexes: 'c',
          indexes: [
            { key: { a: 1 }, name: 'a', partialFilterExpression: { $and: [{ $or: [{ $and: [{ a: 1 }] }] }] } },
            { key: { b: 1 }, name: 'b', partialFilterExpression: { a: 1, $or: [{ b: { $gt: 1, $lt: 5 } }, { d: 1 }] } },
          ],
        },
      },
    ],
  },
  makes('a field of a key does not begin with a dollar', { key: { 'a.$b': 1 }, name: 'i' }, 67, "'$'"),
  makes('the terms of a text index are no field of another one', { key: { _fts: 1 }, name: 'i' }, 67, '_fts'),
  makes(
    'the index of _id has the collation of its collection',
    { key: { _id: 1 }, name: '_id_', collation: { locale: 'fr' } },
    2,
    'the same collation as the collection',
  ),
  {
    name: 'parts of references are fields of keys',
    manual: 'reference/database-references/#dbrefs',
    given: { c: [] },
    steps: [{ command: { createIndexes: 'c', indexes: [{ key: { 'a.$id': 1 }, name: 'i' }] } }],
  },
  {
    name: 'dropping all indexes says that it was all of them',
    manual: 'reference/command/dropIndexes/#behavior',
    given: { c: [] },
    indexes: { c: [{ key: { a: 1 }, name: 'a' }] },
    steps: [
      {
        command: { dropIndexes: 'c', index: '*' },
        answer: { nIndexesWas: 2, msg: 'non-_id indexes dropped for collection' },
      },
    ],
  },
  ...[['a', 5], [{ a: 1 }]].map((index) =>
    refuses(
      `several indexes are dropped by their names, not ${JSON.stringify(index)}`,
      'reference/command/dropIndexes/#command-fields',
      { dropIndexes: 'c', index },
      { code: 14, mentions: ['dropIndexes.index'] },
    ),
  ),
];
