import { BSONRegExp } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { alternatives, clausesOf } from '../../language/filters/alternatives.js';
import { asksElement, holdsOperators } from '../../language/filters/operators.js';
import { BINARY, holdsText, type Ordering } from '../../language/values/ordering.js';
import { isRegExp, partsOf } from '../../language/filters/regex.js';
import { prefixOf } from '../../language/filters/regex-prefix.js';
import { TYPE, keyOf } from '../keys/key.js';

/** A regular expression, and the text that all strings begin with in which it is found. */
export interface Pattern {
  readonly value: BSONRegExp;
  readonly prefix: string;
}

/** What a filter asks of one path, as far as an index can serve it. */
export interface PathCondition {
  /** Values of which one must be equal: `$eq` gives one, `$in` several. */
  points?: unknown[];
  lower?: { value: unknown; inclusive: boolean };
  upper?: { value: unknown; inclusive: boolean };
  pattern?: Pattern;
  /** Values and regular expressions of a `$in`, of which one must fit. */
  choice?: { points: unknown[]; patterns: Pattern[] };
  /** The field must be there: what matches is not null and not missing. */
  excludesNull: boolean;
  /** The field must be there, be it null. */
  exists?: true;
  /** Anything but null and missing. */
  notNull?: true;
  /** The filter's part on this path holds nothing that the bounds do not say. */
  exact: boolean;
}

/** Conditions by path, and whether the filter holds anything else. */
export interface Conditions {
  readonly paths: ReadonlyMap<string, PathCondition>;
  readonly exact: boolean;
}

/**
 * Takes from a filter what bounds of an index can express; the rest stays with the filter itself. The bytes of an index
 * say nothing of how a collation compares strings: with one, conditions on them are for the filter.
 */
export function conditionsOf(filter: Doc, ordering: Ordering = BINARY): Conditions {
  const paths = new Map<string, PathCondition>();
  const exact = collect(filter, paths, ordering);
  return { paths, exact: exact && [...paths.values()].every((condition) => condition.exact) };
}

/**
 * What an index with the filter's own collation can serve: equality of strings, but not ranges of them, as its keys
 * tell equal strings and not their order.
 */
export function equalitiesOf(filter: Doc): Conditions {
  const { paths } = conditionsOf(filter);
  const kept = new Map<string, PathCondition>();
  for (const [path, condition] of paths) {
    const { lower, upper, points, pattern, choice, excludesNull } = condition;
    if (!pattern && !choice && !holdsText([lower?.value, upper?.value])) kept.set(path, condition);
    else if (points) kept.set(path, { points, excludesNull, exact: false });
  }
  return { paths: kept, exact: false };
}

/** The one value that a filter asks a path to be equal to; undefined when there is none. */
export function equalityValue(filter: Doc, path: string): unknown {
  const points = conditionsOf(filter).paths.get(path)?.points;
  return points?.length === 1 ? points[0] : undefined;
}

function collect(filter: Doc, paths: Map<string, PathCondition>, ordering: Ordering): boolean {
  let exact = true;
  for (const [name, value] of Object.entries(filter)) {
    if (name === '$comment') continue;
    if (name === '$and' && Array.isArray(value)) {
      // What is no filter of MongoDB is for the matcher to refuse.
      if (value.length === 0) exact = false;
      for (const clause of value) exact = isDoc(clause) && collect(clause, paths, ordering) && exact;
    } else if (name === '$or') {
      const [clause, ...others] = alternatives(clausesOf(value) ?? []);
      exact = clause !== undefined && others.length === 0 && collect(clause, paths, ordering) && exact;
    } else if (name.startsWith('$') || paths.has(name) || (ordering.collation && holdsText(value))) {
      exact = false;
    } else {
      const elements = holdsOperators(value) ? value['$elemMatch'] : undefined;
      if (isDoc(elements) && !asksElement(elements)) collectWithin(name, elements, paths, ordering);
      const condition = conditionOf(value);
      const byTexts = condition?.pattern ?? condition?.choice;
      const isServed = condition && !isPlaceOrField(name, condition) && !(byTexts && ordering.collation);
      if (isServed) paths.set(name, condition);
      else exact = false;
    }
  }
  return exact;
}

/** What must hold for one element of an array holds for some: a condition on a field of it is one on the path to there. */
function collectWithin(array: string, filter: Doc, paths: Map<string, PathCondition>, ordering: Ordering): void {
  const within = new Map<string, PathCondition>();
  collect(filter, within, ordering);
  for (const [name, condition] of within) {
    const path = `${array}.${name}`;
    // An element that is an array itself has no fields, while an index by place may lead on into it.
    if (condition.excludesNull && !paths.has(path) && !HAS_PLACE.test(path))
      paths.set(path, { ...condition, exact: false });
  }
}

const HAS_PLACE = /\.\d+(?:\.|$)/;

/**
 * Whether an index does not know all that is null at a path: a number in it is a place in an array, by which the index goes,
 * and also a field of the documents in that array, which may be missing.
 */
function isPlaceOrField(path: string, { points, choice, notNull }: PathCondition): boolean {
  return (notNull ?? (points ?? choice?.points)?.includes(null)) === true && HAS_PLACE.test(path);
}

/** Values whose equality is one key and nothing else; null also matches missing, arrays their elements. */
function isPoint(value: unknown): boolean {
  return !Array.isArray(value) && !isRegExp(value) && value !== undefined;
}

function conditionOf(value: unknown): PathCondition | undefined {
  if (!holdsOperators(value)) {
    if (isRegExp(value)) return conditionOf({ $regex: value });
    if (Array.isArray(value)) return conditionOf({ $eq: value });
    if (!isPoint(value)) return undefined;
    return { points: [value], excludesNull: value !== null, exact: value !== null };
  }
  const condition: PathCondition = { excludesNull: false, exact: true };
  for (const [operator, argument] of Object.entries(value)) {
    if (!addOperator(condition, operator, argument)) condition.exact = false;
  }
  addPattern(condition, value);
  return isBound(condition) || condition.excludesNull || condition.exists ? condition : undefined;
}

function isBound({ points, lower, upper, pattern, choice, notNull }: PathCondition): boolean {
  return (points ?? lower ?? upper ?? pattern ?? choice ?? notNull) !== undefined;
}

/** What is found by a pattern is for the filter to say; its prefix says where that may be. */
function addPattern(condition: PathCondition, { $regex: given, $options: options }: Doc): void {
  const pattern = patternOf(given, options);
  if (!pattern) return;
  condition.pattern = pattern;
  condition.excludesNull = true;
}

/** A regular expression that begins with a text; undefined when it does not. */
function patternOf(given: unknown, options?: unknown): Pattern | undefined {
  const own = isRegExp(given) ? partsOf(given) : { pattern: given, options: '' };
  const all = options ?? own.options;
  if (typeof own.pattern !== 'string' || typeof all !== 'string') return undefined;
  const prefix = prefixOf(own.pattern, all);
  return prefix === '' ? undefined : { value: new BSONRegExp(own.pattern, all.replace('u', '')), prefix };
}

/** A `$in` that holds regular expressions, of which all must begin with a text. */
function addChoice(condition: PathCondition, values: readonly unknown[]): void {
  const patterns = values.filter(isRegExp).map((value) => patternOf(value));
  const points = values.filter((value) => !isRegExp(value));
  if (condition.choice || !patterns.every((pattern) => pattern !== undefined)) return;
  if (!points.every(isPoint) || points.some(holdsOperators)) return;
  condition.choice = { points, patterns };
  condition.excludesNull ||= !points.includes(null);
}

function addOperator(condition: PathCondition, operator: string, argument: unknown): boolean {
  switch (operator) {
    case '$eq':
    case '$in': {
      if (operator === '$eq' && Array.isArray(argument)) return addFirst(condition, argument, [argument]);
      const points = operator === '$eq' ? [argument] : argument;
      if (operator === '$in' && Array.isArray(points) && points.some(isRegExp)) {
        addChoice(condition, points);
        return false;
      }
      if (!Array.isArray(points) || !points.every(isPoint) || condition.points) return false;
      if (operator === '$in' && points.some(holdsOperators)) return false;
      const hasNull = points.includes(null);
      condition.points = points;
      condition.excludesNull ||= !hasNull;
      return !hasNull;
    }
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte': {
      const side = operator.startsWith('$g') ? 'lower' : 'upper';
      if (!isRangeBound(argument) || condition[side]) return false;
      condition[side] = { value: argument, inclusive: operator.endsWith('e') };
      condition.excludesNull = true;
      return true;
    }
    case '$all':
      return addFirst(condition, Array.isArray(argument) ? argument.filter((item) => !holdsOperators(item)) : [], []);
    case '$elemMatch':
      if (isDoc(argument) && asksElement(argument)) addElement(condition, argument);
      return false;
    case '$exists':
      // An index keeps a missing field as null, so that it cannot tell them apart.
      if (argument === false && !condition.points) condition.points = [null];
      if (argument === true) condition.exists = true;
      return false;
    case '$ne':
      if (argument === null) condition.excludesNull = condition.notNull = true;
      return false;
    default:
      return false;
  }
}

/** An array that has certain elements is found by the first of them; `others` are what would be found instead. */
function addFirst(condition: PathCondition, [first]: readonly unknown[], others: unknown[]): false {
  if (condition.points || !isPoint(first) || first === null) return false;
  condition.points = [first, ...others];
  condition.excludesNull = true;
  return false;
}

/**
 * What holds for an element of an array holds for what is at its path. An element that is an array itself is one key, which
 * says nothing of the elements in it.
 */
function addElement(condition: PathCondition, operators: Doc): void {
  if (Object.hasOwn(operators, '$elemMatch')) return;
  const element = conditionOf(operators);
  if (element?.excludesNull && !isBound(condition)) Object.assign(condition, element);
}

/** Whether a range may end at a value. */
export function isRangeBound(argument: unknown): boolean {
  const [type, kind] = keyOf(argument);
  // NaN is in no range but its own, which is for the filter to tell.
  if (type === TYPE.number) return kind !== 0;
  return type === TYPE.string || type === TYPE.date || type === TYPE.objectId;
}
