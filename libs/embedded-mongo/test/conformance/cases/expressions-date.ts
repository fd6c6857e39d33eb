import { date, type Case } from '../case.js';
import { computes } from '../shapes.js';

// A Wednesday.
const DOC = { _id: 1, t: date('2023-05-17T14:35:46.789Z'), nil: null, word: 'soon' };
const from = (text: string): Record<string, unknown> => ({ $dateFromString: { dateString: text } });

/** Statements on dates. */
export const cases: readonly Case[] = [
  computes(
    'the parts of a date are numbers',
    'year/#behavior',
    [
      [{ $year: '$t' }, 2023],
      [{ $month: '$t' }, 5],
      [{ $dayOfMonth: '$t' }, 17],
      [{ $hour: '$t' }, 14],
      [{ $minute: '$t' }, 35],
      [{ $second: '$t' }, 46],
      [{ $millisecond: '$t' }, 789],
    ],
    DOC,
  ),
  computes(
    'days are counted from Sunday, of ISO weeks from Monday',
    'dayOfWeek/#definition',
    [
      [{ $dayOfWeek: '$t' }, 4],
      [{ $isoDayOfWeek: '$t' }, 3],
      [{ $dayOfYear: '$t' }, 137],
      [{ $dayOfWeek: from('2023-05-14T00:00:00Z') }, 1],
      [{ $isoDayOfWeek: from('2023-05-14T00:00:00Z') }, 7],
    ],
    DOC,
  ),
  computes(
    '$week begins with the first Sunday and is 0 before it',
    'week/#definition',
    [
      [{ $week: from('2022-01-01T00:00:00Z') }, 0],
      [{ $week: '$t' }, 20],
    ],
    DOC,
  ),
  computes('ISO weeks belong to the year of their Thursday', 'isoWeek/#definition', [
    [{ $isoWeek: from('2021-01-01T00:00:00Z') }, 53],
    [{ $isoWeek: from('2024-12-30T00:00:00Z') }, 1],
  ]),
  computes(
    'a part of a date may be asked for in a time zone',
    'hour/#behavior',
    [
      [{ $hour: { date: '$t', timezone: '+02:30' } }, 17],
      [{ $minute: { date: '$t', timezone: '+02:30' } }, 5],
      [{ $hour: { date: '$t', timezone: 'America/New_York' } }, 10],
      [{ $dayOfMonth: { date: '$t', timezone: 'Asia/Tokyo' } }, 17],
      [{ $hour: { date: from('2023-01-17T14:00:00Z'), timezone: 'America/New_York' } }, 9],
    ],
    DOC,
  ),
  computes(
    '$dateToString writes a date by a format',
    'dateToString/#format-specifiers',
    [
      [{ $dateToString: { date: '$t', format: '%Y-%m-%d %H:%M:%S.%L' } }, '2023-05-17 14:35:46.789'],
      [{ $dateToString: { date: '$t', format: '%G-W%V' } }, '2023-W20'],
    ],
    DOC,
  ),
  computes(
    '$dateToString without a format writes ISO 8601',
    'dateToString/#definition',
    [[{ $dateToString: { date: '$t' } }, '2023-05-17T14:35:46.789Z']],
    DOC,
  ),
  computes(
    '$dateToString writes in a time zone',
    'dateToString/#definition',
    [[{ $dateToString: { date: '$t', format: '%H:%M', timezone: 'Asia/Tokyo' } }, '23:35']],
    DOC,
  ),
  computes(
    '$dateToString of null is null or what onNull says',
    'dateToString/#definition',
    [
      [{ $dateToString: { date: '$nil', format: '%Y' } }, null],
      [{ $dateToString: { date: '$gone', format: '%Y', onNull: 'never' } }, 'never'],
    ],
    DOC,
  ),
  computes('$dateFromString reads ISO 8601 or a format', 'dateFromString/#definition', [
    [from('2023-05-17T14:35:46.789Z'), date('2023-05-17T14:35:46.789Z')],
    [from('2023-05-17'), date('2023-05-17T00:00:00.000Z')],
    [{ $dateFromString: { dateString: '17.05.2023', format: '%d.%m.%Y' } }, date('2023-05-17T00:00:00.000Z')],
  ]),
  computes(
    '$dateFromString has a value for null and one for failure',
    'dateFromString/#definition',
    [
      [{ $dateFromString: { dateString: '$word', onError: 'bad' } }, 'bad'],
      [{ $dateFromString: { dateString: '$nil', onNull: 'none' } }, 'none'],
      [{ $dateFromString: { dateString: '$gone' } }, null],
    ],
    DOC,
  ),
  computes('$dateFromParts puts a date together', 'dateFromParts/#definition', [
    [{ $dateFromParts: { year: 2023, month: 5, day: 17, hour: 14 } }, date('2023-05-17T14:00:00.000Z')],
    [
      { $dateFromParts: { year: 2023, month: 5, day: 17, hour: 9, timezone: '+02:00' } },
      date('2023-05-17T07:00:00.000Z'),
    ],
  ]),
  computes('$dateFromParts carries what is beyond the range of a part', 'dateFromParts/#value-range', [
    [{ $dateFromParts: { year: 2023, month: 3, day: 0 } }, date('2023-02-28T00:00:00.000Z')],
    [{ $dateFromParts: { year: 2023, month: 1, day: 1, hour: -1 } }, date('2022-12-31T23:00:00.000Z')],
  ]),
  computes(
    '$dateAdd and $dateSubtract move by units',
    'dateAdd/#definition',
    [
      [{ $dateAdd: { startDate: '$t', unit: 'day', amount: 20 } }, date('2023-06-06T14:35:46.789Z')],
      [{ $dateAdd: { startDate: '$t', unit: 'hour', amount: -15 } }, date('2023-05-16T23:35:46.789Z')],
      [{ $dateAdd: { startDate: '$t', unit: 'quarter', amount: 3 } }, date('2024-02-17T14:35:46.789Z')],
      [{ $dateSubtract: { startDate: '$t', unit: 'week', amount: 1 } }, date('2023-05-10T14:35:46.789Z')],
      [{ $dateSubtract: { startDate: '$t', unit: 'millisecond', amount: 790 } }, date('2023-05-17T14:35:45.999Z')],
    ],
    DOC,
  ),
  computes('$dateAdd of hours counts hours that pass, also where clocks change', 'dateAdd/#time-zone', [
    [
      { $dateAdd: { startDate: from('2023-03-25T12:00:00Z'), unit: 'hour', amount: 24, timezone: 'Europe/Paris' } },
      date('2023-03-26T12:00:00.000Z'),
    ],
  ]),
  computes(
    '$dateDiff counts the boundaries of units between two dates',
    'dateDiff/#behavior',
    [
      ['2023-05-17T23:59:59Z', '2023-05-18T00:00:01Z', 'day', 1],
      ['2023-05-17T00:00:01Z', '2023-05-17T23:59:59Z', 'day', 0],
      ['2022-12-31T00:00:00Z', '2023-01-01T00:00:00Z', 'year', 1],
      ['2023-05-17T00:00:00Z', '2023-03-17T00:00:00Z', 'month', -2],
      ['2023-03-31T00:00:00Z', '2023-04-01T00:00:00Z', 'quarter', 1],
      ['2023-05-13T00:00:00Z', '2023-05-14T00:00:00Z', 'week', 1],
      ['2023-05-17T10:59:00Z', '2023-05-17T12:01:00Z', 'hour', 2],
    ].map(([startDate, endDate, unit, n]) => [
      { $eq: [{ $dateDiff: { startDate: from(String(startDate)), endDate: from(String(endDate)), unit } }, n] },
      true,
    ]),
  ),
  computes('$dateDiff counts weeks from a day that may be chosen', 'dateDiff/#definition', [
    [
      {
        $eq: [
          {
            $dateDiff: {
              startDate: from('2023-05-14T00:00:00Z'),
              endDate: from('2023-05-15T00:00:00Z'),
              unit: 'week',
              startOfWeek: 'monday',
            },
          },
          1,
        ],
      },
      true,
    ],
  ]),
  computes(
    '$dateTrunc goes back to the beginning of a unit',
    'dateTrunc/#definition',
    [
      [{ $dateTrunc: { date: '$t', unit: 'hour' } }, date('2023-05-17T14:00:00.000Z')],
      [{ $dateTrunc: { date: '$t', unit: 'day' } }, date('2023-05-17T00:00:00.000Z')],
      [{ $dateTrunc: { date: '$t', unit: 'week' } }, date('2023-05-14T00:00:00.000Z')],
      [{ $dateTrunc: { date: '$t', unit: 'week', startOfWeek: 'monday' } }, date('2023-05-15T00:00:00.000Z')],
      [{ $dateTrunc: { date: '$t', unit: 'quarter' } }, date('2023-04-01T00:00:00.000Z')],
      [{ $dateTrunc: { date: '$t', unit: 'year' } }, date('2023-01-01T00:00:00.000Z')],
      [{ $dateTrunc: { date: '$nil', unit: 'year' } }, null],
    ],
    DOC,
  ),
  computes(
    '$dateTrunc counts bins from the year 2000',
    'dateTrunc/#behavior',
    [
      [{ $dateTrunc: { date: '$t', unit: 'minute', binSize: 15 } }, date('2023-05-17T14:30:00.000Z')],
      [{ $dateTrunc: { date: '$t', unit: 'hour', binSize: 6 } }, date('2023-05-17T12:00:00.000Z')],
      [
        { $dateTrunc: { date: from('2023-06-17T00:00:00Z'), unit: 'month', binSize: 2 } },
        date('2023-05-01T00:00:00.000Z'),
      ],
      [{ $dateTrunc: { date: '$t', unit: 'year', binSize: 10 } }, date('2020-01-01T00:00:00.000Z')],
    ],
    DOC,
  ),
  computes(
    '$dateTrunc cuts days in a time zone',
    'dateTrunc/#definition',
    [
      [{ $dateTrunc: { date: '$t', unit: 'day', timezone: 'Asia/Tokyo' } }, date('2023-05-16T15:00:00.000Z')],
      [{ $dateTrunc: { date: '$t', unit: 'day', timezone: '-05:00' } }, date('2023-05-17T05:00:00.000Z')],
    ],
    DOC,
  ),
];
