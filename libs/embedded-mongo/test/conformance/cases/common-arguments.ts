import { decimal, double, long, type Case, type Doc } from '../case.js';

/** Commands of each kind, which do nothing to an empty collection. */
const READS: readonly Doc[] = [
  { find: 'c' },
  { count: 'c' },
  { distinct: 'c', key: 'a' },
  { aggregate: 'c', pipeline: [], cursor: {} },
];
const WRITES: readonly Doc[] = [
  { delete: 'c', deletes: [{ q: { a: 1 }, limit: 0 }] },
  { update: 'c', updates: [{ q: { a: 1 }, u: { $set: { a: 2 } } }] },
  { findAndModify: 'c', query: { a: 1 }, remove: true },
  { create: 'c' },
  { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a_1' }] },
  { collMod: 'c' },
  { dropIndexes: 'c', index: '*' },
  { drop: 'none' },
];
const OTHERS: readonly Doc[] = [
  { ping: 1 },
  { listCollections: 1 },
  { listIndexes: 'c' },
  { dbStats: 1 },
  { hello: 1 },
];

const named = (commands: readonly Doc[]): [string, Doc][] =>
  commands.map((command) => [Object.keys(command)[0] ?? '', command]);

const refused = (maxTimeMS: unknown, code: number, ...mentions: string[]): { command: Doc; error: object } => ({
  command: { find: 'c', maxTimeMS },
  error: { code, mentions },
});

/** Statements on the arguments that all commands have in common. */
export const cases: readonly Case[] = [
  ...named([...READS, ...OTHERS]).map(([name, command]): Case => ({
    name: `${name} takes no write concern`,
    manual: 'reference/write-concern/',
    given: { c: [] },
    steps: [
      {
        command: { ...command, writeConcern: { w: 1 } },
        error: { code: 72, mentions: ['Command does not support writeConcern'] },
      },
    ],
  })),
  ...named(WRITES).map(([name, command]): Case => ({
    name: `${name} takes a write concern`,
    manual: 'reference/write-concern/',
    given: { c: [] },
    steps: [{ command: { ...command, writeConcern: { w: 'majority' } } }],
  })),
  {
    name: 'an aggregation that writes takes a write concern, unless it is explained',
    manual: 'reference/command/aggregate/#command-fields',
    given: { c: [] },
    steps: [
      { command: { aggregate: 'c', pipeline: [{ $merge: 'd' }], cursor: {}, writeConcern: { w: 1 } } },
      {
        command: { aggregate: 'c', pipeline: [], explain: true, writeConcern: { w: 1 } },
        error: { code: 9, mentions: ['Aggregation explain does not support', 'writeConcern'] },
      },
    ],
  },
  ...named([...WRITES, ...OTHERS]).map(([name, command]): Case => ({
    name: `${name} takes no read concern but local`,
    manual: 'reference/read-concern/#read-concern-support',
    given: { c: [] },
    steps: [
      { command: { ...command, readConcern: { level: 'local' } } },
      {
        command: { ...command, readConcern: { level: 'majority' } },
        error: { code: 72, mentions: [`Command ${name} does not support`, 'read concern not supported'] },
      },
    ],
  })),
  ...named(READS).map(([name, command]): Case => ({
    name: `${name} takes a read concern`,
    manual: 'reference/read-concern/#read-concern-support',
    given: { c: [] },
    steps: ['local', 'available', 'majority'].map((level) => ({ command: { ...command, readConcern: { level } } })),
  })),
  {
    name: 'maxTimeMS is a whole number of 32 bits',
    manual: 'reference/method/cursor.maxTimeMS/',
    given: { c: [] },
    steps: [
      refused(2 ** 31, 2, '2147483648 value for maxTimeMS is out of range'),
      refused(long('9223372036854775807'), 2, '9223372036854775807 value for maxTimeMS is out of range'),
      refused(double(1e300), 2, '9223372036854775807 value for maxTimeMS is out of range'),
      refused(-1, 2, '-1 value for maxTimeMS is out of range'),
      refused(1000.5, 2, 'maxTimeMS has non-integral value'),
      refused(double(Number.NaN), 2, 'maxTimeMS has non-integral value'),
      refused('soon', 2, 'maxTimeMS must be a number'),
      refused(null, 2, 'maxTimeMS must be a number'),
      ...[0, 2 ** 31 - 1, long(5000), double(5000), decimal('5000')].map((maxTimeMS) => ({
        command: { find: 'c', maxTimeMS },
        documents: [],
      })),
    ],
  },
  {
    name: 'maxTimeMS is refused by commands that do not look at it, too',
    manual: 'reference/method/cursor.maxTimeMS/',
    steps: [{ command: { ping: 1, maxTimeMS: 0.5 }, error: { code: 2, mentions: ['maxTimeMS'] } }],
  },
  {
    name: 'an aggregation refuses a maxTimeMS in words of its own',
    manual: 'reference/command/aggregate/#command-fields',
    given: { c: [] },
    steps: [
      {
        command: { aggregate: 'c', pipeline: [], cursor: {}, maxTimeMS: -5 },
        error: { code: 51024, mentions: ["'maxTimeMS' value must be >= 0, actual value '-5'"] },
      },
      {
        command: { aggregate: 'c', pipeline: [], cursor: {}, maxTimeMS: 'soon' },
        error: {
          code: 14,
          mentions: ["BSON field 'aggregate.maxTimeMS' is the wrong type 'string', expected types"],
        },
      },
    ],
  },
  {
    name: 'a field of the wrong type is told with its type and the one that it has to be of',
    manual: 'reference/command/find/#command-fields',
    given: { c: [] },
    steps: [
      {
        command: { find: 'c', filter: 'all' },
        error: { code: 14, mentions: ["BSON field 'find.filter' is the wrong type 'string', expected type 'object'"] },
      },
      {
        command: { find: 'c', limit: 'all' },
        error: {
          code: 14,
          mentions: ["BSON field 'find.limit' is the wrong type 'string', expected types '[long, int"],
        },
      },
      {
        command: { find: 'c', singleBatch: 'yes' },
        error: { code: 14, mentions: ["BSON field 'find.singleBatch' is the wrong type 'string', expected type"] },
      },
      {
        command: { distinct: 'c' },
        error: { code: 40414, mentions: ["BSON field 'distinct.key' is missing but a required field"] },
      },
      { command: { killCursors: 'c', cursors: 5 }, error: { code: 14, mentions: ['killCursors.cursors', "'int'"] } },
      { command: { createIndexes: 'c' }, error: { code: 40414, mentions: ['createIndexes.indexes'] } },
    ],
  },
];
