import { Binary, DBRef, Int32, Long, Timestamp } from 'bson';
import { encode, isDoc, put, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { valueOf } from './folding.js';
import {
  isNullish,
  nameOf,
  namedArguments,
  unaryOrNull,
  values,
  type Compiler,
  type Expression,
  type Operator,
  type Operators,
} from './operator.js';

/** A value as a document, which a reference to another one is as well; undefined for others. */
function documentIn(value: unknown): Doc | undefined {
  if (value instanceof DBRef) return value.toJSON();
  return isDoc(value) ? value : undefined;
}

/** As of accumulators, a single value that is an array stands for its elements. */
const $mergeObjects = values(0, Infinity, (args) => {
  const merged: Doc = {};
  const [only] = args;
  for (const value of args.length === 1 && Array.isArray(only) ? (only as unknown[]) : args) {
    if (isNullish(value)) continue;
    const document = documentIn(value);
    if (!document)
      throw new MongoError(40400, `$mergeObjects requires object inputs, but input is of type ${nameOf(value)}`);
    for (const [name, field] of Object.entries(document)) put(merged, name, field);
  }
  return merged;
});

const $objectToArray = unaryOrNull((value) => {
  const document = documentIn(value);
  if (!document) throw new MongoError(40390, `$objectToArray requires a document input, found: ${nameOf(value)}`);
  return Object.entries(document).map(([k, v]) => ({ k, v }));
});

/** Which of the two forms a list of names and values has, and what is said where an element of it is wrong. */
const FORMS = {
  pairs: { mixed: 40396, name: 40395, zero: 4940400 },
  documents: { mixed: 40391, name: 40394, zero: 4940401 },
};

const $arrayToObject = unaryOrNull((array) => {
  if (!Array.isArray(array))
    throw new MongoError(40386, `$arrayToObject requires an array input, found: ${nameOf(array)}`);
  const [first] = array as unknown[];
  if (array.length > 0 && !Array.isArray(first) && !documentIn(first))
    throw new MongoError(40398, `Unrecognised input type format for $arrayToObject: ${nameOf(first)}`);
  const form = Array.isArray(first) ? FORMS.pairs : FORMS.documents;
  return Object.fromEntries(
    (array as unknown[]).map((item): [string, unknown] => {
      if (form === FORMS.pairs && Array.isArray(item)) {
        if (item.length === 2) return [nameIn(item[0], form), item[1]];
        throw new MongoError(
          40397,
          `$arrayToObject requires an array of size 2 arrays, found array of size: ${item.length}`,
        );
      }
      const document = form === FORMS.documents ? documentIn(item) : undefined;
      if (!document)
        throw new MongoError(
          form.mixed,
          `$arrayToObject requires a consistent input format: all arrays or all objects, now found: ${nameOf(item)}`,
        );
      if (Object.keys(document).length !== 2)
        throw new MongoError(40392, "$arrayToObject requires an object with exactly two fields, 'k' and 'v'");
      if (!('k' in document) || !('v' in document))
        throw new MongoError(40393, "$arrayToObject requires an object with keys 'k' and 'v'");
      return [nameIn(document['k'], form), document['v']];
    }),
  );
});

function nameIn(name: unknown, form: (typeof FORMS)['pairs']): string {
  if (typeof name !== 'string')
    throw new MongoError(form.name, `$arrayToObject requires names to be strings, found: ${nameOf(name)}`);
  if (name.includes('\0')) throw new MongoError(form.zero, 'Key field cannot contain an embedded null byte');
  return name;
}

/** The name in `field`, which must be known before any document is. */
function fieldName(spec: unknown, name: string, compiler: Compiler): string {
  if (typeof spec === 'string' && spec.startsWith('$')) {
    compiler.expression(spec);
    throw new MongoError(
      4161108,
      `A field path reference which is not allowed in this context. Did you mean {$literal: '${spec}'}?`,
    );
  }
  const [operator] = isDoc(spec) ? Object.keys(spec) : [];
  const isLiteral = operator === '$literal' || operator === '$const';
  const field = compiler.unasked().expression(spec);
  if (Array.isArray(spec) || (operator !== undefined && !isLiteral))
    throw new MongoError(
      4161106,
      `${name} requires 'field' to evaluate to a constant, but got a non-constant argument`,
    );
  const value = valueOf(field);
  if (typeof value !== 'string')
    throw new MongoError(4161107, `${name} requires 'field' to evaluate to type String, but got ${nameOf(value)}`);
  if (value.includes('\0')) throw new MongoError(9534700, `${name} requires 'field' to contain no null bytes`);
  return value;
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
    const document = documentIn(value);
    return document && Object.hasOwn(document, found) ? document[found] : undefined;
  };
};

const settingField = (required: readonly string[]): Operator => {
  return (argument, compiler, name) => {
    const args = namedArguments(name, argument, required, [], {
      notObject: 4161100,
      unknown: 4161101,
      missing: { field: 4161102, input: 4161109, value: 4161103 },
    });
    const input = compiler.expression(args['input']);
    const compute: Expression = 'value' in args ? compiler.expression(args['value']) : () => undefined;
    const field = fieldName(args['field'], name, compiler);
    return (scope) => {
      const target = input(scope);
      if (isNullish(target)) return null;
      const document = documentIn(target);
      if (!document) throw new MongoError(4161105, `${name} requires 'input' to evaluate to type Object`);
      const result = { ...document };
      const value = compute(scope);
      if (value === undefined) delete result[field];
      else put(result, field, value);
      return result;
    };
  };
};

const $bsonSize = unaryOrNull((value, name) => {
  const document = documentIn(value);
  if (!document) throw new MongoError(31393, `${name} requires a document input, found: ${nameOf(value)}`);
  return new Int32(encode(document).length);
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
  $arrayToObject,
  $binarySize,
  $bsonSize,
  $getField,
  $mergeObjects,
  $objectToArray,
  $setField: settingField(['field', 'value', 'input']),
  $tsIncrement: ofTimestamp(5687302, (value) => value.getLowBitsUnsigned()),
  $tsSecond: ofTimestamp(5687301, (value) => value.getHighBitsUnsigned()),
  $unsetField: settingField(['field', 'input']),
};
