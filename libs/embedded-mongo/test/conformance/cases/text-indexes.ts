import { double, type Case, type Doc, type Expected } from '../case.js';

const MANUAL = 'core/indexes/index-types/index-text/';
const ID = { v: 2, key: { _id: 1 }, name: '_id_' };
const LANGUAGE = { default_language: 'english', language_override: 'language', textIndexVersion: 3 };

/** A text index that is refused. */
const refuses = (name: string, index: Doc, ...mentions: string[]): Case => ({
  name,
  manual: `${MANUAL}text-index-restrictions/`,
  given: { c: [] },
  steps: [{ command: { createIndexes: 'c', indexes: [{ name: 'i', ...index }] }, error: { code: 67, mentions } }],
});

/** A query of texts, by an index over `t` and `u`. */
const asks = (name: string, manual: string, command: Doc, expected: Expected): Case => ({
  name,
  manual,
  given: {
    c: [
      { _id: 1, t: 'one two' },
      { _id: 2, t: 'one' },
    ],
  },
  indexes: { c: [{ key: { t: 'text', u: 'text' }, name: 'i', default_language: 'none' }] },
  steps: [{ command, ...expected }],
});
const ONE = { $text: { $search: 'one' } };
const SCORE = { s: { $meta: 'textScore' } };

/** Statements on text indexes as they are asked for, and on where a query has texts. */
export const cases: readonly Case[] = [
  {
    name: 'a text index is made again as it is listed',
    manual: 'reference/command/listIndexes/#output',
    given: { c: [] },
    steps: [
      {
        command: {
          createIndexes: 'c',
          indexes: [{ key: { k: 1, _fts: 'text', _ftsx: 1 }, name: 'i', weights: { t: 3, u: 1 } }],
        },
      },
      {
        command: { listIndexes: 'c' },
        documents: [
          ID,
          { v: 2, key: { k: 1, _fts: 'text', _ftsx: 1 }, name: 'i', weights: { t: 3, u: 1 }, ...LANGUAGE },
        ],
      },
    ],
  },
  refuses('a text index over nothing', { key: { _fts: 'text', _ftsx: 1 } }, 'weights'),
  refuses('terms without what is behind them', { key: { _fts: 'text' }, weights: { a: 1 } }, '_ftsx'),
  refuses('a weight for what is no field', { key: { a: 'text' }, weights: { $b: 1 } }, 'dollar'),
  refuses('a wildcard within a text index', { key: { 'a.$**': 'text' } }, 'dollar'),
  refuses('a version of text indexes that there is not', { key: { a: 'text' }, textIndexVersion: 4 }, '4'),
  refuses('a text index with a collation', { key: { a: 'text' }, collation: { locale: 'fr' } }, 'collation'),
  {
    name: 'in a collection with a collation, a text index says that it has none',
    manual: 'reference/method/db.collection.createIndex/#collation-option',
    steps: [
      { command: { create: 'c', collation: { locale: 'fr' } } },
      { command: { createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 'i' }] }, error: { code: 67 } },
      {
        command: { createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 'i', collation: { locale: 'simple' } }] },
      },
    ],
  },
  {
    name: 'the fields beside the texts of an index hold no arrays',
    manual: 'core/indexes/index-types/index-text/text-index-restrictions/',
    given: { c: [] },
    indexes: { c: [{ key: { k: 1, t: 'text', 'm.n': 1 }, name: 'i', default_language: 'none' }] },
    steps: [
      { command: { insert: 'c', documents: [{ _id: 1, k: [], t: 'one' }] }, error: { code: 201, index: 0 } },
      { command: { insert: 'c', documents: [{ _id: 2, t: 5, m: [{ n: 1 }] }] }, error: { code: 201, index: 0 } },
      { command: { insert: 'c', documents: [{ _id: 3, k: 1, t: ['one'], m: { n: 1 } }] }, answer: { n: 1 } },
      { command: { count: 'c', query: { k: 1, $text: { $search: 'one' } } }, answer: { n: 1 } },
      { command: { count: 'c', query: { k: [1, 2], $text: { $search: 'one' } } }, answer: { n: 0 } },
    ],
  },
  {
    name: 'a hidden text index serves no query',
    manual: 'core/index-hidden/',
    given: { c: [{ _id: 1, t: 'one' }] },
    indexes: { c: [{ key: { t: 'text' }, name: 'i', hidden: true }] },
    steps: [{ command: { find: 'c', filter: ONE }, error: { code: 291, mentions: ['text index'] } }],
  },
  asks(
    'texts are matched in the first stage only',
    'tutorial/text-search-in-aggregation/#restrictions',
    { aggregate: 'c', pipeline: [{ $match: { _id: 1 } }, { $match: ONE }], cursor: {} },
    { error: { code: 17313, mentions: ['first pipeline stage'] } },
  ),
  asks(
    'texts are not matched after a sort',
    'tutorial/text-search-in-aggregation/#restrictions',
    { aggregate: 'c', pipeline: [{ $sort: { _id: 1 } }, { $match: ONE }], cursor: {} },
    { error: { code: 17313 } },
  ),
  asks(
    'a query of texts has no order of storage',
    'reference/operator/query/text/#restrictions',
    { find: 'c', filter: ONE, sort: { $natural: 1 } },
    { error: { code: 2, mentions: ['$natural'] } },
  ),
  asks(
    'findAndModify shows the score of what it found',
    'reference/operator/aggregation/meta/#-meta---textscore-',
    { findAndModify: 'c', query: ONE, sort: SCORE, update: { $set: { k: 1 } }, fields: { t: 1, ...SCORE } },
    { answer: { value: { _id: 2, t: 'one', s: double(1.1) } } },
  ),
];
