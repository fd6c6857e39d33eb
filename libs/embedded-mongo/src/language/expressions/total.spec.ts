import { Decimal128, Double, Int32, Long } from 'bson';
import { describe, expect, it } from 'vitest';
import { ZERO, doubleOf, exactParts, plus, type Parts } from '../values/decimal.js';
import { Total } from './total.js';

/** A generator of numbers in [0, 1) that repeats itself. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

const sumOf = (numbers: readonly number[]): number =>
  doubleOf(numbers.reduce<Parts>((all, one) => plus(all, exactParts(one) ?? ZERO), ZERO));

describe('Total', () => {
  it('rounds the exact sum of doubles once, also after some were taken out', () => {
    const next = random(7);
    for (let round = 0; round < 300; round++) {
      const count = 2 + Math.floor(next() * 30);
      const numbers = Array.from({ length: count }, () => (next() - 0.5) * 2 ** Math.floor(next() * 200 - 100));
      const total = new Total();
      for (const number of numbers) total.add(new Double(number));
      expect((total.sum as Double).value).toBe(sumOf(numbers));
      const left = numbers.splice(Math.floor(count / 2));
      for (const number of numbers) total.remove(new Double(number));
      expect((total.sum as Double).value).toBe(sumOf(left));
    }
  });

  it('takes a half and a little more as more than a half', () => {
    const total = new Total();
    for (const number of [1, 2 ** -53, 2 ** -120]) total.add(new Double(number));
    expect((total.sum as Double).value).toBe(1 + 2 ** -52);
    total.remove(new Double(2 ** -120));
    expect((total.sum as Double).value).toBe(1);
  });

  it('is of the widest type that is in it', () => {
    const total = new Total();
    const all = [new Int32(1), Long.fromNumber(2), new Double(0.5), Decimal128.fromString('0.25')];
    for (const value of all) total.add(value);
    expect(total.sum).toEqual(Decimal128.fromString('3.75'));
    total.remove(all[3]);
    expect(total.sum).toEqual(new Double(3.5));
    total.remove(all[2]);
    expect(total.sum).toEqual(Long.fromNumber(3));
    total.remove(all[1]);
    expect(total.sum).toEqual(new Int32(1));
  });

  it('knows infinities and NaN only as long as they are in it', () => {
    const total = new Total();
    for (const number of [1, Infinity, -Infinity]) total.add(new Double(number));
    expect((total.sum as Double).value).toBeNaN();
    total.remove(new Double(-Infinity));
    expect(total.sum).toEqual(new Double(Infinity));
    total.remove(new Double(Infinity));
    expect(total.sum).toEqual(new Double(1));
  });
});
