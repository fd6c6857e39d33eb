import { BINARY } from '../../language/values/ordering.js';
import type { CollectionInfo } from '../catalogue.js';
import { checkTime } from './deadline.js';
import type { Environment } from '../disk/environment.js';
import type { Plan } from '../plan/planner.js';
import { planQuery } from '../plan/query-plan.js';
import { scan, type Query } from './scan.js';

/** The number of documents that a query finds. */
export function countMatching(environment: Environment, info: CollectionInfo, query: Query): number {
  const { filter, hint, skip = 0, limit } = query;
  if (Object.keys(filter).length === 0 && !hint) {
    const left = Math.max(info.count - skip, 0);
    return limit ? Math.min(left, limit) : left;
  }
  const { plan } = planQuery(info, filter, [], hint, query.evaluation?.ordering ?? BINARY);
  if (isCountedByKeys(plan)) return countKeys(environment, plan, query);
  const { documents, counts } = scan(environment, info, query);
  while (!documents.next().done);
  return counts.returned;
}

/** Whether there are as many documents as an index has entries in the range of a plan. */
export function isCountedByKeys({ index, exact, ranges, branches }: Plan): boolean {
  return index !== undefined && exact && ranges.length === 1 && !branches && index.multikey.size === 0 && !index.text;
}

function countKeys(environment: Environment, { ranges: [range] }: Plan, { skip = 0, limit, deadline }: Query): number {
  const most = limit ? skip + limit : Number.POSITIVE_INFINITY;
  const entries = environment.tablesOf(undefined).entries.getRange({ start: range?.start, end: range?.end });
  const steps = entries[Symbol.iterator]();
  let seen = 0;
  while (seen < most && !steps.next().done) {
    seen++;
    if (deadline && (seen & 63) === 0) checkTime(deadline);
  }
  steps.return?.();
  return Math.max(seen - skip, 0);
}
