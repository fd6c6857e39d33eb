import { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import { isDoc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric, toBigInt } from '../arithmetic.js';
import { typeName, typesOf } from '../bson-types.js';
import { decimalOf, decimalParts, partsIn, roundDecimal, toDecimal } from '../decimal.js';
import { toNumber } from '../numbers.js';
import { BINARY_FORMATS } from './binary-text.js';
import { parseDate } from './date-reading.js';
import { dateAt } from './date-values.js';
import { folded } from './folding.js';
import { isLost, numberIn, numberText } from './number-text.js';
import {
  isNullish,
  nameOf,
  namedArguments,
  unary,
  unaryOrNull,
  type Expression,
  type Operator,
  type Operators,
} from './operator.js';

const CONVERSION_FAILURE = 241;

type Convert = (value: unknown) => unknown;

function unsupported(value: unknown, to: string): MongoError {
  return new MongoError(
    CONVERSION_FAILURE,
    `Unsupported conversion from ${nameOf(value)} to ${to} in $convert with no onError value`,
  );
}

function unparsable(text: string, what: string): MongoError {
  return new MongoError(CONVERSION_FAILURE, `Failed to parse ${what} '${text}' in $convert with no onError value`);
}

/** A number, bool or text as a whole number between bounds. */
const toWhole =
  (name: 'int' | 'long', least: bigint, most: bigint, make: (value: bigint) => unknown): Convert =>
  (value) => {
    if (typeof value === 'boolean') return make(value ? 1n : 0n);
    if (value instanceof Date && name === 'long') return make(BigInt(value.getTime()));
    let whole: bigint;
    if (typeof value === 'string') {
      if (!/^[+-]?\d+$/.test(value)) throw unparsable(value, 'number');
      whole = BigInt(value.replace('+', ''));
    } else if (!isNumeric(value)) throw unsupported(value, name);
    else if (value instanceof Decimal128) {
      const text = roundDecimal(value, 0, 'down').toString();
      if (!Number.isFinite(Number(text)))
        throw new MongoError(
          CONVERSION_FAILURE,
          `Attempt to convert ${text} to ${name} in $convert with no onError value`,
        );
      whole = Math.abs(Number(text)) < 1e20 ? BigInt(plainDigits(text)) : most + 1n;
    } else if (typeName(value) === 'double') {
      const number = toNumber(value);
      if (!Number.isFinite(number))
        throw new MongoError(
          CONVERSION_FAILURE,
          `Attempt to convert ${number} value to integer type in $convert with no onError value`,
        );
      // A fraction beyond the last number is beyond it as well.
      whole = BigInt(
        number < Number(least) || number > Number(most) ? Math.sign(number) * 2 ** 64 : Math.trunc(number),
      );
    } else whole = toBigInt(value);
    if (whole < least || whole > most)
      throw new MongoError(
        CONVERSION_FAILURE,
        `Conversion would overflow target type in $convert with no onError value: ${String(value)}`,
      );
    return make(whole);
  };

/** The digits of a whole decimal without an exponent. */
function plainDigits(text: string): string {
  const [digits = '', exponent = '0'] = text.split('E');
  const [whole = '', fraction = ''] = digits.split('.');
  return whole + fraction + '0'.repeat(Math.max(0, Number(exponent) - fraction.length));
}

const toDouble: Convert = (value) => {
  if (typeof value === 'boolean') return new Double(value ? 1 : 0);
  if (value instanceof Date) return new Double(value.getTime());
  if (isNumeric(value)) {
    const double = toNumber(value);
    if (value instanceof Decimal128 && isLost(double, value.toString()))
      throw new MongoError(
        CONVERSION_FAILURE,
        `Conversion would overflow target type in $convert with no onError value: ${value.toString()}`,
      );
    return new Double(double);
  }
  if (typeof value !== 'string') throw unsupported(value, 'double');
  const double = numberIn(value);
  if ((Number.isNaN(double) && value.toLowerCase() !== 'nan') || isLost(double, value))
    throw unparsable(value, 'number');
  return new Double(double);
};

const toDecimal128: Convert = (value) => {
  if (typeof value === 'boolean') return Decimal128.fromString(value ? '1' : '0');
  if (value instanceof Date) return Decimal128.fromString(String(value.getTime()));
  if (isNumeric(value)) return toDecimal(value);
  if (typeof value !== 'string') throw unsupported(value, 'decimal');
  const parts = partsIn(value);
  if (parts) {
    const decimal = decimalOf(parts);
    const isZero = decimalParts(decimal)?.digits === 0n;
    if (!decimalParts(decimal) || (isZero && parts.digits !== 0n)) throw unparsable(value, 'number');
    return decimal;
  }
  const double = /^[+-]?(inf(inity)?|nan)$/i.test(value) ? numberIn(value) : undefined;
  if (double === undefined) throw unparsable(value, 'number');
  return Decimal128.fromString(String(double));
};

const toBool: Convert = (value) => (isNumeric(value) ? toNumber(value) !== 0 : value !== false);

const toDate: Convert = (value) => {
  if (value instanceof Date) return value;
  if (value instanceof ObjectId) return value.getTimestamp();
  if (value instanceof Timestamp) return new Date(value.getHighBitsUnsigned() * 1000);
  if (typeof value === 'string') return parseDate(value);
  if (!isNumeric(value) || typeName(value) === 'int') throw unsupported(value, 'date');
  return dateAt(Math.trunc(toNumber(value)), CONVERSION_FAILURE);
};

const toObjectId: Convert = (value) => {
  if (value instanceof ObjectId) return value;
  if (typeof value !== 'string') throw unsupported(value, 'objectId');
  if (!/^[0-9a-f]{24}$/i.test(value)) throw unparsable(value, 'objectId');
  return ObjectId.createFromHexString(value);
};

const toText: Convert = (value) => {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (isNumeric(value)) return numberText(value);
  if (value instanceof Date) return value.toISOString();
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
  if (!bytes) throw unparsable(value, 'binData');
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
  if (target === 'missing') return target;
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
