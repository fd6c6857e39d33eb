import { bsonType, isDoc } from '../../document.js';
import { compareValues, typeByte } from '../../store/keys/compare.js';
import type { Collation } from './collation.js';
import { MISSING } from '../paths.js';

/** How values compare: by their bytes, or with strings as a collation has them. */
export interface Ordering {
  readonly collation: Collation | undefined;
  /** MongoDB's order of BSON values of all types. */
  readonly compare: (a: unknown, b: unknown) => number;
  /** Equality as filters have it: what is missing equals null. */
  readonly equal: (a: unknown, b: unknown) => boolean;
}

const isSymbol = (value: unknown): boolean => bsonType(value) === 'BSONSymbol';
const isNull = (value: unknown): boolean => value === null || value === undefined || value === MISSING;

/** Whether two values are equal as MongoDB compares them: numbers by value, documents field by field in order. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (isNull(a) || isNull(b)) return isNull(a) && isNull(b);
  if (a === b) return true;
  // A symbol, which is BSON's deprecated type for them, equals the string of its name.
  if (typeof a === 'string' || typeof b === 'string') return (isSymbol(a) || isSymbol(b)) && compareValues(a, b) === 0;
  return compareValues(a, b) === 0;
}

/** Strings compare by their bytes. */
export const BINARY: Ordering = { collation: undefined, compare: compareValues, equal: equalValues };

const orderings = new WeakMap<Collation, Ordering>();

/** The ordering of a collation; one for each, so that what is compiled for it can be kept. */
export function orderingOf(collation: Collation | undefined): Ordering {
  if (!collation) return BINARY;
  const existing = orderings.get(collation);
  if (existing) return existing;
  const compare = (a: unknown, b: unknown): number => compareCollated(a, b, collation);
  const equal = (a: unknown, b: unknown): boolean => {
    if (isNull(a) || isNull(b)) return isNull(a) && isNull(b);
    return a === b || compare(a, b) === 0;
  };
  const ordering = { collation, compare, equal };
  orderings.set(collation, ordering);
  return ordering;
}

/** Documents compare field by field: by the type of the value, then the name, which has no collation, then the value. */
function compareCollated(a: unknown, b: unknown, collation: Collation): number {
  if (typeof a === 'string' && typeof b === 'string') return collation.compare(a, b);
  const types = typeByte(a) - typeByte(b);
  if (types !== 0) return types;
  if (Array.isArray(a) && Array.isArray(b)) {
    return firstDifference(a.length, b.length, (i) => compareCollated(a[i], b[i], collation));
  }
  if (!isDoc(a) || !isDoc(b)) return compareValues(a, b);
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return firstDifference(left.length, right.length, (i) => {
    const [leftName, leftValue] = left[i] ?? ['', undefined];
    const [rightName, rightValue] = right[i] ?? ['', undefined];
    return (
      typeByte(leftValue) - typeByte(rightValue) ||
      Buffer.compare(Buffer.from(leftName), Buffer.from(rightName)) ||
      compareCollated(leftValue, rightValue, collation)
    );
  });
}

function firstDifference(left: number, right: number, compareAt: (i: number) => number): number {
  for (let i = 0; i < Math.min(left, right); i++) {
    const order = compareAt(i);
    if (order !== 0) return order;
  }
  return left - right;
}

/** Whether a value holds a string, so that it matters which collation compares it. */
export function holdsText(value: unknown): boolean {
  if (typeof value === 'string') return true;
  if (Array.isArray(value)) return value.some(holdsText);
  return isDoc(value) && Object.values(value).some(holdsText);
}
