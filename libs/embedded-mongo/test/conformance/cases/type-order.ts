import { decimal, double, long, maxKey, minKey, type Case } from '../case.js';

/** Statements on the order of values of different BSON types. */
export const cases: readonly Case[] = [
  {
    name: 'a sort puts MinKey first, then null, numbers, strings, objects, arrays and MaxKey',
    manual: 'reference/bson-type-comparison-order/',
    given: {
      c: [
        { _id: 1, v: maxKey },
        { _id: 2, v: { a: 1 } },
        { _id: 3, v: 'text' },
        { _id: 4, v: 7 },
        { _id: 5, v: null },
        { _id: 6, v: minKey },
      ],
    },
    steps: [
      {
        command: { find: 'c', filter: {}, sort: { v: 1 }, projection: { _id: 1 } },
        documents: [{ _id: 6 }, { _id: 5 }, { _id: 4 }, { _id: 3 }, { _id: 2 }, { _id: 1 }],
      },
    ],
  },
  {
    name: 'numbers of all types are compared by value',
    manual: 'reference/bson-type-comparison-order/#numeric-types',
    given: {
      c: [
        { _id: 1, v: 2 },
        { _id: 2, v: long(1) },
        { _id: 3, v: double(1.5) },
        { _id: 4, v: decimal('1.25') },
      ],
    },
    steps: [
      {
        command: { find: 'c', sort: { v: 1 }, projection: { _id: 0 } },
        documents: [{ v: long(1) }, { v: decimal('1.25') }, { v: double(1.5) }, { v: 2 }],
      },
    ],
  },
];
