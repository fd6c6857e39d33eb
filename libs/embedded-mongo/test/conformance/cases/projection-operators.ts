import { date, decimal, type Case, type Doc } from '../case.js';

const DOCUMENT = {
  _id: 1,
  tags: ['a', 'b', 'c'],
  marks: [
    { n: 5, m: 1 },
    { n: 8, m: 2 },
    { n: 9, m: 3 },
  ],
  b: 1,
};

const page = 'reference/operator/projection/';

/** What a projection leaves of the document that a filter finds. */
const leaves = (name: string, section: string, filter: Doc, projection: Doc, left: Doc): Case => ({
  name,
  manual: `${page}${section}`,
  given: { c: [DOCUMENT] },
  steps: [{ command: { find: 'c', filter, projection }, documents: [left] }],
});

const refuses = (name: string, section: string, projection: Doc, code: number, filter: Doc = { tags: 'b' }): Case => ({
  name,
  manual: `${page}${section}`,
  given: { c: [DOCUMENT] },
  steps: [{ command: { find: 'c', filter, projection }, error: { code } }],
});

/** A projection of an aggregation that is refused. */
const refusesStage = (name: string, projection: Doc, code: number): Case => ({
  name,
  manual: 'reference/operator/aggregation/project/#definition',
  given: { c: [DOCUMENT] },
  steps: [{ command: { aggregate: 'c', pipeline: [{ $project: projection }], cursor: {} }, error: { code } }],
});

/** A projection of `find` that a view does not have. */
const refusesView = (name: string, projection: Doc, code: number): Case => ({
  name,
  manual: page,
  given: { c: [DOCUMENT] },
  steps: [
    { command: { create: 'v', viewOn: 'c', pipeline: [] } },
    { command: { find: 'v', filter: { tags: 'b' }, projection }, error: { code } },
  ],
});

/** Statements on the operators of projections: `$`, `$elemMatch`, `$slice` and expressions. */
export const cases: readonly Case[] = [
  leaves(
    '$ takes the element that the filter found',
    'positional/#definition',
    { tags: 'b' },
    { 'tags.$': 1 },
    { _id: 1, tags: ['b'] },
  ),
  leaves(
    '$ takes the first document that the filter found',
    'positional/#array-field-limitations',
    { marks: { $elemMatch: { n: { $gt: 6 }, m: { $gt: 1 } } } },
    { 'marks.$': 1 },
    { _id: 1, marks: [{ n: 8, m: 2 }] },
  ),
  leaves(
    '$ goes by a condition on a field of the elements',
    'positional/#examples',
    { 'marks.n': { $gte: 9 } },
    { 'marks.$': 1, b: 1 },
    {
      _id: 1,
      marks: [{ n: 9, m: 3 }],
      b: 1,
    },
  ),
  leaves(
    '$ goes by a condition within $and',
    'positional/#examples',
    { $and: [{ tags: { $gt: 'b' } }] },
    { 'tags.$': 1 },
    {
      _id: 1,
      tags: ['c'],
    },
  ),
  leaves(
    '$ may be for another array than the filter found its element in',
    'positional/#syntax',
    { tags: 'b' },
    { 'marks.$': 1 },
    { _id: 1, marks: [{ n: 8, m: 2 }] },
  ),
  refuses('$ needs an element that the filter found', 'positional/#behavior', { 'tags.$': 1 }, 51246, { b: 1 }),
  {
    name: '$ needs an element in the place of the one that was found',
    manual: `${page}positional/#behavior`,
    given: { c: [{ _id: 1, a: [1, 2], b: [1] }] },
    steps: [{ command: { find: 'c', filter: { a: 2 }, projection: { 'b.$': 1 } }, error: { code: 51247 } }],
  },
  refuses('$ stands once in a projection', 'positional/#behavior', { 'tags.$': 1, 'marks.$': 1 }, 31276),
  refuses(
    '$ does not go with $elemMatch',
    'positional/#behavior',
    { marks: { $elemMatch: { n: 5 } }, 'tags.$': 1 },
    31256,
  ),
  refuses(
    '$elemMatch does not go with $',
    'positional/#behavior',
    { 'tags.$': 1, marks: { $elemMatch: { n: 5 } } },
    31255,
  ),
  refuses('$ stands at the end of a path only', 'positional/#behavior', { 'marks.$.n': 1 }, 31394),
  refuses('$ stands twice in no path', 'positional/#behavior', { 'tags.$.a.$': 1 }, 31394),
  refusesStage('$ stands in no path of $project', { 'tags.$.a': 1 }, 31394),
  refuses('a projection has no field without a name', 'positional/#behavior', { '': 1 }, 40352),
  refuses('$ takes no expression', 'positional/#behavior', { 'tags.$': { $slice: 1 } }, 31271),
  refuses('$ takes no value', 'positional/#behavior', { 'tags.$': 'x' }, 31308),
  refusesStage('$ is not for $project', { 'tags.$': 1 }, 31324),
  refusesView('$ is not for views', { 'tags.$': 1 }, 31324),
  refusesView('$elemMatch is not for views', { marks: { $elemMatch: { n: 8 } } }, 168),
  refusesView('$slice is not for views but as an expression', { tags: { $slice: 1 } }, 28667),
  refusesView('$meta is not for views', { s: { $meta: 'textScore' } }, 40218),
  leaves(
    '$elemMatch beside an exclusion leaves the rest',
    'elemMatch/#definition',
    {},
    { marks: { $elemMatch: { n: 8 } }, tags: 0 },
    {
      _id: 1,
      marks: [{ n: 8, m: 2 }],
      b: 1,
    },
  ),
  leaves(
    '$elemMatch alone is an inclusion',
    'elemMatch/#definition',
    {},
    { marks: { $elemMatch: { m: 3 } } },
    {
      _id: 1,
      marks: [{ n: 9, m: 3 }],
    },
  ),
  leaves(
    '$elemMatch takes conditions on values',
    'elemMatch/#definition',
    {},
    { tags: { $elemMatch: { $gt: 'a' } } },
    {
      _id: 1,
      tags: ['b'],
    },
  ),
  leaves('$elemMatch may be for _id', 'elemMatch/#definition', {}, { _id: { $elemMatch: { $gte: 1 } } }, {}),
  leaves('$slice may be for _id', 'slice/#definition', {}, { _id: { $slice: 1 }, b: 1 }, { _id: 1, b: 1 }),
  {
    name: '$slice may be for a field of _id',
    manual: `${page}slice/#definition`,
    given: { c: [{ _id: { a: [1, 2], b: 1 }, b: 1 }] },
    steps: [
      { command: { find: 'c', projection: { '_id.a': { $slice: 1 }, b: 1 } }, documents: [{ _id: { a: [1] }, b: 1 }] },
    ],
  },
  refuses('$elemMatch needs conditions', 'elemMatch/#definition', { marks: { $elemMatch: 5 } }, 31274),
  refuses(
    '$elemMatch is for a field of the document itself',
    'elemMatch/#definition',
    { 'marks.n': { $elemMatch: { a: 1 } } },
    31275,
  ),
  refusesStage('$elemMatch is not for $project', { marks: { $elemMatch: { n: 5 } } }, 168),
  leaves(
    '$slice beside $elemMatch leaves the rest',
    'slice/#behavior',
    {},
    { tags: { $slice: 1 }, marks: { $elemMatch: { n: 5 } } },
    {
      _id: 1,
      tags: ['a'],
      marks: [{ n: 5, m: 1 }],
      b: 1,
    },
  ),
  leaves(
    '$slice beside an inclusion takes what is included',
    'slice/#behavior',
    {},
    { tags: { $slice: -1 }, b: 1 },
    {
      _id: 1,
      tags: ['c'],
      b: 1,
    },
  ),
  leaves(
    '$slice of a list of expressions is one',
    'slice/#definition',
    {},
    { first: { $slice: ['$tags', 1] } },
    {
      _id: 1,
      first: ['a'],
    },
  ),
  refuses('$slice of one number in a list is refused', 'slice/#definition', { tags: { $slice: [1] } }, 28667),
  refuses('$slice of a text is refused', 'slice/#definition', { tags: { $slice: 'x' } }, 28667),
  refuses('two operators on one field are refused', '', { marks: { $elemMatch: { n: 5 }, $slice: 1 } }, 16410),
  refuses('an unknown operator is refused', '', { tags: { $frobnicate: 1 } }, 31325),
  refuses('an expression does not go with an exclusion', '', { b: 0, x: { $add: [1, 1] } }, 31252),
  refuses('a value does not go with an exclusion', '', { b: 0, x: 'text' }, 31310),
  refuses('an exclusion does not go with an expression', '', { x: { $add: [1, 1] }, b: 0 }, 31254),
  refuses('an empty document is refused', '', { tags: {} }, 51270),
  leaves('a text is a value', '', {}, { _id: 0, x: 'text', y: '$b', z: ['$b'] }, { x: 'text', y: 1, z: [1] }),
  leaves('nested documents are paths', '', {}, { _id: 0, marks: { n: 1 } }, { marks: [{ n: 5 }, { n: 8 }, { n: 9 }] }),
  leaves(
    'dates and decimals are values',
    '',
    {},
    { _id: 0, d: date('2020-01-01T00:00:00Z'), n: decimal('1.0') },
    {
      d: date('2020-01-01T00:00:00Z'),
    },
  ),
  {
    name: 'a positional projection does not leave out',
    manual: 'reference/operator/projection/positional/',
    given: { c: [{ _id: 1, a: [1, 2] }] },
    steps: [{ command: { find: 'c', filter: { a: 2 }, projection: { 'a.$': 0 } }, error: { code: 31395 } }],
  },
];
