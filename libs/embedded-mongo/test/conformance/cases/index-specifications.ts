import type { Case, Doc, Expected } from '../case.js';

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

/** A key of so many fields. */
const fields = (count: number): Doc => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, 1]));

/** Statements on how indexes are asked for. */
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
  refuses(
    'only a wildcard index has a projection',
    'core/indexes/index-types/index-wildcard/',
    { key: { a: 1 }, name: 'i', wildcardProjection: { b: 1 } },
    { code: 2, mentions: ["'wildcardProjection' is only allowed in an 'wildcard' index"] },
  ),
  refuses(
    'an order of 0 is refused',
    'reference/command/createIndexes/',
    { key: { a: 0 }, name: 'i' },
    { code: 67, mentions: ['Values in the index key pattern cannot be 0.'] },
  ),
  refuses(
    'an order of NaN is refused',
    'reference/command/createIndexes/',
    { key: { a: NaN }, name: 'i' },
    { code: 67, mentions: ['Values in the index key pattern cannot be NaN.'] },
  ),
  refuses(
    'the type of an order that is no number is named',
    'reference/command/createIndexes/',
    { key: { a: true }, name: 'i' },
    { code: 67, mentions: ['cannot be of type bool. Only numbers > 0, numbers < 0, and strings are allowed.'] },
  ),
  refuses(
    'an unknown kind of index is named',
    'reference/command/createIndexes/',
    { key: { a: 'kind' }, name: 'i' },
    { code: 67, mentions: ["Unknown index plugin 'kind'"] },
  ),
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
    name: 'an index that is hidden is the same index with other options',
    manual: 'core/index-hidden/',
    given: { c: [] },
    indexes: { c: [{ key: { a: 1 }, name: 'a_1', hidden: true }] },
    steps: [
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a_1' }] },
        error: { code: 85, mentions: ['the same name but different options', 'hidden: true'] },
      },
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a_1', hidden: false }] },
        error: { code: 85, mentions: ['the same name but different options'] },
      },
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a_1', hidden: true }] },
        answer: { note: 'all indexes already exist' },
      },
      { command: { collMod: 'c', index: { name: 'a_1', hidden: false } }, answer: { hidden_new: false } },
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a_1', hidden: false }] },
        answer: { note: 'all indexes already exist' },
      },
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
];
