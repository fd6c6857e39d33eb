import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Env } from '../core/config/env.js';
import { DomainError } from '../core/errors/index.js';
import { TooManyAttempts } from './auth.problems.js';

const REMEMBERED = 100_000;
const REMEMBER_MS = 24 * 3_600_000;
/** Many people may share an address; it has this many times the attempts of one account. */
const ADDRESS_FACTOR = 10;

/** Who tries, and from where. */
export interface Attempt {
  /** What makes the account unique, whether it exists or not. */
  account: string;
  address: string;
  /** Set for a device that has signed in to this account before: it keeps a bucket of its own. */
  device?: string | undefined;
}

interface Bucket {
  failures: number;
  blockedUntil: number;
}

/** Where an attempt is counted. */
interface Place {
  key: string;
  bucket: Bucket;
  /** Failures without a wait. */
  allowed: number;
  /** A right password clears it; a place that is shared with others only forgets this attempt. */
  own: boolean;
}

/**
 * Slows guessing down. After so many failures each further one doubles the wait, up to a quarter of an hour. Buckets
 * are per account and address, so nobody can lock an owner out from elsewhere, and a known device has its own.
 */
@Injectable()
export class SignInAttempts {
  private readonly buckets = new LRUCache<string, Bucket>({ max: REMEMBERED, ttl: REMEMBER_MS });

  constructor(private readonly env: Env) {}

  /**
   * Lets `check` look at a password, and counts it if that was wrong. It counts as wrong until the check has answered,
   * so that many at the same time cannot slip through; a check that throws has not looked and does not count. Throws
   * `TooManyAttempts` with the seconds to wait.
   */
  async guard<T extends { matches: boolean }>(attempt: Attempt, check: () => Promise<T>): Promise<T> {
    const places = this.placesOf(attempt);
    const now = Date.now();
    const until = Math.max(...places.map(({ bucket }) => bucket.blockedUntil));
    if (until > now) throw new DomainError(TooManyAttempts, { retryAfter: Math.ceil((until - now) / 1000) });

    const takeBack = places.map((place) => this.count(place, now));
    try {
      const verdict = await check();
      if (verdict.matches) {
        for (const undo of takeBack) undo();
        for (const { key, own } of places) if (own) this.buckets.delete(key);
      }
      return verdict;
    } catch (error) {
      for (const undo of takeBack) undo();
      throw error;
    }
  }

  /** Counts a failure and gives what undoes that. The one that uses up the last free attempt makes the next one wait. */
  private count({ bucket, allowed }: Place, now: number): () => void {
    const before = bucket.blockedUntil;
    bucket.failures += 1;
    if (bucket.failures >= allowed) bucket.blockedUntil = now + this.waitMs(bucket.failures - allowed);
    const after = bucket.blockedUntil;
    return () => {
      bucket.failures -= 1;
      if (bucket.blockedUntil === after) bucket.blockedUntil = before;
    };
  }

  private waitMs(doublings: number): number {
    return Math.min(this.env.signInMaxWaitSeconds, 2 ** Math.min(doublings, 20)) * 1000;
  }

  private placesOf({ account, address, device }: Attempt): Place[] {
    const max = this.env.signInFailures;
    if (device) return [this.place(`device ${device} ${account}`, max, true)];
    return [
      this.place(`account ${account} ${address}`, max, true),
      this.place(`address ${address}`, max * ADDRESS_FACTOR, false),
    ];
  }

  private place(key: string, allowed: number, own: boolean): Place {
    let bucket = this.buckets.get(key);
    if (!bucket) this.buckets.set(key, (bucket = { failures: 0, blockedUntil: 0 }));
    return { key, bucket, allowed, own };
  }
}
