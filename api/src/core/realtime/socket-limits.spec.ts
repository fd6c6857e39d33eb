import { describe, expect, it, jest } from '@jest/globals';
import { Env } from '../config/env.js';
import { SocketLimits, type SocketAllowance } from './socket-limits.js';

describe('SocketLimits', () => {
  const limits = (settings: Partial<Env> = {}) => new SocketLimits(Object.assign(new Env(), settings));
  const passing = (allowance: SocketAllowance, event: string, times: number) =>
    Array.from({ length: times }, () => allowance.take(event)).filter((verdict) => verdict.allowed).length;

  it('lets a socket ask as often as the burst allows', () => {
    expect(passing(limits().allow('u1'), 'presence:set', 60)).toBe(40);
  });

  it('is stricter with messages and with typing', () => {
    expect(passing(limits().allow('u1'), 'message:send', 40)).toBe(20);
    expect(passing(limits().allow('u2'), 'typing', 40)).toBe(2);
  });

  it('keeps room for other requests when messages are refused', () => {
    const allowance = limits().allow('u1');
    passing(allowance, 'message:send', 25);
    expect(allowance.take('conversation:read')).toEqual({ allowed: true });
  });

  it('sums up what all sockets of a user ask', () => {
    const some = limits();
    expect(passing(some.allow('u1'), 'presence:set', 30)).toBe(30);
    expect(passing(some.allow('u1'), 'presence:set', 30)).toBe(10);
    expect(passing(some.allow('u2'), 'presence:set', 30)).toBe(30);
  });

  it('gains nobody anything to connect anew', () => {
    const some = limits();
    passing(some.allow('u1'), 'presence:set', 40);
    some.release('u1');
    expect(some.allow('u1').take('presence:set')).toMatchObject({ allowed: false });
  });

  it('forgets a user once the sum would be full again', () => {
    jest.useFakeTimers();
    try {
      const some = limits();
      passing(some.allow('u1'), 'presence:set', 40);
      some.release('u1');
      jest.advanceTimersByTime(4_000);
      expect(passing(some.allow('u1'), 'presence:set', 40)).toBe(40);
    } finally {
      jest.useRealTimers();
    }
  });

  it('tells how long to wait', () => {
    const allowance = limits().allow('u1');
    passing(allowance, 'typing', 2);
    expect(allowance.take('typing')).toEqual({ allowed: false, retryAfter: 1, abusive: false });
  });

  it('calls it abuse to keep at three times the limit for five seconds', () => {
    const clock = { now: 0 };
    const allowance = limits().allow('u1', () => clock.now);
    const verdicts = Array.from({ length: 300 }, () => {
      clock.now += 16;
      return allowance.take('presence:set');
    });
    expect(verdicts.filter((verdict) => !verdict.allowed && verdict.abusive)).toHaveLength(1);
  });

  it('does not call it abuse to keep at twice the limit for a minute', () => {
    const clock = { now: 0 };
    const allowance = limits().allow('u1', () => clock.now);
    const verdicts = Array.from({ length: 2_400 }, () => {
      clock.now += 25;
      return allowance.take('presence:set');
    });
    expect(verdicts.some((verdict) => !verdict.allowed && verdict.abusive)).toBe(false);
  });

  it.each(['__proto__', 'constructor', 'toString'])('is not confused by an event named %s', (event) => {
    expect(limits().allow('u1').take(event)).toEqual({ allowed: true });
  });
});
