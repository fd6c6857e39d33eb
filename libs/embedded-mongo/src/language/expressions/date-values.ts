import { ObjectId, Timestamp } from 'bson';
import { isDoc } from '../../document.js';
import { MongoError, farDate } from '../../errors.js';
import { isConstant, valueOf } from './folding.js';
import { isNullish, nameOf, type Compiler, type Operator } from './operator.js';
import { zoneOf, type Zone } from './time-zone.js';

/**
 * The moment of a date, of a timestamp or of an ObjectId's making, in milliseconds.
 * @param code what is thrown for other values
 * @param text why, where it is not told as of most operators
 * @throws MongoError 238 for a stored date that JavaScript does not have
 */
export function instantOf(value: unknown, code = 16006, text?: string): number {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw farDate();
    return value.getTime();
  }
  if (value instanceof Timestamp) return value.getHighBitsUnsigned() * 1000;
  // The seconds of an ObjectId have a sign for MongoDB, and none for drivers.
  if (value instanceof ObjectId) return ((value.getTimestamp().getTime() / 1000) | 0) * 1000;
  throw new MongoError(code, text ?? `can't convert from BSON type ${nameOf(value)} to Date`);
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

/**
 * A time zone as an argument; undefined when it is null or missing.
 * @throws MongoError 40517 or 40485 for what is no zone
 */
export function timezoneOf(value: unknown): Zone | undefined {
  if (isNullish(value)) return undefined;
  if (typeof value !== 'string')
    throw new MongoError(40517, `timezone must evaluate to a string, found ${nameOf(value)}`);
  return zoneOf(value);
}

/** A time zone that is a constant is looked at beforehand, so that no document need be there. */
export const zoneFirst =
  (operator: Operator): Operator =>
  (argument, compiler, name) => {
    const expression = operator(argument, compiler, name);
    if (isDoc(argument) && 'timezone' in argument) timezoneOf(constantOf(argument['timezone'], compiler));
    return expression;
  };

/** The value of an argument, null when it is no constant. */
export function constantOf(spec: unknown, compiler: Compiler): unknown {
  const compiled = compiler.expression(spec);
  return isConstant(compiled, compiler) ? valueOf(compiled) : null;
}
