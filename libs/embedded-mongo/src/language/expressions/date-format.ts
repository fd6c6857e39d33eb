import { MongoError } from '../../errors.js';
import { dayOfWeek, dayOfYear, fromIsoWeek, isoDayOfWeek, isoWeek, partsOf, weekOfYear } from './calendar.js';
import { UTC, dateOf, fromLocal, toLocal, writtenZone, type Zone } from './time-zone.js';

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

function year(value: number): string {
  if (value < 0 || value > 9999)
    throw new MongoError(18537, `$dateToString is only defined on year 0-9999, tried to use year ${value}`);
  return pad(value, 4);
}

type Specifier = (local: number, offset: number) => string;

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

const nameOfMonth = (local: number): string => MONTHS[partsOf(local).month - 1] ?? '';

const WRITERS: Readonly<Record<string, Specifier>> = {
  '%': () => '%',
  b: (local) => nameOfMonth(local).slice(0, 3),
  B: nameOfMonth,
  d: (local) => pad(partsOf(local).day, 2),
  G: (local) => year(isoWeek(local).year),
  H: (local) => pad(partsOf(local).hour, 2),
  j: (local) => pad(dayOfYear(local), 3),
  L: (local) => pad(partsOf(local).millisecond, 3),
  m: (local) => pad(partsOf(local).month, 2),
  M: (local) => pad(partsOf(local).minute, 2),
  S: (local) => pad(partsOf(local).second, 2),
  u: (local) => String(isoDayOfWeek(local)),
  U: (local) => pad(weekOfYear(local), 2),
  V: (local) => pad(isoWeek(local).week, 2),
  w: (local) => String(dayOfWeek(local)),
  Y: (local) => year(partsOf(local).year),
  z: (_local, offset) => {
    const minutes = Math.trunc(Math.abs(offset) / 60_000);
    return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}${pad(minutes % 60, 2)}`;
  },
  Z: (_local, offset) => String(Math.trunc(offset / 60_000)),
};

/**
 * Writes a moment as a format says.
 * @throws MongoError 18535, 18536 or 18537 for a format or year that cannot be written
 */
export function formatDate(at: number, format: string, zone: Zone): string {
  const local = toLocal(at, zone);
  return splitFormat(format, WRITERS)
    .map(({ literal, specifier }) => (specifier === undefined ? literal : WRITERS[specifier]?.(local, local - at)))
    .join('');
}

type Piece = { literal: string; specifier?: undefined } | { specifier: string; literal?: undefined };

function splitFormat(format: string, known: Readonly<Record<string, unknown>>): Piece[] {
  const pieces: Piece[] = [];
  const pattern = /%(.?)|[^%]+/gsu;
  for (const [text, specifier] of format.matchAll(pattern)) {
    if (specifier === undefined) pieces.push({ literal: text });
    else if (specifier === '') throw new MongoError(18535, `Unmatched '%' at end of format string`);
    else if (!Object.hasOwn(known, specifier))
      throw new MongoError(18536, `Invalid format character '%${specifier}' in format string`);
    else pieces.push({ specifier });
  }
  return pieces;
}

/** What each specifier reads. */
const READERS: Readonly<Record<string, string>> = {
  '%': '%',
  b: `(?<month>${MONTHS.map((name) => name.slice(0, 3)).join('|')})`,
  B: `(?<month>${MONTHS.join('|')})`,
  d: '(?<day>\\d{1,2})',
  G: '(?<isoYear>\\d{1,4})',
  H: '(?<hour>\\d{1,2})',
  j: '(?<dayOfYear>\\d{1,3})',
  L: '(?<fraction>\\d{1,3})',
  m: '(?<month>\\d{1,2})',
  M: '(?<minute>\\d{1,2})',
  S: '(?<second>\\d{1,2})',
  u: '(?<isoDay>[1-7])',
  V: '(?<isoWeek>\\d{1,2})',
  Y: '(?<year>\\d{4})',
  z: ' ?(?<zone>(?:GMT|UTC)?[+-]\\d\\d(?::?\\d\\d)?|[A-Za-z]+)',
  Z: '(?<minutes>[+-]\\d{1,4})',
};

/**
 * Checks a format, whether or not there is a date for it.
 * @throws MongoError 18535 or 18536 for what is none
 */
export function checkFormat(format: string, use: 'reading' | 'writing'): void {
  splitFormat(format, use === 'reading' ? READERS : WRITERS);
}

/** What the text of a date without a format may look like: ISO 8601, with a space or `T` before the time. */
const ISO =
  /^(?<year>\d{4})-?(?<month>\d\d)(?:-?(?<day>\d\d)(?:[T ](?<hour>\d\d)(?::?(?<minute>\d\d)(?::?(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?)?\s?(?<zone>(?:GMT|UTC)?[+-]\d\d(?::?\d\d)?|[A-Z]+)?)?)?$/i;

function failure(text: string, why: string): MongoError {
  return new MongoError(241, `Error parsing date string '${text}'; ${why}`);
}

/**
 * Reads a date.
 * @param format how it is written; ISO 8601 when it is left out
 * @param zone whose clocks it tells, where the text does not say so itself
 * @throws MongoError 241 when the text is no date of this form
 */
export function parseDate(text: string, format?: string, zone?: Zone): Date {
  const groups = (format === undefined ? ISO : readerOf(format)).exec(text)?.groups;
  if (!groups) throw failure(text, 'it is not of the form that is asked for');
  if (zone && zone !== UTC && (groups['zone'] !== undefined || groups['minutes'] !== undefined))
    throw failure(text, 'a time zone stands in the text and in the argument');
  const number = (name: string, otherwise: number): number =>
    groups[name] === undefined ? otherwise : Number(groups[name]);
  const [hour, minute, second] = [number('hour', 0), number('minute', 0), number('second', 0)];
  if (hour > 24 || minute > 59 || second > 59) throw failure(text, 'there is no such time');
  // As many digits as there are stand behind the point, whatever the format calls them.
  const milliseconds = Math.trunc(Number(`0.${groups['fraction'] ?? 0}`) * 1000 + 1e-6);
  const local = dayIn(groups, number, text) + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  const own = groups['minutes'];
  if (own !== undefined) return new Date(local - Number(own) * 60_000);
  const written = groups['zone'] === undefined ? zone : writtenZone(groups['zone']);
  if (groups['zone'] !== undefined && !written) throw failure(text, 'there is no such time zone');
  return new Date(fromLocal(local, written ?? UTC));
}

function dayIn(
  groups: Record<string, string>,
  number: (name: string, otherwise: number) => number,
  text: string,
): number {
  const has = (...names: string[]): boolean => names.some((name) => groups[name] !== undefined);
  if (has('isoYear', 'isoWeek', 'isoDay') && has('year', 'month', 'day', 'dayOfYear'))
    throw failure(text, 'Mixing of ISO dates with natural dates is not allowed');
  if (has('isoYear')) return fromIsoWeek(number('isoYear', 0), number('isoWeek', 1), number('isoDay', 1));
  if (groups['year'] === undefined) throw failure(text, 'it has no year');
  const year = number('year', 0);
  if (groups['dayOfYear'] !== undefined) return dateOf([year, 0, number('dayOfYear', 1)]);
  const name = groups['month']?.toLowerCase().slice(0, 3);
  const named = MONTHS.findIndex((month) => month.toLowerCase().startsWith(name ?? '-'));
  const month = named >= 0 ? named + 1 : number('month', 1);
  const day = number('day', 1);
  const local = dateOf([year, month - 1, day]);
  if (partsOf(local).month !== month || day === 0) throw failure(text, 'there is no such day');
  return local;
}

function readerOf(format: string): RegExp {
  const source = splitFormat(format, READERS).map(({ literal, specifier }) =>
    specifier === undefined ? literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&') : READERS[specifier],
  );
  try {
    return new RegExp(`^${source.join('')}$`, 'i');
  } catch {
    throw new MongoError(238, `a format that has the same part twice is not supported by this server: ${format}`);
  }
}
