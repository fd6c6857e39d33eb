import { type Case } from '../case.js';
import { makes, refuses } from '../update-shapes.js';

/** Statements on updates of arrays. */
export const cases: readonly Case[] = [
  makes('$push appends', 'push/', { a: [1] }, { $push: { a: 2 } }, { a: [1, 2] }),
  makes('$push makes an array', 'push/', {}, { $push: { a: 1 } }, { a: [1] }),
  makes('$push of an array appends it as one element', 'push/', { a: [] }, { $push: { a: [1, 2] } }, { a: [[1, 2]] }),
  makes('$each appends each', 'each/', { a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }),
  makes(
    '$position inserts',
    'position/',
    { a: [1, 4] },
    { $push: { a: { $each: [2, 3], $position: 1 } } },
    { a: [1, 2, 3, 4] },
  ),
  makes(
    'a negative $position counts from the end',
    'position/',
    { a: [1, 4] },
    { $push: { a: { $each: [3], $position: -1 } } },
    { a: [1, 3, 4] },
  ),
  makes('$slice keeps the last', 'slice/', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: -2 } } }, { a: [2, 3] }),
  makes('$slice of 0 empties', 'slice/', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: 0 } } }, { a: [] }),
  makes(
    '$sort sorts before $slice',
    'sort/',
    { a: [3, 1] },
    { $push: { a: { $each: [2], $sort: 1, $slice: 2 } } },
    { a: [1, 2] },
  ),
  makes(
    '$sort sorts by a field of documents',
    'sort/',
    { a: [{ n: 2 }] },
    { $push: { a: { $each: [{ n: 1 }], $sort: { n: 1 } } } },
    { a: [{ n: 1 }, { n: 2 }] },
  ),
  makes('$addToSet adds what is not there', 'addToSet/', { a: [1] }, { $addToSet: { a: 2 } }, { a: [1, 2] }),
  makes('$addToSet does not add what is there', 'addToSet/', { a: [1, 2] }, { $addToSet: { a: 2 } }, { a: [1, 2] }),
  makes(
    '$addToSet with $each adds each that is not there',
    'addToSet/',
    { a: [1] },
    { $addToSet: { a: { $each: [1, 2, 2] } } },
    { a: [1, 2] },
  ),
  makes(
    '$addToSet takes documents with other orders of fields as different',
    'addToSet/#value-to-add-is-a-document',
    { a: [{ x: 1, y: 2 }] },
    { $addToSet: { a: { y: 2, x: 1 } } },
    {
      a: [
        { x: 1, y: 2 },
        { y: 2, x: 1 },
      ],
    },
  ),
  makes('$pop takes the last', 'pop/', { a: [1, 2, 3] }, { $pop: { a: 1 } }, { a: [1, 2] }),
  makes('$pop of -1 takes the first', 'pop/', { a: [1, 2, 3] }, { $pop: { a: -1 } }, { a: [2, 3] }),
  makes('$pull takes out every equal value', 'pull/', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }),
  makes('$pull takes a condition', 'pull/', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }),
  makes(
    '$pull takes conditions on documents',
    'pull/',
    {
      a: [
        { n: 1, m: 1 },
        { n: 2, m: 1 },
      ],
    },
    { $pull: { a: { n: 1 } } },
    { a: [{ n: 2, m: 1 }] },
  ),
  makes('$pullAll takes out all of a list', 'pullAll/', { a: [1, 2, 3, 1] }, { $pullAll: { a: [1, 3] } }, { a: [2] }),
  makes('$[] changes every element', 'positional-all/', { a: [1, 2] }, { $inc: { 'a.$[]': 10 } }, { a: [11, 12] }),
  makes(
    '$[] changes a field of every document',
    'positional-all/',
    { a: [{ n: 1 }, { n: 2 }] },
    { $set: { 'a.$[].n': 0 } },
    { a: [{ n: 0 }, { n: 0 }] },
  ),
  makes(
    '$[identifier] changes what its filter finds',
    'positional-filtered/',
    { a: [1, 5, 9] },
    { $set: { 'a.$[e]': 0 } },
    { a: [1, 0, 0] },
    { arrayFilters: [{ e: { $gte: 5 } }] },
  ),
  makes(
    '$[identifier] goes through nested arrays',
    'positional-filtered/',
    {
      a: [
        { k: 1, b: [1, 2] },
        { k: 2, b: [1] },
      ],
    },
    { $set: { 'a.$[x].b.$[y]': 0 } },
    {
      a: [
        { k: 1, b: [0, 2] },
        { k: 2, b: [1] },
      ],
    },
    { arrayFilters: [{ 'x.k': 1 }, { y: 1 }] },
  ),
  makes(
    '$ changes the first element that the filter found',
    'positional/',
    { a: [1, 5, 5] },
    { $set: { 'a.$': 0 } },
    { a: [1, 0, 5] },
    { q: { _id: 1, a: 5 } },
  ),
  makes(
    '$ takes the element of $elemMatch',
    'positional/',
    {
      a: [
        { n: 1, m: 2 },
        { n: 1, m: 3 },
      ],
    },
    { $set: { 'a.$.hit': true } },
    {
      a: [
        { n: 1, m: 2 },
        { n: 1, m: 3, hit: true },
      ],
    },
    { q: { a: { $elemMatch: { n: 1, m: 3 } } } },
  ),
  refuses('$push needs an array', 'push/', { a: 1 }, { $push: { a: 2 } }, 2, ['a']),
  refuses('$pop needs 1 or -1', 'pop/', { a: [1] }, { $pop: { a: 2 } }, 9, []),
  refuses('$pop needs an array', 'pop/', { a: 1 }, { $pop: { a: 1 } }, 14, []),
  refuses('$addToSet needs an array', 'addToSet/', { a: 1 }, { $addToSet: { a: 2 } }, 2, []),
  refuses('$ without a match in an array is refused', 'positional/', { a: [1] }, { $set: { 'a.$': 2 } }, 2, [
    'positional',
  ]),
  refuses(
    'an identifier without a filter is refused',
    'positional-filtered/',
    { a: [1] },
    { $set: { 'a.$[e]': 2 } },
    2,
    ['e'],
  ),
  refuses(
    'a filter that no path uses is refused',
    'positional-filtered/',
    { a: [1] },
    { $set: { a: 2 } },
    9,
    ["'e' was not used in the update { $set: { a: 2 } }"],
    { arrayFilters: [{ e: 1 }] },
  ),
];
