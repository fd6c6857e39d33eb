import { date, double, type Case } from '../case.js';
import { computes } from '../shapes.js';

const TEXTS = { _id: 1, word: 'harbour', accent: 'café', face: 'a😀b', none: '', nil: null, n: 5 };

/** Statements on expressions over strings. */
export const cases: readonly Case[] = [
  computes(
    '$concat joins strings, and is null with null',
    'concat/#behavior',
    [
      [{ $concat: ['$word', '-', 'x'] }, 'harbour-x'],
      [{ $concat: ['$word', '$nil'] }, null],
      [{ $concat: ['$word', '$gone'] }, null],
    ],
    TEXTS,
  ),
  computes(
    '$strLenCP counts code points and $strLenBytes bytes of UTF-8',
    'strLenCP/#behavior',
    [
      [{ $strLenCP: '$accent' }, 4],
      [{ $strLenBytes: '$accent' }, 5],
      [{ $strLenCP: '$face' }, 3],
      [{ $strLenBytes: '$face' }, 6],
      [{ $strLenCP: '$none' }, 0],
    ],
    TEXTS,
  ),
  computes(
    '$substrCP cuts by code points',
    'substrCP/#behavior',
    [
      [{ $substrCP: ['$accent', 3, 1] }, 'é'],
      [{ $substrCP: ['$face', 1, 1] }, '😀'],
      [{ $substrCP: ['$word', 4, 99] }, 'our'],
      [{ $substrCP: ['$word', 99, 1] }, ''],
      [{ $substrCP: ['$nil', 0, 1] }, ''],
    ],
    TEXTS,
  ),
  computes(
    '$substrBytes cuts by bytes',
    'substrBytes/#behavior',
    [
      [{ $substrBytes: ['$accent', 3, 2] }, 'é'],
      [{ $substrBytes: ['$word', 1, 3] }, 'arb'],
    ],
    TEXTS,
  ),
  computes('$substr cuts from a place', 'substr/#behavior', [[{ $substr: ['$word', 0, 4] }, 'harb']], TEXTS),
  computes(
    '$toUpper and $toLower change the case of letters',
    'toUpper/#behavior',
    [
      [{ $toUpper: '$word' }, 'HARBOUR'],
      [{ $toLower: 'ABc' }, 'abc'],
    ],
    TEXTS,
  ),
  computes(
    '$split cuts at every delimiter, also at the ends',
    'split/#behavior',
    [
      [{ $split: ['a,b,,c', ','] }, ['a', 'b', '', 'c']],
      [{ $split: [',a,', ','] }, ['', 'a', '']],
      [{ $split: ['$word', 'x'] }, ['harbour']],
      [{ $split: ['$nil', ','] }, null],
    ],
    TEXTS,
  ),
  computes(
    '$trim, $ltrim and $rtrim take white space or given characters off the ends',
    'trim/#behavior',
    [
      [{ $trim: { input: ' \t word \n' } }, 'word'],
      [{ $ltrim: { input: '  word  ' } }, 'word  '],
      [{ $rtrim: { input: '  word  ' } }, '  word'],
      [{ $trim: { input: 'xyxwordyx', chars: 'xy' } }, 'word'],
      [{ $trim: { input: '$nil' } }, null],
    ],
    TEXTS,
  ),
  computes('$trim takes its characters literally', 'trim/#behavior', [
    [{ $trim: { input: '.^word-]', chars: '^.]-' } }, 'word'],
    [{ $ltrim: { input: 'abc', chars: 'a-c' } }, 'bc'],
  ]),
  computes(
    '$indexOfBytes gives the first place in bytes, or -1',
    'indexOfBytes/#behavior',
    [
      [{ $indexOfBytes: ['$word', 'b'] }, 3],
      [{ $indexOfBytes: ['$word', 'z'] }, -1],
    ],
    TEXTS,
  ),
  computes(
    '$strcasecmp compares without case',
    'strcasecmp/#definition',
    [
      [{ $strcasecmp: ['Harbour', '$word'] }, 0],
      [{ $strcasecmp: ['b', 'A'] }, 1],
      [{ $strcasecmp: ['A', 'b'] }, -1],
    ],
    TEXTS,
  ),
  computes(
    '$regexMatch tells whether a pattern fits',
    'regexMatch/#behavior',
    [
      [{ $regexMatch: { input: '$word', regex: '^har' } }, true],
      [{ $regexMatch: { input: '$word', regex: 'HAR' } }, false],
      [{ $regexMatch: { input: '$word', regex: 'HAR', options: 'i' } }, true],
      [{ $regexMatch: { input: '$word', regex: /b.u/ } }, true],
      [{ $regexMatch: { input: '$nil', regex: 'a' } }, false],
    ],
    TEXTS,
  ),
  computes(
    '$regexFind gives the match, its place and its groups',
    'regexFind/#returns',
    [
      [{ $regexFind: { input: '$word', regex: 'b(o)(x)?' } }, { match: 'bo', idx: 3, captures: ['o', null] }],
      [{ $regexFind: { input: '$word', regex: 'z' } }, null],
      [{ $regexFind: { input: '$gone', regex: 'z' } }, null],
    ],
    TEXTS,
  ),
  computes(
    '$regexFindAll gives every match, and an empty array without one',
    'regexFindAll/#returns',
    [
      [
        { $regexFindAll: { input: '$word', regex: 'r' } },
        [
          { match: 'r', idx: 2, captures: [] },
          { match: 'r', idx: 6, captures: [] },
        ],
      ],
      [{ $regexFindAll: { input: '$word', regex: 'z' } }, []],
      [{ $regexFindAll: { input: '$nil', regex: 'z' } }, []],
    ],
    TEXTS,
  ),
  computes(
    '$replaceOne replaces the first, $replaceAll every occurrence',
    'replaceAll/#behavior',
    [
      [{ $replaceOne: { input: '$word', find: 'r', replacement: 'R' } }, 'haRbour'],
      [{ $replaceAll: { input: '$word', find: 'r', replacement: 'R' } }, 'haRbouR'],
      [{ $replaceAll: { input: '$nil', find: 'r', replacement: 'R' } }, null],
      [{ $replaceOne: { input: '$word', find: '$gone', replacement: 'R' } }, null],
    ],
    TEXTS,
  ),
  computes('$replaceAll and $replaceOne take find and replacement literally', 'replaceAll/#behavior', [
    [{ $replaceAll: { input: 'a.b.c', find: '.', replacement: { $literal: '$&' } } }, 'a$&b$&c'],
    [{ $replaceOne: { input: 'a+b', find: '+', replacement: { $literal: '$$' } } }, 'a$$b'],
  ]),
  computes('$toString writes values as text', 'toString/#behavior', [
    [{ $toString: 12 }, '12'],
    [{ $toString: double(2.5) }, '2.5'],
    [{ $toString: true }, 'true'],
    [{ $toString: date('2022-07-08T09:10:11.120Z') }, '2022-07-08T09:10:11.120Z'],
    [{ $toString: '$gone' }, null],
  ]),
];
