import type { Case, Doc, Expected } from '../case.js';

const words: readonly Doc[] = [
  { _id: 1, w: 'résumé' },
  { _id: 2, w: 'Resume' },
  { _id: 3, w: 'resume' },
  { _id: 4, w: 'Résumé' },
  { _id: 5, w: 'rest' },
];

/** Documents of `c` that a filter finds under a collation, by `_id`. */
function finds(name: string, manual: string, filter: Doc, collation: Doc, ids: readonly number[], given = words): Case {
  const command = { find: 'c', filter, collation, sort: { _id: 1 }, projection: { _id: 1 } };
  return {
    name,
    manual: `reference/${manual}`,
    given: { c: given },
    steps: [{ command, documents: ids.map((_id) => ({ _id })) }],
  };
}

/** Documents of `c` in the order of `w` under a collation. */
function sorts(
  name: string,
  manual: string,
  given: readonly string[],
  collation: Doc,
  sorted: readonly string[],
): Case {
  const documents = given.map((w, _id) => ({ _id, w }));
  const command = { find: 'c', sort: { w: 1 }, collation, projection: { _id: 0, w: 1 } };
  return {
    name,
    manual: `reference/${manual}`,
    given: { c: documents },
    steps: [{ command, documents: sorted.map((w) => ({ w })) }],
  };
}

function refuses(name: string, collation: Doc, error: Required<Expected>['error']): Case {
  return {
    name,
    manual: 'reference/collation/#collation-document',
    steps: [{ command: { find: 'c', collation }, error }],
  };
}

/** Statements on collations. */
export const cases: readonly Case[] = [
  finds(
    'strength 1 compares base characters only',
    'collation/#collation-document',
    { w: 'resume' },
    { locale: 'en', strength: 1 },
    [1, 2, 3, 4],
  ),
  finds(
    'strength 2 compares diacritics too, and not case',
    'collation/#collation-document',
    { w: 'resume' },
    { locale: 'en', strength: 2 },
    [2, 3],
  ),
  finds(
    'strength 2 finds an accented word in any case',
    'collation/#collation-document',
    { w: 'RÉSUMÉ' },
    { locale: 'en', strength: 2 },
    [1, 4],
  ),
  finds(
    'strength 3, the default, compares case too',
    'collation/#collation-document',
    { w: 'resume' },
    { locale: 'en' },
    [3],
  ),
  finds(
    'strength 3 may be named',
    'collation/#collation-document',
    { w: 'résumé' },
    { locale: 'en', strength: 3 },
    [1],
  ),
  finds(
    'caseLevel with strength 1 compares base characters and case',
    'collation/#collation-document',
    { w: 'resume' },
    { locale: 'en', strength: 1, caseLevel: true },
    [1, 3],
  ),
  finds(
    'caseLevel with strength 2 compares diacritics and case',
    'collation/#collation-document',
    { w: 'Résumé' },
    { locale: 'en', strength: 2, caseLevel: true },
    [4],
  ),
  finds('the locale simple compares bytes', 'collation-locales-defaults/', { w: 'resume' }, { locale: 'simple' }, [3]),
  finds(
    '$in compares with the collation',
    'collation/',
    { w: { $in: ['RESUME', 'REST'] } },
    { locale: 'en', strength: 2 },
    [2, 3, 5],
  ),
  finds('$ne compares with the collation', 'collation/', { w: { $ne: 'RESUME' } }, { locale: 'en', strength: 1 }, [5]),
  finds(
    '$nin compares with the collation',
    'collation/',
    { w: { $nin: ['RESUME'] } },
    { locale: 'en', strength: 2 },
    [1, 4, 5],
  ),
  finds(
    'a range compares with the collation',
    'collation/',
    { w: { $gt: 'REST' } },
    { locale: 'en', strength: 1 },
    [1, 2, 3, 4],
  ),
  finds(
    '$regex takes no collation',
    'operator/query/regex/#behavior',
    { w: { $regex: '^res' } },
    { locale: 'en', strength: 1 },
    [3, 5],
  ),
  finds(
    'strings in embedded documents compare with the collation',
    'collation/',
    { w: { a: 'X' } },
    { locale: 'en', strength: 2 },
    [1],
    [
      { _id: 1, w: { a: 'x' } },
      { _id: 2, w: { A: 'x' } },
    ],
  ),
  finds(
    'elements of arrays compare with the collation',
    'collation/',
    { w: 'X' },
    { locale: 'en', strength: 2 },
    [1],
    [
      { _id: 1, w: ['y', 'x'] },
      { _id: 2, w: ['z'] },
    ],
  ),
  finds(
    '$expr compares with the collation',
    'collation/',
    { $expr: { $eq: ['$w', 'RESUME'] } },
    { locale: 'en', strength: 2 },
    [2, 3],
  ),
  finds(
    '$elemMatch compares with the collation',
    'collation/',
    { w: { $elemMatch: { $eq: 'A' } } },
    { locale: 'en', strength: 2 },
    [1],
    [
      { _id: 1, w: ['a'] },
      { _id: 2, w: ['b'] },
    ],
  ),
  finds(
    'numbers compare as without a collation',
    'collation/',
    { w: { $gte: 2 } },
    { locale: 'en', strength: 1 },
    [2],
    [
      { _id: 1, w: 1 },
      { _id: 2, w: 2 },
      { _id: 3, w: '3' },
    ],
  ),
  sorts(
    'a sort without case puts lower case before upper case of one word at strength 3',
    'collation/#collation-document',
    ['B', 'b', 'A', 'a'],
    { locale: 'en' },
    ['a', 'A', 'b', 'B'],
  ),
  sorts(
    'caseFirst upper puts upper case first',
    'collation/#collation-document',
    ['a', 'A', 'b', 'B'],
    { locale: 'en', caseFirst: 'upper' },
    ['A', 'a', 'B', 'b'],
  ),
  sorts(
    'caseFirst lower puts lower case first',
    'collation/#collation-document',
    ['A', 'a', 'B', 'b'],
    { locale: 'en', caseFirst: 'lower' },
    ['a', 'A', 'b', 'B'],
  ),
  sorts(
    'numericOrdering compares digits as numbers',
    'collation/#collation-document',
    ['10', '2', '1'],
    { locale: 'en', numericOrdering: true },
    ['1', '2', '10'],
  ),
  sorts(
    'without numericOrdering digits compare as characters',
    'collation/#collation-document',
    ['2', '10', '1'],
    { locale: 'en' },
    ['1', '10', '2'],
  ),
  sorts(
    'Swedish puts its letters behind z',
    'collation-locales-defaults/',
    ['ö', 'z', 'å', 'ä', 'a'],
    { locale: 'sv' },
    ['a', 'z', 'å', 'ä', 'ö'],
  ),
  sorts(
    'German puts umlauts beside their base letters',
    'collation-locales-defaults/',
    ['z', 'ö', 'o', 'p'],
    { locale: 'de' },
    ['o', 'ö', 'p', 'z'],
  ),
  sorts(
    'German telephone books read an umlaut as two letters',
    'collation-locales-defaults/',
    ['Ag', 'Af', 'Ä', 'Ad'],
    { locale: 'de@collation=phonebook' },
    ['Ad', 'Ä', 'Af', 'Ag'],
  ),
  sorts(
    'Spanish has an order of its own for ñ',
    'collation-locales-defaults/',
    ['o', 'ñ', 'n', 'nz'],
    { locale: 'es' },
    ['n', 'nz', 'ñ', 'o'],
  ),
  sorts(
    'alternate non-ignorable compares spaces and punctuation',
    'collation/#collation-document',
    ['ab', 'a b', 'a-a'],
    { locale: 'en' },
    ['a b', 'a-a', 'ab'],
  ),
  {
    name: 'alternate shifted passes over spaces and punctuation at strength 3',
    manual: 'reference/collation/#collation-document',
    given: {
      c: [
        { _id: 1, w: 'black bird' },
        { _id: 2, w: 'black-bird' },
        { _id: 3, w: 'blackbird' },
      ],
    },
    steps: [
      {
        command: { count: 'c', query: { w: 'blackbird' }, collation: { locale: 'en', alternate: 'shifted' } },
        answer: { n: 3 },
      },
      { command: { count: 'c', query: { w: 'blackbird' }, collation: { locale: 'en' } }, answer: { n: 1 } },
    ],
  },
  {
    name: 'a collection has its collation for operations that name none',
    manual: 'reference/method/db.createCollection/#specify-collation',
    steps: [
      { command: { create: 'd', collation: { locale: 'fr', strength: 1 } } },
      {
        command: {
          insert: 'd',
          documents: [
            { _id: 1, w: 'café' },
            { _id: 2, w: 'cafe' },
          ],
        },
      },
      { command: { count: 'd', query: { w: 'CAFE' } }, answer: { n: 2 } },
      { command: { count: 'd', query: { w: 'cafe' }, collation: { locale: 'simple' } }, answer: { n: 1 } },
    ],
  },
  {
    name: 'an index is made with the collation of its collection',
    manual: 'core/indexes/index-types/index-single/#collation',
    steps: [
      { command: { create: 'd', collation: { locale: 'en', strength: 2 } } },
      { command: { createIndexes: 'd', indexes: [{ key: { w: 1 }, name: 'w_1', unique: true }] } },
      {
        command: {
          insert: 'd',
          documents: [
            { _id: 1, w: 'x' },
            { _id: 2, w: 'X' },
          ],
        },
        error: { code: 11000, index: 1 },
      },
    ],
  },
  {
    name: 'a unique index with a collation refuses what is equal by it',
    manual: 'reference/method/db.collection.createIndex/#specify-collation',
    given: { c: [{ _id: 1, w: 'Name' }] },
    indexes: { c: [{ key: { w: 1 }, name: 'w_1', unique: true, collation: { locale: 'en', strength: 1 } }] },
    steps: [
      {
        command: { insert: 'c', documents: [{ _id: 2, w: 'náme' }] },
        error: { code: 11000, index: 0, mentions: ['w_1'] },
      },
      { command: { insert: 'c', documents: [{ _id: 3, w: 'names' }] }, answer: { n: 1 } },
    ],
  },
  {
    name: 'two indexes on the same keys may differ in collation when their names differ',
    manual: 'reference/method/db.collection.createIndex/#specify-collation',
    given: { c: [{ _id: 1, w: 'a' }] },
    steps: [
      { command: { createIndexes: 'c', indexes: [{ key: { w: 1 }, name: 'plain' }] } },
      {
        command: { createIndexes: 'c', indexes: [{ key: { w: 1 }, name: 'english', collation: { locale: 'en' } }] },
        answer: { numIndexesAfter: 3 },
      },
    ],
  },
  {
    name: 'distinct gives one of the values that are equal by the collation',
    manual: 'reference/command/distinct/#specify-collation',
    given: {
      c: [
        { _id: 1, w: 'A' },
        { _id: 2, w: 'A' },
        { _id: 3, w: 'b' },
      ],
    },
    steps: [
      {
        command: { distinct: 'c', key: 'w', collation: { locale: 'en', strength: 1 } },
        answer: { values: ['A', 'b'] },
      },
    ],
  },
  {
    name: 'an update finds with the collation of its operation',
    manual: 'reference/command/update/#specify-collation',
    given: { c: words },
    steps: [
      {
        command: {
          update: 'c',
          updates: [
            { q: { w: 'RESUME' }, u: { $set: { hit: true } }, multi: true, collation: { locale: 'en', strength: 2 } },
          ],
        },
        answer: { n: 2, nModified: 2 },
      },
    ],
  },
  {
    name: 'a delete finds with the collation of its operation',
    manual: 'reference/command/delete/#specify-collation',
    given: { c: words },
    steps: [
      {
        command: { delete: 'c', deletes: [{ q: { w: 'RESUME' }, limit: 0, collation: { locale: 'en', strength: 1 } }] },
        answer: { n: 4 },
        state: { c: [{ _id: 5, w: 'rest' }] },
      },
    ],
  },
  {
    name: 'findAndModify finds and sorts with its collation',
    manual: 'reference/command/findAndModify/#specify-collation',
    given: {
      c: [
        { _id: 1, w: 'b' },
        { _id: 2, w: 'A' },
      ],
    },
    steps: [
      {
        command: { findAndModify: 'c', query: {}, sort: { w: 1 }, remove: true, collation: { locale: 'en' } },
        answer: { value: { _id: 2, w: 'A' } },
      },
    ],
  },
  {
    name: 'array filters compare with the collation',
    manual: 'reference/command/update/#specify-collation',
    given: { c: [{ _id: 1, a: ['x', 'X', 'y'] }] },
    steps: [
      {
        command: {
          update: 'c',
          updates: [
            {
              q: {},
              u: { $set: { 'a.$[e]': 'z' } },
              arrayFilters: [{ e: 'x' }],
              collation: { locale: 'en', strength: 2 },
            },
          ],
        },
        state: { c: [{ _id: 1, a: ['z', 'z', 'y'] }] },
      },
    ],
  },
  {
    name: 'aggregate matches and sorts with its collation',
    manual: 'reference/command/aggregate/#specify-a-collation',
    given: {
      c: [
        { _id: 1, w: 'b' },
        { _id: 2, w: 'A' },
        { _id: 3, w: 'B' },
      ],
    },
    steps: [
      {
        command: {
          aggregate: 'c',
          pipeline: [{ $match: { w: { $in: ['a', 'b'] } } }, { $sort: { w: 1, _id: 1 } }, { $project: { _id: 1 } }],
          cursor: {},
          collation: { locale: 'en', strength: 2 },
        },
        documents: [{ _id: 2 }, { _id: 1 }, { _id: 3 }],
      },
    ],
  },
  refuses('a collation without a locale is refused', { strength: 1 }, { code: 40414, mentions: ['locale'] }),
  refuses('a locale that there is not is refused', { locale: 'nowhere' }, { code: 2, mentions: ['locale'] }),
  refuses('a strength beyond 5 is refused', { locale: 'en', strength: 9 }, { code: 2, mentions: ['strength'] }),
  refuses(
    'an unknown caseFirst is refused',
    { locale: 'en', caseFirst: 'first' },
    { code: 2, mentions: ['caseFirst'] },
  ),
  refuses('an unknown field is refused', { locale: 'en', color: 1 }, { code: 40415, mentions: ['color'] }),
];
