import { date, decimal, double, type Case } from '../case.js';
import { computes, fails } from '../shapes.js';

/** Statements on arithmetic. Whole results are asserted only where the operands are int32. */
export const cases: readonly Case[] = [
  computes('$add adds numbers, and none are 0', 'add/#definition', [
    [{ $add: [4, 5, -2] }, 7],
    [{ $add: [1.25, 2] }, 3.25],
    [{ $add: [] }, 0],
  ]),
  computes('$add of a date and a number is a date later by that many milliseconds', 'add/#definition', [
    [{ $add: [date('2021-03-04T05:06:07.000Z'), 1500] }, date('2021-03-04T05:06:08.500Z')],
    [{ $add: [250, date('2021-03-04T05:06:07.000Z')] }, date('2021-03-04T05:06:07.250Z')],
  ]),
  computes('arithmetic with null or a missing field is null', 'add/#behavior', [
    [{ $add: [1, '$gone'] }, null],
    [{ $subtract: [null, 1] }, null],
    [{ $multiply: [2, null] }, null],
    [{ $divide: ['$gone', 2] }, null],
    [{ $pow: [null, 2] }, null],
  ]),
  computes('$subtract takes the second number from the first', 'subtract/#definition', [
    [{ $subtract: [3, 10] }, -7],
    [{ $subtract: [0.75, 0.5] }, 0.25],
  ]),
  computes('$subtract takes milliseconds from a date', 'subtract/#definition', [
    [{ $subtract: [date('2021-01-01T00:00:00.000Z'), 1] }, date('2020-12-31T23:59:59.999Z')],
  ]),
  computes('$subtract of two dates is their distance in milliseconds', 'subtract/#definition', [
    [{ $eq: [{ $subtract: [date('2021-01-01T00:00:02Z'), date('2021-01-01T00:00:00Z')] }, 2000] }, true],
    [{ $eq: [{ $subtract: [date('2021-01-01T00:00:00Z'), date('2021-03-01T00:00:00Z')] }, -5097600000] }, true],
  ]),
  computes('$multiply multiplies all its arguments', 'multiply/#definition', [
    [{ $multiply: [2, 3, -4] }, -24],
    [{ $multiply: [0.5, 3] }, 1.5],
    [{ $multiply: [] }, 1],
  ]),
  computes('$divide is not a division of whole numbers', 'divide/#definition', [
    [{ $divide: [7, 2] }, 3.5],
    [{ $divide: [-1, 8] }, -0.125],
  ]),
  computes('$mod has the sign of the dividend', 'mod/#behavior', [
    [{ $mod: [-7, 3] }, -1],
    [{ $mod: [7, -3] }, 1],
    [{ $mod: [7.5, 2] }, 1.5],
  ]),
  computes('$abs drops the sign and passes on null', 'abs/#behavior', [
    [{ $abs: -4 }, 4],
    [{ $abs: -2.5 }, 2.5],
    [{ $abs: '$gone' }, null],
  ]),
  computes('$ceil and $floor go to the next whole number up and down', 'ceil/#behavior', [
    [{ $eq: [{ $ceil: 7.1 }, 8] }, true],
    [{ $eq: [{ $ceil: -2.8 }, -2] }, true],
    [{ $eq: [{ $floor: 7.9 }, 7] }, true],
    [{ $eq: [{ $floor: -2.1 }, -3] }, true],
    [{ $ceil: 6 }, 6],
    [{ $floor: null }, null],
  ]),
  computes('$round rounds halves to the even neighbour', 'round/#behavior', [
    [{ $eq: [{ $round: [2.5] }, 2] }, true],
    [{ $eq: [{ $round: [3.5] }, 4] }, true],
    [{ $eq: [{ $round: [-0.5, 0] }, 0] }, true],
    [{ $round: [1.25, 1] }, 1.2],
  ]),
  computes('$round with a negative place rounds left of the decimal point', 'round/#behavior', [
    [{ $round: [25, -1] }, 20],
    [{ $round: [1234, -2] }, 1200],
    [{ $round: ['$gone', 1] }, null],
  ]),
  computes('$trunc cuts off digits', 'trunc/#behavior', [
    [{ $trunc: [7.85, 1] }, 7.8],
    [{ $trunc: [-7.85, 1] }, -7.8],
    [{ $trunc: [1987, -2] }, 1900],
  ]),
  computes('$pow raises to whole, negative and broken exponents', 'pow/#behavior', [
    [{ $pow: [3, 4] }, 81],
    [{ $pow: [2, -1] }, 0.5],
    [{ $pow: [2.25, 0.5] }, 1.5],
  ]),
  computes('$sqrt, $exp, $ln, $log and $log10 pass on null', 'sqrt/#behavior', [
    [{ $sqrt: 2.25 }, 1.5],
    [{ $eq: [{ $exp: 0 }, 1] }, true],
    [{ $log10: '$gone' }, null],
    [{ $sqrt: null }, null],
    [{ $ln: null }, null],
    [{ $log: [null, 2] }, null],
    [{ $eq: [{ $log10: 1000 }, 3] }, true],
  ]),
  computes('NaN stays NaN', 'abs/#behavior', [
    [{ $add: [double(NaN), 1] }, NaN],
    [{ $abs: double(NaN) }, NaN],
    [{ $sqrt: double(NaN) }, NaN],
  ]),
  computes('the bits of whole numbers are combined', 'bitAnd/#definition', [
    [{ $bitAnd: [6, 3] }, 2],
    [{ $bitOr: [6, 3] }, 7],
    [{ $bitXor: [6, 3] }, 5],
    [{ $bitNot: 6 }, -7],
  ]),
  computes('bits with null are null', 'bitAnd/#behavior', [
    [{ $bitAnd: [6, null] }, null],
    [{ $bitOr: ['$gone', 3] }, null],
    [{ $bitXor: [null, 3] }, null],
    [{ $bitNot: null }, null],
  ]),
  computes('$degreesToRadians and $radiansToDegrees convert angles', 'degreesToRadians/#definition', [
    [{ $degreesToRadians: 90 }, Math.PI / 2],
    [{ $eq: [{ $radiansToDegrees: Math.PI }, 180] }, true],
    [{ $degreesToRadians: '$gone' }, null],
  ]),
  computes(
    '$sum as an expression adds the numbers of an array and leaves out all else',
    'sum/#behavior',
    [
      [{ $sum: '$list' }, 6],
      [{ $sum: ['$a', 4] }, 7],
      [{ $sum: ['$list', 1] }, 1],
    ],
    { _id: 1, list: [1, 'x', 5, null], a: 3, text: 'seven' },
  ),
  computes('$sum keeps decimals exact', 'sum/#result-data-type', [[{ $sum: '$list' }, decimal('0.3')]], {
    _id: 1,
    list: [decimal('0.1'), decimal('0.2')],
  }),
  computes(
    '$avg as an expression leaves out what is no number, and is null without any',
    'avg/#behavior',
    [
      [{ $avg: '$list' }, 2.5],
      [{ $avg: ['$gone', 1, 2] }, 1.5],
      [{ $avg: ['x', null] }, null],
    ],
    { _id: 1, list: [1, 'x', 4] },
  ),
  computes(
    '$max and $min as expressions leave out null and compare across types',
    'max/#behavior',
    [
      [{ $max: '$list' }, 'x'],
      [{ $min: '$list' }, 1],
      [{ $max: ['$gone', 2, 7] }, 7],
      [{ $min: [null, '$gone'] }, null],
    ],
    { _id: 1, list: [null, 1, 'x', 4] },
  ),
  computes('$stdDevPop measures the spread of numbers', 'stdDevPop/#behavior', [
    [{ $eq: [{ $stdDevPop: [2, 4, 4, 4, 5, 5, 7, 9] }, 2] }, true],
    [{ $eq: [{ $stdDevPop: [3] }, 0] }, true],
  ]),
  fails('$divide by zero is refused', 'divide/#definition', [[{ $divide: ['$a', 0] }, 2]], { _id: 1, a: 4 }),
];
