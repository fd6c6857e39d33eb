import { setTimeout as sleep } from 'node:timers/promises';

/** How much the writer takes, and how long it tries; for changes of messages as well. */
export interface WriterLimits {
  /** Messages in one write. */
  maxBatch: number;
  /** Messages that wait or are being written, and as many changes; beyond it, `Overloaded`. */
  maxWaiting: number;
  /** How often one message or change may lose its place to another process. */
  maxAttempts: number;
  /** Milliseconds after which the store counts as not answering: a read is given up, the outcome of a write unknown. */
  timeoutMs: number;
}

export const WRITER_LIMITS = Symbol('writer-limits');
export const DEFAULT_WRITER_LIMITS: WriterLimits = {
  // Larger groups cost a message less: each device is woken, and written to, once for all that the group has for it.
  maxBatch: 512,
  maxWaiting: 4_096,
  maxAttempts: 8,
  timeoutMs: 10_000,
};

/** What somebody whose write did not come to pass is told to wait. */
export const RETRY_AFTER_SECONDS = 1;

/** Longest pause before another attempt, in milliseconds; the first one that loses tries again at once. */
const MAX_PAUSE_MS = 100;

/** Waits, with jitter, before a place in the order is tried for once more; longer each time. */
export async function pauseAfter(attempts: number): Promise<void> {
  await sleep(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** attempts - 2));
}
