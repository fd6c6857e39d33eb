import { Double } from 'bson';
import { describe, expect, it } from 'vitest';
import { compiling, computed, shown } from '../../../test/computed.js';

const percentile = (p: unknown) => ({ $percentile: { input: [3, 1, 2], p, method: 'approximate' } });

describe('$percentile', () => {
  it('takes its shares from any expression of constants', () => {
    const wanted = [new Double(1), new Double(3)];
    expect(computed(percentile([0.1, 0.9]))).toBe(shown(wanted));
    expect(computed(percentile({ $concatArrays: [[0.1], [0.9]] }))).toBe(shown(wanted));
    expect(computed(percentile([{ $divide: [1, 10] }, 0.9]))).toBe(shown(wanted));
  });

  it.each([
    ['$gone', 'E7750300'],
    [0.5, 'E7750301'],
    [[], 'E7750301'],
    [['0.5'], 'E7750302'],
    [[1.5], 'E7750303'],
  ])('refuses %j with %s', (p, code) => {
    expect(compiling(percentile(p))).toBe(code);
  });
});

describe('what is no document of arguments', () => {
  it.each([
    [{ $percentile: 1 }, 'E7436200'],
    [{ $median: 1 }, 'E7436201'],
    [{ $maxN: 1 }, 'E5787900'],
    [{ $lastN: 1 }, 'E5787801'],
  ])('%j is %s', (spec, code) => {
    expect(compiling(spec)).toBe(code);
  });
});
