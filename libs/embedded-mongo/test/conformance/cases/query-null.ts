import { double, int, long, type Case, type Doc } from '../case.js';
import { finds, MISSING, refuses } from '../query-shapes.js';

const nothing = [null, MISSING, 0, [null], [], [1, null]];
const section = '../../../tutorial/query-for-null-fields/';

/** What a condition on `v.a` finds among fields in documents and in arrays of them. */
const within = (name: string, condition: unknown, ids: readonly number[]): Case =>
  finds(
    name,
    section,
    [{ a: null }, { a: 1 }, {}, 5, MISSING, [{ a: 1 }, {}], [{ a: 1 }], [], [5]],
    { 'v.a': condition },
    ids,
  );

/** What an expression finds. */
const holds = (name: string, values: readonly unknown[], $expr: unknown, ids: readonly number[]): Case =>
  finds(name, 'expr/', values, { $expr }, ids);

function withLet(name: string, let_: Doc, filter: Doc, ids: readonly number[]): Case {
  const command = { find: 'c', filter, let: let_, projection: { _id: 1 }, sort: { _id: 1 } };
  return {
    name,
    manual: 'reference/command/find/',
    given: {
      c: [
        { _id: 1, v: 1 },
        { _id: 2, v: 2 },
      ],
    },
    steps: [{ command, documents: ids.map((_id) => ({ _id })) }],
  };
}

/** Statements on null and missing fields, `$expr`, `$comment` and logic. */
export const cases: readonly Case[] = [
  finds('$eq null finds null, missing and elements', section, nothing, { v: { $eq: null } }, [1, 2, 4, 6]),
  finds('$ne null leaves out arrays with null', section, nothing, { v: { $ne: null } }, [3, 5]),
  finds('$nin with null leaves out missing fields', section, nothing, { v: { $nin: [null] } }, [3, 5]),
  finds('$gt null finds nothing', 'gt/', nothing, { v: { $gt: null } }, []),
  finds('$lt null finds nothing', 'lt/', nothing, { v: { $lt: null } }, []),
  finds('$lte null finds what equals null', 'lte/', nothing, { v: { $lte: null } }, [1, 2, 4, 6]),
  finds('$lt of a number finds no null', 'lt/', nothing, { v: { $lt: 5 } }, [3, 6]),
  finds('$not of a range finds null and missing fields', 'not/', nothing, { v: { $not: { $gte: 0 } } }, [1, 2, 4, 5]),
  finds('$all with null finds missing fields', 'all/', nothing, { v: { $all: [null] } }, [1, 2, 4, 6]),
  finds(
    '$elemMatch with null finds elements only',
    'elemMatch/',
    nothing,
    { v: { $elemMatch: { $eq: null } } },
    [4, 6],
  ),
  finds('$mod finds no null', 'mod/', nothing, { v: { $mod: [2, 0] } }, [3]),
  finds('$size 0 finds no missing field', 'size/', nothing, { v: { $size: 0 } }, [5]),
  finds('$exists false and null together', 'exists/', nothing, { $or: [{ v: { $exists: false } }, { v: 0 }] }, [2, 3]),
  finds(
    'null and $exists find fields with null only',
    section,
    [null, MISSING, 1],
    { v: { $eq: null, $exists: true } },
    [1],
  ),
  finds('$exists takes numbers as truth', 'exists/', [1, MISSING], { v: { $exists: 0 } }, [2]),
  within('null finds missing fields of documents and of elements', null, [1, 3, 4, 5, 6]),
  within('$ne null finds fields of all elements', { $ne: null }, [2, 7, 8, 9]),
  within('$exists true finds a field of any element', { $exists: true }, [1, 2, 6, 7]),
  within('$exists false finds where no element has the field', { $exists: false }, [3, 4, 5, 8, 9]),
  finds('an equal document with null is one with the field', section, [{ a: null }, {}], { v: { a: null } }, [1]),
  holds(
    'an expression takes zero, null, false and missing fields as false',
    [0, null, false, MISSING, 1, 'x'],
    '$v',
    [5, 6],
  ),
  holds('an expression takes an empty text and an empty array as true', ['', [], 0], '$v', [1, 2]),
  holds(
    'an expression compares numbers of all types',
    [int(2), long(2), double(2), '2'],
    { $eq: ['$v', 2] },
    [1, 2, 3],
  ),
  holds('an expression compares values of all types', [1, 'a', null, MISSING], { $gt: ['$v', 5] }, [2]),
  holds('a missing field is below null in an expression', [null, MISSING, 1], { $lt: ['$v', null] }, [2]),
  holds('an expression looks at an array as a whole', [[1, 5], 5], { $eq: ['$v', 5] }, [2]),
  holds(
    'an expression compares two fields',
    [
      { a: 1, b: 2 },
      { a: 2, b: 1 },
    ],
    { $gt: ['$v.a', '$v.b'] },
    [2],
  ),
  finds('$expr stands beside other conditions', 'expr/', [1, 5, 9], { v: { $gt: 1 }, $expr: { $lt: ['$v', 9] } }, [2]),
  finds('$expr may stand in $or', 'expr/', [1, 5, 9], { $or: [{ v: 1 }, { $expr: { $gt: ['$v', 5] } }] }, [1, 3]),
  finds('$expr may stand in $nor', 'expr/', [1, 5], { $nor: [{ $expr: { $gt: ['$v', 1] } }] }, [1]),
  withLet('$expr refers to variables of let', { wanted: 2 }, { $expr: { $eq: ['$v', '$$wanted'] } }, [2]),
  finds('$comment alone finds everything', 'comment/', [1, MISSING], { $comment: 'all' }, [1, 2]),
  finds('$comment may stand within clauses', 'comment/', [1, 2], { $or: [{ v: 1, $comment: 'one' }] }, [1]),
  finds('$nor with one condition is its opposite', 'nor/', [1, 2, MISSING], { $nor: [{ v: 1 }] }, [2, 3]),
  finds('$or within $and', 'and/', [1, 5, 9], { $and: [{ $or: [{ v: 1 }, { v: 9 }] }, { v: { $gt: 1 } }] }, [3]),
  finds('$and beside a field', 'and/', [1, 5, 9], { v: { $lt: 9 }, $and: [{ v: { $gt: 1 } }] }, [2]),
  finds('an empty filter finds everything', '', [1, MISSING], {}, [1, 2]),
  refuses('an empty $or is refused', 'or/', { $or: [] }, 2, ['$or']),
  refuses('an empty $nor is refused', 'nor/', { $nor: [] }, 2, ['$nor']),
  refuses('$and beside an index needs conditions too', 'and/', { _id: 1, $and: [] }, 2, ['$and']),
  refuses('$and takes documents only', 'and/', { $and: [5] }, 2, ['$and']),
  refuses('$not of nothing is refused', 'not/', { v: { $not: {} } }, 2, ['$not']),
  refuses('$not takes operators only', 'not/', { v: { $not: { a: 1 } } }, 2, ['a']),
  refuses('operators and fields do not mix', '', { v: { $gt: 1, a: 1 } }, 2, ['a']),
  refuses('$type of no type is refused', 'type/', { v: { $type: [] } }, 9, ['$type']),
  refuses('$type of an unknown number is refused', 'type/', { v: { $type: 200 } }, 2, ['200']),
  refuses('$type of a document is refused', 'type/', { v: { $type: {} } }, 14, ['type']),
  refuses('$expr within $elemMatch is refused', 'expr/', { v: { $elemMatch: { $expr: true } } }, 2, ['$expr']),
  refuses('an unknown operator is refused though no document has the field', '', { w: { $near2: 1 } }, 2, ['$near2']),
  {
    name: 'an argument of a command that is null is as one that is left out',
    manual: 'reference/command/find/#command-fields',
    given: { c: [{ _id: 1 }] },
    steps: [
      ...'filter sort projection skip limit batchSize singleBatch collation let min max returnKey showRecordId'
        .split(' ')
        .map((field) => ({ command: { find: 'c', [field]: null }, documents: [{ _id: 1 }] })),
      { command: { aggregate: 'c', pipeline: [], cursor: {}, let: null }, documents: [{ _id: 1 }] },
      { command: { findAndModify: 'c', query: {}, remove: true, let: null }, answer: { value: { _id: 1 } } },
    ],
  },
];
