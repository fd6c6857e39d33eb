import type { Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import type { Ordering } from '../../language/values/ordering.js';
import type { SortField } from '../../language/sort.js';
import { bind, byStart, type Bound, type BoundSource } from './binding.js';
import { conditionsOf, equalitiesOf, type Conditions, type PathCondition } from './bounds.js';
import type { KeyRange } from './ranges.js';
import { NO_COLLECTION, type CollectionInfo, type Index } from '../catalogue.js';
import { implies } from './implies.js';
import { KeyWriter, idPrefix } from '../keys/key.js';
import type { Stream } from '../scan/merging.js';
import { orderWithin, sortOrder, type SortOrder } from './sort-order.js';
import { ID_FIELD } from '../keys/stored-index.js';
import { unionOf } from './union.js';

/** How a filter and a sort are answered. */
export interface Plan {
  /** The index that is walked; undefined for the documents themselves in the order of `_id`. */
  readonly index: Index | undefined;
  readonly ranges: readonly KeyRange[];
  readonly reverse: boolean;
  /** The walk gives documents in the order that the sort asks for. */
  readonly sorted: boolean;
  /** The walk gives exactly what the filter asks for: no document need be tested. */
  readonly exact: boolean;
  /** Each range is one whole key of a table that has it once at most. */
  readonly points: boolean;
  /** The bounds narrow the walk: false for a scan of the whole collection. */
  readonly bounded: boolean;
  /** What the bounds are made of: the conditions, of which the first so many fields of the index use theirs. */
  readonly conditions: Conditions;
  readonly used: number;
  /** Plans of which each is walked in its turn, for a `$or`; the ranges are theirs. */
  readonly branches?: readonly Plan[];
  /** What is walked side by side in place of ranges and branches, so that it comes in the order of the sort. */
  readonly streams?: readonly Stream[];
}

interface Candidate extends Plan {
  readonly score: number;
}

interface Source extends BoundSource {
  readonly index: Index | undefined;
  readonly shortened: boolean;
  readonly unique: boolean;
  /** Its keys are in the order that sorts ask for. */
  readonly ordered: boolean;
}

/** On top of what the bounds are worth. */
const SCORE = { sort: 7, uniquePoint: 50, selected: 1 } as const;

const writer = new KeyWriter();

/**
 * Chooses the index for a filter and a sort: most fields bound, then the sort without sorting.
 * @param hint name or key pattern of the index to use
 * @param isBranch it is walked beside others, as a clause of a `$or`
 * @throws MongoError 2 when the hint names no index, 27 when it names several
 */
export function plan(
  info: CollectionInfo,
  filter: Doc,
  sort: readonly SortField[],
  hint: string | Doc | undefined,
  ordering: Ordering,
  isBranch = false,
): Plan {
  const conditions = conditionsOf(filter, ordering);
  const primary: Source = {
    index: undefined,
    prefix: idPrefix(info.id),
    fields: [ID_FIELD],
    multikey: new Set(),
    shortened: false,
    unique: true,
    conditions,
    writer,
    ordered: !ordering.collation,
  };
  // A collection that there is not has no index to be asked for.
  if (info.id === NO_COLLECTION) return candidate(primary, sort);
  const wanted = hint === undefined || isNatural(hint) ? undefined : hinted(info, filter, primary, hint, ordering);
  if (findsNothing(filter, conditions))
    return { ...candidate(primary, []), ranges: [], exact: false, bounded: true, ...(isBranch ? { streams: [] } : {}) };
  if (isNatural(hint)) return natural(primary, sort, hint);
  if (wanted) return candidate(wanted, sort);
  let best: Candidate | undefined;
  for (const source of usable(info, filter, primary, ordering)) {
    if (!isOfUse(source, sort)) continue;
    const other = candidate(source, sort, isBranch);
    if (other.score > (best?.score ?? 0)) best = other;
  }
  const chosen = best ?? candidate(primary, sort);
  if (chosen.bounded || isBranch) return chosen;
  const ofClause = (clause: Doc, order: readonly SortField[]): Plan =>
    plan(info, clause, order, undefined, ordering, order.length > 0);
  const union = unionOf(filter, chosen, sort, ofClause);
  // To go through all of an index is worth it for its order only.
  return union && (union.sorted || !chosen.sorted) ? union : chosen;
}

/** Whether a filter says by itself that it finds nothing, as one that asks for one of no values. */
function findsNothing(filter: Doc, { paths }: Conditions): boolean {
  for (const { points } of paths.values()) if (points?.length === 0) return true;
  return '$alwaysFalse' in filter;
}

/** Whether an index can bind or sort anything, which its first field decides: most of a collection's cannot. */
function isOfUse({ fields: [first], conditions }: Source, sort: readonly SortField[]): boolean {
  return first !== undefined && (conditions.paths.has(first.path) || sort[0]?.path === first.path);
}

function usable(info: CollectionInfo, filter: Doc, primary: Source, ordering: Ordering): Source[] {
  const { conditions } = primary;
  const indexes = info.indexes.filter((index) => {
    if (index.hidden || !index.ready || index.text) return false;
    if (index.partial && !implies(filter, index.partial.filter, ordering)) return false;
    // A sparse index leaves out documents without any of its fields.
    return !index.sparse || index.fields.some((field) => isThere(conditions.paths.get(field.path)));
  });
  return [primary, ...indexes.map((index) => toSource(index, filter, ordering, primary))];
}

function isThere(condition: PathCondition | undefined): boolean {
  return condition !== undefined && (condition.excludesNull || condition.exists === true);
}

/** Whether a hint is one of the order of storage, in either direction. */
function isNatural(hint: string | Doc | undefined): hint is Doc {
  return typeof hint === 'object' && ['{"$natural":1}', '{"$natural":-1}'].includes(JSON.stringify(hint));
}

/** The walk through the documents themselves, backwards where that is asked for and no sort says otherwise. */
function natural(primary: Source, sort: readonly SortField[], { $natural }: Doc): Plan {
  const forward = candidate(primary, sort);
  if ($natural === 1 || sort.length > 0) return forward;
  return { ...forward, ranges: forward.ranges.toReversed(), reverse: true };
}

function hinted(info: CollectionInfo, filter: Doc, primary: Source, hint: string | Doc, ordering: Ordering): Source {
  const pattern = typeof hint === 'string' ? undefined : JSON.stringify(hint);
  if (hint === '_id_' || pattern === '{"_id":1}') return primary;
  const isMeant = ({ name, spec }: Index): boolean => name === hint || JSON.stringify(spec['key']) === pattern;
  const [index, other] = info.indexes.filter((item) => isMeant(item) && !item.text && !item.hidden);
  if (!index) throw new MongoError(2, 'hint provided does not correspond to an existing index');
  if (other)
    throw new MongoError(
      27,
      `Hint matched multiple indexes, must hint by index name. Matched: ${index.name} and ${other.name}`,
    );
  return toSource(index, filter, ordering, primary);
}

function toSource(index: Index, filter: Doc, ordering: Ordering, { conditions }: Source): Source {
  const { id, entryFields: fields, multikey, shortened, unique, collated } = index;
  const served = collated ? servedBy(collated, filter, ordering) : conditions;
  return {
    index,
    prefix: idPrefix(id),
    fields,
    multikey,
    shortened,
    unique,
    conditions: served,
    writer: collated?.texts.writer ?? writer,
    ordered: !collated && !ordering.collation,
  };
}

/** What an index with a collation serves of a filter; of another collation what is no string. */
function servedBy(collated: NonNullable<Index['collated']>, filter: Doc, ordering: Ordering): Conditions {
  const same = JSON.stringify(collated.ordering.collation?.spec) === JSON.stringify(ordering.collation?.spec);
  return same ? equalitiesOf(filter) : conditionsOf(filter, collated.ordering);
}

function candidate(source: Source, sort: readonly SortField[], isBranch = false): Candidate {
  const { conditions, index } = source;
  const walk = bind(source);
  const order = orderOf(source, walk, sort, isBranch);
  const ranges = walk.ranges.length > 1 ? walk.ranges.toSorted(byStart) : [...walk.ranges];
  const everyPoint = walk.fixed.length === source.fields.length && source.unique;
  // All that a sparse index has where a field of it must be there.
  const isSelected = index?.sparse === true && walk.used === 0 && conditions.paths.size > 0;
  return {
    index,
    ranges: order?.isReverse ? ranges.reverse() : ranges,
    ...(order?.isMerged && index ? { streams: walk.ranges.map((range) => ({ index, range })) } : {}),
    reverse: order?.isReverse ?? false,
    sorted: sort.length === 0 || order !== undefined,
    exact: conditions.exact && walk.exact && conditions.paths.size === walk.used,
    points: walk.points && source.unique,
    bounded: walk.used > 0 || isSelected,
    conditions,
    used: walk.used,
    score:
      walk.score + (order ? SCORE.sort : 0) + (everyPoint ? SCORE.uniquePoint : 0) + (isSelected ? SCORE.selected : 0),
  };
}

/** How a walk gives the order of a sort; `isBranch` asks for one that can be walked beside those of other indexes. */
function orderOf(source: Source, walk: Bound, sort: readonly SortField[], isBranch: boolean): SortOrder | undefined {
  if (sort.length === 0 || !source.ordered || source.shortened) return undefined;
  if (source.conditions.paths.size === 0 && source.index?.sparse) return undefined;
  if (!isBranch) return sortOrder(source, walk, sort, source.index !== undefined);
  return source.index && orderWithin(source, walk, sort);
}
