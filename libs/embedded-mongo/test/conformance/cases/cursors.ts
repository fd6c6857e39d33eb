import { decimal, long, type Case, type Doc } from '../case.js';

const numbers = (count: number): Doc[] => Array.from({ length: count }, (_, i) => ({ _id: i + 1 }));
const ids = (from: number, to: number): Doc[] => numbers(to).slice(from - 1);

/** Statements on batches, cursors, and what is skipped and cut. */
export const cases: readonly Case[] = [
  {
    name: 'listIndexes gives as many indexes as a batch may have, and the others by its cursor',
    manual: 'reference/command/listIndexes/#command-fields',
    given: { c: [] },
    indexes: { c: [{ key: { a: 1 }, name: 'a' }] },
    steps: [
      {
        command: { listIndexes: 'c', cursor: { batchSize: 1 } },
        documents: [
          { v: 2, key: { _id: 1 }, name: '_id_' },
          { v: 2, key: { a: 1 }, name: 'a' },
        ],
        batches: 2,
      },
    ],
  },
  {
    name: 'listCollections gives as many collections as a batch may have, and the others by its cursor',
    manual: 'reference/command/listCollections/#command-fields',
    given: { c: [], d: [] },
    steps: [
      {
        command: { listCollections: 1, nameOnly: true, cursor: { batchSize: 1 } },
        documents: [
          { name: 'c', type: 'collection' },
          { name: 'd', type: 'collection' },
        ],
        unordered: true,
        batches: 2,
      },
    ],
  },
  {
    name: 'a batch of an aggregation is a number of documents, and not negative',
    manual: 'reference/command/aggregate/#command-fields',
    given: { c: [] },
    steps: [
      { command: { aggregate: 'c', pipeline: [], cursor: { batchSize: -1 } }, error: { code: 51024 } },
      { command: { aggregate: 'c', pipeline: [], cursor: { batchSize: 'all' } }, error: { code: 14 } },
    ],
  },
  {
    name: 'a first batch has 101 documents unless asked otherwise',
    manual: 'reference/method/cursor.batchSize/',
    given: { c: numbers(150) },
    steps: [{ command: { find: 'c', sort: { _id: 1 } }, documents: numbers(150) }],
  },
  {
    name: 'batches of any size give every document once',
    manual: 'reference/command/getMore/',
    given: { c: numbers(25) },
    steps: [
      { command: { find: 'c', sort: { _id: 1 }, batchSize: 1 }, documents: numbers(25) },
      { command: { find: 'c', sort: { _id: -1 }, batchSize: 7 }, documents: numbers(25).reverse() },
      { command: { find: 'c', sort: { _id: 1 }, batchSize: 0 }, documents: numbers(25) },
      {
        command: { aggregate: 'c', pipeline: [{ $sort: { _id: 1 } }], cursor: { batchSize: 4 } },
        documents: numbers(25),
      },
    ],
  },
  {
    name: 'a batch that is just full is the last where a limit, a sort in memory or a key that is unique says so',
    manual: 'reference/command/getMore/',
    given: { c: numbers(6) },
    steps: [
      { command: { find: 'c', sort: { _id: 1 }, batchSize: 6 }, documents: numbers(6), batches: 2 },
      { command: { find: 'c', sort: { _id: 1 }, batchSize: 6, limit: 6 }, documents: numbers(6), batches: 1 },
      { command: { find: 'c', sort: { n: 1 }, batchSize: 6 }, documents: numbers(6), batches: 1 },
      { command: { find: 'c', filter: { _id: 1 }, batchSize: 1 }, documents: numbers(1), batches: 1 },
      {
        command: { aggregate: 'c', pipeline: [{ $sort: { _id: 1 } }, { $limit: 6 }], cursor: { batchSize: 6 } },
        documents: numbers(6),
        batches: 2,
      },
      {
        command: { aggregate: 'c', pipeline: [{ $group: { _id: 1 } }], cursor: { batchSize: 1 } },
        documents: numbers(1),
        batches: 2,
      },
    ],
  },
  {
    name: 'a single batch closes its cursor',
    manual: 'reference/command/find/',
    given: { c: numbers(5) },
    steps: [{ command: { find: 'c', sort: { _id: 1 }, batchSize: 2, singleBatch: true }, documents: ids(1, 2) }],
  },
  {
    name: 'a cursor that there is not is not found',
    manual: 'reference/command/getMore/',
    given: { c: [] },
    steps: [{ command: { getMore: long(12345), collection: 'c' }, error: { code: 43, mentions: ['12345'] } }],
  },
  {
    name: 'killCursors tells which cursors there were not',
    manual: 'reference/command/killCursors/',
    given: { c: [] },
    steps: [
      {
        command: { killCursors: 'c', cursors: [long(99)] },
        answer: { cursorsKilled: [], cursorsNotFound: [long(99)], cursorsAlive: [], cursorsUnknown: [] },
      },
    ],
  },
  {
    name: 'skip comes before limit, and a limit of 0 is none',
    manual: 'reference/command/find/',
    given: { c: numbers(6) },
    steps: [
      { command: { find: 'c', sort: { _id: 1 }, skip: 2, limit: 3 }, documents: ids(3, 5) },
      { command: { find: 'c', sort: { _id: 1 }, limit: 0 }, documents: numbers(6) },
      { command: { find: 'c', sort: { _id: 1 }, skip: 10 }, documents: [] },
    ],
  },
  {
    name: 'of decimals that are no whole numbers, the nearest is taken, and of two the even one',
    manual: 'reference/command/find/',
    given: { c: numbers(6) },
    steps: [
      { command: { find: 'c', sort: { _id: 1 }, limit: decimal('1.5') }, documents: numbers(2) },
      { command: { find: 'c', sort: { _id: 1 }, limit: decimal('2.5') }, documents: numbers(2) },
      { command: { find: 'c', sort: { _id: 1 }, skip: decimal('3.7') }, documents: ids(5, 6) },
      { command: { find: 'c', sort: { _id: 1 }, skip: decimal('-0.5') }, documents: numbers(6) },
    ],
  },
  {
    name: 'skip and limit may not be negative',
    manual: 'reference/command/find/',
    given: { c: numbers(2) },
    steps: [
      { command: { find: 'c', skip: -1 }, error: { code: 51024, mentions: ['skip'] } },
      { command: { find: 'c', limit: -1 }, error: { code: 51024, mentions: ['limit'] } },
      { command: { find: 'c', batchSize: -1 }, error: { code: 51024, mentions: ['batchSize'] } },
    ],
  },
];
