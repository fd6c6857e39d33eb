import { date, decimal, double, long, type Case } from '../case.js';
import { computes, fails } from '../shapes.js';

const NEW_YORK = 'America/New_York';
const parts = (timezone: string, month: number, day: number, hour: number): unknown => ({
  $dateFromParts: { year: 2023, month, day, hour, minute: 30, timezone },
});

/** Statements on times that clocks leave out, on dates and numbers out of range, and on numbers as text. */
export const cases: readonly Case[] = [
  computes('a time that clocks leave out is as long after the change', 'dateFromParts/#timezone', [
    [parts(NEW_YORK, 3, 12, 2), date('2023-03-12T07:30:00Z')],
    [parts('Europe/Berlin', 3, 26, 2), date('2023-03-26T01:30:00Z')],
    [parts(NEW_YORK, 3, 12, 3), date('2023-03-12T07:30:00Z')],
    [parts(NEW_YORK, 3, 12, 1), date('2023-03-12T06:30:00Z')],
  ]),
  computes('a day later is the same time on clocks, over a change of theirs', 'dateAdd/#time-measurement', [
    [
      { $dateAdd: { startDate: date('2023-03-11T15:00:00Z'), unit: 'day', amount: 1, timezone: NEW_YORK } },
      date('2023-03-12T14:00:00Z'),
    ],
    [
      { $dateAdd: { startDate: date('2023-03-11T15:00:00Z'), unit: 'hour', amount: 24, timezone: NEW_YORK } },
      date('2023-03-12T15:00:00Z'),
    ],
    [
      { $dateSubtract: { startDate: date('2023-11-05T17:00:00Z'), unit: 'day', amount: 1, timezone: NEW_YORK } },
      date('2023-11-04T16:00:00Z'),
    ],
  ]),
  computes('milliseconds are rounded before they are added to a date or subtracted from it', 'add/#behavior', [
    [{ $add: [date('1970-01-01T00:00:00Z'), double(1.5)] }, date('1970-01-01T00:00:00.002Z')],
    [{ $add: [date('1970-01-01T00:00:00Z'), double(-1.5)] }, date('1969-12-31T23:59:59.998Z')],
    [{ $subtract: [date('1970-01-01T00:00:00Z'), double(1.7)] }, date('1969-12-31T23:59:59.998Z')],
    // Those before the date are added first, those behind it are rounded one by one.
    [{ $add: [0.3, 0.3, date('1970-01-01T00:00:00Z'), 2.5, 2.5] }, date('1970-01-01T00:00:00.007Z')],
  ]),
  fails('a number that is no date does not become one', 'toDate/#behavior', [
    [{ $toDate: double(Number.NaN) }, 241],
    [{ $toDate: double(Infinity) }, 241],
    [{ $toDate: decimal('NaN') }, 241],
  ]),
  fails('a rounded number beyond the range of longs is refused', 'round/#behavior', [
    [{ $round: [long('9223372036854775807'), -1] }, 51080],
  ]),
  computes('a double is written with an exponent where it is very large or very small', 'toString/#behavior', [
    [{ $toString: double(1e20) }, '1e+20'],
    [{ $toString: double(0.00001) }, '1e-05'],
    [{ $toString: double(0.0001) }, '0.0001'],
    [{ $toString: double(123456.789) }, '123456.789'],
    [{ $toString: double(3) }, '3'],
    [{ $toString: double(-0) }, '-0'],
    [{ $toString: long('9007199254740993') }, '9007199254740993'],
    [{ $toString: decimal('1.50') }, '1.50'],
  ]),
  computes('decimals are rounded to 34 digits, and of two to the even one', 'add/#behavior', [
    [
      { $add: [decimal('1000000000000000000000000000000000'), decimal('0.5')] },
      decimal('1000000000000000000000000000000000'),
    ],
    [
      { $add: [decimal('1000000000000000000000000000000001'), decimal('0.5')] },
      decimal('1000000000000000000000000000000002'),
    ],
    [
      { $add: [decimal('9999999999999999999999999999999999'), decimal('0.5')] },
      decimal('1.000000000000000000000000000000000E+34'),
    ],
    [{ $divide: [decimal('2'), decimal('3')] }, decimal('0.6666666666666666666666666666666667')],
  ]),
  computes('decimals out of range are infinite or zero', 'multiply/#behavior', [
    [{ $multiply: [decimal('9E+6144'), decimal('10')] }, decimal('Infinity')],
    [{ $multiply: [decimal('-9E+6144'), decimal('10')] }, decimal('-Infinity')],
    [{ $multiply: [decimal('1E-6176'), decimal('0.1')] }, decimal('0E-6176')],
  ]),
  computes('a text becomes the nearest decimal', 'toDecimal/#behavior', [
    [{ $toDecimal: '1.50' }, decimal('1.50')],
    [{ $toDecimal: '-3e2' }, decimal('-3E+2')],
    [{ $toDecimal: '12345678901234567890123456789012345' }, decimal('1.234567890123456789012345678901234E+34')],
  ]),
  fails('a text that is no number becomes no decimal', 'toDecimal/#behavior', [
    [{ $toDecimal: 'abc' }, 241],
    [{ $toDecimal: '' }, 241],
  ]),
  computes('ints that pass their range on the way come back to ints', 'add/#behavior', [
    [{ $add: [2147483647, 1, -1] }, 2147483647],
    [{ $add: [2147483647, 1] }, long(2147483648)],
    [{ $multiply: [65536, 65536, 0] }, 0],
    [{ $add: [long(1), 1] }, long(2)],
  ]),
  fails('a remainder of a division by zero is refused', 'mod/#definition', [
    [{ $mod: [5, 0] }, 16610],
    [{ $mod: [decimal('5'), 0] }, 5733415],
  ]),
  fails('$rand takes no arguments', 'rand/#definition', [[{ $rand: { a: 1 } }, 3040501]]),
];
