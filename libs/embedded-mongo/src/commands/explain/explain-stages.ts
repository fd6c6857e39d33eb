import type { Doc } from '../../document.js';
import type { Index } from '../../store/catalogue.js';
import { isCountedByKeys } from '../../store/scan/counting.js';
import { MAX_SORT_BYTES, type Query, type Scan, type ScanCounts } from '../../store/scan/scan.js';
import type { Plan } from '../../store/plan/planner.js';
import { either, sideBySide } from './explain-branches.js';
import { ID_INDEX, indexScan, textMatch } from './explain-index.js';
import { keyBounds } from './index-bounds.js';
import { parsedFilter } from './parsed-filter.js';
import { EOF, type Stage } from './plan-stage.js';

/** Whether a filter finds nothing whatever there is, which is known before anything is read. */
function findsNothing({ index, branches, ranges }: Plan): boolean {
  return !index && !branches && ranges.length === 0;
}

/** How a query finds its documents, in order, without what it skips. */
export function findStages(scan: Scan, query: Query, projection?: Doc): Stage {
  if (findsNothing(scan.plan)) return EOF;
  return subplanned(projected(limited(skipped(ordered(scan, query), scan, query), scan, query), projection), query);
}

/** Reads what a count is about: where that says it all the keys of an index alone. */
export function countedStages(scan: Scan, query: Query): Stage {
  const { plan, counts } = scan;
  if (findsNothing(plan)) return EOF;
  if (isCountedByKeys(plan) && plan.index) return countScan(plan, plan.index, counts);
  return subplanned(ordered(scan, query), query);
}

/** What MongoDB says of a filter that is one `$or`, for which it plans each clause by itself. */
function subplanned(input: Stage, { filter, hint }: Query): Stage {
  const isEither = '$or' in parsedFilter(filter) && hint === undefined;
  return isEither ? { stage: 'SUBPLAN', nReturned: input.nReturned, input } : input;
}

/** Reads, and brings in order, what a query is about. */
function ordered({ plan, counts }: Scan, query: Query): Stage {
  const input = source(plan, counts, query);
  const sort = query.sort ?? {};
  if (plan.sorted || Object.keys(sort).length === 0) return input;
  // The best are kept only, so that no other stage need count them.
  const most = query.limit ? query.limit + (query.skip ?? 0) : undefined;
  const byScore = Object.values(sort).some((order) => typeof order === 'object');
  return {
    stage: 'SORT',
    own: {
      sortPattern: sort,
      memLimit: MAX_SORT_BYTES,
      ...(most === undefined ? {} : { limitAmount: most }),
      type: byScore ? 'default' : 'simple',
    },
    stats: { usedDisk: false, spills: 0 },
    nReturned: counts.skipped + counts.returned,
    input,
  };
}

function skipped(input: Stage, { counts }: Scan, { skip }: Query): Stage {
  return skip ? { stage: 'SKIP', own: { skipAmount: skip }, nReturned: counts.returned, input } : input;
}

function limited(input: Stage, { counts, plan }: Scan, { limit, sort }: Query): Stage {
  const isCut = !plan.sorted && Object.keys(sort ?? {}).length > 0;
  return limit && !isCut ? { stage: 'LIMIT', own: { limitAmount: limit }, nReturned: counts.returned, input } : input;
}

/** A projection over the stage that gives the documents; under a limit, as MongoDB has it. */
export function projected(input: Stage, projection: Doc = {}): Stage {
  if (Object.keys(projection).length === 0) return input;
  const isLimit = input.stage === 'LIMIT';
  const below = isLimit && input.input ? input.input : input;
  const stage: Stage = {
    stage: isSimple(projection) ? 'PROJECTION_SIMPLE' : 'PROJECTION_DEFAULT',
    own: { transformBy: projection },
    nReturned: input.nReturned,
    input: below,
  };
  return isLimit ? { ...input, input: stage } : stage;
}

/** Whether a projection takes whole fields of the document, and does nothing else. */
function isSimple(projection: Doc): boolean {
  const fields = Object.entries(projection);
  const isFlag = (value: unknown, flag: boolean): boolean =>
    value === flag || (typeof value === 'number' && (value !== 0) === flag);
  const named = fields.filter(([path]) => path !== '_id');
  return (
    named.every(([path, value]) => !path.includes('.') && !path.includes('$') && isFlag(value, true)) &&
    fields.every(([path, value]) => path !== '_id' || isFlag(value, true) || (named.length > 0 && isFlag(value, false)))
  );
}

function source(plan: Plan, counts: ScanCounts, query: Query): Stage {
  const filter = plan.exact ? {} : parsedFilter(query.filter);
  const direction = plan.reverse ? 'backward' : 'forward';
  const { docsExamined } = counts;
  const nReturned = matched(plan, counts, query);
  const { branches, streams } = plan;
  if (branches || streams) {
    const input = branches && !streams ? either(branches, counts) : sideBySide(plan, counts, query.sort ?? {});
    return { stage: 'FETCH', filter, stats: { docsExamined, alreadyHasObj: 0 }, nReturned, input };
  }
  const index = plan.index ?? (isById(plan, query) ? undefined : 'none');
  if (index === 'none') return { stage: 'COLLSCAN', filter, own: { direction }, stats: { docsExamined }, nReturned };
  const fetch: Stage = {
    stage: 'FETCH',
    filter,
    stats: { docsExamined, alreadyHasObj: 0 },
    nReturned,
    input: indexScan(plan, index, counts, direction),
  };
  return index?.text ? textMatch(index, fetch) : fetch;
}

/** What has come through the filter. */
function matched({ sorted }: Plan, counts: ScanCounts, { sort = {} }: Query): number {
  return sorted || Object.keys(sort).length === 0 ? counts.skipped + counts.returned : counts.sorted;
}

/** Whether a walk through the documents is one along `_id`, which they are stored by. */
function isById(plan: Plan, { sort = {}, hint }: Query): boolean {
  return plan.bounded || Object.keys(sort)[0] === '_id' || hint === '_id_' || JSON.stringify(hint) === '{"_id":1}';
}

function countScan(plan: Plan, index: Index, counts: ScanCounts): Stage {
  const scanned = indexScan(plan, index, counts, 'forward');
  const { direction: _, ...own } = scanned.own ?? {};
  return {
    stage: 'COUNT_SCAN',
    own: { ...own, indexBounds: keyBounds(plan, index.spec['key'] as Doc) },
    stats: { keysExamined: counts.keysExamined },
    nReturned: counts.keysExamined,
  };
}

/**
 * The short cut that MongoDB takes for one document by an equality of a unique index, or of the first one with a limit
 * of 1; undefined when the query is no such one.
 */
export function express(name: string, { plan, counts }: Scan, query: Query, projection: Doc = {}): Stage | undefined {
  const { hint, skip, limit, sort = {}, filter } = query;
  const isProjected = Object.keys(projection).length > 0;
  if (isProjected && !isSimple(projection)) return undefined;
  const [path, ...others] = Object.keys(filter);
  if (path === undefined || others.length > 0 || hint !== undefined || skip) return undefined;
  const { index, conditions } = plan;
  const points = conditions.paths.get(path)?.points;
  if (points?.length !== 1 || !plan.exact || plan.used !== 1) return undefined;
  const isOne = !index || limit === 1 || (index.unique && index.fields.length === 1);
  if (!isOne) return undefined;
  if (index && Object.keys(sort).length > 0) return undefined;
  return {
    stage: name,
    own: {
      keyPattern: `{ ${path}: ${index?.fields[0]?.descending ? -1 : 1} }`,
      indexName: index?.name ?? ID_INDEX.indexName,
      ...(isProjected ? { projection, projectionCovered: false } : {}),
    },
    stats: { keysExamined: counts.keysExamined, docsExamined: counts.docsExamined },
    nReturned: counts.returned,
    isExpress: true,
  };
}
