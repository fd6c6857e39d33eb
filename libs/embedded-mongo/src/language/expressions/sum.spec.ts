import { Decimal128, Double, Int32, Long } from 'bson';
import { describe, expect, it } from 'vitest';
import { computed, shown, type Expectation } from '../../../test/computed.js';

const double = (value: number): Double => new Double(value);
const doubles = (...numbers: number[]): Double[] => numbers.map(double);
const decimal = (text: string): Decimal128 => Decimal128.fromString(text);
const [MIN, MAX] = [Long.MIN_VALUE, Long.MAX_VALUE];

describe('sums round as those of MongoDB do', () => {
  it.each<Expectation>([
    // What the last number lost is not given back.
    [{ $sum: doubles(37.9, 3.8, 39.5) }, double(81.19999999999999)],
    [{ $sum: doubles(11.92, 30.69, 94.42, 63.36, 76.52) }, double(276.90999999999997)],
    [{ $sum: doubles(1e16, 1, -1e16) }, double(0)],
    [{ $sum: doubles(1e16, 1, -1e16, 0) }, double(1)],
    [{ $avg: doubles(0.1, 0.1, 0.1) }, double(0.10000000000000002)],
    [{ $sum: [double(-0)] }, double(0)],
    [{ $avg: doubles(-0, -0) }, double(0)],
    [{ $sum: [new Int32(1), double(0.5), Long.fromNumber(2)] }, double(3.5)],
    [{ $sum: [MAX, new Int32(1), double(-(2 ** 63))] }, double(0)],
    [{ $avg: [MAX, MIN] }, double(0)],
  ])('%j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
});

describe('sums are of the widest type that is in them', () => {
  it.each<Expectation>([
    [{ $sum: [] }, new Int32(0)],
    [{ $sum: [new Int32(2 ** 31 - 1), new Int32(1)] }, Long.fromNumber(2 ** 31)],
    [{ $sum: [MAX, MIN, 'x', null] }, Long.fromNumber(-1)],
    [{ $sum: [MAX, MAX, MIN, MIN] }, Long.fromNumber(-2)],
    [{ $sum: [MAX, new Int32(1)] }, double(2 ** 63)],
    [{ $sum: [MIN, new Int32(-1), new Int32(1)] }, MIN],
    [{ $sum: [Long.fromNumber(-5_000_000_001), new Int32(1)] }, Long.fromNumber(-5_000_000_000)],
    [{ $sum: [double(3.14), decimal('0')] }, decimal('3.140000000000000124344978758017533')],
    [{ $avg: [double(3.14), decimal('0')] }, decimal('1.570000000000000062172489379008766')],
    [{ $sum: [new Int32(2), decimal('4.0')] }, decimal('6.0')],
    [{ $avg: [] }, null],
  ])('%j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
});

describe('sums with what is no number', () => {
  it.each<Expectation>([
    [{ $sum: doubles(1, Infinity, 1) }, double(Infinity)],
    [{ $sum: doubles(Infinity, -Infinity, 1) }, double(Number.NaN)],
    [{ $avg: doubles(1.7e308, 1.7e308) }, double(Infinity)],
    [{ $sum: doubles(1.7e308, 1.7e308, -Infinity) }, double(Number.NaN)],
    [{ $sum: [double(Infinity), decimal('1')] }, decimal('Infinity')],
    [{ $sum: [double(Infinity), decimal('-Infinity')] }, decimal('NaN')],
    [{ $avg: [double(Number.NaN), decimal('5')] }, decimal('NaN')],
    [{ $sum: [decimal('Infinity'), double(1.5)] }, decimal('Infinity')],
    [{ $sum: [decimal('9E+6144'), decimal('9E+6144')] }, decimal('Infinity')],
  ])('%j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
});
