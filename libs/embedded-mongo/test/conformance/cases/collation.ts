import type { Case, Doc } from '../case.js';
import { WORDS } from '../samples.js';

/** Documents of `c` that a filter finds under a collation, by `_id`. */
function finds(name: string, manual: string, filter: Doc, collation: Doc, ids: readonly number[], given = WORDS): Case {
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
];
