import { Decimal128, Double, Long } from 'bson';

/** A finite number: `digits × 10^exponent`, exactly. */
export interface Parts {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Digits that decimal128 keeps, and the exponents of its last digit (IEEE 754-2008). */
const PRECISION = 34;
const MIN_EXPONENT = -6176;
const MAX_EXPONENT = 6111;

/** Any number as decimal128; a double has 15 digits then, zeros too, as MongoDB converts it. */
export function toDecimal(value: unknown): Decimal128 {
  if (value instanceof Decimal128) return value;
  const number = value instanceof Double ? value.value : value;
  const isInt = typeof value === 'number' && value === (value | 0);
  if (typeof number !== 'number' || isInt) return Decimal128.fromString(String(value));
  if (Object.is(number, -0)) return Decimal128.fromString('-0');
  return Decimal128.fromString(number === 0 || !Number.isFinite(number) ? String(number) : number.toPrecision(15));
}

/** The number that a text is, exactly; undefined for NaN, the infinities and what is no number. */
export function partsIn(text: string): Parts | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  const [whole = '', fraction = ''] = [match?.[2], match?.[3]];
  if (!match || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  return { digits: match[1] === '-' ? -digits : digits, exponent: Number(match[4] ?? 0) - fraction.length };
}

/** A decimal as a whole number of tens; undefined for NaN and the infinities. */
export function decimalParts(value: Decimal128): Parts | undefined {
  return partsIn(value.toString());
}

/** A double as what it is exactly: a power of two has as many digits behind the point as its exponent says. */
function doubleParts(value: number): Parts {
  let shift = 0;
  let whole = value;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    shift++;
  }
  // value = whole × 2^-shift = whole × 5^shift × 10^-shift
  return { digits: BigInt(whole) * 5n ** BigInt(shift), exponent: -shift };
}

/** A number of any type, exactly; undefined for NaN and the infinities. */
export function exactParts(value: unknown): Parts | undefined {
  if (value instanceof Decimal128) return decimalParts(value);
  if (value instanceof Long) return { digits: value.toBigInt(), exponent: 0 };
  const number = Number(String(value));
  return Number.isFinite(number) ? doubleParts(number) : undefined;
}

/** Whether a number is zero; some decimals are too small to be anything else as a double. */
export function isZero(value: unknown): boolean {
  return Number(String(value)) === 0 && !(value instanceof Decimal128 && /^-?[\d.]*[1-9]/.test(value.toString()));
}

/** The nearest decimal128, of two the even one; an infinity beyond its range. */
function decimal(digits: bigint, exponent: number): Decimal128 {
  const length = (value: bigint): number => String(value < 0n ? -value : value).length;
  const dropped = Math.max(length(digits) - PRECISION, MIN_EXPONENT - exponent, 0);
  let kept = cut(digits, 10n ** BigInt(dropped), 'half-even');
  let power = exponent + dropped;
  if (length(kept) > PRECISION) {
    kept /= 10n;
    power++;
  }
  const padded = Math.max(power - MAX_EXPONENT, 0);
  if (kept === 0n) return Decimal128.fromString(`0E${power - padded}`);
  if (length(kept) + padded > PRECISION) return special(kept < 0n ? -Infinity : Infinity);
  return Decimal128.fromString(`${kept * 10n ** BigInt(padded)}E${power - padded}`);
}

/** The nearest decimal128, of 34 digits at most. */
export function decimalOf({ digits, exponent }: Parts): Decimal128 {
  return decimal(digits, exponent);
}

/** The nearest double. */
export function doubleOf({ digits, exponent }: Parts): number {
  return Number(`${digits}E${exponent}`);
}

export const ZERO: Parts = { digits: 0n, exponent: 0 };

/** The exact sum, and the exact product. */
export function plus(a: Parts, b: Parts): Parts {
  const [x, y, exponent] = aligned(a, b);
  return { digits: x + y, exponent };
}

export function times(a: Parts, b: Parts): Parts {
  return { digits: a.digits * b.digits, exponent: a.exponent + b.exponent };
}

export function negated({ digits, exponent }: Parts): Parts {
  return { digits: -digits, exponent };
}

/** NaN, an infinity, or the zero that is left of a number by an infinity. */
function special(result: number): Decimal128 {
  return Decimal128.fromString(result === 0 ? `0E${MIN_EXPONENT}` : String(result));
}

/** With NaN or an infinity on a side, doubles give the same answer, and of a finite number its sign is enough. */
function combine(
  a: Decimal128,
  b: Decimal128,
  finite: (left: Parts, right: Parts) => Decimal128,
  otherwise: (left: number, right: number) => number,
): Decimal128 {
  const [left, right] = [decimalParts(a), decimalParts(b)];
  if (left && right) return finite(left, right);
  const near = (value: Decimal128, parts?: Parts): number =>
    parts ? Math.sign(Number(parts.digits)) : Number(String(value));
  return special(otherwise(near(a, left), near(b, right)));
}

function aligned(a: Parts, b: Parts): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = ({ digits, exponent: own }: Parts): bigint => digits * 10n ** BigInt(own - exponent);
  return [scaled(a), scaled(b), exponent];
}

/** The sum, rounded to 34 digits. */
export function decimalSum(a: Decimal128, b: Decimal128): Decimal128 {
  return combine(
    a,
    b,
    (x, y) => decimalOf(plus(x, y)),
    (x, y) => x + y,
  );
}

/** The product, rounded to 34 digits. */
export function decimalProduct(a: Decimal128, b: Decimal128): Decimal128 {
  return combine(
    a,
    b,
    (x, y) => decimalOf(times(x, y)),
    (x, y) => x * y,
  );
}

/** The quotient, rounded to 34 digits and with no more of them than an exact one needs; `b` is not zero. */
export function decimalQuotient(a: Decimal128, b: Decimal128): Decimal128 {
  return combine(
    a,
    b,
    (x, y) => decimalOf(divided(x, y)),
    (x, y) => x / y,
  );
}

/** A quotient with more digits than any type keeps, so that it rounds as the exact one does; `y` is not zero. */
export function divided(x: Parts, y: Parts): Parts {
  const scale = PRECISION + 2 + Math.max(0, String(y.digits).length - String(x.digits).length);
  const numerator = x.digits * 10n ** BigInt(scale);
  let digits = numerator / y.digits;
  let exponent = x.exponent - y.exponent - scale;
  // A digit that is not zero behind all others keeps a cut-off quotient from looking like an exact half.
  if (numerator % y.digits !== 0n) return { digits: digits * 10n + (digits < 0n ? -1n : 1n), exponent: exponent - 1 };
  while (exponent < x.exponent - y.exponent && digits % 10n === 0n) {
    digits /= 10n;
    exponent++;
  }
  return { digits, exponent };
}

/** What is left of a division, with the sign of the dividend, which is all of it by an infinity; `b` is not zero. */
export function decimalRemainder(a: Decimal128, b: Decimal128): Decimal128 {
  if (decimalParts(a) && b.toString().endsWith('Infinity')) return a;
  return combine(
    a,
    b,
    (left, right) => {
      const [x, y, exponent] = aligned(left, right);
      return decimal(x % y, exponent);
    },
    (x, y) => x % y,
  );
}

/** The square root, rounded to 34 digits and with no more of them than an exact one needs; `value` is not below zero. */
export function decimalRoot(value: Decimal128): Decimal128 {
  const parts = decimalParts(value);
  if (!parts) return value;
  const exponent = Math.floor(parts.exponent / 2);
  if (parts.digits === 0n) return decimal(0n, exponent);
  const places = PRECISION + 2 + Math.max(0, parts.exponent - 2 * exponent);
  const square = parts.digits * 10n ** BigInt(2 * places + parts.exponent - 2 * exponent);
  let digits = wholeRoot(square);
  if (digits * digits !== square) return decimal(digits * 10n + 1n, exponent - places - 1);
  let last = exponent - places;
  while (last < exponent && digits % 10n === 0n) {
    digits /= 10n;
    last++;
  }
  return decimal(digits, last);
}

/** The greatest whole number whose square is not above that of a number above zero (Newton's way, from above). */
function wholeRoot(square: bigint): bigint {
  let root = 10n ** BigInt(Math.ceil(String(square).length / 2));
  for (;;) {
    const next = (root + square / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

/** How digits are cut off. */
export type Rounding = 'half-even' | 'down' | 'floor' | 'ceiling';

/**
 * Leaves `place` digits behind the decimal point, zeros where there were less, as far as 34 digits go; a negative place
 * counts to the left of it.
 */
export function roundDecimal(value: Decimal128, place: number, rounding: Rounding): Decimal128 {
  const parts = decimalParts(value);
  if (!parts) return value;
  const missing = parts.exponent + place;
  if (missing >= 0) {
    const length = parts.digits === 0n ? 0 : String(parts.digits).replace('-', '').length;
    const added = parts.digits === 0n ? missing : Math.min(missing, PRECISION - length);
    return decimal(parts.digits * 10n ** BigInt(Math.min(added, PRECISION)), parts.exponent - added);
  }
  return decimal(cut(parts.digits, 10n ** BigInt(-place - parts.exponent), rounding), -place);
}

/** The whole number at a decimal; NaN where it would need more than 34 digits, as the infinities would. */
export function wholeDecimal(value: Decimal128, rounding: Rounding): Decimal128 {
  const whole = roundDecimal(value, 0, rounding);
  return decimalParts(whole)?.exponent === 0 ? whole : special(Number.NaN);
}

/** As `roundDecimal`, over the exact value of a double. */
export function roundDouble(value: number, place: number, rounding: Rounding): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const { digits, exponent } = doubleParts(value);
  if (-exponent <= place) return value;
  const places = -exponent - Math.max(place, -20);
  const rounded = places <= 0 ? digits : cut(digits, 10n ** BigInt(places), rounding);
  // What is rounded to zero keeps its sign.
  return rounded === 0n && value < 0 ? -0 : Number(`${rounded}E${-place}`);
}

/** Divides by a power of ten and rounds what is left. */
export function cut(digits: bigint, unit: bigint, rounding: Rounding): bigint {
  const quotient = digits / unit;
  const rest = digits % unit;
  if (rest === 0n) return quotient;
  const away = digits < 0n ? quotient - 1n : quotient + 1n;
  if (rounding === 'down') return quotient;
  if (rounding === 'floor') return digits < 0n ? away : quotient;
  if (rounding === 'ceiling') return digits < 0n ? quotient : away;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice !== unit) return twice > unit ? away : quotient;
  return quotient % 2n === 0n ? quotient : away;
}
