import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Env } from '../core/config/env.js';
import { DomainError } from '../core/errors/index.js';
import { TooManyAttempts } from './auth.problems.js';
import { type Attempt, SignInAttempts } from './sign-in-attempts.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const HERE = { account: 'ada', address: '192.0.2.1' };

describe('SignInAttempts', () => {
  let attempts: SignInAttempts;
  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    attempts = new SignInAttempts(Object.assign(new Env(), { signInFailures: 3 }));
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** `wrong`, `right`, or the seconds that one has to wait. */
  const attempt = async (matches: boolean, of: Attempt = HERE): Promise<string | number | undefined> => {
    try {
      return (await attempts.guard(of, () => Promise.resolve({ matches }))).matches ? 'right' : 'wrong';
    } catch (error) {
      if (error instanceof DomainError && error.type === TooManyAttempts) return error.details.retryAfter;
      throw error;
    }
  };
  const fail = async (count: number, of: Attempt = HERE) => {
    for (let failure = 0; failure < count; failure += 1) expect(await attempt(false, of)).toBe('wrong');
  };
  const waitSeconds = (seconds: number) => jest.setSystemTime(Date.now() + seconds * 1000);

  it('doubles the wait with each further failure, up to a quarter of an hour', async () => {
    await fail(3);
    const waits: unknown[] = [];
    for (let round = 0; round < 12; round += 1) {
      const wait = await attempt(false);
      waits.push(wait);
      waitSeconds(Number(wait));
      await fail(1);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  });

  it('begins anew after a right password', async () => {
    await fail(2);
    expect(await attempt(true)).toBe('right');
    await fail(3);
  });

  it('lets the last free attempt be right', async () => {
    await fail(2);
    expect(await attempt(true)).toBe('right');
    expect(await attempt(true)).toBe('right');
  });

  it('keeps one address from locking out another', async () => {
    await fail(3);
    expect(await attempt(true)).toBe(1);
    expect(await attempt(true, { ...HERE, address: '198.51.100.7' })).toBe('right');
  });

  it('gives a known device a bucket of its own', async () => {
    await fail(3);
    expect(await attempt(true, { ...HERE, device: 'd1' })).toBe('right');
    await fail(3, { ...HERE, device: 'd1' });
    expect(await attempt(true, { ...HERE, device: 'd1' })).toBe(1);
    expect(await attempt(true, { ...HERE, device: 'd2' })).toBe('right');
  });

  it('does not let right passwords of one account pay for guesses at others', async () => {
    for (let guess = 0; guess < 30; guess += 1) {
      await fail(1, { ...HERE, account: `account-${guess}` });
      if (guess < 29) expect(await attempt(true, { ...HERE, account: 'own' })).toBe('right');
    }
    expect(await attempt(true, { ...HERE, account: 'own' })).toBe(1);
  });

  it('does not count what could not be checked', async () => {
    for (let round = 0; round < 5; round += 1) {
      await expect(attempts.guard(HERE, () => Promise.reject(new Error('busy')))).rejects.toThrow('busy');
    }
    expect(await attempt(true)).toBe('right');
  });
});
