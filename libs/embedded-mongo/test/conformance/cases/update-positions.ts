import { int, long, type Case, type Doc } from '../case.js';
import { makes, refuses, upserts } from '../update-shapes.js';

const grades = [
  { n: 1, m: 5 },
  { n: 2, m: 6 },
  { n: 3, m: 7 },
];

/** An update of an array `a` with this filter beside the `_id`. */
const at = (name: string, a: unknown, q: Doc, update: Doc, after: unknown, section = 'positional/'): Case =>
  makes(name, section, { a }, update, { a: after }, { q: { _id: 1, ...q } });

/** An update of an array `a` with `arrayFilters`. */
const filtered = (name: string, a: unknown, arrayFilters: readonly Doc[], update: Doc, after: unknown): Case =>
  makes(name, 'positional-filtered/', { a }, update, { a: after }, { arrayFilters });

const wrong = (name: string, arrayFilters: readonly Doc[], update: Doc, code: number, mentions: string[] = []): Case =>
  refuses(name, 'positional-filtered/', { a: [1, 2] }, update, code, mentions, { arrayFilters });

/** Statements on places in arrays that an update does not name by number. */
export const cases: readonly Case[] = [
  at('$ changes a field of the document that was found', grades, { 'a.n': 2 }, { $set: { 'a.$.m': 0 } }, [
    { n: 1, m: 5 },
    { n: 2, m: 0 },
    { n: 3, m: 7 },
  ]),
  at('$ takes the element for a range', [1, 5, 9], { a: { $gt: 4 } }, { $inc: { 'a.$': 1 } }, [1, 6, 9]),
  at('$ takes the element for $in', [1, 5, 9], { a: { $in: [9, 5] } }, { $set: { 'a.$': 0 } }, [1, 0, 9]),
  at('$ takes the element for a pattern', ['x', 'ab'], { a: /^a/ }, { $set: { 'a.$': 'y' } }, ['x', 'y']),
  at('$ with $unset leaves null', [1, 5, 9], { a: 5 }, { $unset: { 'a.$': '' } }, [1, null, 9]),
  at(
    '$ takes the element of $elemMatch on values',
    [1, 9, 5],
    { a: { $elemMatch: { $gt: 4, $lt: 6 } } },
    {
      $set: { 'a.$': 0 },
    },
    [1, 9, 0],
  ),
  at('$ takes an element from a clause of $and', [1, 5], { $and: [{ a: 5 }] }, { $set: { 'a.$': 0 } }, [1, 0]),
  at('$ takes the element of a nested array', { b: [1, 5] }, { 'a.b': 5 }, { $set: { 'a.b.$': 0 } }, { b: [1, 0] }),
  at(
    '$ pushes to an array of the element',
    [
      { n: 1, t: [] },
      { n: 2, t: [1] },
    ],
    { 'a.n': 2 },
    { $push: { 'a.$.t': 2 } },
    [
      { n: 1, t: [] },
      { n: 2, t: [1, 2] },
    ],
  ),
  at(
    '$[] changes what a negated filter finds',
    [1, 2],
    { a: { $ne: 9 } },
    { $inc: { 'a.$[]': 1 } },
    [2, 3],
    'positional-all/',
  ),
  at('$[] of an empty array changes nothing', [], {}, { $inc: { 'a.$[]': 1 } }, [], 'positional-all/'),
  at(
    '$[] goes through arrays in arrays',
    [[1], [2, 3]],
    {},
    { $inc: { 'a.$[].$[]': 10 } },
    [[11], [12, 13]],
    'positional-all/',
  ),
  at(
    '$[] keeps the types of numbers',
    [int(1), long(1)],
    {},
    { $mul: { 'a.$[]': 2 } },
    [int(2), long(2)],
    'positional-all/',
  ),
  filtered(
    'an array filter may have several conditions on one element',
    grades,
    [{ 'e.n': { $gt: 1 }, 'e.m': { $lt: 7 } }],
    {
      $set: { 'a.$[e].m': 0 },
    },
    [
      { n: 1, m: 5 },
      { n: 2, m: 0 },
      { n: 3, m: 7 },
    ],
  ),
  filtered('an array filter may be $or', grades, [{ $or: [{ 'e.n': 1 }, { 'e.m': 7 }] }], { $inc: { 'a.$[e].m': 1 } }, [
    { n: 1, m: 6 },
    { n: 2, m: 6 },
    { n: 3, m: 8 },
  ]),
  filtered('an array filter may look for nothing', [1, null, 2], [{ e: null }], { $set: { 'a.$[e]': 0 } }, [1, 0, 2]),
  filtered('an array filter that finds nothing changes nothing', [1, 2], [{ e: 9 }], { $set: { 'a.$[e]': 0 } }, [1, 2]),
  filtered(
    'several array filters stand for several paths',
    grades,
    [{ 'x.n': 1 }, { 'y.n': 3 }],
    {
      $set: { 'a.$[x].m': 'first', 'a.$[y].m': 'last' },
    },
    [
      { n: 1, m: 'first' },
      { n: 2, m: 6 },
      { n: 3, m: 'last' },
    ],
  ),
  filtered(
    '$[] and $[identifier] stand in one path',
    [
      [1, 5],
      [5, 9],
    ],
    [{ e: 5 }],
    { $set: { 'a.$[].$[e]': 0 } },
    [
      [1, 0],
      [0, 9],
    ],
  ),
  filtered('$unset of $[identifier] leaves null', [1, 5], [{ e: 5 }], { $unset: { 'a.$[e]': '' } }, [1, null]),
  refuses('$ needs an array in the filter', 'positional/', { a: 5 }, { $set: { 'a.$': 1 } }, 2, ['positional']),
  refuses('$ stands once in a path', 'positional/#nested-arrays', { a: [[1]] }, { $set: { 'a.$.$': 1 } }, 2, ['a.$.$']),
  refuses('$ does not stand first in a path', 'positional/', { a: [1] }, { $set: { '$.a': 1 } }, 2, ['$.a']),
  refuses('$[] needs an array', 'positional-all/', { a: 5 }, { $set: { 'a.$[]': 1 } }, 2, ['a']),
  refuses('$[] needs a field', 'positional-all/', {}, { $set: { 'a.$[]': 1 } }, 2, ['a']),
  wrong('$[identifier] needs an array', [{ e: 1 }], { $set: { '_id.$[e]': 1 } }, 2, ['_id']),
  wrong('two array filters may not have one identifier', [{ e: 1 }, { e: 2 }], { $set: { 'a.$[e]': 1 } }, 9, ['e']),
  wrong('an array filter has one identifier', [{ e: 1, f: 2 }], { $set: { 'a.$[e]': 1 } }, 9, ['e', 'f']),
  wrong('an array filter has an identifier', [{}], { $set: { 'a.$[e]': 1 } }, 9),
  wrong('an identifier begins with a small letter', [{ E: 1 }], { $set: { 'a.$[E]': 1 } }, 2, ['E']),
  wrong('an array filter is checked as filters are', [{ e: { $near2: 1 } }], { $set: { 'a.$[e]': 1 } }, 2, ['$near2']),
  wrong(
    'one of several array filters that is not used is refused',
    [{ e: 1 }, { f: 1 }],
    { $set: { 'a.$[e]': 1 } },
    9,
    ['f'],
  ),
  wrong(
    'two identifiers that come to one element conflict',
    [{ e: 1 }, { f: { $lt: 2 } }],
    {
      $set: { 'a.$[e]': 5 },
      $inc: { 'a.$[f]': 5 },
    },
    40,
    ["'a.0'"],
  ),
  wrong(
    '$[] and an identifier that come to one element conflict',
    [{ e: 2 }],
    { $inc: { 'a.$[]': 1, 'a.$[e]': 1 } },
    40,
    ["'a.1'"],
  ),
  wrong(
    'elements that are chosen conflict with one that is numbered',
    [{ e: 1 }],
    { $set: { 'a.$[e]': 5, 'a.7': 5 } },
    40,
    ["'a'"],
  ),
  refuses(
    '$ conflicts with the number of its element',
    'positional/',
    { a: [1, 2] },
    { $set: { 'a.$': 5, 'a.1': 6 } },
    40,
    ["'a.1'"],
    {
      q: { a: 2 },
    },
  ),
  filtered(
    'two identifiers come to different fields of one element',
    [{ n: 1 }],
    [{ 'e.n': 1 }, { 'f.n': { $lt: 2 } }],
    { $set: { 'a.$[e].x': 1, 'a.$[f].y': 2 } },
    [{ n: 1, x: 1, y: 2 }],
  ),
  filtered(
    'two identifiers come to different elements',
    [1, 2, 3],
    [{ e: 1 }, { f: { $gt: 2 } }],
    { $set: { 'a.$[e]': 5, 'a.$[f]': 6 } },
    [5, 2, 6],
  ),
  at('$ and the number of another element do not conflict', [1, 2], { a: 2 }, { $set: { 'a.$': 5, 'a.0': 6 } }, [6, 5]),
  upserts(
    '$[] works on the array that an upsert takes from its filter',
    { _id: 1, a: [5, 8] },
    { $set: { 'a.$[]': 10 } },
    { _id: 1, a: [10, 10] },
  ),
];
