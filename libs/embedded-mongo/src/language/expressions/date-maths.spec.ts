import { Decimal128, Long } from 'bson';
import { describe, expect, it } from 'vitest';
import { computed, computing, shown, type Expectation } from '../../../test/computed.js';

const NEW_YORK = 'America/New_York';
const AMSTERDAM = 'Europe/Amsterdam';
const LORD_HOWE = 'Australia/Lord_Howe';
const at = new Date('2020-07-01T18:23:36Z');

const add = (start: string, unit: string, amount: number, timezone: string) => ({
  $dateAdd: { startDate: new Date(start), unit, amount, timezone },
});
const parts = (time: Record<string, unknown>, timezone: string) => ({ $dateFromParts: { ...time, timezone } });
const between = (start: string, end: string, unit: string, timezone: string) => ({
  $dateDiff: { startDate: new Date(start), endDate: new Date(end), unit, timezone },
});
const truncated = (unit: string, binSize: unknown, timezone = 'UTC', date = at) => ({
  $dateTrunc: { date, unit, binSize, timezone },
});

describe('a time that clocks show twice', () => {
  it.each<Expectation>([
    [parts({ year: 2020, month: 10, day: 25, hour: 2, minute: 30 }, AMSTERDAM), new Date('2020-10-25T01:30:00Z')],
    [parts({ year: 2020, month: 11, day: 1, hour: 1, minute: 30 }, NEW_YORK), new Date('2020-11-01T06:30:00Z')],
    [parts({ year: 2021, month: 4, day: 4, hour: 1, minute: 40 }, LORD_HOWE), new Date('2021-04-03T15:10:00Z')],
    [{ $dateFromString: { dateString: '2020-11-01T01:30:00', timezone: NEW_YORK } }, new Date('2020-11-01T06:30:00Z')],
  ])('is the later one: %j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
  it.each<Expectation>([
    [add('2020-10-24T00:00:01Z', 'day', 1, AMSTERDAM), new Date('2020-10-25T00:00:01Z')],
    [add('2020-10-26T01:30:00Z', 'day', -1, AMSTERDAM), new Date('2020-10-25T01:30:00Z')],
    [add('2020-10-31T05:00:01Z', 'day', 1, NEW_YORK), new Date('2020-11-01T05:00:01Z')],
    [add('2020-11-02T06:30:00Z', 'day', -1, NEW_YORK), new Date('2020-11-01T06:30:00Z')],
    [add('2020-12-01T06:30:00Z', 'month', -1, NEW_YORK), new Date('2020-11-01T06:30:00Z')],
    [add('2021-04-02T14:30:01Z', 'day', 1, LORD_HOWE), new Date('2021-04-03T14:30:01Z')],
  ])('is that of the offset that a date is moved from: %j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
});

describe('a time that clocks leave out', () => {
  it.each<Expectation>([
    [parts({ year: 2021, month: 3, day: 28, hour: 2, minute: 20 }, AMSTERDAM), new Date('2021-03-28T01:20:00Z')],
    [add('2021-03-14T07:20:00Z', 'day', 0, NEW_YORK), new Date('2021-03-14T07:20:00Z')],
    [add('2021-03-13T07:20:00Z', 'day', 1, NEW_YORK), new Date('2021-03-14T07:20:00Z')],
    [add('2021-03-15T06:20:00Z', 'day', -1, NEW_YORK), new Date('2021-03-14T07:20:00Z')],
    [add('2020-10-02T15:45:00Z', 'day', 1, LORD_HOWE), new Date('2020-10-03T15:45:00Z')],
  ])('is as long after the change as it says: %j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
});

describe('$dateDiff of hours', () => {
  it.each<Expectation>([
    [between('2020-11-01T05:00:00Z', '2020-11-01T06:00:00Z', 'hour', NEW_YORK), Long.fromNumber(1)],
    [between('2020-11-01T06:00:00Z', '2020-11-01T05:00:00Z', 'hour', NEW_YORK), Long.fromNumber(-1)],
    [between('2020-03-08T06:45:00Z', '2020-03-08T07:00:00Z', 'hour', NEW_YORK), Long.fromNumber(1)],
    [between('2020-03-08T07:00:00Z', '2020-03-08T06:45:00Z', 'hour', NEW_YORK), Long.fromNumber(-1)],
    [between('2021-04-03T14:00:00Z', '2021-04-03T15:30:00Z', 'hour', LORD_HOWE), Long.fromNumber(1)],
    [between('2021-10-02T14:30:00Z', '2021-10-02T15:30:00Z', 'hour', LORD_HOWE), Long.fromNumber(1)],
    [between('2020-01-01T12:10:00Z', '2020-01-01T12:20:00Z', 'hour', 'Australia/Eucla'), Long.fromNumber(1)],
  ])('counts what passes, whatever the clocks are set to: %j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
});

describe('$dateTrunc', () => {
  it.each<Expectation>([
    [truncated('hour', 2, NEW_YORK), new Date('2020-07-01T17:00:00Z')],
    [truncated('hour', 2, NEW_YORK, new Date('2020-12-01T18:23:36Z')), new Date('2020-12-01T17:00:00Z')],
    [truncated('hour', 6, NEW_YORK, new Date('2020-11-01T09:00:00Z')), new Date('2020-11-01T05:00:00Z')],
    [truncated('year', Long.fromNumber(100_000_000_000)), new Date('2000-01-01T00:00:00Z')],
  ])('counts bins of the clock from the beginning of 2000: %j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
  it.each([
    [truncated('day', Long.fromNumber(100_000_000_001)), 'E5439006'],
    [truncated('year', Long.fromNumber(100_000_000_001)), 'E5439006'],
    [truncated('second', Long.fromBigInt(2n ** 57n)), 'E5439002'],
    [truncated('hour', Long.fromBigInt(2n ** 57n)), 'E5439002'],
    [truncated('year', 1_000_000_000, 'UTC', new Date('1980-01-01')), 'E15'],
    [truncated('day', Decimal128.fromString('9223372036854775808')), 'E5439017'],
    [{ $dateFromParts: { year: 1970, millisecond: 2 ** 64 } }, 'E40515'],
  ])('refuses bins beyond all dates: %j is %s', (spec, expected) => {
    expect(computed(spec)).toBe(expected);
  });
});

describe('what is no date', () => {
  it.each([
    [{ $dateAdd: { startDate: 7, unit: 'day', amount: 1 } }, '$dateAdd requires startDate to be convertible to a date'],
    [{ $dateDiff: { startDate: 7, endDate: at, unit: 'day' } }, "requires 'startDate' to be a date, but got int"],
    [{ $dateDiff: { startDate: at, endDate: '7', unit: 'day' } }, "requires 'endDate' to be a date, but got string"],
    [{ $dateTrunc: { date: true, unit: 'day' } }, "$dateTrunc requires 'date' to be a date, but got bool"],
  ])('is told by its name: %j', (spec, expected) => {
    expect(() => computing(spec)).toThrow(expected);
  });
});

describe('an argument that is null', () => {
  const week = { unit: 'week', startOfWeek: '$gone', timezone: '$bad' };
  it.each([
    { $dateDiff: { startDate: at, endDate: at, ...week } },
    { $dateTrunc: { date: at, ...week } },
    { $dateAdd: { startDate: at, unit: 'day', amount: '$gone', timezone: '$bad' } },
  ])('is found before one that is wrong: %j', (spec) => {
    expect(computed(spec, { bad: true })).toBe('null');
  });
  it.each([
    [{ $year: { date: 'x', timezone: '$gone' } }, 'E16006'],
    [{ $hour: { date: at, timezone: '+05:' } }, 'E40485'],
  ])('%j is %s', (spec, expected) => {
    expect(computed(spec)).toBe(expected);
  });
});

it.each([
  [add('2020-07-01', 'day', 2_147_483_647, AMSTERDAM), 'E5166406'],
  [add('2020-07-01', 'year', -1_000_000, AMSTERDAM), 'E5166406'],
  [truncated('year', 10_000_000, AMSTERDAM, new Date(0)), 'E15'],
])('what leads beyond all dates is refused in a zone with a name as well: %j', (spec, expected) => {
  expect(computed(spec)).toBe(expected);
});
