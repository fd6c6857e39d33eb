import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import bcrypt from 'bcrypt';
import { BoundedQueue } from '../core/concurrency/bounded-queue.js';
import { Env } from '../core/config/env.js';

const VERSION = 'v1';
/** bcrypt takes its threads from the pool that the file system needs too. */
const BOUNDS = { concurrency: 2, capacity: 32, retryAfter: 2 };
/** Characters of a bcrypt hash behind its cost. */
const SALT_AND_DIGEST = 53;

export interface Verdict {
  matches: boolean;
  /** The stored hash is weaker than what would be made today, or keyed otherwise. */
  outdated: boolean;
}

/**
 * bcrypt over a keyed pre-hash. bcrypt drops what lies beyond 72 bytes without a word; the pre-hash brings every
 * password to 64 characters and adds a key that does not stand in the database. Stored as `v1$<pepperId>$<bcrypt>`.
 */
@Injectable()
export class PasswordHasher {
  private readonly queue = new BoundedQueue(BOUNDS);
  /** A hash in form, of the usual cost, that is of no password: what is compared when there is nothing to compare with. */
  private readonly dummy: string;

  constructor(private readonly env: Env) {
    this.dummy = `$2b$${String(env.bcryptCost).padStart(2, '0')}$${'.'.repeat(SALT_AND_DIGEST)}`;
  }

  /** Throws `Overloaded` when too many are waiting, as all methods here do. */
  async hash(password: string): Promise<string> {
    const hash = await this.queue.run(() => bcrypt.hash(this.prehash(password), this.env.bcryptCost));
    return [VERSION, this.env.passwordPepperId, hash].join('$');
  }

  /** Compares in the time that it always takes, also when there is nothing to compare with. */
  async verify(password: string, stored: string | undefined): Promise<Verdict> {
    const [, version, pepperId, hash] = /^([^$]+)\$([^$]+)\$(.+)$/.exec(stored ?? '') ?? [];
    const usable = version === VERSION && pepperId === this.env.passwordPepperId;
    const target = usable && hash ? hash : this.dummy;
    const matches = await this.queue.run(() => bcrypt.compare(this.prehash(password), target));
    return { matches: usable && matches, outdated: usable && bcrypt.getRounds(target) < this.env.bcryptCost };
  }

  private prehash(password: string): string {
    return createHmac('sha384', this.env.passwordPepper).update(password.normalize('NFC')).digest('base64');
  }
}
