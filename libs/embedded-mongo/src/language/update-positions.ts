import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { matcher, type Evaluation } from './filter.js';
import { holdsOperators, type Test } from './operators.js';
import { isRegExp } from './regex.js';
import { refuseExpr } from './upsert.js';

/** MongoDB's order of conditions that stand beside each other; those with no place here come after them. */
const ORDER = ['$elemMatch', '$size', '$eq', '$lte', '$lt', '$gt', '$gte', '$regex', '$mod', '$exists', '$in'];
/** Conditions that hold because of no element. */
const NEGATED = new Set(['$ne', '$nin', '$not']);
/** Conditions on an array as a whole, where it is not on the way of the path. */
const WHOLE = new Set(['$exists', '$size']);

/**
 * Compiles `arrayFilters`; each is for the identifier that its fields begin with.
 * @throws MongoError 2 or 9 when that is not one identifier, or one that another filter has; 224 for `$expr`
 */
export function filtersByIdentifier(arrayFilters: readonly Doc[], evaluation: Evaluation): ReadonlyMap<string, Test> {
  const filters = new Map<string, Test>();
  for (const filter of arrayFilters) {
    refuseExpr(filter, 'Error parsing array filter :: caused by :: $expr is not allowed in this context');
    const test = matcher(filter, evaluation);
    const [identifier, other] = new Set(fieldsOf(filter).map((field) => field.split('.')[0] ?? ''));
    if (identifier === undefined)
      throw new MongoError(9, 'Cannot use an expression without a top-level field name in arrayFilters');
    if (other !== undefined)
      throw new MongoError(
        9,
        `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${identifier}' and '${other}'`,
      );
    if (!/^[a-z][a-zA-Z0-9]*$/.test(identifier))
      throw new MongoError(
        2,
        `Error parsing array filter :: caused by :: The top-level field name in an array filter must be an alphanumeric string beginning with a lowercase letter, found '${identifier}'`,
      );
    if (filters.has(identifier))
      throw new MongoError(9, `Found multiple array filters with the same top-level field name ${identifier}`);
    filters.set(identifier, test);
  }
  return filters;
}

function fieldsOf(filter: Doc): string[] {
  return Object.entries(filter).flatMap(([name, value]) => {
    if (!name.startsWith('$')) return [name];
    return Array.isArray(value) ? value.filter(isDoc).flatMap(fieldsOf) : [];
  });
}

/** One condition on one field. */
interface Condition {
  readonly path: string;
  readonly operator: string;
  readonly test: unknown;
}

/**
 * The array element that made the filter match, for the positional `$`: each condition has the first element that it holds
 * for, and that of the last condition counts.
 */
export function matchedIndex(doc: Doc, filter: Doc, evaluation: Evaluation): number | undefined {
  const conditions = conditionsOf(filter).sort(byOrder);
  for (const condition of conditions.reverse()) {
    const index = elementOf(doc, condition.path, condition, evaluation);
    if (index !== undefined) return index;
  }
  return undefined;
}

function byOrder(a: Condition, b: Condition): number {
  const [left, right] = [a, b].map(({ operator }) => ORDER.indexOf(operator) >>> 0) as [number, number];
  return left - right || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

/** The conditions that must all hold. Those of `$or` need not, unless they ask one field for one of several values. */
function conditionsOf(filter: Doc): Condition[] {
  return Object.entries(filter).flatMap(([path, condition]): Condition[] => {
    if (path === '$and') return (condition as Doc[]).flatMap(conditionsOf);
    if (path === '$or') return conditionsOf(onlyClause(condition as Doc[]));
    if (path.startsWith('$')) return [];
    if (isRegExp(condition)) return [{ path, operator: '$regex', test: condition }];
    if (!holdsOperators(condition)) return [{ path, operator: '$eq', test: condition }];
    return Object.keys(condition).flatMap((operator) => conditionsOn(path, operator, condition));
  });
}

function onlyClause(clauses: readonly Doc[]): Doc {
  const [first = {}] = clauses;
  if (clauses.length === 1) return first;
  const [path = ''] = Object.keys(first);
  const values = clauses.map((clause) => clause[path]);
  const isEqual = (value: unknown): boolean => value !== undefined && !isRegExp(value) && !holdsOperators(value);
  const isOne = !path.startsWith('$') && clauses.every((clause) => Object.keys(clause).length === 1);
  return isOne && values.every(isEqual) ? { [path]: { $in: values } } : {};
}

function conditionsOn(path: string, operator: string, condition: Doc): Condition[] {
  const { [operator]: argument, $options } = condition;
  if (NEGATED.has(operator) || operator === '$options') return [];
  if (operator === '$exists' && !argument) return [];
  if (operator === '$all' && Array.isArray(argument))
    return argument.flatMap((item: unknown) =>
      conditionsOf({ [path]: isRegExp(item) || holdsOperators(item) ? item : { $eq: item } }),
    );
  if (operator === '$regex' && $options !== undefined)
    return [{ path, operator, test: { $regex: argument, $options } }];
  const single = operator === '$in' && Array.isArray(argument) && argument.length === 1;
  return [{ path, operator: single ? '$eq' : operator, test: { [operator]: argument } }];
}

function elementOf(doc: Doc, path: string, condition: Condition, evaluation: Evaluation): number | undefined {
  const parts = path.split('.');
  let value: unknown = doc;
  for (const [i, part] of parts.entries()) {
    if (Array.isArray(value)) {
      const rest = parts.slice(i);
      return (
        behindIndex(value, rest, condition, evaluation) ?? firstMatch(value, rest.join('.'), condition, evaluation)
      );
    }
    value = isDoc(value) ? value[part] : undefined;
  }
  if (!Array.isArray(value) || WHOLE.has(condition.operator)) return undefined;
  const matches = matcher({ value: condition.test }, evaluation);
  const asArray = condition.operator === '$elemMatch';
  return found(value.findIndex((item: unknown) => matches({ value: asArray ? [item] : item })));
}

/** The element of an array that lies behind a place which the path names; that place itself is no match of an element. */
function behindIndex(
  values: unknown[],
  rest: string[],
  condition: Condition,
  evaluation: Evaluation,
): number | undefined {
  const [part = '', ...further] = rest;
  if (!/^\d+$/.test(part) || further.length === 0 || Number(part) >= values.length) return undefined;
  return elementOf({ value: values[Number(part)] }, ['value', ...further].join('.'), condition, evaluation);
}

function firstMatch(values: unknown[], rest: string, condition: Condition, evaluation: Evaluation): number | undefined {
  if (/^\d+$/.test(rest)) return undefined;
  const matches = matcher({ [rest]: condition.test }, evaluation);
  return found(values.findIndex((item) => isDoc(item) && matches(item)));
}

const found = (index: number): number | undefined => (index === -1 ? undefined : index);
