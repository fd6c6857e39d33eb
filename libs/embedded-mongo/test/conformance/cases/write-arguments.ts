import { type Case, type Doc, type Expected } from '../case.js';

const GIVEN = [
  { _id: 1, a: 1, n: 2 },
  { _id: 2, a: 1, n: 1 },
];

const runs = (name: string, manual: string, command: Doc, expected: Expected): Case => ({
  name,
  manual: `reference/${manual}`,
  given: { c: GIVEN },
  steps: [{ command, ...expected }],
});

const updates = (name: string, update: Doc, expected: Expected): Case =>
  runs(name, 'command/update/#syntax', { update: 'c', updates: [update] }, expected);

const fills = (name: string, output: Doc, code: number): Case =>
  runs(
    name,
    'operator/aggregation/fill/#syntax',
    { aggregate: 'c', pipeline: [{ $fill: { sortBy: { _id: 1 }, output: { v: output } } }], cursor: {} },
    { error: { code } },
  );

const creates = (name: string, options: Doc): Case =>
  runs(
    name,
    'command/create/#syntax',
    { create: 'made', ...options },
    { error: { code: 72, mentions: Object.keys(options) } },
  );

/** Statements on what operations of batches must have and may not have. */
export const cases: readonly Case[] = [
  updates(
    'an update of one goes by a sort',
    { q: { a: 1 }, u: { $set: { b: 1 } }, sort: { n: 1 } },
    { answer: { n: 1, nModified: 1 }, state: { c: [GIVEN[0] ?? {}, { ...GIVEN[1], b: 1 }] } },
  ),
  updates(
    'an update of many goes by no sort',
    { q: { a: 1 }, u: { $set: { b: 1 } }, sort: { n: 1 }, multi: true },
    { error: { code: 9, index: 0, mentions: ['sort'] } },
  ),
  updates(
    'null is no sort and no constants of an update',
    { q: { a: 9 }, u: { $set: { b: 1 } }, sort: null, c: null, multi: true },
    { answer: { n: 0, nModified: 0 } },
  ),
  updates('an update needs a filter', { u: { $set: { b: 1 } } }, { error: { code: 40414, mentions: ['q'] } }),
  updates('an update needs a change', { q: {} }, { error: { code: 40414, mentions: ['u'] } }),
  updates(
    'a change is a document or a pipeline',
    { q: {}, u: 5 },
    { error: { code: 9, mentions: ['object or an array'] } },
  ),
  updates(
    'array filters of an update are a list',
    { q: {}, u: { $set: { a: 5 } }, arrayFilters: {} },
    { error: { code: 14, mentions: ['update.updates.arrayFilters', "'object'"] } },
  ),
  updates(
    'the sort of an update is a document',
    { q: {}, u: { $set: { a: 5 } }, sort: 'n' },
    { error: { code: 14, mentions: ['update.updates.sort'] } },
  ),
  ...[
    { find: 'c' },
    { count: 'c' },
    { distinct: 'c', key: 'a' },
    { aggregate: 'c', pipeline: [], cursor: {} },
    { findAndModify: 'c', remove: true },
  ].map((command) =>
    runs(
      `a hint of ${Object.keys(command)[0]} is a name or a key`,
      'command/',
      { ...command, hint: 5 },
      { error: { code: 9, mentions: ['Hint must be a string or an object'] } },
    ),
  ),
  ...[
    { options: {}, reason: 'Either an update or remove=true must be specified' },
    { options: { remove: true, update: {} }, reason: 'Cannot specify both an update and remove=true' },
    { options: { remove: true, upsert: true }, reason: 'Cannot specify both upsert=true and remove=true' },
    { options: { remove: true, new: true }, reason: 'Cannot specify both new=true and remove=true' },
    { options: { remove: true, arrayFilters: [] }, reason: 'Cannot specify arrayFilters and remove=true' },
    { options: { update: [], arrayFilters: [] }, reason: 'Cannot specify arrayFilters and a pipeline update' },
    { options: { update: 5 }, reason: 'Update argument must be either an object or an array' },
  ].map(({ options, reason }) =>
    runs(
      `findAndModify refuses ${JSON.stringify(options)}`,
      'command/findAndModify/#command-fields',
      { findAndModify: 'c', ...options },
      { error: { code: 9, mentions: [reason] }, state: { c: GIVEN } },
    ),
  ),
  ...[
    { insert: 'c', documents: [{ _id: 3 }] },
    { update: 'c', updates: [{ q: {}, u: { $set: { a: 5 } } }] },
    { findAndModify: 'c', remove: true },
  ].map((command) =>
    runs(
      `bypassDocumentValidation of ${Object.keys(command)[0]} is a boolean or a number`,
      'command/',
      { ...command, bypassDocumentValidation: 'yes' },
      { error: { code: 14, mentions: ["bypassDocumentValidation' is the wrong type 'string'"] }, state: { c: GIVEN } },
    ),
  ),
  ...[
    { find: 'c' },
    { aggregate: 'c', pipeline: [], cursor: {} },
    { update: 'c', updates: [{ q: {}, u: { $set: { a: 1 } } }] },
    { delete: 'c', deletes: [{ q: { a: 9 }, limit: 0 }] },
    { findAndModify: 'c', query: { a: 9 }, remove: true },
  ].map((command) =>
    runs(
      `a let of null gives ${Object.keys(command)[0]} no variables`,
      'command/',
      { ...command, let: null },
      { state: { c: GIVEN } },
    ),
  ),
  runs(
    'the name of a collection is a string',
    'command/find/#command-fields',
    { find: 5 },
    { error: { code: 73, mentions: ['ollection name has invalid type int'] } },
  ),
  runs(
    'an aggregation is over a collection, or 1',
    'command/aggregate/#command-fields',
    { aggregate: 5, pipeline: [], cursor: {} },
    { error: { code: 9, mentions: ['must specify a collection name or 1'] } },
  ),
  runs(
    'the limit of a count is a number, and fields are passed over',
    'command/count/#command-fields',
    { count: 'c', limit: 'x', fields: { a: 1 } },
    { error: { code: 14, mentions: ['count.limit'] } },
  ),
  updates('a filter is a document', { q: 5, u: { $set: { b: 1 } } }, { error: { code: 14, mentions: ['q'] } }),
  updates(
    'a stage that makes no document of a document is not for updates',
    { q: {}, u: [{ $match: {} }] },
    { error: { code: 72, index: 0, mentions: ['$match'] } },
  ),
  updates(
    'an unknown stage is not for updates',
    { q: {}, u: [{ $frobnicate: {} }] },
    { error: { code: 40324, index: 0, mentions: ['$frobnicate'] } },
  ),
  runs(
    'a delete needs a limit',
    'command/delete/#syntax',
    { delete: 'c', deletes: [{ q: {} }] },
    {
      error: { code: 40414, mentions: ['limit'] },
    },
  ),
  fills('$fill has no other options', { method: 'locf', colour: 1 }, 40415),
  fills('$fill knows two methods', { method: 'spline' }, 6050202),
  fills('$fill takes a value or a method', { method: 'locf', value: 1 }, 6050201),
  creates('a collection does not expire without clusters', { expireAfterSeconds: 60 }),
  creates('a collection has a size only when it is capped', { size: 1000 }),
];
