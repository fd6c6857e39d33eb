import { Double } from 'bson';
import type { Doc } from '../../document.js';
import { checkNothingCounted, endOf, rankedArguments } from '../accumulators.js';
import { isNumeric } from '../values/arithmetic.js';
import { compileExpression } from '../expression.js';
import { isNullish, wholeNumber } from '../expressions/operator.js';
import { countOf, countedArguments, percentileArguments } from '../expressions/statistics.js';
import { Total } from '../expressions/total.js';
import { toNumber } from '../values/numbers.js';
import type { Ordering } from '../values/ordering.js';
import { sortFields, sorterOf } from '../sort.js';
import { keyOf } from '../../store/keys/key.js';
import { valueKeys } from '../values/value-keys.js';
import { Moments } from './moments.js';
import { RankedPlaces } from './ranked-places.js';
import { computing, type PipelineContext } from './stage.js';

/** Where a window begins, and where it is over: places of documents in their partition. */
export type Span = readonly [from: number, to: number];

/** What a window comes to while its ends move forward: documents come in at its end and go out at its beginning. */
export interface Sliding {
  add(at: number): void;
  remove(at: number): void;
  result(from: number, to: number): unknown;
}

/** Moves a window over all spans, none of which begins or ends before the one before it. */
export function slide(spans: readonly Span[], sliding: Sliding): unknown[] {
  let [first, end] = [0, 0];
  let value: unknown;
  return spans.map(([from, to], i) => {
    // Neighbours often share their window, and all do when it is the whole partition.
    if (i > 0 && from === first && to === end) return value;
    while (end < to) sliding.add(end++);
    while (first < from) sliding.remove(first++);
    value = sliding.result(from, to);
    return value;
  });
}

export type SlidingCompiler = (
  argument: unknown,
  context: PipelineContext,
  name: string,
  /** Whether documents go out of the window again. */
  leaving: boolean,
) => (docs: readonly Doc[]) => Sliding;

/** For what can be told from the ends of the window alone. */
const STILL = { add: () => undefined, remove: () => undefined };

/** Over one value a document, which is computed once. */
const ofValues =
  (begin: (values: readonly unknown[], ordering: Ordering, leaving: boolean) => Sliding): SlidingCompiler =>
  (argument, context, _name, leaving) => {
    const compute = computing(argument, context);
    return (docs) => begin(docs.map(compute), context.ordering, leaving);
  };

const totals = (result: (total: Total) => unknown): SlidingCompiler =>
  ofValues((values) => {
    const total = new Total();
    return {
      add: (at) => total.add(values[at]),
      remove: (at) => total.remove(values[at]),
      result: () => result(total),
    };
  });

/** Reckoned with doubles, whatever the numbers are, as MongoDB does. */
const deviation = (sample: boolean): SlidingCompiler =>
  ofValues((given, _ordering, leaving) => {
    const values = given.map((value) => (isNumeric(value) ? new Double(toNumber(value)) : value));
    const moments = new Moments();
    return {
      add: (at) => moments.add(values[at], values[at]),
      remove: (at) => moments.remove(values[at], values[at]),
      result: () => moments.deviation(sample, leaving),
    };
  });

const covariance =
  (sample: boolean): SlidingCompiler =>
  (argument, context) => {
    const compute = computing(argument, context);
    return (docs) => {
      // What is no pair counts for nothing.
      const pairs = docs.map((doc) => {
        const pair = compute(doc);
        return Array.isArray(pair) && pair.length === 2 ? (pair as unknown[]) : [];
      });
      const moments = new Moments();
      return {
        add: (at) => moments.add(pairs[at]?.[0], pairs[at]?.[1]),
        remove: (at) => moments.remove(pairs[at]?.[0], pairs[at]?.[1]),
        result: () => moments.covariance(sample),
      };
    };
  };

const end = (which: 'first' | 'last'): SlidingCompiler =>
  ofValues((values) => ({
    ...STILL,
    result: (from, to) => (from < to ? (values[which === 'first' ? from : to - 1] ?? null) : null),
  }));

const $push = ofValues((values) => ({
  ...STILL,
  result: (from, to) => values.slice(from, to).filter((value) => value !== undefined),
}));

const $addToSet = ofValues((values, ordering) => {
  const keys = values.map(valueKeys(ordering));
  const known = (at: number): boolean => values[at] !== undefined;
  /** The next place of a value that is equal to the one at a place. */
  const next = new Map<number, number>();
  const last = new Map<string, number>();
  keys.forEach((key, at) => {
    if (!known(at)) return;
    next.set(last.get(key) ?? -1, at);
    last.set(key, at);
  });
  /** The first place in the window of each value that is there, and where the window is over. */
  const present = new Map<string, number>();
  let end = 0;
  return {
    add: (at) => {
      end = at + 1;
      const key = keys[at] ?? '';
      if (known(at) && !present.has(key)) present.set(key, at);
    },
    remove: (at) => {
      const [key, following] = [keys[at] ?? '', next.get(at) ?? end];
      if (following < end) present.set(key, following);
      else if (known(at)) present.delete(key);
    },
    result: () => Array.from(present.values(), (at) => values[at]),
  };
});

/** The places of all values but null and missing ones, in the order of the values; the later of equal ones last, or first. */
function places(values: readonly unknown[], ordering: Ordering, latestFirst = false): number[] {
  const all = [...values.keys()].filter((at) => !isNullish(values[at]));
  if (latestFirst) all.reverse();
  if (ordering.collation) return all.sort((a, b) => ordering.compare(values[a], values[b]));
  const keys = values.map(keyOf);
  return all.sort((a, b) => Buffer.compare(keys[a] as Buffer, keys[b] as Buffer));
}

/** What stands at one end of the window's places in their order, or at several places from there on. */
function ends(ranked: RankedPlaces, values: readonly unknown[], from: 'lowest' | 'highest', n: number): unknown[] {
  return Array.from({ length: Math.min(n, ranked.size) }, (_, i) => {
    return values[ranked.at(from === 'lowest' ? i : ranked.size - 1 - i)] ?? null;
  });
}

const sliding = (ranked: RankedPlaces, result: () => unknown): Sliding => ({
  add: (at) => ranked.add(at),
  remove: (at) => ranked.remove(at),
  result,
});

const extreme = (which: 'lowest' | 'highest'): SlidingCompiler =>
  ofValues((values, ordering, leaving) => {
    // Where nothing leaves, MongoDB keeps the first of equal values, and else the one at this end of them.
    const ranked = new RankedPlaces(places(values, ordering, which === 'highest' && !leaving));
    return sliding(ranked, () => ends(ranked, values, which, 1)[0] ?? null);
  });

/** `$firstN` and their like: `n` is the same for the whole stage. */
const choosing: SlidingCompiler = (argument, context, name) => {
  const args = countedArguments(name, argument);
  const n = computing(args['n'], context);
  const input = computing(args['input'], context);
  return (docs) => {
    const count = countOf(n({}), name);
    const values = docs.map((doc) => input(doc) ?? null);
    if (name === '$firstN') return { ...STILL, result: (from, to) => values.slice(from, Math.min(to, from + count)) };
    if (name === '$lastN') return { ...STILL, result: (from, to) => values.slice(Math.max(from, to - count), to) };
    const ranked = new RankedPlaces(places(values, context.ordering));
    return sliding(ranked, () => ends(ranked, values, name === '$minN' ? 'lowest' : 'highest', count));
  };
};

/** `$top`, `$bottom` and those of n. */
const sorted: SlidingCompiler = (argument, context, name, leaving) => {
  const { n, sortBy, output } = rankedArguments(name, argument);
  const sorter = sorterOf(sortFields(sortBy), context.ordering);
  const compute = computing(output, context);
  const many = name.endsWith('N') ? computing(n, context) : undefined;
  return (docs) => {
    const count = many ? countOf(many({}), name) : 1;
    const keys = docs.map((doc) => sorter.keyOf(doc));
    const values = docs.map(compute);
    if (!leaving) {
      const end = endOf(sorter, name, count);
      return { ...STILL, ...end, add: (at) => end.add(keys[at] as never, values[at]) };
    }
    const ranked = new RankedPlaces(
      [...docs.keys()].sort((a, b) => sorter.compare(keys[a] as never, keys[b] as never)),
    );
    return sliding(ranked, () => {
      // The last ones are told in their order, too.
      const chosen = name.startsWith('$top')
        ? ends(ranked, values, 'lowest', count)
        : ends(ranked, values, 'highest', count).reverse();
      return many ? chosen : (chosen[0] ?? null);
    });
  };
};

const percentile: SlidingCompiler = (argument, context, name) => {
  const { input, sharesOf } = percentileArguments(name, argument, (spec) => compileExpression(spec, context));
  const compute = computing(input, context);
  const shares = sharesOf(context.variables);
  return (docs) => {
    const values = docs.map(compute);
    const numbers = values.map((value) => (isNumeric(value) ? toNumber(value) : Number.NaN));
    const known = [...numbers.keys()].filter((at) => !Number.isNaN(numbers[at]));
    const ranked = new RankedPlaces(known.sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0)));
    return sliding(ranked, () => {
      const found = shares.map((share) => {
        if (ranked.size === 0) return null;
        return new Double(numbers[ranked.at(Math.max(0, Math.ceil(share * ranked.size) - 1))] ?? Number.NaN);
      });
      return name === '$median' ? found[0] : found;
    });
  };
};

/** The functions that a window may be given to; all but the covariances are accumulators of `$group` as well. */
export const SLIDING: Readonly<Record<string, SlidingCompiler>> = {
  $addToSet,
  $avg: totals((total) => total.average),
  $bottom: sorted,
  $bottomN: sorted,
  $count: (argument, _context, name) => {
    checkNothingCounted(argument, name);
    return () => ({ ...STILL, result: (from, to) => wholeNumber(to - from) });
  },
  $covariancePop: covariance(false),
  $covarianceSamp: covariance(true),
  $first: end('first'),
  $firstN: choosing,
  $last: end('last'),
  $lastN: choosing,
  $max: extreme('highest'),
  $maxN: choosing,
  $median: percentile,
  $min: extreme('lowest'),
  $minN: choosing,
  $percentile: percentile,
  $push,
  $stdDevPop: deviation(false),
  $stdDevSamp: deviation(true),
  $sum: totals((total) => total.sum),
  $top: sorted,
  $topN: sorted,
};
