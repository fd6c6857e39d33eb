import { Int32, Long } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { add, isNumeric, isWhole, multiply, toBigInt, zeroLike } from '../values/arithmetic.js';
import { typeName } from '../values/bson-types.js';
import { NO_EXPR, matcher } from '../filters/filter.js';
import { toNumber } from '../values/numbers.js';
import { asksElement, type Test } from '../filters/operators.js';
import { equalValues, type Ordering } from '../values/ordering.js';
import { isRegExp } from '../filters/regex.js';
import { sorting } from '../values/element-order.js';
import { show } from '../values/show.js';
import { membership, valueKeys } from '../values/value-keys.js';
import { nextTimestamp } from '../values/timestamps.js';
import { idIn, type Place } from './update-paths.js';

/** Changes the value at one place of a document. */
export type Change = (place: Place, before: Doc) => void;

/** Compiles an operator's argument for a path. */
export type UpdateOperator = (argument: unknown, path: string, ordering: Ordering) => Change;

/** A copy of a value down to what cannot be changed. */
export function clone(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clone);
  if (!isDoc(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clone(inner)]));
}

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

const set: UpdateOperator = (argument) => (place) => place.set(clone(argument));

const reckoned =
  (name: '$inc' | '$mul', missing: (argument: unknown) => unknown, reckon: typeof add): UpdateOperator =>
  (argument, path) => {
    if (!isNumeric(argument)) {
      const verb = name === '$inc' ? 'increment' : 'multiply';
      throw new MongoError(14, `Cannot ${verb} with non-numeric argument: {${path}: ${show(argument)}}`);
    }
    return (place, before) => {
      const value = place.get();
      if (value !== undefined && !isNumeric(value))
        throw new MongoError(
          14,
          `Cannot apply ${name} to a value of non-numeric type. {${idIn(before)}} has the field '${place.name}' of non-numeric type ${typeName(value)}`,
        );
      const result = value === undefined ? missing(argument) : reckon(value, argument);
      if (result === undefined) {
        const type = typeName(value) === 'int' ? 'NumberInt' : 'NumberLong';
        throw new MongoError(
          2,
          `Failed to apply ${name} operations to current value ((${type})${show(value)}) for document {${idIn(before)}}`,
        );
      }
      // What remains the same number stays as it is written: -0, and a decimal without more zeros.
      if (typeName(result) !== typeName(value) || !equalValues(result, value)) place.set(result);
    };
  };

const extreme =
  (better: (order: number) => boolean): UpdateOperator =>
  (argument, _path, { compare }) =>
  (place) => {
    const value = place.get();
    if (value === undefined || better(compare(argument, value))) place.set(clone(argument));
  };

/** The array at a place; undefined when there is nothing. */
function arrayAt(place: Place, refusal: (type: string) => string): unknown[] | undefined {
  const value = place.get();
  if (value === undefined || Array.isArray(value)) return value as unknown[] | undefined;
  throw new MongoError(2, refusal(typeName(value)));
}

/** MongoDB says so of `$pullAll`, too. */
const noArrayToPull = (): string => 'Cannot apply $pull to a non-array value';

/** @param joint what MongoDB has between the demand and the type */
const whole = (name: string, value: unknown, joint: string): number => {
  const number = isNumeric(value) && isWhole(value) ? toNumber(value) : Number.NaN;
  if (Math.abs(number) <= 2 ** 63) return number;
  throw new MongoError(2, `The value for ${name} must be an integer value${joint}: ${typeName(value)}`);
};

const $push: UpdateOperator = (argument, path, ordering) => {
  const modified = isDoc(argument) && '$each' in argument;
  const { $each: each, $position, $slice, $sort, ...unknown } = modified ? argument : { $each: [argument] };
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new MongoError(2, `Unrecognized clause in $push: ${name}`);
  if (!Array.isArray(each))
    throw new MongoError(2, `The argument to $each in $push must be an array but it was of type: ${typeName(each)}`);
  const position = $position === undefined ? undefined : whole('$position', $position, ', not of type');
  const count = $slice === undefined ? undefined : whole('$slice', $slice, ' but was given type');
  const sorted = $sort === undefined ? undefined : sorting($sort, ordering);
  return (place, before) => {
    const refusal = (type: string): string =>
      `The field '${path}' must be an array but is of type ${type} in document {${idIn(before)}}`;
    const stored = arrayAt(place, refusal) ?? [];
    const pushed = [...stored.slice(0, position), ...each.map(clone), ...stored.slice(position ?? stored.length)];
    const values = sorted?.(pushed) ?? pushed;
    if (count === undefined) place.set(values);
    else place.set(count < 0 ? values.slice(count) : values.slice(0, count));
  };
};

/** A value goes out where it is equal; operators are asked of each element, other conditions of its fields. */
const $pull: UpdateOperator = (argument, _path, ordering) => {
  const matches = pulled(argument, ordering);
  return (place) => {
    const values = arrayAt(place, noArrayToPull);
    if (values) place.set(values.filter((value) => !matches(value)));
  };
};

function pulled(argument: unknown, ordering: Ordering): Test {
  if (isRegExp(argument) || (isDoc(argument) && asksElement(argument) && !('$not' in argument))) {
    const test = matcher({ value: argument }, { ordering, withoutExpr: NO_EXPR });
    return (value) => test({ value });
  }
  if (!isDoc(argument)) return (value) => ordering.compare(value, argument) === 0;
  const test = matcher(argument, { ordering, withoutExpr: NO_EXPR });
  return (value) => isDoc(value) && test(value);
}

const $addToSet: UpdateOperator = (argument, _path, ordering) => {
  const modified = isDoc(argument) && Object.keys(argument)[0] === '$each';
  const { $each: each, ...unknown } = modified ? argument : { $each: [argument] };
  if (Object.keys(unknown).length > 0)
    throw new MongoError(2, `Found unexpected fields after $each in $addToSet: ${show(argument)}`);
  if (!Array.isArray(each))
    throw new MongoError(
      14,
      `The argument to $each in $addToSet must be an array but it was of type ${typeName(each)}`,
    );
  return (place) => {
    const refusal = (type: string): string =>
      `Cannot apply $addToSet to non-array field. Field named '${place.name}' has non-array type ${type}`;
    const values = [...(arrayAt(place, refusal) ?? [])];
    const has = membership(ordering);
    values.forEach(has);
    for (const value of each) if (!has(value)) values.push(clone(value));
    place.set(values);
  };
};

const $pullAll: UpdateOperator = (argument, _path, ordering) => {
  if (!Array.isArray(argument))
    throw new MongoError(2, `$pullAll requires an array argument but was given a ${typeName(argument)}`);
  return (place) => {
    const values = arrayAt(place, noArrayToPull);
    if (!values) return;
    const keyOf = valueKeys(ordering);
    const unwanted = new Set(argument.map(keyOf));
    place.set(values.filter((value) => !unwanted.has(keyOf(value))));
  };
};

const $pop: UpdateOperator = (argument, path) => {
  const end = toNumber(argument);
  const given = `${path}: ${show(argument)}`;
  if (!isNumeric(argument)) throw new MongoError(9, `Expected a number in: ${given}`);
  if (!isWhole(argument)) throw new MongoError(9, `Expected an integer: ${given}`);
  if (end !== 1 && end !== -1) throw new MongoError(9, `$pop expects 1 or -1, found: ${end}`);
  return (place) => {
    const values = place.get();
    if (values === undefined) return;
    if (!Array.isArray(values))
      throw new MongoError(14, `Path '${path}' contains an element of non-array type '${typeName(values)}'`);
    place.set(end === 1 ? values.slice(0, -1) : values.slice(1));
  };
};

const $currentDate: UpdateOperator = (argument) => {
  const { $type: type, ...unknown } = isDoc(argument) ? argument : { $type: 'date' };
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new MongoError(2, `Unrecognized $currentDate option: ${name}`);
  if (!isDoc(argument) && typeof argument !== 'boolean')
    throw new MongoError(
      2,
      `${typeName(argument)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).`,
    );
  if (type !== 'date' && type !== 'timestamp')
    throw new MongoError(2, `The '$type' string field is required to be 'date' or 'timestamp'`);
  return (place) => place.set(type === 'timestamp' ? nextTimestamp() : new Date());
};

const BITWISE: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};
const isIntegral = (value: unknown): boolean => ['int', 'long'].includes(typeName(value));

const $bit: UpdateOperator = (argument) => {
  const operations = Object.entries(isDoc(argument) ? argument : {});
  if (!isDoc(argument))
    throw new MongoError(
      2,
      `The $bit modifier is not compatible with a ${typeName(argument)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    );
  if (operations.length === 0)
    throw new MongoError(
      2,
      'You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}',
    );
  for (const [name, operand] of operations) {
    const given = `{${name}: ${show(operand)}}`;
    if (!Object.hasOwn(BITWISE, name))
      throw new MongoError(
        2,
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator: ${given}`,
      );
    if (!isIntegral(operand))
      throw new MongoError(
        2,
        `The $bit modifier field must be an Integer(32/64 bit); a '${typeName(operand)}' is not supported here: ${given}`,
      );
  }
  return (place, before) => {
    const stored = place.get();
    const value = stored === undefined ? new Int32(0) : stored;
    if (!isIntegral(value))
      throw new MongoError(
        2,
        `Cannot apply $bit to a value of non-integral type.{${idIn(before)}} has the field '${place.name}' of non-integer type ${typeName(value)}`,
      );
    const result = operations.reduce(
      (all, [name, operand]) => BITWISE[name]?.(all, toBigInt(operand)) ?? all,
      toBigInt(value),
    );
    const narrow = [value, ...operations.map(([, operand]) => operand)].every((item) => typeName(item) === 'int');
    place.set(narrow ? new Int32(Number(result)) : Long.fromBigInt(result));
  };
};

/** The update operators over BSON values, which keep the types of numbers, by name. */
export const UPDATE_OPERATORS: Readonly<Record<string, UpdateOperator>> = {
  $set: set,
  $setOnInsert: set,
  $unset: () => (place) => place.unset(),
  $inc: reckoned('$inc', (argument) => argument, add),
  $mul: reckoned('$mul', zeroLike, multiply),
  $min: extreme((order) => order < 0),
  $max: extreme((order) => order > 0),
  $currentDate,
  $push,
  $pull,
  $addToSet,
  $pullAll,
  $pop,
  $bit,
};
