import { Decimal128, Long } from 'bson';
import { evalExpr } from 'mingo/core';
import { $push } from 'mingo/operators/accumulator';
import * as arithmetic from 'mingo/operators/expression/arithmetic';
import type { Options } from 'mingo/types';
import { MongoError } from '../errors.js';
import { add, isNumeric } from './arithmetic.js';
import type { Ordering } from './ordering.js';

type Expression = (doc: unknown, argument: unknown, options: Options) => unknown;
type Accumulator = (documents: unknown[], argument: unknown, options: Options) => unknown;

/** Numbers that a JavaScript number cannot hold exactly, with which mingo would not reckon or reckon wrongly. */
function isWide(value: unknown): boolean {
  return value instanceof Decimal128 || value instanceof Long || typeof value === 'bigint';
}

function refuseWide(name: string, values: readonly unknown[]): void {
  if (!values.some(isWide)) return;
  throw new MongoError(238, `${name} on decimal128, or on a long beyond 2^53, is not supported by this server`);
}

const compared =
  ({ compare }: Ordering, accept: (order: number) => unknown): Expression =>
  (doc, argument, options) => {
    const values = evalExpr(doc, argument, options);
    if (!Array.isArray(values) || values.length !== 2)
      throw new MongoError(2, 'a comparison takes exactly 2 arguments');
    return accept(compare(values[0], values[1]));
  };

/** Passes on to mingo what it can reckon with, as literals, so that nothing is evaluated twice. */
const guarded =
  (name: string, operator: Expression): Expression =>
  (doc, argument, options) => {
    const value = evalExpr(doc, argument, options);
    const values: unknown[] = Array.isArray(value) ? value : [value];
    refuseWide(name, values);
    const literals = values.map((item) => ({ $literal: item }));
    return operator(doc, Array.isArray(value) ? literals : literals[0], options);
  };

const valuesOf = $push;

const extreme =
  ({ compare }: Ordering, direction: 1 | -1): Accumulator =>
  (documents, argument, options) => {
    const values = valuesOf(documents, argument, options).filter((value) => value !== undefined && value !== null);
    if (values.length === 0) return null;
    return values.reduce((best, value) => (compare(value, best) * direction > 0 ? value : best));
  };

/** Expressions that look for equal strings and would do so byte by byte: refused with a collation. */
const WITHOUT_COLLATION =
  '$in $indexOfArray $setDifference $setEquals $setIntersection $setIsSubset $setUnion $sortArray $max $min $maxN $minN';

/** Expressions with MongoDB's order of BSON values, in place of mingo's. */
export function expressionsOf(ordering: Ordering): Record<string, Expression> {
  const refusing = ordering.collation ? WITHOUT_COLLATION.split(' ') : [];
  return {
    $eq: compared(ordering, (order) => order === 0),
    $ne: compared(ordering, (order) => order !== 0),
    $gt: compared(ordering, (order) => order > 0),
    $gte: compared(ordering, (order) => order >= 0),
    $lt: compared(ordering, (order) => order < 0),
    $lte: compared(ordering, (order) => order <= 0),
    $cmp: compared(ordering, (order) => Math.sign(order)),
    ...Object.fromEntries(
      Object.entries(arithmetic).map(([name, operator]) => [name, guarded(name, operator as unknown as Expression)]),
    ),
    ...Object.fromEntries(refusing.map((name) => [name, refuseCollated(name)])),
  };
}

function refuseCollated(name: string): () => never {
  return () => {
    throw new MongoError(238, `${name} in an expression with a collation is not supported by this server`);
  };
}

/** Accumulators that keep wide numbers exact, or refuse them. */
export function accumulatorsOf(ordering: Ordering): Record<string, Accumulator> {
  return { ...SUMS, $min: extreme(ordering, -1), $max: extreme(ordering, 1) };
}

const SUMS: Record<string, Accumulator> = {
  $sum: (documents, argument, options) => {
    const values = valuesOf(documents, argument, options).filter(isNumeric);
    if (values.some(isWide)) return values.reduce((sum, value) => add(sum, value), 0);
    return values.reduce<number>((sum, value) => sum + (value as number), 0);
  },
  $avg: (documents, argument, options) => {
    const values = valuesOf(documents, argument, options).filter(isNumeric);
    refuseWide('$avg', values);
    if (values.length === 0) return null;
    return values.reduce<number>((sum, value) => sum + (value as number), 0) / values.length;
  },
};
