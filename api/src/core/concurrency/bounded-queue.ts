import { DomainError, Overloaded } from '../errors/index.js';

/** How much a queue takes. */
export interface QueueBounds {
  /** Tasks that run at the same time. */
  concurrency: number;
  /** Tasks that may wait for their turn. */
  capacity: number;
  /** What somebody who is turned away is told to wait, in seconds. */
  retryAfter: number;
}

/**
 * Runs few tasks at a time, the others in the order in which they came, and refuses what would have to wait behind a
 * full queue. For heavy work that shares libuv's pool with the file system: a flood of it must not have every thread.
 */
export class BoundedQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly bounds: QueueBounds) {}

  /** Throws `Overloaded` (503) with the seconds to wait when the queue is full. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running >= this.bounds.concurrency) await this.turn();
    else this.running += 1;
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      // The place goes on to the next one, so nobody can slip in between.
      if (next) next();
      else this.running -= 1;
    }
  }

  private turn(): Promise<void> {
    const { capacity, retryAfter } = this.bounds;
    if (this.waiting.length >= capacity) throw new DomainError(Overloaded, { retryAfter });
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
