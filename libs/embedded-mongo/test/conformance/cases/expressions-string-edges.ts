import { oid, type Case } from '../case.js';
import { computes, fails } from '../shapes.js';

const TEXTS = { _id: 1, word: 'harbour', accent: 'café', face: 'a😀b', none: '', nil: null, n: 5 };

/** Statements on expressions over strings. */
export const cases: readonly Case[] = [
  computes('$substrBytes cuts by bytes', 'substrBytes/#behavior', [[{ $substrBytes: ['$word', 99, 3] }, '']], TEXTS),
  computes(
    '$substr with a negative length takes the rest',
    'substr/#behavior',
    [[{ $substr: ['$word', 3, -1] }, 'bour']],
    TEXTS,
  ),
  computes(
    '$toUpper and $toLower turn null into an empty string',
    'toUpper/#behavior',
    [
      [{ $toUpper: '$nil' }, ''],
      [{ $toLower: '$gone' }, ''],
    ],
    TEXTS,
  ),
  computes(
    '$indexOfCP gives the first place in code points, or -1',
    'indexOfCP/#behavior',
    [
      [{ $indexOfCP: ['$face', 'b'] }, 2],
      [{ $indexOfCP: ['$word', 'r'] }, 2],
      [{ $indexOfCP: ['$word', 'r', 3] }, 6],
      [{ $indexOfCP: ['$word', 'r', 3, 5] }, -1],
      [{ $indexOfCP: ['$word', 'z'] }, -1],
      [{ $indexOfCP: ['$nil', 'z'] }, null],
    ],
    TEXTS,
  ),
  computes(
    '$indexOfBytes gives the first place in bytes, or -1',
    'indexOfBytes/#behavior',
    [[{ $indexOfBytes: ['$face', 'b'] }, 5]],
    TEXTS,
  ),
  computes('$strcasecmp compares without case', 'strcasecmp/#definition', [[{ $strcasecmp: ['$nil', ''] }, 0]], TEXTS),
  computes(
    '$regexFind gives the match, its place in code points and its groups',
    'regexFind/#returns',
    [[{ $regexFind: { input: '$face', regex: 'b' } }, { match: 'b', idx: 2, captures: [] }]],
    TEXTS,
  ),
  computes('$toString writes values as text', 'toString/#behavior', [
    [{ $toString: oid('64b0c0ffee64b0c0ffee64b0') }, '64b0c0ffee64b0c0ffee64b0'],
  ]),
  fails(
    'operators of strings refuse what is no string',
    'concat/#behavior',
    [
      [{ $concat: ['$word', '$n'] }, 16702],
      [{ $strLenCP: '$n' }, 34471],
      [{ $strLenCP: '$nil' }, 34471],
      [{ $strLenBytes: '$nil' }, 34473],
      [{ $split: ['$n', ','] }, 40085],
      [{ $indexOfCP: ['$n', 'a'] }, 40093],
      [{ $indexOfBytes: ['$n', 'a'] }, 40091],
    ],
    TEXTS,
  ),
  computes('$regexFindAll looks at every place but the end', 'regexFindAll/#definition', [
    [
      { $regexFindAll: { input: 'ab', regex: '()' } },
      [
        { match: '', idx: 0, captures: [''] },
        { match: '', idx: 1, captures: [''] },
      ],
    ],
    [{ $regexFindAll: { input: '', regex: '' } }, [{ match: '', idx: 0, captures: [] }]],
  ]),
  fails('expressions have codes of their own for broken patterns', 'regexMatch/#definition', [
    [{ $regexMatch: { input: 'a', regex: '[a-' } }, 51111],
    [{ $regexFind: { input: 'a', regex: '(' } }, 51111],
    [{ $regexFindAll: { input: 'a', regex: 'a\0b' } }, 51109],
    [{ $regexMatch: { input: 'a', regex: 'a', options: 'i\0' } }, 51110],
    [{ $regexMatch: { input: 'a', regex: 'a', options: 'h' } }, 51108],
  ]),
];
