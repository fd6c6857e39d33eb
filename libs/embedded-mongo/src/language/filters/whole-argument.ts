import { Decimal128 } from 'bson';
import type { MongoError } from '../../errors.js';
import { isNumeric, isWhole, wholeOf } from '../values/arithmetic.js';
import { toNumber } from '../values/numbers.js';
import { show } from '../values/show.js';

/**
 * The whole number that an operator takes.
 * @param refuse makes an error of MongoDB's reason why a value is none that a long could hold
 */
export function wholeArgument(name: string, value: unknown, refuse: (reason: string) => MongoError): bigint {
  const shown = `${name}: ${show(value)}`;
  if (!isNumeric(value)) throw refuse(`Expected a number in: ${shown}`);
  const isDecimal = value instanceof Decimal128;
  if (!isDecimal && Number.isNaN(toNumber(value))) throw refuse(`Expected an integer, but found NaN in: ${shown}`);
  const whole = wholeOf(value);
  if (whole === undefined || (isDecimal && !isWhole(value)))
    throw refuse(`Cannot represent as a 64-bit integer: ${shown}`);
  if (!isWhole(value)) throw refuse(`Expected an integer: ${shown}`);
  return whole;
}
