import { Decimal128, Double, Int32, Long } from 'bson';
import { isDoc } from '../../document.js';
import { MongoError } from '../../errors.js';
import {
  ADDITION,
  MULTIPLICATION,
  isNumeric,
  reckon,
  toBigInt,
  wholeOf,
  wider,
  type Operation,
} from '../values/arithmetic.js';
import { typeName } from '../values/bson-types.js';
import {
  cut,
  decimalProduct,
  decimalQuotient,
  decimalRemainder,
  decimalRoot,
  decimalSum,
  isZero,
  roundDecimal,
  roundDouble,
  toDecimal,
  wholeDecimal,
  type Rounding,
} from '../values/decimal.js';
import { near, power, toNumber } from '../values/numbers.js';
import { BITWISE } from './bitwise.js';
import { dateAt, instantOf } from './date-values.js';
import { isNullish, nameOf, unaryOrNull, values, wholeNumber, type Operator, type Operators } from './operator.js';

const negate = (value: Decimal128): Decimal128 => decimalProduct(value, Decimal128.fromString('-1'));
const SUBTRACTION: Operation = {
  whole: (a, b) => a - b,
  double: (a, b) => a - b,
  decimal: (a, b) => decimalSum(a, negate(b)),
};

/** Where what whole numbers come to does not fit into a long, MongoDB reckons with doubles, which they become before. */
const reckoned = (a: unknown, b: unknown, operation: Operation): unknown =>
  reckon(a, b, operation) ?? new Double(operation.double(toNumber(a), toNumber(b)));

/** Adds two numbers. */
export const sum = (a: unknown, b: unknown): unknown => reckoned(a, b, ADDITION);

/** Subtracts a number from another. */
export const difference = (a: unknown, b: unknown): unknown => reckoned(a, b, SUBTRACTION);

/** Multiplies two numbers. */
export const product = (a: unknown, b: unknown): unknown => reckoned(a, b, MULTIPLICATION);

/** Divides numbers; whole ones give a double. */
export function quotient(a: unknown, b: unknown): unknown {
  if (isZero(b)) throw new MongoError(2, "can't $divide by zero");
  if (wider(a, b) === 'decimal') return decimalQuotient(toDecimal(a), toDecimal(b));
  return new Double(toNumber(a) / toNumber(b));
}

/** A date moved by milliseconds: whole ones, of two as near the one further from zero, of decimals the even one. */
function moved(date: Date, value: unknown, sign: 1 | -1 = 1): Date {
  const number = value instanceof Decimal128 ? toNumber(roundDecimal(value, 0, 'half-even')) : toNumber(value);
  return dateAt(instantOf(date) + sign * Math.sign(number) * Math.round(Math.abs(number)));
}

/** What whole numbers come to is an int where it fits, whatever it was on the way there, unless one of them is a long. */
function narrowed(total: unknown, args: readonly unknown[]): unknown {
  return total instanceof Long && !args.some((arg) => arg instanceof Long) ? wholeNumber(total.toBigInt()) : total;
}

const $add = values(0, Infinity, (args) => {
  let total: unknown = new Int32(0);
  let date: Date | undefined;
  for (const value of args) {
    if (isNullish(value)) return null;
    if (value instanceof Date) {
      if (date) throw new MongoError(16612, 'only one date allowed in an $add expression');
      // What stands before it is rounded together, what stands behind it one by one.
      date = moved(value, total);
    } else if (!isNumeric(value))
      throw new MongoError(14, `$add only supports numeric or date types, not ${nameOf(value)}`);
    else if (date) date = moved(date, value);
    else total = sum(total, value);
  }
  return date ?? narrowed(total, args);
});

/** Subtracts numbers, dates from each other, which gives milliseconds, or milliseconds from a date; null for null. */
export function subtract(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  if (isNumeric(a) && isNumeric(b)) return difference(a, b);
  if (a instanceof Date && b instanceof Date) return Long.fromNumber(instantOf(a) - instantOf(b));
  if (a instanceof Date && isNumeric(b)) return moved(a, b, -1);
  throw new MongoError(14, `can't $subtract ${nameOf(b)} from ${nameOf(a)}`);
}

const $subtract = values(2, 2, ([a, b]) => subtract(a, b));

const $multiply = values(0, Infinity, (args) => {
  let total: unknown = new Int32(1);
  // One that is a double is that of doubles all the way.
  let double = 1;
  for (const value of args) {
    if (isNullish(value)) return null;
    if (!isNumeric(value)) throw new MongoError(14, `$multiply only supports numeric types, not ${nameOf(value)}`);
    total = product(total, value);
    double *= toNumber(value);
  }
  return total instanceof Double ? new Double(double) : narrowed(total, args);
});

const $divide = values(2, 2, ([a, b]) => {
  if (isNullish(a) || isNullish(b)) return null;
  if (isNumeric(a) && isNumeric(b)) return quotient(a, b);
  throw new MongoError(14, `$divide only supports numeric types, not ${nameOf(a)} and ${nameOf(b)}`);
});

const $mod = values(2, 2, ([a, b]) => {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNumeric(a) || !isNumeric(b))
    throw new MongoError(16611, `$mod only supports numeric types, not ${nameOf(a)} and ${nameOf(b)}`);
  const divisor = toNumber(b);
  const type = wider(a, b);
  if (isZero(b)) throw new MongoError(type === 'decimal' ? 5733415 : 16610, "can't $mod by zero");
  if (type === 'decimal') return decimalRemainder(toDecimal(a), toDecimal(b));
  return type === 'double' ? new Double(toNumber(a) % divisor) : wholeNumber(toBigInt(a) % toBigInt(b), type);
});

/** An operator of one number, null for null. */
function numeric(code: number, compute: (value: unknown, name: string) => unknown): Operator {
  return unaryOrNull((value, name) => {
    if (!isNumeric(value)) throw new MongoError(code, `${name} only supports numeric types, not ${nameOf(value)}`);
    return compute(value, name);
  });
}

const $abs = numeric(28765, (value) => {
  if (value instanceof Decimal128) return value.toString().startsWith('-') ? negate(value) : value;
  if (typeName(value) === 'double') return new Double(Math.abs(toNumber(value)));
  const whole = toBigInt(value);
  if (whole === -(2n ** 63n)) throw new MongoError(28680, "can't take $abs of long long min");
  return wholeNumber(whole < 0n ? -whole : whole, typeName(value) === 'long' ? 'long' : 'int');
});

function rounded(value: unknown, place: number, rounding: Rounding): unknown {
  if (value instanceof Decimal128) return roundDecimal(value, place, rounding);
  if (typeName(value) === 'double') return new Double(roundDouble(toNumber(value), place, rounding));
  if (place >= 0) return value;
  const unit = 10n ** BigInt(-place);
  const result = wholeNumber(cut(toBigInt(value), unit, rounding) * unit, typeName(value) === 'long' ? 'long' : 'int');
  const of = `[${String(value)}, ${place}]`;
  if (result instanceof Double)
    throw new MongoError(51080, `invalid conversion from Decimal128 result in $round resulting from arguments: ${of}`);
  return result;
}

const toWhole = (rounding: Rounding): Operator =>
  numeric(28765, (x) => (x instanceof Decimal128 ? wholeDecimal(x, rounding) : rounded(x, 0, rounding)));

/** @throws MongoError 16004, 31109, 51082 or 51083 for what is no place that a number can be rounded to */
function placeOf(value: unknown, name: string): number {
  const place = toNumber(value);
  if (!isNumeric(value)) throw new MongoError(16004, `can't convert from BSON type ${nameOf(value)} to long`);
  if (typeName(value) === 'double' && wholeOf(value) === undefined)
    throw new MongoError(31109, `Can't coerce out of range value ${place} to long`);
  // MongoDB has two spaces there.
  if (place !== (place | 0)) throw new MongoError(51082, `precision argument to  ${name} must be a integral value`);
  if (place < -20 || place > 100)
    throw new MongoError(51083, `cannot apply ${name} with precision value ${place} value must be in [-20, 100]`);
  return place;
}

const toPlace = (rounding: Rounding): Operator =>
  values(1, 2, (args, _ordering, name) => {
    const [value, place] = args.length === 1 ? [args[0], new Int32(0)] : args;
    if (isNullish(value)) return null;
    if (!isNumeric(value)) throw new MongoError(51081, `${name} only supports numeric types, not ${nameOf(value)}`);
    return isNullish(place) ? null : rounded(value, placeOf(place, name), rounding);
  });

const $pow = values(2, 2, ([base, exponent]) => {
  if (isNullish(base) || isNullish(exponent)) return null;
  if (!isNumeric(base)) throw new MongoError(28762, `$pow's base must be numeric, not ${nameOf(base)}`);
  if (!isNumeric(exponent)) throw new MongoError(28763, `$pow's exponent must be numeric, not ${nameOf(exponent)}`);
  if (isZero(base) && toNumber(exponent) < 0)
    throw new MongoError(28764, '$pow cannot take a base of 0 and a negative exponent');
  const type = wider(base, exponent);
  if (type === 'decimal') throw inexact('$pow');
  const double = power(toNumber(base), toNumber(exponent));
  const fractional = type === 'double' || (toNumber(exponent) < 0 && Math.abs(toNumber(base)) !== 1);
  if (fractional || !Number.isFinite(double)) return new Double(double);
  const odd = toBigInt(exponent) % 2n !== 0n;
  if (toNumber(exponent) < 0) return wholeNumber(odd ? toBigInt(base) : 1n, type);
  const whole = wholeNumber(toBigInt(base) ** toBigInt(exponent), type);
  return whole instanceof Double ? new Double(double) : whole;
});

function inexact(name: string): MongoError {
  return new MongoError(238, `${name} of decimal128 is not supported by this server`);
}

/** A function of doubles; of decimals only where it is given for them, since their last digits would be guessed. */
function real(
  compute: (value: number) => number,
  domain?: { code: number; holds: (value: number) => boolean; words: (value: number) => string; none?: unknown },
  exact?: (value: Decimal128) => Decimal128,
): Operator {
  return numeric(28765, (value, name) => {
    const number = near(value);
    if (domain && !Number.isNaN(number) && !domain.holds(number))
      throw new MongoError(domain.code, `${name}'s argument must be ${domain.words(number)}`);
    if (!(value instanceof Decimal128)) return new Double(compute(number));
    if (Number.isNaN(number)) return domain?.none ?? value;
    if (!exact) throw inexact(name);
    return exact(value);
  });
}

/** Multiplies by a number, which has as many digits as its type. */
function scaled(double: number, decimal: string): Operator {
  const factor = Decimal128.fromString(decimal);
  return real(
    (value) => value * double,
    undefined,
    (value) => product(value, factor) as Decimal128,
  );
}

const NONE = new Double(Number.NaN);
const unit = { code: 50989, holds: (x: number) => Math.abs(x) <= 1, words: (x: number) => `in [-1,1], but is ${x}` };
const finite = { code: 50989, holds: (x: number) => Number.isFinite(x), words: (x: number) => `finite, but is ${x}` };
/** A logarithm of a decimal that is NaN is a double. */
const positive = (code: number) => ({
  code,
  holds: (x: number) => x > 0,
  words: (x: number) => `a positive number, but is ${x}`,
  none: NONE,
});

const $log = values(2, 2, ([value, base]) => {
  if (isNullish(value) || isNullish(base)) return null;
  if (!isNumeric(value)) throw new MongoError(28756, `$log's argument must be numeric, not ${nameOf(value)}`);
  if (!isNumeric(base)) throw new MongoError(28757, `$log's base must be numeric, not ${nameOf(base)}`);
  const [number, root] = [near(value), near(base)];
  if (number <= 0) throw new MongoError(28758, `$log's argument must be a positive number, but is ${number}`);
  if (root <= 0 || isZero(difference(base, new Int32(1))))
    throw new MongoError(28759, `$log's base must be a positive number not equal to 1, but is ${root}`);
  if (Number.isNaN(number) || Number.isNaN(root)) return NONE;
  if (wider(value, base) === 'decimal') throw inexact('$log');
  return new Double(Math.log(number) / Math.log(root));
});

const $atan2 = values(2, 2, ([y, x]) => {
  if (isNullish(y)) return null;
  if (!isNumeric(y)) throw new MongoError(51044, `$atan2 only supports numeric types, not ${nameOf(y)}`);
  if (isNullish(x)) return null;
  if (!isNumeric(x)) throw new MongoError(51045, `$atan2 only supports numeric types, not ${nameOf(x)}`);
  if (wider(y, x) === 'decimal') throw inexact('$atan2');
  return new Double(Math.atan2(toNumber(y), toNumber(x)));
});

const $rand: Operator = (argument) => {
  if (!Array.isArray(argument) && !isDoc(argument))
    throw new MongoError(10065, 'invalid parameter: expected an object ($rand)');
  if (Object.keys(argument).length > 0) throw new MongoError(3040501, '$rand does not currently accept arguments');
  return () => new Double(Math.random());
};

/** Operators that reckon. Of decimal128 only what comes out exact to its last digit; the rest is refused. */
export const ARITHMETIC: Operators = {
  ...BITWISE,
  $abs,
  $acos: real(Math.acos, unit),
  $acosh: real(Math.acosh, { code: 50989, holds: (x) => x >= 1, words: (x) => `in [1,inf], but is ${x}` }),
  $add,
  $asin: real(Math.asin, unit),
  $asinh: real(Math.asinh),
  $atan: real(Math.atan),
  $atan2,
  $atanh: real(Math.atanh, unit),
  $ceil: toWhole('ceiling'),
  $cos: real(Math.cos, finite),
  $cosh: real(Math.cosh),
  $degreesToRadians: scaled(Math.PI / 180, '0.01745329251994329576923690768488613'),
  $divide,
  $exp: real(Math.exp),
  $floor: toWhole('floor'),
  $ln: real(Math.log, positive(28766)),
  $log,
  $log10: real(Math.log10, positive(28761)),
  $mod,
  $multiply,
  $pow,
  $radiansToDegrees: scaled(180 / Math.PI, '57.29577951308232087679815481410517'),
  $rand,
  $round: toPlace('half-even'),
  $sin: real(Math.sin, finite),
  $sinh: real(Math.sinh),
  $sqrt: real(Math.sqrt, { code: 28714, holds: (x) => x >= 0, words: () => 'greater than or equal to 0' }, decimalRoot),
  $subtract,
  $tan: real(Math.tan, finite),
  $tanh: real(Math.tanh),
  $trunc: toPlace('down'),
};
