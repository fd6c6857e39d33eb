import { isDoc } from '../../document.js';
import type { Compilation, Expression, Scope } from './operator.js';

/** Expressions that are the same for every document. */
const constants = new WeakSet<Expression>();

/** What constants are computed in. */
const NOWHERE: Scope = { root: {}, current: {}, variables: {} };

/** An expression of a value that stands for itself. */
export function constant(value: unknown): Expression {
  const expression: Expression = () => value;
  constants.add(expression);
  return expression;
}

/** Whether an expression is known beforehand to be the same for every document. */
export function isConstant(expression: Expression, { folds = true }: Pick<Compilation, 'folds'>): boolean {
  return folds && constants.has(expression);
}

/** The value of a constant. */
export function valueOf(expression: Expression): unknown {
  return expression(NOWHERE);
}

/**
 * An expression of parts. MongoDB computes it once when all of them are constants, before there is any document, so that
 * what cannot be computed is refused even where nothing would ask for it.
 */
export function folded(compute: Expression, parts: readonly Expression[], compilation: Compilation): Expression {
  if (compilation.folds === false || !parts.every((part) => isConstant(part, compilation))) return compute;
  const value = valueOf(compute);
  // Lists and documents are made anew for each document, since stages may change what they were given.
  if (!Array.isArray(value) && !isDoc(value)) return constant(value);
  constants.add(compute);
  return compute;
}
