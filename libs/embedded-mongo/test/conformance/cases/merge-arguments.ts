import { double, long, type Case, type Doc, type Step } from '../case.js';
import { NUMBERS, runs } from '../samples.js';

const merges = (name: string, merge: Doc, steps: readonly Step[], pipeline: readonly Doc[] = []): Case => ({
  name,
  manual: 'reference/operator/aggregation/merge/#syntax',
  given: { c: NUMBERS, m: [{ _id: 1, total: long(10) }] },
  steps: [
    { command: { aggregate: 'c', pipeline: [...pipeline, { $merge: merge }], cursor: {} }, documents: [] },
    ...steps,
  ],
});

const SUM = { whenMatched: [{ $set: { total: { $add: ['$total', '$$new.l'] }, n: '$$new.n' } }] };

/** Statements on what `$merge` takes, and on the types of what it writes. */
export const cases: readonly Case[] = [
  merges('$merge keeps the types of what it merges', { into: 'm', ...SUM }, [
    {
      command: { find: 'm', sort: { _id: 1 } },
      documents: [
        { _id: 1, total: long(15), n: double(2) },
        { _id: 2, n: double(3), l: long(6) },
      ],
    },
  ]),
  merges(
    '$merge computes its variables of the document that it merges',
    {
      into: 'm',
      let: { more: { $multiply: ['$l', 2] } },
      whenMatched: [{ $set: { total: '$$more' } }],
      whenNotMatched: 'discard',
    },
    [{ command: { find: 'm' }, documents: [{ _id: 1, total: long(10) }] }],
  ),
  {
    ...merges(
      '$merge gives a new _id to a document without one',
      { into: 'm' },
      [],
      [{ $limit: 1 }, { $project: { _id: 0, n: 1 } }],
    ),
    steps: [
      {
        command: {
          aggregate: 'c',
          pipeline: [{ $limit: 1 }, { $project: { _id: 0, n: 1 } }, { $merge: { into: 'm' } }],
          cursor: {},
        },
        documents: [],
      },
      {
        command: {
          aggregate: 'm',
          pipeline: [{ $match: { n: 2 } }, { $project: { _id: { $type: '$_id' }, n: 1 } }],
          cursor: {},
        },
        documents: [{ n: double(2), _id: 'objectId' }],
      },
    ],
  },
  runs(
    '$merge has variables for a pipeline only',
    'operator/aggregation/merge/#syntax',
    { aggregate: 'c', pipeline: [{ $merge: { into: 'm', let: { x: 1 }, whenMatched: 'merge' } }], cursor: {} },
    { error: { code: 51199 } },
  ),
];
