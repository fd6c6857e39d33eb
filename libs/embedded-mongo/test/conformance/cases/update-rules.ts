import { date, double, int, long, regex, type Case, type Doc } from '../case.js';
import { makes, refuses, upserts } from '../update-shapes.js';

/** An update that is refused though it finds no document. */
function refusesAlways(name: string, section: string, update: Doc, code: number, mentions: readonly string[]): Case {
  return {
    name,
    manual: `reference/operator/update/${section}`,
    given: { c: [{ _id: 1 }] },
    steps: [{ command: { update: 'c', updates: [{ q: { _id: 9 }, u: update }] }, error: { code, index: 0, mentions } }],
  };
}

/** An upsert that is refused, and leaves the collection empty. */
function noUpsert(name: string, filter: Doc, code: number, mentions: readonly string[]): Case {
  return {
    name,
    manual: 'reference/method/db.collection.update/#upsert-behavior',
    given: { c: [] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: filter, u: { $set: { z: 1 } }, upsert: true }] },
        error: { code, index: 0, mentions },
        state: { c: [] },
      },
    ],
  };
}

const immutable = (name: string, update: Doc): Case => refuses(name, '', { a: 7 }, update, 66, ['_id']);

/** Statements on the order of changes, on `_id`, on arguments that are refused and on what upserts take. */
export const cases: readonly Case[] = [
  makes(
    'new fields of several operators are added in the order of their names',
    '#behavior',
    {},
    { $set: { d: 1, b: 1 }, $inc: { c: 1 }, $push: { a: 1 } },
    { a: [1], b: 1, c: 1, d: 1 },
  ),
  makes(
    'new embedded fields are added in the order of their paths',
    '#behavior',
    { m: { z: 0 } },
    { $set: { 'm.b': 1, 'm.a': 1, 'k.y': 1, 'k.x': 1 } },
    { m: { z: 0, a: 1, b: 1 }, k: { x: 1, y: 1 } },
  ),
  makes(
    'a field that is renamed stands in the order of its new name',
    '#behavior',
    { x: 7 },
    { $rename: { x: 'b' }, $set: { c: 1, a: 1 } },
    { a: 1, b: 7, c: 1 },
  ),
  makes(
    'numbers in paths are in the order of their values',
    '#behavior',
    { a: [] },
    { $push: { 'a.10': 1, 'a.9': 1 } },
    { a: [null, null, null, null, null, null, null, null, null, [1], [1]] },
  ),
  makes('$set of the same _id changes nothing', '', { a: 1 }, { $set: { _id: 1 } }, { a: 1 }),
  immutable('_id cannot be counted up', { $inc: { _id: 1 } }),
  immutable('_id cannot be taken out', { $unset: { _id: '' } }),
  immutable('_id cannot be renamed', { $rename: { _id: 'b' } }),
  immutable('another field cannot become _id', { $rename: { a: '_id' } }),
  immutable('_id cannot be raised', { $max: { _id: 5 } }),
  makes('a replacement may name the same _id', '', { a: 1 }, { _id: 1, b: 2 }, { b: 2 }),
  makes(
    '$pull compares whole elements',
    'pull/',
    { a: [1, [1], { x: 1 }] },
    { $pull: { a: 1 } },
    { a: [[1], { x: 1 }] },
  ),
  makes(
    '$pull with an array takes out elements that are that array',
    'pull/#behavior',
    { a: [[1, 2], [2, 1], 1] },
    { $pull: { a: [1, 2] } },
    { a: [[2, 1], 1] },
  ),
  makes('$pull of null takes out null', 'pull/', { a: [null, 1, {}] }, { $pull: { a: null } }, { a: [1, {}] }),
  makes('$pull takes a pattern', 'pull/', { a: ['ab', 'b', 5] }, { $pull: { a: /^a/ } }, { a: ['b', 5] }),
  makes(
    '$pull takes $or on the fields of documents',
    'pull/',
    { a: [{ n: 1 }, { n: 2 }, { n: 3 }] },
    { $pull: { a: { $or: [{ n: 1 }, { n: 3 }] } } },
    { a: [{ n: 2 }] },
  ),
  makes(
    '$pull on documents passes over the order of fields',
    'pull/#remove-items-from-an-array-of-documents',
    { a: [{ x: 1, y: 2 }, { y: 2, x: 1, z: 3 }, { x: 1 }] },
    { $pull: { a: { x: 1, y: 2 } } },
    { a: [{ x: 1 }] },
  ),
  makes(
    '$pull takes out numbers of all types',
    'pull/',
    { a: [int(1), long(1), double(1), 2] },
    { $pull: { a: 1 } },
    { a: [2] },
  ),
  makes('$pull of a missing field does nothing', 'pull/', {}, { $pull: { a: 1 } }, {}),
  makes(
    '$pullAll compares documents whole',
    'pullAll/',
    { a: [{ x: 1, y: 2 }, { x: 1 }] },
    { $pullAll: { a: [{ x: 1 }] } },
    {
      a: [{ x: 1, y: 2 }],
    },
  ),
  makes(
    '$addToSet with an array adds it as one element',
    'addToSet/#value-to-add-is-an-array',
    { a: [1] },
    { $addToSet: { a: [1, 2] } },
    {
      a: [1, [1, 2]],
    },
  ),
  makes(
    '$addToSet takes numbers of all types as equal',
    'addToSet/',
    { a: [int(1)] },
    { $addToSet: { a: long(1) } },
    { a: [int(1)] },
  ),
  makes('$pop of an empty array leaves it', 'pop/', { a: [] }, { $pop: { a: 1 } }, { a: [] }),
  makes(
    '$bit does several operations',
    'bit/',
    { a: int(12) },
    { $bit: { a: { and: int(10), or: int(1) } } },
    { a: int(9) },
  ),
  makes('$bit with a long makes a long', 'bit/', { a: int(1) }, { $bit: { a: { or: long(2) } } }, { a: long(3) }),
  makes(
    '$min compares dates',
    'min/',
    { a: date('2021-01-01T00:00:00Z') },
    { $min: { a: date('2020-01-01T00:00:00Z') } },
    {
      a: date('2020-01-01T00:00:00Z'),
    },
  ),
  refuses(
    '$rename goes through no array of the old name',
    'rename/',
    { a: [{ b: 1 }] },
    { $rename: { 'a.0.b': 'c' } },
    2,
    ['a'],
  ),
  refuses('$rename goes through no array of the new name', 'rename/', { a: 1, b: [] }, { $rename: { a: 'b.0' } }, 2, [
    'b',
  ]),
  refuses('$rename stays on no path of its own', 'rename/', { a: { b: 1 } }, { $rename: { a: 'a.b' } }, 2, ['a']),
  refuses('$rename takes a name', 'rename/', { a: 1 }, { $rename: { a: 5 } }, 2, ['a']),
  refuses('$rename takes no place in an array', 'rename/', { a: [1] }, { $rename: { 'a.$[]': 'b' } }, 2, ['a.$[]']),
  refuses('$bit needs an int or a long', 'bit/', { a: double(1) }, { $bit: { a: { or: int(1) } } }, 2, ['a']),
  refuses('a replacement has no operators', '', { a: 1 }, { b: 1, $set: { a: 2 } }, 52, ['$set']),
  refuses('an update with operators has nothing else', '', { a: 1 }, { $set: { a: 2 }, b: 1 }, 9, ['b']),
  refuses('a path has no empty name', '', { a: 1 }, { $set: { 'a..b': 1 } }, 56, ['a..b']),
  refusesAlways('$inc checks its argument first', 'inc/', { $inc: { a: 'x' } }, 14, ['a']),
  refusesAlways('$pop checks its argument first', 'pop/', { $pop: { a: 5 } }, 9, []),
  refusesAlways('$pullAll needs an array', 'pullAll/', { $pullAll: { a: 1 } }, 2, ['$pullAll']),
  refusesAlways('$each in $push needs an array', 'each/', { $push: { a: { $each: 1 } } }, 2, ['$each']),
  refusesAlways('$each in $addToSet needs an array', 'each/', { $addToSet: { a: { $each: 1 } } }, 14, ['$each']),
  refusesAlways('$slice needs a whole number', 'slice/', { $push: { a: { $each: [], $slice: double(1.5) } } }, 2, [
    '$slice',
  ]),
  refusesAlways('$position needs a whole number', 'position/', { $push: { a: { $each: [], $position: 'x' } } }, 2, [
    '$position',
  ]),
  refusesAlways('$sort needs 1 or -1', 'sort/', { $push: { a: { $each: [], $sort: 2 } } }, 2, ['$sort']),
  refusesAlways('$push has no other modifiers', 'push/#modifiers', { $push: { a: { $each: [], $limit: 1 } } }, 2, [
    '$limit',
  ]),
  refusesAlways('$currentDate takes true or a type', 'currentDate/', { $currentDate: { a: 5 } }, 2, ['$currentDate']),
  refusesAlways(
    '$currentDate knows date and timestamp',
    'currentDate/',
    { $currentDate: { a: { $type: 'long' } } },
    2,
    ['$type'],
  ),
  refusesAlways('$bit knows and, or and xor', 'bit/', { $bit: { a: { nor: int(1) } } }, 2, ['nor']),
  refusesAlways('a condition of $pull is checked', 'pull/', { $pull: { a: { $near2: 1 } } }, 2, ['$near2']),
  refusesAlways('an operator takes fields', '', { $set: 5 }, 9, ['$set']),
  upserts(
    'an upsert takes none of several values of $in',
    { _id: 1, a: { $in: [2, 3] } },
    { $set: { c: 3 } },
    { _id: 1, c: 3 },
  ),
  upserts(
    'an upsert takes none of several clauses of $or',
    { _id: 1, $or: [{ a: 2 }, { b: 3 }] },
    { $set: { c: 3 } },
    { _id: 1, c: 3 },
  ),
  upserts('an upsert takes no pattern', { _id: 1, a: regex('x') }, { $set: { c: 3 } }, { _id: 1, c: 3 }),
  upserts(
    'an upsert takes the only value of $all',
    { _id: 1, a: { $all: [2] } },
    { $set: { c: 3 } },
    { _id: 1, a: 2, c: 3 },
  ),
  upserts(
    'an upsert takes a document as it is',
    { _id: 1, a: { x: 1 } },
    { $set: { 'a.y': 2 } },
    { _id: 1, a: { x: 1, y: 2 } },
  ),
  upserts('an upsert takes null', { _id: 1, a: null }, { $set: { c: 3 } }, { _id: 1, a: null, c: 3 }),
  upserts(
    'an upsert keeps the types of numbers',
    { _id: 1, a: long(2), b: double(3) },
    { $inc: { a: 1 } },
    {
      _id: 1,
      a: long(3),
      b: double(3),
    },
  ),
  noUpsert('an upsert refuses two values for one field', { $and: [{ a: 1 }, { a: 2 }] }, 54, ['a']),
  noUpsert('an upsert refuses a field and one within it', { a: { b: 1 }, 'a.c': 2 }, 54, ['a.c']),
];
