import { Decimal128, Double, Int32, Long } from 'bson';
import { typeName } from './bson-types.js';
import { decimalParts, decimalProduct, decimalSum, toDecimal } from './decimal.js';
import { wholeNumber } from '../expressions/operator.js';
import { toNumber } from './numbers.js';

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** Whether a value is a number of any BSON type. */
export function isNumeric(value: unknown): boolean {
  return ['int', 'long', 'double', 'decimal'].includes(typeName(value));
}

type NumberType = 'int' | 'long' | 'double' | 'decimal';

const WIDTH: Record<NumberType, number> = { int: 0, long: 1, double: 2, decimal: 3 };

/** The wider of the types of two numbers. */
export function wider(a: unknown, b: unknown): NumberType {
  const [left, right] = [typeName(a) as NumberType, typeName(b) as NumberType];
  return WIDTH[left] >= WIDTH[right] ? left : right;
}

/** An operation of two numbers in each way of reckoning. */
export interface Operation {
  readonly whole: (a: bigint, b: bigint) => bigint;
  readonly double: (a: number, b: number) => number;
  readonly decimal: (a: Decimal128, b: Decimal128) => Decimal128;
}

export const ADDITION: Operation = { whole: (a, b) => a + b, double: (a, b) => a + b, decimal: decimalSum };
export const MULTIPLICATION: Operation = { whole: (a, b) => a * b, double: (a, b) => a * b, decimal: decimalProduct };

/** Reckons with the wider type of two numbers; undefined when what whole ones come to does not fit into a long. */
export function reckon(a: unknown, b: unknown, { whole, double, decimal }: Operation): unknown {
  const type = wider(a, b);
  if (type === 'decimal') return decimal(toDecimal(a), toDecimal(b));
  if (type === 'double') return new Double(double(toNumber(a), toNumber(b)));
  const result = whole(toBigInt(a), toBigInt(b));
  return result < LONG_MIN || result > LONG_MAX ? undefined : wholeNumber(result, type);
}

/** Adds two numbers as updates do: whole ones stay whole. */
export function add(a: unknown, b: unknown): unknown {
  return reckon(a, b, ADDITION);
}

/** Multiplies two numbers as updates do, as `add` adds them. */
export function multiply(a: unknown, b: unknown): unknown {
  return reckon(a, b, MULTIPLICATION);
}

/** The zero of a number's type. */
export function zeroLike(value: unknown): unknown {
  return multiply(value, new Int32(0));
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

/** Whether a number of any type is one that a long can hold. */
export function isLong(value: unknown): boolean {
  return isWhole(value) && wholeOf(value) !== undefined;
}
