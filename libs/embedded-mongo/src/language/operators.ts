import type { Options } from 'mingo/types';
import { BSONRegExp } from 'bson';
import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { TYPE, keyOf } from '../store/key.js';
import { matchesType } from './bson-types.js';
import { toNumber } from './numbers.js';
import type { Ordering } from './ordering.js';
import { MISSING, someAt, someValueAt } from './paths.js';

/** A compiled condition on a whole document. */
export type Test = (doc: unknown) => boolean;

/** Compiles a filter; given by `filter.ts`, because `$elemMatch` and `$all` hold filters themselves. */
export type Compile = (filter: Doc) => Test;

type Operator = (path: string, argument: unknown, options: Options) => Test;

const isNull = (value: unknown): boolean => value === null || value === undefined || value === MISSING;
const isNaNValue = (value: unknown): boolean => typeof value !== 'string' && Number.isNaN(toNumber(value));

/**
 * The query operators with MongoDB's order and equality of BSON values, in place of mingo's, which compares JavaScript
 * values: a long or decimal128 would never equal a number, `$type` could not tell int from double.
 */
export function queryOperators(compile: Compile, { compare, equal, collation }: Ordering): Record<string, Operator> {
  const any =
    (test: (value: unknown, argument: unknown) => boolean): Operator =>
    (path, argument) => {
      const parts = path.split('.');
      return (doc) => someValueAt(doc, parts, (value) => test(value, argument));
    };
  const negated =
    (operator: Operator): Operator =>
    (path, argument, options) => {
      const test = operator(path, argument, options);
      return (doc) => !test(doc);
    };
  const ordered = (accept: (order: number) => boolean): Operator =>
    any((value, bound) => {
      if (isNull(bound)) return accept(0) && isNull(value);
      if (isNull(value) || !comparable(value, bound)) return false;
      if (isNaNValue(value) || isNaNValue(bound)) {
        return keyOf(value)[0] === TYPE.number ? accept(0) && equal(value, bound) : accept(compare(value, bound));
      }
      return accept(compare(value, bound));
    });

  const $eq: Operator = (path, argument) => {
    if (argument instanceof RegExp || argument instanceof BSONRegExp) return $regex(path, argument, {} as Options);
    return any(equal)(path, argument, {} as Options);
  };
  const $in: Operator = (path, argument) => {
    const list = array('$in', argument);
    const patterns = list.map(asRegExp).filter((item) => item !== undefined);
    const keys = new Set(list.map((item) => keyOf(item ?? null).toString('latin1')));
    const parts = path.split('.');
    return (doc) =>
      someValueAt(doc, parts, (value) => {
        const known = collation
          ? list.some((item) => equal(value, item))
          : keys.has(keyOf(isNull(value) ? null : value).toString('latin1'));
        return known || (typeof value === 'string' && patterns.some((pattern) => pattern.test(value)));
      });
  };
  const $regex: Operator = (path, argument) => {
    const pattern = asRegExp(argument);
    if (!pattern) throw new MongoError(2, '$regex has to be a string');
    return any((value) => (typeof value === 'string' ? pattern.test(value) : equalsRegExp(value, pattern)))(
      path,
      argument,
      {} as Options,
    );
  };
  const elementTest = (criteria: unknown): Test => {
    if (!isDoc(criteria)) throw new MongoError(2, '$elemMatch needs an Object');
    const names = Object.keys(criteria);
    const onValues = names.length > 0 && names.every((name) => name.startsWith('$') && !/^\$(and|or|nor)$/.test(name));
    if (onValues) {
      const test = compile({ value: criteria });
      return (value) => test({ value });
    }
    const test = compile(criteria);
    return (value) => (isDoc(value) || Array.isArray(value)) && test(value);
  };
  const $elemMatch: Operator = (path, argument) => {
    const test = elementTest(argument);
    const parts = path.split('.');
    return (doc) => someAt(doc, parts, (leaf) => Array.isArray(leaf) && leaf.some(test));
  };
  const $all: Operator = (path, argument, options) => {
    const tests = array('$all', argument).map((item) =>
      isDoc(item) && '$elemMatch' in item ? $elemMatch(path, item['$elemMatch'], options) : $eq(path, item, options),
    );
    return (doc) => tests.length > 0 && tests.every((test) => test(doc));
  };
  const $size: Operator = (path, argument) => {
    const size = toNumber(argument);
    if (!Number.isInteger(size) || size < 0)
      throw new MongoError(2, 'Failed to parse $size. Expected a non-negative integer');
    return (doc) => someAt(doc, path.split('.'), (leaf) => Array.isArray(leaf) && leaf.length === size);
  };
  const $exists: Operator = (path, argument) => {
    const wanted = argument !== false && argument !== null && toNumber(argument) !== 0;
    const parts = path.split('.');
    return (doc) => someAt(doc, parts, (leaf) => leaf !== MISSING) === wanted;
  };
  const $mod: Operator = (path, argument) => {
    const [divisor, remainder] = array('$mod', argument).map((item) => Math.trunc(toNumber(item)));
    if (divisor === undefined || remainder === undefined) throw new MongoError(2, 'malformed mod, not enough elements');
    if (divisor === 0) throw new MongoError(2, 'divisor cannot be 0');
    return any((value) => Math.trunc(toNumber(value)) % divisor === remainder)(path, argument, {} as Options);
  };
  const $type: Operator = (path, argument) => {
    const types = Array.isArray(argument) ? argument : [argument];
    return any((value) => value !== MISSING && types.some((type) => matchesType(value, type)))(
      path,
      argument,
      {} as Options,
    );
  };

  return {
    $eq,
    $ne: negated($eq),
    $in,
    $nin: negated($in),
    $gt: ordered((order) => order > 0),
    $gte: ordered((order) => order >= 0),
    $lt: ordered((order) => order < 0),
    $lte: ordered((order) => order <= 0),
    $regex,
    $elemMatch,
    $all,
    $size,
    $exists,
    $mod,
    $type,
  };
}

/** Comparisons stay within one type, as MongoDB's do. */
function comparable(a: unknown, b: unknown): boolean {
  if (typeof a === 'object' || typeof b === 'object') return keyOf(a)[0] === keyOf(b)[0];
  return typeof a === typeof b;
}

function asRegExp(value: unknown): RegExp | undefined {
  if (value instanceof RegExp) return value;
  if (!(value instanceof BSONRegExp)) return undefined;
  try {
    return new RegExp(value.pattern, value.options.replace(/[xl]/g, ''));
  } catch {
    throw new MongoError(2, 'Regular expression is invalid');
  }
}

function equalsRegExp(value: unknown, pattern: RegExp): boolean {
  const other = asRegExp(value);
  return other !== undefined && other.source === pattern.source && other.flags === pattern.flags;
}

function array(name: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new MongoError(2, `${name} needs an array`);
  return value;
}
