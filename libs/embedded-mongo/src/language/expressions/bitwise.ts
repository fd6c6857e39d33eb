import { MongoError } from '../../errors.js';
import { isNumeric, toBigInt } from '../values/arithmetic.js';
import { typeName } from '../values/bson-types.js';
import { isNullish, unaryOrNull, values, wholeNumber, type Operator, type Operators } from './operator.js';

const bits = (start: bigint, combine: (a: bigint, b: bigint) => bigint): Operator =>
  values(0, Infinity, (args, _ordering, name) => {
    let result = start;
    let type: 'int' | 'long' = 'int';
    for (const value of args) {
      if (isNullish(value)) return null;
      if (!['int', 'long'].includes(typeName(value)))
        throw new MongoError(14, `${name} only supports int and long operands.`);
      if (typeName(value) === 'long') type = 'long';
      result = combine(result, toBigInt(value));
    }
    return wholeNumber(result, type);
  });

const $bitNot = unaryOrNull((value, name) => {
  const type = typeName(value);
  if (!isNumeric(value)) throw new MongoError(28765, `${name} only supports numeric types, not ${type}`);
  if (type !== 'int' && type !== 'long') throw new MongoError(14, `${name} only supports int and long, not ${type}`);
  return wholeNumber(~toBigInt(value), type);
});

/** Operators of the bits of whole numbers. */
export const BITWISE: Operators = {
  $bitAnd: bits(-1n, (a, b) => a & b),
  $bitNot,
  $bitOr: bits(0n, (a, b) => a | b),
  $bitXor: bits(0n, (a, b) => a ^ b),
};
