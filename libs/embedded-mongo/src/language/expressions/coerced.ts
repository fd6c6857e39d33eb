import { BSONSymbol, Code, Decimal128, Timestamp } from 'bson';
import { MongoError } from '../../errors.js';
import { isNumeric, wholeOf } from '../values/arithmetic.js';
import { typeName } from '../values/bson-types.js';
import { roundDecimal } from '../values/decimal.js';
import { dateText } from './date-format.js';
import { briefNumberText } from './number-text.js';
import { isNullish, nameOf } from './operator.js';

/**
 * The text that operators of strings make of other values; null and what is missing are empty.
 * @throws MongoError 16007 for values without a text
 */
export function textOf(value: unknown): string {
  if (isNullish(value)) return '';
  if (typeof value === 'string') return value;
  if (isNumeric(value)) return briefNumberText(value);
  if (value instanceof Date) return dateText(value);
  if (value instanceof BSONSymbol) return value.value;
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Code && typeName(value) === 'javascript') return String(value.code);
  throw new MongoError(16007, `can't convert from BSON type ${nameOf(value)} to String`);
}

/** As in `Jan  1 00:00:00:1`: the moment in UTC without its year, and which it is in its second. */
function timestampText(value: Timestamp): string {
  const [, day, month = '', , time = ''] = new Date(value.getHighBitsUnsigned() * 1000).toUTCString().split(' ');
  return `${month} ${String(Number(day)).padStart(2)} ${time}:${value.getLowBitsUnsigned()}`;
}

const LEAST_LONG = -(2n ** 63n);

/**
 * The long that operators of strings make of another number. A double is cut off; a decimal is rounded, and one that no
 * long can hold becomes the least one.
 * @throws MongoError 31109 for doubles that no long can hold
 */
export function longOf(value: unknown): number {
  const whole = wholeOf(value instanceof Decimal128 ? roundDecimal(value, 0, 'half-even') : value);
  if (whole === undefined && !(value instanceof Decimal128))
    throw new MongoError(31109, `Can't coerce out of range value ${String(value)} to long`);
  return Number(whole ?? LEAST_LONG);
}
