import { DomainError, Overloaded } from '../core/errors/index.js';

const RETRY_SECONDS = 2;

/**
 * Runs at most so many tasks at a time and lets at most so many wait; the next one is refused with 503. bcrypt takes
 * its threads from the pool that the file system needs too, so a flood of sign-ins must not have them all.
 */
export class HashQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly capacity: number,
  ) {}

  /** Throws `Overloaded` with the seconds to wait when the queue is full. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running >= this.concurrency) {
      if (this.waiting.length >= this.capacity) throw new DomainError(Overloaded, { retryAfter: RETRY_SECONDS });
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      // The place goes on to the next one, so nobody can slip in between.
      if (next) next();
      else this.running -= 1;
    }
  }
}
