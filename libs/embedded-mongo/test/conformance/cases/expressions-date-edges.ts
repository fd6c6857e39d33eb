import { date, type Case } from '../case.js';
import { computes, fails } from '../shapes.js';

// A Wednesday.
const DOC = { _id: 1, t: date('2023-05-17T14:35:46.789Z'), nil: null, word: 'soon' };
const from = (text: string): Record<string, unknown> => ({ $dateFromString: { dateString: text } });

/** Statements on dates. */
export const cases: readonly Case[] = [
  computes(
    '$week begins with the first Sunday and is 0 before it',
    'week/#definition',
    [[{ $week: from('2022-01-02T00:00:00Z') }, 1]],
    DOC,
  ),
  computes('ISO weeks belong to the year of their Thursday', 'isoWeek/#definition', [
    [{ $eq: [{ $isoWeekYear: from('2021-01-01T00:00:00Z') }, 2020] }, true],
    [{ $eq: [{ $isoWeekYear: from('2024-12-30T00:00:00Z') }, 2025] }, true],
  ]),
  computes(
    'a part of null or of a missing date is null',
    'year/#behavior',
    [
      [{ $year: '$nil' }, null],
      [{ $hour: { date: '$gone', timezone: 'Europe/Paris' } }, null],
    ],
    DOC,
  ),
  computes(
    '$dateToString writes a date by a format',
    'dateToString/#format-specifiers',
    [
      [{ $dateToString: { date: '$t', format: '%d/%m/%Y %%' } }, '17/05/2023 %'],
      [{ $dateToString: { date: '$t', format: '%j %w %u' } }, '137 4 3'],
    ],
    DOC,
  ),
  computes(
    '$dateToString writes in a time zone',
    'dateToString/#definition',
    [[{ $dateToString: { date: '$t', format: '%H:%M %z', timezone: '-03:30' } }, '11:05 -0330']],
    DOC,
  ),
  computes(
    '$dateToString writes the minutes that clocks are ahead as a number',
    'dateToString/#format-specifiers',
    [
      [{ $dateToString: { date: '$t', format: '%Z' } }, '0'],
      [{ $dateToString: { date: '$t', format: '%Z', timezone: '+04:45' } }, '285'],
      [{ $dateToString: { date: '$t', format: '%z %Z', timezone: 'America/New_York' } }, '-0400 -240'],
      [{ $dateToString: { date: '$early', format: '%z %Z', timezone: 'America/Caracas' } }, '-0427 -267'],
    ],
    { _id: 1, t: date('2017-07-04T14:56:42Z'), early: date('1900-07-10T11:41:22Z') },
  ),
  computes('$dateFromString reads ISO 8601 or a format', 'dateFromString/#definition', [
    [from('2023-05-17T14:00:00+02:00'), date('2023-05-17T12:00:00.000Z')],
    [
      { $dateFromString: { dateString: '2023-05-17T14:00:00', timezone: 'America/New_York' } },
      date('2023-05-17T18:00:00.000Z'),
    ],
  ]),
  computes(
    '$dateToParts takes a date apart',
    'dateToParts/#definition',
    [
      [
        { $dateToParts: { date: '$t' } },
        { year: 2023, month: 5, day: 17, hour: 14, minute: 35, second: 46, millisecond: 789 },
      ],
      [
        { $dateToParts: { date: '$t', iso8601: true } },
        {
          isoWeekYear: 2023,
          isoWeek: 20,
          isoDayOfWeek: 3,
          hour: 14,
          minute: 35,
          second: 46,
          millisecond: 789,
        },
      ],
      [{ $dateToParts: { date: '$gone' } }, null],
    ],
    DOC,
  ),
  computes('$dateFromParts puts a date together', 'dateFromParts/#definition', [
    [{ $dateFromParts: { year: 2023 } }, date('2023-01-01T00:00:00.000Z')],
    [{ $dateFromParts: { isoWeekYear: 2021, isoWeek: 1 } }, date('2021-01-04T00:00:00.000Z')],
    [{ $dateFromParts: { year: 2023, month: '$gone' } }, null],
  ]),
  computes('$dateFromParts carries what is beyond the range of a part', 'dateFromParts/#value-range', [
    [{ $dateFromParts: { year: 2023, month: 14 } }, date('2024-02-01T00:00:00.000Z')],
    [{ $dateFromParts: { year: 2023, month: 0 } }, date('2022-12-01T00:00:00.000Z')],
  ]),
  computes(
    '$dateAdd and $dateSubtract move by units',
    'dateAdd/#definition',
    [[{ $dateAdd: { startDate: '$nil', unit: 'day', amount: 1 } }, null]],
    DOC,
  ),
  computes('$dateAdd stays in the month that it comes to', 'dateAdd/#behavior', [
    [
      { $dateAdd: { startDate: from('2023-01-31T10:00:00Z'), unit: 'month', amount: 1 } },
      date('2023-02-28T10:00:00.000Z'),
    ],
    [
      { $dateAdd: { startDate: from('2024-02-29T10:00:00Z'), unit: 'year', amount: 1 } },
      date('2025-02-28T10:00:00.000Z'),
    ],
    [
      { $dateSubtract: { startDate: from('2023-03-31T10:00:00Z'), unit: 'month', amount: 1 } },
      date('2023-02-28T10:00:00.000Z'),
    ],
  ]),
  computes('$dateAdd of days keeps the hour of its time zone', 'dateAdd/#time-zone', [
    [
      { $dateAdd: { startDate: from('2023-03-25T12:00:00Z'), unit: 'day', amount: 1, timezone: 'Europe/Paris' } },
      date('2023-03-26T11:00:00.000Z'),
    ],
  ]),
  computes('$dateDiff counts weeks from a day that may be chosen', 'dateDiff/#definition', [
    [{ $dateDiff: { startDate: '$gone', endDate: '$$NOW', unit: 'day' } }, null],
  ]),
  fails(
    'what is no date is refused',
    'year/#behavior',
    [
      [{ $year: '$word' }, 16006],
      [from('soon'), 241],
      [{ $dateToString: { date: '$word', format: '%Y' } }, 16006],
    ],
    DOC,
  ),
];
