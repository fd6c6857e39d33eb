import { Binary, Int32, Long, ObjectId, Timestamp } from 'bson';
import { isDoc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric } from '../values/arithmetic.js';
import { typeName, typesOf } from '../values/bson-types.js';
import { toNumber } from '../values/numbers.js';
import { BINARY_FORMATS } from './binary-text.js';
import { parseDate } from './date-reading.js';
import { dateText } from './date-format.js';
import { dateAt, instantOf } from './date-values.js';
import { folded } from './folding.js';
import {
  CONVERSION_FAILURE,
  checkFinite,
  toDecimal128,
  toDouble,
  toWhole,
  unparsable,
  unsupported,
  type Convert,
} from './number-conversions.js';
import { numberText } from './number-text.js';
import {
  isNullish,
  isTrue,
  nameOf,
  namedArguments,
  unary,
  unaryOrNull,
  type Expression,
  type Operator,
  type Operators,
} from './operator.js';

const toBool: Convert = isTrue;

const toDate: Convert = (value) => {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId || value instanceof Timestamp) return new Date(instantOf(value));
  if (typeof value === 'string') return parseDate(value);
  if (!isNumeric(value) || typeName(value) === 'int') throw unsupported(value, 'date');
  checkFinite(value);
  return dateAt(Math.trunc(toNumber(value)), CONVERSION_FAILURE);
};

const toObjectId: Convert = (value) => {
  if (value instanceof ObjectId) return value;
  if (typeof value !== 'string') throw unsupported(value, 'objectId');
  if (value.length !== 24)
    throw unparsable(
      value,
      'objectId',
      `Invalid string length for parsing to OID, expected 24 but found ${value.length}`,
    );
  if (!/^[0-9a-f]+$/i.test(value)) throw unparsable(value, 'objectId', 'Invalid character found in hex string');
  return ObjectId.createFromHexString(value);
};

const toText: Convert = (value) => {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (isNumeric(value)) return numberText(value);
  if (value instanceof Date) return dateText(value);
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof Binary) return binaryText(value, 'auto');
  throw unsupported(value, 'string');
};

function binaryText(value: Binary, format: string): string {
  const text = BINARY_FORMATS[format]?.write(value);
  if (text === undefined)
    throw new MongoError(
      CONVERSION_FAILURE,
      `Failed to convert '${value.toString('base64')}' to string in $convert because of invalid '${format}'`,
    );
  return text;
}

function toBinData(value: unknown, subtypeGiven: unknown, format: string | undefined): Binary {
  if (typeof value !== 'string' && !(value instanceof Binary)) throw unsupported(value, 'binData');
  if (typeof value === 'string') checkHasFormat(format);
  const subtype = subtypeAsked(subtypeGiven);
  if (value instanceof Binary) {
    if (value.sub_type === subtype) return value;
    throw new MongoError(
      CONVERSION_FAILURE,
      `Conversions between different BinData subtypes are not supported: ${value.sub_type} to ${subtype}`,
    );
  }
  const bytes = BINARY_FORMATS[format ?? '']?.read(value, subtype);
  if (!bytes)
    throw unparsable(value, 'BinData', format === 'uuid' ? 'Invalid UUID string' : `Input is not valid ${format}`);
  return new Binary(bytes, subtype);
}

const TARGETS: Record<string, Convert> = {
  double: toDouble,
  string: toText,
  objectId: toObjectId,
  bool: toBool,
  date: toDate,
  int: toWhole('int', -0x80000000n, 0x7fffffffn, (value) => new Int32(Number(value))),
  long: toWhole('long', -(2n ** 63n), 2n ** 63n - 1n, (value) => Long.fromBigInt(value)),
  decimal: toDecimal128,
};

/** A conversion to one type, null for null. */
const converting = (convert: Convert | undefined): Operator => {
  const operator = unaryOrNull((value) => convert?.(value));
  return (argument, compiler, name) => {
    if (Array.isArray(argument) && argument.length !== 1)
      throw new MongoError(50723, `${name} requires a single argument, got ${argument.length}`);
    return operator(argument, compiler, name);
  };
};

/**
 * The type that is asked for, by its name, its number, or a document with one of both.
 * @throws MongoError 2 or 9 when there is no such type
 */
function typeAsked(target: unknown): string {
  if (typeof target !== 'string' && !(isNumeric(target) && Number.isInteger(toNumber(target))))
    throw new MongoError(9, `$convert's 'to' argument must be a string or a whole number, but is ${nameOf(target)}`);
  // What $type says of a field that is not there is a type that nothing becomes.
  if (target === 'missing' || toNumber(target) === 0) return 'missing';
  if (target === 'number') throw new MongoError(2, `Unknown type name: ${target}`);
  try {
    const [name = ''] = typesOf(target);
    return name;
  } catch (error) {
    if (typeof target === 'string') throw error;
    throw new MongoError(
      9,
      `In $convert, numeric value for 'to' does not correspond to a BSON type: ${toNumber(target)}`,
    );
  }
}

/** @throws MongoError 4341106, 4341107 or 4341108 for what is no subtype of binary data */
function subtypeAsked(subtype: unknown): number {
  const number = toNumber(subtype);
  if (!isNumeric(subtype))
    throw new MongoError(4341108, `$convert's 'to.subtype' must be a number, but is ${nameOf(subtype)}`);
  if (!Number.isInteger(number)) throw new MongoError(4341106, `$convert's 'to.subtype' must be whole: ${number}`);
  if (!((number >= 0 && number <= 9) || (number >= 128 && number <= 255)))
    throw new MongoError(
      4341107,
      `In $convert, numeric value for 'subtype' does not correspond to a BinData type: ${number}`,
    );
  return number;
}

/** @throws MongoError 4341115 */
function checkHasFormat(format: string | undefined): asserts format is string {
  if (format === undefined) throw new MongoError(4341115, 'Format must be specified to convert binData in $convert');
}

/** @throws MongoError 4341114 or 4341125 for a format that is not known */
function formatAsked(format: unknown): string | undefined {
  if (isNullish(format)) return undefined;
  if (typeof format !== 'string')
    throw new MongoError(4341114, `$convert requires that 'format' be a string, found: ${nameOf(format)}`);
  if (!Object.hasOwn(BINARY_FORMATS, format))
    throw new MongoError(4341125, `Invalid 'format' argument for $convert: ${format}`);
  return format;
}

/** Converts a value to a type. */
function convertTo(value: unknown, name: string, subtype: unknown, format: string | undefined): unknown {
  if (name === 'binData') return toBinData(value, subtype, format);
  if (name === 'string' && value instanceof Binary) {
    checkHasFormat(format);
    return binaryText(value, format);
  }
  const convert = TARGETS[name];
  if (!convert) throw unsupported(value, name);
  return convert(value);
}

const $convert: Operator = (argument, compiler, name) => {
  const args = namedArguments(name, argument, ['input', 'to'], ['onError', 'onNull', 'format'], {
    notObject: 9,
    unknown: 9,
    missing: 9,
  });
  const { expression } = compiler;
  const [input, to] = [expression(args['input']), expression(args['to'])];
  const [format, onNull] = [expression(args['format'] ?? null), expression(args['onNull'] ?? null)];
  const onError = 'onError' in args ? expression(args['onError']) : undefined;
  const compute: Expression = (scope) => {
    const [target, value] = [to(scope), input(scope)];
    const { type, subtype = new Int32(0) } = isDoc(target) ? target : { type: target };
    // A type that is none is refused whatever there is to convert.
    const asked = isNullish(target) ? undefined : typeAsked(type);
    if (isNullish(value)) return onNull(scope);
    if (asked === undefined) return null;
    const written = formatAsked(format(scope));
    try {
      return convertTo(value, asked, subtype, written);
    } catch (error) {
      if (onError && error instanceof MongoError && error.code === CONVERSION_FAILURE) return onError(scope);
      throw error;
    }
  };
  return folded(compute, [input, to, format, onNull, ...(onError ? [onError] : [])], compiler);
};

/** Operators that tell and change the type of a value. */
export const CONVERSIONS: Operators = {
  $convert,
  $isNumber: unary(isNumeric),
  $toBool: converting(TARGETS['bool']),
  $toDate: converting(TARGETS['date']),
  $toDecimal: converting(TARGETS['decimal']),
  $toDouble: converting(TARGETS['double']),
  $toInt: converting(TARGETS['int']),
  $toLong: converting(TARGETS['long']),
  $toObjectId: converting(TARGETS['objectId']),
  $toString: converting(TARGETS['string']),
  $toUUID: converting((value) => toBinData(value, new Int32(Binary.SUBTYPE_UUID), 'uuid')),
  $type: unary((value) => nameOf(value)),
};
