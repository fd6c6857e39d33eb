import { describe, expect, it } from 'vitest';
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
