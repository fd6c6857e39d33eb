import { Decimal128, Double, EJSON, Int32, Long } from 'bson';
import { describe, expect, it } from 'vitest';
import type { Doc } from '../../document.js';
import { collationOf } from '../values/collation.js';
import { BINARY, orderingOf } from '../values/ordering.js';
import { NO_OTHERS, runPipeline } from '../pipeline.js';

const run = (docs: readonly Doc[], stage: Doc): Doc[] => [...runPipeline(docs, [stage], NO_OTHERS, {})];

const show = (value: unknown): string => EJSON.stringify({ value }, { relaxed: false });

/** Every function that a window may be given to, of the field `v`. */
const FUNCTIONS: readonly Doc[] = [
  ...['$addToSet', '$avg', '$first', '$last', '$max', '$min', '$push', '$stdDevPop', '$stdDevSamp', '$sum'].map(
    (name) => ({
      [name]: '$v',
    }),
  ),
  ...['$firstN', '$lastN', '$maxN', '$minN'].map((name) => ({ [name]: { input: '$v', n: 2 } })),
  ...['$top', '$bottom'].map((name) => ({ [name]: { sortBy: { v: 1 }, output: '$v' } })),
  ...['$topN', '$bottomN'].map((name) => ({ [name]: { sortBy: { v: 1 }, output: '$v', n: 2 } })),
  { $covariancePop: ['$v', '$w'] },
  { $covarianceSamp: ['$v', '$w'] },
  { $count: {} },
  { $median: { input: '$v', method: 'approximate' } },
  { $percentile: { input: '$v', p: [0.1, 0.9], method: 'approximate' } },
  { $derivative: { input: '$w' } },
  { $integral: { input: '$w' } },
];

const WINDOWS: readonly Doc[] = [
  { documents: ['unbounded', 'current'] },
  { documents: ['current', 'unbounded'] },
  { documents: [-3, 2] },
  { documents: [2, 4] },
  { documents: [-4, -2] },
  { range: [-2, 3] },
  { range: ['unbounded', -1] },
];

/** The documents that a window holds for one of them, found by looking at each. */
function windowOf(docs: readonly Doc[], at: number, window: Doc): Doc[] {
  const [lower, upper] = (window['documents'] ?? window['range']) as [number | string, number | string];
  const place = (i: number): number => (window['range'] ? (docs[i]?.['t'] as Int32).value : i);
  const within = (i: number): boolean => {
    const distance = place(i) - place(at);
    const least = lower === 'unbounded' ? -Infinity : lower === 'current' ? 0 : Number(lower);
    const most = upper === 'unbounded' ? Infinity : upper === 'current' ? 0 : Number(upper);
    return distance >= least && distance <= most;
  };
  return docs.filter((_doc, i) => within(i));
}

/** Numbers of all types: some that doubles cannot hold, far apart in size, and now and then no number. */
function valueAt(i: number): unknown {
  const kinds = [
    () => new Int32(i * 7 - 40),
    () => new Double(i % 4 === 0 ? 1e17 : 0.1 * i),
    () => Long.fromString(`90071992547409${90 + i}`),
    () => Decimal128.fromString(`${i}.10`),
    () => null,
    () => new Double(i % 3 === 0 ? Number.NaN : -1e-9 * i),
  ];
  return (kinds[(i * i + (i >> 1)) % kinds.length] ?? (() => null))();
}

describe('windows', () => {
  const docs = Array.from({ length: 40 }, (_, i) => ({
    _id: new Int32(i),
    t: new Int32(Math.floor(i * 1.4)),
    v: valueAt(i),
    w: new Double(i * 0.3 - (i % 5)),
  }));

  for (const [name, spec] of FUNCTIONS.flatMap((one) => Object.entries(one))) {
    it(`${name} keeps nothing of documents that left the window`, () => {
      for (const window of WINDOWS) {
        const output = { r: { [name]: spec, window } };
        const found = run(docs, { $setWindowFields: { sortBy: { t: 1 }, output } }).map((doc) => doc['r']);
        const alone = docs.map((_doc, at) => {
          const inside = windowOf(docs, at, window);
          const whole = { r: { [name]: spec, window: { documents: ['unbounded', 'unbounded'] } } };
          // Of no documents at all the function is asked through a window that is empty.
          if (inside.length === 0) return run(docs, emptyWindow(name, spec))[0]?.['r'];
          return run(inside, { $setWindowFields: { sortBy: { t: 1 }, output: whole } })[0]?.['r'];
        });
        const seen = (value: unknown): string => (name === '$addToSet' ? show(asSet(value)) : show(value));
        expect(found.map(seen)).toEqual(alone.map(seen));
      }
    });
  }
});

describe('equal values of several types', () => {
  const docs = [new Int32(1), new Double(1), Long.fromNumber(1)].map((v, t) => ({ t: new Int32(t), v }));
  const [first, second, third] = docs.map(({ v }) => v);
  const found = (name: string, documents: unknown): unknown[] => {
    const output = { r: { [name]: '$v', window: { documents } } };
    return run(docs, { $setWindowFields: { sortBy: { t: 1 }, output } }).map((doc) => doc['r']);
  };

  it('are told by the first one of a window that only grows', () => {
    for (const name of ['$min', '$max'])
      expect(found(name, ['unbounded', 'current']).map(show)).toEqual([first, first, first].map(show));
  });

  it('are told by the one at their end of a window that documents leave', () => {
    expect(found('$min', [-1, 0]).map(show)).toEqual([first, first, second].map(show));
    expect(found('$max', [-1, 0]).map(show)).toEqual([first, second, third].map(show));
  });

  it('are the first ones at the bottom, unless documents leave the window', () => {
    const bottom = (name: string, more: Doc, documents: unknown): unknown => {
      const output = { r: { [name]: { sortBy: { v: 1 }, output: '$t', ...more }, window: { documents } } };
      return run(docs, { $setWindowFields: { sortBy: { t: 1 }, output } }).at(-1)?.['r'];
    };
    const [zero, one, two] = docs.map(({ t }) => t);
    expect(bottom('$bottom', {}, ['unbounded', 'current'])).toEqual(zero);
    expect(bottom('$bottom', {}, [-2, 0])).toEqual(two);
    expect(bottom('$bottomN', { n: new Int32(2) }, ['unbounded', 'current'])).toEqual([zero, one]);
    expect(bottom('$bottomN', { n: new Int32(2) }, [-2, 0])).toEqual([one, two]);
    const r = { $bottomN: { sortBy: { v: 1 }, output: '$t', n: new Int32(2) } };
    const b = { $bottom: { sortBy: { v: 1 }, output: '$t' } };
    expect(run(docs, { $group: { _id: null, b, r } })).toEqual([{ _id: null, b: zero, r: [zero, one] }]);
  });

  it('are in a set as one that is in the window', () => {
    expect(found('$addToSet', [-1, 0]).map(show)).toEqual([[first], [first], [second]].map(show));
  });
});

/** A set has no order of its own. */
const asSet = (values: unknown): unknown[] => [...(values as unknown[])].sort((a, b) => BINARY.compare(a, b));

const emptyWindow = (name: string, spec: unknown): Doc => ({
  $setWindowFields: { sortBy: { t: 1 }, output: { r: { [name]: spec, window: { documents: [-1, -1] } } } },
});

/** Documents that count how often one of their fields is read. */
function counted(count: number): { docs: Doc[]; reads: () => number } {
  let reads = 0;
  const docs = Array.from({ length: count }, (_, i) => ({
    t: new Int32(i),
    get v() {
      reads++;
      return new Int32((i * 7919) % count);
    },
    w: new Int32(i),
  }));
  return { docs, reads: () => reads };
}

describe('what windows cost', () => {
  const of = [...FUNCTIONS, { $linearFill: '$v' }, { $locf: '$v' }, { $shift: { output: '$v', by: 1 } }];

  it.each(of.map((spec) => [Object.keys(spec)[0], spec] as const))(
    '%s reads each document a few times',
    (name, spec) => {
      const windows = /^\$(linearFill|locf|shift)$/.test(name ?? '') ? [undefined] : WINDOWS;
      for (const window of windows) {
        const { docs, reads } = counted(600);
        const output = { r: window ? { ...spec, window } : spec };
        run(docs, { $setWindowFields: { sortBy: { t: 1 }, output } });
        expect(reads()).toBeLessThanOrEqual(4 * docs.length);
      }
    },
  );

  it('ranges and extremes take n log n comparisons', () => {
    let comparisons = 0;
    const ordering = {
      ...BINARY,
      collation: { spec: {}, compare: (a: string, b: string) => (a < b ? -1 : Number(a > b)) },
      compare: (a: unknown, b: unknown) => {
        comparisons++;
        return BINARY.compare(a, b);
      },
    };
    const { docs } = counted(1000);
    const output = Object.fromEntries(
      ['$min', '$max', '$addToSet'].map((name) => [name.slice(1), { [name]: '$v', window: { range: [-100, 100] } }]),
    );
    const stage = { $setWindowFields: { sortBy: { t: 1 }, output } };
    expect([...runPipeline(docs, [stage], NO_OTHERS, { ordering })]).toHaveLength(docs.length);
    expect(comparisons).toBeLessThan(4 * 1000 * 10);
  });

  it('groups with a collation take n log n comparisons', () => {
    const collation = collationOf({ locale: 'en', strength: 2 });
    if (!collation) throw new Error('there is no such collation');
    let comparisons = 0;
    const compare = (a: string, b: string): number => {
      comparisons++;
      return collation.compare(a, b);
    };
    const docs = Array.from({ length: 4000 }, (_, i) => ({ v: `${i % 2 ? 'N' : 'n'}ame ${(i * 7919) % 2000}` }));
    const stage = { $group: { _id: '$v', n: { $sum: new Int32(1) }, all: { $addToSet: '$v' } } };
    const groups = [...runPipeline(docs, [stage], NO_OTHERS, { ordering: orderingOf({ ...collation, compare }) })];
    expect(groups).toHaveLength(2000);
    expect(comparisons).toBeLessThan(2 * 4000 * 16);
  });
});
