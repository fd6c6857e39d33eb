import { MongoError } from '../../errors.js';

/** How long a command may read. Times are those of `performance.now()` in this thread, in milliseconds. */
export interface Deadline {
  /** When it has to give up. */
  at: number;
  /** When somebody else has to read instead; undefined when there is nobody. */
  handOverAt?: number;
  /** Whether everything ends now. */
  readonly isInterrupted?: () => boolean;
}

/** A read has taken so long that it begins anew where it keeps nobody waiting. */
export class TakesLong extends Error {}

/**
 * Called now and then by whatever goes through documents, since looking at the clock costs as much as a short one.
 * @throws MongoError 50 when the time is over, 11600 when the server ends; TakesLong when somebody else is to go on
 */
export function checkTime({ at, handOverAt, isInterrupted }: Deadline): void {
  const now = performance.now();
  if (now > at) throw new MongoError(50, 'operation exceeded time limit');
  if (isInterrupted?.()) throw new MongoError(11600, 'interrupted at shutdown');
  if (handOverAt !== undefined && now > handOverAt) throw new TakesLong();
}
