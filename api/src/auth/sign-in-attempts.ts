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

/**
 * Slows guessing down. After so many failures each further one doubles the wait, up to a quarter of an hour. Buckets
 * are per account and address, so nobody can lock an owner out from elsewhere, and a known device has its own.
 */
@Injectable()
export class SignInAttempts {
  private readonly buckets = new LRUCache<string, Bucket>({ max: REMEMBERED, ttl: REMEMBER_MS });

  constructor(private readonly env: Env) {}

  /**
   * Counts an attempt as failed until `succeeded` says otherwise, so that attempts at the same time count too. Throws
   * `TooManyAttempts` with the seconds to wait.
   */
  begin(attempt: Attempt): void {
    const now = Date.now();
    const buckets = this.of(attempt);
    const until = Math.max(...buckets.map(({ bucket }) => bucket.blockedUntil));
    if (until > now) throw new DomainError(TooManyAttempts, { retryAfter: Math.ceil((until - now) / 1000) });
    for (const { bucket, allowed } of buckets) {
      bucket.failures += 1;
      if (bucket.failures > allowed) bucket.blockedUntil = now + this.waitMs(bucket.failures - allowed);
      // The attempt that uses up the last one may still be right; only what follows has to wait.
      else if (bucket.failures === allowed) bucket.blockedUntil = now + this.waitMs(0);
    }
  }

  succeeded(attempt: Attempt): void {
    for (const { key, bucket, own } of this.of(attempt)) {
      if (own) this.buckets.delete(key);
      else bucket.failures = Math.max(0, bucket.failures - 1);
    }
  }

  private waitMs(doublings: number): number {
    return Math.min(this.env.signInMaxWaitSeconds, 2 ** Math.min(doublings, 20)) * 1000;
  }

  private of({ account, address, device }: Attempt) {
    const max = this.env.signInFailures;
    if (device) return [{ ...this.bucket(`device ${device} ${account}`), allowed: max, own: true }];
    return [
      { ...this.bucket(`account ${account} ${address}`), allowed: max, own: true },
      { ...this.bucket(`address ${address}`), allowed: max * ADDRESS_FACTOR, own: false },
    ];
  }

  private bucket(key: string): { key: string; bucket: Bucket } {
    let bucket = this.buckets.get(key);
    if (!bucket) this.buckets.set(key, (bucket = { failures: 0, blockedUntil: 0 }));
    return { key, bucket };
  }
}
