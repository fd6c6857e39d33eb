import { BSONRegExp } from 'bson';
import type { Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { alternatives } from '../../language/filters/alternatives.js';
import { typesOf } from '../../language/values/bson-types.js';
import { NO_EXPR, matcher } from '../../language/filters/filter.js';
import { toNumber } from '../../language/values/numbers.js';
import { holdsOperators } from '../../language/filters/operators.js';
import type { Ordering } from '../../language/values/ordering.js';

const OPERATORS = new Set(['$eq', '$gt', '$gte', '$lt', '$lte', '$in', '$type', '$exists']);
const MAX_LEVELS = 4;

/**
 * Checks the filter of a partial index. MongoDB takes conditions only of which it can tell that a query implies them;
 * with a negation, for one, an element of an array may fit the query while its document is not in the index.
 * @throws MongoError 67 for other conditions, and for more than four levels of them, 224 for `$expr`, 2 for what is no filter
 */
export function checkPartialFilter(filter: Doc): void {
  matcher(filter, { withoutExpr: NO_EXPR });
  checkConditions(filter);
  if (levelsOf(filter) > MAX_LEVELS)
    throw new MongoError(67, `partialFilterExpression depth may not exceed ${MAX_LEVELS}`);
}

/** Conditions that stand beside each other are a level, as those within `$and` and `$or` are. */
function levelsOf(filter: Doc): number {
  const levels = Object.entries(filter).flatMap(([name, wanted]) => {
    if (name === '$and' || name === '$or') return [1 + greatest((wanted as Doc[]).map(levelsOf))];
    return holdsOperators(wanted) ? Object.keys(wanted).map(() => 1) : [1];
  });
  return greatest(levels) + (levels.length === 1 ? 0 : 1);
}

/** There may be more numbers than a call takes arguments. */
const greatest = (numbers: readonly number[]): number => numbers.reduce((most, one) => Math.max(most, one), 0);

function checkConditions(filter: Doc): void {
  for (const [name, wanted] of Object.entries(filter)) {
    if (name === '$and' || name === '$or') {
      for (const clause of wanted as Doc[]) checkConditions(clause);
    } else if (name.startsWith('$')) {
      throw unsupported(name);
    } else if (holdsOperators(wanted)) {
      for (const [operator, argument] of Object.entries(wanted)) checkOperator(name, operator, argument);
    } else if (isRegExp(wanted)) {
      throw unsupported(`${name} regex`);
    }
  }
}

function checkOperator(path: string, operator: string, argument: unknown): void {
  const negated = operator === '$exists' && (argument === false || argument === null || toNumber(argument) === 0);
  const pattern = isRegExp(argument) || (operator === '$in' && Array.isArray(argument) && argument.some(isRegExp));
  if (!OPERATORS.has(operator) || negated || pattern)
    throw unsupported(`${path} ${negated ? '$not $exists' : pattern ? 'regex' : operator}`);
}

function isRegExp(value: unknown): boolean {
  return value instanceof RegExp || value instanceof BSONRegExp;
}

function unsupported(what: string): MongoError {
  return new MongoError(67, `Expression not supported in partial index: ${what}`);
}

/** One thing that a filter asks: of the value at a path, or for one of several lists of such things. */
interface Condition {
  readonly operator: string;
  readonly path: string;
  readonly value?: unknown;
  readonly choices?: readonly (readonly Condition[])[];
}

/**
 * Whether the filters of two partial indexes are the same, however they are written. As in MongoDB, conditions that differ
 * in nothing but their values keep their order.
 */
export function isSameFilter(a: Doc, b: Doc, ordering: Ordering): boolean {
  return areSame(conditionsOf(a, ordering), conditionsOf(b, ordering), ordering);
}

function areSame(a: readonly Condition[], b: readonly Condition[], ordering: Ordering): boolean {
  if (shapeOf(a) !== shapeOf(b)) return false;
  return a.every(({ value, choices = [] }, i) => {
    const other = b[i];
    if (!ordering.equal(value, other?.value)) return false;
    return choices.every((choice, j) => areSame(choice, other?.choices?.[j] ?? [], ordering));
  });
}

/** The conditions of a filter in the order of their operators and paths. */
function conditionsOf(filter: Doc, ordering: Ordering): Condition[] {
  const all = Object.entries(filter).flatMap(([path, wanted]): Condition[] => {
    if (path === '$and') return (wanted as Doc[]).flatMap((clause) => conditionsOf(clause, ordering));
    if (path === '$or') return oneOf(alternatives(wanted as Doc[]), ordering);
    if (!holdsOperators(wanted)) return [{ operator: '$eq', path, value: wanted }];
    return Object.entries(wanted).map(([operator, value]) => conditionOf(operator, path, value, ordering));
  });
  return all.sort((a, b) => byText(shapeOf([a]), shapeOf([b])));
}

function oneOf(clauses: readonly Doc[], ordering: Ordering): Condition[] {
  const choices = clauses.map((clause) => conditionsOf(clause, ordering));
  const [only = [], ...others] = choices;
  if (others.length === 0) return only;
  return [{ operator: '$or', path: '', choices: choices.sort((a, b) => byText(shapeOf(a), shapeOf(b))) }];
}

function conditionOf(operator: string, path: string, value: unknown, { compare, equal }: Ordering): Condition {
  if (operator === '$exists') return { operator, path };
  if (operator === '$type') return { operator, path, value: [...typesOf(value)].sort() };
  if (operator !== '$in') return { operator, path, value };
  const values = (value as unknown[]).toSorted(compare).filter((item, i, all) => i === 0 || !equal(item, all[i - 1]));
  return values.length === 1 ? { operator: '$eq', path, value: values[0] } : { operator, path, value: values };
}

/** All of conditions but their values, as a text. */
function shapeOf(conditions: readonly Condition[]): string {
  return JSON.stringify(conditions.map(({ operator, path, choices }) => [operator, path, choices?.map(shapeOf)]));
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
