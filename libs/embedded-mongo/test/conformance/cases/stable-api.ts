import { double, type Case, type Doc, type Expected } from '../case.js';

const STRICT = { apiVersion: '1', apiStrict: true };

const sends = (name: string, command: Doc, expected: Expected): Case => ({
  name,
  manual: 'reference/stable-api/#stable-api-error-responses',
  given: { c: [{ _id: 1 }, { _id: 2 }] },
  steps: [{ command, ...expected }],
});
const refuses = (name: string, command: Doc, code: number, ...mentions: string[]): Case =>
  sends(name, command, { error: { code, mentions } });

/** Statements on the parameters of the Stable API. */
export const cases: readonly Case[] = [
  sends('a strict client finds documents', { find: 'c', ...STRICT }, { documents: [{ _id: 1 }, { _id: 2 }] }),
  sends(
    'a strict client counts by an aggregation',
    {
      aggregate: 'c',
      pipeline: [{ $collStats: { count: {} } }, { $group: { _id: 1, n: { $sum: '$count' } } }],
      cursor: {},
      ...STRICT,
    },
    { documents: [{ _id: 1, n: 2 }] },
  ),
  sends(
    'a client that is not strict has all commands',
    { distinct: 'c', key: '_id', apiVersion: '1' },
    {
      answer: { values: [1, 2] },
    },
  ),
  sends(
    'nothing is deprecated',
    { ping: 1, apiVersion: '1', apiDeprecationErrors: true },
    { answer: { ok: double(1) } },
  ),
  refuses('a strict client names a version', { ping: 1, apiStrict: true }, 4886600, 'without passing apiVersion'),
  refuses('so does one that wants no deprecations', { ping: 1, apiDeprecationErrors: false }, 4886600),
  refuses('there is one version', { ping: 1, apiVersion: '2' }, 322, '"1"'),
  refuses('the version is a string', { ping: 1, apiVersion: 1 }, 14, 'apiVersion'),
  refuses('a client is strict or not', { ping: 1, apiVersion: '1', apiStrict: 'yes' }, 14, 'apiStrict'),
  refuses('a strict client has no distinct', { distinct: 'c', key: '_id', ...STRICT }, 323, 'distinct'),
  refuses('a strict client has no buildInfo', { buildInfo: 1, ...STRICT }, 323, 'buildInfo'),
  refuses('a strict client bounds no index', { find: 'c', min: { _id: 1 }, ...STRICT }, 323, 'find.min'),
  refuses('a strict client keeps no cursor open', { find: 'c', noCursorTimeout: false, ...STRICT }, 323),
  refuses(
    'a strict client makes no text index',
    { createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 'i' }], ...STRICT },
    323,
  ),
  refuses(
    'a strict client asks for no sizes',
    { aggregate: 'c', pipeline: [{ $collStats: { storageStats: {} } }], cursor: {}, ...STRICT },
    323,
  ),
];
