import { double, long, type Case, type Doc } from '../case.js';

/** One document and what a projection leaves of it. */
function leaves(name: string, document: Doc, projection: Doc, left: Doc, section = ''): Case {
  const steps = [{ command: { find: 'c', projection }, documents: [left] }];
  return {
    name,
    manual: `tutorial/project-fields-from-query-results/${section}`,
    given: { c: [{ _id: 1, ...document }] },
    steps,
  };
}

function refuses(name: string, projection: Doc, code: number, mentions: readonly string[]): Case {
  const steps = [{ command: { find: 'c', projection }, error: { code, mentions } }];
  return { name, manual: 'reference/method/db.collection.find/#projection', given: { c: [{ _id: 1, a: [1] }] }, steps };
}
const people = { name: { first: 'x', last: 'y' }, tags: ['a', 'b', 'c'], kids: [{ n: 1, m: 2 }, { n: 3 }] };

/** Statements on projections of `find`. */
export const cases: readonly Case[] = [
  leaves('an inclusion takes its fields and _id', people, { tags: 1 }, { _id: 1, tags: ['a', 'b', 'c'] }),
  leaves('_id may be left out of an inclusion', { a: 1, b: 2 }, { a: 1, _id: 0 }, { a: 1 }),
  leaves('an exclusion leaves the others', { a: 1, b: 2 }, { a: 0 }, { _id: 1, b: 2 }),
  leaves('_id alone excluded leaves all others', { a: 1 }, { _id: 0 }, { a: 1 }),
  leaves('_id alone included leaves only it', { a: 1 }, { _id: 1 }, { _id: 1 }),
  leaves('an inclusion keeps the order of the document', { b: 1, a: 2 }, { a: 1, b: 1 }, { _id: 1, b: 1, a: 2 }),
  leaves(
    'a dotted inclusion keeps the way to its field',
    people,
    { 'name.first': 1 },
    { _id: 1, name: { first: 'x' } },
  ),
  leaves('a dotted exclusion leaves the neighbours', { a: { b: 1, c: 2 } }, { 'a.b': 0 }, { _id: 1, a: { c: 2 } }),
  leaves(
    'an inclusion goes through the documents of an array',
    people,
    { 'kids.n': 1 },
    { _id: 1, kids: [{ n: 1 }, { n: 3 }] },
  ),
  leaves(
    'an exclusion goes through the documents of an array',
    { k: [{ n: 1, m: 2 }, { n: 3 }, 5] },
    { 'k.n': 0 },
    { _id: 1, k: [{ m: 2 }, {}, 5] },
  ),
  leaves('an inclusion of what there is not is no error', { a: 1 }, { z: 1 }, { _id: 1 }),
  leaves('true and other numbers include', { a: 1, b: 2 }, { a: true, b: double(2.5) }, { _id: 1, a: 1, b: 2 }),
  leaves('types of numbers stay', { a: long(1), b: double(1) }, { a: 1, b: 1 }, { _id: 1, a: long(1), b: double(1) }),
  leaves(
    '$slice takes the first elements and leaves other fields',
    { a: [1, 2, 3], b: 1 },
    { a: { $slice: 2 } },
    { _id: 1, a: [1, 2], b: 1 },
  ),
  leaves('a negative $slice takes the last elements', { a: [1, 2, 3] }, { a: { $slice: -1 } }, { _id: 1, a: [3] }),
  leaves(
    '$slice with two numbers skips and takes',
    { a: [1, 2, 3, 4] },
    { a: { $slice: [1, 2] } },
    { _id: 1, a: [2, 3] },
  ),
  leaves('$slice from the end skips and takes', { a: [1, 2, 3, 4] }, { a: { $slice: [-3, 2] } }, { _id: 1, a: [2, 3] }),
  leaves('$slice of what is no array leaves it', { a: 5 }, { a: { $slice: 1 } }, { _id: 1, a: 5 }),
  leaves(
    '$elemMatch takes the first element that matches',
    { a: [{ n: 1 }, { n: 5 }, { n: 7 }] },
    { a: { $elemMatch: { n: { $gt: 3 } } } },
    { _id: 1, a: [{ n: 5 }] },
  ),
  leaves(
    '$elemMatch without a match leaves the field out',
    { a: [{ n: 1 }] },
    { a: { $elemMatch: { n: 9 } } },
    { _id: 1 },
  ),
  refuses('inclusion and exclusion do not mix', { a: 1, b: 0 }, 31254, ['b']),
  refuses('exclusion and inclusion do not mix', { a: 0, b: 1 }, 31253, ['b']),
  refuses('a path and one within it collide', { a: 1, 'a.b': 1 }, 31249, ['a']),
];
