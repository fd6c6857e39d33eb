/** A clock in milliseconds that never goes back. One for all: a default of each bucket's own would be kept by each. */
export const steadyClock = () => performance.now();

/** What sums of fractions of a millisecond may be off by, in milliseconds. */
const ROUNDING_MS = 0.001;

/**
 * A token bucket: holds `burst` tokens and gains `perSecond` of them each second. Synchronous on purpose: a limiter that
 * answers later could let two events of one socket overtake each other.
 *
 * It keeps the moment at which it will be full, and no count. A count is a whole number at first and a fraction later; V8
 * gives the object another shape then, and where buckets are made only with their first event, it compiled what calls them
 * over and over, in vain: a tenth of the CPU of every message.
 */
export class TokenBucket {
  private fullAt: number;
  private readonly msPerToken: number;

  /** `now` is a clock in milliseconds that never goes back. */
  constructor(
    perSecond: number,
    private readonly burst: number,
    private readonly now: () => number = steadyClock,
  ) {
    this.msPerToken = 1000 / perSecond;
    this.fullAt = now();
  }

  /** Takes a token if there is one. */
  take(): boolean {
    const now = this.now();
    if (this.waitMs(now) > ROUNDING_MS) return false;
    this.fullAt = Math.max(this.fullAt, now) + this.msPerToken;
    return true;
  }

  /** Seconds until the next token, rounded up; 0 when there is one. */
  get waitSeconds(): number {
    return Math.max(0, Math.ceil((this.waitMs(this.now()) - ROUNDING_MS) / 1000));
  }

  /** Milliseconds until there is a whole token; below 0 when it is there already. */
  private waitMs(now: number): number {
    return this.fullAt - now - (this.burst - 1) * this.msPerToken;
  }
}
