import type { Decimal128, Long } from 'bson';

/** An exact decimal magnitude: `digits` × 10^`exponent`. */
interface Decimal {
  digits: bigint;
  exponent: number;
}

const scratch = new DataView(new ArrayBuffer(8));

/** Significant digits of a remainder that tell any two numbers of BSON apart (a decimal128 has 34). */
const REMAINDER_DIGITS = 40;
const EXPONENT_BIAS = 0x4000;

const KIND = { nan: 0, negative: 1, zero: 2, positive: 3 } as const;

/**
 * Appends the order-preserving bytes of a number. Equal numbers of different BSON types give the same bytes, because
 * MongoDB compares them by value: the largest double that is not above the magnitude, then what is missing to it.
 */
export function writeNumber(value: number | bigint | Long | Decimal128, push: (byte: number) => void): void {
  if (typeof value === 'number') {
    writeDouble(value, push);
    return;
  }
  if (typeof value === 'object' && value._bsontype === 'Decimal128') {
    writeDecimal(value.toString(), push);
    return;
  }
  const integer = typeof value === 'bigint' ? value : value.toBigInt();
  const asDouble = Number(integer);
  if (BigInt(asDouble) === integer) writeDouble(asDouble, push);
  else writeExact(integer < 0n, { digits: integer < 0n ? -integer : integer, exponent: 0 }, push);
}

function writeDouble(value: number, push: (byte: number) => void): void {
  if (Number.isNaN(value)) return push(KIND.nan);
  if (value === 0) return push(KIND.zero);
  push(value < 0 ? KIND.negative : KIND.positive);
  const mask = value < 0 ? 0xff : 0;
  writeMagnitude(Math.abs(value), mask, push);
  push(mask);
}

const MAGNITUDE_BYTES = 8;

/** Writes the bytes of a double into a buffer, the same as `writeNumber` gives; tells where they end. */
export function writeDoubleAt(value: number, target: Buffer, start: number): number {
  if (Number.isNaN(value) || value === 0) {
    target[start] = value === 0 ? KIND.zero : KIND.nan;
    return start + 1;
  }
  const end = start + 1 + MAGNITUDE_BYTES;
  target[start] = value < 0 ? KIND.negative : KIND.positive;
  target.writeDoubleBE(Math.abs(value), start + 1);
  if (value < 0) for (let i = start + 1; i < end; i++) target[i] = ~(target[i] ?? 0) & 0xff;
  target[end] = value < 0 ? 0xff : 0;
  return end + 1;
}

function writeMagnitude(magnitude: number, mask: number, push: (byte: number) => void): void {
  scratch.setFloat64(0, magnitude);
  for (let i = 0; i < 8; i++) push(scratch.getUint8(i) ^ mask);
}

function writeDecimal(text: string, push: (byte: number) => void): void {
  if (text === 'NaN') return push(KIND.nan);
  if (text.endsWith('Infinity')) return writeDouble(text.startsWith('-') ? -Infinity : Infinity, push);
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(text);
  if (!match) throw new Error('a decimal128 has a form that is not known');
  const fraction = match[3] ?? '';
  const digits = BigInt((match[2] ?? '') + fraction);
  if (digits === 0n) return push(KIND.zero);
  writeExact(match[1] === '-', { digits, exponent: Number(match[4] ?? 0) - fraction.length }, push);
}

function writeExact(negative: boolean, magnitude: Decimal, push: (byte: number) => void): void {
  const floor = floorDouble(magnitude);
  const remainder = subtract(magnitude, doubleToDecimal(floor));
  const mask = negative ? 0xff : 0;
  push(negative ? KIND.negative : KIND.positive);
  writeMagnitude(floor, mask, push);
  if (remainder.digits === 0n) return push(mask);
  push(1 ^ mask);
  const text = remainder.digits.toString();
  const leading = text.length + remainder.exponent + EXPONENT_BIAS;
  push((leading >> 8) ^ mask);
  push((leading & 0xff) ^ mask);
  const kept = text.slice(0, REMAINDER_DIGITS).replace(/0+$/, '');
  for (let i = 0; i < kept.length; i += 2) push((Number(kept.slice(i, i + 2).padEnd(2, '0')) + 1) ^ mask);
  push(mask);
}

/** The largest double that is not above an exact magnitude. */
function floorDouble(magnitude: Decimal): number {
  let candidate = Number(`${magnitude.digits}e${magnitude.exponent}`);
  if (!Number.isFinite(candidate)) candidate = Number.MAX_VALUE;
  return isAbove(doubleToDecimal(candidate), magnitude) ? previousDouble(candidate) : candidate;
}

function previousDouble(value: number): number {
  scratch.setFloat64(0, value);
  scratch.setBigUint64(0, scratch.getBigUint64(0) - 1n);
  return scratch.getFloat64(0);
}

function doubleToDecimal(value: number): Decimal {
  scratch.setFloat64(0, value);
  const bits = scratch.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const significand = biased === 0 ? fraction : fraction | (1n << 52n);
  const exponent = (biased === 0 ? 1 : biased) - 1075;
  // 2^-n is 5^n × 10^-n, so every double is an exact decimal.
  if (exponent >= 0) return { digits: significand << BigInt(exponent), exponent: 0 };
  return { digits: significand * 5n ** BigInt(-exponent), exponent };
}

function align(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  const scale = (d: Decimal): bigint => d.digits * 10n ** BigInt(d.exponent - exponent);
  return [scale(a), scale(b), exponent];
}

function isAbove(a: Decimal, b: Decimal): boolean {
  const [left, right] = align(a, b);
  return left > right;
}

function subtract(a: Decimal, b: Decimal): Decimal {
  const [left, right, exponent] = align(a, b);
  return { digits: left - right, exponent };
}
