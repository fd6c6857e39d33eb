import { Decimal128, Double, Int32, Long } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { typeName } from '../values/bson-types.js';
import { isZero } from '../values/decimal.js';
import { toNumber } from '../values/numbers.js';
import type { Ordering } from '../values/ordering.js';
import { constantsLast, folded } from './folding.js';

/** What an expression is evaluated in. */
export interface Scope {
  /** `$$ROOT`: the document that came into the stage. */
  readonly root: unknown;
  /** `$$CURRENT`: where paths as `$a.b` begin. */
  readonly current: unknown;
  /** All other variables, by their names without dollars. */
  readonly variables: Doc;
}

/** Computes a value with its BSON type; undefined stands for a missing one. */
export type Expression = (scope: Scope) => unknown;

/** What an expression is compiled in. */
export interface Compilation {
  /** How values compare. */
  readonly ordering: Ordering;
  /** The variables that may be used, without dollars. */
  readonly known: ReadonlySet<string>;
  /** False where an expression is read and will never be asked for: its constants are not computed. */
  readonly folds?: boolean;
}

/** What operators compile their arguments with. */
export interface Compiler extends Compilation {
  expression(this: void, spec: unknown): Expression;
  /** The compiler of an expression that may use further variables. */
  within(this: void, names: readonly string[]): Compiler;
  /** The compiler of an expression that will never be asked for. */
  unasked(this: void): Compiler;
}

/** Compiles an operator's argument. */
export type Operator = (argument: unknown, compiler: Compiler, name: string) => Expression;

export type Operators = Readonly<Record<string, Operator>>;

/** Whether a value is null or missing, which most operators answer with null. */
export function isNullish(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** Whether a value counts as true: all but false, zero, null and what is missing. */
export function isTrue(value: unknown): boolean {
  if (isNullish(value) || value === false) return false;
  return toNumber(value) !== 0 || (value instanceof Decimal128 && !isZero(value));
}

/** An operator of a list of values; a single one need not stand in a list. */
export function values(
  minimum: number,
  maximum: number,
  compute: (args: unknown[], ordering: Ordering, name: string) => unknown,
): Operator {
  return ofList(minimum, maximum, (parts, scope, ordering, name) =>
    compute(
      parts.map((part) => part(scope)),
      ordering,
      name,
    ),
  );
}

/**
 * As `values`, of values that are computed one by one, as far as they are asked for.
 * @param commutes whether neither their order nor how they are grouped matters
 */
export function inTurn(
  minimum: number,
  maximum: number,
  compute: (args: Iterable<unknown>, ordering: Ordering, name: string) => unknown,
  commutes = false,
): Operator {
  return ofList(
    minimum,
    maximum,
    (parts, scope, ordering, name) => compute(each(parts, scope), ordering, name),
    commutes,
  );
}

function* each(parts: readonly Expression[], scope: Scope): Generator<unknown> {
  for (const part of parts) yield part(scope);
}

function ofList(
  minimum: number,
  maximum: number,
  compute: (parts: readonly Expression[], scope: Scope, ordering: Ordering, name: string) => unknown,
  commutes = false,
): Operator {
  return (argument, compiler, name) => {
    const args = Array.isArray(argument) ? argument : [argument];
    checkCount(name, args.length, minimum, maximum);
    const { ordering } = compiler;
    const of =
      (some: readonly Expression[]): Expression =>
      (scope) =>
        compute(some, scope, ordering, name);
    const given = args.map(compiler.expression);
    const parts = commutes ? constantsLast(given, of, compiler) : given;
    return folded(of(parts), parts, compiler);
  };
}

/** As `values`, of one value. */
export function unary(compute: (value: unknown, name: string, ordering: Ordering) => unknown): Operator {
  return values(1, 1, ([value], ordering, name) => compute(value, name, ordering));
}

/** An operator that is null when its one value is. */
export function unaryOrNull(compute: (value: unknown, name: string, ordering: Ordering) => unknown): Operator {
  return unary((value, name, ordering) => (isNullish(value) ? null : compute(value, name, ordering)));
}

function checkCount(name: string, count: number, minimum: number, maximum: number): void {
  if (count >= minimum && count <= maximum) return;
  if (minimum === maximum)
    throw new MongoError(16020, `Expression ${name} takes exactly ${minimum} arguments. ${count} were passed in.`);
  if (maximum === Infinity)
    throw new MongoError(28667, `Expression ${name} takes at least ${minimum} arguments, but ${count} were passed in.`);
  throw new MongoError(
    28667,
    `Expression ${name} takes at least ${minimum} arguments, and at most ${maximum}, but ${count} were passed in.`,
  );
}

/** What an operator with named arguments says when they are not as they should be. */
export interface NamedCodes {
  readonly notObject: number;
  readonly unknown: number;
  readonly missing: number | Readonly<Record<string, number>>;
}

/**
 * The named arguments of an operator, checked.
 * @param required names that must be there
 * @param optional names that may be there
 */
export function namedArguments(
  name: string,
  argument: unknown,
  required: readonly string[],
  optional: readonly string[],
  codes: NamedCodes,
): Doc {
  if (!isDoc(argument))
    throw new MongoError(codes.notObject, `${name} only supports an object as its argument, not ${typeName(argument)}`);
  for (const field of Object.keys(argument)) {
    if (!required.includes(field) && !optional.includes(field))
      throw new MongoError(codes.unknown, `Unrecognized argument to ${name}: ${field}`);
  }
  for (const field of required) {
    if (field in argument) continue;
    const code = typeof codes.missing === 'number' ? codes.missing : (codes.missing[field] ?? 9);
    throw new MongoError(code, `Missing '${field}' parameter to ${name}`);
  }
  return argument;
}

/**
 * An operator of named arguments, all of them expressions; what is left out is undefined.
 * @param folds whether it is computed beforehand when its arguments are constants
 */
export function named(
  required: readonly string[],
  optional: readonly string[],
  codes: NamedCodes,
  compute: (args: Doc, name: string, ordering: Ordering) => unknown,
  folds = true,
): Operator {
  return (argument, compiler, name) => {
    const args = namedArguments(name, argument, required, optional, codes);
    const compiled = Object.entries(args).map(([field, spec]) => [field, compiler.expression(spec)] as const);
    const { ordering } = compiler;
    const expression: Expression = (scope) =>
      compute(Object.fromEntries(compiled.map(([field, compute]) => [field, compute(scope)])), name, ordering);
    const parts = compiled.map(([, part]) => part);
    return folds ? folded(expression, parts, compiler) : expression;
  };
}

/** An operator that MongoDB has and this server does not. */
export function refused(why = 'is not supported by this server'): Operator {
  return (_argument, _compiler, name) => {
    throw new MongoError(238, `${name} ${why}`);
  };
}

/** A whole number as an int, or as a long or a double where it does not fit. */
export function wholeNumber(value: bigint | number, least: 'int' | 'long' = 'int'): Int32 | Long | Double {
  const whole = BigInt(value);
  if (least === 'int' && whole >= -0x80000000n && whole <= 0x7fffffffn) return new Int32(Number(whole));
  if (whole >= -(2n ** 63n) && whole < 2n ** 63n) return Long.fromBigInt(whole);
  return new Double(Number(whole));
}

/**
 * A value as a whole number that fits into 32 bits.
 * @param codes what is thrown when it is no number, and when it is none that fits
 */
export function int32(value: unknown, what: string, codes: readonly [notNumeric: number, notInt: number]): number {
  const number = toNumber(value);
  if (!['int', 'long', 'double', 'decimal'].includes(typeName(value)))
    throw new MongoError(codes[0], `${what} must be a numeric value, but is ${nameOf(value)}`);
  if (number !== (number | 0))
    throw new MongoError(codes[1], `${what} must be representable as a 32-bit integer: ${String(value)}`);
  return number;
}

/** The name of a value's type, as error texts have it. */
export function nameOf(value: unknown): string {
  return value === undefined ? 'missing' : typeName(value);
}
