import { decimal, type Case } from '../case.js';
import { aggregates, yields } from '../shapes.js';

const at = (section: string): string => `reference/operator/aggregation/${section}`;

const NUMBERS = [
  { _id: 1, a: 3, b: 'x' },
  { _id: 2, a: 1, b: 'y' },
  { _id: 3, a: 2, b: 'x' },
];

/** Statements on stages that choose, order and reshape documents. */
export const cases: readonly Case[] = [
  yields(
    '$project includes fields in the order of the document, with _id',
    at('project/#include-specific-fields-in-output-documents'),
    NUMBERS.slice(0, 1),
    [{ $project: { b: 1, a: true } }],
    [{ _id: 1, a: 3, b: 'x' }],
  ),
  yields(
    '$project includes fields of documents within by dots or nesting',
    at('project/#include-specific-fields-from-embedded-documents'),
    [{ _id: 1, o: { x: 1, y: 2 }, z: 3 }],
    [{ $project: { 'o.y': 1 } }, { $project: { o: { y: 1 } } }],
    [{ _id: 1, o: { y: 2 } }],
  ),
  yields(
    '$project goes into every document of an array',
    at('project/#include-specific-fields-from-embedded-documents'),
    [{ _id: 1, rows: [{ a: 1, b: 2 }, { b: 3 }, { a: 4 }] }],
    [{ $project: { 'rows.a': 1 } }],
    [{ _id: 1, rows: [{ a: 1 }, {}, { a: 4 }] }],
  ),
  yields(
    '$project puts computed fields behind included ones',
    at('project/#include-computed-fields'),
    [{ _id: 1, a: 2, b: 3 }],
    [{ $project: { sum: { $add: ['$a', '$b'] }, b: 1 } }],
    [{ _id: 1, b: 3, sum: 5 }],
  ),
  yields(
    '$project takes a field for any number but zero, however small',
    at('project/#include-fields'),
    NUMBERS.slice(0, 1),
    [{ $project: { a: decimal('1E-6000') } }],
    [{ _id: 1, a: 3 }],
  ),
  aggregates('$project without fields is refused', at('project/#restrictions'), { c: NUMBERS }, [{ $project: {} }], {
    error: { code: 51272 },
  }),
  aggregates(
    '$project cannot include and exclude',
    at('project/#restrictions'),
    { c: NUMBERS },
    [{ $project: { a: 1, b: 0 } }],
    { error: { code: 31254 } },
  ),
  aggregates(
    '$project cannot exclude and include',
    at('project/#restrictions'),
    { c: NUMBERS },
    [{ $project: { a: 0, b: 1 } }],
    { error: { code: 31253 } },
  ),
  yields(
    '$set by a path goes into every document of an array',
    at('set/#behavior'),
    [{ _id: 1, rows: [{ a: 1 }, { a: 2 }] }],
    [{ $set: { 'rows.b': 0 } }],
    [
      {
        _id: 1,
        rows: [
          { a: 1, b: 0 },
          { a: 2, b: 0 },
        ],
      },
    ],
  ),
  yields(
    '$set with no fields changes nothing',
    at('addFields/#definition'),
    NUMBERS.slice(0, 1),
    [{ $set: {} }, { $addFields: {} }],
    NUMBERS.slice(0, 1),
  ),
  yields(
    'an empty document is a value that $set puts in the place of another',
    at('addFields/#adding-fields-to-an-embedded-document'),
    [{ _id: 1, o: { x: 1, y: { z: 2 } }, p: { x: 1 } }],
    [{ $set: { o: {} } }, { $addFields: { 'p.q': {}, n: { m: {} } } }],
    [{ _id: 1, o: {}, p: { x: 1, q: {} }, n: { m: {} } }],
  ),
  aggregates(
    '$replaceRoot with what is no document is refused',
    at('replaceRoot/#behavior'),
    { c: [{ _id: 1, a: 5 }] },
    [{ $replaceRoot: { newRoot: '$a' } }],
    {
      error: { code: 40228 },
    },
  ),
  aggregates(
    '$replaceRoot with a missing field is refused',
    at('replaceRoot/#behavior'),
    { c: [{ _id: 1, a: 5 }] },
    [{ $replaceRoot: { newRoot: '$gone' } }],
    {
      error: { code: 40228 },
    },
  ),
  aggregates('$limit of zero is refused', at('limit/#behavior'), { c: NUMBERS }, [{ $limit: 0 }], {
    error: { code: 15958 },
  }),
  aggregates('$limit below zero is refused', at('limit/#behavior'), { c: NUMBERS }, [{ $limit: -1 }], {
    error: { code: 5107201 },
  }),
  aggregates('$skip below zero is refused', at('skip/#behavior'), { c: NUMBERS }, [{ $skip: -1 }], {
    error: { code: 5107200 },
  }),
  aggregates('$count with an empty name is refused', at('count/#syntax'), { c: NUMBERS }, [{ $count: '' }], {
    error: { code: 40157 },
  }),
  aggregates('$count with a dollar is refused', at('count/#syntax'), { c: NUMBERS }, [{ $count: '$n' }], {
    error: { code: 40158 },
  }),
  aggregates('$count with a dot is refused', at('count/#syntax'), { c: NUMBERS }, [{ $count: 'a.b' }], {
    error: { code: 40160 },
  }),
  aggregates(
    '$sample of more than there are gives all',
    at('sample/#behavior'),
    { c: NUMBERS },
    [{ $sample: { size: 9 } }],
    { documents: NUMBERS, unordered: true },
  ),
  // Never returns: the store's worker turns in a circle.
  aggregates(
    '$sample of a negative size is refused',
    at('sample/#definition'),
    { c: NUMBERS },
    [{ $sample: { size: -1 } }],
    { error: { code: 28747 } },
  ),
];
