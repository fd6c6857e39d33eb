import { decimal, double, long, type Case } from '../case.js';
import { computes, fails } from '../shapes.js';

/** Statements on arithmetic. Whole results are asserted only where the operands are int32. */
export const cases: readonly Case[] = [
  computes('arithmetic with null or a missing field is null', 'add/#behavior', [[{ $mod: [5, '$gone'] }, null]]),
  computes('$round rounds halves to the even neighbour', 'round/#behavior', [[{ $round: [1.75, 1] }, 1.8]]),
  computes('$round with a negative place rounds left of the decimal point', 'round/#behavior', [
    [{ $round: [15, -1] }, 20],
  ]),
  computes('$trunc cuts off digits', 'trunc/#behavior', [
    [{ $eq: [{ $trunc: -3.9 }, -3] }, true],
    [{ $trunc: null }, null],
  ]),
  computes(
    '$sum as an expression adds the numbers of an array and leaves out all else',
    'sum/#behavior',
    [
      [{ $sum: '$gone' }, 0],
      [{ $sum: '$text' }, 0],
    ],
    { _id: 1, list: [1, 'x', 5, null], a: 3, text: 'seven' },
  ),
  computes(
    '$avg as an expression leaves out what is no number, and is null without any',
    'avg/#behavior',
    [[{ $avg: '$gone' }, null]],
    { _id: 1, list: [1, 'x', 4] },
  ),
  computes('$stdDevPop and $stdDevSamp measure the spread of numbers', 'stdDevPop/#behavior', [
    [{ $stdDevSamp: [3] }, null],
    [{ $stdDevPop: ['x'] }, null],
  ]),
  fails(
    'arithmetic on what is no number is refused',
    'add/#definition',
    [
      [{ $add: [1, '$text'] }, 14],
      [{ $subtract: ['$text', 1] }, 14],
      [{ $multiply: ['$text', 2] }, 14],
      [{ $divide: ['$text', 2] }, 14],
    ],
    { _id: 1, text: 'one' },
  ),
  fails('a division by zero is refused', 'divide/#definition', [[{ $mod: ['$a', 0] }, 16610]], { _id: 1, a: 4 }),
  computes('$mod has the wider type of its two numbers', 'mod/#behavior', [
    [{ $mod: [7, double(2)] }, double(1)],
    [{ $mod: [long(7), double(2)] }, double(1)],
    [{ $mod: [7, long(2)] }, long(1)],
    [{ $mod: [7, 2] }, 1],
  ]),
  computes('degrees and radians are told by one multiplication', 'radiansToDegrees/#behavior', [
    [{ $radiansToDegrees: 1.1 }, double(63.02535746439056)],
    [{ $degreesToRadians: 180 }, double(Math.PI)],
    [{ $degreesToRadians: decimal('180') }, decimal('3.141592653589793238462643383279503')],
    [{ $radiansToDegrees: decimal('1') }, decimal('57.29577951308232087679815481410517')],
    [{ $radiansToDegrees: decimal('Infinity') }, decimal('Infinity')],
  ]),
];
