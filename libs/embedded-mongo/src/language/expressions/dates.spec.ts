import { Int32, Long, ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import { compiling, computed, shown, type Expectation } from '../../../test/computed.js';

const at = new Date('2021-08-09T10:11:12.345Z');
const read = (dateString: string, format?: string, timezone?: string) => ({
  $dateFromString: { dateString, ...(format && { format }), ...(timezone && { timezone }) },
});
const written = (format: string | undefined, timezone?: string) => ({
  $dateToString: { date: at, ...(format && { format }), ...(timezone && { timezone }) },
});

describe('texts of dates', () => {
  it.each<Expectation>([
    [read('10:11:12.5 9.8.2021', '%H:%M:%S.%L %d.%m.%Y'), new Date('2021-08-09T10:11:12.500Z')],
    [read('10:11:12.05 9.8.2021', '%H:%M:%S.%L %d.%m.%Y'), new Date('2021-08-09T10:11:12.050Z')],
    [read('2021-08-09T10:11:12.345Z', undefined, 'UTC'), at],
    [read('2021-08-09T10:11:12.345Z', undefined, '+00:00'), at],
    [read('2021-08-09 12:11:12.345 GMT+02:00'), at],
    [read('2021-08-09 06:11:12.345 EDT'), at],
    [read('2021-08-09 12:11 CEST', '%Y-%m-%d %H:%M %z'), new Date('2021-08-09T10:11:00Z')],
    [read('2.3.7', '%V.%u.%G'), new Date('0007-01-10T00:00:00Z')],
    [{ $dateFromString: { dateString: 5, format: null, onError: 'bad' } }, 'bad'],
    [{ $dateFromString: { dateString: 5, timezone: '$gone', onError: 'bad' } }, 'bad'],
    [{ $dateFromString: { dateString: 'bad', format: null, onError: 'bad' } }, null],
    [written('%b %B'), 'Aug August'],
    [written(undefined, '+00:00'), '2021-08-09T10:11:12.345Z'],
    [written(undefined, 'GMT'), '2021-08-09T10:11:12.345'],
    [written(undefined, '+02'), '2021-08-09T12:11:12.345'],
  ])('%j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
  it.each([
    [read('2021-08-09T10:11:12Z', undefined, 'Europe/Rome'), 'E241'],
    [read('2021-08-09 10:11 Europe/Rome', '%Y-%m-%d %H:%M %z'), 'E241'],
    [read('2021 32 8', '%G %V %m'), 'E241'],
    [read('2021 32', '%Y %V'), 'E241'],
    [{ $dateFromString: { dateString: '$gone', format: '%w' } }, 'E18536'],
    [{ $dateToString: { date: '$gone', format: '%n' } }, 'E18536'],
    [{ $dateToString: { date: '$gone', format: '%' } }, 'E18535'],
    [{ $hour: { date: at, timezone: 'Z' } }, 'E40485'],
    [{ $hour: { date: at, timezone: 'europe/rome' } }, 'E40485'],
    [{ $hour: { date: at, timezone: 'us/eastern' } }, 'E40485'],
    [{ $hour: [{ date: at }] }, 'E16006'],
  ])('%j is %s', (spec, expected) => {
    expect(computed(spec)).toBe(expected);
  });
});

describe('moments', () => {
  it.each<Expectation>([
    [{ $toDate: new ObjectId(`7fffffff${'0'.repeat(16)}`) }, new Date('2038-01-19T03:14:07Z')],
    [{ $toDate: new ObjectId(`80000000${'0'.repeat(16)}`) }, new Date('1901-12-13T20:45:52Z')],
    [{ $year: new ObjectId('f'.repeat(24)) }, new Int32(1969)],
  ])('of ObjectIds have seconds with a sign: %j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });

  const far = new Date(Number.NaN);
  it.each([
    { $isoWeekYear: '$far' },
    { $hour: { date: '$far', timezone: 'Europe/Rome' } },
    { $dateToString: { date: '$far', format: '%H' } },
    { $dateToParts: { date: '$far' } },
    { $dateDiff: { startDate: '$far', endDate: at, unit: 'day' } },
    { $dateTrunc: { date: '$far', unit: 'day' } },
    { $toLong: '$far' },
    { $toDouble: '$far' },
    { $toDecimal: '$far' },
    { $toString: '$far' },
    { $convert: { input: '$far', to: 'long', onError: 1 } },
    { $add: ['$far', 1] },
    { $subtract: [at, '$far'] },
    { $subtract: ['$far', 1] },
  ])('that JavaScript does not have are not computed with: %j', (spec) => {
    expect(computed(spec, { far })).toBe('E238');
  });
});

describe('parts and units of dates', () => {
  it.each([
    [{ $dateFromParts: { month: '$a' } }, 'E40516'],
    [{ $dateFromParts: { year: '$a', isoWeek: 1 } }, 'E40489'],
    [{ $dateFromParts: { year: '$a', isoWeekYear: 1 } }, 'E40489'],
    [{ $dateFromParts: { isoWeekYear: '$a', day: 1 } }, 'E40525'],
    [{ $dateFromParts: { isoWeekYear: 10_000 } }, 'E31095'],
    [{ $dateFromParts: { year: 10_000 } }, 'E40523'],
    [{ $dateFromParts: { year: 2000, day: -32_769 } }, 'E31034'],
    [{ $dateFromParts: { year: 2000, day: -32_768 } }, ''],
    [{ $dateTrunc: { date: at, unit: 'week', startOfWeek: 'doomsday' } }, 'E5439016'],
    [{ $dateAdd: { startDate: '$at', unit: 'eon', amount: 1 } }, 'E9'],
    [{ $dateDiff: { startDate: '$at', endDate: '$at', unit: 1 } }, 'E5439013'],
    [{ $dateTrunc: { date: '$at', unit: 'day', timezone: 'No/Where' } }, 'E40485'],
    [{ $dateTrunc: { date: '$at', unit: 'day', timezone: '$zone' } }, ''],
    [{ $dateToString: { date: '$at', timezone: 'No/Where' } }, 'E40485'],
    [{ $dateToParts: { date: '$at', timezone: 5 } }, 'E40517'],
    [{ $dateFromString: { dateString: '$text', timezone: 'No/Where' } }, 'E40485'],
    [{ $hour: { date: '$at', timezone: 'No/Where' } }, 'E40485'],
    [{ $dateAdd: { startDate: at, unit: 'month', amount: 30_000_000_000 } }, 'E5976500'],
    [{ $dateSubtract: { startDate: at, unit: 'day', amount: Long.MIN_VALUE } }, 'E6045000'],
  ])('%j is %s', (spec, expected) => {
    expect(compiling(spec)).toBe(expected);
  });
  it.each([
    { $dateAdd: { startDate: '$gone', unit: '$bad', amount: 1 } },
    { $dateDiff: { startDate: at, endDate: '$gone', unit: '$bad' } },
    { $dateTrunc: { date: '$gone', unit: '$bad' } },
    { $dateTrunc: { date: at, unit: '$bad', binSize: null } },
  ])('nothing is asked of a unit without a date: %j', (spec) => {
    expect(computed(spec, { bad: 'eon' })).toBe('null');
  });
});

describe('milliseconds are rounded when a date is moved', () => {
  const later = (by: number) => new Date(at.getTime() + by);
  it.each<Expectation>([
    [{ $add: ['$at', 0.4, 0.4] }, at],
    [{ $add: [0.4, 0.4, '$at'] }, later(1)],
    [{ $add: [1, '$at', 2.2, 3.5] }, later(7)],
    [{ $subtract: ['$at', 1.7] }, later(-2)],
    [{ $subtract: ['$at', -1.5] }, later(2)],
  ])('%j', (spec, expected) => {
    expect(computed(spec, { at })).toBe(shown(expected));
  });
});
