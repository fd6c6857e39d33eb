import { setTimeout as pause } from 'node:timers/promises';

const LOOK_MS = 20;

/**
 * Resolves with whether `holds` became true within `ms`. What it waits for lies in other processes, so it looks again
 * and again instead of being told.
 */
export async function until(holds: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() > end) return false;
    await pause(LOOK_MS);
  }
}

/** As `until`, but begins anew with its time whenever `left` has become less. */
export async function untilAtRest(holds: () => boolean, left: () => number, ms: number): Promise<boolean> {
  for (let before = Infinity, now = left(); now < before; now = left()) {
    before = now;
    if (await until(holds, ms)) return true;
  }
  return false;
}

/** As `until`, but fails with `what` when the time is over. */
export async function mustBecome(what: string, holds: () => boolean | Promise<boolean>, ms: number): Promise<void> {
  if (!(await until(holds, ms))) throw new Error(`Within ${ms} ms this did not happen: ${what}.`);
}
