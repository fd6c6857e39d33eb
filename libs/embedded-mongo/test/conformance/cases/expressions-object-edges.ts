import { date, decimal, double, oid, type Case } from '../case.js';
import { computes, fails } from '../shapes.js';

const DOC = { _id: 1, o: { x: 1, y: 2 }, p: { y: 5, z: 6 }, nil: null, list: [1, 2, 2], 'a.b': 7, n: 4 };

/** Statements on objects, sets and types. */
export const cases: readonly Case[] = [
  computes(
    '$getField takes a name with dots and dollars literally',
    'getField/#behavior',
    [[{ $getField: { field: 'x', input: '$nil' } }, null]],
    DOC,
  ),
  computes('sets of null are null', 'setUnion/#behavior', [[{ $setUnion: ['$list', '$nil'] }, null]], DOC),
  computes(
    '$type names the BSON type',
    'type/#behavior',
    [
      [{ $type: '$i' }, 'objectId'],
      [{ $type: '$m' }, 'decimal'],
    ],
    { ...DOC, t: date('2020-01-01T00:00:00Z'), i: oid('64b0c0ffee64b0c0ffee64b0'), m: decimal('1.0'), d: double(1.5) },
  ),
  computes('$isNumber tells numbers from all else', 'isNumber/#definition', [[{ $isNumber: decimal('2') }, true]], DOC),
  computes('$toDouble and $toDecimal read strings', 'toDouble/#behavior', [[{ $toDecimal: '1.10' }, decimal('1.10')]]),
  computes('$toDate reads milliseconds, strings and ObjectIds', 'toDate/#behavior', [
    [{ $toDate: oid('00000064b0c0ffee64b0c0ff') }, date('1970-01-01T00:01:40.000Z')],
  ]),
  computes('$toObjectId reads 24 hexadecimal digits', 'toObjectId/#behavior', [
    [{ $toObjectId: '64b0c0ffee64b0c0ffee64b0' }, oid('64b0c0ffee64b0c0ffee64b0')],
    [{ $toObjectId: null }, null],
  ]),
  fails(
    'what cannot be converted is refused',
    'convert/#definition',
    [
      [{ $toInt: '$word' }, 241],
      [{ $toInt: '$big' }, 241],
      [{ $toDate: '$word' }, 241],
      [{ $toObjectId: '$word' }, 241],
      [{ $convert: { input: '$word', to: 'double' } }, 241],
    ],
    { _id: 1, word: 'seven', big: 3000000000.5 },
  ),
  fails(
    'operators of objects and sets refuse other values',
    'mergeObjects/#behavior',
    [
      [{ $mergeObjects: ['$o', '$n'] }, 40400],
      [{ $objectToArray: '$n' }, 40390],
      [{ $setUnion: ['$list', '$n'] }, 17043],
      [{ $setIntersection: ['$list', '$n'] }, 17047],
      [{ $allElementsTrue: ['$n'] }, 17040],
      [{ $anyElementTrue: ['$n'] }, 17041],
      [{ $setIsSubset: ['$n', '$list'] }, 17046],
      [{ $setEquals: ['$list', '$n'] }, 17044],
    ],
    DOC,
  ),
  computes(
    '$getField takes a name that is computed',
    'getField/#syntax',
    [
      [{ $getField: { field: { $concat: ['x', '$end'] }, input: '$o' } }, 1],
      [{ $getField: '$end' }, 'y'],
    ],
    { _id: 1, o: { xy: 1 }, end: 'y', y: 'y' },
  ),
  fails(
    '$getField needs a name and where to look',
    'getField/#syntax',
    [
      [{ $getField: '$n' }, 3041704],
      [{ $getField: '$gone' }, 3041704],
      [{ $getField: { field: 'x' } }, 3041703],
      [{ $getField: { input: '$o' } }, 3041702],
    ],
    { _id: 1, n: 5 },
  ),
  fails('$setField needs a name that is known beforehand', 'setField/#syntax', [
    [{ $setField: { field: '$n', input: '$$ROOT', value: 1 } }, 4161108],
    [{ $setField: { field: { $concat: ['a', 'b'] }, input: '$$ROOT', value: 1 } }, 4161106],
    [{ $setField: { field: 5, input: '$$ROOT', value: 1 } }, 4161107],
  ]),
  fails('a path of fields has names without zero bytes, and 200 of them at most', 'getField/#behavior', [
    ['$a\0b', 16411],
    ['$\0b', 16411],
    [{ $add: ['$a.b\0', 1] }, 16411],
    [`$${Array(201).fill('a').join('.')}`, 15],
  ]),
  fails('$setField makes no names with zero bytes', 'setField/#behavior', [
    [{ $setField: { field: 'a\0', input: {}, value: 1 } }, 9534700],
    [{ $unsetField: { field: { $literal: '\0' }, input: {} } }, 9534700],
    [{ $unsetField: { field: '$\0a', input: {} } }, 16411],
    [{ $setField: { field: { $concat: ['a\0'] }, input: {}, value: 1 } }, 4161106],
  ]),
];
