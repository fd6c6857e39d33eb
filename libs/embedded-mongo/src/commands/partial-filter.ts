import { BSONRegExp } from 'bson';
import type { Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { typesOf } from '../language/bson-types.js';
import { matcher } from '../language/filter.js';
import { toNumber } from '../language/numbers.js';
import { holdsOperators } from '../language/operators.js';

/** Most levels of a filter: a condition is one, each `$and` and `$or` around it another. */
const MAX_LEVELS = 4;
const OPERATORS = new Set(['$eq', '$gt', '$gte', '$lt', '$lte', '$in', '$type', '$exists']);

/**
 * Checks the filter of a partial index. MongoDB takes conditions only of which it can tell that a query implies them;
 * with a negation, for one, an element of an array may fit the query while its document is not in the index.
 * @throws MongoError 67 for other conditions and more levels of them, 2 for what is no filter
 */
export function checkPartialFilter(filter: Doc): void {
  matcher(filter);
  checkConditions(filter, 1);
}

function checkConditions(filter: Doc, level: number): void {
  const conditions = conditionsOf(filter);
  // Several conditions beside each other are an `$and`.
  const own = conditions.length > 1 ? level + 1 : level;
  if (own > MAX_LEVELS) throw new MongoError(67, `partialFilterExpression depth may not exceed ${MAX_LEVELS}`);
  for (const { path, operator, argument } of conditions) {
    if (operator === '$and' || operator === '$or')
      for (const clause of argument as Doc[]) checkConditions(clause, own + 1);
    else if (path === '') throw unsupported(operator);
    else if (operator === '$eq' && isRegExp(argument)) throw unsupported(`${path} regex`);
    else checkOperator(path, operator, argument);
  }
}

/** One thing that a filter asks of a path, or with an empty path of the whole document. */
interface Condition {
  readonly path: string;
  readonly operator: string;
  readonly argument: unknown;
}

function conditionsOf(filter: Doc): Condition[] {
  return Object.entries(filter).flatMap(([path, wanted]): Condition[] => {
    if (path.startsWith('$')) return [{ path: '', operator: path, argument: wanted }];
    if (!holdsOperators(wanted)) return [{ path, operator: '$eq', argument: wanted }];
    return Object.entries(wanted).map(([operator, argument]) => ({ path, operator, argument }));
  });
}

/**
 * A text that is the same for filters of partial indexes that MongoDB takes as one: in which order their conditions stand,
 * and whether in a `$and`, makes no difference.
 */
export function filterIdentity(filter: Doc): string {
  const texts = flat(filter).map(({ path, operator, argument }) => ({
    place: `${operator} ${path}`,
    text: JSON.stringify([operator, path, identityOf(operator, argument)]),
  }));
  // Conditions of one operator on one path stay in their order.
  texts.sort((a, b) => (a.place < b.place ? -1 : Number(a.place > b.place)));
  return texts.map(({ text }) => text).join();
}

function flat(filter: Doc): Condition[] {
  return conditionsOf(filter).flatMap((condition) =>
    condition.operator === '$and' ? (condition.argument as Doc[]).flatMap(flat) : [condition],
  );
}

function identityOf(operator: string, argument: unknown): unknown {
  if (operator === '$or') return (argument as Doc[]).map(filterIdentity).sort();
  if (operator === '$type') return [...typesOf(argument)].sort();
  return operator === '$exists' ? true : argument;
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
