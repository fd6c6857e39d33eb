import { isDoc, type Doc } from '../../document.js';
import { isLong } from '../../language/values/arithmetic.js';
import { toNumber } from '../../language/values/numbers.js';
import { withoutText } from '../../language/filters/text.js';
import type { Query } from '../../store/scan/scan.js';

/** Turns leading `$match`, `$sort`, `$skip` and `$limit` into a query, so that indexes serve them. */
export function pushDown(pipeline: readonly Doc[], hint?: string | Doc): { query: Query; rest: readonly Doc[] } {
  const filters: Doc[] = [];
  let at = 0;
  const stage = (name: string): unknown => pipeline[at]?.[name];
  for (let filter = stage('$match'); isDoc(filter); filter = stage('$match')) {
    // Its stage refuses a text search that is not the first.
    if (at > 0 && withoutText(filter).search) break;
    filters.push(filter);
    at++;
  }
  let sort: Doc | undefined;
  const order = stage('$sort');
  if (isDoc(order) && isOrder(order)) {
    sort = order;
    at++;
  }
  let skip: number | undefined;
  if (isCount(stage('$skip'), 0)) skip = toNumber(pipeline[at++]?.['$skip']);
  let limit: number | undefined;
  if (isCount(stage('$limit'), 1)) limit = toNumber(pipeline[at++]?.['$limit']);
  const filter = filters.length > 1 ? { $and: filters } : (filters[0] ?? {});
  return { query: { filter, sort, skip, limit, hint }, rest: pipeline.slice(at) };
}

/** Whether an order can be left to a query; what is none is refused by its stage. */
function isOrder(order: Doc): boolean {
  const fields = Object.entries(order);
  return (
    fields.length > 0 &&
    fields.every(
      ([path, one]) => !path.startsWith('$') && ((isDoc(one) && '$meta' in one) || Math.abs(toNumber(one)) === 1),
    )
  );
}

/** Whether a number of documents can be left to a query; any other is refused by its stage. */
function isCount(value: unknown, least: number): boolean {
  return isLong(value) && toNumber(value) >= least;
}
