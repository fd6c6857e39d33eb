import { isDoc, type Doc } from '../../document.js';
import { matcher } from '../../language/filters/filter.js';
import { holdsOperators } from '../../language/filters/operators.js';
import type { Ordering } from '../../language/values/ordering.js';
import { typeName } from '../../language/values/bson-types.js';
import { compareValues } from '../keys/compare.js';
import { keyOf } from '../keys/key.js';
import { conditionsOf, isRangeBound, type Conditions, type PathCondition } from './bounds.js';

/** Whether every document that a filter finds is also found by the filter of a partial index; false when unsure. */
export function implies(filter: Doc, partial: Doc, ordering: Ordering): boolean {
  return conditionsImply(conditionsOf(filter, ordering).paths, partial);
}

function conditionsImply(paths: Conditions['paths'], partial: Doc): boolean {
  return Object.entries(partial).every(([path, wanted]) => {
    if (path === '$and' && Array.isArray(wanted))
      return wanted.every((clause) => isDoc(clause) && conditionsImply(paths, clause));
    if (path.startsWith('$')) return false;
    const condition = paths.get(path);
    return condition !== undefined && conditionImplies(condition, path, wanted);
  });
}

function conditionImplies(condition: PathCondition, path: string, wanted: unknown): boolean {
  if (condition.points) {
    if (path.includes('.') || condition.points.includes(null)) return false;
    // A value tests as the field would, but for int, long and double, which compare equal and have different types.
    if (mentionsNumberType(wanted)) return false;
    const matches = matcher({ value: wanted });
    // An array may be the whole of a field, or an element of one.
    return condition.points.every(
      (value) => matches({ value }) && (!Array.isArray(value) || matches({ value: [value] })),
    );
  }
  if (!holdsOperators(wanted)) return false;
  return Object.entries(wanted).every(([operator, bound]) => {
    if (operator === '$exists') return bound === true && condition.excludesNull;
    if (operator === '$type')
      return bound === 'string' && typeName((condition.lower ?? condition.upper)?.value) === 'string';
    const lower = operator === '$gt' || operator === '$gte';
    const own = lower ? condition.lower : condition.upper;
    if (!own || !/^\$[gl]te?$/.test(operator) || !isSameRange(own.value, bound)) return false;
    const order = compareValues(own.value, bound) * (lower ? 1 : -1);
    return order > 0 || (order === 0 && (!own.inclusive || operator.endsWith('e')));
  });
}

/** A range holds values of the type of its ends only, so that no range of one type lies within one of another. */
function isSameRange(own: unknown, bound: unknown): boolean {
  return isRangeBound(bound) && keyOf(own)[0] === keyOf(bound)[0];
}

function mentionsNumberType(wanted: unknown): boolean {
  if (!isDoc(wanted) || !('$type' in wanted)) return false;
  return [wanted['$type']]
    .flat()
    .some((type) => typeof type === 'number' || ['int', 'long', 'double', 'decimal'].includes(String(type)));
}
