import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { NO_EXPR, matcher, type Evaluation } from './filter.js';
import { holdsOperators, type Test } from './operators.js';
import { isPosition } from './paths.js';
import { isRegExp } from './regex.js';

/** Conditions that hold because of no element in particular. */
const WITHOUT_ELEMENT = new Set(['$ne', '$nin', '$not', '$size', '$options']);

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
  return conditions
    .map(({ path, condition }) => elementOf(doc, path, condition, evaluation))
    .findLast((index) => index !== undefined);
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

const isEquality = (condition: unknown): condition is { $eq: unknown } =>
  holdsOperators(condition) && Object.hasOwn(condition, '$eq');

function conditionsOfField(path: string, condition: unknown): Condition[] {
  if (!holdsOperators(condition)) return [{ path, operator: isRegExp(condition) ? '$regex' : '$eq', condition }];
  const { $options: options } = condition;
  return Object.entries(condition).flatMap(([operator, argument]): Condition[] => {
    if (WITHOUT_ELEMENT.has(operator)) return [];
    if (operator === '$all') return (argument as unknown[]).flatMap((item) => conditionsOfField(path, item));
    const single = operator === '$regex' && options !== undefined ? { $options: options } : {};
    return [{ path, operator, condition: { [operator]: argument, ...single } }];
  });
}

/** The element for which a condition on a path holds, of the first array on the path that it names no place in. */
function elementOf(from: unknown, path: string, condition: unknown, evaluation: Evaluation): number | undefined {
  const parts = path === '' ? [] : path.split('.');
  let value = from;
  for (const [i, part] of parts.entries()) {
    if (Array.isArray(value)) return elementAlong(value, parts.slice(i), condition, evaluation);
    value = isDoc(value) ? value[part] : undefined;
  }
  if (!Array.isArray(value) || (isDoc(condition) && Object.hasOwn(condition, '$exists'))) return undefined;
  const criteria = isDoc(condition) ? condition['$elemMatch'] : undefined;
  const matches = matcher({ value: criteria === undefined ? condition : { $elemMatch: criteria } }, evaluation);
  return found(value.findIndex((item: unknown) => matches({ value: criteria === undefined ? item : [item] })));
}

function elementAlong(
  values: unknown[],
  [part = '', ...after]: string[],
  condition: unknown,
  evaluation: Evaluation,
): number | undefined {
  // What a path names by its position was not looked for: only an array further on can have an element that was found.
  if (isPosition(part) && Number(part) < values.length && after.length > 0) {
    const inner = elementOf(values[Number(part)], after.join('.'), condition, evaluation);
    if (inner !== undefined) return inner;
  }
  const matches = matcher({ [[part, ...after].join('.')]: condition }, evaluation);
  return found(values.findIndex((item) => isDoc(item) && matches(item)));
}

const found = (index: number): number | undefined => (index === -1 ? undefined : index);
