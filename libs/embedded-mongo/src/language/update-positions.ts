import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { matcher, type Evaluation } from './filter.js';
import { holdsOperators, type Test } from './operators.js';
import { refuseExpr } from './upsert.js';

/** Conditions that hold because of no element in particular. */
const WITHOUT_ELEMENT = new Set(['$ne', '$nin', '$not', '$exists', '$size', '$options']);

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

/** The array element that made the filter match, for the positional `$`. */
export function matchedIndex(doc: Doc, filter: Doc, evaluation: Evaluation): number | undefined {
  for (const [path, condition] of Object.entries(filter)) {
    const index = path.startsWith('$')
      ? indexOfClauses(doc, path, condition, evaluation)
      : indexOfField(doc, path, condition, evaluation);
    if (index !== undefined) return index;
  }
  return undefined;
}

function indexOfClauses(doc: Doc, name: string, clauses: unknown, evaluation: Evaluation): number | undefined {
  if ((name !== '$and' && name !== '$or') || !Array.isArray(clauses)) return undefined;
  for (const clause of clauses as Doc[]) {
    if (name === '$or' && !matcher(clause, evaluation)(doc)) continue;
    const index = matchedIndex(doc, clause, evaluation);
    if (index !== undefined) return index;
  }
  return undefined;
}

/** The element for which all conditions on a field hold; where they hold for different ones, that of the last. */
function indexOfField(doc: Doc, path: string, condition: unknown, evaluation: Evaluation): number | undefined {
  if (!holdsOperators(condition)) return elementOf(doc, path, condition, evaluation);
  const conditions = Object.entries(condition).filter(([name]) => !WITHOUT_ELEMENT.has(name));
  if (conditions.length === 0) return undefined;
  const { $options: options } = condition;
  const single = conditions.map(([name, argument]) =>
    name === '$regex' && options !== undefined ? { $regex: argument, $options: options } : { [name]: argument },
  );
  return (
    elementOf(doc, path, Object.assign({}, ...single), evaluation) ??
    single.map((one) => elementOf(doc, path, one, evaluation)).findLast((index) => index !== undefined)
  );
}

function elementOf(doc: Doc, path: string, condition: unknown, evaluation: Evaluation): number | undefined {
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
  if (!Array.isArray(value)) return undefined;
  const criteria = isDoc(condition) ? condition['$elemMatch'] : undefined;
  const matches = matcher({ value: criteria === undefined ? condition : { $elemMatch: criteria } }, evaluation);
  return found(value.findIndex((item: unknown) => matches({ value: criteria === undefined ? item : [item] })));
}

/** The element of an array that lies behind a place which the path names; that place itself is no match of an element. */
function behindIndex(
  values: unknown[],
  rest: string[],
  condition: unknown,
  evaluation: Evaluation,
): number | undefined {
  const [part = '', ...further] = rest;
  if (!/^\d+$/.test(part) || further.length === 0 || Number(part) >= values.length) return undefined;
  return elementOf({ value: values[Number(part)] }, ['value', ...further].join('.'), condition, evaluation);
}

function firstMatch(values: unknown[], rest: string, condition: unknown, evaluation: Evaluation): number | undefined {
  if (/^\d+$/.test(rest)) return undefined;
  const matches = matcher({ [rest]: condition }, evaluation);
  return found(values.findIndex((item) => isDoc(item) && matches(item)));
}

const found = (index: number): number | undefined => (index === -1 ? undefined : index);
