import { MongoError } from '../../errors.js';

/** Milliseconds that a zone's clocks are ahead of UTC, at a moment. */
export type Zone = (at: number) => number;

export const UTC: Zone = () => 0;

const DAY = 86_400_000;

/** The last moment that a date of JavaScript can be. */
const LAST = 100_000_000 * DAY;

const zones = new Map<string, Zone>();

/**
 * The zone of an Olson name or of an offset as `+04:45`, `-0530` or `+03`.
 * @throws MongoError 40485 for what names none
 */
export function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known) return known;
  const zone = fixedZone(name) ?? namedZone(name);
  zones.set(name, zone);
  return zone;
}

function fixedZone(name: string): Zone | undefined {
  if (name === 'UTC') return UTC;
  if (name === 'GMT') return offsetZone(0, false);
  const match = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(name);
  if (!match) return undefined;
  return offsetZone((Number(match[2]) * 60 + Number(match[3] ?? 0)) * (match[1] === '-' ? -1 : 1));
}

/** Clocks that are always as many minutes ahead of UTC. */
function offsetZone(minutes: number, isUtc = minutes === 0): Zone {
  return isUtc ? UTC : () => minutes * 60_000;
}

/** Hours that the clocks of zones are ahead whose abbreviations may stand in the text of a date. */
const ABBREVIATIONS: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  WET: 0,
  WEST: 1,
  BST: 1,
  CET: 1,
  CEST: 2,
  EET: 2,
  EEST: 3,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
};

/** Single letters are zones too, each an hour from the next; there is no J. */
const EASTERN = 'ZABCDEFGHIKLM';
const WESTERN = 'ZNOPQRSTUVWXY';

function abbreviatedHours(text: string): number | undefined {
  const name = text.toUpperCase();
  if (name.length !== 1) return ABBREVIATIONS[name];
  const [east, west] = [EASTERN.indexOf(name), WESTERN.indexOf(name)];
  if (east < 0 && west < 0) return undefined;
  return east < 0 ? -west : east;
}

/** The zone in the text of a date: an offset, `GMT` with one, or an abbreviation; undefined for others, Olson's too. */
export function writtenZone(text: string): Zone | undefined {
  const hours = abbreviatedHours(text);
  if (hours !== undefined) return offsetZone(hours * 60);
  const match = /^(?:GMT)?([+-])(?:(\d\d?):(\d\d?)|(\d\d?)(\d\d)?)$/i.exec(text);
  if (!match) return undefined;
  const [, sign, ...numbers] = match;
  const [hour = 0, minute = 0] = numbers.filter((part) => part !== undefined).map(Number);
  return offsetZone((hour * 60 + minute) * (sign === '-' ? -1 : 1));
}

function namedZone(name: string): Zone {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new MongoError(40485, `unrecognized time zone identifier: "${name}"`);
  }
  const canonical = format.resolvedOptions().timeZone;
  // MongoDB distinguishes the case of letters; of a zone that has become another one, only where a capital must stand.
  if (/(^|\/)[a-z]/.test(name) || (canonical !== name && canonical.toLowerCase() === name.toLowerCase()))
    throw new MongoError(40485, `unrecognized time zone identifier: "${name}"`);
  return (at) => {
    // Beyond all dates there is nothing to show, and nothing is made of such a moment.
    if (!(Math.abs(at) <= LAST)) return 0;
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const year = Number(parts['year']);
    const whole = dateOf([parts['era'] === 'BC' ? 1 - year : year, Number(parts['month']) - 1, Number(parts['day'])]);
    const seconds = Number(parts['hour']) * 3600 + Number(parts['minute']) * 60 + Number(parts['second']);
    return whole + seconds * 1000 - Math.floor(at / 1000) * 1000;
  };
}

/** Midnight of a day as UTC has it; months and days may be beyond their range, and years below 100 are what they say. */
export function dateOf([year, month, day]: readonly [number, number, number]): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime();
}

/** What the clocks of a zone show at a moment, as if it were UTC. */
export function toLocal(at: number, zone: Zone): number {
  return at + zone(at);
}

/**
 * The moment at which the clocks of a zone show this. A time that is left out when they are set forward is as long after
 * the change as it says; of two moments that show it when they are set back it is the later one.
 * @param offset of the one that is meant, where there are two
 */
export function fromLocal(local: number, zone: Zone, offset?: number): number {
  const shows = (at: number): boolean => toLocal(at, zone) === local;
  if (offset !== undefined && shows(local - offset)) return local - offset;
  // Whichever way the clocks are set that day, they were as before the day before and are as after it the day after.
  const moments = [local - zone(local - DAY), local - zone(local + DAY)].sort((a, b) => b - a);
  return moments.find(shows) ?? moments[0] ?? local;
}
