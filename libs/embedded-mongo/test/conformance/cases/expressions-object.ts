import { date, decimal, double, oid, type Case } from '../case.js';
import { computes, MISSING } from '../shapes.js';

const DOC = { _id: 1, o: { x: 1, y: 2 }, p: { y: 5, z: 6 }, nil: null, list: [1, 2, 2], 'a.b': 7, n: 4 };

/** Statements on objects, sets and types. */
export const cases: readonly Case[] = [
  computes(
    '$mergeObjects takes the last value and keeps the first place of a field',
    'mergeObjects/#behavior',
    [
      [{ $mergeObjects: ['$o', '$p'] }, { x: 1, y: 5, z: 6 }],
      [{ $mergeObjects: ['$p', '$o'] }, { y: 2, z: 6, x: 1 }],
      [{ $mergeObjects: ['$o', { x: null }] }, { x: null, y: 2 }],
    ],
    DOC,
  ),
  computes(
    '$mergeObjects passes over null and missing',
    'mergeObjects/#behavior',
    [
      [{ $mergeObjects: ['$nil', '$o', '$gone'] }, { x: 1, y: 2 }],
      [{ $mergeObjects: ['$nil', '$gone'] }, {}],
    ],
    DOC,
  ),
  computes(
    '$objectToArray gives k and v in the order of fields',
    'objectToArray/#behavior',
    [
      [
        { $objectToArray: '$p' },
        [
          { k: 'y', v: 5 },
          { k: 'z', v: 6 },
        ],
      ],
      [{ $objectToArray: { e: {} } }, [{ k: 'e', v: {} }]],
      [{ $objectToArray: '$gone' }, null],
    ],
    DOC,
  ),
  computes(
    '$getField takes a name with dots and dollars literally',
    'getField/#behavior',
    [
      [{ $getField: 'a.b' }, 7],
      [{ $getField: { field: 'x', input: '$o' } }, 1],
      [{ $getField: { field: { $literal: '$d' }, input: { $literal: { $d: 3 } } } }, 3],
      [{ $getField: 'gone' }, MISSING],
    ],
    DOC,
  ),
  computes(
    '$setField sets, adds or removes a field of a document',
    'setField/#behavior',
    [
      [{ $setField: { field: 'x', input: '$o', value: 9 } }, { x: 9, y: 2 }],
      [{ $setField: { field: 'q.r', input: '$o', value: 9 } }, { x: 1, y: 2, 'q.r': 9 }],
      [{ $setField: { field: 'x', input: '$o', value: '$$REMOVE' } }, { y: 2 }],
      [{ $setField: { field: 'x', input: '$nil', value: 9 } }, null],
    ],
    DOC,
  ),
  computes(
    '$unsetField removes a field of a document',
    'unsetField/#behavior',
    [
      [{ $unsetField: { field: 'y', input: '$o' } }, { x: 1 }],
      [{ $unsetField: { field: 'gone', input: '$o' } }, { x: 1, y: 2 }],
      [{ $unsetField: { field: 'y', input: '$gone' } }, null],
    ],
    DOC,
  ),
  computes(
    '$setEquals passes over order and repetition',
    'setEquals/#behavior',
    [
      [{ $setEquals: ['$list', [2, 1]] }, true],
      [{ $setEquals: ['$list', [1]] }, false],
      [{ $setEquals: [[1, 2], [2, 1, 1], '$list'] }, true],
      [{ $setEquals: [[], [[]]] }, false],
    ],
    DOC,
  ),
  computes(
    '$setIsSubset asks whether all elements are in the second set',
    'setIsSubset/#behavior',
    [
      [{ $setIsSubset: [[2, 2], '$list'] }, true],
      [{ $setIsSubset: ['$list', [2]] }, false],
      [{ $setIsSubset: [[], '$list'] }, true],
    ],
    DOC,
  ),
  computes(
    '$setUnion, $setIntersection and $setDifference have no element twice',
    'setUnion/#behavior',
    [
      [{ $sortArray: { input: { $setUnion: ['$list', [3, 1]] }, sortBy: 1 } }, [1, 2, 3]],
      [{ $sortArray: { input: { $setIntersection: ['$list', [2, 2, 9]] }, sortBy: 1 } }, [2]],
      [{ $setDifference: ['$list', [1, 5]] }, [2]],
    ],
    DOC,
  ),
  computes('sets compare nested arrays as whole elements', 'setIntersection/#behavior', [
    [
      {
        $setIntersection: [
          [[1, 2], 3],
          [1, 2],
        ],
      },
      [],
    ],
    [{ $setIsSubset: [[[1, 2]], [[1, 2], 3]] }, true],
    [{ $setDifference: [[[1], 2], [[1]]] }, [2]],
  ]),
  computes(
    '$setIntersection and $setDifference with null are null',
    'setUnion/#behavior',
    [
      [{ $setIntersection: ['$list', '$gone'] }, null],
      [{ $setDifference: ['$nil', '$list'] }, null],
    ],
    DOC,
  ),
  computes(
    '$allElementsTrue and $anyElementTrue look at the elements of one array',
    'allElementsTrue/#behavior',
    [
      [{ $allElementsTrue: [[true, 1, 'a']] }, true],
      [{ $allElementsTrue: [[true, 0]] }, false],
      [{ $allElementsTrue: [[]] }, true],
      [{ $allElementsTrue: [['$nil']] }, false],
      [{ $anyElementTrue: [[0, null, 2]] }, true],
      [{ $anyElementTrue: [[]] }, false],
      [{ $anyElementTrue: [[[false]]] }, true],
    ],
    DOC,
  ),
  computes(
    '$type names the BSON type',
    'type/#behavior',
    [
      [{ $type: '$nil' }, 'null'],
      [{ $type: '$gone' }, 'missing'],
      [{ $type: '$list' }, 'array'],
      [{ $type: '$o' }, 'object'],
      [{ $type: 'text' }, 'string'],
      [{ $type: true }, 'bool'],
      [{ $type: '$t' }, 'date'],
      [{ $type: '$d' }, 'double'],
      [{ $type: '$n' }, 'int'],
    ],
    { ...DOC, t: date('2020-01-01T00:00:00Z'), i: oid('64b0c0ffee64b0c0ffee64b0'), m: decimal('1.0'), d: double(1.5) },
  ),
  computes(
    '$isNumber tells numbers from all else',
    'isNumber/#definition',
    [
      [{ $isNumber: '$n' }, true],
      [{ $isNumber: '4' }, false],
      [{ $isNumber: '$gone' }, false],
    ],
    DOC,
  ),
  computes(
    '$toBool is false for zero only',
    'toBool/#behavior',
    [
      [{ $toBool: 0 }, false],
      [{ $toBool: -0.5 }, true],
      [{ $toBool: 'false' }, true],
      [{ $toBool: '' }, true],
      [{ $toBool: '$nil' }, null],
    ],
    DOC,
  ),
  computes('$toInt cuts off the fraction and reads strings', 'toInt/#behavior', [
    [{ $toInt: 2.9 }, 2],
    [{ $toInt: -2.9 }, -2],
    [{ $toInt: '-42' }, -42],
    [{ $toInt: true }, 1],
    [{ $toInt: '$gone' }, null],
  ]),
  computes('$toDouble reads strings, and null stays null', 'toDouble/#behavior', [
    [{ $toDouble: '-2.5' }, -2.5],
    [{ $toDouble: '$gone' }, null],
    [{ $toDecimal: null }, null],
  ]),
  computes('$toDate reads milliseconds and strings', 'toDate/#behavior', [
    [{ $toDate: '2022-01-02T03:04:05Z' }, date('2022-01-02T03:04:05.000Z')],
    [{ $toDate: '2022-01-02' }, date('2022-01-02T00:00:00.000Z')],
    [{ $toDate: double(1500) }, date('1970-01-01T00:00:01.500Z')],
    [{ $toDate: '$gone' }, null],
  ]),
  computes(
    '$convert has a value for null and one for failure',
    'convert/#definition',
    [
      [{ $convert: { input: '17', to: 'int' } }, 17],
      [{ $convert: { input: '$nil', to: 'int' } }, null],
      [{ $convert: { input: '$gone', to: 'int', onNull: 'none' } }, 'none'],
      [{ $convert: { input: 'seven', to: 'int', onError: 'bad' } }, 'bad'],
      [{ $convert: { input: '1.5', to: 'int', onError: -1 } }, -1],
      [{ $convert: { input: 1.5, to: 'string' } }, '1.5'],
    ],
    DOC,
  ),
];
