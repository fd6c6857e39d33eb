import { Decimal128, Double } from 'bson';
import { MongoError } from '../../errors.js';
import { isNumeric } from '../values/arithmetic.js';
import { typeName } from '../values/bson-types.js';
import { nameOf, wholeNumber } from '../expressions/operator.js';
import { toNumber } from '../values/numbers.js';

/** Rounds the boundaries of buckets to preferred numbers; zero stays as it is. */
export interface Granularity {
  /** The next preferred number above. */
  up(value: unknown): unknown;
  /** The next preferred number below. */
  down(value: unknown): unknown;
}

/** The longer series of IEC 60063 are powers, but for one number that is standardized otherwise. */
const powers = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.round(100 * 10 ** (i / count))).map((n) => (n === 919 ? 920 : n));

/** The numbers of one decade each, as MongoDB has them: its R40 leaves one out, and its R80 has what R40 has not. */
const SERIES: Readonly<Record<string, readonly number[]>> = {
  R5: [10, 16, 25, 40, 63],
  R10: [100, 125, 160, 200, 250, 315, 400, 500, 630, 800],
  R20: [100, 112, 125, 140, 160, 180, 200, 224, 250, 280, 315, 355, 400, 450, 500, 560, 630, 710, 800, 900],
  R40: [
    100, 106, 112, 118, 125, 132, 140, 150, 160, 170, 180, 190, 200, 212, 224, 236, 250, 265, 280, 300, 315, 355, 375,
    400, 425, 450, 475, 500, 530, 560, 600, 630, 670, 710, 750, 800, 850, 900, 950,
  ],
  R80: [
    103, 109, 115, 122, 128, 136, 145, 155, 165, 175, 185, 195, 206, 218, 230, 243, 258, 272, 290, 307, 325, 345, 365,
    387, 412, 437, 462, 487, 515, 545, 575, 615, 650, 690, 730, 775, 825, 875, 925, 975,
  ],
  '1-2-5': [10, 20, 50],
  E6: [10, 15, 22, 33, 47, 68],
  E12: [10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82],
  E24: [10, 11, 12, 13, 15, 16, 18, 20, 22, 24, 27, 30, 33, 36, 39, 43, 47, 51, 56, 62, 68, 75, 82, 91],
  E48: powers(48),
  E96: powers(96),
  E192: powers(192),
};

/**
 * The granularity of a name.
 * @throws MongoError 40257 or 40261 when there is none
 */
export function granularityOf(name: unknown): Granularity {
  if (typeof name !== 'string')
    throw new MongoError(
      40261,
      `The $bucketAuto 'granularity' field must be a string, but found type: ${typeName(name)}`,
    );
  if (name === 'POWERSOF2')
    return rounding(
      (number) => powerOfTwo(Math.floor(Math.log2(number)) + 1),
      (number) => powerOfTwo(Math.ceil(Math.log2(number)) - 1),
    );
  const series = Object.hasOwn(SERIES, name) ? SERIES[name] : undefined;
  if (!series) throw new MongoError(40257, `Unknown rounding granularity '${name}'`);
  return rounding(
    (number) => new Double(above(series, number)),
    (number) => new Double(below(series, number)),
  );
}

/** As `$pow` gives it: whole where it can be. */
const powerOfTwo = (exponent: number): unknown =>
  exponent < 0 ? new Double(2 ** exponent) : wholeNumber(2n ** BigInt(exponent));

type Rounding = (number: number) => unknown;

const rounding = (up: Rounding, down: Rounding): Granularity => {
  const nonZero =
    (round: Rounding) =>
    (value: unknown): unknown =>
      toNumber(value) === 0 ? value : round(toNumber(value));
  return { up: nonZero(up), down: nonZero(down) };
};

/** A series goes on in every decade; the scale is that of the decade in which the number above stands. */
function above(series: readonly number[], number: number): number {
  const [first, last] = [series[0] ?? 1, series.at(-1) ?? 1];
  let scale = 1;
  while (number >= last * scale) scale *= 10;
  while (number < first * scale && number < last * (scale / 10)) scale /= 10;
  return (series.find((one) => one * scale > number) ?? first) * scale;
}

function below(series: readonly number[], number: number): number {
  const [first, last] = [series[0] ?? 1, series.at(-1) ?? 1];
  let scale = 1;
  while (number <= first * scale && scale > 0) scale /= 10;
  while (number > last * scale && number > first * scale * 10) scale *= 10;
  return (series.findLast((one) => one * scale < number) ?? first) * scale;
}

/**
 * Checks that a value can be rounded.
 * @throws MongoError 40258, 40259 or 40260 for what is no number above or equal to zero; 238 for a decimal128
 */
export function checkRoundable(value: unknown): void {
  const wanted = "$bucketAuto can specify a 'granularity' with";
  if (!isNumeric(value))
    throw new MongoError(40258, `${wanted} numeric boundaries only, but found a value with type: ${nameOf(value)}`);
  const number = toNumber(value);
  if (Number.isNaN(number)) throw new MongoError(40259, `${wanted} numeric boundaries only, but found a NaN`);
  if (number < 0) throw new MongoError(40260, `${wanted} non-negative numbers only, but found a negative number`);
  if (number === Infinity) throw new MongoError(11785400, 'A granularity rounder cannot round infinity');
  if (value instanceof Decimal128)
    throw new MongoError(238, '$bucketAuto with granularity over decimal128 is not supported by this server');
}
