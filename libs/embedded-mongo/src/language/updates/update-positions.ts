import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric } from '../values/arithmetic.js';
import { NO_EXPR, matcher, type Evaluation } from '../filters/filter.js';
import { toNumber } from '../values/numbers.js';
import { holdsOperators, type Test } from '../filters/operators.js';
import { MISSING } from '../paths.js';
import { isRegExp } from '../filters/regex.js';

/** Conditions that hold because of no element in particular. */
const WITHOUT_ELEMENT = new Set(['$ne', '$nin', '$not', '$options']);

/**
 * Compiles `arrayFilters`; each is for the identifier that its fields begin with.
 * @throws MongoError 2 or 9 when that is not one identifier, or one that another filter has; 224 for `$expr`
 */
export function filtersByIdentifier(arrayFilters: readonly Doc[], evaluation: Evaluation): ReadonlyMap<string, Test> {
  const filters = new Map<string, Test>();
  for (const filter of arrayFilters) {
    const test = matcher(filter, {
      ...evaluation,
      withoutExpr: `Error parsing array filter :: caused by :: ${NO_EXPR}`,
    });
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

/** MongoDB's order of conditions that stand beside each other; those with no place here come after them. */
export const CONDITION_ORDER = [
  '$or',
  '$elemMatch',
  '$size',
  '$eq',
  '$lte',
  '$lt',
  '$gt',
  '$gte',
  '$regex',
  '$mod',
  '$exists',
  '$in',
];

/** One thing that a filter asks of one path. */
interface Condition {
  readonly path: string;
  readonly operator: string;
  readonly condition: unknown;
}

/**
 * The array element that made the filter match, for the positional `$`. Each condition on an array has found one, and that
 * of the last condition counts.
 * @param sorted the conditions are taken in MongoDB's own order, as updates do, and not as they stand in the filter
 */
export function matchedIndex(doc: Doc, filter: Doc, evaluation: Evaluation, sorted: boolean): number | undefined {
  const conditions = conditionsOf(filter);
  if (sorted) conditions.sort((a, b) => rankOf(a) - rankOf(b) || comparePaths(a.path, b.path));
  for (const { path, condition } of conditions.reverse()) {
    const index = along(doc, path.split('.'), leafTest(condition, evaluation))?.index;
    if (index !== undefined) return index;
  }
  return undefined;
}

function rankOf({ operator }: Condition): number {
  const place = CONDITION_ORDER.indexOf(operator);
  return place < 0 ? CONDITION_ORDER.length : place;
}

const comparePaths = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function conditionsOf(filter: Doc): Condition[] {
  return Object.entries(filter).flatMap(([path, condition]) => {
    if (path === '$and') return (condition as Doc[]).flatMap(conditionsOf);
    if (path === '$or') return conditionsOfChoice(condition as Doc[]);
    return path.startsWith('$') ? [] : conditionsOfField(path, condition);
  });
}

/** A choice between values of one path is an `$in`; of others it is not known which was met. */
function conditionsOfChoice(clauses: readonly Doc[]): Condition[] {
  const [first, ...others] = clauses;
  if (first && others.length === 0) return conditionsOf(first);
  const choices = clauses.map((clause) => {
    const conditions = conditionsOf(clause);
    return Object.keys(clause).length === 1 && conditions.length === 1 ? conditions[0] : undefined;
  });
  const [{ path = '' } = {}] = choices.filter((choice) => choice !== undefined);
  const isIn = choices.every((choice) => choice?.path === path && choice.operator === '$eq');
  const values = choices.map((choice) => (isEquality(choice?.condition) ? choice.condition.$eq : choice?.condition));
  return isIn ? [{ path, operator: '$in', condition: { $in: values } }] : [];
}

const isFalse = (value: unknown): boolean =>
  value === false || value === null || (isNumeric(value) && toNumber(value) === 0);

const isEquality = (condition: unknown): condition is { $eq: unknown } =>
  holdsOperators(condition) && Object.hasOwn(condition, '$eq');

function conditionsOfField(path: string, condition: unknown): Condition[] {
  if (!holdsOperators(condition)) return [{ path, operator: isRegExp(condition) ? '$regex' : '$eq', condition }];
  const { $options: options } = condition;
  return Object.entries(condition).flatMap(([operator, argument]): Condition[] => {
    if (WITHOUT_ELEMENT.has(operator) || (operator === '$exists' && isFalse(argument))) return [];
    if (operator === '$all') return (argument as unknown[]).flatMap((item) => conditionsOfField(path, item));
    const single = operator === '$regex' && options !== undefined ? { $options: options } : {};
    return [{ path, operator, condition: { [operator]: argument, ...single } }];
  });
}

/** A condition was met: by the element at this place, or by none in particular. */
interface Met {
  readonly index?: number;
}

/** Tells whether a condition is met by what a path ends at; as a whole only, where the path names its place in an array. */
type LeafTest = (value: unknown, byPosition: boolean) => Met | undefined;

/**
 * Looks for what meets a condition, in MongoDB's order. The element that counts is that of the first array on the path that is
 * searched; what a path names by its place was not searched for.
 */
function along(
  value: unknown,
  parts: readonly string[],
  test: LeafTest,
  at = 0,
  tried: Set<unknown>[] = [],
): Met | undefined {
  const part = parts[at];
  if (part === undefined) return test(value, false);
  if (Array.isArray(value)) {
    // What has been looked through from the same part of the path is not once more, as in a search.
    if (tried[at]?.has(value)) return undefined;
    (tried[at] ??= new Set()).add(value);
    return within(value, parts, test, at, tried);
  }
  if (isDoc(value) && Object.hasOwn(value, part)) return along(value[part], parts, test, at + 1, tried);
  return test(MISSING, false);
}

function within(
  values: readonly unknown[],
  parts: readonly string[],
  test: LeafTest,
  at: number,
  tried: Set<unknown>[],
): Met | undefined {
  const part = parts[at];
  for (const [index, item] of values.entries()) {
    if (isDoc(item) && along(item, parts, test, at, tried)) return { index };
    if (part !== String(index)) continue;
    const leadsOn = isDoc(item) || Array.isArray(item);
    const isLast = at + 1 === parts.length;
    const met = isLast ? test(item, true) : leadsOn ? along(item, parts, test, at + 1, tried) : undefined;
    if (met) return met;
  }
  return undefined;
}

function leafTest(condition: unknown, evaluation: Evaluation): LeafTest {
  const isMissing = matcher({ value: condition }, evaluation);
  const criteria = criteriaOf(condition);
  const ofElements = criteria['$elemMatch'];
  // An element is taken as it is: one that is an array itself is not looked into.
  const matches = matcher({ value: { $elemMatch: ofElements ?? criteria } }, evaluation);
  const searched = (values: readonly unknown[]): Met | undefined => {
    const index = values.findIndex((item) => matches({ value: [item] }));
    return index < 0 ? undefined : { index };
  };
  return (value, byPosition) => {
    if (value === MISSING) return isMissing({}) ? {} : undefined;
    if (ofElements !== undefined) return Array.isArray(value) ? searched(value) : undefined;
    const met = Array.isArray(value) && !byPosition && !('$size' in criteria) ? searched(value) : undefined;
    return met ?? (matches({ value: [value] }) ? {} : undefined);
  };
}

/** A condition as operators. */
function criteriaOf(condition: unknown): Doc {
  if (holdsOperators(condition)) return condition;
  return isRegExp(condition) ? { $regex: condition } : { $eq: condition };
}
