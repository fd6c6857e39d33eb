import { isPosition } from '../../language/paths.js';
import type { Conditions, PathCondition } from './bounds.js';
import type { IndexField } from '../keys/index-keys.js';
import { MAX_PART_BYTES, successor, type KeyWriter } from '../keys/key.js';
import { keyRange, rangesOf, type KeyRange } from './ranges.js';

/** The keys of an index, and what a filter asks of its fields. */
export interface BoundSource {
  readonly prefix: Buffer;
  readonly fields: readonly IndexField[];
  readonly multikey: ReadonlySet<string>;
  /** What its fields ask for, and how their keys are written. */
  readonly conditions: Conditions;
  readonly writer: KeyWriter;
}

/** Most values of a list that are looked up one by one: more of them take a turn too long to write their keys. */
const MAX_POINTS = 20_000;
/** Most separate ranges that a walk is cut into by patterns, and by several lists, each of whose values meets each of another. */
const MAX_RANGES = 2000;
const LONGEST_BOUND = MAX_PART_BYTES - 32;
/** What a bound field is worth where indexes are compared. */
const SCORE = { point: 10, points: 6, closedRange: 5, openRange: 4, notNull: 2 } as const;

/** Ranges in the order of their keys. */
export const byStart = (a: KeyRange, b: KeyRange): number => Buffer.compare(a.start, b.start);

/** What the conditions leave of an index. */
export interface Bound {
  ranges: KeyRange[];
  /** Leading fields that have values, one or several of which one has to be there. */
  valued: number;
  /** Those of them that have one value. */
  fixed: string[];
  /** Fields whose condition the bounds use. */
  used: number;
  exact: boolean;
  /** All fields have values, and no range. */
  points: boolean;
  score: number;
}

/** The ranges of an index's keys that its fields' conditions allow, as many fields as they can bind one after the other. */
export function bind(source: BoundSource): Bound {
  const { conditions } = source;
  let prefixes = [source.prefix];
  const bound: Bound = { ranges: [], valued: 0, fixed: [], used: 0, exact: true, points: false, score: 0 };
  const arrays = new Set<string>();
  for (const field of source.fields) {
    const condition = conditions.paths.get(field.path);
    if (!condition) break;
    const throughArray = source.multikey.has(field.path);
    const root = field.parts[0] ?? '';
    // Two conditions on one array may hold for different elements, while an entry is of one element.
    if (throughArray && arrays.has(root)) break;
    if (throughArray) arrays.add(root);
    // An array that a path names by its position counts as a whole, while it has an entry for each of its elements.
    if (throughArray && field.parts.some(isPosition)) bound.exact = false;
    if (condition.points) {
      const points = distinct(source.writer, condition.points, field.descending);
      const most = prefixes.length > 1 ? MAX_RANGES / prefixes.length : MAX_POINTS;
      if (points.length > most) break;
      prefixes = prefixes.flatMap((prefix) => points.map((point) => Buffer.concat([prefix, point])));
      bound.exact &&= !condition.lower && !condition.upper;
      bound.score += worthOf(condition.points, points.length);
      bound.valued = ++bound.used;
      if (points.length === 1) bound.fixed.push(field.path);
      continue;
    }
    const ranges = keyRanges(prefixes, condition, field, throughArray);
    if (ranges.length === 0 || ranges.length > MAX_RANGES) break;
    bound.ranges = ranges;
    bound.exact &&= !(throughArray && condition.lower && condition.upper);
    bound.score += worthOfRange(condition);
    bound.used++;
    break;
  }
  bound.points = bound.used === source.fields.length && bound.ranges.length === 0;
  if (bound.ranges.length === 0) {
    bound.ranges = prefixes.map((start) => ({ start, end: successor(start), head: start.length }));
  }
  // A shortened key still compares exactly with every bound that is shorter than what it keeps.
  if (bound.ranges.some(isLongRange)) {
    bound.exact = false;
    bound.points = false;
    bound.ranges = merge(bound.ranges.map(widen));
  }
  return bound;
}

function worthOfRange({ lower, upper, pattern, choice }: PathCondition): number {
  if (lower && upper) return SCORE.closedRange;
  if (lower ?? upper) return SCORE.openRange;
  // All that is not null may be nearly all.
  return (pattern ?? choice) ? SCORE.closedRange : SCORE.notNull;
}

function worthOf(points: readonly unknown[], count: number): number {
  // What is missing in one document is missing in many.
  if (points.length > 0 && points.every((point) => point === null)) return SCORE.openRange;
  return count === 1 ? SCORE.point : SCORE.points;
}

function distinct(writer: KeyWriter, points: readonly unknown[], descending: boolean): Buffer[] {
  const keys = points.map((point) => writer.value(point, descending).finish());
  if (keys.length === 1) return keys;
  return [...new Map(keys.map((key) => [key.toString('latin1'), key])).values()];
}

/** Of two ends, different elements of an array may keep one each, so that one of them only bounds an entry. */
export function oneSided(condition: PathCondition): PathCondition {
  return condition.lower ? { ...condition, upper: undefined } : condition;
}

function keyRanges(
  prefixes: readonly Buffer[],
  condition: PathCondition,
  field: IndexField,
  throughArray: boolean,
): KeyRange[] {
  const ranges = rangesOf(throughArray ? oneSided(condition) : condition);
  const within = (prefix: Buffer) => ranges.map((range) => keyRange(prefix, range, field.descending));
  return prefixes.flatMap((prefix) => (condition.choice ? merge(within(prefix)) : within(prefix)));
}

function isLongRange(range: KeyRange | undefined): boolean {
  return range !== undefined && (range.start.length > LONGEST_BOUND || (range.end?.length ?? 0) > LONGEST_BOUND);
}

function widen(range: KeyRange): KeyRange {
  if (!isLongRange(range)) return range;
  const end =
    range.end && range.end.length > LONGEST_BOUND ? successor(range.end.subarray(0, LONGEST_BOUND)) : range.end;
  return { start: range.start.subarray(0, LONGEST_BOUND), end };
}

/** Widened ranges may overlap, and those of several values and patterns; joined they give no document twice. */
function merge(ranges: readonly KeyRange[]): KeyRange[] {
  const merged: KeyRange[] = [];
  for (const range of ranges.toSorted(byStart)) {
    const last = merged.at(-1);
    if (!last || !last.end || Buffer.compare(range.start, last.end) >= 0) merged.push(range);
    else if (!range.end || Buffer.compare(range.end, last.end) > 0)
      merged[merged.length - 1] = { start: last.start, end: range.end };
  }
  return merged;
}
