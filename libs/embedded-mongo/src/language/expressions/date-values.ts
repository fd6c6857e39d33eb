import { ObjectId, Timestamp } from 'bson';
import { MongoError } from '../../errors.js';
import { nameOf } from './operator.js';

/**
 * The moment of a date, of a timestamp or of an ObjectId's making, in milliseconds.
 * @param code what is thrown for other values
 */
export function instantOf(value: unknown, code = 16006): number {
  if (value instanceof Date) return value.getTime();
  if (value instanceof Timestamp) return value.getHighBitsUnsigned() * 1000;
  if (value instanceof ObjectId) return value.getTimestamp().getTime();
  throw new MongoError(code, `can't convert from BSON type ${nameOf(value)} to Date`);
}

/**
 * The date at a moment.
 * @param code what is thrown beyond what a date of JavaScript can be
 */
export function dateAt(milliseconds: number, code = 15): Date {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) throw new MongoError(code, `date overflow: ${milliseconds}`);
  return date;
}
