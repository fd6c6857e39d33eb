import { ObjectId } from 'bson';
import { isDoc } from '../../document.js';
import { MongoError, farDate } from '../../errors.js';
import { TYPE, keyOf } from '../../store/keys/key.js';
import { toNumber } from './numbers.js';
import type { Ordering } from './ordering.js';
import { MISSING } from '../paths.js';
import { lastWhere, valueKeys } from './value-keys.js';

/** Whether a value is null, undefined or not there. */
export const isNull = (value: unknown): boolean => value === null || value === undefined || value === MISSING;

/** Whether filters take a value as null: it is null or not there. Undefined is a type of its own since MongoDB 8.0. */
const equalsNull = (value: unknown): boolean => value === null || value === MISSING;

/**
 * Compiles equality with a value; the most frequent types are compared without their keys.
 * @throws MongoError 2 for undefined
 */
export function equality(wanted: unknown, ordering: Ordering): (value: unknown) => boolean {
  const { collation } = ordering;
  if (wanted === undefined) throw new MongoError(2, 'cannot compare to undefined');
  if (wanted === null) return equalsNull;
  if (typeof wanted === 'string' && !collation) return (value) => value === wanted;
  if (wanted instanceof ObjectId) return (value) => value instanceof ObjectId && wanted.equals(value);
  const compare = comparing(wanted, ordering);
  if (collation && isDoc(wanted)) {
    // A document of many fields is gone through for those that have as many.
    const count = Object.keys(wanted).length;
    return (value) => isDoc(value) && Object.keys(value).length === count && compare(value) === 0;
  }
  return (value) => value === wanted || (!isNull(value) && compare(value) === 0);
}

/** Compiles the order of values and one that they are compared with, whose key is made once: it may be long, and they many. */
export function comparing(wanted: unknown, { collation, compare }: Ordering): (value: unknown) => number {
  const type = typeOf(wanted);
  if (collation || type === TYPE.number) return (value) => compare(value, wanted);
  let key: Buffer | undefined;
  return (value) => typeOf(value) - type || Buffer.compare(keyOf(value), (key ??= keyOf(wanted)));
}

/**
 * Compiles equality with any of several values.
 * @throws MongoError 2 when one is undefined
 */
export function membership(list: readonly unknown[], ordering: Ordering): (value: unknown) => boolean {
  if (list.includes(undefined)) throw new MongoError(2, 'InMatchExpression equality cannot be undefined');
  if (ordering.collation) {
    const { compare } = ordering;
    const sorted = list.toSorted(compare);
    return (value) => {
      if (value === undefined) return false;
      const sought = value === MISSING ? null : value;
      const place = lastWhere(sorted, (item) => compare(item, sought) <= 0);
      return place >= 0 && compare(sorted[place], sought) === 0;
    };
  }
  const texts = new Set(list.filter((item) => typeof item === 'string'));
  const rest = list.filter((item) => typeof item !== 'string');
  const keys = new Set(rest.map((item) => keyOf(item).toString('latin1')));
  return (value) => {
    if (typeof value === 'string') return texts.has(value);
    return keys.size > 0 && keys.has(keyOf(value === MISSING ? null : value).toString('latin1'));
  };
}

/** Begins to look for several values, and says with each value that comes whether all have come. */
export function completion(list: readonly unknown[], ordering: Ordering): () => (value: unknown) => boolean {
  const known = ordering.collation ? undefined : list.map(valueKeys(ordering));
  return () => {
    const keyOf = valueKeys(ordering);
    const missing = new Set(known ?? list.map(keyOf));
    return (value) => {
      missing.delete(keyOf(value === MISSING ? null : value));
      return missing.size === 0;
    };
  };
}

/**
 * Compiles a comparison with a bound. Comparisons stay within one type, but for null, which equals what is missing, and
 * for MinKey and MaxKey, which are below and above all others; NaN is in no range but equals itself.
 * @throws MongoError 2 for undefined
 */
export function comparison(
  bound: unknown,
  accept: (order: number) => boolean,
  ordering: Ordering,
): (value: unknown) => boolean {
  const { compare } = ordering;
  if (bound === undefined) throw new MongoError(2, 'cannot compare to undefined');
  if (bound === null) return accept(0) ? equalsNull : () => false;
  const type = typeOf(bound);
  if (type === TYPE.minKey || type === TYPE.maxKey) {
    const others = accept(type === TYPE.minKey ? 1 : -1);
    return (value) => (!isNull(value) && typeOf(value) === type ? accept(0) : others);
  }
  if (bound instanceof Date) return (value) => value instanceof Date && accept(difference(value, bound));
  const order = comparing(bound, ordering);
  if (type !== TYPE.number) return (value) => !isNull(value) && typeOf(value) === type && accept(order(value));
  const isNaNBound = Number.isNaN(toNumber(bound));
  const equal = accept(0);
  return (value) => {
    if (isNull(value) || typeOf(value) !== TYPE.number) return false;
    const isNaNValue = Number.isNaN(toNumber(value));
    if (isNaNBound || isNaNValue) return equal && isNaNBound && isNaNValue;
    return accept(compare(value, bound));
  };
}

function difference(a: Date, b: Date): number {
  const milliseconds = a.getTime() - b.getTime();
  if (Number.isNaN(milliseconds)) throw farDate();
  return milliseconds;
}

/** The type of a value as comparisons have it: numbers of all types are one. */
function typeOf(value: unknown): number {
  switch (typeof value) {
    case 'number':
      return TYPE.number;
    case 'string':
      return TYPE.string;
    case 'boolean':
      return TYPE.boolean;
    default:
      if (Array.isArray(value)) return TYPE.array;
      if (value instanceof Date) return TYPE.date;
      return isDoc(value) ? TYPE.object : (keyOf(value)[0] ?? 0);
  }
}
