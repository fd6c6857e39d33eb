import { describe, expect, it } from 'vitest';
import { around, boundsOf, RENDERED, slid, windowOf } from './render-window';

const run = { first: 1_000, last: 2_000 };

describe('render window', () => {
  it('starts with the latest', () => {
    expect(boundsOf({}, run)).toEqual({ first: 2_001 - RENDERED.initial, last: 2_000 });
    expect(boundsOf({}, { first: 1, last: 3 })).toEqual({ first: 1, last: 3 });
    expect(boundsOf({}, { first: 1, last: 0 })).toEqual({ first: 1, last: 0 });
  });

  it('is the same after a page was put in front or behind', () => {
    const window = windowOf({ first: 1_200, last: 1_300 }, 9_999);
    for (const grown of [run, { first: 900, last: 2_000 }, { first: 1_000, last: 2_100 }]) {
      expect(boundsOf(window, grown)).toEqual({ first: 1_200, last: 1_300 });
    }
  });

  it('goes on with what is new once it reaches the end', () => {
    const window = windowOf({ first: 1_950, last: 2_000 }, 2_000);
    expect(boundsOf(window, { first: 1_000, last: 2_001 })).toEqual({ first: 1_950, last: 2_001 });
  });

  it('has a place in its middle, as far as there is something on both sides', () => {
    expect(around(1_500, run)).toEqual({ first: 1_500 - RENDERED.initial / 2, last: 1_499 + RENDERED.initial / 2 });
    expect(around(1_000, run)).toEqual({ first: 1_000, last: 999 + RENDERED.initial });
    expect(around(2_000, run).last).toBe(2_000);
  });

  it('shows the latest again when what it showed is not loaded any more', () => {
    const window = { first: 100, last: 140 };
    expect(boundsOf(window, run)).toEqual(boundsOf({}, run));
  });

  describe('while one scrolls', () => {
    const bounds = { first: 1_400, last: 1_600 };
    const near = { first: 1_450, last: 1_550 };
    const at = (above: number, below: number, of = bounds) => slid(of, run, { above, below }, () => near);

    it('stays where enough is rendered on both sides', () => {
      expect(at(2, 2)).toEqual(bounds);
    });

    it('goes on where its end comes near, as far as there is something', () => {
      expect(at(1, 2)).toEqual({ ...bounds, first: 1_400 - RENDERED.step });
      expect(at(2, 1)).toEqual({ ...bounds, last: 1_600 + RENDERED.step });
      expect(at(0, 0, { first: 1_001, last: 1_999 })).toEqual(run);
    });

    it('lets go of what is far out of sight, and goes on at the other end', () => {
      expect(at(4, 2)).toEqual({ ...bounds, first: near.first });
      expect(at(4, 1)).toEqual({ first: near.first, last: 1_600 + RENDERED.step });
      expect(at(1, 4)).toEqual({ first: 1_400 - RENDERED.step, last: near.last });
    });

    it('keeps what it has where nothing can be measured', () => {
      const nothing = () => ({ first: undefined, last: undefined });
      expect(slid(bounds, run, { above: 4, below: 4 }, nothing)).toEqual(bounds);
      expect(slid(bounds, run, { above: Number.NaN, below: Number.NaN }, nothing)).toEqual(bounds);
    });
  });
});
