import { Int32, Long } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { dayOfWeek, dayOfYear, fromIsoWeek, isoDayOfWeek, isoWeek, partsOf, weekOfYear } from './calendar.js';
import { DATE_MATHS } from './date-maths.js';
import { checkFormat, formatDate } from './date-format.js';
import { checkReadingFormat, parseDate } from './date-reading.js';
import { isLong } from '../values/arithmetic.js';
import { constantOf, dateAt, instantOf, timezoneOf, zoneFirst } from './date-values.js';
import { constant, folded } from './folding.js';
import {
  isNullish,
  named,
  namedArguments,
  nameOf,
  type Expression,
  type Operator,
  type Operators,
} from './operator.js';
import { UTC, dateOf, fromLocal, toLocal } from './time-zone.js';
import { toNumber } from '../values/numbers.js';

/** Reads one part of a date: of `<date>` or of `{ date, timezone }`. */
const part =
  (read: (local: number) => unknown): Operator =>
  (argument, compiler, name) => {
    const { expression } = compiler;
    if (Array.isArray(argument) && argument.length !== 1)
      throw new MongoError(
        40536,
        `${name} accepts exactly one argument if given an array, but was given ${argument.length}`,
      );
    const long = isDoc(argument) && !Object.keys(argument)[0]?.startsWith('$');
    const args: Doc = long
      ? namedArguments(name, argument, ['date'], ['timezone'], { notObject: 40535, unknown: 40535, missing: 40539 })
      : { date: Array.isArray(argument) ? (argument[0] as unknown) : argument };
    const date = expression(args['date']);
    const timezone = 'timezone' in args ? expression(args['timezone']) : constant('UTC');
    timezoneOf(constantOf(args['timezone'] ?? null, compiler));
    const compute: Expression = (scope) => {
      const value = date(scope);
      if (isNullish(value)) return null;
      const at = instantOf(value);
      const zone = timezoneOf(timezone(scope));
      return zone ? read(toLocal(at, zone)) : null;
    };
    return folded(compute, [date, timezone], compiler);
  };

const int = (read: (local: number) => number): Operator => part((local) => new Int32(read(local)));

const $dateToString = named(
  ['date'],
  ['format', 'timezone', 'onNull'],
  { notObject: 18629, unknown: 18534, missing: 18628 },
  (args) => {
    const { format } = args;
    if (!isNullish(format)) {
      if (typeof format !== 'string')
        throw new MongoError(18533, `$dateToString requires that 'format' be a string, found: ${nameOf(format)}`);
      checkFormat(format);
    }
    const zone = 'timezone' in args ? timezoneOf(args['timezone']) : UTC;
    if (isNullish(args['date'])) return 'onNull' in args ? args['onNull'] : null;
    if (!zone || ('format' in args && isNullish(format))) return null;
    return formatDate(instantOf(args['date']), format ?? `%Y-%m-%dT%H:%M:%S.%L${zone === UTC ? 'Z' : ''}`, zone);
  },
);

const $dateFromString: Operator = (argument, compiler, name) => {
  const args = namedArguments(name, argument, ['dateString'], ['format', 'timezone', 'onError', 'onNull'], {
    notObject: 40540,
    unknown: 40541,
    missing: 40542,
  });
  const compiled = Object.fromEntries(Object.entries(args).map(([field, spec]) => [field, compiler.expression(spec)]));
  const { dateString, format, timezone, onError, onNull } = compiled;
  const compute: Expression = (scope) => {
    const text = dateString?.(scope);
    const pattern = format?.(scope);
    if (!isNullish(pattern)) {
      if (typeof pattern !== 'string')
        throw new MongoError(40684, `$dateFromString requires that 'format' be a string, found: ${nameOf(pattern)}`);
      checkReadingFormat(pattern);
    }
    const zone = timezone && timezoneOf(timezone(scope));
    if (isNullish(text)) return onNull ? onNull(scope) : null;
    try {
      if (typeof text !== 'string')
        throw new MongoError(241, `$dateFromString requires that 'dateString' be a string, found: ${nameOf(text)}`);
      if ((format && isNullish(pattern)) || (timezone && !zone)) return null;
      return parseDate(text, pattern as string | undefined, zone);
    } catch (error) {
      if (onError && error instanceof MongoError && error.code === 241) return onError(scope);
      throw error;
    }
  };
  return folded(compute, Object.values(compiled), compiler);
};

const $dateToParts = named(
  ['date'],
  ['timezone', 'iso8601'],
  { notObject: 40524, unknown: 40520, missing: 40522 },
  (args) => {
    const zone = 'timezone' in args ? timezoneOf(args['timezone']) : UTC;
    const iso = 'iso8601' in args ? args['iso8601'] : false;
    if (!isNullish(iso) && typeof iso !== 'boolean')
      throw new MongoError(40521, `iso8601 must evaluate to a bool, found ${nameOf(iso)}`);
    if (isNullish(args['date']) || !zone || isNullish(iso)) return null;
    const local = toLocal(instantOf(args['date']), zone);
    const { year, month, day, ...time } = partsOf(local);
    const week = isoWeek(local);
    const date = iso
      ? { isoWeekYear: week.year, isoWeek: week.week, isoDayOfWeek: isoDayOfWeek(local) }
      : { year, month, day };
    return Object.fromEntries(
      Object.entries({ ...date, ...time }).map(([name, value]) => [name, new Int32(value as number)]),
    );
  },
);

const TIME = ['hour', 'minute', 'second', 'millisecond'];

const NATURAL = ['year', 'month', 'day'];
const ISO_WEEKS = ['isoWeekYear', 'isoWeek', 'isoDayOfWeek'];
const PARTS = [...NATURAL, ...ISO_WEEKS, ...TIME, 'timezone'];
const PARTS_CODES = { notObject: 40519, unknown: 40518, missing: 40516 };

const dateFromParts = named([], PARTS, PARTS_CODES, (args) => {
  const zone = 'timezone' in args ? timezoneOf(args['timezone']) : UTC;
  const { timezone: _timezone, ...parts } = args;
  if (!zone || Object.values(parts).some(isNullish)) return null;
  const number = (name: string, otherwise: number): number => partOf(name, parts[name] ?? otherwise);
  const day =
    'isoWeekYear' in parts
      ? fromIsoWeek(number('isoWeekYear', 1), number('isoWeek', 1), number('isoDayOfWeek', 1))
      : dateOf([number('year', 1), number('month', 1) - 1, number('day', 1)]);
  const seconds = (number('hour', 0) * 60 + number('minute', 0)) * 60 + number('second', 0);
  return dateAt(fromLocal(dateAt(day + seconds * 1000 + number('millisecond', 0)).getTime(), zone));
});

/** Which parts there are is looked at before there is any document. */
const $dateFromParts: Operator = (argument, compiler, name) => {
  const names = Object.keys(namedArguments(name, argument, [], PARTS, PARTS_CODES));
  const has = (some: readonly string[]): boolean => some.some((part) => names.includes(part));
  if (!has(['year', 'isoWeekYear']))
    throw new MongoError(40516, "$dateFromParts requires either 'year' or 'isoWeekYear' to be present");
  if (has(['year']) && has(ISO_WEEKS))
    throw new MongoError(40489, '$dateFromParts does not allow mixing natural dates with ISO dates');
  if (has(NATURAL) && has(['isoWeekYear']))
    throw new MongoError(40525, '$dateFromParts does not allow mixing ISO dates with natural dates');
  return dateFromParts(argument, compiler, name);
};

/** @throws MongoError 40515 for what is not whole, 40523 or 31095 for a year beyond 1 to 9999, 31034 for others beyond 16 bits */
function partOf(name: string, value: unknown): number {
  const number = toNumber(value);
  if (!isLong(value)) throw new MongoError(40515, `'${name}' must evaluate to an integer, found ${nameOf(value)}`);
  if (name === 'year' || name === 'isoWeekYear') {
    if (number < 1 || number > 9999)
      throw new MongoError(
        name === 'year' ? 40523 : 31095,
        `'${name}' must evaluate to an integer in the range 1 to 9999, found ${number}`,
      );
  } else if (name !== 'second' && name !== 'millisecond' && (number < -32_768 || number > 32_767))
    throw new MongoError(
      31034,
      `'${name}' must evaluate to a value in the range [-32768, 32767]; value ${number} is not in range`,
    );
  return number;
}

/** Operators of dates. */
export const DATES: Operators = {
  ...DATE_MATHS,
  $dateFromParts: zoneFirst($dateFromParts),
  $dateFromString: zoneFirst($dateFromString),
  $dateToParts: zoneFirst($dateToParts),
  $dateToString: zoneFirst($dateToString),
  $dayOfMonth: int((local) => partsOf(local).day),
  $dayOfWeek: int(dayOfWeek),
  $dayOfYear: int(dayOfYear),
  $hour: int((local) => partsOf(local).hour),
  $isoDayOfWeek: int(isoDayOfWeek),
  $isoWeek: int((local) => isoWeek(local).week),
  $isoWeekYear: part((local) => Long.fromNumber(isoWeek(local).year)),
  $millisecond: int((local) => partsOf(local).millisecond),
  $minute: int((local) => partsOf(local).minute),
  $month: int((local) => partsOf(local).month),
  $second: int((local) => partsOf(local).second),
  $week: int(weekOfYear),
  $year: int((local) => partsOf(local).year),
};
