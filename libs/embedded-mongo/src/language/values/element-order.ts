import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric } from './arithmetic.js';
import { toNumber } from './numbers.js';
import type { Ordering } from './ordering.js';

/**
 * Sorts the elements of an array, as `$push` and `$sortArray` do: by their values, or documents by their fields. Other than
 * in a sort of documents an array is one value here, and a path leads into it by places only.
 * @throws MongoError 2 for what is no sort
 */
export function sorting(sort: unknown, { compare }: Ordering): (elements: readonly unknown[]) => unknown[] {
  if (!isDoc(sort)) {
    const direction = directionOf(sort);
    return (elements) => [...elements].sort((a, b) => compare(a, b) * direction);
  }
  const fields = Object.entries(sort).map(([path, order]) => {
    const parts = path.split('.');
    if (parts.includes('')) throw new MongoError(2, `The $sort field cannot be empty, nor have an empty part: ${path}`);
    return { parts, direction: directionOf(order) };
  });
  if (fields.length === 0) throw new MongoError(2, 'The $sort pattern is empty when it should be a set of fields.');
  return (elements) => {
    const keyed = elements.map((element) => ({ element, key: fields.map(({ parts }) => fieldAt(element, parts)) }));
    keyed.sort((a, b) => {
      for (const [i, { direction }] of fields.entries()) {
        const order = compare(a.key[i], b.key[i]) * direction;
        if (order !== 0) return order;
      }
      return 0;
    });
    return keyed.map(({ element }) => element);
  };
}

function directionOf(order: unknown): number {
  const direction = isNumeric(order) ? toNumber(order) : 0;
  if (direction !== 1 && direction !== -1) throw new MongoError(2, 'The $sort element value must be either 1 or -1');
  return direction;
}

/** What a path leads to in an element of an array; null when there is nothing. */
function fieldAt(element: unknown, parts: readonly string[]): unknown {
  let value = Array.isArray(element) ? undefined : element;
  for (const part of parts) {
    const inside = isDoc(value) || Array.isArray(value) ? (value as Doc) : {};
    value = part !== 'length' && Object.hasOwn(inside, part) ? inside[part] : undefined;
  }
  return value ?? null;
}
