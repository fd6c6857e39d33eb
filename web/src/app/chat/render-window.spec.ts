import { describe, expect, it } from 'vitest';
import { RENDERED, boundsOf, earlier, later, trimmed } from './render-window';
import type { RenderWindow } from './render-window';

const bubbles = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ key: `m${from + index}` }));

const keys = (window: RenderWindow, all: { key: string }[]) => {
  const shown = all.slice(...boundsOf(window, all));
  return [shown[0]?.key, shown.at(-1)?.key];
};

describe('render window', () => {
  it('starts with the latest', () => {
    expect(keys({}, bubbles(1, 1_000))).toEqual(['m901', 'm1000']);
    expect(keys({}, bubbles(1, 3))).toEqual(['m1', 'm3']);
  });

  it('goes up step by step and never holds more than its maximum', () => {
    const all = bubbles(1, 1_000);
    let window: RenderWindow = {};
    for (let step = 0; step < 30; step += 1) {
      window = earlier(window, all);
      const [start, end] = boundsOf(window, all);
      expect(end - start).toBeLessThanOrEqual(RENDERED.max);
    }
    expect(keys(window, all)).toEqual(['m1', 'm300']);
  });

  it('comes down again to the end, and then follows what is new', () => {
    const all = bubbles(1, 1_000);
    let window: RenderWindow = { first: 'm1', last: 'm300' };
    for (let step = 0; step < 30; step += 1) window = later(window, all);
    expect(keys(window, all)).toEqual(['m701', 'm1000']);
    expect(keys(window, [...all, { key: 'm1001' }])).toEqual(['m701', 'm1001']);
  });

  it('shows the same bubbles after an older page was put in front', () => {
    const window = earlier({}, bubbles(101, 300));
    expect(keys(window, bubbles(101, 300))).toEqual(keys(window, bubbles(1, 300)));
  });

  it('becomes short again when new ones have made it long', () => {
    const all = bubbles(1, 400);
    expect(keys(trimmed({ first: 'm50' }, all), all)).toEqual(['m301', 'm400']);
    expect(trimmed({ first: 'm200' }, all)).toEqual({ first: 'm200' });
  });
});
