import type { Case, Doc, Expected } from './case.js';

/** Documents of the collection `c` through a pipeline, and what comes out of it in this order. */
export function yields(
  name: string,
  manual: string,
  given: readonly Doc[],
  pipeline: readonly Doc[],
  documents: readonly Doc[],
): Case {
  return aggregates(name, manual, { c: given }, pipeline, { documents });
}

/** Collections, a pipeline over `c`, and what is expected of it. */
export function aggregates(
  name: string,
  manual: string,
  given: Readonly<Record<string, readonly Doc[]>>,
  pipeline: readonly Doc[],
  expected: Expected,
): Case {
  return { name, manual, given, steps: [{ command: { aggregate: 'c', pipeline, cursor: {} }, ...expected }] };
}

/** Stands for a field that an expression leaves away. */
export const MISSING = Symbol('missing');

/** Expressions over one document, each with its value; the value of a field is sent back with its exact type. */
export function computes(
  name: string,
  manual: string,
  pairs: readonly (readonly [expression: unknown, value: unknown])[],
  document: Doc = { _id: 1 },
): Case {
  return {
    name,
    manual: `reference/operator/aggregation/${manual}`,
    given: { c: [document] },
    steps: pairs.map(([v, value]) => ({
      command: { aggregate: 'c', pipeline: [{ $project: { _id: 0, v } }], cursor: {} },
      documents: [value === MISSING ? {} : { v: value }],
    })),
  };
}

/** Expressions over one document that each fail with this code. */
export function fails(
  name: string,
  manual: string,
  pairs: readonly (readonly [expression: unknown, code: number])[],
  document: Doc = { _id: 1 },
): Case {
  return {
    name,
    manual: `reference/operator/aggregation/${manual}`,
    given: { c: [document] },
    steps: pairs.map(([v, code]) => ({
      command: { aggregate: 'c', pipeline: [{ $project: { _id: 0, v } }], cursor: {} },
      error: { code },
    })),
  };
}

/** Stages over a collection that there is not, each refused with a code. */
export const refusesStages = (
  name: string,
  manual: string,
  pairs: readonly (readonly [stage: Doc, code: number])[],
): Case => ({
  name,
  manual,
  steps: pairs.map(([stage, code]) => ({
    command: { aggregate: 'c', pipeline: [stage], cursor: {} },
    error: { code },
  })),
});
