import { Decimal128, Double, Int32, Long } from 'bson';
import { describe, expect, it } from 'vitest';
import { computed, computing, shown, type Expectation } from '../../../test/computed.js';

const int = (value: number): Int32 => new Int32(value);
const double = (value: number): Double => new Double(value);
const decimal = (text: string): Decimal128 => Decimal128.fromString(text);

describe('decimals keep the zeros that MongoDB gives them', () => {
  it.each<Expectation>([
    [{ $add: [decimal('1'), double(2)] }, decimal('3.00000000000000')],
    [{ $toDecimal: double(5) }, decimal('5.00000000000000')],
    [{ $toDecimal: double(1e16) }, decimal('1.00000000000000E+16')],
    [{ $toDecimal: double(0) }, decimal('0')],
    [{ $toDecimal: int(5) }, decimal('5')],
    [{ $round: [decimal('1.2'), 3] }, decimal('1.200')],
    [{ $round: [decimal('1.298'), 100] }, decimal('1.298000000000000000000000000000000')],
    [{ $trunc: [decimal('23.298'), -1] }, decimal('2E+1')],
    [{ $ceil: decimal('1E+2') }, decimal('100')],
    [{ $floor: decimal('0') }, decimal('0')],
    [{ $round: [decimal('0'), 2] }, decimal('0.00')],
    [{ $round: decimal('NaN') }, decimal('NaN')],
    [{ $sqrt: decimal('2.25') }, decimal('1.5')],
    [{ $sqrt: decimal('4') }, decimal('2')],
    [{ $sqrt: decimal('1E+3') }, decimal('31.62277660168379331998893544432719')],
    [{ $sqrt: decimal('3') }, decimal('1.732050807568877293527446341505872')],
    [{ $sqrt: decimal('1E-6176') }, decimal('1E-3088')],
    [{ $sqrt: decimal('0E-4') }, decimal('0.00')],
    [{ $sqrt: decimal('Infinity') }, decimal('Infinity')],
    [{ $sin: decimal('NaN') }, decimal('NaN')],
    [{ $ceil: decimal('1E+33') }, decimal('1000000000000000000000000000000000')],
    [{ $ceil: decimal('1E+34') }, decimal('NaN')],
    [{ $floor: decimal('9E+6144') }, decimal('NaN')],
    [{ $floor: decimal('-Infinity') }, decimal('NaN')],
    [{ $trunc: decimal('-Infinity') }, decimal('-Infinity')],
    [{ $round: decimal('1E+6144') }, decimal('1E+6144')],
  ])('%j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
});

describe('numbers without an end', () => {
  it.each<Expectation>([
    [{ $ln: decimal('NaN') }, double(Number.NaN)],
    [{ $log10: decimal('NaN') }, double(Number.NaN)],
    [{ $log: [decimal('NaN'), 2] }, double(Number.NaN)],
    [{ $log: [2, decimal('NaN')] }, double(Number.NaN)],
    [{ $subtract: [decimal('Infinity'), decimal('1E+6000')] }, decimal('Infinity')],
    [{ $multiply: [decimal('Infinity'), decimal('-1E-6000')] }, decimal('-Infinity')],
    [{ $divide: [decimal('1E+6000'), decimal('Infinity')] }, decimal('0E-6176')],
    [
      { $mod: [decimal('1.000000000000000000000000000000001'), decimal('Infinity')] },
      decimal('1.000000000000000000000000000000001'),
    ],
    [{ $mod: [decimal('1E+6000'), decimal('-Infinity')] }, decimal('1E+6000')],
    [{ $mod: [decimal('Infinity'), decimal('1E+6000')] }, decimal('NaN')],
    [{ $pow: [1, double(Infinity)] }, double(1)],
    [{ $pow: [1, double(Number.NaN)] }, double(1)],
    [{ $pow: [-1, double(-Infinity)] }, double(1)],
    [{ $pow: [-1, double(0.5)] }, double(Number.NaN)],
  ])('%j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
});

describe('places and types of numbers', () => {
  it.each<Expectation>([
    [{ $round: [double(1.298), '$gone'] }, null],
    [{ $trunc: [double(1.298), '$gone'] }, null],
    [{ $round: [int(2_147_483_647), -1] }, Long.fromNumber(2_147_483_650)],
    [{ $mod: [int(7), double(2)] }, double(1)],
    [{ $mod: [Long.fromNumber(7), double(2)] }, double(1)],
    [{ $mod: [int(7), Long.fromNumber(2)] }, Long.fromNumber(1)],
    [{ $bitAnd: [] }, int(-1)],
    [{ $ceil: double(-0.5) }, double(-0)],
    [{ $round: double(-0.4) }, double(-0)],
    [{ $and: [decimal('1E-6176')] }, true],
    [{ $and: [decimal('0E-6176')] }, false],
    [{ $divide: [decimal('1E-6176'), decimal('1E-6176')] }, decimal('1')],
  ])('%j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
  it.each([
    [{ $bitNot: 'a' }, 'E28765'],
    [{ $bitNot: double(1.5) }, 'E14'],
    [{ $rand: 1 }, 'E10065'],
    [{ $rand: { a: 1 } }, 'E3040501'],
    [{ $sqrt: decimal('-1') }, 'E28714'],
    [{ $ln: decimal('0') }, 'E28766'],
    [{ $log10: decimal('-1E-6176') }, 'E28761'],
    [{ $ln: decimal('1E-6176') }, 'E238'],
    [{ $log: [decimal('0'), 2] }, 'E28758'],
    [{ $log: [2, decimal('1.0')] }, 'E28759'],
    [{ $cos: decimal('Infinity') }, 'E50989'],
    [{ $acos: decimal('2') }, 'E50989'],
    [{ $round: [1, '2'] }, 'E16004'],
    [{ $trunc: [1, [2]] }, 'E16004'],
    [{ $round: [1, double(Number.NaN)] }, 'E31109'],
    [{ $trunc: [1, double(-Infinity)] }, 'E31109'],
    [{ $round: [1, double(1e19)] }, 'E31109'],
    [{ $round: [1, double(2.5)] }, 'E51082'],
    [{ $round: [1, decimal('NaN')] }, 'E51082'],
    [{ $round: [1, Long.fromNumber(2 ** 31)] }, 'E51082'],
    [{ $round: [1, Long.fromNumber(101)] }, 'E51083'],
    [{ $round: ['x', null] }, 'E51081'],
  ])('%j is %s', (spec, expected) => {
    expect(computed(spec)).toBe(expected);
  });
  it.each([
    [{ $sqrt: -1 }, "$sqrt's argument must be greater than or equal to 0"],
    [{ $ln: -1.5 }, "$ln's argument must be a positive number, but is -1.5"],
    [{ $round: [1, 2.5] }, 'precision argument to  $round must be a integral value'],
    [
      { $round: [Long.MAX_VALUE, -1] },
      'invalid conversion from Decimal128 result in $round resulting from arguments: [9223372036854775807, -1]',
    ],
  ])('%j is refused in these words', (spec, words) => {
    expect(() => computing(spec)).toThrow(expect.objectContaining({ message: words }));
  });
});

describe('whole numbers that come to more than a long holds are doubles before that', () => {
  const [a, b] = ['4611686018427388418', '4611686018427388415'].map((text) => Long.fromString(text));
  const odd = Long.fromString('9007199254740993');
  it.each<Expectation>([
    [{ $add: [a, b] }, double(2 ** 63)],
    [{ $subtract: [a, b?.negate()] }, double(2 ** 63)],
    [{ $multiply: [odd, int(2_000_003)] }, double(2 ** 53 * 2_000_003)],
    [{ $multiply: [odd, int(3), double(1)] }, double(2 ** 53 * 3)],
    [{ $pow: [odd, 2] }, double(2 ** 106)],
  ])('%j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
});

it('$atan2 looks at one argument after the other', () => {
  expect(computed({ $atan2: ['$word', null] }, { word: 'a' })).toBe('E51044');
  expect(computed({ $atan2: [null, '$word'] }, { word: 'a' })).toBe('null');
});
