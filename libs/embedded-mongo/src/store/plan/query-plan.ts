import type { Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import type { Ordering } from '../../language/values/ordering.js';
import type { SortField } from '../../language/sort.js';
import { withoutText, type WithoutText } from '../../language/filters/text.js';
import type { CollectionInfo } from '../catalogue.js';
import { plan, type Plan } from './planner.js';
import { planText, textScorer } from '../keys/text-index.js';
import { unionOf } from './union.js';

/** How a query is answered, and what of it is about `$text`. */
export interface QueryPlan extends WithoutText {
  readonly plan: Plan;
  /** The score of a document in which the search finds something; undefined where there is no search. */
  readonly score: ((doc: Doc) => number | undefined) | undefined;
}

/**
 * Plans a query, whose filter may have `$text`: that is found by its index, also within a `$or`, all clauses of which must
 * have one then.
 * @param hint name or key pattern of the index to use
 * @throws MongoError 2 when the hint names no index or stands beside `$text`, 27 for `$text` without its index, 291 when
 *   another clause of the `$or` has none
 */
export function planQuery(
  info: CollectionInfo,
  filter: Doc,
  sort: readonly SortField[],
  hint: string | Doc | undefined,
  ordering: Ordering,
): QueryPlan {
  const { search, rest, isChoice } = withoutText(filter);
  if (!search) return { search, rest, isChoice, plan: plan(info, filter, sort, hint, ordering), score: undefined };
  if (hint !== undefined) throw new MongoError(2, '$text and hint not allowed in same query');
  const chosen = isChoice ? searchedUnion(info, rest, sort, ordering) : planText(info, search, rest);
  const fields = [chosen, ...(chosen.branches ?? [])].map(({ index }) => index?.text).find(Boolean);
  return { search, rest, isChoice, plan: chosen, score: fields && textScorer(fields, search) };
}

function searchedUnion(info: CollectionInfo, filter: Doc, sort: readonly SortField[], ordering: Ordering): Plan {
  const planOf = (clause: Doc): Plan => planQuery(info, clause, [], undefined, ordering).plan;
  // What a search finds is in no order.
  const union = unionOf(filter, plan(info, filter, sort, undefined, ordering), [], planOf);
  if (union) return { ...union, sorted: sort.length === 0 };
  throw new MongoError(
    291,
    'Failed to produce a solution for TEXT under OR - other non-TEXT clauses under OR have to be indexed as well.',
  );
}
