import { double, long, type Case, type Doc, type Expected } from './case.js';
import { aggregates, yields } from './shapes.js';

/** Documents and shapes that the cases on several stages share. */

/** The page of a stage or operator of aggregations, with its section. */
export const at = (section: string): string => `reference/operator/aggregation/${section}`;

export const SALES = [
  { _id: 1, kind: 'a', n: 2, w: 1.5 },
  { _id: 2, kind: 'b', n: 5 },
  { _id: 3, kind: 'a', n: 4, w: null },
  { _id: 4, kind: 'a', n: 'none', w: 3 },
];

/** One accumulator over all documents in the order of `_id`. */
export const accumulates = (name: string, page: string, docs: readonly Doc[], v: unknown, value: unknown): Case =>
  yields(name, at(page), docs, [{ $sort: { _id: 1 } }, { $group: { _id: null, v } }], [{ _id: null, v: value }]);

export const LISTS = [
  { _id: 1, v: ['a', 'b'] },
  { _id: 2, v: [] },
  { _id: 3, v: null },
  { _id: 4 },
  { _id: 5, v: 'c' },
];
export const ORDERS = [{ _id: 1, who: 'x' }, { _id: 2, who: 'z' }, { _id: 3 }];
export const PEOPLE = [
  { _id: 10, key: 'x', age: 20 },
  { _id: 11, key: 'y', age: 30 },
  { _id: 12, age: 40 },
  { _id: 13, key: 'x', age: 50 },
];
export const TREE = [
  { _id: 1, up: null },
  { _id: 2, up: 1 },
  { _id: 3, up: 2 },
  { _id: 4, up: 3 },
];

/** Stages over orders, beside people, both in the order of `_id`. */
export const joins = (name: string, section: string, stages: readonly Doc[], documents: readonly Doc[]): Case =>
  aggregates(name, at(section), { c: ORDERS, people: PEOPLE }, [{ $sort: { _id: 1 } }, ...stages], { documents });

/** Words that differ by case and accents. */
export const WORDS: readonly Doc[] = [
  { _id: 1, w: 'résumé' },
  { _id: 2, w: 'Resume' },
  { _id: 3, w: 'resume' },
  { _id: 4, w: 'Résumé' },
  { _id: 5, w: 'rest' },
];

/** A double and a long each. */
export const NUMBERS = [
  { _id: 1, n: double(2), l: long(5) },
  { _id: 2, n: double(3), l: long(6) },
];

/** A command on the collection `c`. */
export const runs = (
  name: string,
  manual: string,
  command: Doc,
  expected: Expected,
  given: readonly Doc[] = NUMBERS,
): Case => ({
  name,
  manual: `reference/${manual}`,
  given: { c: given },
  steps: [{ command, ...expected }],
});
