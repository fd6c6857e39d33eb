import { MongoError } from '../../errors.js';
import { fromIsoWeek, partsOf } from './calendar.js';
import { MONTHS, splitFormat } from './date-format.js';
import { UTC, dateOf, fromLocal, writtenZone, type Zone } from './time-zone.js';

const PARTS = ['year', 'month', 'day', 'isoYear', 'isoWeek', 'isoDay', 'hour', 'minute', 'second'] as const;

/** What stands in the text of a date. */
type Found = Partial<Record<(typeof PARTS)[number] | 'millisecond', number>> & { zone?: Zone; zoneText?: string };

/** How a specifier is read: what it looks like, and what comes of it; a text is why it is refused. */
type Reader = readonly [pattern: RegExp, read: (found: Found, text: string) => string | undefined | void];

const number = (pattern: RegExp, part: (typeof PARTS)[number]): Reader => [
  pattern,
  (found, text) => {
    found[part] = Number(text);
  },
];

/** A number up to the highest one that there is, with anything but digits before it. */
const bounded = (pattern: RegExp, part: 'isoWeek' | 'isoDay', highest: number, refusal: string): Reader => [
  pattern,
  (found, text) => {
    const value = Number(text.replace(/^\D*/, ''));
    found[part] = value;
    return value < 1 || value > highest ? refusal : undefined;
  },
];

const month: Reader = [
  /[a-z]+/iy,
  (found, text) => {
    const name = text.toLowerCase();
    const at = MONTHS.findIndex((full) => [full, full.slice(0, 3)].some((known) => known.toLowerCase() === name));
    if (at < 0) return 'A textual month could not be found';
    found.month = at + 1;
    return undefined;
  },
];

/** As the library reads that MongoDB has for this, days of a year count from 0 here, and from 1 where they are written. */
const dayOfYear: Reader = [
  /\d{1,3}/y,
  (found, text) => {
    if (found.year === undefined) return "A 'day of year' can only come after a year has been found";
    ({ month: found.month, day: found.day } = partsOf(dateOf([found.year, 0, Number(text) + 1])));
    return undefined;
  },
];

const zone: Reader = [
  /[ \t(]*(?:GMT(?=[+-]))?(?:[+-][\d:]*|[\w/+-]+)\)*/y,
  (found, text) => {
    found.zoneText = text.replace(/[ \t()]/g, '');
    found.zone = writtenZone(found.zoneText);
    return found.zone ? undefined : 'The timezone could not be found in the database';
  },
];

const READERS: Readonly<Record<string, Reader>> = {
  '%': [/%/y, () => undefined],
  b: month,
  B: month,
  d: number(/\d{1,2}/y, 'day'),
  G: [/\D*\d{1,4}/y, (found, text) => void (found.isoYear = Number(text.replace(/^\D*/, '')))],
  H: number(/\d{1,2}/y, 'hour'),
  j: dayOfYear,
  L: [/\d{1,3}/y, (found, text) => void (found.millisecond = Number(text.padEnd(3, '0')))],
  m: number(/\d{1,2}/y, 'month'),
  M: number(/\d\d/y, 'minute'),
  S: number(/\d\d/y, 'second'),
  u: bounded(/\D*\d/y, 'isoDay', 7, 'Day of week must be between 1 and 7'),
  V: bounded(/\D*\d{1,2}/y, 'isoWeek', 53, 'ISO Week must be between 1 and 53'),
  Y: number(/\d{1,4}/y, 'year'),
  z: zone,
  Z: [
    /[+-]\d*/y,
    (found, text) => {
      found.zoneText = text;
      const offset = Number(`${text}0`) * 6000;
      found.zone = () => offset;
    },
  ],
};

/**
 * Checks a format that a date would be read by, whether or not there is one.
 * @throws MongoError 18535 or 18536 for what is none
 */
export function checkReadingFormat(format: string): void {
  splitFormat(format, READERS);
}

/** What the text of a date without a format may look like: ISO 8601, with spaces or `T` before the time. */
const ISO =
  /^(?<year>\d{4})(?<dash>-?)(?<month>\d\d)(?:-?(?<day>\d\d)(?:(?:T|[ \t]+)(?<hour>\d\d)(?::?(?<minute>\d\d)(?:[:.]?(?<second>\d\d)(?:\.(?<fraction>\d+))?)?)?[ \t]*(?<zone>(?:GMT)?[+-]\d\d(?::?\d\d)?|[A-Z]+)?)?)?$/i;

/** What may stand around a date without a format: spaces and zero bytes. A run of them is looked at from its beginning only. */
const MARGINS = /^[ \t\n\v\f\r\0\u00a0]+|(?<![ \t\n\v\f\r\0\u00a0])[ \t\n\v\f\r\0\u00a0]+$/g;

function failure(text: string, why: string, at?: number): MongoError {
  const place = at === undefined ? why : `${at}: ${why} '${text[at] ?? ''}'`;
  return new MongoError(241, `Error parsing date string '${text}'; ${place}`);
}

/**
 * Reads a date.
 * @param format how it is written; ISO 8601 when it is left out
 * @param zone whose clocks it tells, where the text does not say so itself
 * @throws MongoError 241 when the text is no date of this form
 */
export function parseDate(text: string, format?: string, zone?: Zone): Date {
  const found = format === undefined ? readIso(text) : readBy(format, text);
  const time = timeOf(found, text);
  const day = dayOf(found, text);
  if (zone && zone !== UTC && found.zoneText !== undefined)
    throw new MongoError(
      241,
      /^(?:GMT)?[+-]/.test(found.zoneText)
        ? 'you cannot pass in a date/time string with GMT offset together with a timezone argument'
        : `you cannot pass in a date/time string with time zone information ('${found.zoneText}') together with a timezone argument`,
    );
  return new Date(fromLocal(day + time, found.zone ?? zone ?? UTC));
}

function readIso(text: string): Found {
  const groups = ISO.exec(text.replace(MARGINS, ''))?.groups;
  if (!groups || (groups['day'] === undefined && groups['dash'] === ''))
    throw failure(text, 'it is not of the form that is asked for');
  const found: Found = { day: 1 };
  for (const part of PARTS) if (groups[part] !== undefined) found[part] = Number(groups[part]);
  found.millisecond = Number((groups['fraction'] ?? '').slice(0, 3).padEnd(3, '0'));
  if (groups['zone'] !== undefined && zone[1](found, groups['zone'])) throw failure(text, 'there is no such time zone');
  return found;
}

function readBy(format: string, text: string): Found {
  const found: Found = {};
  // A zero byte ends texts where MongoDB reads them.
  const end = text.includes('\0') ? text.indexOf('\0') : text.length;
  let at = 0;
  for (const { literal, specifier } of splitFormat(format.split('\0')[0] ?? '', READERS)) {
    if (at >= end) throw failure(text, 'Not enough data available to satisfy format', at);
    if (literal !== undefined) {
      if (!text.startsWith(literal, at)) throw failure(text, 'Format literal not found', at);
      at += literal.length;
      continue;
    }
    const [pattern, read] = READERS[specifier] ?? [/$/y, () => undefined];
    pattern.lastIndex = at;
    const part = pattern.exec(text)?.[0];
    if (part === undefined) throw failure(text, 'Unexpected data found.', at);
    const refusal = read(found, part);
    if (refusal) throw failure(text, refusal, at);
    at += part.length;
  }
  if (at < end || format === '') throw failure(text, 'Trailing data', at);
  return found;
}

/** Milliseconds since midnight. */
function timeOf({ hour = 0, minute = 0, second = 0, millisecond = 0 }: Found, text: string): number {
  if (hour > 23 || minute > 59 || second > 59) throw failure(text, 'The parsed time was invalid', text.length);
  return ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
}

/** Midnight of the day, as if it were in UTC. */
function dayOf({ year, month, day, isoYear, isoWeek, isoDay }: Found, text: string): number {
  const hasIso = [isoYear, isoWeek, isoDay].some((part) => part !== undefined);
  if ((year !== undefined && hasIso) || (isoYear !== undefined && (month !== undefined || day !== undefined)))
    throw failure(text, 'Mixing of ISO dates with natural dates is not allowed', text.length);
  if (isoYear !== undefined) return fromIsoWeek(isoYear, isoWeek ?? 1, isoDay ?? 1);
  if (hasIso) throw failure(text, 'The parsed date was invalid', text.length);
  if (year === undefined || month === undefined || day === undefined)
    throw new MongoError(241, `an incomplete date/time string has been found, with elements missing: "${text}"`);
  const local = dateOf([year, month - 1, day]);
  if (partsOf(local).month !== month || day === 0) throw failure(text, 'The parsed date was invalid', text.length);
  return local;
}
