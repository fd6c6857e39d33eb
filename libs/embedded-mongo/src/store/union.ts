import type { Doc } from '../document.js';
import { alternatives, clausesOf } from '../language/alternatives.js';
import type { SortField } from '../language/sort.js';
import type { Plan } from './planner.js';

/**
 * The plan of a filter whose `$or` is served clause by clause, each by the index that is best for it and for what else
 * the filter asks; undefined when one of them is served by none.
 * @param otherwise how the filter is served without
 * @param planOf how a filter is served, whatever the order
 */
export function unionOf(
  filter: Doc,
  otherwise: Plan,
  sort: readonly SortField[],
  planOf: (filter: Doc) => Plan,
): Plan | undefined {
  const [either, others] = parts(filter);
  if (!either) return undefined;
  const branches: Plan[] = [];
  for (const clause of alternatives(either)) {
    const branch = planOf(others.length > 0 ? { $and: [clause, ...others] } : clause);
    if (!branch.bounded) return undefined;
    branches.push(...(branch.branches ?? [branch]));
  }
  const exact = branches.every((branch) => branch.exact);
  return { ...otherwise, index: undefined, bounded: true, exact, sorted: sort.length === 0, branches };
}

/** The clauses of a filter's first `$or`, at its top or within its `$and`, and everything else of it. */
function parts(filter: Doc): [Doc[] | undefined, Doc[]] {
  let either: Doc[] | undefined;
  const others: Doc[] = [];
  for (const [name, value] of Object.entries(filter)) {
    const clauses = clausesOf(value);
    if (name === '$or' && !either && clauses) either = clauses;
    else if (name === '$and' && clauses) {
      for (const clause of clauses) {
        const [inner, rest] = either ? [undefined, [clause]] : parts(clause);
        either ??= inner;
        others.push(...rest);
      }
    } else others.push({ [name]: value });
  }
  return [either, others];
}
