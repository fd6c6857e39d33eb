import { Binary, Int32, Long, Timestamp } from 'bson';
import { encode, isDoc, put, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import {
  isNullish,
  nameOf,
  namedArguments,
  unaryOrNull,
  values,
  type Expression,
  type Operator,
  type Operators,
} from './operator.js';

const $mergeObjects = values(0, Infinity, (args) => {
  const merged: Doc = {};
  for (const value of args) {
    if (isNullish(value)) continue;
    if (!isDoc(value))
      throw new MongoError(40400, `$mergeObjects requires object inputs, but input is of type ${nameOf(value)}`);
    for (const [name, field] of Object.entries(value)) put(merged, name, field);
  }
  return merged;
});

const $objectToArray = unaryOrNull((value) => {
  if (!isDoc(value)) throw new MongoError(40390, `$objectToArray requires a document input, found: ${nameOf(value)}`);
  return Object.entries(value).map(([k, v]) => ({ k, v }));
});

/** The name in `field`, which must be known before any document is. */
function fieldName(spec: unknown, name: string): string {
  const literal = isDoc(spec) && '$literal' in spec ? spec['$literal'] : spec;
  if (literal === spec && typeof literal === 'string' && literal.startsWith('$'))
    throw new MongoError(
      4161108,
      `A field path reference which is not allowed in this context. Did you mean {$literal: '${literal}'}?`,
    );
  if (literal === spec && isDoc(literal))
    throw new MongoError(
      4161106,
      `${name} requires 'field' to evaluate to a constant, but got a non-constant argument`,
    );
  if (typeof literal !== 'string')
    throw new MongoError(4161107, `${name} requires 'field' to evaluate to type String, but got ${nameOf(literal)}`);
  return literal;
}

const $getField: Operator = (argument, compiler, name) => {
  const long = isDoc(argument) && !Object.keys(argument).some((key) => key.startsWith('$'));
  const args: Doc = long
    ? namedArguments(name, argument, ['field', 'input'], [], {
        notObject: 3041701,
        unknown: 3041701,
        missing: { field: 3041702, input: 3041703 },
      })
    : { field: argument, input: '$$CURRENT' };
  const [field, input] = [compiler.expression(args['field']), compiler.expression(args['input'])];
  return (scope) => {
    const [found, value] = [field(scope), input(scope)];
    if (typeof found !== 'string')
      throw new MongoError(3041704, `${name} requires 'field' to evaluate to type String, but got ${nameOf(found)}`);
    if (value === null) return null;
    return isDoc(value) && Object.hasOwn(value, found) ? value[found] : undefined;
  };
};

const settingField = (required: readonly string[]): Operator => {
  return (argument, compiler, name) => {
    const args = namedArguments(name, argument, required, [], {
      notObject: 4161100,
      unknown: 4161101,
      missing: { field: 4161102, input: 4161109, value: 4161103 },
    });
    const field = fieldName(args['field'], name);
    const input = compiler.expression(args['input']);
    const compute: Expression = 'value' in args ? compiler.expression(args['value']) : () => undefined;
    return (scope) => {
      const target = input(scope);
      if (isNullish(target)) return null;
      if (!isDoc(target)) throw new MongoError(4161105, `${name} requires 'input' to evaluate to type Object`);
      const result = { ...target };
      const value = compute(scope);
      if (value === undefined) delete result[field];
      else put(result, field, value);
      return result;
    };
  };
};

const $bsonSize = unaryOrNull((value, name) => {
  if (!isDoc(value)) throw new MongoError(31393, `${name} requires a document input, found: ${nameOf(value)}`);
  return new Int32(encode(value).length);
});

const $binarySize = unaryOrNull((value, name) => {
  if (typeof value === 'string') return new Int32(Buffer.byteLength(value));
  if (value instanceof Binary) return new Int32(value.length());
  throw new MongoError(51276, `${name} requires a string or BinData argument, found: ${nameOf(value)}`);
});

const ofTimestamp = (code: number, part: (value: Timestamp) => number): Operator =>
  unaryOrNull((value, name) => {
    if (!(value instanceof Timestamp))
      throw new MongoError(code, `Argument to ${name} must be a timestamp, but is ${nameOf(value)}`);
    return Long.fromNumber(part(value));
  });

/** Operators of documents and of other single values. */
export const OBJECTS: Operators = {
  $binarySize,
  $bsonSize,
  $getField,
  $mergeObjects,
  $objectToArray,
  $setField: settingField(['field', 'input', 'value']),
  $tsIncrement: ofTimestamp(5687302, (value) => value.getLowBitsUnsigned()),
  $tsSecond: ofTimestamp(5687301, (value) => value.getHighBitsUnsigned()),
  $unsetField: settingField(['field', 'input']),
};
