import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { Heap } from '../heap.js';
import { compileExpression, type Compilation, type Expression, type Scope } from './expression.js';
import { namedArguments } from './expressions/operator.js';
import { CHOICES, countOf, countedArguments, percentileArguments } from './expressions/statistics.js';
import {
  averageTally,
  deviationTally,
  endTally,
  extremeTally,
  listTally,
  mergeTally,
  percentileTally,
  setTally,
  sumTally,
  type Tally,
} from './expressions/tallies.js';
import type { Ordering } from './values/ordering.js';
import { checkOrder, sortFields, sorterOf, type Sorter } from './sort.js';

/** What one group comes to: it is given each document, and then asked. */
export interface Accumulation {
  add(scope: Scope): void;
  /** Null where there is nothing to tell. */
  result(): unknown;
}

/** Begins a group; what does not differ within one (`n`) is computed in the given scope. */
export type Accumulator = (group?: Scope) => Accumulation;

interface Accumulating extends Compilation {
  /**
   * Whether MongoDB runs the group together with the reading: of values that are equal, `$min` and `$max` give the last one
   * then, and not the first, and an average of whole numbers is that of their exact sum.
   */
  readonly leading?: boolean;
}

type AccumulatorCompiler = (argument: unknown, compilation: Accumulating, name: string) => Accumulator;

/** An accumulator of one value a document. */
const ofValues =
  (tallyOf: (ordering: Ordering, leading?: boolean) => Tally): AccumulatorCompiler =>
  (argument, compilation) => {
    const value = compileExpression(argument, compilation);
    return () => {
      const tally = tallyOf(compilation.ordering, compilation.leading);
      return { add: (scope) => tally.add(value(scope)), result: () => tally.result() ?? null };
    };
  };

/** @throws MongoError 14 when `$count` is given something to count */
export function checkNothingCounted(argument: unknown, name: string): void {
  if (!isDoc(argument) || Object.keys(argument).length > 0)
    throw new MongoError(14, `${name} takes no arguments, i.e. ${name}: {}`);
}

const $count: AccumulatorCompiler = (argument, compilation, name) => {
  checkNothingCounted(argument, name);
  return ofValues(sumTally)(1, compilation, name);
};

/** What `n` is in a group of which nothing is known. */
const EMPTY: Scope = { root: {}, current: {}, variables: {} };

const choosing: AccumulatorCompiler = (argument, compilation, name) => {
  const args = countedArguments(name, argument);
  const n = compileExpression(args['n'], compilation);
  const input = compileExpression(args['input'], compilation);
  return (group = EMPTY) => {
    const count = countOf(n(group), name);
    const all: unknown[] = [];
    return {
      add: (scope) => {
        // The first ones need no others.
        if (name !== '$firstN' || all.length < count) all.push(input(scope) ?? null);
      },
      result: () => CHOICES[name]?.(all, count, compilation.ordering),
    };
  };
};

/** What `$top`, `$bottom` and those of n are given: they go by an order of their own. */
export function rankedArguments(name: string, argument: unknown): { n: unknown; sortBy: Doc; output: unknown } {
  const { n, sortBy, output } = namedArguments(
    name,
    argument,
    name.endsWith('N') ? ['n', 'sortBy', 'output'] : ['sortBy', 'output'],
    [],
    { notObject: 5788001, unknown: 5788002, missing: { n: 5788003, output: 5788004, sortBy: 5788005 } },
  );
  if (!isDoc(sortBy)) throw new MongoError(10065, `invalid parameter: expected an object (sortBy)`);
  checkOrder(sortBy);
  return { n, sortBy, output };
}

interface Kept<Key> {
  readonly key: Key;
  readonly value: unknown;
  /** How many came before it. */
  readonly at: number;
}

/** Keeps the first or the last of what comes, in an order; what is equal to the worst of them when they are complete is late. */
export function endOf<Key>({ compare }: Sorter<Key>, name: string, count: number) {
  const top = name.startsWith('$top');
  // Of equal ones the last goes out of those at the top, and the first of those at the bottom.
  const order = (a: Kept<Key>, b: Kept<Key>): number => (compare(a.key, b.key) || a.at - b.at) * (top ? -1 : 1);
  const kept = new Heap<Kept<Key>>((a, b) => order(a, b) < 0);
  let at = 0;
  return {
    add(key: Key, value: unknown): void {
      const worst = kept.items.length < count ? undefined : kept.first;
      if (worst && compare(key, worst.key) * (top ? 1 : -1) >= 0) return;
      if (worst) kept.pop();
      kept.push({ key, value: value ?? null, at: at++ });
    },
    result: (): unknown => {
      // A list in order is a heap as well.
      const values = kept.items.sort(order).map(({ value }) => value);
      if (top) values.reverse();
      return name.endsWith('N') ? values : (values[0] ?? null);
    },
  };
}

/** `$top`, `$bottom` and those of n: the ends of the group in its order. */
const ranked: AccumulatorCompiler = (argument, compilation, name) => {
  const many = name.endsWith('N');
  const args = rankedArguments(name, argument);
  const sorter = sorterOf(sortFields(args.sortBy), compilation.ordering);
  const output = compileExpression(args.output, compilation);
  const n: Expression = many ? compileExpression(args.n, compilation) : () => 1;
  return (group = EMPTY) => {
    const end = endOf(sorter, name, many ? countOf(n(group), name) : 1);
    return { ...end, add: (scope) => end.add(sorter.keyOf(scope.root as Doc), output(scope)) };
  };
};

const percentile: AccumulatorCompiler = (argument, compilation, name) => {
  const { input, sharesOf } = percentileArguments(name, argument, (spec) => compileExpression(spec, compilation));
  const value = compileExpression(input, compilation);
  return (group = EMPTY) => {
    const tally = percentileTally(sharesOf(group.variables));
    return {
      add: (scope) => tally.add(value(scope)),
      result: () => (name === '$median' ? (tally.result() as unknown[])[0] : tally.result()),
    };
  };
};

const ACCUMULATORS: Readonly<Record<string, AccumulatorCompiler>> = {
  $addToSet: ofValues(setTally),
  $avg: ofValues(averageTally),
  $bottom: ranked,
  $bottomN: ranked,
  $count,
  $first: ofValues(() => endTally('first')),
  $firstN: choosing,
  $last: ofValues(() => endTally('last')),
  $lastN: choosing,
  $max: ofValues((ordering, leading) => extremeTally(ordering, 1, leading)),
  $maxN: choosing,
  $median: percentile,
  $mergeObjects: ofValues(mergeTally),
  $min: ofValues((ordering, leading) => extremeTally(ordering, -1, leading)),
  $minN: choosing,
  $percentile: percentile,
  $push: ofValues(listTally),
  $stdDevPop: ofValues(() => deviationTally(false)),
  $stdDevSamp: ofValues(() => deviationTally(true)),
  $sum: ofValues(sumTally),
  $top: ranked,
  $topN: ranked,
};

/**
 * Compiles the accumulator of a field, as `{ $sum: '$a' }`.
 * @throws MongoError 40234 or 40238 when it is no such document, 40237 for several arguments, 15952 when the operator is unknown
 */
export function compileAccumulator(field: string, spec: unknown, compilation: Accumulating): Accumulator {
  const names = isDoc(spec) ? Object.keys(spec) : [];
  const [name = ''] = names;
  if (!isDoc(spec) || !name.startsWith('$'))
    throw new MongoError(40234, `The field '${field}' must be an accumulator object`);
  if (names.length !== 1) throw new MongoError(40238, `The field '${field}' must specify one accumulator`);
  if (Array.isArray(spec[name])) throw new MongoError(40237, `The ${name} accumulator is a unary operator`);
  if (name === '$accumulator')
    throw new MongoError(238, '$accumulator is not supported: this server runs no JavaScript');
  const compile = Object.hasOwn(ACCUMULATORS, name) ? ACCUMULATORS[name] : undefined;
  if (!compile) throw new MongoError(15952, `unknown group operator '${name}'`);
  return compile(spec[name], compilation, name);
}
