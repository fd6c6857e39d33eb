import { isDoc, type Doc } from '../document.js';
import { holdsOperators } from './operators.js';
import { isRegExp } from './regex.js';

/**
 * The clauses of a `$or` as MongoDB takes them: those that ask the same path to be equal to something are one `$in`.
 * @param withPatterns regular expressions, which a `$in` may hold as well, are taken into it
 */
export function alternatives(clauses: readonly Doc[], withPatterns: boolean): Doc[] {
  const values = new Map<string, unknown[]>();
  const joined: (Doc | string)[] = [];
  for (const clause of clauses) {
    const [path = '', ...others] = Object.keys(clause);
    const value = others.length === 0 && !path.startsWith('$') ? equalTo(clause[path], withPatterns) : NONE;
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

/** What a condition asks to be equal to, or, as far as that is asked for, to be found by. */
function equalTo(condition: unknown, withPatterns: boolean): unknown {
  if (isRegExp(condition)) return withPatterns ? condition : NONE;
  if (!holdsOperators(condition)) return condition;
  const [operator, ...others] = Object.keys(condition);
  const { $eq: value, $regex: pattern } = condition;
  if (others.length > 0) return NONE;
  if (operator === '$eq' && !isRegExp(value)) return value;
  return withPatterns && operator === '$regex' && isRegExp(pattern) ? pattern : NONE;
}

/** The clauses of a `$or`; undefined for what is none, which is for the filter to refuse. */
export function clausesOfEither(value: unknown): Doc[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every(isDoc) ? value : undefined;
}
