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

/**
 * The parts of an operator for which neither their order nor how they are grouped matters. MongoDB takes the constants among
 * them last, and reckons them together beforehand, which shows where equal values differ in type, and in the last digit of a
 * sum.
 * @param together the expression of some of the parts
 */
export function constantsLast(
  parts: readonly Expression[],
  together: (parts: readonly Expression[]) => Expression,
  compilation: Compilation,
): readonly Expression[] {
  const constant = parts.filter((part) => isConstant(part, compilation));
  const varying = parts.filter((part) => !isConstant(part, compilation));
  if (varying.length === 0 || constant.length === 0) return parts;
  return [...varying, ...(constant.length === 1 ? constant : [folded(together(constant), constant, compilation)])];
}
