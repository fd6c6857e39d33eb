import { BSONRegExp } from 'bson';
import type { PathCondition, Pattern } from './bounds.js';
import { TYPE, keyOf, successor } from '../keys/key.js';

/** Keys from `from` (inclusive) to `to` (exclusive), before a descending field turns them round. */
export interface ValueRange {
  readonly from: Buffer;
  readonly fromInclusive: boolean;
  readonly to: Buffer;
  readonly toInclusive: boolean;
}

/** The ranges of one field's bytes that a condition allows, none when it has no bounds. */
export function rangesOf(condition: PathCondition): readonly ValueRange[] {
  const range = rangeOf(condition);
  if (range) return [range];
  const { pattern, choice, notNull } = condition;
  if (choice) return [...choice.points.map(pointRange), ...choice.patterns.flatMap(patternRanges)];
  if (pattern) return patternRanges(pattern);
  return notNull ? NOT_NULL : [];
}

const NULL = keyOf(null);
const [FIRST, LAST] = [Buffer.from([0]), Buffer.from([0xff])];
/** All values below null, and all above. */
const NOT_NULL: readonly ValueRange[] = [
  { from: FIRST, fromInclusive: true, to: NULL, toInclusive: false },
  { from: NULL, fromInclusive: false, to: LAST, toInclusive: false },
];

function pointRange(value: unknown): ValueRange {
  const key = keyOf(value);
  return { from: key, fromInclusive: true, to: key, toInclusive: true };
}

/** Bytes at the end of a text's key, behind those of the text. */
const TEXT_END = 2;

/** Strings with the prefix, and regular expressions of this pattern, which it finds as well. */
function patternRanges({ value, prefix }: Pattern): ValueRange[] {
  const options = keyOf('').length;
  const within = [keyOf(prefix).subarray(0, -TEXT_END), keyOf(new BSONRegExp(value.pattern)).subarray(0, -options)];
  return within.map((bytes) => ({ from: bytes, fromInclusive: true, to: bytes, toInclusive: true }));
}

/** The range between two ends; an open one stays within the type of the other. */
function rangeOf({ lower, upper }: PathCondition): ValueRange | undefined {
  const known = lower ?? upper;
  if (!known) return undefined;
  const type = keyOf(known.value)[0] ?? 0;
  if (lower && upper && keyOf(upper.value)[0] !== keyOf(lower.value)[0]) return undefined;
  // NaN is below every number and in no range; the byte after its kind begins the numbers that compare.
  const lowest = Buffer.from(type === TYPE.number ? [type, 1] : [type]);
  return {
    from: lower ? keyOf(lower.value) : lowest,
    fromInclusive: lower ? lower.inclusive : true,
    to: upper ? keyOf(upper.value) : Buffer.from([type + 1]),
    toInclusive: upper ? upper.inclusive : false,
  };
}

/** Keys from `start` (inclusive) to `end` (exclusive) of a table; without an end up to its last. */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer | undefined;
  /** How many bytes its keys have in common, of fields that have one value in it; undefined when that is not known. */
  readonly head?: number;
}

/** The keys after a prefix whose next field lies in a range. */
export function keyRange(prefix: Buffer, range: ValueRange, descending: boolean): KeyRange {
  const invert = (key: Buffer): Buffer => Buffer.from(key.map((byte) => ~byte & 0xff));
  const [from, fromInclusive, to, toInclusive] = descending
    ? [invert(range.to), range.toInclusive, invert(range.from), range.fromInclusive]
    : [range.from, range.fromInclusive, range.to, range.toInclusive];
  const [low, high] = [Buffer.concat([prefix, from]), Buffer.concat([prefix, to])];
  // Keys of one value share its bytes as a prefix: leaving out a value means leaving out all that begin with it.
  const start = fromInclusive ? low : (successor(low) ?? low);
  return { start, end: toInclusive ? successor(high) : high, head: prefix.length };
}
