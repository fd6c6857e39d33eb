import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Env } from '../../core/config/env.js';
import { DomainError, TooManyRequests } from '../../core/errors/index.js';

const HOUR_SECONDS = 3_600;

/** How often a person may have a picture decoded, whether anything comes of it or not. */
@Injectable()
export class UploadLimit {
  private readonly limiter: RateLimiterMemory;

  constructor(env: Env) {
    this.limiter = new RateLimiterMemory({ points: env.avatarUploadsPerHour, duration: HOUR_SECONDS });
  }

  /** Counts one upload. Throws `TooManyRequests` with the seconds to wait. */
  async take(userId: string): Promise<void> {
    try {
      await this.limiter.consume(userId);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new DomainError(TooManyRequests, {
        detail: 'You have uploaded many pictures within the hour. A generated one can be chosen at any time.',
        retryAfter: Math.max(1, Math.ceil(refused.msBeforeNext / 1000)),
      });
    }
  }
}
