import type { Doc } from '../document.js';
import { alternatives, clausesOf } from '../language/alternatives.js';
import type { SortField } from '../language/sort.js';
import { withoutText } from '../language/text.js';
import type { Plan } from './planner.js';

/**
 * The plan of a filter one of whose `$or`s is served clause by clause, each by the index that is best for it and for what
 * else the filter asks; undefined when there is none of which all clauses are.
 * @param otherwise how the filter is served without
 * @param planOf how a filter is served, whatever the order
 */
export function unionOf(
  filter: Doc,
  otherwise: Plan,
  sort: readonly SortField[],
  planOf: (filter: Doc) => Plan,
): Plan | undefined {
  const { choices, others } = partsOf(filter);
  // A text search is by its index only.
  const searched = choices.filter((clauses) => clauses.some((clause) => withoutText(clause).search));
  for (const clauses of searched.length > 0 ? searched : choices) {
    const branches = branchesOf(clauses, others, planOf);
    if (!branches) continue;
    // Several are left to the filter but for one: planned within each other they would be walked over and over.
    const exact = choices.length === 1 && branches.every((branch) => branch.exact);
    return { ...otherwise, index: undefined, bounded: true, exact, sorted: sort.length === 0, branches };
  }
  return undefined;
}

function branchesOf(
  clauses: readonly Doc[],
  others: readonly Doc[],
  planOf: (filter: Doc) => Plan,
): Plan[] | undefined {
  const branches: Plan[] = [];
  for (const clause of alternatives(clauses)) {
    const branch = planOf(others.length > 0 ? { $and: [clause, ...others] } : clause);
    if (!branch.bounded) return undefined;
    branches.push(...(branch.branches ?? [branch]));
  }
  return branches;
}

/** The clauses of each `$or` of a filter, at its top or within its `$and`, and everything else of it. */
function partsOf(filter: Doc): { choices: Doc[][]; others: Doc[] } {
  const parts: { choices: Doc[][]; others: Doc[] } = { choices: [], others: [] };
  for (const [name, value] of Object.entries(filter)) {
    const clauses = clausesOf(value);
    if (name === '$or' && clauses) parts.choices.push(clauses);
    else if (name === '$and' && clauses) {
      for (const { choices, others } of clauses.map(partsOf)) {
        parts.choices.push(...choices);
        parts.others.push(...others);
      }
    } else parts.others.push({ [name]: value });
  }
  return parts;
}
