/** Bubbles in the document at first, at most, and added or removed at a time when one scrolls. */
export const RENDERED = { initial: 100, max: 300, step: 50 } as const;

/** Part of the loaded bubbles that stands in the document, by the key of its edges, so that it survives prepending. */
export interface RenderWindow {
  /** First bubble; absent for *the latest*. */
  readonly first?: string;
  /** Last bubble; absent for *everything to the end*. */
  readonly last?: string;
}

interface Keyed {
  readonly key: string;
}

/** Index of the first and, exclusive, last bubble in the document. */
export function boundsOf(window: RenderWindow, bubbles: readonly Keyed[]): readonly [number, number] {
  const last = window.last === undefined ? -1 : bubbles.findIndex(({ key }) => key === window.last);
  const end = last < 0 ? bubbles.length : last + 1;
  const first = window.first === undefined ? -1 : bubbles.findIndex(({ key }) => key === window.first);
  const start = first < 0 ? Math.max(0, end - RENDERED.initial) : first;
  return [Math.min(start, end), end];
}

function windowOf(bubbles: readonly Keyed[], start: number, end: number): RenderWindow {
  return { first: bubbles[start]?.key, last: end >= bubbles.length ? undefined : bubbles[end - 1]?.key };
}

/** The window one step up; lets go of what is furthest below when it is full. */
export function earlier(window: RenderWindow, bubbles: readonly Keyed[]): RenderWindow {
  const [start, end] = boundsOf(window, bubbles);
  const from = Math.max(0, start - RENDERED.step);
  return windowOf(bubbles, from, Math.min(end, from + RENDERED.max));
}

/** The window one step down; lets go of what is furthest above when it is full. */
export function later(window: RenderWindow, bubbles: readonly Keyed[]): RenderWindow {
  const [start, end] = boundsOf(window, bubbles);
  const to = Math.min(bubbles.length, end + RENDERED.step);
  return windowOf(bubbles, Math.max(start, to - RENDERED.max), to);
}

/** The same end with fewer bubbles, once it has grown too long while new ones came in at the end. */
export function trimmed(window: RenderWindow, bubbles: readonly Keyed[]): RenderWindow {
  const [start, end] = boundsOf(window, bubbles);
  return end - start <= RENDERED.max ? window : windowOf(bubbles, end - RENDERED.initial, end);
}

/** A window with this bubble in its middle; the one there was when there is no such bubble. */
export function around(window: RenderWindow, bubbles: readonly Keyed[], key: string): RenderWindow {
  const index = bubbles.findIndex((bubble) => bubble.key === key);
  if (index < 0) return window;
  const start = Math.max(0, index - RENDERED.initial / 2);
  return windowOf(bubbles, start, Math.min(bubbles.length, start + RENDERED.initial));
}
