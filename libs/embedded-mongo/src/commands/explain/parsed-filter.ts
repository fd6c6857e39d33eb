import { isDoc, type Doc } from '../../document.js';
import { alternatives } from '../../language/filters/alternatives.js';
import { holdsOperators } from '../../language/filters/operators.js';
import { isRegExp, partsOf } from '../../language/filters/regex.js';
import { CONDITION_ORDER } from '../../language/updates/update-positions.js';
import { compareValues } from '../../store/keys/compare.js';

/** A filter as MongoDB shows it in `explain`: each condition with its operator, several of them under `$and`. */
export function parsedFilter(filter: Doc): Doc {
  const clauses = clausesOf(filter);
  const [first, ...others] = clauses;
  if (!first) return {};
  if (others.length === 0) return first;
  return { $and: inOrder(clauses) };
}

function inOrder(clauses: readonly Doc[]): Doc[] {
  const ranked = clauses.map((clause) => ({ clause, rank: rankOf(clause) }));
  return ranked.sort(byRank).map(({ clause }) => clause);
}

function clausesOf(filter: Doc): Doc[] {
  return Object.entries(filter).flatMap(([name, value]): Doc[] => {
    if (name === '$comment') return [];
    if (name === '$and') return (value as Doc[]).flatMap(clausesOf);
    if (name === '$or') return eitherOf(alternatives(value as Doc[]));
    if (name === '$nor') return [{ $nor: inOrder((value as Doc[]).map(parsedFilter)) }];
    if (name.startsWith('$')) return [{ [name]: value }];
    if (isRegExp(value)) return [{ [name]: pattern(value) }];
    if (!holdsOperators(value)) return [{ [name]: { $eq: value } }];
    return Object.keys(value).flatMap((operator) => conditions(operator, value).map((one) => ({ [name]: one })));
  });
}

/** One clause is itself; those of a `$or` within are among its own. */
function eitherOf(clauses: readonly Doc[]): Doc[] {
  if (clauses.length === 1) return clauses.flatMap(clausesOf);
  const parsed = clauses.map(parsedFilter).flatMap((clause) => ('$or' in clause ? (clause['$or'] as Doc[]) : [clause]));
  return [{ $or: inOrder(parsed) }];
}

function conditions(operator: string, condition: Doc): Doc[] {
  const argument = operator.endsWith('in') ? listed(condition[operator]) : condition[operator];
  const single = Array.isArray(argument) && argument.length === 1 && !isRegExp(argument[0]);
  switch (operator) {
    case '$options':
      return [];
    case '$regex':
      return [isRegExp(argument) ? pattern(argument) : regexOf(argument, condition['$options'])];
    case '$ne':
      return [{ $not: { $eq: argument } }];
    case '$in':
      return [single ? { $eq: (argument as unknown[])[0] } : { $in: argument }];
    case '$nin':
      return [{ $not: single ? { $eq: (argument as unknown[])[0] } : { $in: argument } }];
    case '$not': {
      if (isRegExp(argument)) return [{ $not: pattern(argument) }];
      const inner = isDoc(argument) ? Object.keys(argument).flatMap((name) => conditions(name, argument)) : [];
      return [{ $not: inner.length === 1 ? inner[0] : argument }];
    }
    default:
      return [{ [operator]: argument }];
  }
}

/** The values of a `$in` in their order, each once, and its regular expressions behind them. */
function listed(argument: unknown): unknown {
  if (!Array.isArray(argument)) return argument;
  const all: unknown[] = argument;
  const values = all.filter((value) => !isRegExp(value)).sort(compareValues);
  const distinct = values.filter((value, i) => i === 0 || compareValues(values[i - 1], value) !== 0);
  return [...distinct, ...all.filter(isRegExp)];
}

function pattern(value: Parameters<typeof partsOf>[0]): Doc {
  const parts = partsOf(value);
  return regexOf(parts.pattern, parts.options);
}

function regexOf(source: unknown, options: unknown): Doc {
  return { $regex: source, ...(options === undefined || options === '' ? {} : { $options: options }) };
}

interface Rank {
  readonly place: number;
  readonly path: string;
}

function rankOf(clause: Doc): Rank {
  const [path = '', condition] = Object.entries(clause)[0] ?? [];
  const operator = path.startsWith('$') ? path : isDoc(condition) ? (Object.keys(condition)[0] ?? '') : '';
  const place = CONDITION_ORDER.indexOf(operator);
  return { place: place < 0 ? CONDITION_ORDER.length : place, path };
}

function byRank({ rank: a }: { rank: Rank }, { rank: b }: { rank: Rank }): number {
  return a.place - b.place || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}
