import type { Run } from '../messages/sync/message-runs';

/** Messages in the document at first, and added at a time when one scrolls. */
export const RENDERED = { initial: 40, step: 20 } as const;

/** More is rendered when less than so many heights of the screen is left above or below what is in sight. */
const EXTEND_AT = 1.5;
/** What is further off than so many heights is taken out of the document … */
const CUT_AT = 3;
/** … up to here. */
const CUT_TO = 2;

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

/**
 * The bounds as they are to be for where one is: further where one comes near an end of them, cut where they go on far out
 * of sight.
 * @param heights what is rendered out of sight, in heights of the screen
 * @param inReach the first and the last message not further off than so many heights
 */
export function slid(
  bounds: Run,
  run: Run,
  { above, below }: { above: number; below: number },
  inReach: (heights: number) => { first: number | undefined; last: number | undefined },
): Run {
  let { first, last } = bounds;
  const reach = above > CUT_AT || below > CUT_AT ? inReach(CUT_TO) : undefined;
  if (above > CUT_AT) first = reach?.first ?? first;
  else if (above < EXTEND_AT) first = Math.max(run.first, first - RENDERED.step);
  if (below > CUT_AT) last = reach?.last ?? last;
  else if (below < EXTEND_AT) last = Math.min(run.last, last + RENDERED.step);
  return { first, last };
}
