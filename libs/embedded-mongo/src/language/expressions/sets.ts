import { MongoError } from '../../errors.js';
import type { Ordering } from '../ordering.js';
import { isConstant, valueOf } from './folding.js';
import { isNullish, isTrue, nameOf, unary, values, type Operator, type Operators } from './operator.js';

/** The different values of an array, in MongoDB's order of values, which a set has no other. */
function distinct(array: readonly unknown[], { compare }: Ordering): unknown[] {
  const sorted = [...array].sort(compare);
  return sorted.filter((value, i) => i === 0 || compare(sorted[i - 1], value) !== 0);
}

const holds = (set: readonly unknown[], value: unknown, { compare }: Ordering): boolean =>
  set.some((other) => compare(other, value) === 0);

function arrayOf(value: unknown, code: number, name: string): unknown[] {
  if (!Array.isArray(value))
    throw new MongoError(code, `All operands of ${name} must be arrays. One argument is of type: ${nameOf(value)}`);
  return value as unknown[];
}

const $setDifference = values(2, 2, ([a, b], ordering, name) => {
  if (isNullish(a) || isNullish(b)) return null;
  const [left, right] = [arrayOf(a, 17048, name), arrayOf(b, 17049, name)];
  const kept: unknown[] = [];
  for (const value of left) if (!holds(right, value, ordering) && !holds(kept, value, ordering)) kept.push(value);
  return kept;
});

const combining = (code: number, combine: (a: unknown[], b: unknown[], ordering: Ordering) => unknown[]): Operator =>
  values(0, Infinity, (args, ordering, name) => {
    let result: unknown[] | undefined;
    for (const value of args) {
      if (isNullish(value)) return null;
      const array = arrayOf(value, code, name);
      result = result ? combine(result, array, ordering) : array;
    }
    return distinct(result ?? [], ordering);
  });

const setEquals = values(0, Infinity, (args, ordering, name) => {
  const [first = [], ...others] = args.map((value) => distinct(arrayOf(value, 17044, name), ordering));
  return others.every((set) => ordering.compare(set, first) === 0);
});

/** Constants are looked at beforehand. */
const $setEquals: Operator = (argument, compiler, name) => {
  const specs: unknown[] = Array.isArray(argument) ? argument : [argument];
  if (specs.length < 2) throw new MongoError(17045, `$setEquals needs at least two arguments had: ${specs.length}`);
  for (const operand of specs.map(compiler.expression))
    if (isConstant(operand, compiler)) arrayOf(valueOf(operand), 5887502, name);
  return setEquals(argument, compiler, name);
};

const setIsSubset = values(2, 2, ([a, b], ordering, name) => {
  const [inner, outer] = [arrayOf(a, 17046, name), arrayOf(b, 17042, name)];
  return inner.every((value) => holds(outer, value, ordering));
});

const $setIsSubset: Operator = (argument, compiler, name) => {
  const operator = setIsSubset(argument, compiler, name);
  const outer = compiler.expression((argument as unknown[])[1]);
  if (!isConstant(operator, compiler) && isConstant(outer, compiler)) arrayOf(valueOf(outer), 17311, name);
  return operator;
};

const elements = (code: number, decide: (array: unknown[]) => boolean): Operator =>
  unary((value, name) => decide(arrayOf(value, code, name)));

/** Operators of sets: arrays in which neither order nor repetition counts. */
export const SETS: Operators = {
  $allElementsTrue: elements(17040, (array) => array.every(isTrue)),
  $anyElementTrue: elements(17041, (array) => array.some(isTrue)),
  $setDifference,
  $setEquals,
  $setIntersection: combining(17047, (a, b, ordering) => a.filter((value) => holds(b, value, ordering))),
  $setIsSubset,
  $setUnion: combining(17043, (a, b) => [...a, ...b]),
};
