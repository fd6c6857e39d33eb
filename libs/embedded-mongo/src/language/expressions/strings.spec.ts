import { Code, Decimal128, Double, Int32, Long, Timestamp } from 'bson';
import { describe, expect, it } from 'vitest';
import { computed, computing, shown } from '../../../test/computed.js';

const END = { $literal: '$' };
const places = (input: string, regex: unknown, options = '') => ({
  $map: { input: { $regexFindAll: { input, regex, options } }, in: '$$this.idx' },
});

describe('regular expressions at the end of a text', () => {
  it.each([
    [{ $regexMatch: { input: 'abc', regex: END } }, true],
    [{ $regexMatch: { input: 'abc', regex: '\\Z' } }, true],
    [{ $regexMatch: { input: 'abc', regex: '(?<=c)' } }, true],
    [{ $regexMatch: { input: '', regex: '^' } }, true],
    [places('abc', END), [3]],
    [places('a\nb', END, 'm'), [1, 3]],
    [places('bbbb', '()'), [0, 1, 2, 3]],
    [places('aaaa', 'a*'), [0]],
    [places('éx', '(?=x)|$'), [1]],
    [places('\u{1F600}', '()'), [0]],
    [places('abc', 'c|$'), [2]],
    [places('', '()'), [0]],
  ])('%j', (spec, expected) => {
    expect(JSON.parse(computed(spec).replaceAll(/\{"\$numberInt":"(\d+)"\}/g, '$1'))).toEqual(expected);
  });
  it('tells where the end is', () => {
    expect(computed({ $regexFind: { input: 'abc', regex: END } })).toBe(shown({ match: '', idx: 3, captures: [] }));
  });
});

describe('what is looked for behind a place has a fixed length', () => {
  it.each([
    ['(?<=a+)b', 'E51111'],
    ['(?<!a{1,2})b', 'E51111'],
    ['(?<=(?:a|c)?)b', 'E51111'],
    ['(?<=a(?i)c*)b', 'E51111'],
    ['(?<=a{1}[a-z]{0,0})b', 'true'],
    ['(?<=a{1}(?=b+))b', 'true'],
    ['(?<=a|ca)b+', 'true'],
    ['(?=a*)(?<=a)b?', 'true'],
  ])('%s', (regex, expected) => {
    expect(computed({ $regexMatch: { input: 'ab', regex } })).toBe(expected);
  });
});

describe('what operators of strings make of other values', () => {
  it.each([
    [123456.789, '123457'],
    [1.23456789, '1.23457'],
    [999_999.5, '1e+06'],
    [100_000.5, '100000'],
    [100_001.5, '100002'],
    [1e6, '1e+06'],
    [2.5e-10, '2.5e-10'],
    [1e-4, '0.0001'],
    [9e-5, '9e-05'],
    [2 ** 53, '9.0072e+15'],
    [5e-324, '4.94066e-324'],
    [-1.7976931348623157e308, '-1.79769e+308'],
    [-0, '-0'],
    [-3, '-3'],
    [Number.NaN, 'nan'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
  ])('a double %d is %s', (number, expected) => {
    expect(computing({ $substrBytes: [new Double(number), 0, -1] })).toBe(expected);
  });
  it.each([
    [Long.MIN_VALUE, '-9223372036854775808'],
    [Decimal128.fromString('1.500'), '1.500'],
    [Decimal128.fromString('-Infinity'), '-Infinity'],
    [new Timestamp({ t: 1_704_067_200, i: 42 }), 'Jan  1 00:00:00:42'],
    [new Timestamp({ t: 4_294_967_295, i: 1 }), 'Feb  7 06:28:15:1'],
    [new Timestamp({ t: 0, i: 4_294_967_295 }), 'Jan  1 00:00:00:4294967295'],
    [new Code('go()'), 'go()'],
    [new Code('go()', { a: 1 }), 'E16007'],
    [true, 'E16007'],
  ])('%o is %s', (value, expected) => {
    const text = computed({ $substrCP: [{ $literal: value }, 0, 40] });
    expect(text.startsWith('E') ? text : JSON.parse(text)).toBe(expected);
  });
});

describe('places and lengths in bytes', () => {
  const decimal = (text: string) => Decimal128.fromString(text);
  it.each([
    [[decimal('1.5'), 3], '"llo"'],
    [[decimal('2.5'), 3], '"llo"'],
    [[decimal('-0.5'), 2], '"he"'],
    [[new Double(-0.9), new Double(1.9)], '"h"'],
    [[0, decimal('NaN')], '"hello"'],
    [[2, decimal('1E+6144')], '"llo"'],
    [[Long.MAX_VALUE, Long.MAX_VALUE], '""'],
    [[decimal('-0.6'), 3], 'E50752'],
    [[decimal('Infinity'), 3], 'E50752'],
    [[decimal('1E+40'), 3], 'E50752'],
    [[new Double(Number.NaN), -1], 'E31109'],
    [[new Double(1e20), 1], 'E31109'],
    [[0, new Double(Infinity)], 'E31109'],
    [[-1, new Double(Infinity)], 'E50752'],
  ])('%o', (range, expected) => {
    expect(computed({ $substr: ['hello', ...range] })).toBe(expected);
  });
});

it.each([
  ['a\u{1F600}é', 'XaX\u{1F600}XéX'],
  ['', 'X'],
])('$replaceAll of nothing is between the characters of %j', (input, expected) => {
  expect(computing({ $replaceAll: { input, find: '', replacement: 'X' } })).toBe(expected);
});

it('$substrCP looks at the text before it looks at numbers', () => {
  expect(computed({ $substrCP: [true, 'a', 1.5] })).toBe('E16007');
});

describe('texts that no document can hold', () => {
  const half = { half: 'a'.repeat(8 * 1024 * 1024), umlauts: 'ä'.repeat(4 * 1024 * 1024) };
  it.each([
    [{ $strLenBytes: { $concat: ['$half', '$half'] } }, 'E16493'],
    [{ $strLenBytes: { $concat: ['$umlauts', '$half'] } }, 'E16493'],
    [{ $strLenBytes: { $replaceAll: { input: '$half', find: 'a', replacement: 'aa' } } }, 'E16493'],
    [{ $strLenCP: { $concat: ['$half', '$umlauts', { $substrBytes: ['$half', 0, 0] }] } }, 'E16493'],
    [{ $strLenBytes: { $concat: ['$half', { $substrBytes: ['$half', 1, -1] }] } }, shown(16 * 1024 * 1024 - 1)],
  ])('%o', (spec, expected) => {
    expect(computed(spec, half)).toBe(expected);
  });
});

it('$regexFindAll counts from one match to the next, so that many matches cost no more than each by itself', () => {
  const spec = { $slice: [{ $regexFindAll: { input: '$text', regex: 'b' } }, -1] };
  const [last] = computing(spec, { text: 'a\u{1F600}b'.repeat(50_000) }) as unknown[];
  expect(shown(last)).toBe(shown({ match: 'b', idx: new Int32(149_999), captures: [] }));
}, 10_000);

describe('a text that grows beyond all that JavaScript has', () => {
  const a = 'x'.repeat(15_000_000);

  it.each([
    [{ $concat: Array.from({ length: 60 }, () => '$a') }],
    [{ $replaceAll: { input: '$a', find: 'x', replacement: 'y'.repeat(1000) } }],
  ])('is refused', (spec) => {
    expect(computed(spec, { a })).toBe('E16493');
  });
});
