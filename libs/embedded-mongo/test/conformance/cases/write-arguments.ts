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
  updates('an update needs a filter', { u: { $set: { b: 1 } } }, { error: { code: 40414, mentions: ['q'] } }),
  updates('an update needs a change', { q: {} }, { error: { code: 40414, mentions: ['u'] } }),
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
  fills('$fill takes a value or a method', { method: 'locf', value: 1 }, 6050202),
  creates('a collection does not expire without clusters', { expireAfterSeconds: 60 }),
  creates('a collection has a size only when it is capped', { size: 1000 }),
];
