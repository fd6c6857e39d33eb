import { dateOf } from './time-zone.js';

const DAY = 86_400_000;

/** The parts of a date, read from clocks: milliseconds as if they were UTC. */
export interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
}

export function partsOf(local: number): Parts {
  const date = new Date(local);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  };
}

/** 1 for a Sunday up to 7 for a Saturday. */
export function dayOfWeek(local: number): number {
  return new Date(local).getUTCDay() + 1;
}

/** 1 for a Monday up to 7 for a Sunday (ISO 8601). */
export function isoDayOfWeek(local: number): number {
  return new Date(local).getUTCDay() || 7;
}

export function dayOfYear(local: number): number {
  return Math.floor((local - dateOf([partsOf(local).year, 0, 1])) / DAY) + 1;
}

/** Weeks begin on Sundays; before the first one is week 0. */
export function weekOfYear(local: number): number {
  return Math.floor((dayOfYear(local) + 7 - dayOfWeek(local)) / 7);
}

/** Week and year of ISO 8601: a week belongs to the year of its Thursday. */
export function isoWeek(local: number): { year: number; week: number } {
  const thursday = local + (4 - isoDayOfWeek(local)) * DAY;
  return { year: partsOf(thursday).year, week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 };
}

/** Midnight of a day of an ISO week; weeks and days may be beyond their range. */
export function fromIsoWeek(year: number, week: number, day: number): number {
  const fourth = dateOf([year, 0, 4]);
  return fourth + ((week - 1) * 7 + day - isoDayOfWeek(fourth)) * DAY;
}

/** Moves by months, and to the last day of the month where the day is beyond it. */
export function addMonths(local: number, months: number): number {
  const { year, month, day } = partsOf(local);
  const first = dateOf([year, month - 1 + months, 1]);
  const { year: inYear, month: inMonth } = partsOf(first);
  const last = partsOf(dateOf([inYear, inMonth, 0])).day;
  const time = ((local % DAY) + DAY) % DAY;
  return first + (Math.min(day, last) - 1) * DAY + time;
}

/** Units of time and how many milliseconds they are, where that is always the same. */
export const FIXED_UNITS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: DAY,
  week: 7 * DAY,
};

/** Units of time that are a number of months. */
export const MONTH_UNITS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

/** Units that count on the clock and not on the calendar: a change of the zone's offset does not touch them. */
export const CLOCK_UNITS: ReadonlySet<string> = new Set(['millisecond', 'second', 'minute', 'hour']);
