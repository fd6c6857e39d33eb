import type { Case, Doc, Expected } from '../case.js';

const STRICT = { apiVersion: '1', apiStrict: true };

/** A command, and what it is answered with. */
const runs = (name: string, command: Doc, expected: Expected, manual = 'stable-api/#stable-api-parameters'): Case => ({
  name,
  manual: `reference/${manual}`,
  given: { c: [{ _id: 1, a: 1 }] },
  steps: [{ command, ...expected }],
});

const strict = (name: string, command: Doc, expected: Expected): Case =>
  runs(name, { ...command, ...STRICT }, expected, 'stable-api-changelog/');

/** Statements on the Stable API. */
export const cases: readonly Case[] = [
  runs('version 1 is taken', { ping: 1, apiVersion: '1', apiStrict: true, apiDeprecationErrors: true }, {}),
  runs('there is no other version', { ping: 1, apiVersion: '2' }, { error: { code: 322 } }),
  runs('the version is a string', { ping: 1, apiVersion: 1 }, { error: { code: 14, mentions: ['apiVersion'] } }),
  ...['apiStrict', 'apiDeprecationErrors'].flatMap((field): Case[] => [
    runs(`${field} needs a version`, { ping: 1, [field]: false }, { error: { code: 4886600 } }),
    runs(`${field} is a boolean`, { ping: 1, apiVersion: '1', [field]: 'true' }, { error: { code: 14 } }),
  ]),
  runs('without apiStrict, commands of no version are run', { distinct: 'c', key: 'a', apiVersion: '1' }, {}),
  ...[
    { distinct: 'c', key: 'a' },
    { buildInfo: 1 },
    { dbStats: 1 },
    { isMaster: 1 },
    { find: 'c', noCursorTimeout: false },
    { aggregate: 'c', pipeline: [], explain: true },
    { aggregate: 'c', pipeline: [{ $collStats: { storageStats: {} } }], cursor: {} },
    { aggregate: 'c', pipeline: [{ $facet: { f: [{ $indexStats: {} }] } }], cursor: {} },
    { aggregate: 'c', pipeline: [{ $unionWith: { coll: 'd', pipeline: [{ $indexStats: {} }] } }], cursor: {} },
    { create: 'v', viewOn: 'c', pipeline: [{ $lookup: { from: 'd', as: 'l', pipeline: [{ $indexStats: {} }] } }] },
    { createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 't' }] },
  ].map((command) => strict(`apiStrict refuses ${JSON.stringify(command)}`, command, { error: { code: 323 } })),
  strict(
    'apiStrict leaves the old name of findAndModify',
    { findandmodify: 'c', remove: true },
    { answer: { value: { _id: 1, a: 1 } } },
  ),
  strict(
    'apiStrict leaves the old name of dropIndexes',
    { deleteIndexes: 'c', index: '*' },
    { answer: { nIndexesWas: 1 } },
  ),
  strict('apiStrict leaves what counts documents', { count: 'c' }, { answer: { n: 1 } }),
  strict(
    'apiStrict leaves the count of $collStats',
    { aggregate: 'c', pipeline: [{ $collStats: { count: {} } }, { $project: { _id: 0, count: 1 } }], cursor: {} },
    { documents: [{ count: 1 }] },
  ),
];
