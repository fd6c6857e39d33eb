import { DATABASE, type Case, type Doc, type Step } from '../case.js';
import { at } from '../samples.js';

const GIVEN = [
  { _id: 1, a: 'x', n: 1 },
  { _id: 2, a: 'y', n: 2 },
];

const runs = (pipeline: readonly Doc[], more: Doc = {}): Step => ({
  command: { aggregate: 'c', pipeline, cursor: {}, ...more },
});

/** Stages at the end of a pipeline that are each refused with a code. */
const refuses = (name: string, page: string, pairs: readonly (readonly [stage: Doc, code: number])[]): Case => ({
  name,
  manual: at(page),
  given: { c: GIVEN },
  steps: pairs.map(([stage, code]) => ({ ...runs([stage]), error: { code } })),
});

const merge = (spec: Doc): Doc => ({ $merge: { into: 't', ...spec } });

/** Statements on the stages that write what a pipeline gives. */
export const cases: readonly Case[] = [
  {
    name: '$out takes null for no time series',
    manual: at('out/#syntax'),
    given: { c: [{ _id: 1 }] },
    steps: [
      {
        command: { aggregate: 'c', pipeline: [{ $out: { db: DATABASE, coll: 't', timeseries: null } }], cursor: {} },
        state: { t: [{ _id: 1 }] },
      },
    ],
  },
  refuses('$out names a collection, or one of another database', 'out/#syntax', [
    [{ $out: 1 }, 16990],
    [{ $out: { coll: 't' } }, 40414],
    [{ $out: { db: 'd' } }, 40414],
    [{ $out: { db: 1, coll: 't' } }, 14],
    [{ $out: { db: 'd', coll: 't', colour: 1 } }, 40415],
  ]),
  refuses('$out and $merge write nothing of what is the own of a server', 'out/#behaviors', [
    [{ $out: 'system.t' }, 17385],
    [{ $out: { db: 'admin', coll: 't' } }, 31321],
    [{ $merge: 'system.t' }, 31319],
    [{ $merge: { into: { db: 'config', coll: 't' } } }, 31320],
  ]),
  refuses('$merge has a target', 'merge/#syntax', [
    [{ $merge: 1 }, 51182],
    [{ $merge: { on: '_id' } }, 40414],
    [merge({ into: 1 }), 51178],
    [merge({ into: '' }), 5786800],
    [merge({ into: { db: 'd' } }), 5786801],
    [merge({ into: { db: true, coll: 't' } }), 14],
    [merge({ into: { db: 'a.b', coll: 't' } }), 73],
  ]),
  refuses('$merge looks at its pipeline whether or not there is a match', 'merge/#syntax', [
    [merge({ whenMatched: [{ $addFields: 2 }] }), 40272],
    [merge({ whenMatched: [{ $match: {} }], whenNotMatched: 'discard' }), 72],
  ]),
  {
    name: '$merge does not look at its pipeline without a document',
    manual: at('merge/#syntax'),
    given: { c: [] },
    steps: [{ ...runs([merge({ whenMatched: [{ $addFields: 2 }] })]), documents: [] }],
  },
  {
    name: 'but $merge does look at the names of its variables',
    manual: at('merge/#syntax'),
    given: { c: [] },
    steps: [{ ...runs([merge({ let: { 'a-b': 1 }, whenMatched: [] })]), error: { code: 9 } }],
  },
  {
    name: 'let and whenNotMatched of $merge may be null',
    manual: at('merge/#syntax'),
    given: { c: [{ _id: 1 }] },
    steps: [{ ...runs([merge({ let: null, whenNotMatched: null })]), state: { t: [{ _id: 1 }] } }],
  },
  refuses('$merge knows documents by fields', 'merge/#syntax', [
    [merge({ on: 1 }), 51186],
    [merge({ on: [] }), 51187],
    [merge({ on: ['a', 1] }), 51134],
    [merge({ on: ['a', 'a'] }), 31465],
    [merge({ on: 'a' }), 51183],
  ]),
  refuses('$merge has modes that go together', 'merge/#syntax', [
    [merge({ whenMatched: true }), 51191],
    [merge({ whenMatched: 'insert' }), 2],
    [merge({ whenNotMatched: [] }), 14],
    [merge({ whenNotMatched: 'merge' }), 2],
    [merge({ whenMatched: 'fail', whenNotMatched: 'fail' }), 51181],
    [merge({ whenMatched: 'keepExisting', whenNotMatched: 'discard' }), 51181],
    [merge({ whenMatched: [], let: 1 }), 14],
    [merge({ whenMatched: [], let: { new: 1 } }), 51273],
  ]),
  {
    name: '$merge looks for a unique index also where there is nothing to write',
    manual: at('merge/#unique-index-on-fields'),
    given: { t: [{ _id: 1 }] },
    steps: [{ ...runs([merge({ on: 'a' })]), error: { code: 51183 } }],
  },
  {
    name: '$merge goes by a unique index with the collation of the pipeline',
    manual: at('merge/#unique-index-on-fields'),
    given: { c: GIVEN, t: [{ _id: 7, a: 'X' }] },
    indexes: { t: [{ key: { a: 1 }, name: 'a_1', unique: true, collation: { locale: 'en', strength: 2 } }] },
    steps: [
      { ...runs([merge({ on: 'a' })]), error: { code: 51183 } },
      {
        ...runs([{ $match: { _id: 1 } }, { $unset: ['_id', 'a'] }, { $set: { a: 'x' } }, merge({ on: 'a' })], {
          collation: { locale: 'en', strength: 2 },
        }),
        state: { t: [{ _id: 7, a: 'x', n: 1 }] },
      },
    ],
  },
  {
    name: '$merge by another field leaves the _id as it is',
    manual: at('merge/#_id-field-is-immutable'),
    given: { c: GIVEN, t: [{ _id: 7, a: 'x' }] },
    indexes: { t: [{ key: { a: 1 }, name: 'a_1', unique: true }] },
    steps: [
      { ...runs([merge({ on: 'a' })]), error: { code: 66 }, state: { t: [{ _id: 7, a: 'x' }] } },
      { ...runs([merge({ on: 'a', whenMatched: 'replace' })]), error: { code: 66 } },
    ],
  },
  {
    name: '$merge knows no document by an array, or by what is in one',
    manual: at('merge/#syntax'),
    given: { c: [{ _id: 1, a: [1], b: [{ c: 1 }] }], t: [] },
    indexes: {
      t: [
        { key: { a: 1 }, name: 'a', unique: true },
        { key: { 'b.c': 1 }, name: 'b', unique: true },
      ],
    },
    steps: [
      { ...runs([merge({ on: 'a' })]), error: { code: 51185 } },
      { ...runs([merge({ on: 'b.c' })]), error: { code: 51132 } },
      { ...runs([merge({ on: ['a'], whenMatched: 'replace' })]), error: { code: 51185 }, state: { t: [] } },
    ],
  },
  {
    name: '$merge computes with the variables of the command and with its own',
    manual: at('merge/#syntax'),
    given: { c: GIVEN, t: [{ _id: 1, m: 5 }] },
    steps: [
      {
        ...runs(
          [
            merge({
              let: { own: '$n' },
              whenMatched: [{ $set: { m: { $add: ['$m', '$$own', '$$given', '$$new.n'] } } }],
            }),
          ],
          { let: { given: 100 } },
        ),
        state: { t: [{ _id: 1, m: 107 }, GIVEN[1] as Doc] },
      },
    ],
  },
  {
    name: 'what writes is explained without being run',
    manual: 'reference/command/explain/#behavior',
    given: { c: GIVEN },
    steps: ['$out', '$merge'].map((name) => ({
      command: {
        explain: { aggregate: 'c', pipeline: [{ [name]: 't' }], cursor: {} },
        verbosity: 'executionStats',
      },
      error: { code: 51029 },
    })),
  },
];
