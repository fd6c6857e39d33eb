import { DBRef, Int32 } from 'bson';
import { describe, expect, it } from 'vitest';
import { computed, shown, type Expectation } from '../../../test/computed.js';

const int = (value: number): Int32 => new Int32(value);
const LEAST = int(-2_147_483_648);

describe('lists', () => {
  it.each<Expectation>([
    [{ $slice: [[int(1), int(2)], 1, '$gone'] }, null],
    [{ $slice: [[int(1), int(2)], LEAST] }, [int(1), int(2)]],
    [{ $arrayElemAt: [[1], LEAST] }, undefined],
    [{ $zip: { inputs: [[int(1)], [int(2)]], defaults: [] } }, [[int(1), int(2)]]],
    [{ $filter: { input: [], cond: true, limit: 0 } }, []],
    [{ $indexOfCP: ['abcd', 'bc', 0, 2] }, int(1)],
    [{ $indexOfCP: ['abc', '', 3] }, int(-1)],
    [{ $indexOfCP: ['', ''] }, int(0)],
    [{ $indexOfBytes: ['abcd', 'bc', 0, 2] }, int(-1)],
  ])('%j', (spec, expected) => {
    expect(computed(spec)).toBe(shown(expected));
  });
  it.each([
    [{ $slice: ['a', 1, null] }, 'E28724'],
    [{ $range: [0, 2_000_000_000] }, 'E146'],
    [{ $sortArray: { input: [1], sortBy: 2 } }, 'E2942506'],
    [{ $sortArray: { input: [1], sortBy: 'a' } }, 'E2942507'],
    [{ $sortArray: { input: [1], sortBy: { a: 2 } } }, 'E2942505'],
    [{ $sortArray: { input: [1], sortBy: {} } }, 'E2942505'],
    [{ $setEquals: [[1]] }, 'E17045'],
    [{ $setEquals: ['$a', '$a'] }, 'E17044'],
    [{ $trim: { input: 5, chars: null } }, 'E50699'],
  ])('%j is %s', (spec, expected) => {
    expect(computed(spec)).toBe(expected);
  });
});

describe('$arrayToObject says which form was begun', () => {
  it.each([
    [[{ k: 'a', v: 1 }, 5], 'E40391'],
    [[['a', 1], 5], 'E40396'],
    [[0], 'E40398'],
    [[{ k: 'a\0', v: 1 }], 'E4940401'],
    [[['a\0', 1]], 'E4940400'],
  ])('%j is %s', (list, expected) => {
    expect(computed({ $arrayToObject: { $literal: list } })).toBe(expected);
  });
});

describe('a reference to a document is a document', () => {
  const document = { r: new DBRef('rooms', int(1) as never) };
  it.each<Expectation>([
    [
      { $objectToArray: '$r' },
      [
        { k: '$ref', v: 'rooms' },
        { k: '$id', v: int(1) },
      ],
    ],
    [{ $getField: { field: { $const: '$id' }, input: '$r' } }, int(1)],
    [{ $type: { $mergeObjects: ['$r', { a: 1 }] } }, 'object'],
    [{ $bsonSize: '$r' }, int(30)],
  ])('%j', (spec, expected) => {
    expect(computed(spec, document)).toBe(shown(expected));
  });
});

describe('names of fields', () => {
  it.each([
    [{ $setField: { field: { $const: 'a' }, input: {}, value: 'b' } }, '{"a":"b"}'],
    [{ $setField: { field: ['a'], input: {}, value: 1 } }, 'E4161106'],
    [{ $setField: { field: { $concat: ['a'] }, input: {}, value: 1 } }, 'E4161106'],
    [{ $setField: { field: {}, input: {}, value: 1 } }, 'E4161107'],
    [{ $setField: { field: '$a', input: {}, value: 1 } }, 'E4161108'],
    [{ $setField: { field: 'a' } }, 'E4161103'],
    [{ a: { '': 1 } }, 'E15998'],
    [{ a: 'b', $id: 'c' }, '{"a":"b","$id":"c"}'],
    [{ a: 1, $b: 1 }, 'E16410'],
    [{ $expr: { $concat: ['a', 'b'] } }, '"ab"'],
    ['$$1a', 'E9'],
    ['$$a-b', 'E9'],
    ['$$KEEP', 'E17276'],
    ['$$CLUSTER_TIME', 'E51144'],
    ['$$USER_ROLES', '[]'],
  ])('%j is %s', (spec, expected) => {
    expect(computed(spec)).toBe(expected);
  });
});

describe('an array that grows beyond all memory', () => {
  const a = Array.from({ length: 1_000_000 }, () => 1);

  it.each<Expectation>([
    [{ $reduce: { input: { $range: [0, 60] }, initialValue: [1], in: { $concatArrays: ['$$value', '$$value'] } } }, 0],
    [{ $concatArrays: Array.from({ length: 1000 }, () => '$a') }, 0],
    [{ $zip: { inputs: ['$a', ...Array.from({ length: 200_000 }, () => [])], useLongestLength: true } }, 0],
  ])('is refused', (spec) => {
    expect(computed(spec, { a })).toBe('E146');
  });
});

it('a long document is compared with many short ones', () => {
  const long = Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`f${n}`, n]));
  const a = [...Array.from({ length: 50_000 }, () => ({})), long];
  const spec = { at: { $indexOfArray: ['$a', '$long'] }, is: { $in: ['$long', '$a'] }, max: { $max: '$a' } };
  expect(computed({ $let: { vars: spec, in: ['$$at', '$$is', { $eq: ['$$max', '$long'] }] } }, { a, long })).toBe(
    shown([int(50_000), true, true]),
  );
}, 10_000);
