import { ObjectId } from 'bson';
import { isDoc } from '../../document.js';
import { MongoError, farDate } from '../../errors.js';
import { TYPE, keyOf } from '../../store/keys/key.js';
import { toNumber } from './numbers.js';
import type { Ordering } from './ordering.js';
import { MISSING } from '../paths.js';

/** Whether a value is null, undefined or not there. */
export const isNull = (value: unknown): boolean => value === null || value === undefined || value === MISSING;

/** Whether filters take a value as null: it is null or not there. Undefined is a type of its own since MongoDB 8.0. */
const equalsNull = (value: unknown): boolean => value === null || value === MISSING;

/**
 * Compiles equality with a value; the most frequent types are compared without their keys.
 * @throws MongoError 2 for undefined
 */
export function equality(wanted: unknown, { collation, equal }: Ordering): (value: unknown) => boolean {
  if (wanted === undefined) throw new MongoError(2, 'cannot compare to undefined');
  if (wanted === null) return equalsNull;
  if (typeof wanted === 'string' && !collation) return (value) => value === wanted;
  if (wanted instanceof ObjectId) return (value) => value instanceof ObjectId && wanted.equals(value);
  return (value) => value === wanted || equal(value, wanted);
}

/**
 * Compiles equality with any of several values.
 * @throws MongoError 2 when one is undefined
 */
export function membership(list: readonly unknown[], ordering: Ordering): (value: unknown) => boolean {
  if (list.includes(undefined)) throw new MongoError(2, 'InMatchExpression equality cannot be undefined');
  if (ordering.collation) {
    const tests = list.map((item) => equality(item, ordering));
    return (value) => tests.some((test) => test(value));
  }
  const texts = new Set(list.filter((item) => typeof item === 'string'));
  const rest = list.filter((item) => typeof item !== 'string');
  const keys = new Set(rest.map((item) => keyOf(item).toString('latin1')));
  return (value) => {
    if (typeof value === 'string') return texts.has(value);
    return keys.size > 0 && keys.has(keyOf(value === MISSING ? null : value).toString('latin1'));
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
  { compare }: Ordering,
): (value: unknown) => boolean {
  if (bound === undefined) throw new MongoError(2, 'cannot compare to undefined');
  if (bound === null) return accept(0) ? equalsNull : () => false;
  const type = typeOf(bound);
  if (type === TYPE.minKey || type === TYPE.maxKey) {
    const others = accept(type === TYPE.minKey ? 1 : -1);
    return (value) => (!isNull(value) && typeOf(value) === type ? accept(0) : others);
  }
  if (bound instanceof Date) return (value) => value instanceof Date && accept(difference(value, bound));
  if (type !== TYPE.number) return (value) => !isNull(value) && typeOf(value) === type && accept(compare(value, bound));
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
