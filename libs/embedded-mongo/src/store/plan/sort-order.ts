import type { SortField } from '../../language/sort.js';
import type { Bound } from './binding.js';
import type { IndexField } from '../keys/index-keys.js';

/** How a walk gives the order of a sort. */
export interface SortOrder {
  readonly isReverse: boolean;
  /** Each of its ranges has that order, and one after the other they do not: they are walked side by side. */
  readonly isMerged: boolean;
}

/** The fields of an index, and those that lead into arrays. */
interface Fields {
  readonly fields: readonly IndexField[];
  readonly multikey: ReadonlySet<string>;
  readonly unique: boolean;
}

/** Most ranges that are walked side by side, as MongoDB has it. */
export const MAX_MERGED = 200;

/** In which direction a walk, or its ranges side by side, gives the order of a sort; undefined when it does not. */
export function sortOrder(
  source: Fields,
  walk: Bound,
  sort: readonly SortField[],
  isMergeable: boolean,
): SortOrder | undefined {
  // What has one value in all that is found need not be sorted by.
  const open = sort.filter(({ path, byScore }) => byScore || !walk.fixed.includes(path) || source.multikey.has(path));
  if (open.length === 0) return { isReverse: false, isMerged: false };
  const following = source.fields.filter(({ path }) => !walk.fixed.includes(path));
  // Where no two have the same values of all fields, nothing more decides.
  const deciding = source.unique && source.multikey.size === 0 ? open.slice(0, following.length) : open;
  if (deciding.length === 0) return { isReverse: false, isMerged: false };
  const isReverse = directionOf(following, deciding, source.multikey);
  if (isReverse !== undefined) return { isReverse, isMerged: false };
  return isMergeable && walk.ranges.length > 1 ? orderWithin(source, walk, open) : undefined;
}

/**
 * In which direction each range of a walk gives the order of a sort, all of whose fields directly follow those that have
 * values: so the bytes behind these compare as the sort does, also with those of another index.
 */
export function orderWithin(source: Fields, walk: Bound, sort: readonly SortField[]): SortOrder | undefined {
  if (walk.ranges.length > MAX_MERGED || walk.ranges.some(({ head }) => head === undefined)) return undefined;
  const isReverse = directionOf(source.fields.slice(walk.valued), sort, source.multikey);
  return isReverse === undefined ? undefined : { isReverse, isMerged: true };
}

/** Whether fields have to be walked backwards for the order of a sort; undefined when they have another order. */
function directionOf(
  fields: readonly IndexField[],
  sort: readonly SortField[],
  multikey: ReadonlySet<string>,
): boolean | undefined {
  const flips = sort.map((field, i) => {
    const own = fields[i];
    const isOwn = own?.path === field.path && !field.byScore && !multikey.has(field.path);
    return isOwn ? own.descending !== field.descending : undefined;
  });
  return flips.every((flip) => flip === flips[0]) ? flips[0] : undefined;
}
