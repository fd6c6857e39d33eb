import { decimal, double, long, type Case, type Doc } from '../case.js';
import { refuses } from '../query-shapes.js';

/** Operators that take a whole number, each with the code of another one and the words before what is wrong with it. */
const TAKING: readonly { operator: string; code: number; context: string; asked: (argument: unknown) => Doc }[] = [
  { operator: '$size', code: 2, context: 'Failed to parse $size. ', asked: ($size) => ({ v: { $size } }) },
  { operator: '$bitsAllSet', code: 9, context: '', asked: ($bitsAllSet) => ({ v: { $bitsAllSet } }) },
  { operator: '$alwaysTrue', code: 9, context: '', asked: ($alwaysTrue) => ({ $alwaysTrue }) },
];
const WRONG: readonly [argument: unknown, reason: string, shown: string][] = [
  [double(1.5), 'Expected an integer: ', '1.5'],
  [double(Number.NaN), 'Expected an integer, but found NaN in: ', 'nan'],
  [double(Number.POSITIVE_INFINITY), 'Cannot represent as a 64-bit integer: ', 'inf'],
  [double(1e300), 'Cannot represent as a 64-bit integer: ', '1e+300'],
  [decimal('1.5'), 'Cannot represent as a 64-bit integer: ', '1.5'],
];

/** Statements on arguments of operators that have to be whole numbers. */
export const cases: readonly Case[] = [
  ...TAKING.flatMap(({ operator, code, context, asked }) =>
    WRONG.map(([argument, reason, shown], i) =>
      refuses(`${operator} takes a whole number (${i + 1})`, `${operator.slice(1)}/`, asked(argument), code, [
        `${context}${reason}${operator}: ${shown}`,
      ]),
    ),
  ),
  refuses('$size takes a number', 'size/', { v: { $size: '1' } }, 2, [
    'Failed to parse $size. Expected a number in: $size: "1"',
  ]),
  refuses('$size takes no long that is none of an int', 'size/', { v: { $size: long(2n ** 31n) } }, 2, [
    'Failed to parse $size. Cannot represent in an int: $size: 2147483648',
  ]),
  refuses('$size is not negative', 'size/', { v: { $size: -1 } }, 2, ['Expected a non-negative number in: $size: -1']),
  refuses('a mask is shown where it is none', 'bitsAllSet/', { v: { $bitsAllSet: '1' } }, 2, [
    '$bitsAllSet takes an Array, a number, or a BinData but received: $bitsAllSet: "1"',
  ]),
  ...(
    [
      ['1', 'must be an integer but got', '"1"'],
      [double(1.5), 'must be an integer but got', '1.5'],
      [double(Number.NaN), 'cannot take a NaN', 'nan'],
      [long(2n ** 31n), 'cannot be represented as a 32-bit signed integer', '2147483648'],
      [decimal('1.5'), 'cannot be represented as a 32-bit signed integer', '1.5'],
      [-1, 'must be >= 0 but got', '-1'],
    ] as const
  ).map(([position, reason, shown]) =>
    refuses(`a position ${reason}: ${shown}`, 'bitsAllSet/', { v: { $bitsAllSet: [0, position] } }, 2, [
      `bit positions ${reason}: 1: ${shown}`,
    ]),
  ),
  ...(
    [
      ['4', 'not a number'],
      [double(Number.NaN), 'value is invalid :: caused by :: Unable to coerce NaN/Inf to integral type'],
      [double(1e300), 'value is invalid :: caused by :: Out of bounds coercing to integral value'],
    ] as const
  ).flatMap(([number, reason], i) => [
    refuses(`$mod divides by a whole number (${i + 1})`, 'mod/', { v: { $mod: [number, 0] } }, 2, [
      `malformed mod, divisor ${reason}`,
    ]),
    refuses(`$mod leaves a whole number (${i + 1})`, 'mod/', { v: { $mod: [4, number] } }, 2, [
      `malformed mod, remainder ${reason}`,
    ]),
  ]),
];
