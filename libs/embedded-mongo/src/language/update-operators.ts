import { Int32, Long, Timestamp } from 'bson';
import { isDoc } from '../document.js';
import { MongoError } from '../errors.js';
import { add, isNumeric, multiply, toBigInt, zeroLike } from './arithmetic.js';
import { typeName } from './bson-types.js';
import { matcher } from './filter.js';
import { toNumber } from './numbers.js';
import type { Ordering } from './ordering.js';
import { sortFields, sorterOf } from './sort.js';
import type { Place } from './update-paths.js';

/** Changes the value at one place. */
export type UpdateOperator = (place: Place, argument: unknown, path: string, ordering: Ordering) => void;

/** Operators that make what is missing on the way to their field. */
export const CREATING = new Set([
  '$set',
  '$setOnInsert',
  '$inc',
  '$mul',
  '$min',
  '$max',
  '$currentDate',
  '$push',
  '$addToSet',
  '$bit',
]);

function numeric(name: string, place: Place, argument: unknown, path: string): unknown {
  if (!isNumeric(argument)) {
    throw new MongoError(14, `Cannot ${name} with non-numeric argument: {${path}: ${typeName(argument)}}`);
  }
  const value = place.get();
  if (value !== undefined && !isNumeric(value)) {
    throw new MongoError(
      14,
      `Cannot apply $${name === 'increment' ? 'inc' : 'mul'} to a value of non-numeric type. The field '${path}' has non-numeric type ${typeName(value)}`,
    );
  }
  return value;
}

function arrayAt(name: string, place: Place, path: string): unknown[] | undefined {
  const value = place.get();
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    throw new MongoError(
      2,
      `The field '${path}' must be an array but is of type ${typeName(value)} in an update with ${name}`,
    );
  }
  return value as unknown[];
}

const whole = (name: string, value: unknown): number => {
  const number = toNumber(value);
  if (!Number.isInteger(number)) throw new MongoError(2, `The value for ${name} must be an integer value`);
  return number;
};

const $push: UpdateOperator = (place, argument, path, ordering) => {
  const values = [...(arrayAt('$push', place, path) ?? [])];
  if (!isDoc(argument) || !('$each' in argument)) {
    place.set([...values, argument]);
    return;
  }
  const { $each: each, $position: position, $slice: slice, $sort: sort, ...unknown } = argument;
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new MongoError(2, `Unrecognized clause in $push: ${name}`);
  if (!Array.isArray(each))
    throw new MongoError(2, `The argument to $each in $push must be an array but it was of type: ${typeName(each)}`);
  values.splice(position === undefined ? values.length : whole('$position', position), 0, ...(each as unknown[]));
  if (sort !== undefined) sortValues(values, sort, ordering);
  if (slice === undefined) return place.set(values);
  const count = whole('$slice', slice);
  place.set(count < 0 ? values.slice(count) : values.slice(0, count));
};

function sortValues(values: unknown[], sort: unknown, ordering: Ordering): void {
  if (isDoc(sort)) {
    const sorter = sorterOf(sortFields(sort), ordering);
    const key = (value: unknown): Buffer | unknown[] => sorter.keyOf(isDoc(value) ? value : {});
    values.sort((a, b) => sorter.compare(key(a), key(b)));
    return;
  }
  const direction = toNumber(sort);
  if (direction !== 1 && direction !== -1) throw new MongoError(2, 'The $sort element value must be either 1 or -1');
  values.sort((a, b) => ordering.compare(a, b) * direction);
}

const $pull: UpdateOperator = (place, argument, path, ordering) => {
  const values = arrayAt('$pull', place, path);
  if (!values) return;
  const onFields = isDoc(argument) && !Object.keys(argument)[0]?.startsWith('$');
  const matches = matcher(onFields ? argument : { value: argument }, { ordering });
  place.set(values.filter((value) => !(onFields ? isDoc(value) && matches(value) : matches({ value }))));
};

/** The update operators over BSON values, which keep the types of numbers, by name. */
export const UPDATE_OPERATORS: Record<string, UpdateOperator> = {
  $set: (place, argument) => place.set(argument),
  $setOnInsert: (place, argument) => place.set(argument),
  $unset: (place) => place.unset(),
  $inc: (place, argument, path) => {
    const value = numeric('increment', place, argument, path);
    place.set(value === undefined ? argument : add(value, argument));
  },
  $mul: (place, argument, path) => {
    const value = numeric('multiply', place, argument, path);
    place.set(value === undefined ? zeroLike(argument) : multiply(value, argument));
  },
  $min: (place, argument, _path, { compare }) => {
    const value = place.get();
    if (value === undefined || compare(argument, value) < 0) place.set(argument);
  },
  $max: (place, argument, _path, { compare }) => {
    const value = place.get();
    if (value === undefined || compare(argument, value) > 0) place.set(argument);
  },
  $currentDate: (place, argument) => {
    const type = isDoc(argument) ? argument['$type'] : 'date';
    if (argument !== true && type !== 'date' && type !== 'timestamp') {
      throw new MongoError(2, `The '$type' string field is required to be 'date' or 'timestamp'`);
    }
    place.set(type === 'timestamp' ? new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 }) : new Date());
  },
  $push,
  $pull,
  $addToSet: (place, argument, path, { equal }) => {
    const values = [...(arrayAt('$addToSet', place, path) ?? [])];
    const each = isDoc(argument) && '$each' in argument ? argument['$each'] : [argument];
    if (!Array.isArray(each))
      throw new MongoError(
        14,
        `The argument to $each in $addToSet must be an array but it was of type ${typeName(each)}`,
      );
    for (const value of each) if (!values.some((known) => equal(known, value))) values.push(value);
    place.set(values);
  },
  $pullAll: (place, argument, path, { equal }) => {
    if (!Array.isArray(argument))
      throw new MongoError(2, `$pullAll requires an array argument but was given a ${typeName(argument)}`);
    const values = arrayAt('$pullAll', place, path);
    if (values) place.set(values.filter((value) => !argument.some((unwanted) => equal(value, unwanted))));
  },
  $pop: (place, argument, path) => {
    const end = toNumber(argument);
    if (end !== 1 && end !== -1) throw new MongoError(9, '$pop expects 1 or -1');
    const values = arrayAt('$pop', place, path);
    if (values) place.set(end === 1 ? values.slice(0, -1) : values.slice(1));
  },
  $bit: (place, argument, path) => {
    const [name, operand] = isDoc(argument) ? (Object.entries(argument)[0] ?? []) : [];
    const value = place.get() ?? new Int32(0);
    if (![value, operand].every((item) => ['int', 'long'].includes(typeName(item)))) {
      throw new MongoError(2, `Cannot apply $bit to a value of non-integral type, at '${path}'`);
    }
    const [a, b] = [toBigInt(value), toBigInt(operand)];
    const results: Record<string, bigint> = { and: a & b, or: a | b, xor: a ^ b };
    const result = results[name ?? ''];
    if (result === undefined)
      throw new MongoError(2, `The $bit modifier only supports 'and', 'or', and 'xor', not '${name ?? ''}'`);
    const narrow = [value, operand].every((item) => typeName(item) === 'int');
    place.set(narrow ? new Int32(Number(result)) : Long.fromBigInt(result));
  },
};
