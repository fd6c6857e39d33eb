import { double, type Case, type Doc } from '../case.js';

const texts: readonly Doc[] = [
  { _id: 1, t: 'red apple' },
  { _id: 2, t: 'green apple pie' },
  { _id: 3, t: 'Red Wine' },
  { _id: 4, t: 'crème brûlée' },
  { _id: 5, t: 'well-known recipe' },
];
const index = { key: { t: 'text' }, name: 't_text', default_language: 'none' };

/** What a search finds in the texts above, by `_id`. */
function finds(name: string, section: string, search: Doc, ids: readonly number[]): Case {
  const command = { find: 'c', filter: { $text: search }, sort: { _id: 1 }, projection: { _id: 1 } };
  return {
    name,
    manual: `reference/operator/query/text/${section}`,
    given: { c: texts },
    indexes: { c: [index] },
    steps: [{ command, documents: ids.map((_id) => ({ _id })) }],
  };
}

/** Statements on `$text` and text indexes. Their language is `none`: no stems, no stop words. */
export const cases: readonly Case[] = [
  finds('a search of several words finds any of them', '#search-field', { $search: 'wine pie' }, [2, 3]),
  finds('a search does not mind case', '#case-insensitivity', { $search: 'RED' }, [1, 3]),
  finds('$caseSensitive minds case', '#case-sensitive-search', { $search: 'Red', $caseSensitive: true }, [3]),
  finds('a search does not mind diacritics', '#diacritic-insensitivity', { $search: 'creme' }, [4]),
  finds('accents in a search do not matter either', '#diacritic-insensitivity', { $search: 'rèd' }, [1, 3]),
  finds(
    '$diacriticSensitive minds diacritics',
    '#diacritic-sensitive-search',
    { $search: 'creme', $diacriticSensitive: true },
    [],
  ),
  finds(
    '$diacriticSensitive finds what is written so',
    '#diacritic-sensitive-search',
    { $search: 'crème', $diacriticSensitive: true },
    [4],
  ),
  finds('a phrase must stand as it is', '#exact-string-search', { $search: '"apple pie"' }, [2]),
  finds('a phrase does not mind case', '#exact-string-search', { $search: '"RED apple"' }, [1]),
  finds('a phrase and words: the phrase must be there', '#exact-string-search', { $search: '"red apple" wine' }, [1]),
  finds('two phrases must both be there', '#exact-string-search', { $search: '"green apple" "pie"' }, [2]),
  finds('a word behind a minus excludes', '#term-exclusion', { $search: 'apple -green' }, [1]),
  finds('a phrase behind a minus excludes', '#term-exclusion', { $search: 'apple -"green apple"' }, [1]),
  finds('excluded words alone find nothing', '#term-exclusion', { $search: '-apple' }, []),
  finds('a hyphen within a word excludes nothing', '#term-exclusion', { $search: 'well-known' }, [5]),
  finds('part of a word is not the word', '#search-field', { $search: 'app' }, []),
  finds('punctuation separates words', '#search-field', { $search: 'known' }, [5]),
  finds('an empty search finds nothing', '#search-field', { $search: '' }, []),
  {
    name: '$text stands beside other conditions',
    manual: 'reference/operator/query/text/#behavior',
    given: { c: texts },
    indexes: { c: [index] },
    steps: [{ command: { count: 'c', query: { $text: { $search: 'apple' }, _id: { $gt: 1 } } }, answer: { n: 1 } }],
  },
  finds('a search may name its language', '#text-search-languages', { $search: 'wine', $language: 'none' }, [3]),
  finds('a language has two letters as well', '#text-search-languages', { $search: 'wine', $language: 'DA' }, [3]),
  {
    name: 'a search in a language that is not known is refused',
    manual: 'reference/operator/query/text/#text-search-languages',
    given: { c: texts },
    indexes: { c: [index] },
    steps: [
      {
        command: { find: 'c', filter: { $text: { $search: 'wine', $language: 'klingon' } } },
        error: { code: 2, mentions: ['unsupported language: "klingon"'] },
      },
      { command: { find: 'c', filter: { $text: { $search: 'wine', $language: 7 } } }, error: { code: 14 } },
    ],
  },
  {
    name: 'a text index has a language that is known, and the name of a field for others',
    manual: 'reference/method/db.collection.createIndex/#options-for-text-indexes',
    given: { c: texts },
    steps: [
      ...[
        { code: 67, options: { default_language: 'klingon' } },
        { code: 14, options: { default_language: 7 } },
        { code: 67, options: { language_override: 'a.b' } },
        { code: 14, options: { language_override: 7 } },
      ].map(({ code, options }) => ({
        command: { createIndexes: 'c', indexes: [{ ...index, ...options }] },
        error: { code, mentions: Object.keys(options) },
      })),
      { command: { createIndexes: 'c', indexes: [{ ...index, default_language: 'Swedish' }] } },
    ],
  },
  {
    name: 'a weight is a whole number from 1 to 99,999',
    manual: 'core/indexes/index-types/index-text/control-text-search-results/',
    given: { c: [] },
    steps: [0, 100_000, 'heavy'].map((weight) => ({
      command: { createIndexes: 'c', indexes: [{ ...index, weights: { t: weight } }] },
      error: { code: 67, mentions: ['weight'] },
    })),
  },
  {
    name: 'a document names a language that is known',
    manual: 'core/indexes/index-types/index-text/specify-language-text-index/create-text-index-multiple-languages/',
    given: { c: [] },
    indexes: { c: [index] },
    steps: [
      { command: { insert: 'c', documents: [{ _id: 1, t: 'vin', language: 'french' }] }, answer: { n: 1 } },
      {
        command: { insert: 'c', documents: [{ _id: 2, t: 'HIq', language: 'klingon' }] },
        error: { code: 17262, index: 0, mentions: ['klingon'] },
      },
      { command: { insert: 'c', documents: [{ _id: 3, language: 7 }] }, error: { code: 17261, index: 0 } },
      {
        command: { update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { language: 'klingon' } } }] },
        error: { code: 17262, index: 0 },
        state: { c: [{ _id: 1, t: 'vin', language: 'french' }] },
      },
    ],
  },
  {
    name: 'documents within one name their own language, in the field that the index says',
    manual: 'core/indexes/index-types/index-text/specify-language-text-index/use-any-field-to-specify-language/',
    given: { c: [] },
    indexes: { c: [{ key: { 'a.t': 'text' }, name: 'a_t', language_override: 'idioma' }] },
    steps: [
      {
        command: {
          insert: 'c',
          documents: [
            {
              _id: 1,
              a: [
                { t: 'x', idioma: 'es' },
                { t: 'y', idioma: 'tlh' },
              ],
            },
          ],
        },
        error: { code: 17262, index: 0, mentions: ['tlh'] },
      },
      { command: { insert: 'c', documents: [{ _id: 2, language: 'tlh', b: { idioma: 'tlh' } }] }, answer: { n: 1 } },
    ],
  },
  {
    name: 'in an index of all fields every document within names its language',
    manual: 'core/indexes/index-types/index-text/create-wildcard-text-index/',
    given: { c: [] },
    indexes: { c: [{ key: { '$**': 'text' }, name: 'all' }] },
    steps: [
      {
        command: { insert: 'c', documents: [{ _id: 1, a: { b: [[{ language: 'klingon' }]] } }] },
        error: { code: 17262, index: 0, mentions: ['klingon'] },
      },
      { command: { insert: 'c', documents: [{ _id: 2, a: { b: [[{ language: 'none' }]] } }] }, answer: { n: 1 } },
    ],
  },
  {
    name: 'documents in a language that is not known have no text index',
    manual: 'core/indexes/index-types/index-text/specify-language-text-index/create-text-index-multiple-languages/',
    given: { c: [{ _id: 1, t: 'HIq', language: 'klingon' }] },
    steps: [{ command: { createIndexes: 'c', indexes: [index] }, error: { code: 17262, mentions: ['klingon'] } }],
  },
  {
    name: '$text may be a clause of a $or, all clauses of which have an index',
    manual: 'reference/operator/query/or/#-or-and-text-queries',
    given: { c: texts },
    indexes: { c: [index] },
    steps: [
      {
        command: {
          find: 'c',
          filter: { $or: [{ $text: { $search: 'wine' } }, { _id: { $gt: 3 } }] },
          sort: { _id: 1 },
        },
        documents: texts.slice(2),
      },
      {
        command: { find: 'c', filter: { $or: [{ $text: { $search: 'wine' } }, { t: 'red apple' }] } },
        error: { code: 291, mentions: ['TEXT under OR'] },
      },
    ],
  },
  {
    name: '$text is not for $nor and $elemMatch, and stands in a query once',
    manual: 'reference/operator/query/text/#behavior',
    given: { c: texts },
    indexes: { c: [index] },
    steps: [
      { $nor: [{ $text: { $search: 'wine' } }] },
      { t: { $elemMatch: { $text: { $search: 'wine' } } } },
      { $or: [{ $text: { $search: 'wine' } }, { $text: { $search: 'pie' } }] },
    ].map((filter) => ({ command: { find: 'c', filter }, error: { code: 2, mentions: ['text'] } })),
  },
  {
    name: 'hint does not go with $text',
    manual: 'reference/operator/query/text/#hint',
    given: { c: texts },
    indexes: { c: [index] },
    steps: [{ command: { find: 'c', filter: { $text: { $search: 'x' } }, hint: 't_text' }, error: { code: 2 } }],
  },
  {
    name: 'textScore can be projected and sorted by',
    manual: 'reference/operator/aggregation/meta/#-meta---textscore-',
    given: {
      c: [
        { _id: 1, t: 'one two' },
        { _id: 2, t: 'one' },
      ],
    },
    indexes: { c: [index] },
    steps: [
      {
        command: {
          find: 'c',
          filter: { $text: { $search: 'one' } },
          sort: { s: { $meta: 'textScore' } },
          projection: { s: { $meta: 'textScore' } },
        },
        documents: [
          { _id: 2, t: 'one', s: double(1.1) },
          { _id: 1, t: 'one two', s: double(0.75) },
        ],
      },
    ],
  },
  {
    name: 'a weight multiplies the score of its field',
    manual: 'core/indexes/index-types/index-text/control-text-search-results/',
    given: {
      c: [
        { _id: 1, t: 'a one' },
        { _id: 2, u: 'a one' },
      ],
    },
    indexes: { c: [{ key: { t: 'text', u: 'text' }, name: 'both', weights: { u: 4 }, default_language: 'none' }] },
    steps: [
      {
        command: {
          find: 'c',
          filter: { $text: { $search: 'one' } },
          sort: { s: { $meta: 'textScore' } },
          projection: { _id: 1, s: { $meta: 'textScore' } },
        },
        documents: [
          { _id: 2, s: double(3) },
          { _id: 1, s: double(0.75) },
        ],
      },
    ],
  },
  {
    name: 'an aggregation matches by text first and may use the score',
    manual: 'tutorial/text-search-in-aggregation/',
    given: {
      c: [
        { _id: 1, t: 'one two' },
        { _id: 2, t: 'one' },
      ],
    },
    indexes: { c: [index] },
    steps: [
      {
        command: {
          aggregate: 'c',
          pipeline: [
            { $match: { $text: { $search: 'one' } } },
            { $sort: { s: { $meta: 'textScore' } } },
            { $project: { _id: 1 } },
          ],
          cursor: {},
        },
        documents: [{ _id: 2 }, { _id: 1 }],
      },
    ],
  },
  {
    name: 'a wildcard text index covers every field',
    manual: 'core/indexes/index-types/index-text/create-wildcard-text-index/',
    given: {
      c: [
        { _id: 1, a: { b: ['deep'] } },
        { _id: 2, z: 'flat' },
      ],
    },
    indexes: { c: [{ key: { '$**': 'text' }, name: 'all', default_language: 'none' }] },
    steps: [
      { command: { count: 'c', query: { $text: { $search: 'deep' } } }, answer: { n: 1 } },
      { command: { count: 'c', query: { $text: { $search: 'flat deep' } } }, answer: { n: 2 } },
    ],
  },
  {
    name: 'a compound text index needs equality on the fields before the text',
    manual: 'core/indexes/index-types/index-text/text-index-restrictions/',
    given: {
      c: [
        { _id: 1, k: 1, t: 'x' },
        { _id: 2, k: 2, t: 'x' },
      ],
    },
    indexes: { c: [{ key: { k: 1, t: 'text' }, name: 'k_t', default_language: 'none' }] },
    steps: [
      { command: { find: 'c', filter: { k: 2, $text: { $search: 'x' } } }, documents: [{ _id: 2, k: 2, t: 'x' }] },
      { command: { find: 'c', filter: { $text: { $search: 'x' } } }, error: { code: 2 } },
    ],
  },
  {
    name: 'a collection has one text index at most',
    manual: 'core/indexes/index-types/index-text/text-index-restrictions/',
    given: { c: texts },
    indexes: { c: [index] },
    steps: [
      {
        command: { createIndexes: 'c', indexes: [{ key: { k: 1, other: 'text' }, name: 'second' }] },
        error: { code: 67 },
      },
    ],
  },
  {
    name: 'documents without text are not in a text index, and are no trouble',
    manual: 'core/indexes/index-types/index-text/#sparse-property',
    given: { c: [{ _id: 1 }, { _id: 2, t: 5 }, { _id: 3, t: ['one', 'two'] }] },
    indexes: { c: [index] },
    steps: [
      { command: { find: 'c', filter: { $text: { $search: 'two 5' } } }, documents: [{ _id: 3, t: ['one', 'two'] }] },
    ],
  },
  {
    name: 'a text index follows updates and deletes',
    manual: 'core/indexes/index-types/index-text/',
    given: { c: [{ _id: 1, t: 'old' }] },
    indexes: { c: [index] },
    steps: [
      { command: { update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { t: 'new' } } }] } },
      { command: { count: 'c', query: { $text: { $search: 'old' } } }, answer: { n: 0 } },
      { command: { count: 'c', query: { $text: { $search: 'new' } } }, answer: { n: 1 } },
      { command: { delete: 'c', deletes: [{ q: {}, limit: 0 }] } },
      { command: { count: 'c', query: { $text: { $search: 'new' } } }, answer: { n: 0 } },
    ],
  },
];
