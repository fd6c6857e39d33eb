import { Double, Int32 } from 'bson';
import { describe, expect, it } from 'vitest';
import { compiling, computed, shown, type Expectation } from '../../../test/computed.js';

const HALF = { $divide: [1, 0] };

describe('constants are computed before there is any document', () => {
  it.each([
    [HALF, 'E2'],
    [[1, HALF], 'E2'],
    [{ a: { b: HALF } }, 'E2'],
    [{ $add: ['$a', HALF] }, 'E2'],
    [{ $cond: ['$a', HALF, 1] }, 'E2'],
    [{ $and: [false, HALF] }, 'E2'],
    [{ $sum: [1, HALF] }, 'E2'],
    [{ $map: { input: '$a', in: HALF } }, 'E2'],
    [{ $convert: { input: HALF, to: 'int', onError: 0 } }, 'E2'],
    [{ $toDate: 'soon' }, 'E241'],
    [{ $hour: 'noon' }, 'E16006'],
    [{ $hour: { date: '$a', timezone: 'Nowhere' } }, 'E40485'],
    [{ $dateAdd: { startDate: 'now', unit: 'day', amount: 1 } }, 'E5166403'],
    [{ $regexMatch: { input: '$a', regex: '(' } }, 'E51111'],
    [{ $setEquals: ['$a', 1] }, 'E5887502'],
    [{ $setIsSubset: ['$a', 1] }, 'E17311'],
    [{ $indexOfArray: ['a', '$a'] }, 'E50809'],
    [{ $firstN: { n: 0, input: [1] } }, 'E5787908'],
    [{ $switch: { branches: [{ case: { $eq: [1, 2] }, then: 1 }] } }, 'E40069'],
  ])('%j', (spec, expected) => {
    expect(compiling(spec)).toBe(expected);
  });
});

describe('what depends on a document, or will never be asked for, is not', () => {
  it.each([
    { $divide: [1, '$a'] },
    { $let: { vars: { a: 0 }, in: { $divide: [1, '$$a'] } } },
    { $replaceOne: { input: 1, find: 'a', replacement: 'b' } },
    { $zip: { inputs: [1] } },
    { $sortArray: { input: 1, sortBy: 1 } },
    { $switch: { branches: [{ case: false, then: HALF }], default: 1 } },
    {
      $switch: {
        branches: [
          { case: true, then: 1 },
          { case: HALF, then: HALF },
        ],
      },
    },
    { $literal: HALF },
  ])('%j', (spec) => {
    expect(compiling(spec)).toBe('');
  });
});

it('a constant that decides leaves the other clauses unasked', () => {
  const failing = { $divide: [1, '$zero'] };
  expect(computed({ $and: [failing, 0] }, { zero: 0 })).toBe('false');
  expect(computed({ $or: [failing, 1] }, { zero: 0 })).toBe('true');
  expect(computed({ $and: ['$one', true] }, { one: 1 })).toBe('true');
  expect(computed({ $or: ['$gone', false] })).toBe('false');
  expect(computed({ $and: [] })).toBe('true');
  expect(computed({ $or: [] })).toBe('false');
});

it('lists and documents that are constants are made anew for each document', () => {
  const same = { $concatArrays: [[1], [{ a: { $add: [1, 1] } }]] };
  expect(computed(same)).toBe(computed(same));
  expect(computed(same)).toContain('"a":{"$numberInt":"2"}');
});

describe('constants come last, and together, where neither order nor grouping matters', () => {
  const document = { x: new Double(1), xs: [new Double(1)], tenths: new Double(0.3) };
  it.each<Expectation>([
    [{ $max: [new Int32(1), '$x'] }, new Double(1)],
    [{ $min: ['$x', new Int32(1)] }, new Double(1)],
    [{ $setUnion: [[new Int32(1)], '$xs'] }, [new Double(1)]],
    [{ $setIntersection: [[new Int32(1)], '$xs'] }, [new Double(1)]],
    [{ $sum: [new Double(0.1), '$tenths', new Double(0.2)] }, new Double(0.6000000000000001)],
    [{ $setUnion: [null, '$gone'] }, null],
  ])('%j', (spec, expected) => {
    expect(computed(spec, document)).toBe(shown(expected));
  });
  it('so that those that go wrong together are refused beforehand', () => {
    expect(compiling({ $setUnion: ['$gone', [1], 5] })).toBe('E17043');
    expect(compiling({ $setUnion: ['$gone', 5] })).toBe('');
  });
});
