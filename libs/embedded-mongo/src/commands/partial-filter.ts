import { BSONRegExp } from 'bson';
import type { Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { matcher } from '../language/filter.js';
import { toNumber } from '../language/numbers.js';
import { holdsOperators } from '../language/operators.js';

const OPERATORS = new Set(['$eq', '$gt', '$gte', '$lt', '$lte', '$in', '$type', '$exists']);

/**
 * Checks the filter of a partial index. MongoDB takes conditions only of which it can tell that a query implies them;
 * with a negation, for one, an element of an array may fit the query while its document is not in the index.
 * @throws MongoError 67 for other conditions, 2 for what is no filter
 */
export function checkPartialFilter(filter: Doc): void {
  matcher(filter);
  for (const [name, wanted] of Object.entries(filter)) {
    if (name === '$and' || name === '$or') {
      for (const clause of wanted as Doc[]) checkPartialFilter(clause);
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
