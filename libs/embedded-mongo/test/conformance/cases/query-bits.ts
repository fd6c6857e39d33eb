import { binary, decimal, double, long, type Case } from '../case.js';
import { finds, MISSING, refuses } from '../query-shapes.js';

/** Two bytes, of which the second one has the bits from 8 on. */
const bytes = binary(Buffer.from([0b101, 0b1]).toString('base64'));
const others = ['7', true, null, MISSING, { a: 7 }];

/** Statements on operators that look at bits. */
export const cases: readonly Case[] = [
  finds('a mask may be binary data', 'bitsAllSet/', [5, 4], { v: { $bitsAllSet: binary('BQ==') } }, [1]),
  finds('binary data has bits', 'bitsAllSet/', [bytes, binary('BA==')], { v: { $bitsAllSet: 5 } }, [1]),
  finds(
    'the first byte of binary data has the lowest bits',
    'bitsAllSet/',
    [bytes, binary('AQU=')],
    { v: { $bitsAllSet: [0, 2, 8] } },
    [1],
  ),
  finds(
    'the old subtype of binary data has its length before its bytes',
    'bitsAnySet/',
    [binary('Bg==', 2), binary('AAA=', 2), binary('Bg==')],
    { v: { $bitsAnySet: [0] } },
    [1],
  ),
  finds('and so it has as a mask', 'bitsAllSet/', [1, 2], { v: { $bitsAllSet: binary('AA==', 2) } }, [1]),
  finds(
    'positions beyond binary data are clear',
    'bitsAllClear/#sign-extension',
    [bytes],
    { v: { $bitsAllClear: [100, 200] } },
    [1],
  ),
  finds(
    'positions beyond a number have its sign',
    'bitsAllSet/#sign-extension',
    [-5, 5, long(-5)],
    { v: { $bitsAllSet: [200] } },
    [1, 3],
  ),
  finds(
    'a negative number has the bits of its complement',
    'bitsAllClear/',
    [-2, -1],
    { v: { $bitsAllClear: 1 } },
    [1],
  ),
  finds('a long has 64 bits', 'bitsAnySet/', [long(2n ** 40n), long(2n ** 41n), 40], { v: { $bitsAnySet: [40] } }, [1]),
  finds('a mask may be a long', 'bitsAnySet/', [long(2n ** 40n), 1], { v: { $bitsAnySet: long(2n ** 40n) } }, [1]),
  finds(
    'whole doubles and decimals have bits, others have none',
    'bitsAllSet/#floating-point-values',
    [double(4), decimal('4'), decimal('4.0'), double(4.5), decimal('4.5'), double(Number.NaN), double(1e300)],
    { v: { $bitsAllSet: 4 } },
    [1, 2, 3],
  ),
  finds(
    'what is no number has no bits, not even clear ones',
    'bitsAllClear/',
    [8, ...others],
    { v: { $bitsAllClear: 7 } },
    [1],
  ),
  finds(
    'an element of an array may have the bits',
    'bitsAllSet/',
    [[1, 8], [1, 2], []],
    { v: { $bitsAllSet: 8 } },
    [1],
  ),
  finds('one element must have them all', 'bitsAllSet/', [[1, 8], [9]], { v: { $bitsAllSet: 9 } }, [2]),
  finds(
    '$bitsAnyClear looks at the named bits only',
    'bitsAnyClear/',
    [5, 7, 13],
    { v: { $bitsAnyClear: [1] } },
    [1, 3],
  ),
  finds('all bits of no mask are set', 'bitsAllSet/', [0, 1, 'x'], { v: { $bitsAllSet: 0 } }, [1, 2]),
  finds('no bit of no mask is set', 'bitsAnySet/', [0, 1], { v: { $bitsAnySet: [] } }, []),
  finds(
    '$not turns it round for what has no bits as well',
    'bitsAllSet/',
    [1, 2, 'x'],
    { v: { $not: { $bitsAllSet: 1 } } },
    [2, 3],
  ),
  refuses('a mask may not be negative', 'bitsAllSet/', { v: { $bitsAllSet: -1 } }, 9, ['$bitsAllSet']),
  refuses('a mask may not have a fraction', 'bitsAnySet/', { v: { $bitsAnySet: double(1.5) } }, 9, ['$bitsAnySet']),
  refuses('a mask may not be a text', 'bitsAllClear/', { v: { $bitsAllClear: '1' } }, 2, ['$bitsAllClear']),
  refuses('a position may not be negative', 'bitsAnyClear/', { v: { $bitsAnyClear: [-1] } }, 2, ['bit positions']),
  refuses('a position must be a number', 'bitsAnyClear/', { v: { $bitsAnyClear: ['1'] } }, 2, ['bit positions']),
];
