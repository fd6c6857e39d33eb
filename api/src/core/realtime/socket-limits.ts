import { Injectable } from '@nestjs/common';
import { Env } from '../config/env.js';
import { steadyClock, TokenBucket } from './token-bucket.js';

/** Events with a limit of their own, beside the one for all. */
const SEND = 'message:send';
const TYPING = 'typing';

type Verdict = { allowed: true } | { allowed: false; retryAfter: number; abusive: boolean };

/**
 * The buckets of one socket, or of one user over all sockets. Each is made with the first event that it is for: most sockets
 * stand idle most of the time, and hold 1 KiB less then.
 */
class Buckets {
  private all: TokenBucket | undefined;
  private sends: TokenBucket | undefined;
  private typing: TokenBucket | undefined;

  constructor(
    private readonly env: Env,
    private readonly now?: () => number,
  ) {}

  /** Seconds to wait, or 0 when the event may pass. */
  take(event: string): number {
    this.all ??= new TokenBucket(this.env.socketEventsPerSecond, this.env.socketEventsBurst, this.now);
    if (!this.all.take()) return Math.max(1, this.all.waitSeconds);
    const own = this.ownOf(event);
    return !own || own.take() ? 0 : Math.max(1, own.waitSeconds);
  }

  /** The bucket of an event that has a limit of its own. */
  private ownOf(event: string): TokenBucket | undefined {
    const { env, now } = this;
    switch (event) {
      case SEND:
        return (this.sends ??= new TokenBucket(env.socketSendsPerSecond, env.socketSendsBurst, now));
      case TYPING:
        // An end right behind its start must be heard; `TypingRelay` passes it on when its second has come.
        return (this.typing ??= new TokenBucket(env.socketTypingPerSecond, env.socketTypingPerSecond * 2, now));
      default:
        return undefined;
    }
  }
}

/** Counts events in windows of time and tells when one held too many. */
class AbuseWatch {
  private count = 0;
  private since: number;

  constructor(
    private readonly max: number,
    private readonly windowMs: number,
    private readonly now: () => number = steadyClock,
  ) {
    this.since = now();
  }

  /** Counts one event; true when the window is full. */
  hit(): boolean {
    const now = this.now();
    if (now - this.since > this.windowMs) {
      this.since = now;
      this.count = 0;
    }
    this.count += 1;
    return this.count >= this.max;
  }
}

/** How much one socket may ask. Its user's other sockets draw from the same sum. */
export class SocketAllowance {
  private readonly own: Buckets;
  private abuse: AbuseWatch | undefined;

  constructor(
    private readonly env: Env,
    private readonly shared: Buckets,
    private readonly now?: () => number,
  ) {
    this.own = new Buckets(env, now);
  }

  take(event: string): Verdict {
    this.abuse ??= this.watch();
    const abusive = this.abuse.hit();
    const retryAfter = this.own.take(event) || this.shared.take(event);
    return retryAfter === 0 && !abusive ? { allowed: true } : { allowed: false, retryAfter: retryAfter || 1, abusive };
  }

  private watch(): AbuseWatch {
    const { socketEventsPerSecond, socketAbuseFactor, socketAbuseSeconds } = this.env;
    const most = socketEventsPerSecond * socketAbuseFactor * socketAbuseSeconds;
    return new AbuseWatch(most, socketAbuseSeconds * 1000, this.now);
  }
}

/** Hands out allowances. A user's sum outlives the last socket until it is full again: connecting anew gains nothing. */
@Injectable()
export class SocketLimits {
  private readonly users = new Map<string, { buckets: Buckets; sockets: number }>();

  constructor(private readonly env: Env) {}

  /** `now` is a clock in milliseconds that never goes back. */
  allow(userId: string, now?: () => number): SocketAllowance {
    const user = this.users.get(userId) ?? { buckets: new Buckets(this.env, now), sockets: 0 };
    user.sockets += 1;
    this.users.set(userId, user);
    return new SocketAllowance(this.env, user.buckets, now);
  }

  release(userId: string): void {
    const user = this.users.get(userId);
    if (!user) return;
    user.sockets -= 1;
    const { socketEventsPerSecond, socketEventsBurst, socketSendsPerSecond, socketSendsBurst } = this.env;
    const refill = Math.max(socketEventsBurst / socketEventsPerSecond, socketSendsBurst / socketSendsPerSecond);
    setTimeout(() => {
      if (user.sockets === 0 && this.users.get(userId) === user) this.users.delete(userId);
    }, refill * 1000).unref();
  }
}
