import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { compileExpression, isTrue, scopeOf } from '../expression.js';
import { isNumeric } from '../values/arithmetic.js';
import { toNumber } from '../values/numbers.js';
import { fieldTest, type Scope, type Test } from './operators.js';
import { BINARY, type Ordering } from '../values/ordering.js';
import { withoutText } from './text.js';
import { wholeArgument } from './whole-argument.js';

/** Tells whether a document matches a filter. */
export type Matcher = Test;

/** What a filter or a pipeline is evaluated with. */
export interface Evaluation {
  /** How values compare; by their bytes when it is left out. */
  readonly ordering?: Ordering | undefined;
  /** What expressions may refer to by `$$name`. */
  readonly variables?: Doc | undefined;
  /** Why `$expr` is refused, where it is. */
  readonly withoutExpr?: string | undefined;
  /** What `$text` in a clause of a `$or` asks of a document; without it `$text` is refused. */
  readonly text?: Test | undefined;
}

/** Why neither elements of arrays that an update changes nor documents of a partial index are chosen by `$expr`. */
export const NO_EXPR = '$expr is not allowed in this context';

/**
 * Compiles a filter.
 * @throws MongoError 2 for what is not a filter of MongoDB, or not one that is supported; 224 for `$expr` where it may not be
 */
export function matcher(filter: Doc, evaluation: Evaluation = {}): Matcher {
  return filterTest(filter, evaluation, true);
}

/** Refuses, with the errors of `matcher`, what is no filter of a whole collection. */
export function checkFilter(filter: Doc, evaluation?: Evaluation): void {
  matcher(withoutText(filter).rest, { ...evaluation, text: () => false });
}

/** Whether a filter asks for BSON types, or computes with them, so that documents must be decoded with theirs. */
export function needsTypes(filter: unknown): boolean {
  if (Array.isArray(filter)) return filter.some(needsTypes);
  if (!isDoc(filter)) return false;
  return Object.entries(filter).some(([name, value]) => name === '$type' || name === '$expr' || needsTypes(value));
}

/** @param outermost of a whole document and not of an element of an array in one */
function filterTest(filter: Doc, evaluation: Evaluation, outermost: boolean): Test {
  const scope: Scope = {
    ordering: evaluation.ordering ?? BINARY,
    compile: (inner) => filterTest(inner, evaluation, false),
  };
  const tests = Object.entries(filter).flatMap(([name, argument]): Test[] => {
    if (!name.startsWith('$')) return [fieldTest(name, argument, scope)];
    switch (name) {
      case '$comment':
        return [];
      case '$and':
      case '$or':
      case '$nor':
        return [joined(name, clausesOf(name, argument, evaluation, outermost))];
      case '$expr':
        if (!outermost) throw new MongoError(2, '$expr can only be applied to the top-level document');
        if (evaluation.withoutExpr !== undefined) throw new MongoError(224, evaluation.withoutExpr);
        return [exprTest(argument, evaluation)];
      case '$id':
        return [fieldTest(name, { $eq: argument }, scope)];
      case '$ref':
      case '$db':
        // Names of collections and databases have no collation.
        return [fieldTest(name, { $eq: argument }, { ...scope, ordering: BINARY })];
      case '$alwaysTrue':
      case '$alwaysFalse':
        return [constantTest(name, argument)];
      case '$sampleRate':
        if (!outermost) throw new MongoError(2, '$sampleRate can only be applied to the top-level document');
        return [sampleTest(argument)];
      case '$text':
        if (!outermost) throw new MongoError(2, '$text can only be applied to the top-level document');
        if (!evaluation.text) throw new MongoError(2, '$text is not allowed in this context');
        return [evaluation.text];
      default:
        throw refusal(name);
    }
  });
  const [only] = tests;
  return tests.length === 1 && only ? only : (doc) => tests.every((test) => test(doc));
}

function clausesOf(name: string, clauses: unknown, evaluation: Evaluation, outermost: boolean): Test[] {
  if (!Array.isArray(clauses)) throw new MongoError(2, `${name} must be an array`);
  if (clauses.length === 0) throw new MongoError(2, `${name} must be a nonempty array`);
  return clauses.map((clause: unknown) => {
    if (!isDoc(clause)) throw new MongoError(2, `${name} entries need to be full objects`);
    return filterTest(clause, evaluation, outermost);
  });
}

function joined(name: '$and' | '$or' | '$nor', tests: readonly Test[]): Test {
  if (name === '$and') return (doc) => tests.every((test) => test(doc));
  if (name === '$or') return (doc) => tests.some((test) => test(doc));
  return (doc) => !tests.some((test) => test(doc));
}

function refusal(name: string): MongoError {
  if (name === '$where') return new MongoError(2, '$where is not supported: this server runs no JavaScript');
  if (name === '$jsonSchema') return new MongoError(2, '$jsonSchema is not supported by this server');
  return new MongoError(2, `unknown top level operator: ${name}`);
}

/** Compiles `$alwaysTrue` and `$alwaysFalse`. */
function constantTest(name: '$alwaysTrue' | '$alwaysFalse', argument: unknown): Test {
  if (wholeArgument(name, argument, (reason) => new MongoError(9, reason)) !== 1n)
    throw new MongoError(9, `${name} must be an integer value of 1`);
  return () => name === '$alwaysTrue';
}

/** Compiles `$sampleRate`: each document matches with this probability. */
function sampleTest(rate: unknown): Test {
  if (!isNumeric(rate)) throw new MongoError(2, 'argument to $sampleRate must be a numeric type');
  const share = toNumber(rate);
  if (!(share >= 0 && share <= 1)) throw new MongoError(2, 'numeric argument to $sampleRate must be in [0, 1]');
  return () => Math.random() < share;
}

/** Compiles the expression of `$expr`: null, zero, false and what is missing do not match. */
function exprTest(spec: unknown, { ordering = BINARY, variables = {} }: Evaluation): Test {
  const compute = compileExpression(spec, { ordering, known: new Set(Object.keys(variables)) });
  return (doc) => isTrue(compute(scopeOf(doc as Doc, variables)));
}
