import { Injectable } from '@nestjs/common';
import { Env } from '../config/env.js';
import { steadyClock, TokenBucket } from './token-bucket.js';

/** Events with a limit of their own, beside the one for all. */
const SEND = 'message:send';
const TYPING = 'typing';

type Verdict = { allowed: true } | { allowed: false; retryAfter: number; abusive: boolean };

/** The buckets of one socket, or of one user over all sockets. */
class Buckets {
  private readonly all: TokenBucket;
  private readonly byEvent: Readonly<Record<string, TokenBucket>>;

  constructor(env: Env, now?: () => number) {
    this.all = new TokenBucket(env.socketEventsPerSecond, env.socketEventsBurst, now);
    this.byEvent = {
      [SEND]: new TokenBucket(env.socketSendsPerSecond, env.socketSendsBurst, now),
      // An end right behind its start must be heard; `TypingRelay` passes it on when its second has come.
      [TYPING]: new TokenBucket(env.socketTypingPerSecond, env.socketTypingPerSecond * 2, now),
    };
  }

  /** Seconds to wait, or 0 when the event may pass. */
  take(event: string): number {
    if (!this.all.take()) return Math.max(1, this.all.waitSeconds);
    const own = Object.hasOwn(this.byEvent, event) ? this.byEvent[event] : undefined;
    return !own || own.take() ? 0 : Math.max(1, own.waitSeconds);
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
  private readonly abuse: AbuseWatch;

  constructor(
    env: Env,
    private readonly shared: Buckets,
    now?: () => number,
  ) {
    this.own = new Buckets(env, now);
    const { socketEventsPerSecond, socketAbuseFactor, socketAbuseSeconds } = env;
    const most = socketEventsPerSecond * socketAbuseFactor * socketAbuseSeconds;
    this.abuse = new AbuseWatch(most, socketAbuseSeconds * 1000, now);
  }

  take(event: string): Verdict {
    const abusive = this.abuse.hit();
    const retryAfter = this.own.take(event) || this.shared.take(event);
    return retryAfter === 0 && !abusive ? { allowed: true } : { allowed: false, retryAfter: retryAfter || 1, abusive };
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
