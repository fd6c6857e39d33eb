import { Double, Int32 } from 'bson';
import { describe, expect, it } from 'vitest';
import { computed, shown } from '../../../test/computed.js';

const WRONG = { $toInt: '$word' };
const document = { word: 'a', none: [], one: [1], two: [2], both: [2, 1], three: [3] };

describe('lists of values are computed as far as they decide', () => {
  it.each([
    [{ $concat: ['$word', '$gone', WRONG] }, null],
    [{ $concatArrays: ['$one', null, WRONG] }, null],
    [{ $setUnion: ['$one', '$gone', WRONG] }, null],
    [{ $setIntersection: ['$one', '$gone', WRONG] }, null],
    [{ $setIntersection: ['$one', '$two', '$gone'] }, []],
    [{ $setIntersection: ['$none', WRONG] }, []],
    [{ $setIntersection: ['$gone', '$none'] }, null],
    [{ $setEquals: ['$one', '$two', WRONG] }, false],
    [{ $setEquals: ['$both', { $concatArrays: ['$one', '$two', '$one'] }, '$both'] }, true],
  ])('%j', (spec, expected) => {
    expect(computed(spec, document)).toBe(shown(expected));
  });
  it.each([
    [{ $concat: ['$word', WRONG, '$gone'] }, 'E241'],
    [{ $setIntersection: ['$both', '$word'] }, 'E17047'],
    [{ $setEquals: ['$one', '$one', '$word'] }, 'E17044'],
  ])('%j', (spec, expected) => {
    expect(computed(spec, document)).toBe(expected);
  });
});

it('$setIntersection keeps the values of the smaller set, and of the first of two', () => {
  const [a, b] = [[3, 2, 1].map((n) => new Int32(n)), [3, 2].map((n) => new Double(n))];
  const kept = (...sets: unknown[]) => computed({ $setIntersection: sets });
  expect(kept(a, b)).toBe(shown([new Double(2), new Double(3)]));
  expect(kept(b, a)).toBe(shown([new Double(2), new Double(3)]));
  expect(kept(b, a.slice(0, 2))).toBe(shown([new Double(2), new Double(3)]));
});

it('sets of many values are not compared each with each', () => {
  const many = Array.from({ length: 20_000 }, (_, n) => new Int32(n));
  const others = many.map((_, n) => new Double(n + 10_000));
  const document = { many, others };
  expect(computed({ $size: { $setDifference: ['$many', '$others'] } }, document)).toBe(shown(new Int32(10_000)));
  expect(computed({ $size: { $setIntersection: ['$many', '$others'] } }, document)).toBe(shown(new Int32(10_000)));
  expect(computed({ $setIsSubset: ['$many', { $concatArrays: ['$others', '$many'] }] }, document)).toBe('true');
}, 10_000);
