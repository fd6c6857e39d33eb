import { Binary, Decimal128 } from 'bson';
import { MongoError } from '../../errors.js';
import { isNumeric, isWhole, wholeOf } from '../values/arithmetic.js';
import { toNumber } from '../values/numbers.js';
import { show } from '../values/show.js';
import { wholeArgument } from './whole-argument.js';

/** The operators that look at bits: what they ask of those that are named. */
const OPERATORS = {
  $bitsAllSet: (set: readonly boolean[]) => set.every(Boolean),
  $bitsAnySet: (set: readonly boolean[]) => set.some(Boolean),
  $bitsAllClear: (set: readonly boolean[]) => !set.some(Boolean),
  $bitsAnyClear: (set: readonly boolean[]) => !set.every(Boolean),
} as const;

/** The name of an operator that looks at bits. */
export type BitOperator = keyof typeof OPERATORS;

export function isBitOperator(name: string): name is BitOperator {
  return Object.hasOwn(OPERATORS, name);
}

/**
 * Compiles a condition on bits, of numbers that are whole and of binary data, whose first byte holds the lowest bits.
 * @throws MongoError 2 or 9 when the argument is no mask, no list of positions and no binary data
 */
export function bitTest(name: BitOperator, argument: unknown): (value: unknown) => boolean {
  const positions = positionsOf(name, argument);
  const accept = OPERATORS[name];
  return (value) => {
    const bits = bitsOf(value);
    return bits !== undefined && accept(positions.map(bits));
  };
}

/** Tells of each position whether the bit is set; undefined for what has no bits. */
function bitsOf(value: unknown): ((position: number) => boolean) | undefined {
  if (value instanceof Binary) {
    const bytes = bytesOf(value);
    return (position) => (((bytes[position >> 3] ?? 0) >> (position & 7)) & 1) === 1;
  }
  const whole = isNumeric(value) && isWhole(value) ? wholeOf(value) : undefined;
  if (whole === undefined) return undefined;
  // Beyond its 64 bits a number has its sign again and again.
  return (position) => ((whole >> BigInt(Math.min(position, 63))) & 1n) === 1n;
}

/** The bytes of binary data as they are stored: those of the old generic subtype have their number before them. */
function bytesOf(binary: Binary): Uint8Array {
  const bytes = binary.value();
  return binary.sub_type === Binary.SUBTYPE_BYTE_ARRAY
    ? Buffer.concat([new Uint8Array(Int32Array.of(bytes.length).buffer), bytes])
    : bytes;
}

function positionsOf(name: string, argument: unknown): number[] {
  if (Array.isArray(argument)) return argument.map(positionOf);
  if (argument instanceof Binary)
    return [...bytesOf(argument)].flatMap((byte, i) => setBits(BigInt(byte)).map((bit) => i * 8 + bit));
  const shown = `${name}: ${show(argument)}`;
  if (!isNumeric(argument))
    throw new MongoError(2, `${name} takes an Array, a number, or a BinData but received: ${shown}`);
  const mask = wholeArgument(name, argument, (reason) => new MongoError(9, reason));
  if (mask < 0n) throw new MongoError(9, `Expected a non-negative number in: ${shown}`);
  return setBits(mask);
}

function setBits(mask: bigint): number[] {
  return Array.from({ length: 64 }, (_, i) => i).filter((i) => ((mask >> BigInt(i)) & 1n) === 1n);
}

function positionOf(item: unknown, i: number): number {
  const position = toNumber(item);
  const refuse = (reason: string): MongoError => new MongoError(2, `bit positions ${reason}: ${i}: ${show(item)}`);
  if (isNumeric(item) && Number.isNaN(position)) throw refuse('cannot take a NaN');
  if (Math.abs(position) > 0x7fffffff || (item instanceof Decimal128 && !isWhole(item)))
    throw refuse('cannot be represented as a 32-bit signed integer');
  if (!isNumeric(item) || !isWhole(item)) throw refuse('must be an integer but got');
  if (position < 0) throw refuse('must be >= 0 but got');
  return position;
}
