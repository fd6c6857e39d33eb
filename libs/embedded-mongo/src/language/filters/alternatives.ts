import { isDoc, type Doc } from '../../document.js';
import { holdsOperators } from './operators.js';
import { isRegExp } from './regex.js';

/**
 * The clauses of a `$or` as MongoDB takes them: those that ask the same path to be equal to something, or a regular
 * expression to be found in it, are one `$in`.
 */
export function alternatives(clauses: readonly Doc[]): Doc[] {
  const values = new Map<string, unknown[]>();
  const joined: (Doc | string)[] = [];
  for (const clause of clauses) {
    const [path = '', ...others] = Object.keys(clause);
    const value = others.length === 0 && !path.startsWith('$') ? choiceOf(clause[path]) : NONE;
    const known = values.get(path);
    if (value === NONE) joined.push(clause);
    else if (known) known.push(value);
    else {
      values.set(path, [value]);
      joined.push(path);
    }
  }
  return joined.map((item) => (typeof item === 'string' ? { [item]: { $in: values.get(item) } } : item));
}

const NONE = Symbol('no equality');

/** What a `$in` would hold for a condition. */
function choiceOf(condition: unknown): unknown {
  if (isRegExp(condition) || !holdsOperators(condition)) return condition;
  const [operator, ...others] = Object.keys(condition);
  const { $eq: value, $regex: pattern } = condition;
  if (others.length > 0) return NONE;
  if (operator === '$eq' && !isRegExp(value)) return value;
  return operator === '$regex' && isRegExp(pattern) ? pattern : NONE;
}

/** The clauses of an `$or` or `$and`; undefined for what is none, which is for the filter to refuse. */
export function clausesOf(value: unknown): Doc[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every(isDoc) ? value : undefined;
}
