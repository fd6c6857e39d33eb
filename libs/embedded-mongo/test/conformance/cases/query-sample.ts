import { type Case } from '../case.js';
import { aggregates } from '../shapes.js';

const manual = 'reference/operator/query/sampleRate/#definition';
const given = { c: [{ _id: 1 }, { _id: 2 }] };

const sample = (name: string, filter: unknown, code: number): Case =>
  aggregates(name, manual, given, [{ $match: filter }], { error: { code } });

/** Statements on `$sampleRate`. */
export const cases: readonly Case[] = [
  aggregates('$sampleRate 1 takes all', manual, given, [{ $match: { $sampleRate: 1, _id: { $gt: 1 } } }], {
    documents: [{ _id: 2 }],
  }),
  aggregates('$sampleRate 0 takes none', manual, given, [{ $match: { $sampleRate: 0.0 } }], { documents: [] }),
  {
    name: '$sampleRate takes about as many as it says',
    manual,
    given: { c: Array.from({ length: 2000 }, (_, _id) => ({ _id })) },
    steps: [
      {
        command: {
          aggregate: 'c',
          pipeline: [
            { $match: { $sampleRate: 0.5 } },
            { $count: 'n' },
            // Further away is less likely than one in ten to the eighteenth.
            { $project: { near: { $and: [{ $gt: ['$n', 800] }, { $lt: ['$n', 1200] }] } } },
          ],
          cursor: {},
        },
        documents: [{ near: true }],
      },
    ],
  },
  sample('$sampleRate above 1 is refused', { $sampleRate: 1.01 }, 2),
  sample('$sampleRate below 0 is refused', { $sampleRate: -0.5 }, 2),
  sample('$sampleRate of no number is refused', { $sampleRate: '0.5' }, 2),
];
