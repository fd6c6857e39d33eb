import { describe, expect, it } from 'vitest';
import { MongoError } from '../../errors.js';
import { parseDate } from './date-reading.js';
import { zoneOf } from './time-zone.js';

type Row = readonly [text: string, format: string | undefined, expected: string];

describe('the text of a date', () => {
  it.each<Row>([
    ['2017-07-04T11:56.02', undefined, '2017-07-04T11:56:02.000Z'],
    ['2017-07-04T11:56.02.8', undefined, '2017-07-04T11:56:02.800Z'],
    ['2017-07-04 12:48:07 GMT+0545', undefined, '2017-07-04T07:03:07.000Z'],
    ['2017-07-14T12:02:44.771 A', undefined, '2017-07-14T11:02:44.771Z'],
    ['2017-07-14T12:02:44.771 L', undefined, '2017-07-14T01:02:44.771Z'],
    ['2017-07-14T12:02:44.771 P', '%Y-%m-%dT%H:%M:%S.%L%z', '2017-07-14T15:02:44.771Z'],
    ['2017-07-14T12:02:44.771 Z', '%Y-%m-%dT%H:%M:%S.%L%z', '2017-07-14T12:02:44.771Z'],
    ['2017-07', undefined, '2017-07-01T00:00:00.000Z'],
    [' \t2017-07-04T11:56:02Z\n', undefined, '2017-07-04T11:56:02.000Z'],
    ['\0\u00a02017-07-04\u00a0\0', undefined, '2017-07-04T00:00:00.000Z'],
    ['2017-07-04 \t11:56:02  +0200', undefined, '2017-07-04T09:56:02.000Z'],
    ['1992 % 04 % 26', '%Y %% %m %% %d', '1992-04-26T00:00:00.000Z'],
    ['4/26/1992:+285', '%m/%d/%Y:%Z', '1992-04-25T19:15:00.000Z'],
    ['4/26/1992:+4:45', '%m/%d/%Y:%z', '1992-04-25T19:15:00.000Z'],
    ['26. April 1992', '%d. %B %Y', '1992-04-26T00:00:00.000Z'],
    ['2017, Week 53', '%G, Week %V', '2018-01-01T00:00:00.000Z'],
    ['1.1.1', '%V.%u.%G', '0001-01-01T00:00:00.000Z'],
    ['2017-302', '%Y-%j', '2017-10-30T00:00:00.000Z'],
    ['2017-01-02 3', '%Y-%m-%d %H', '2017-01-02T03:00:00.000Z'],
    ['1992-04-05-26', '%Y-%m-%m-%d', '1992-05-26T00:00:00.000Z'],
  ])('%s by %s is %s', (text, format, expected) => {
    expect(parseDate(text, format).toISOString()).toBe(expected);
  });
  it.each<Row>([
    ['2017', '%Y', 'an incomplete date/time string has been found'],
    ['2017-01', '%Y-%m', 'an incomplete date/time string has been found'],
    ['302-2017', '%j-%Y', "A 'day of year' can only come after a year has been found"],
    ['2017-55', '%G-%V', 'ISO Week must be between 1 and 53'],
    ['2017-8', '%G-%u', 'Day of week must be between 1 and 7'],
    ['2017-11', '%G-%u', 'Trailing data'],
    [' 2017-07-04', '%Y-%m-%d', 'Unexpected data found'],
    ['\u20002017-07-04', undefined, 'it is not of the form that is asked for'],
    ['2017-07-04T 11:56', undefined, 'it is not of the form that is asked for'],
    ['20i7', '%Y', 'Trailing data'],
    ['2017-01-01T00:1:00', '%Y-%m-%dT%H:%M:%S', 'Unexpected data found'],
    ['2017-01-01T24:00:00', '%Y-%m-%dT%H:%M:%S', 'The parsed time was invalid'],
    ['2017-01-01T24:00:00', undefined, 'The parsed time was invalid'],
    ['2017-02-29', undefined, 'The parsed date was invalid'],
    ['2018-01', '%Y-%m-%d', 'Not enough data available to satisfy format'],
    ['1992-26-04', 'Y-d-m', 'Format literal not found'],
    ['ISO Day 6', 'ISO Day %u', 'The parsed date was invalid'],
    ['12/31/2018', '%m/%d/%G', 'Mixing of ISO dates with natural dates is not allowed'],
    ['12/31\0/2018', '%m/%d/%Y', 'Not enough data'],
    ['12/31/2018', '%m/%d\0/%Y', 'Trailing data'],
    ['1/1/2017', '', 'Trailing data'],
    ['2017-07-04T11:56:02 UTC+02', undefined, 'Error parsing date string'],
    ['2017-07-04T11:56:02,813', undefined, 'Error parsing date string'],
    ['2017-07-04T11:56:02 J', undefined, 'there is no such time zone'],
    ['201707', undefined, 'Error parsing date string'],
  ])('%s by %s is refused: %s', (text, format, expected) => {
    expect(() => parseDate(text, format)).toThrow(expected);
    expect(() => parseDate(text, format)).toThrow(MongoError);
  });
  it.each<Row>([
    ['4/26/1992:+0445', '%m/%d/%Y:%z', 'GMT offset together with a timezone argument'],
    ['2017-07-12T22:23:55Z', undefined, "time zone information ('Z') together with a timezone argument"],
  ])('%s by %s is refused beside a time zone: %s', (text, format, expected) => {
    expect(() => parseDate(text, format, zoneOf('+0500'))).toThrow(expected);
  });
});
