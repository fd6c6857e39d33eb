import { describe, expect, it } from '@jest/globals';
import { TokenBucket } from './token-bucket.js';

describe('TokenBucket', () => {
  const start = (perSecond: number, burst: number) => {
    const clock = { now: 1_000 };
    const bucket = new TokenBucket(perSecond, burst, () => clock.now);
    const takeAll = () => {
      let taken = 0;
      while (bucket.take()) taken += 1;
      return taken;
    };
    return { bucket, takeAll, pass: (ms: number) => (clock.now += ms) };
  };

  it('gives its burst at once and then no more', () => {
    expect(start(20, 40).takeAll()).toBe(40);
  });

  it('fills by the second', () => {
    const { takeAll, pass } = start(20, 40);
    takeAll();
    pass(1_000);
    expect(takeAll()).toBe(20);
  });

  it('fills in fractions', () => {
    const { bucket, takeAll, pass } = start(20, 40);
    takeAll();
    pass(49);
    expect(bucket.take()).toBe(false);
    pass(1);
    expect(bucket.take()).toBe(true);
  });

  it('never holds more than its burst', () => {
    const { takeAll, pass } = start(20, 40);
    pass(3_600_000);
    expect(takeAll()).toBe(40);
  });

  it('counts whole tokens where one takes fractions of a millisecond', () => {
    const { takeAll, pass } = start(3, 7);
    for (let i = 0; i < 1_000; i += 1) {
      expect(takeAll()).toBe(i === 0 ? 7 : 3);
      pass(1_000);
    }
  });

  it('gives nothing for asking in vain', () => {
    const { bucket, takeAll, pass } = start(1, 1);
    takeAll();
    for (let i = 0; i < 999; i += 1) {
      pass(1);
      expect(bucket.take()).toBe(false);
    }
    pass(1);
    expect(takeAll()).toBe(1);
  });

  it('tells how long to wait', () => {
    const { bucket, takeAll } = start(0.5, 1);
    expect(bucket.waitSeconds).toBe(0);
    takeAll();
    expect(bucket.waitSeconds).toBe(2);
  });
});
