import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isLong, isNumeric } from '../values/arithmetic.js';
import { toNumber } from '../values/numbers.js';
import type { Ordering } from '../values/ordering.js';
import { constantsLast, folded } from './folding.js';
import { isNullish, nameOf, namedArguments, type Expression, type Operator, type Operators } from './operator.js';
import { averageTally, deviationTally, extremeTally, percentileTally, sumTally, type Tally } from './tallies.js';

/**
 * Over its arguments, or over the elements of the array that its one argument gives.
 * @param commutes whether neither their order nor how they are grouped matters
 */
const over =
  (tallyOf: (ordering: Ordering) => Tally, commutes = false): Operator =>
  (argument, compiler) => {
    const of =
      (some: readonly Expression[]): Expression =>
      (scope) => {
        const tally = tallyOf(compiler.ordering);
        const computed = some.map((arg) => arg(scope));
        const [only] = computed;
        for (const value of computed.length === 1 && Array.isArray(only) ? only : computed) tally.add(value);
        return tally.result();
      };
    const given = (Array.isArray(argument) ? argument : [argument]).map(compiler.expression);
    const args = commutes ? constantsLast(given, of, compiler) : given;
    return folded(of(args), args, compiler);
  };

/** What `$firstN`, `$maxN` and their like are given. */
export function countedArguments(name: string, argument: unknown): Doc {
  return namedArguments(name, argument, ['n', 'input'], [], {
    notObject: name === '$maxN' || name === '$minN' ? 5787900 : 5787801,
    unknown: 5787901,
    missing: { n: 5787906, input: 5787907 },
  });
}

/** @throws MongoError 5787902, 5787903 or 5787908 when `n` is not a whole number above zero */
export function countOf(value: unknown, name: string): number {
  const count = toNumber(value);
  if (!isNumeric(value))
    throw new MongoError(5787902, `Value for 'n' of ${name} must be of integral type, but found ${nameOf(value)}`);
  if (!isLong(value))
    throw new MongoError(5787903, `Value for 'n' of ${name} must be of integral type, but found ${count}`);
  if (count <= 0) throw new MongoError(5787908, `'n' of ${name} must be greater than 0, found ${count}`);
  return count;
}

/** How `$firstN` and their like take some of a list. */
export const CHOICES: Readonly<Record<string, (all: unknown[], n: number, ordering: Ordering) => unknown[]>> = {
  $firstN: (all, n) => all.slice(0, n),
  $lastN: (all, n) => all.slice(-n),
  $maxN: (all, n, { compare }) =>
    all
      .filter((value) => !isNullish(value))
      .sort((a, b) => compare(b, a))
      .slice(0, n),
  $minN: (all, n, { compare }) =>
    all
      .filter((value) => !isNullish(value))
      .sort(compare)
      .slice(0, n),
};

const choosing: Operator = (argument, compiler, name) => {
  const args = countedArguments(name, argument);
  const [n, input] = [compiler.expression(args['n']), compiler.expression(args['input'])];
  const compute: Expression = (scope) => {
    const count = countOf(n(scope), name);
    const array = input(scope);
    if (!Array.isArray(array))
      throw new MongoError(5788200, `Input of ${name} must be an array, but is ${nameOf(array)}`);
    return CHOICES[name]?.([...(array as unknown[])], count, compiler.ordering);
  };
  return folded(compute, [n, input], compiler);
};

/** What `$percentile` and `$median` are about, and which shares they tell with given variables. */
export interface Percentile {
  readonly input: unknown;
  sharesOf(this: void, variables: Doc): readonly number[];
}

/**
 * Reads the arguments of `$percentile` and `$median`, which are expressions or, by default, accumulators.
 * @throws MongoError 7429703, 7436100, 7436200 or 7436201 for what is no document, 2 or 14 for another method, 7750300 to 7750303 for what are
 *   no shares
 */
export function percentileArguments(
  name: string,
  argument: unknown,
  expression: (spec: unknown) => Expression,
  isExpression = false,
): Percentile {
  const isMedian = name === '$median';
  const accumulator = isMedian ? 7436100 : 7429703;
  const required = isMedian ? ['input', 'method'] : ['input', 'method', 'p'];
  const { input, method, p } = namedArguments(name, argument, required, [], {
    notObject: isExpression ? (isMedian ? 7436201 : 7436200) : accumulator,
    unknown: 40415,
    missing: 40414,
  });
  if (typeof method !== 'string') throw new MongoError(14, `'method' of ${name} must be a string`);
  if (method !== 'approximate')
    throw new MongoError(2, `Currently only 'approximate' can be used as percentile 'method'.`);
  if (isMedian) return { input, sharesOf: () => [0.5] };
  if (speaksOf(p, 'document')) throw new MongoError(7750300, `'p' of ${name} must be constant`);
  const compute = expression(p);
  const sharesOf = (variables: Doc): number[] => checkShares(compute({ root: {}, current: {}, variables }), name);
  if (speaksOf(p, 'variables')) return { input, sharesOf };
  const shares = sharesOf({});
  return { input, sharesOf: () => shares };
}

function checkShares(value: unknown, name: string): number[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new MongoError(7750301, `'p' of ${name} must be a non-empty array of numbers`);
  return value.map((item: unknown) => {
    const share = toNumber(item);
    if (!isNumeric(item)) throw new MongoError(7750302, `'p' of ${name} must be an array of numbers`);
    if (!(share >= 0 && share <= 1))
      throw new MongoError(7750303, `'p' of ${name} must be an array of numbers from [0.0, 1.0] range`);
    return share;
  });
}

/** Whether an expression uses fields of a document, or variables. */
function speaksOf(spec: unknown, what: 'document' | 'variables'): boolean {
  if (typeof spec === 'string')
    return what === 'variables' ? spec.startsWith('$$') : /^\$(?!\$)|^\$\$(ROOT|CURRENT)(\.|$)/.test(spec);
  if (Array.isArray(spec)) return spec.some((item) => speaksOf(item, what));
  if (!isDoc(spec) || '$literal' in spec || '$const' in spec) return false;
  return Object.values(spec).some((item) => speaksOf(item, what));
}

const percentile: Operator = (argument, { expression }, name) => {
  const { input, sharesOf } = percentileArguments(name, argument, expression, true);
  const compute = expression(input);
  return (scope) => {
    const tally = percentileTally(sharesOf(scope.variables));
    const value = compute(scope);
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) tally.add(item);
    const found = tally.result() as unknown[];
    return name === '$median' ? found[0] : found;
  };
};

/** Operators that take many values together; as accumulators they stand in `accumulators.ts`. */
export const STATISTICS: Operators = {
  $avg: over(averageTally),
  $firstN: choosing,
  $lastN: choosing,
  $max: over((ordering) => extremeTally(ordering, 1), true),
  $maxN: choosing,
  $median: percentile,
  $min: over((ordering) => extremeTally(ordering, -1), true),
  $minN: choosing,
  $percentile: percentile,
  $stdDevPop: over(() => deviationTally(false)),
  $stdDevSamp: over(() => deviationTally(true)),
  $sum: over(sumTally, true),
};
