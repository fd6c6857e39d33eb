import type { Doc } from '../../document.js';
import { alternatives, clausesOf } from '../../language/filters/alternatives.js';
import type { SortField } from '../../language/sort.js';
import { withoutText } from '../../language/filters/text.js';
import type { Stream } from '../scan/merging.js';
import type { Plan } from './planner.js';
import { MAX_MERGED } from './sort-order.js';

/** Most conditions that the clauses of a filter are planned with, taken together. */
const MOST_CONDITIONS = 100_000;

/**
 * The plan of a filter one of whose `$or`s is served clause by clause, each by the index that is best for it and for what
 * else the filter asks; undefined when there is none of which all clauses are. Where all their indexes have the order of the
 * sort, they are walked side by side.
 * @param otherwise how the filter is served without
 * @param planOf how a filter is served: in an order, beside others, or in none
 */
export function unionOf(
  filter: Doc,
  otherwise: Plan,
  sort: readonly SortField[],
  planOf: (filter: Doc, sort: readonly SortField[]) => Plan,
): Plan | undefined {
  const { choices, others: all } = partsOf(filter);
  // Where each of many clauses would be planned with much else, that is left to the filter.
  const isMuch = choices.flat().length * all.length > MOST_CONDITIONS;
  const others = isMuch ? [] : all;
  // A text search is by its index only.
  const searched = choices.filter((clauses) => clauses.some((clause) => withoutText(clause).search));
  for (const clauses of searched.length > 0 ? searched : choices) {
    const inOrder = sort.length > 0 ? branchesOf(clauses, others, (branch) => planOf(branch, sort)) : undefined;
    const streams = inOrder && streamsOf(inOrder);
    const branches = streams ? inOrder : branchesOf(clauses, others, (branch) => planOf(branch, []));
    if (!branches) continue;
    // Several are left to the filter but for one: planned within each other they would be walked over and over.
    const exact = !isMuch && choices.length === 1 && branches.every((branch) => branch.exact);
    const union = { ...otherwise, index: undefined, bounded: true, exact, sorted: sort.length === 0, branches };
    return streams ? { ...union, streams, sorted: true, reverse: branches.some(({ reverse }) => reverse) } : union;
  }
  return undefined;
}

/** What is walked of each branch, side by side; undefined when they do not have the order of the sort in one direction. */
function streamsOf(branches: readonly Plan[]): Stream[] | undefined {
  const walked = branches.filter(({ streams }) => streams?.length !== 0);
  const isOneWay = walked.every(({ streams, reverse }) => streams && reverse === walked[0]?.reverse);
  const all = branches.flatMap(({ streams = [] }) => streams);
  return isOneWay && all.length <= MAX_MERGED ? all : undefined;
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
    // One that is a union itself may leave a part of its filter to be tested.
    const { branches: own = [branch] } = branch;
    for (const inner of own) branches.push({ ...inner, exact: inner.exact && branch.exact });
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
        for (const choice of choices) parts.choices.push(choice);
        for (const other of others) parts.others.push(other);
      }
    } else parts.others.push({ [name]: value });
  }
  return parts;
}
