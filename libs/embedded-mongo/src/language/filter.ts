import { Context, evalExpr } from 'mingo/core';
import * as accumulators from 'mingo/operators/accumulator';
import * as expressions from 'mingo/operators/expression';
import * as stages from 'mingo/operators/pipeline';
import * as projections from 'mingo/operators/projection';
import * as queries from 'mingo/operators/query';
import * as windows from 'mingo/operators/window';
import type { Options } from 'mingo/types';
import { isDoc, type Doc } from '../document.js';
import { MongoError, toMongoError } from '../errors.js';
import { accumulatorsOf, expressionsOf } from './expressions.js';
import { FIELD_OPERATORS, fieldTest, type Scope, type Test } from './operators.js';
import { BINARY, type Ordering } from './ordering.js';

/** Tells whether a document matches a filter. */
export type Matcher = Test;

/** What a filter or a pipeline is evaluated with. */
export interface Evaluation {
  /** How values compare; by their bytes when it is left out. */
  readonly ordering?: Ordering | undefined;
  /** What expressions may refer to by `$$name`. */
  readonly variables?: Doc | undefined;
}

/**
 * Compiles a filter.
 * @throws MongoError 2 for what is not a filter of MongoDB, or not one that is supported
 */
export function matcher(filter: Doc, evaluation: Evaluation = {}): Matcher {
  return filterTest(filter, evaluation, true);
}

/** Whether a filter asks for BSON types, so that documents must be decoded with theirs. */
export function needsTypes(filter: unknown): boolean {
  if (Array.isArray(filter)) return filter.some(needsTypes);
  if (!isDoc(filter)) return false;
  return Object.entries(filter).some(([name, value]) => name === '$type' || needsTypes(value));
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
        return [exprTest(argument, evaluation)];
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
  if (name === '$text') return new MongoError(2, '$text is supported at the top of a filter and in a $and there only');
  if (name === '$jsonSchema') return new MongoError(2, '$jsonSchema is not supported by this server');
  return new MongoError(2, `unknown top level operator: ${name}`);
}

/** Compiles the expression of `$expr`: null, zero, false and what is missing do not match. */
function exprTest(spec: unknown, evaluation: Evaluation): Test {
  const options = mingoOptions(evaluation) as Options;
  return (doc) => {
    try {
      const value = evalExpr(doc, spec, options);
      return value === '' || Boolean(value);
    } catch (error) {
      throw toMongoError(error);
    }
  };
}

const contexts = new WeakMap<Ordering, Context>();

/** mingo's operators with those of BSON values replaced; they serve `$match` within pipelines. */
export function contextOf(ordering: Ordering): Context {
  const existing = contexts.get(ordering);
  if (existing) return existing;
  const scope: Scope = { ordering, compile: (filter) => filterTest(filter, { ordering }, false) };
  const operators = FIELD_OPERATORS.map((name) => [
    name,
    (path: string, argument: unknown) => fieldTest(path, { [name]: argument }, scope),
  ]);
  const context = Context.init({
    query: { ...queries, ...(Object.fromEntries(operators) as object) },
    expression: { ...expressions, ...expressionsOf(ordering) },
    accumulator: { ...accumulators, ...accumulatorsOf(ordering) },
    pipeline: { ...stages },
    projection: { ...projections },
    window: { ...windows },
  });
  contexts.set(ordering, context);
  return context;
}

/** What mingo is told in every evaluation. Server-side JavaScript is refused. */
export function mingoOptions({ ordering = BINARY, variables }: Evaluation = {}): Partial<Options> {
  return { context: contextOf(ordering), scriptEnabled: false, idKey: '_id', ...(variables ? { variables } : {}) };
}
