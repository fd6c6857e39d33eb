import { DATABASE, type Case, type Doc, type Step } from '../case.js';

const page = 'reference/operator/query/text/';
const search = { $text: { $search: 'x' } };

const refuses = ($text: unknown, code: number, ...mentions: string[]): Step => ({
  command: { find: 'c', filter: { $text } },
  error: { code, mentions },
});

const searching = (collection: string): readonly Doc[] => [
  { find: collection, filter: search },
  { count: collection, query: search },
  { distinct: collection, key: 'a', query: search },
  { aggregate: collection, pipeline: [{ $match: search }], cursor: {} },
];

/** Statements on what `$text` is refused for. */
export const cases: readonly Case[] = [
  {
    name: '$text without a text index is refused',
    manual: `${page}#behavior`,
    given: { c: [{ _id: 1, t: 'x' }] },
    steps: searching('c').map((command) => ({ command, error: { code: 27, mentions: ['text index required'] } })),
  },
  {
    name: '$text is refused as well where there is no collection',
    manual: `${page}#behavior`,
    steps: searching('none').map((command) => ({
      command,
      error: { code: 27, mentions: [`text index required for $text query (no such collection '${DATABASE}.none')`] },
    })),
  },
  {
    name: '$text tells what is wrong with its search',
    manual: `${page}#definition`,
    given: { c: [{ _id: 1, t: 'x' }] },
    indexes: { c: [{ key: { t: 'text' }, name: 't_text', default_language: 'none' }] },
    steps: [
      refuses('x', 14, '$text expects an object'),
      refuses({ $search: 7 }, 14, '"$search" had the wrong type. Expected string, found int'),
      refuses({ $search: null }, 14, '"$search" had the wrong type. Expected string, found null'),
      refuses({}, 4, 'Missing expected field "$search"'),
      refuses({ search: 'x' }, 4, 'Missing expected field "$search"'),
      refuses({ $search: 'x', $caseSensitive: 1 }, 14, '"$caseSensitive" had the wrong type. Expected bool, found int'),
      refuses({ $search: 'x', $diacriticSensitive: 'y' }, 14, '"$diacriticSensitive" had the wrong type'),
      refuses({ $search: 'x', limit: 5 }, 2, 'extra fields in $text'),
    ],
  },
];
