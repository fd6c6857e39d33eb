import { DATABASE, decimal, double, long, type Case, type Doc, type Step } from '../case.js';

/** Commands of each kind, which do nothing to an empty collection. */
const AGGREGATION: Doc = { aggregate: 'c', pipeline: [], cursor: {} };
const READS: readonly Doc[] = [{ find: 'c' }, { count: 'c' }, { distinct: 'c', key: 'a' }];
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

const refused = (maxTimeMS: unknown, code: number, ...mentions: string[]): Step => ({
  command: { find: 'c', maxTimeMS },
  error: { code, mentions },
});

const DIVIDES = { $expr: { $divide: [1, '$a'] } };
const AGGREGATING = 'PlanExecutor error during aggregation';

const divided = (command: Doc, context: string, index?: number): Step => ({
  command,
  error: { code: 2, mentions: [`${context} :: caused by :: can't $divide by zero`], ...(index === 0 ? { index } : {}) },
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
      {
        command: { ...command, writeConcern: 'majority' },
        error: { code: 14, mentions: ["writeConcern' is the wrong type 'string', expected type 'object'"] },
      },
    ],
  })),
  ...named([...WRITES, AGGREGATION]).map(([name, command]): Case => ({
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
  ...[
    { w: -1, code: 9 },
    { w: 51, code: 9 },
    { w: true, code: 9 },
    { w: {}, code: 9 },
    { w: { dc: 'x' }, code: 9 },
    { w: { dc: { x: 1 } }, code: 9 },
    { w: null, code: 2 },
    { j: 'yes', code: 14 },
    { w: 1, wtimeout: 2 ** 31, code: 9 },
    { j: true, fsync: true, code: 9 },
  ].map(({ code, ...writeConcern }): Case => ({
    name: `the write concern ${JSON.stringify(writeConcern)} is none`,
    manual: 'reference/write-concern/#write-concern-specification',
    given: { c: [] },
    steps: [{ command: { insert: 'c', documents: [{ _id: 1 }], writeConcern }, error: { code }, state: { c: [] } }],
  })),
  {
    name: 'a standalone takes a write concern of null, one with tags, and any wtimeout that is not too large a number',
    manual: 'reference/write-concern/#write-concern-specification',
    given: { c: [] },
    steps: [null, { w: { dc: 1 } }, { wtimeout: -1 }, { wtimeout: 'x' }, { wtimeout: null }].map((writeConcern) => ({
      command: { insert: 'c', documents: [{ a: 1 }], writeConcern },
      answer: { n: 1 },
    })),
  },
  {
    name: 'a read concern has no other fields',
    manual: 'reference/read-concern/#read-concern-option',
    given: { c: [] },
    steps: [
      { command: { find: 'c', readConcern: { colour: 1 } }, error: { code: 40415, mentions: ['readConcern.colour'] } },
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
  ...named([...READS, AGGREGATION]).map(([name, command]): Case => ({
    name: `${name} takes a read concern`,
    manual: 'reference/read-concern/#read-concern-support',
    given: { c: [] },
    steps: [null, ...['local', 'available', 'majority', null].map((level) => ({ level }))].map((readConcern) => ({
      command: { ...command, readConcern },
    })),
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
  {
    name: 'the number of a cursor is a long',
    manual: 'reference/command/getMore/#command-fields',
    given: { c: [] },
    steps: [
      {
        command: { getMore: 5, collection: 'c' },
        error: { code: 14, mentions: ["BSON field 'getMore.getMore' is the wrong type 'int', expected type 'long'"] },
      },
      { command: { getMore: 'x', collection: 'c' }, error: { code: 14, mentions: ["'string'"] } },
      { command: { getMore: long(5) }, error: { code: 40414, mentions: ['getMore.collection'] } },
      { command: { killCursors: 'c', cursors: [5] }, error: { code: 14, mentions: ['killCursors.cursors', "'int'"] } },
    ],
  },
  {
    name: 'the cursor of an aggregation is a document',
    manual: 'reference/command/aggregate/#command-fields',
    given: { c: [] },
    steps: [
      {
        command: { aggregate: 'c', pipeline: [], cursor: 'all' },
        error: { code: 14, mentions: ['cursor field must be missing or an object'] },
      },
    ],
  },
  {
    name: 'dropIndexes says which index it means',
    manual: 'reference/command/dropIndexes/#command-fields',
    given: { c: [] },
    steps: [
      { command: { dropIndexes: 'c' }, error: { code: 40414, mentions: ['dropIndexes.index'] } },
      { command: { deleteIndexes: 'c' }, error: { code: 40414, mentions: ['dropIndexes.index'] } },
      {
        command: { dropIndexes: 'c', index: true },
        error: { code: 14, mentions: ["BSON field 'dropIndexes.index' is the wrong type 'bool', expected types"] },
      },
      { command: { dropIndexes: 'none', index: '*' }, error: { code: 26, mentions: ['ns not found', '.none'] } },
    ],
  },
  {
    name: 'a pipeline makes a view, and the index of _id is named as it is only',
    manual: 'reference/command/create/#command-fields',
    given: { c: [] },
    steps: [
      { command: { create: 'd', pipeline: [] }, error: { code: 72, mentions: ["'pipeline' requires 'viewOn'"] } },
      { command: { create: 'd', idIndex: { key: { _id: 1 }, name: '_id_', v: 2 } } },
      { command: { create: 'e', idIndex: { key: { a: 1 }, name: 'a' } }, error: { code: 2, mentions: ['{ a: 1 }'] } },
      { command: { create: 'e', viewOn: 'c', idIndex: { key: { _id: 1 }, name: '_id_' } }, error: { code: 72 } },
    ],
  },
  {
    name: 'what fails while it is done is told with the command that did it',
    manual: 'reference/command/update/#output',
    given: { c: [{ _id: 1, a: 'x' }] },
    steps: [
      {
        command: { update: 'c', updates: [{ q: {}, u: { $inc: { a: 1 } } }] },
        error: {
          code: 14,
          index: 0,
          mentions: ['Plan executor error during update :: caused by :: Cannot apply $inc'],
        },
      },
      {
        command: { update: 'c', updates: [{ q: { a: 5 }, u: { $set: { _id: 1 } }, upsert: true }] },
        error: { code: 11000, index: 0, mentions: ['Plan executor error during update :: caused by :: E11000'] },
      },
      {
        command: { findAndModify: 'c', query: { a: 5 }, update: { $set: { _id: 1 } }, upsert: true },
        error: { code: 11000, mentions: ['Plan executor error during findAndModify :: caused by :: E11000'] },
      },
    ],
  },
  {
    name: 'what fails over a document is told with the command that reads it',
    manual: 'reference/command/find/#output',
    given: { c: [{ _id: 1, a: 0 }] },
    steps: [
      { command: { create: 'v', viewOn: 'c', pipeline: [] } },
      divided({ find: 'c', filter: DIVIDES }, `Executor error during find command: ${DATABASE}.c`),
      divided({ find: 'v', filter: DIVIDES }, AGGREGATING),
      divided({ aggregate: 'c', pipeline: [{ $match: DIVIDES }], cursor: {} }, AGGREGATING),
      divided({ aggregate: 'c', pipeline: [{ $group: { _id: DIVIDES.$expr } }], cursor: {} }, AGGREGATING),
      divided({ distinct: 'c', key: 'a', query: DIVIDES }, 'Executor error during distinct command'),
      divided({ findAndModify: 'c', query: DIVIDES, remove: true }, 'Plan executor error during findAndModify'),
      divided({ update: 'c', updates: [{ q: DIVIDES, u: {} }] }, 'Plan executor error during update', 0),
      divided({ delete: 'c', deletes: [{ q: DIVIDES, limit: 1 }] }, 'Plan executor error during delete', 0),
      {
        command: { aggregate: 'c', pipeline: [{ $merge: { into: 'c', whenMatched: 'fail' } }], cursor: {} },
        error: { code: 11000, mentions: [`${AGGREGATING} :: caused by :: E11000`] },
      },
    ],
  },
  {
    name: '$collStats gives the statistics of a collection to the stages after it',
    manual: 'reference/operator/aggregation/collStats/',
    given: { c: [{ _id: 1 }, { _id: 2 }] },
    steps: [
      {
        command: {
          aggregate: 'c',
          pipeline: [
            { $collStats: { count: {}, storageStats: { scale: 2 } } },
            { $project: { count: 1, size: '$storageStats.size', nindexes: '$storageStats.nindexes' } },
          ],
          cursor: {},
        },
        documents: [{ count: 2, size: 14, nindexes: 1 }],
      },
      {
        command: { aggregate: 'c', pipeline: [{ $match: {} }, { $collStats: { count: {} } }], cursor: {} },
        error: { code: 40602, mentions: ['$collStats is only valid as the first stage'] },
      },
      {
        command: { aggregate: 'none', pipeline: [{ $collStats: { storageStats: {} } }], cursor: {} },
        error: { code: 26, mentions: ['Unable to retrieve storageStats in $collStats stage', 'none] not found'] },
      },
      {
        command: { aggregate: 'c', pipeline: [{ $collStats: { colour: {} } }], cursor: {} },
        error: { code: 40415, mentions: ['colour'] },
      },
    ],
  },
];
