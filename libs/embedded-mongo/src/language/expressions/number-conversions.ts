import { Decimal128, Double } from 'bson';
import { MongoError } from '../../errors.js';
import { isNumeric, toBigInt } from '../values/arithmetic.js';
import { typeName } from '../values/bson-types.js';
import { decimalOf, decimalParts, partsIn, roundDecimal, toDecimal } from '../values/decimal.js';
import { toNumber } from '../values/numbers.js';
import { instantOf } from './date-values.js';
import { isLost, numberIn } from './number-text.js';
import { nameOf } from './operator.js';

export const CONVERSION_FAILURE = 241;

export type Convert = (value: unknown) => unknown;

export function unsupported(value: unknown, to: string): MongoError {
  return new MongoError(
    CONVERSION_FAILURE,
    `Unsupported conversion from ${nameOf(value)} to ${to} in $convert with no onError value`,
  );
}

export function unparsable(text: string, what: string, why: string): MongoError {
  return new MongoError(
    CONVERSION_FAILURE,
    `Failed to parse ${what} '${text}' in $convert with no onError value: ${why}`,
  );
}

function overflow(value: unknown): MongoError {
  return new MongoError(
    CONVERSION_FAILURE,
    `Conversion would overflow target type in $convert with no onError value: ${String(value)}`,
  );
}

/** @throws MongoError 241 for NaN and the infinities, which are no whole numbers and no dates */
export function checkFinite(value: unknown): void {
  const special = value instanceof Decimal128 ? Number(value.toString()) : toNumber(value);
  const isDecimal = value instanceof Decimal128 && decimalParts(value) !== undefined;
  if (isDecimal || Number.isFinite(special)) return;
  throw new MongoError(
    CONVERSION_FAILURE,
    `Attempt to convert ${Number.isNaN(special) ? 'NaN' : 'infinity'} value to integer type in $convert with no onError value`,
  );
}

/** @throws MongoError 241 for a number written to the base of 16 */
function checkDecimalDigits(text: string): void {
  if (text.startsWith('0x'))
    throw new MongoError(CONVERSION_FAILURE, `Illegal hexadecimal input in $convert with no onError value: ${text}`);
}

/** Why a text is no number of which it may have the beginning. */
const brokenNumber = (text: string, number: RegExp): MongoError =>
  unparsable(text, 'number', number.test(text) ? 'Did not consume whole string.' : 'Did not consume any digits');

/** A number, bool or text as a whole number between bounds. */
export const toWhole =
  (name: 'int' | 'long', least: bigint, most: bigint, make: (value: bigint) => unknown): Convert =>
  (value) => {
    if (typeof value === 'boolean') return make(value ? 1n : 0n);
    if (value instanceof Date && name === 'long') return make(BigInt(instantOf(value)));
    if (typeof value !== 'string' && !isNumeric(value)) throw unsupported(value, name);
    const whole = typeof value === 'string' ? wholeIn(value) : wholeFrom(value, least, most);
    if (whole >= least && whole <= most) return make(whole);
    throw typeof value === 'string' ? unparsable(value, 'number', 'Overflow') : overflow(value);
  };

function wholeIn(text: string): bigint {
  checkDecimalDigits(text);
  if (!/^[+-]?\d+$/.test(text)) throw brokenNumber(text, /^[+-]?\d/);
  return BigInt(text.replace('+', ''));
}

/** A number without its fraction; one beyond the bounds when it is far beyond them. */
function wholeFrom(value: unknown, least: bigint, most: bigint): bigint {
  checkFinite(value);
  if (value instanceof Decimal128) {
    const text = roundDecimal(value, 0, 'down').toString();
    return Math.abs(Number(text)) < 1e20 ? BigInt(plainDigits(text)) : most + 1n;
  }
  if (typeName(value) !== 'double') return toBigInt(value);
  const number = toNumber(value);
  // A fraction beyond the last number is beyond it as well.
  return BigInt(number < Number(least) || number > Number(most) ? Math.sign(number) * 2 ** 64 : Math.trunc(number));
}

/** The digits of a whole decimal without an exponent. */
function plainDigits(text: string): string {
  const [digits = '', exponent = '0'] = text.split('E');
  const [whole = '', fraction = ''] = digits.split('.');
  return whole + fraction + '0'.repeat(Math.max(0, Number(exponent) - fraction.length));
}

const NOT_A_NUMBER = /^[+-]?nan$/i;

export const toDouble: Convert = (value) => {
  if (typeof value === 'boolean') return new Double(value ? 1 : 0);
  if (value instanceof Date) return new Double(instantOf(value));
  if (isNumeric(value)) {
    const double = toNumber(value);
    if (value instanceof Decimal128 && isLost(double, value.toString())) throw overflow(value);
    return new Double(double);
  }
  if (typeof value !== 'string') throw unsupported(value, 'double');
  checkDecimalDigits(value);
  const double = numberIn(value);
  if (Number.isNaN(double) && !NOT_A_NUMBER.test(value)) throw brokenNumber(value, /^[+-]?\.?\d/);
  if (isLost(double, value)) throw unparsable(value, 'number', 'Out of range');
  return new Double(double);
};

export const toDecimal128: Convert = (value) => {
  if (typeof value === 'boolean') return Decimal128.fromString(value ? '1' : '0');
  if (value instanceof Date) return Decimal128.fromString(String(instantOf(value)));
  if (isNumeric(value)) return toDecimal(value);
  if (typeof value !== 'string') throw unsupported(value, 'decimal');
  checkDecimalDigits(value);
  const parts = partsIn(value);
  if (!parts) {
    if (NOT_A_NUMBER.test(value)) return Decimal128.fromString('NaN');
    const double = numberIn(value);
    if (Number.isNaN(double)) throw unparsable(value, 'number', 'Failed to parse string to decimal');
    return Decimal128.fromString(String(double));
  }
  const decimal = decimalOf(parts);
  const kept = decimalParts(decimal);
  if (!kept) throw unparsable(value, 'number', 'Conversion from string to decimal would overflow');
  if (kept.digits !== 0n) return decimal;
  if (parts.digits !== 0n) throw unparsable(value, 'number', 'Conversion from string to decimal would underflow');
  return value.startsWith('-') ? Decimal128.fromString(`-${decimal.toString()}`) : decimal;
};
