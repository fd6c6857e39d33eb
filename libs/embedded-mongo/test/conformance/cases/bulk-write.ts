import { DATABASE, double, type Case, type Doc, type Expected } from '../case.js';

const GIVEN = [
  { _id: 1, a: 1 },
  { _id: 2, a: [1, 2] },
];
const NAMESPACES = [{ ns: `${DATABASE}.c` }, { ns: `${DATABASE}.d` }];
const NOTHING = { nErrors: 0, nInserted: 0, nMatched: 0, nModified: 0, nUpserted: 0, nDeleted: 0 };

/** What a result of an operation is told with when it worked. */
const done = (idx: number, rest: Doc): Doc => ({ ok: double(1), idx, ...rest });

const duplicate = (idx: number, _id: number): Doc => ({
  ok: double(0),
  idx,
  code: 11000,
  errmsg: `E11000 duplicate key error collection: ${DATABASE}.c index: _id_ dup key: { _id: ${_id} }`,
  keyPattern: { _id: 1 },
  keyValue: { _id },
  n: 0,
});

const bulk = (name: string, manual: string, command: Doc, expected: Expected): Case => ({
  name,
  manual: `reference/command/bulkWrite/${manual}`,
  given: { c: GIVEN },
  steps: [{ command: { bulkWrite: 1, nsInfo: NAMESPACES, ...command }, admin: true, ...expected }],
});

/** Commands that are refused as a whole: what stands before the mistake is not written either. */
const refused = (name: string, operation: Doc, code: number, ...mentions: string[]): Case =>
  bulk(
    name,
    '#command-fields',
    { ops: [{ insert: 0, document: { _id: 9 } }, operation] },
    { error: { code, mentions }, state: { c: GIVEN } },
  );

const update = (rest: Doc): Doc => ({ update: 0, filter: {}, updateMods: { $set: { a: 5 } }, ...rest });

/** Statements on the command `bulkWrite`. */
export const cases: readonly Case[] = [
  bulk(
    'operations of all kinds are done in their order, over several collections, and counted',
    '#output',
    {
      ops: [
        { insert: 0, document: { _id: 3, a: 1 } },
        { update: 0, filter: { a: 1 }, updateMods: { $set: { b: 1 } }, multi: true },
        { update: 0, filter: { _id: 1 }, updateMods: { $set: { b: 1 } } },
        { update: 1, filter: { _id: 7 }, updateMods: { z: 1 }, upsert: true },
        { delete: 0, filter: { a: 1 } },
        { delete: 0, filter: {}, multi: true },
      ],
    },
    {
      answer: { ...NOTHING, nInserted: 1, nMatched: 4, nModified: 3, nUpserted: 1, nDeleted: 3 },
      documents: [
        done(0, { n: 1 }),
        done(1, { n: 3, nModified: 3 }),
        done(2, { n: 1, nModified: 0 }),
        done(3, { n: 1, nModified: 0, upserted: { index: 0, _id: 7 } }),
        done(4, { n: 1 }),
        done(5, { n: 2 }),
      ],
      state: { c: [], d: [{ _id: 7, z: 1 }] },
    },
  ),
  bulk(
    'the first failure ends operations in order',
    '#command-fields',
    { ops: [3, 1, 4].map((_id) => ({ insert: 0, document: { _id } })) },
    {
      answer: { ...NOTHING, nErrors: 1, nInserted: 1 },
      documents: [done(0, { n: 1 }), duplicate(1, 1)],
      state: { c: [...GIVEN, { _id: 3 }] },
    },
  ),
  bulk(
    'operations in no order go on after a failure',
    '#command-fields',
    { ops: [1, 3, 2].map((_id) => ({ insert: 0, document: { _id } })), ordered: false },
    {
      answer: { ...NOTHING, nErrors: 2, nInserted: 1 },
      documents: [duplicate(0, 1), done(1, { n: 1 }), duplicate(2, 2)],
    },
  ),
  bulk(
    'errors only are told when no more is asked for',
    '#command-fields',
    { ops: [1, 3].map((_id) => ({ insert: 0, document: { _id } })), ordered: false, errorsOnly: true },
    { answer: { ...NOTHING, nErrors: 1, nInserted: 1 }, documents: [duplicate(0, 1)] },
  ),
  bulk(
    'an update that fails has modified nothing',
    '#output',
    { ops: [update({ filter: { _id: 1 }, updateMods: { $inc: { _id: 1 } } })] },
    { answer: { ...NOTHING, nErrors: 1 } },
  ),
  bulk(
    'a hint that is no index fails its operation',
    '#command-fields',
    { ops: [update({ hint: 'none' }), { insert: 0, document: { _id: 3 } }], ordered: false },
    { answer: { ...NOTHING, nErrors: 1, nInserted: 1 } },
  ),
  bulk(
    'array filters say which elements are changed',
    '#command-fields',
    { ops: [update({ filter: { _id: 2 }, updateMods: { $set: { 'a.$[x]': 9 } }, arrayFilters: [{ x: { $gt: 1 } }] })] },
    {
      answer: { ...NOTHING, nMatched: 1, nModified: 1 },
      state: {
        c: [
          { _id: 1, a: 1 },
          { _id: 2, a: [1, 9] },
        ],
      },
    },
  ),
  bulk(
    'the variables of let are for all operations',
    '#command-fields',
    {
      ops: [
        update({ filter: { $expr: { $eq: ['$_id', '$$one'] } }, updateMods: [{ $set: { a: '$$new' } }] }),
        { delete: 0, filter: { $expr: { $gt: ['$_id', '$$one'] } }, multi: true },
      ],
      let: { one: 1, new: 'x' },
    },
    { answer: { ...NOTHING, nMatched: 1, nModified: 1, nDeleted: 1 }, state: { c: [{ _id: 1, a: 'x' }] } },
  ),
  bulk(
    'an operation has a collation of its own',
    '#command-fields',
    {
      ops: [
        { insert: 0, document: { _id: 3, t: 'A' } },
        { delete: 0, filter: { t: 'a' } },
        { delete: 0, filter: { t: 'a' }, collation: { locale: 'en', strength: 2 } },
      ],
    },
    { answer: { ...NOTHING, nInserted: 1, nDeleted: 1 }, state: { c: GIVEN } },
  ),
  bulk(
    'results come in batches',
    '#command-fields',
    { ops: [3, 4, 5].map((_id) => ({ insert: 0, document: { _id } })), cursor: { batchSize: 2 } },
    { batches: 2, documents: [0, 1, 2].map((idx) => done(idx, { n: 1 })) },
  ),
  refused('an insertion has a document', { insert: 0 }, 40414, "BSON field 'bulkWrite.ops.document' is missing"),
  refused('an update has a filter', { update: 0, updateMods: {} }, 40414, 'bulkWrite.ops.filter'),
  refused('an update has a change', { update: 0, filter: {} }, 40414, 'bulkWrite.ops.updateMods'),
  refused('a document is one', { insert: 0, document: 5 }, 14, 'bulkWrite.ops.document', "'int'"),
  refused('an operation has no other fields', update({ colour: 1 }), 40415, "BSON field 'bulkWrite.ops.colour'"),
  refused('an operation is one of three', { colour: 1 }, 40415, "BSON field 'bulkWrite.colour' is an unknown field."),
  refused('a change is a document or a pipeline', update({ updateMods: 5 }), 9, 'either an object or an array'),
  refused('a hint is a name or a key', update({ hint: 5 }), 9, 'Hint must be a string or an object'),
  refused('array filters are documents', update({ arrayFilters: [5] }), 14, 'bulkWrite.ops.arrayFilters'),
  refused('multi is a boolean', update({ multi: 1 }), 14, "BSON field 'bulkWrite.ops.multi'", "expected type 'bool'"),
  refused('an operation names a place in nsInfo', { insert: 2, document: {} }, 2, 'has an invalid nsInfo index.'),
  refused('a place is not negative', { insert: -1, document: {} }, 51024, "'insert' value must be >= 0"),
  bulk('there is at least one operation', '#command-fields', { ops: [] }, { error: { code: 16 } }),
  ...[
    { info: { ns: 'nodot' }, code: 73, mentions: ["Invalid namespace specified for bulkWrite: 'nodot'"] },
    { info: { ns: 5 }, code: 14, mentions: ['bulkWrite.nsInfo.ns'] },
    { info: {}, code: 40414, mentions: ['bulkWrite.nsInfo.ns'] },
    { info: { ns: 'a.b', colour: 1 }, code: 40415, mentions: ['bulkWrite.nsInfo.colour'] },
  ].map(({ info, code, mentions }) =>
    bulk(
      `an entry of nsInfo like ${JSON.stringify(info)} is refused, also when no operation uses it`,
      '#command-fields',
      { ops: [{ insert: 0, document: { _id: 9 } }], nsInfo: [...NAMESPACES, info] },
      { error: { code, mentions }, state: { c: GIVEN } },
    ),
  ),
  bulk(
    'errorsOnly is a boolean, which is looked at before anything is written',
    '#command-fields',
    { ops: [{ insert: 0, document: { _id: 9 } }], errorsOnly: 'yes' },
    { error: { code: 14, mentions: ['bulkWrite.errorsOnly'] }, state: { c: GIVEN } },
  ),
  {
    name: 'a view takes no writes of a batch, whose other operations are done',
    manual: 'reference/command/bulkWrite/#behavior',
    given: { c: GIVEN },
    steps: [
      { command: { create: 'd', viewOn: 'c', pipeline: [] } },
      {
        command: {
          bulkWrite: 1,
          nsInfo: NAMESPACES,
          ops: [{ insert: 1, document: { _id: 9 } }, update({ update: 1 }), { insert: 0, document: { _id: 3 } }],
          ordered: false,
        },
        admin: true,
        answer: { ...NOTHING, nErrors: 2, nInserted: 1 },
      },
    ],
  },
  {
    name: 'it is a command of the database admin',
    manual: 'reference/command/bulkWrite/#syntax',
    steps: [{ command: { bulkWrite: 1, ops: [], nsInfo: [] }, error: { code: 13, mentions: ['admin'] } }],
  },
];
