import { Long } from 'bson';
import type { Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { toNumber } from '../values/numbers.js';
import { CLOCK_UNITS, FIXED_UNITS, MONTH_UNITS, addMonths, dayOfWeek, partsOf } from './calendar.js';
import { isLong } from '../values/arithmetic.js';
import { constantOf, dateAt, instantOf, timezoneOf, zoneFirst } from './date-values.js';
import { isNullish, named, nameOf, type Operator, type Operators } from './operator.js';
import { UTC, dateOf, fromLocal, toLocal, type Zone } from './time-zone.js';

const HOUR = 3_600_000;

const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

/** The moment in an argument. */
const momentIn = (args: Doc, field: string, name: string, code: number): number =>
  instantOf(args[field], code, `${name} requires '${field}' to be a date, but got ${nameOf(args[field])}`);

interface Settings {
  readonly unit: string;
  readonly zone: Zone;
  /** 1 for a Sunday. */
  readonly startOfWeek: number;
}

/** @throws MongoError 5439013 or 9 for what is no unit of time */
function unitIn(unit: unknown, name: string): string {
  if (typeof unit !== 'string')
    throw new MongoError(5439013, `${name} requires 'unit' to be a string, but got ${nameOf(unit)}`);
  if (!Object.hasOwn(FIXED_UNITS, unit) && !Object.hasOwn(MONTH_UNITS, unit))
    throw new MongoError(9, `unknown time unit value: ${unit}`);
  return unit;
}

/** A unit that is a constant is looked at beforehand, so that no document need be there; as is a time zone. */
const eager =
  (operator: Operator): Operator =>
  (argument, compiler, name) => {
    const expression = operator(argument, compiler, name);
    const unit = constantOf((argument as Doc)['unit'], compiler);
    if (!isNullish(unit)) unitIn(unit, name);
    return zoneFirst(() => expression)(argument, compiler, name);
  };

/** Unit, zone and first day of weeks; undefined when one of them is null. */
function settings(args: Doc, name: string): Settings | undefined {
  if (isNullish(args['unit'])) return undefined;
  const unit = unitIn(args['unit'], name);
  const start = unit === 'week' && 'startOfWeek' in args ? args['startOfWeek'] : 'sunday';
  if (isNullish(start)) return undefined;
  const startOfWeek = weekdayIn(start, name);
  const zone = 'timezone' in args ? timezoneOf(args['timezone']) : UTC;
  return zone && { unit, zone, startOfWeek };
}

/**
 * 1 for a Sunday.
 * @throws MongoError 5439015 or 5439016 for what is no day of a week
 */
function weekdayIn(start: unknown, name: string): number {
  if (typeof start !== 'string')
    throw new MongoError(5439015, `${name} requires 'startOfWeek' to be a string, but got ${nameOf(start)}`);
  const day = WEEKDAYS.findIndex(
    (weekday) => weekday === start.toLowerCase() || weekday.slice(0, 3) === start.toLowerCase(),
  );
  if (day < 0)
    throw new MongoError(
      5439016,
      `${name} parameter 'startOfWeek' value cannot be recognized as a day of a week: ${start}`,
    );
  return day + 1;
}

/** Moves a moment by units: on the calendar of a zone for days and longer ones, on the clock for shorter ones. */
export function addUnits(at: number, unit: string, amount: number, zone: Zone = UTC): number {
  const months = MONTH_UNITS[unit];
  const offset = zone(at);
  if (months !== undefined) return fromLocal(addMonths(at + offset, months * amount), zone, offset);
  const length = FIXED_UNITS[unit] ?? Number.NaN;
  return CLOCK_UNITS.has(unit) ? at + length * amount : fromLocal(at + offset + length * amount, zone, offset);
}

/** Days that the milliseconds of 64 bits come to. */
const MOST_DAYS = 213_503_982_335;
const MOST_YEARS = Math.floor(MOST_DAYS / 365) + 1;

/** @throws MongoError 6045000 or 5976500 for an amount that leads beyond all dates */
function checkAmount(amount: number, unit: string, sign: 1 | -1): void {
  if (sign === -1 && amount === -(2 ** 63))
    throw new MongoError(6045000, `invalid $dateSubtract 'amount' parameter value: ${amount}`);
  if (unit === 'millisecond') return;
  const months = MONTH_UNITS[unit];
  const length = FIXED_UNITS[unit] ?? 0;
  const most = months === undefined ? Math.floor((MOST_DAYS * 86_400_000) / length) : (MOST_YEARS * 12) / months;
  if (Math.abs(amount) >= most)
    throw new MongoError(5976500, `invalid dateAdd 'amount' parameter value: ${amount} ${unit}`);
}

const moving = (sign: 1 | -1) =>
  named(
    ['startDate', 'unit', 'amount'],
    ['timezone'],
    { notObject: 5166400, unknown: 5166401, missing: 5166402 },
    (args, name) => {
      const { startDate, amount } = args;
      if (isNullish(startDate) || isNullish(args['unit'])) return null;
      unitIn(args['unit'], name);
      if (isNullish(amount)) return null;
      const set = settings(args, name);
      if (!set) return null;
      const at = instantOf(startDate, 5166403, `${name} requires startDate to be convertible to a date`);
      if (!isLong(amount)) throw new MongoError(5166405, `${name} expects integer amount of time units`);
      checkAmount(toNumber(amount), set.unit, sign);
      return dateAt(addUnits(at, set.unit, sign * toNumber(amount), set.zone), 5166406);
    },
  );

/** Which unit of all time a moment is in, so that the difference of two counts the boundaries between them. */
function ordinal(at: number, { unit, zone, startOfWeek }: Settings): number {
  const local = toLocal(at, zone);
  const months = MONTH_UNITS[unit];
  if (months !== undefined) {
    const { year, month } = partsOf(local);
    return Math.floor((year * 12 + month - 1) / months);
  }
  const length = FIXED_UNITS[unit] ?? Number.NaN;
  // Day 0 of 1970 was a Thursday, the fifth day of a week that begins on a Sunday.
  if (unit === 'week') return Math.floor((local - ((startOfWeek + 2) % 7) * (length / 7)) / length);
  return Math.floor((unit === 'day' || unit === 'hour' ? local : at) / length);
}

const $dateDiff = named(
  ['startDate', 'endDate', 'unit'],
  ['timezone', 'startOfWeek'],
  { notObject: 5166301, unknown: 5166302, missing: { startDate: 5166303, endDate: 5166304, unit: 5166305 } },
  (args, name) => {
    const { startDate, endDate } = args;
    if (isNullish(startDate) || isNullish(endDate)) return null;
    const set = settings(args, name);
    if (!set) return null;
    const [from, to] = [momentIn(args, 'startDate', name, 5166307), momentIn(args, 'endDate', name, 5166307)];
    const boundaries = ordinal(to, set) - ordinal(from, set);
    // Whole hours that the clocks were set by in between have passed less or more often than they show.
    const clocks = set.unit === 'hour' ? Math.trunc((set.zone(from) - set.zone(to)) / HOUR) : 0;
    return Long.fromNumber(boundaries + clocks);
  },
);

/** Where bins begin to be counted, which matters for those of several units. */
const REFERENCE = dateOf([2000, 0, 1]);

const $dateTrunc = named(
  ['date', 'unit'],
  ['binSize', 'timezone', 'startOfWeek'],
  { notObject: 5439007, unknown: 5439008, missing: { date: 5439009, unit: 5439010 } },
  (args, name) => {
    const { date } = args;
    const bin = 'binSize' in args ? args['binSize'] : 1;
    if (isNullish(date) || isNullish(bin)) return null;
    const size = toNumber(bin);
    if (!isLong(bin))
      throw new MongoError(5439017, `${name} requires 'binSize' to be a 64-bit integer, but got ${nameOf(bin)}`);
    if (size <= 0)
      throw new MongoError(5439018, `${name} requires 'binSize' to be greater than 0, but got value ${size}`);
    const set = settings(args, name);
    if (!set) return null;
    const at = momentIn(args, 'date', name, 5439012);
    checkBins(size, set.unit, name);
    return dateAt(truncated(at, size, set));
  },
);

/** @throws MongoError 5439006 or 5439002 for bins that no arithmetic of MongoDB's reaches */
function checkBins(size: number, unit: string, name: string): void {
  if (!CLOCK_UNITS.has(unit)) {
    if (size > 100_000_000_000)
      throw new MongoError(5439006, `${name} unsupported binSize value ${size} for unit ${unit}`);
  } else if (unit !== 'millisecond' && size * (FIXED_UNITS[unit] ?? 0) >= 2 ** 63)
    throw new MongoError(5439002, `${name} binSize is too large: ${size} ${unit}`);
}

function truncated(at: number, size: number, { unit, zone, startOfWeek }: Settings): number {
  const local = toLocal(at, zone);
  const months = MONTH_UNITS[unit];
  if (months !== undefined) {
    const { year, month } = partsOf(local);
    const since = (year - 2000) * 12 + month - 1;
    const width = months * size;
    return fromLocal(dateOf([2000, Math.floor(since / width) * width, 1]), zone);
  }
  const width = (FIXED_UNITS[unit] ?? Number.NaN) * size;
  if (CLOCK_UNITS.has(unit)) {
    const reference = fromLocal(REFERENCE, zone);
    return reference + Math.floor((at - reference) / width) * width;
  }
  const day = FIXED_UNITS['day'] ?? 0;
  const first = unit === 'week' ? REFERENCE + ((startOfWeek - dayOfWeek(REFERENCE) + 7) % 7) * day : REFERENCE;
  return fromLocal(first + Math.floor((local - first) / width) * width, zone);
}

/** Operators that reckon with dates. */
export const DATE_MATHS: Operators = {
  $dateAdd: eager(moving(1)),
  $dateDiff: eager($dateDiff),
  $dateSubtract: eager(moving(-1)),
  $dateTrunc: eager($dateTrunc),
};
