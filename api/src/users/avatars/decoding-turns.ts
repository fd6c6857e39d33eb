import { Injectable } from '@nestjs/common';
import { DomainError, Overloaded } from '../../core/errors/index.js';

/** A picture of 24 megapixels takes about 100 MB while it is unpacked, and the pool that does it is everybody's. */
const MAX_IN_FLIGHT = 2;
const MAX_WAITING = 32;
const RETRY_AFTER_SECONDS = 5;

/** Lets few pictures be unpacked at a time, the others waiting in the order in which they came. */
@Injectable()
export class DecodingTurns {
  private inFlight = 0;
  private readonly waiting: (() => void)[] = [];

  /** Runs the work when it is its turn. Throws `Overloaded` (503) when too many wait already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.inFlight >= MAX_IN_FLIGHT) await this.turn();
    else this.inFlight++;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // The place is handed on, so that nobody who comes in between can take it.
      if (next) next();
      else this.inFlight--;
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= MAX_WAITING) throw new DomainError(Overloaded, { retryAfter: RETRY_AFTER_SECONDS });
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
