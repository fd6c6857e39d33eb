import { MongoError } from '../../errors.js';
import type { Ordering } from '../values/ordering.js';
import { membership } from '../values/value-keys.js';
import { isConstant, valueOf } from './folding.js';
import { inTurn, isNullish, isTrue, nameOf, unary, values, type Operator, type Operators } from './operator.js';

/** The different values of an array, in MongoDB's order of values, which a set has no other. */
function distinct(array: readonly unknown[], { compare }: Ordering): unknown[] {
  const sorted = [...array].sort(compare);
  return sorted.filter((value, i) => i === 0 || compare(sorted[i - 1], value) !== 0);
}

/** Tells whether an array has a value, at the same cost however many it has; a value that was asked for is one of them. */
function holding(array: readonly unknown[], ordering: Ordering): (value: unknown) => boolean {
  const has = membership(ordering);
  array.forEach(has);
  return has;
}

function arrayOf(value: unknown, code: number, name: string): unknown[] {
  if (!Array.isArray(value))
    throw new MongoError(code, `All operands of ${name} must be arrays. One argument is of type: ${nameOf(value)}`);
  return value as unknown[];
}

const $setDifference = values(2, 2, ([a, b], ordering, name) => {
  if (isNullish(a) || isNullish(b)) return null;
  const [left, right] = [arrayOf(a, 17048, name), arrayOf(b, 17049, name)];
  const has = holding(right, ordering);
  return left.filter((value) => !has(value));
});

const $setUnion = inTurn(
  0,
  Infinity,
  (args, ordering, name) => {
    const all: unknown[] = [];
    for (const value of args) {
      if (isNullish(value)) return null;
      for (const item of arrayOf(value, 17043, name)) all.push(item);
    }
    return distinct(all, ordering);
  },
  true,
);

const $setIntersection = inTurn(
  0,
  Infinity,
  (args, ordering, name) => {
    let common: unknown[] | undefined;
    for (const value of args) {
      if (isNullish(value)) return null;
      const set = distinct(arrayOf(value, 17047, name), ordering);
      // Of values that are equal but for their types, those of the smaller set are kept.
      const [fewer, more] = common && common.length <= set.length ? [common, set] : [set, common ?? set];
      common = fewer.filter(holding(more, ordering));
      // What has nothing in common is not looked at any further.
      if (common.length === 0) break;
    }
    return common ?? [];
  },
  true,
);

const setEquals = inTurn(0, Infinity, (args, ordering, name) => {
  let first: unknown[] | undefined;
  for (const value of args) {
    const set = distinct(arrayOf(value, 17044, name), ordering);
    first ??= set;
    if (ordering.compare(set, first) !== 0) return false;
  }
  return true;
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
  return inner.every(holding(outer, ordering));
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
  $setIntersection,
  $setIsSubset,
  $setUnion,
};
