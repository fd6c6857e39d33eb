import { MongoError } from '../../errors.js';
import { dayOfWeek, dayOfYear, isoDayOfWeek, isoWeek, partsOf, weekOfYear } from './calendar.js';
import { instantOf } from './date-values.js';
import { UTC, toLocal, type Zone } from './time-zone.js';

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

function year(value: number): string {
  if (value < 0 || value > 9999)
    throw new MongoError(
      18537,
      `Could not convert date to string: date component was outside the supported range of 0-9999: ${value}`,
    );
  return pad(value, 4);
}

type Specifier = (local: number, offset: number) => string;

export const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

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

/**
 * A date as a text of ISO 8601 in UTC.
 * @throws MongoError 18537 beyond the years that have four digits
 */
export function dateText(date: Date): string {
  return formatDate(instantOf(date), '%Y-%m-%dT%H:%M:%S.%LZ', UTC);
}

type Piece = { literal: string; specifier?: undefined } | { specifier: string; literal?: undefined };

/**
 * Takes a format apart.
 * @throws MongoError 18535 or 18536 for what is none
 */
export function splitFormat(format: string, known: Readonly<Record<string, unknown>>): Piece[] {
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

/**
 * Checks a format that a date would be written by, whether or not there is one.
 * @throws MongoError 18535 or 18536 for what is none
 */
export function checkFormat(format: string): void {
  splitFormat(format, WRITERS);
}
