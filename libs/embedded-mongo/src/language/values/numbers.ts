import { Decimal128, type Double, type Int32, type Long } from 'bson';
import { bsonType } from '../../document.js';
import { isZero, roundDecimal } from './decimal.js';

/** A number of any BSON type as a JavaScript number, NaN for anything else. */
export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  switch (bsonType(value)) {
    case 'Int32':
    case 'Double':
      return (value as Int32 | Double).value;
    case 'Long':
    case 'Decimal128':
      return Number((value as Long | Decimal128).toString());
    default:
      return Number.NaN;
  }
}

/** The whole part of a number, which of a decimal is the nearest, and of two the even one; NaN for anything else. */
export function nearestWhole(value: unknown): number {
  return Math.trunc(toNumber(value instanceof Decimal128 ? roundDecimal(value, 0, 'half-even') : value));
}

/** A number as a double, which is zero only where the number is. */
export function near(value: unknown): number {
  const number = toNumber(value);
  if (number !== 0 || isZero(value)) return number;
  return Object.is(number, -0) ? -Number.MIN_VALUE : Number.MIN_VALUE;
}

/** A power of doubles; of one, and of minus one by an infinity, it is one, where JavaScript has NaN. */
export function power(base: number, exponent: number): number {
  const isOne = base === 1 || (base === -1 && Math.abs(exponent) === Infinity);
  return isOne ? 1 : Math.pow(base, exponent);
}
