import { MongoError } from '../../errors.js';
import { isNumeric } from './arithmetic.js';
import { typeName } from './bson-types.js';
import { nearestWhole } from './numbers.js';

/** Types of numbers, as MongoDB lists them. */
export const NUMBERS = ['long', 'int', 'decimal', 'double'];

/**
 * The whole part of a number, undefined without one.
 * @throws MongoError 14 for what is no number
 */
export function wholeOf(given: unknown, where: string, field: string): number | undefined {
  if (given === undefined || given === null) return undefined;
  if (!isNumeric(given)) throw wrongType(where, field, NUMBERS, given);
  return nearestWhole(given) || 0;
}

/** MongoDB's error for a field that is of another type than the one, or of those, that it may be. */
export function wrongType(
  command: string,
  field: string,
  expected: string | readonly string[],
  value: unknown,
): MongoError {
  // With several types, MongoDB has the last two marks the wrong way round.
  const wanted = typeof expected === 'string' ? `type '${expected}'` : `types '[${expected.join(', ')}']`;
  return new MongoError(
    14,
    `BSON field '${command}.${field}' is the wrong type '${typeName(value)}', expected ${wanted}`,
  );
}
