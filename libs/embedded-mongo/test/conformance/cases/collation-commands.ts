import { decimal, double, type Case, type Doc, type Expected } from '../case.js';
import { WORDS } from '../samples.js';

function refuses(name: string, collation: Doc, error: Required<Expected>['error']): Case {
  return {
    name,
    manual: 'reference/collation/#collation-document',
    steps: [{ command: { find: 'c', collation }, error }],
  };
}

/** Statements on the collation of a collection, an index, or a command other than find, and on what is none. */
export const cases: readonly Case[] = [
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
    given: { c: WORDS },
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
    given: { c: WORDS },
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
  {
    name: 'an empty collation is none, and the collection has its own',
    manual: 'reference/collation/#collation-document',
    steps: [
      { command: { create: 'd', collation: { locale: 'en', strength: 2 } } },
      { command: { insert: 'd', documents: [{ _id: 1, w: 'a' }] } },
      { command: { count: 'd', query: { w: 'A' }, collation: {} }, answer: { n: 1 } },
      { command: { delete: 'd', deletes: [{ q: { w: 'A' }, limit: 1, collation: {} }] }, answer: { n: 1 } },
    ],
  },
  {
    name: 'a field of a collation that is null is left out, and a strength is a whole number',
    manual: 'reference/collation/#collation-document',
    given: { c: WORDS },
    steps: [
      { strength: null, caseLevel: null, caseFirst: null, numericOrdering: null },
      { strength: 3.9, alternate: null, maxVariable: null, normalization: null },
      { strength: decimal('2.5'), caseLevel: true },
    ].map((fields) => ({
      command: { count: 'c', query: { w: 'resume' }, collation: { locale: 'en', ...fields } },
      answer: { n: 1 },
    })),
  },
  ...Object.entries({
    locale: null,
    strength: 'high',
    caseFirst: 1,
    alternate: true,
    numericOrdering: 1,
    backwards: null,
  }).map(([field, value]) =>
    refuses(
      `a collation with ${field} of another type is refused`,
      { locale: 'en', [field]: value },
      { code: field === 'locale' ? 40414 : 14, mentions: [`'collation.${field}' is`] },
    ),
  ),
  ...[0.9, double(Number.NaN), double(Number.POSITIVE_INFINITY), decimal('5.5')].map((strength) =>
    refuses(
      `a strength of ${String(strength)} is refused`,
      { locale: 'en', strength },
      { code: 2, mentions: ['strength'] },
    ),
  ),
  refuses('a collation without a locale is refused', { strength: 1 }, { code: 40414, mentions: ['locale'] }),
  refuses('a locale that there is not is refused', { locale: 'nowhere' }, { code: 2, mentions: ['locale'] }),
  ...['en-US', 'EN', 'en_us', 'zh_hant', 'de-AT@collation=phonebook', 'en_GB', 'fr_FR'].map((locale) =>
    refuses(`a locale is named as ICU does, and not ${locale}`, { locale }, { code: 2, mentions: ['Did you mean'] }),
  ),
  ...[1, 2].map((strength) =>
    refuses(
      `cases have no order where strength ${strength} does not compare them`,
      { locale: 'en', caseFirst: 'upper', strength },
      { code: 2, mentions: ['caseFirst'] },
    ),
  ),
  refuses('a strength beyond 5 is refused', { locale: 'en', strength: 9 }, { code: 2, mentions: ['strength'] }),
  refuses(
    'an unknown caseFirst is refused',
    { locale: 'en', caseFirst: 'first' },
    { code: 2, mentions: ['caseFirst'] },
  ),
  refuses('an unknown field is refused', { locale: 'en', color: 1 }, { code: 40415, mentions: ['color'] }),
];
