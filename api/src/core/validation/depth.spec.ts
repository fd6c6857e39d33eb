import { describe, expect, it } from '@jest/globals';
import { isDeeperThan } from './depth.js';

const nested = (levels: number, wrap: (inner: unknown) => unknown): unknown =>
  levels === 0 ? 'core' : wrap(nested(levels - 1, wrap));

describe('isDeeperThan', () => {
  it.each([
    ['objects', (inner: unknown) => ({ inner })],
    ['lists', (inner: unknown) => [inner]],
  ])('counts %s', (_, wrap) => {
    expect(isDeeperThan(nested(8, wrap), 8)).toBe(false);
    expect(isDeeperThan(nested(9, wrap), 8)).toBe(true);
  });

  it('does not follow what is far too deep to its end', () => {
    expect(
      isDeeperThan(
        nested(5_000, (inner) => [inner]),
        8,
      ),
    ).toBe(true);
  });

  it.each([undefined, null, 'text', 7, true])('finds no depth in %p', (value) => {
    expect(isDeeperThan(value, 0)).toBe(false);
  });
});
