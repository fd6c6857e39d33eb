import { Context } from 'mingo/core';
import * as accumulators from 'mingo/operators/accumulator';
import * as expressions from 'mingo/operators/expression';
import * as stages from 'mingo/operators/pipeline';
import * as projections from 'mingo/operators/projection';
import * as queries from 'mingo/operators/query';
import * as windows from 'mingo/operators/window';
import { Query } from 'mingo/query';
import type { Options } from 'mingo/types';
import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { accumulatorsOf, expressionsOf } from './expressions.js';
import { queryOperators, type Test } from './operators.js';
import { BINARY, type Ordering } from './ordering.js';

/** Tells whether a document matches a filter. */
export type Matcher = Test;

const contexts = new WeakMap<Ordering, Context>();

/** mingo's operators with those of BSON values replaced; the same context serves filters and `$match`. */
export function contextOf(ordering: Ordering): Context {
  const existing = contexts.get(ordering);
  if (existing) return existing;
  const context = Context.init({
    query: { ...queries, ...queryOperators((filter) => matcher(filter, { ordering }), ordering) },
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
  if (Object.keys(filter).length === 0) return () => true;
  const { $comment: _comment, ...conditions } = filter;
  checkOperators(conditions);
  try {
    const query = new Query(conditions, mingoOptions(evaluation));
    return (doc) => query.test(doc as Doc);
  } catch (error) {
    if (error instanceof MongoError) throw error;
    throw new MongoError(2, error instanceof Error ? error.message : 'the filter is not valid');
  }
}

/** Whether a filter asks for BSON types, so that documents must be decoded with theirs. */
export function needsTypes(filter: unknown): boolean {
  if (Array.isArray(filter)) return filter.some(needsTypes);
  if (!isDoc(filter)) return false;
  return Object.entries(filter).some(([name, value]) => name === '$type' || needsTypes(value));
}

function checkOperators(filter: Doc): void {
  for (const [name, value] of Object.entries(filter)) {
    if (name === '$where') throw new MongoError(2, '$where is not supported: this server runs no JavaScript');
    if (name === '$text') throw new MongoError(2, '$text is supported at the top of a filter and in a $and there only');
    if (name === '$jsonSchema') throw new MongoError(2, '$jsonSchema is not supported by this server');
    if (/^\$(and|or|nor)$/.test(name)) {
      if (!Array.isArray(value) || value.length === 0) throw new MongoError(2, `${name} must be a nonempty array`);
      for (const clause of value) {
        if (!isDoc(clause)) throw new MongoError(2, `${name} entries need to be full objects`);
        checkOperators(clause);
      }
    } else if (name.startsWith('$') && name !== '$expr') {
      throw new MongoError(2, `unknown top level operator: ${name}`);
    } else if (isDoc(value) && !name.startsWith('$')) {
      checkFieldOperators(value);
    }
  }
}

const FIELD_OPERATORS = new Set(
  (
    '$eq $ne $gt $gte $lt $lte $in $nin $exists $type $mod $regex $options $not $all $elemMatch $size ' +
    '$bitsAllClear $bitsAllSet $bitsAnyClear $bitsAnySet'
  ).split(' '),
);

function checkFieldOperators(condition: Doc): void {
  const names = Object.keys(condition);
  if (!names[0]?.startsWith('$') || names[0] === '$ref' || names[0] === '$id') return;
  for (const name of names) {
    if (!FIELD_OPERATORS.has(name)) throw new MongoError(2, `unknown operator: ${name}`);
  }
  const inner = condition['$not'];
  if (isDoc(inner)) checkFieldOperators(inner);
}
