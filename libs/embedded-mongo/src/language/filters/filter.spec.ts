import { describe, expect, it } from 'vitest';
import { collationOf } from '../values/collation.js';
import { orderingOf } from '../values/ordering.js';
import { matcher } from './filter.js';

/** Whether a filter finds a document. `undefined` is BSON's deprecated type of that name, which drivers do not send. */
const finds = (filter: Record<string, unknown>, document: Record<string, unknown>): boolean =>
  matcher(filter)(document);

describe('null in a filter', () => {
  it('finds what is null or missing, and not what is undefined', () => {
    for (const condition of [null, { $eq: null }, { $in: [null] }, { $gte: null }, { $lte: null }, { $all: [null] }]) {
      expect(finds({ a: condition }, { a: null })).toBe(true);
      expect(finds({ a: condition }, {})).toBe(true);
      expect(finds({ a: condition }, { a: [1, null] })).toBe(true);
      expect(finds({ a: condition }, { a: undefined })).toBe(false);
      expect(finds({ a: condition }, { a: [undefined] })).toBe(false);
    }
    expect(finds({ a: { $ne: null } }, { a: undefined })).toBe(true);
    expect(finds({ a: { $nin: [null] } }, { a: undefined })).toBe(true);
    expect(finds({ a: { $elemMatch: { b: null } } }, { a: [{ b: undefined }] })).toBe(false);
    expect(finds({ a: { $exists: true } }, { a: undefined })).toBe(true);
    expect(finds({ a: { $type: 'undefined' } }, { a: undefined })).toBe(true);
  });

  it('cannot be undefined instead', () => {
    for (const condition of [undefined, { $ne: undefined }, { $gt: undefined }, { $in: [undefined] }])
      expect(() => matcher({ a: condition })).toThrow('undefined');
  });
});

describe('long values and many', () => {
  const many = Array.from({ length: 100_000 }, (_, n) => n);

  it('are compared as far as it takes', () => {
    expect(finds({ a: many }, { a: many.slice(1) })).toBe(false);
    expect(finds({ a: many }, { a: [...many, many] })).toBe(true);
    expect(finds({ a: { $gt: [true, ...many] } }, { a: many.map(() => []) })).toBe(false);
    const doc = Object.fromEntries(many.map((n) => [`f${n}`, n]));
    expect(finds({ a: doc }, { a: many.map(() => ({})) })).toBe(false);
    const text = 'x'.repeat(1_000_000);
    expect(finds({ a: { $gt: text } }, { a: many.map(() => 'x') })).toBe(false);
  }, 10_000);

  it('of $all are looked for at once', () => {
    expect(finds({ a: { $all: many } }, { a: many.toReversed() })).toBe(true);
    expect(finds({ a: { $all: [...many, -1] } }, { a: many })).toBe(false);
    const texts = many.slice(0, 20).map((n) => `text ${n}`);
    expect(finds({ a: { $all: [...texts, /9$/, null] } }, { a: [...texts, null] })).toBe(true);
    expect(finds({ a: { $all: [...texts, /x$/] } }, { a: texts })).toBe(false);
    expect(finds({ a: { $all: texts.map(() => null) } }, {})).toBe(true);
    expect(finds({ a: { $all: texts.map(() => null) } }, { a: undefined })).toBe(false);
  }, 10_000);

  it('of $in are looked up with a collation, too', () => {
    const ordering = orderingOf(collationOf({ locale: 'en', strength: 2 }));
    const texts = many.slice(0, 50_000).map((n) => `Text ${n}`);
    const isIn = (values: unknown[], a: unknown) => matcher({ a: { $in: values } }, { ordering })({ a });
    expect(isIn(['y', ...texts], [...texts.map((text) => `${text}x`), 'Y'])).toBe(true);
    expect(isIn(texts, [...texts.map((text) => `${text}x`), null, 1])).toBe(false);
    expect([isIn([null, 'x'], undefined), isIn([1, null], null), isIn([2, 'X'], [undefined, 'x'])]).toEqual([
      false,
      true,
      true,
    ]);
  }, 10_000);

  it('a number is a place and a field, and ways to the same are gone once', () => {
    let value: unknown = 1;
    for (let level = 0; level < 80; level++) value = [{ 0: value }];
    expect(finds({ [`a${'.0'.repeat(180)}`]: 5 }, { a: value })).toBe(false);
    expect(finds({ 'a.0.0': 1 }, { a: [{ 0: 1 }] })).toBe(true);
    expect(finds({ 'a.0.0': 1 }, { a: [{ 0: [1] }] })).toBe(true);
  }, 10_000);
});
