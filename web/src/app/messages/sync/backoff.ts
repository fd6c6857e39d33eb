import type { Clock } from '../../core/clock/clock';

/** Shortest and longest wait between two attempts, in milliseconds. */
export const BACKOFF = { minMs: 500, maxMs: 15_000 } as const;

/**
 * Milliseconds to wait before the next attempt: full jitter, so that many clients that lost the same server do not come
 * back together. `attempt` counts from 1; `retryAfter` is what the server asked for, in seconds, and is never undercut.
 */
export function backoff(clock: Clock, attempt: number, retryAfter = 0): number {
  const ceiling = Math.min(BACKOFF.maxMs, BACKOFF.minMs * 2 ** attempt);
  const jittered = BACKOFF.minMs + clock.random() * (ceiling - BACKOFF.minMs);
  return Math.max(jittered, retryAfter * 1_000);
}
