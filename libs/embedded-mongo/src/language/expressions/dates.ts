import { Int32, Long } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { dayOfWeek, dayOfYear, fromIsoWeek, isoDayOfWeek, isoWeek, partsOf, weekOfYear } from './calendar.js';
import { DATE_MATHS } from './date-maths.js';
import { formatDate, parseDate } from './date-format.js';
import { isWhole } from '../arithmetic.js';
import { dateAt, instantOf } from './date-values.js';
import {
  isNullish,
  named,
  namedArguments,
  nameOf,
  type Expression,
  type Operator,
  type Operators,
} from './operator.js';
import { UTC, dateOf, fromLocal, toLocal, zoneOf, type Zone } from './time-zone.js';
import { toNumber } from '../numbers.js';

/** Reads one part of a date: of `<date>` or of `{ date, timezone }`. */
const part =
  (read: (local: number) => unknown): Operator =>
  (argument, { expression }, name) => {
    const only = Array.isArray(argument) && argument.length === 1 ? (argument[0] as unknown) : argument;
    if (Array.isArray(only))
      throw new MongoError(
        40536,
        `${name} accepts exactly one argument if given an array, but was given another number`,
      );
    const long = isDoc(only) && !Object.keys(only)[0]?.startsWith('$');
    const args: Doc = long
      ? namedArguments(name, only, ['date'], ['timezone'], { notObject: 40535, unknown: 40535, missing: 40539 })
      : { date: only };
    const date = expression(args['date']);
    const timezone: Expression | undefined = 'timezone' in args ? expression(args['timezone']) : undefined;
    return (scope) => {
      const at = date(scope);
      const zone = timezone ? timezoneOf(timezone(scope)) : UTC;
      return isNullish(at) || !zone ? null : read(toLocal(instantOf(at), zone));
    };
  };

/** A time zone as an argument; undefined when it is null or missing. */
function timezoneOf(value: unknown): Zone | undefined {
  if (isNullish(value)) return undefined;
  if (typeof value !== 'string')
    throw new MongoError(40517, `timezone must evaluate to a string, found ${nameOf(value)}`);
  return zoneOf(value);
}

const int = (read: (local: number) => number): Operator => part((local) => new Int32(read(local)));

const $dateToString = named(
  ['date'],
  ['format', 'timezone', 'onNull'],
  { notObject: 18629, unknown: 18534, missing: 18628 },
  (args) => {
    const zone = 'timezone' in args ? timezoneOf(args['timezone']) : UTC;
    const format = 'format' in args ? args['format'] : defaultFormat(args['timezone']);
    if (!isNullish(format) && typeof format !== 'string')
      throw new MongoError(18533, `$dateToString requires that 'format' be a string, found: ${nameOf(format)}`);
    if (isNullish(args['date'])) return 'onNull' in args ? args['onNull'] : null;
    return isNullish(format) || !zone ? null : formatDate(instantOf(args['date']), format, zone);
  },
);

function defaultFormat(timezone: unknown): string {
  const utc = timezone === undefined || timezone === 'UTC' || timezone === 'GMT';
  return utc ? '%Y-%m-%dT%H:%M:%S.%LZ' : '%Y-%m-%dT%H:%M:%S.%L';
}

const $dateFromString: Operator = (argument, { expression }, name) => {
  const args = namedArguments(name, argument, ['dateString'], ['format', 'timezone', 'onError', 'onNull'], {
    notObject: 40540,
    unknown: 40541,
    missing: 40542,
  });
  const compiled = Object.fromEntries(Object.entries(args).map(([field, spec]) => [field, expression(spec)]));
  const { dateString, format, timezone, onError, onNull } = compiled;
  return (scope) => {
    const text = dateString?.(scope);
    const pattern = format?.(scope);
    if (format && !isNullish(pattern) && typeof pattern !== 'string')
      throw new MongoError(40684, `$dateFromString requires that 'format' be a string, found: ${nameOf(pattern)}`);
    const zone = timezone && timezoneOf(timezone(scope));
    if (isNullish(text)) return onNull ? onNull(scope) : null;
    if ((format && isNullish(pattern)) || (timezone && !zone)) return null;
    try {
      if (typeof text !== 'string')
        throw new MongoError(241, `$dateFromString requires that 'dateString' be a string, found: ${nameOf(text)}`);
      return parseDate(text, pattern as string | undefined, zone);
    } catch (error) {
      if (onError && error instanceof MongoError && error.code === 241) return onError(scope);
      throw error;
    }
  };
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

const $dateFromParts = named(
  [],
  ['year', 'month', 'day', 'isoWeekYear', 'isoWeek', 'isoDayOfWeek', ...TIME, 'timezone'],
  { notObject: 40519, unknown: 40518, missing: 40516 },
  (args) => {
    const iso = 'isoWeekYear' in args;
    if (!iso && !('year' in args))
      throw new MongoError(40516, "$dateFromParts requires either 'year' or 'isoWeekYear' to be present");
    const [foreign] = Object.keys(args).filter((name) =>
      (iso ? ['year', 'month', 'day'] : ['isoWeek', 'isoDayOfWeek']).includes(name),
    );
    if (foreign !== undefined)
      throw new MongoError(
        iso ? 40489 : 40525,
        `$dateFromParts does not allow mixing natural dates with ISO dates: ${foreign}`,
      );
    const zone = 'timezone' in args ? timezoneOf(args['timezone']) : UTC;
    const { timezone: _timezone, ...parts } = args;
    if (!zone || Object.values(parts).some(isNullish)) return null;
    const number = (name: string, otherwise: number): number => partOf(name, parts[name] ?? otherwise);
    const day = iso
      ? fromIsoWeek(number('isoWeekYear', 1), number('isoWeek', 1), number('isoDayOfWeek', 1))
      : dateOf([number('year', 1), number('month', 1) - 1, number('day', 1)]);
    const seconds = (number('hour', 0) * 60 + number('minute', 0)) * 60 + number('second', 0);
    return dateAt(fromLocal(dateAt(day + seconds * 1000 + number('millisecond', 0)).getTime(), zone));
  },
);

/** @throws MongoError 40515 for what is not whole, 40523 for a year beyond 1 to 9999, 31034 for others beyond 16 bits */
function partOf(name: string, value: unknown): number {
  const number = toNumber(value);
  if (!isWhole(value)) throw new MongoError(40515, `'${name}' must evaluate to an integer, found ${nameOf(value)}`);
  if (/year/i.test(name)) {
    if (number < 1 || number > 9999)
      throw new MongoError(40523, `'${name}' must evaluate to an integer in the range 1 to 9999, found ${number}`);
  } else if (name !== 'second' && name !== 'millisecond' && Math.abs(number) > 32_767)
    throw new MongoError(
      31034,
      `'${name}' must evaluate to a value in the range [-32768, 32767]; value ${number} is not in range`,
    );
  return number;
}

/** Operators of dates. */
export const DATES: Operators = {
  ...DATE_MATHS,
  $dateFromParts,
  $dateFromString,
  $dateToParts,
  $dateToString,
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
