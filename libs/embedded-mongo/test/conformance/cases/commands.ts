import { DATABASE, double, long, type Case, type Doc } from '../case.js';

const numbers = (count: number): Doc[] => Array.from({ length: count }, (_, i) => ({ _id: i + 1 }));
const nested = (levels: number): Doc => (levels === 1 ? { a: 1 } : { a: nested(levels - 1) });
const ids = (from: number, to: number): Doc[] => numbers(to).slice(from - 1);

/** Statements on collections, cursors and the arguments of commands. */
export const cases: readonly Case[] = [
  {
    name: 'a collection or view that is there is made again only with the same options, which does nothing',
    manual: 'reference/command/create/#behavior',
    given: { c: numbers(1) },
    steps: [
      { command: { create: 'c' }, state: { c: numbers(1) } },
      { command: { create: 'c', collation: { locale: 'en' } }, error: { code: 48, mentions: ['c'] } },
      { command: { create: 'v', viewOn: 'c', pipeline: [{ $match: { _id: 1 } }] } },
      { command: { create: 'v', viewOn: 'c', pipeline: [{ $match: { _id: 1 } }] } },
      { command: { create: 'v', viewOn: 'c', pipeline: [] }, error: { code: 48, mentions: ['v'] } },
      { command: { create: 'c', viewOn: 'd', pipeline: [] }, error: { code: 48, mentions: ['c'] } },
    ],
  },
  ...[
    { w: 2, code: 2, mentions: ["'w' > 1"] },
    { w: 'elsewhere', code: 2, mentions: ['mode "elsewhere"'] },
    { w: 1, colour: 1, code: 40415, mentions: ['colour'] },
  ].map(({ code, mentions, ...writeConcern }): Case => ({
    name: `a standalone refuses the write concern ${JSON.stringify(writeConcern)}, and writes nothing`,
    manual: 'reference/write-concern/#standalone',
    given: { c: [] },
    steps: [
      {
        command: { insert: 'c', documents: [{ _id: 1 }], writeConcern },
        error: { code, mentions },
        state: { c: [] },
      },
    ],
  })),
  {
    name: 'a standalone is its own majority',
    manual: 'reference/write-concern/#standalone',
    given: { c: [] },
    steps: [
      {
        command: { insert: 'c', documents: [{ _id: 1 }], writeConcern: { w: 'majority', j: true, wtimeout: 5 } },
        answer: { n: 1 },
      },
      { command: { find: 'c', readConcern: { level: 'majority' } }, documents: [{ _id: 1 }] },
      { command: { find: 'c', readConcern: {} }, documents: [{ _id: 1 }] },
    ],
  },
  {
    name: 'linearizable reads need a replica set, and every read concern is one that there is',
    manual: 'reference/read-concern/#read-concern-levels',
    given: { c: [] },
    steps: [
      { command: { find: 'c', readConcern: { level: 'linearizable' } }, error: { code: 123 } },
      { command: { find: 'c', readConcern: { level: 'snapshot' } }, error: { code: 123 } },
      {
        command: { count: 'c', readConcern: { level: 'snapshot' } },
        error: { code: 72, mentions: ['read concern snapshot not supported'] },
      },
      { command: { find: 'c', readConcern: { level: 'colourful' } }, error: { code: 2, mentions: ['colourful'] } },
    ],
  },
  ...[{ listDatabases: 1 }, { getParameter: 1, ttlMonitorEnabled: 1 }, { renameCollection: 'a.b', to: 'a.c' }].map(
    (command): Case => ({
      name: `${Object.keys(command)[0]} is a command of the database admin`,
      manual: `reference/command/${Object.keys(command)[0]}/#syntax`,
      steps: [{ command, error: { code: 13, mentions: ['admin'] } }],
    }),
  ),
  {
    name: 'dbStats counts views apart from collections, and has a scale that is positive',
    manual: 'reference/command/dbStats/#output',
    given: { c: numbers(3) },
    steps: [
      { command: { dbStats: 1 }, answer: { collections: long(1), views: long(0), objects: long(3), indexes: long(1) } },
      { command: { create: 'v', viewOn: 'c', pipeline: [] } },
      { command: { dbStats: 1, scale: 1024 }, answer: { views: long(1), scaleFactor: long(1024) } },
      { command: { dbStats: 1, scale: 0 }, error: { code: 2, mentions: ['Scale factor must be greater than zero'] } },
      { command: { dbStats: 1, scale: '1' }, error: { code: 14, mentions: ['dbStats.scale'] } },
    ],
  },
  {
    name: 'sizes of documents are those of their BSON',
    manual: 'reference/command/dbStats/#output',
    given: { c: numbers(3) },
    steps: [
      { command: { dbStats: 1 }, answer: { avgObjSize: double(14), dataSize: double(42) } },
      { command: { dbStats: 1, scale: 2 }, answer: { avgObjSize: double(14), dataSize: double(21) } },
      { command: { collStats: 'c' }, answer: { count: 3, size: 42, avgObjSize: 14, nindexes: 1, capped: false } },
    ],
  },
  {
    name: 'collStats of a collection that there is not has nothing but zeros',
    manual: 'reference/command/collStats/#behavior',
    steps: [
      {
        command: { collStats: 'none' },
        answer: {
          size: 0,
          count: 0,
          storageSize: 0,
          totalSize: 0,
          nindexes: 0,
          totalIndexSize: 0,
          indexDetails: {},
          indexSizes: {},
          scaleFactor: 1,
        },
      },
      { command: { collStats: 'none', scale: 0 }, error: { code: 51024, mentions: ['scale'] } },
    ],
  },
  {
    name: 'documents are nested in 100 levels, and in 180 at most',
    manual: 'reference/limits/#mongodb-limit-Nested-Depth-for-BSON-Documents',
    given: { c: [{ _id: 0 }] },
    steps: [
      { command: { insert: 'c', documents: [{ _id: 1, ...nested(100) }] }, answer: { n: 1 } },
      { command: { insert: 'c', documents: [{ _id: 2, ...nested(181) }] }, error: { code: 15, index: 0 } },
      {
        command: { update: 'c', updates: [{ q: { _id: 0 }, u: { $set: { ['a.'.repeat(180) + 'a']: 1 } } }] },
        error: { code: 15, index: 0 },
      },
      { command: { find: 'c', filter: nested(250) }, error: { code: 15 } },
      { command: { count: 'c' }, answer: { n: 2 } },
    ],
  },
  {
    name: 'an insertion makes the collection',
    manual: 'core/databases-and-collections/#create-a-collection',
    steps: [
      { command: { insert: 'd', documents: [{ _id: 1 }] } },
      { command: { listCollections: 1, nameOnly: true }, documents: [{ name: 'd', type: 'collection' }] },
    ],
  },
  {
    name: 'reading what there is not gives nothing and makes nothing',
    manual: 'core/databases-and-collections/',
    steps: [
      { command: { find: 'none' }, documents: [] },
      { command: { count: 'none' }, answer: { n: 0 } },
      { command: { distinct: 'none', key: 'a' }, answer: { values: [] } },
      { command: { aggregate: 'none', pipeline: [], cursor: {} }, documents: [] },
      { command: { listCollections: 1 }, documents: [] },
    ],
  },
  {
    name: 'an update without upsert makes no collection',
    manual: 'reference/command/update/',
    steps: [
      { command: { update: 'none', updates: [{ q: {}, u: { $set: { a: 1 } } }] }, answer: { n: 0, nModified: 0 } },
      { command: { listCollections: 1 }, documents: [] },
    ],
  },
  {
    name: 'drop removes documents and indexes',
    manual: 'reference/command/drop/',
    given: { c: [{ _id: 1 }] },
    indexes: { c: [{ key: { a: 1 }, name: 'a_1' }] },
    steps: [
      { command: { drop: 'c' }, answer: { nIndexesWas: 2 } },
      { command: { find: 'c' }, documents: [] },
      { command: { insert: 'c', documents: [{ _id: 2 }] } },
      { command: { listIndexes: 'c' }, documents: [{ v: 2, key: { _id: 1 }, name: '_id_' }] },
    ],
  },
  {
    name: 'drop of a collection that does not exist is no error',
    manual: 'reference/method/db.collection.drop/',
    steps: [{ command: { drop: 'c' }, answer: { ok: double(1) } }],
  },
  {
    name: 'a collection name may not begin with system.',
    manual: 'reference/limits/#naming-restrictions',
    steps: [
      {
        command: { create: 'system.mine' },
        error: { code: 73, mentions: [`Invalid system namespace: ${DATABASE}.system.mine`] },
      },
    ],
  },
  {
    name: 'a collection name may not hold a dollar',
    manual: 'reference/limits/#naming-restrictions',
    steps: [{ command: { create: 'a$b' }, error: { code: 73 } }],
  },
  {
    name: 'a namespace has 255 bytes at most',
    manual: 'reference/limits/#mongodb-limit-Restriction-on-Collection-Names',
    steps: [{ command: { create: 'x'.repeat(256) }, error: { code: 73, mentions: ['255'] } }],
  },
  {
    name: 'count counts with a query, skip and limit',
    manual: 'reference/command/count/',
    given: { c: numbers(9) },
    steps: [
      { command: { count: 'c' }, answer: { n: 9 } },
      { command: { count: 'c', query: { _id: { $gt: 4 } } }, answer: { n: 5 } },
      { command: { count: 'c', query: { _id: { $gt: 4 } }, skip: 2 }, answer: { n: 3 } },
      { command: { count: 'c', query: { _id: { $gt: 4 } }, limit: 4 }, answer: { n: 4 } },
    ],
  },
  {
    name: 'the key of distinct has no zero byte',
    manual: 'reference/command/distinct/#command-fields',
    steps: [{ command: { distinct: 'c', key: 'a\0b' }, error: { code: 31032 } }],
  },
  {
    name: 'distinct opens arrays and takes values of one number once',
    manual: 'reference/command/distinct/#array-fields',
    given: { c: [{ _id: 1, a: [1, 2] }, { _id: 2, a: 2 }, { _id: 3, a: double(1) }, { _id: 4 }] },
    steps: [{ command: { distinct: 'c', key: 'a' }, answer: { values: [1, 2] } }],
  },
  {
    name: 'distinct takes a nested array as a value',
    manual: 'reference/command/distinct/#array-fields',
    given: { c: [{ _id: 1, a: [1, [1], 2] }] },
    steps: [{ command: { distinct: 'c', key: 'a' }, answer: { values: [1, 2, [1]] } }],
  },
  {
    name: 'distinct gives its values in the order of sorts',
    manual: 'reference/command/distinct/',
    given: { c: ['b', 10, null, { d: 1 }, 2, true, ['a', 'C'], long(3)].map((a, _id) => ({ _id, a })) },
    steps: [
      {
        command: { distinct: 'c', key: 'a' },
        answer: { values: [null, 2, long(3), 10, 'C', 'a', 'b', { d: 1 }, true] },
      },
      {
        command: { distinct: 'c', key: 'a', query: { _id: { $ne: 3 } }, collation: { locale: 'en' } },
        answer: { values: [null, 2, long(3), 10, 'a', 'b', 'C', true] },
      },
    ],
  },
  {
    name: 'an unknown command is not found',
    manual: 'reference/command/',
    steps: [{ command: { frobnicate: 1 }, error: { code: 59, mentions: ['frobnicate'] } }],
  },
  {
    name: 'an unknown argument is refused by name',
    manual: 'reference/command/find/',
    steps: [{ command: { find: 'c', colour: 1 }, error: { code: 40415, mentions: ['colour'] } }],
  },
  {
    name: 'a filter must be a document',
    manual: 'reference/command/find/',
    given: { c: [] },
    steps: [{ command: { find: 'c', filter: 5 }, error: { code: 14, mentions: ['filter'] } }],
  },
  {
    name: 'a batch of writes may not be empty',
    manual: 'reference/limits/#mongodb-limit-Write-Command-Batch-Limit-Size',
    given: { c: [] },
    steps: [{ command: { insert: 'c', documents: [] }, error: { code: 16 } }],
  },
  {
    name: 'a comment is taken by every command',
    manual: 'reference/command/find/',
    given: { c: numbers(1) },
    steps: [
      { command: { find: 'c', comment: 'why' }, documents: numbers(1) },
      { command: { insert: 'c', documents: [{ _id: 2 }], comment: { why: 1 } }, answer: { n: 1 } },
    ],
  },
  {
    name: 'a view takes no writes',
    manual: 'core/views/#behavior',
    given: { c: numbers(1) },
    steps: [
      { command: { create: 'v', viewOn: 'c', pipeline: [] } },
      { command: { insert: 'v', documents: [{ _id: 2 }] }, error: { code: 166 } },
    ],
  },
  {
    name: 'the stages of a view come before those of the query',
    manual: 'core/views/',
    given: { c: numbers(5) },
    steps: [
      { command: { create: 'v', viewOn: 'c', pipeline: [{ $match: { _id: { $gt: 2 } } }] } },
      { command: { find: 'v', filter: { _id: { $lt: 5 } }, sort: { _id: -1 } }, documents: [{ _id: 4 }, { _id: 3 }] },
      { command: { count: 'v' }, answer: { n: 3 } },
      { command: { aggregate: 'v', pipeline: [{ $count: 'n' }], cursor: {} }, documents: [{ n: 3 }] },
    ],
  },
  {
    name: '$out replaces a collection with the result',
    manual: 'reference/operator/aggregation/out/',
    given: { c: numbers(3), d: [{ _id: 9 }] },
    steps: [
      {
        command: { aggregate: 'c', pipeline: [{ $match: { _id: { $lt: 3 } } }, { $out: 'd' }], cursor: {} },
        documents: [],
        state: { d: ids(1, 2) },
      },
    ],
  },
  {
    name: '$out must be the last stage',
    manual: 'reference/operator/aggregation/out/',
    given: { c: [] },
    steps: [
      {
        command: { aggregate: 'c', pipeline: [{ $out: 'd' }, { $match: {} }], cursor: {} },
        error: { code: 40601, mentions: ['$out'] },
      },
    ],
  },
  {
    name: '$merge merges what is there and inserts what is not',
    manual: 'reference/operator/aggregation/merge/',
    given: {
      c: [
        { _id: 1, b: 2 },
        { _id: 2, b: 2 },
      ],
      d: [{ _id: 1, a: 1 }],
    },
    steps: [
      {
        command: { aggregate: 'c', pipeline: [{ $merge: 'd' }], cursor: {} },
        state: {
          d: [
            { _id: 1, a: 1, b: 2 },
            { _id: 2, b: 2 },
          ],
        },
      },
    ],
  },
  {
    name: '$merge needs a unique index on the fields that it compares',
    manual: 'reference/operator/aggregation/merge/#on-field',
    given: { c: [{ _id: 1, k: 1 }], d: [] },
    steps: [
      {
        command: { aggregate: 'c', pipeline: [{ $merge: { into: 'd', on: 'k' } }], cursor: {} },
        error: { code: 51183 },
      },
    ],
  },
  {
    name: 'a transaction is refused by a standalone',
    manual: 'core/transactions/',
    given: { c: [] },
    steps: [
      {
        command: { insert: 'c', documents: [{ _id: 1 }], startTransaction: true, autocommit: false },
        error: { code: 20 },
      },
    ],
  },
  {
    name: 'a change stream is refused by a standalone',
    manual: 'changeStreams/',
    given: { c: [] },
    steps: [{ command: { aggregate: 'c', pipeline: [{ $changeStream: {} }], cursor: {} }, error: { code: 40573 } }],
  },
  {
    name: 'the variables of let are for $expr',
    manual: 'reference/command/find/',
    given: { c: numbers(3) },
    steps: [
      {
        command: { find: 'c', filter: { $expr: { $eq: ['$_id', '$$wanted'] } }, let: { wanted: 2 } },
        documents: [{ _id: 2 }],
      },
    ],
  },
];
