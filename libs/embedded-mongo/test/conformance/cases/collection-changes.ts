import { DATABASE, decimal, double, long, type Case, type Doc, type Expected } from '../case.js';

const INDEXES: readonly Doc[] = [
  { key: { a: 1 }, name: 'a_1' },
  { key: { a: 1, b: 1 }, name: 'a_1_b_1' },
  { key: { c: 1 }, name: 'c_1' },
  { key: { c: 1 }, name: 'c_sparse', sparse: true },
];

/** A change of an index that is refused. */
const refuses = (name: string, index: Doc, error: Required<Expected>['error']): Case => ({
  name,
  manual: 'reference/command/collMod/#change-index-properties',
  given: { c: [] },
  indexes: { c: INDEXES },
  steps: [{ command: { collMod: 'c', index }, error }],
});

const FOUR: readonly Doc[] = [1, 2, 3, 4].map((_id) => ({ _id, n: _id % 2 }));

/** Statements on what is changed of collections, views and indexes that are there. */
export const cases: readonly Case[] = [
  {
    name: 'of a view, what collMod does not name stays as it is',
    manual: 'reference/command/collMod/#change-a-view-definition',
    given: { c: FOUR, other: [{ _id: 9, n: 1 }] },
    steps: [
      { command: { create: 'odd', viewOn: 'c', pipeline: [{ $match: { n: 1 } }, { $sort: { _id: 1 } }] } },
      { command: { collMod: 'odd', viewOn: 'other' } },
      { command: { find: 'odd' }, documents: [{ _id: 9, n: 1 }] },
      { command: { collMod: 'odd', viewOn: 'c' } },
      {
        command: { find: 'odd' },
        documents: [
          { _id: 1, n: 1 },
          { _id: 3, n: 1 },
        ],
      },
      { command: { collMod: 'odd', pipeline: [{ $match: { _id: 2 } }] } },
      { command: { find: 'odd' }, documents: [{ _id: 2, n: 0 }] },
    ],
  },
  {
    name: 'a view keeps its collation, which views of it have as well',
    manual: 'core/views/#collation',
    given: { c: [{ _id: 1, a: 'X' }] },
    steps: [
      { command: { create: 'v', viewOn: 'c', collation: { locale: 'en', strength: 2 } } },
      { command: { count: 'v', query: { a: 'x' } }, answer: { n: 1 } },
      { command: { count: 'v', query: { a: 'x' }, collation: { locale: 'en', strength: 2 } }, answer: { n: 1 } },
      { command: { find: 'v', collation: { locale: 'en' } }, error: { code: 167 } },
      { command: { aggregate: 'v', pipeline: [], cursor: {}, collation: { locale: 'simple' } }, error: { code: 167 } },
      { command: { create: 'w', viewOn: 'v' }, error: { code: 167, mentions: ['collation'] } },
      { command: { create: 'w', viewOn: 'v', collation: { locale: 'en', strength: 2 } } },
      { command: { count: 'w', query: { a: 'x' } }, answer: { n: 1 } },
      { command: { create: 'plain', viewOn: 'c' } },
      { command: { find: 'plain', collation: { locale: 'en' } }, error: { code: 167 } },
    ],
  },
  {
    name: 'collections have no pipeline, and views no indexes',
    manual: 'reference/command/collMod/#syntax',
    given: { c: [] },
    steps: [
      { command: { create: 'v', viewOn: 'c', pipeline: [] } },
      { command: { collMod: 'c', pipeline: [] }, error: { code: 72, mentions: ['pipeline', 'view'] } },
      { command: { collMod: 'c', viewOn: 'd' }, error: { code: 72, mentions: ['viewOn', 'view'] } },
      { command: { collMod: 'v', index: { name: 'a', hidden: true } }, error: { code: 72, mentions: ['index'] } },
    ],
  },
  {
    name: 'a new expiry is the whole part of a number, a decimal rounded, and the most that there can be beyond that',
    manual: 'reference/command/collMod/#change-index-properties',
    given: { c: [] },
    indexes: { c: [{ key: { a: 1 }, name: 'a_1', expireAfterSeconds: 100 }] },
    steps: [
      ...(
        [
          [double(50.7), 50],
          [decimal('50.5'), 50],
          [decimal('51.5'), 52],
          [double(-0.9), 0],
          [double(Number.NaN), 0],
          [long(2 ** 31), 2 ** 31 - 1],
          [decimal('Infinity'), 2 ** 31 - 1],
        ] as const
      ).map(([expireAfterSeconds, seconds]) => ({
        command: { collMod: 'c', index: { name: 'a_1', expireAfterSeconds } },
        answer: { expireAfterSeconds_new: long(seconds) },
      })),
      { command: { collMod: 'c', index: { name: 'a_1', expireAfterSeconds: -Infinity } }, error: { code: 72 } },
    ],
  },
  {
    name: 'what is null is not asked for',
    manual: 'reference/command/collMod/#syntax',
    given: { c: [] },
    indexes: { c: INDEXES },
    steps: [
      {
        command: { collMod: 'c', index: null, validator: null, viewOn: null, pipeline: null },
        answer: { ok: double(1) },
      },
      {
        command: { collMod: 'c', index: { name: null, keyPattern: { a: 1 }, hidden: true, expireAfterSeconds: null } },
        answer: { hidden_new: true },
      },
      {
        command: { collMod: 'c', index: { name: 'a_1', hidden: null, unique: null } },
        error: { code: 72, mentions: ['no expireAfterSeconds'] },
      },
    ],
  },
  {
    name: 'whether a collection is renamed over another is told by a boolean or a number',
    manual: 'reference/command/renameCollection/#command-fields',
    given: { c: [], d: [] },
    steps: [
      {
        command: { renameCollection: `${DATABASE}.c`, to: `${DATABASE}.e`, dropTarget: 'yes' },
        admin: true,
        error: { code: 14, mentions: ['renameCollection.dropTarget'] },
      },
      { command: { renameCollection: `${DATABASE}.c`, to: `${DATABASE}.d`, dropTarget: 1 }, admin: true },
    ],
  },
  {
    name: 'what dropDatabase is given is 1 when it is a whole number',
    manual: 'reference/command/dropDatabase/#command-fields',
    given: { c: [] },
    steps: [
      { command: { dropDatabase: null }, error: { code: 40414, mentions: ['dropDatabase.dropDatabase'] } },
      { command: { dropDatabase: double(0.9) }, error: { code: 5255100 } },
      { command: { dropDatabase: double(1.5) }, answer: { dropped: DATABASE } },
    ],
  },
  refuses(
    'a key that several indexes have does not say which of them is changed',
    { keyPattern: { c: 1 }, hidden: true },
    { code: 181, mentions: ['{ c: 1 }', '2 indexes', 'c_sparse'] },
  ),
  refuses(
    'an index is hidden or not',
    { name: 'a_1', hidden: 'yes' },
    { code: 14, mentions: ['collMod.index.hidden'] },
  ),
  refuses(
    'the expiry of an index is a number',
    { name: 'a_1', expireAfterSeconds: '5' },
    { code: 14, mentions: ['collMod.index.expireAfterSeconds'] },
  ),
  refuses('the expiry of an index is not negative', { name: 'a_1', expireAfterSeconds: -1 }, { code: 72 }),
  refuses(
    'an index of several fields gets no expiry',
    { name: 'a_1_b_1', expireAfterSeconds: 5 },
    { code: 72, mentions: ['single-field'] },
  ),
  refuses(
    'an index is named by a string',
    { name: 5, hidden: true },
    { code: 14, mentions: ['collMod.index.name', "'int'"] },
  ),
  refuses(
    'the key of an index is a document',
    { keyPattern: 'a', hidden: true },
    { code: 14, mentions: ['collMod.index.keyPattern', "'string'"] },
  ),
];
