import type { Run } from '../messages/sync/message-runs';

/** Messages in the document at first, and added at a time when one scrolls. */
export const RENDERED = { initial: 40, step: 20 } as const;

/** Part of the loaded messages that stands in the document, by `seq`, both ends included. */
export interface RenderWindow {
  /** Absent for *the latest*. */
  readonly first?: number;
  /** Absent for *everything to the end*. */
  readonly last?: number;
}

/** What stands in the document of this loaded stretch. */
export function boundsOf(window: RenderWindow, run: Run): Run {
  const last = holds(run, window.last) ? window.last : run.last;
  const first = holds({ first: run.first, last }, window.first) ? window.first : last - RENDERED.initial + 1;
  return { first: Math.max(run.first, first), last };
}

/** The window with these ends; one that reaches `end`, the newest message, goes on with what comes after it. */
export function windowOf({ first, last }: Run, end: number): RenderWindow {
  return last >= end ? { first } : { first, last };
}

/** Ends of a window with this place in its middle. */
export function around(seq: number, run: Run): Run {
  const first = Math.max(run.first, seq - RENDERED.initial / 2);
  return { first, last: Math.min(run.last, first + RENDERED.initial - 1) };
}

export function holds({ first, last }: Run, seq: number | undefined): seq is number {
  return seq !== undefined && first <= seq && seq <= last;
}
