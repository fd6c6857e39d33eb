/** A clock in milliseconds that never goes back. One for all: a default of each bucket's own would be kept by each. */
export const steadyClock = () => performance.now();

/**
 * A token bucket: holds `burst` tokens and gains `perSecond` of them each second. Synchronous on purpose: a limiter that
 * answers later could let two events of one socket overtake each other.
 */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  /** `now` is a clock in milliseconds that never goes back. */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly now: () => number = steadyClock,
  ) {
    this.tokens = burst;
    this.filledAt = now();
  }

  /** Takes a token if there is one. */
  take(): boolean {
    this.fill();
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** Seconds until the next token, rounded up; 0 when there is one. */
  get waitSeconds(): number {
    this.fill();
    return this.tokens >= 1 ? 0 : Math.ceil((1 - this.tokens) / this.perSecond);
  }

  private fill(): void {
    const now = this.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) / 1000) * this.perSecond);
    this.filledAt = now;
  }
}
