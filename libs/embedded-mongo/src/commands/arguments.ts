import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { isNumeric } from '../language/values/arithmetic.js';
import { NUMBERS, wholeOf, wrongType } from '../language/values/fields.js';
import { toNumber } from '../language/values/numbers.js';

export { NUMBERS, wholeOf, wrongType };

const MAX_INT = 0x7fffffff;
const [LEAST_LONG, MOST_LONG] = [-(2n ** 63n), 2n ** 63n - 1n];
/**
 * Checks `maxTimeMS` of a command.
 * @throws MongoError 2, 14 or 51024 when it is no whole number from 0 to 2,147,483,647
 */
export function checkTime(command: string, limit: unknown): void {
  if (limit === undefined) return;
  const number = toNumber(limit);
  if (limit !== null && !isNumeric(limit) && command === 'aggregate')
    throw wrongType(command, 'maxTimeMS', NUMBERS, limit);
  if (!isNumeric(limit)) throw new MongoError(2, 'maxTimeMS must be a number');
  const whole = wholePart(number);
  if (number < 0 && command === 'aggregate') throw tooSmall('maxTimeMS', 0, whole);
  if (number < 0 || number > MAX_INT)
    throw new MongoError(2, `${whole} value for maxTimeMS is out of range [0, ${MAX_INT}]`);
  if (!Number.isInteger(number)) throw new MongoError(2, 'maxTimeMS has non-integral value');
}

/**
 * Checks what operations of all batches may have.
 * @throws MongoError 14 for a field of another type, 9 for what is no hint
 */
export function checkOperation(operation: Doc, where: string): void {
  for (const field of ['multi', 'upsert']) checkBoolean(operation[field], where, field);
  for (const field of ['collation', 'sort', 'c', 'constants']) {
    const value = operation[field] ?? undefined;
    if (value !== undefined && !isDoc(value)) throw wrongType(where, field, 'object', value);
  }
  checkArrayFilters(operation['arrayFilters'], where);
  hintOf(operation['hint']);
}

/** @throws MongoError 14 for what is no list of documents */
export function checkArrayFilters(filters: unknown, where: string): void {
  if (filters === undefined || filters === null) return;
  if (!Array.isArray(filters)) throw wrongType(where, 'arrayFilters', 'array', filters);
  filters.forEach((filter: unknown, i) => {
    if (!isDoc(filter)) throw wrongType(`${where}.arrayFilters`, String(i), 'object', filter);
  });
}

/** @throws MongoError 9 for what is neither an update, nor a document in the place of another, nor a pipeline */
export function checkUpdate(update: unknown): void {
  if (!isDoc(update) && !Array.isArray(update))
    throw new MongoError(9, 'Update argument must be either an object or an array');
}

/**
 * The name or key of the index that is to be used; undefined when nothing says so.
 * @throws MongoError 9 for what is neither
 */
export function hintOf(value: unknown): string | Doc | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (!isDoc(value)) throw new MongoError(9, 'Hint must be a string or an object');
  return Object.keys(value).length > 0 ? value : undefined;
}

/**
 * How many documents an operation of a `delete` removes: one, or all for 0 and, as in MongoDB, for what is no number.
 * @throws MongoError 9 for another number
 */
export function limitOf({ limit }: Doc): 0 | 1 {
  const number = isNumeric(limit) ? toNumber(limit) : 0;
  if (number === 0 || number === 1) return number;
  throw new MongoError(9, `The limit field in delete objects must be 0 or 1. Got ${number}`);
}

/** @throws MongoError 40415 for a field that is not known */
export function checkKnown(doc: Doc, known: readonly string[], where: string): void {
  const unknown = Object.keys(doc).find((field) => !known.includes(field));
  if (unknown !== undefined) throw new MongoError(40415, `BSON field '${where}.${unknown}' is an unknown field.`);
}

/** @throws MongoError 14 for what is given and no boolean, be it a number */
export function checkBoolean(value: unknown, where: string, field: string): void {
  if (value !== undefined && value !== null && typeof value !== 'boolean') throw wrongType(where, field, 'bool', value);
}

/**
 * As `wholeOf`, of a number of things.
 * @throws MongoError 51024 when it is negative
 */
export function countOf(given: unknown, where: string, field: string): number | undefined {
  const value = wholeOf(given, where, field);
  if (value !== undefined && value < 0) throw tooSmall(field, 0, value);
  return value;
}

/** MongoDB's error for a field that is missing. */
export function missingField(command: string, field: string): MongoError {
  return new MongoError(40414, `BSON field '${command}.${field}' is missing but a required field`);
}

/** A number without its fraction, as an int64 holds it. */
function wholePart(number: number): bigint {
  if (Number.isNaN(number)) return 0n;
  if (Math.abs(number) >= 2 ** 63) return number < 0 ? LEAST_LONG : MOST_LONG;
  return BigInt(Math.trunc(number));
}

/** MongoDB's error for what identifies no session. */
export const noUuid = (): MongoError =>
  new MongoError(207, 'uuid must be a 16-byte binary field with UUID (4) subtype');

/** MongoDB's error for a number below the least that a field takes. */
export function tooSmall(field: string, least: number, value: unknown): MongoError {
  return new MongoError(51024, `BSON field '${field}' value must be >= ${least}, actual value '${String(value)}'`);
}
