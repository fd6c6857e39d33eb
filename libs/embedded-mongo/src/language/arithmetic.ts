import { Decimal128, Double, Int32, Long } from 'bson';
import { MongoError } from '../errors.js';
import { typeName } from './bson-types.js';
import { decimalParts, decimalProduct, decimalSum, toDecimal } from './decimal.js';
import { toNumber } from './numbers.js';

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** Whether a value is a number of any BSON type. */
export function isNumeric(value: unknown): boolean {
  return ['int', 'long', 'double', 'decimal'].includes(typeName(value));
}

/** Adds two numbers; the result has the wider of both types, and int32 becomes long where it must. */
export function add(a: unknown, b: unknown): unknown {
  return combine(a, b, { whole: (x, y) => x + y, double: (x, y) => x + y, decimal: decimalSum });
}

/** Multiplies two numbers, with types as `add` has them. */
export function multiply(a: unknown, b: unknown): unknown {
  return combine(a, b, { whole: (x, y) => x * y, double: (x, y) => x * y, decimal: decimalProduct });
}

/** The zero of a number's type. */
export function zeroLike(value: unknown): unknown {
  return multiply(value, new Int32(0));
}

interface Operation {
  whole: (a: bigint, b: bigint) => bigint;
  double: (a: number, b: number) => number;
  decimal: (a: Decimal128, b: Decimal128) => Decimal128;
}

function combine(a: unknown, b: unknown, operation: Operation): unknown {
  const types = [typeName(a), typeName(b)];
  if (types.includes('decimal')) return operation.decimal(toDecimal(a), toDecimal(b));
  if (types.includes('double')) return new Double(operation.double(toNumber(a), toNumber(b)));
  const result = operation.whole(toBigInt(a), toBigInt(b));
  if (!types.includes('long') && result >= -0x80000000n && result <= 0x7fffffffn) return new Int32(Number(result));
  if (result < LONG_MIN || result > LONG_MAX) throw new MongoError(2, 'the result does not fit into a 64-bit integer');
  return Long.fromBigInt(result);
}

/** A whole number of type int or long as a bigint. */
export function toBigInt(value: unknown): bigint {
  return value instanceof Long ? value.toBigInt() : BigInt(toNumber(value));
}

/** Whether a number of any type has no fraction. */
export function isWhole(value: unknown): boolean {
  if (!(value instanceof Decimal128)) return Number.isInteger(toNumber(value)) || value instanceof Long;
  const parts = decimalParts(value);
  if (!parts) return false;
  // No decimal has more than 34 digits, so that what is smaller than all of them leaves a fraction.
  return parts.exponent >= 0 || parts.digits % 10n ** BigInt(Math.min(-parts.exponent, 40)) === 0n;
}

/** A number of any type, cut off to a whole one; undefined for NaN and for what does not fit into a long. */
export function wholeOf(value: unknown): bigint | undefined {
  if (value instanceof Long) return value.toBigInt();
  let whole: bigint;
  if (value instanceof Decimal128) {
    const parts = decimalParts(value);
    // A long has 19 digits; what is far smaller is zero.
    if (!parts || parts.exponent > 19) return parts?.digits === 0n ? 0n : undefined;
    whole =
      parts.exponent >= 0
        ? parts.digits * 10n ** BigInt(parts.exponent)
        : parts.digits / 10n ** BigInt(Math.min(-parts.exponent, 40));
  } else {
    const number = toNumber(value);
    if (!Number.isFinite(number)) return undefined;
    whole = BigInt(Math.trunc(number));
  }
  return whole >= LONG_MIN && whole <= LONG_MAX ? whole : undefined;
}
