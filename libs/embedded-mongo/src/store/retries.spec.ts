import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { storeForTest } from '../../test/store.js';
import { RetryableWrites } from './retries.js';

const store = storeForTest();
const session = Buffer.alloc(16, 7);
const MINUTES = 60_000;
let runs: bigint[];
let retries: RetryableWrites;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  retries = new RetryableWrites(store.environment);
  runs = [];
});
afterEach(() => void vi.useRealTimers());

/** A numbered write; `runs` tells whether it was made or its answer was remembered. */
function write(number: bigint): Promise<unknown> {
  return store.environment.write(() =>
    retries.once({ session, number }, () => {
      runs.push(number);
      return { n: Number(number) };
    }),
  );
}

describe('numbered writes of a session', () => {
  it('are made once, and forgotten after half an hour without use', async () => {
    await write(1n);
    await retries.sweep();
    await write(1n);
    expect(runs).toEqual([1n]);
    vi.setSystemTime(Date.now() + 31 * MINUTES);
    await retries.sweep();
    await write(1n);
    expect(runs).toEqual([1n, 1n]);
  });

  it('are remembered when the session is used again while the old ones are being forgotten', async () => {
    await write(1n);
    vi.setSystemTime(Date.now() + 31 * MINUTES);
    await Promise.all([write(2n), retries.sweep()]);
    await write(2n);
    expect(runs).toEqual([1n, 2n]);
  });
});
