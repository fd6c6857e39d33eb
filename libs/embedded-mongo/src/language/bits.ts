import { Binary } from 'bson';
import { MongoError } from '../errors.js';
import { isNumeric, isWhole, wholeOf } from './arithmetic.js';
import { toNumber } from './numbers.js';

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
  if (Array.isArray(argument)) return argument.map((item) => positionOf(name, item));
  if (argument instanceof Binary)
    return [...bytesOf(argument)].flatMap((byte, i) => setBits(BigInt(byte)).map((bit) => i * 8 + bit));
  if (!isNumeric(argument))
    throw new MongoError(2, `${name} takes an Array, a number, or a BinData but received another type`);
  const mask = wholeOf(argument);
  if (mask === undefined || !isWhole(argument))
    throw new MongoError(9, `Expected an integer: ${name}: ${String(argument)}`);
  if (mask < 0n) throw new MongoError(9, `Expected a non-negative number in: ${name}: ${String(argument)}`);
  return setBits(mask);
}

function setBits(mask: bigint): number[] {
  return Array.from({ length: 64 }, (_, i) => i).filter((i) => ((mask >> BigInt(i)) & 1n) === 1n);
}

function positionOf(name: string, item: unknown): number {
  const position = toNumber(item);
  if (!isNumeric(item) || !isWhole(item) || position > 0x7fffffff)
    throw new MongoError(2, `${name}: bit positions must be an integer but got: ${String(item)}`);
  if (position < 0) throw new MongoError(2, `${name}: bit positions must be >= 0 but got: ${position}`);
  return position;
}
