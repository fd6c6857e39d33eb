/** Time and chance as whatever waits sees them, so that a test can move the one and fix the other. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Runs once after `ms` milliseconds, unless the returned function is called before. */
  schedule(ms: number, run: () => void): () => void;
}

/** The browser's (or Node's) own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  schedule: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
