import { describe, expect, it } from '@jest/globals';
import { ValidationFailed } from '../core/errors/index.js';
import { historyRange } from './history-range.js';

describe('the range of a page', () => {
  it.each([
    ['the latest page', {}, { first: 251, last: 300 }],
    ['the latest page of a size', { limit: 10 }, { first: 291, last: 300 }],
    ['what is before a message', { before: 101, limit: 20 }, { first: 81, last: 100 }],
    ['what is before an early message', { before: 4, limit: 20 }, { first: 1, last: 3 }],
    ['what is before a place beyond the end', { before: 9_999, limit: 20 }, { first: 281, last: 300 }],
    ['what is after a message', { after: 100, limit: 20 }, { first: 101, last: 120 }],
    ['what is after a late message', { after: 298, limit: 20 }, { first: 299, last: 300 }],
    ['what is around a message', { around: 100, limit: 20 }, { first: 90, last: 109 }],
    ['what is around the first message', { around: 1, limit: 20 }, { first: 1, last: 20 }],
    ['what is around the last message', { around: 300, limit: 20 }, { first: 281, last: 300 }],
  ])('finds %s', (_, query, range) => {
    expect(historyRange(query, 300)).toEqual(range);
  });

  it.each([{ before: 1 }, { before: 0 }, { after: 300 }, { after: 5_000 }])('is empty for %j', (query) => {
    const { first, last } = historyRange(query, 300);
    expect(last).toBeLessThan(first);
  });

  it.each([{}, { before: 5 }, { after: 0 }, { around: 1 }])('is empty in an empty conversation for %j', (query) => {
    const { first, last } = historyRange(query, 0);
    expect(last).toBeLessThan(first);
  });

  it('refuses several places at once and names them', () => {
    expect(() => historyRange({ before: 3, around: 5 }, 300)).toThrow(
      expect.objectContaining({
        type: ValidationFailed,
        details: { errors: [expect.objectContaining({ path: 'around', rule: 'exclusive' })] },
      }),
    );
  });
});
