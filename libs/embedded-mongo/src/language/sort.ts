import type { Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { compareValues, KeyWriter } from '../store/key.js';
import { toNumber } from './operators.js';
import { MISSING, someAt } from './paths.js';

/** One field of a sort. */
export interface SortField {
  readonly path: string;
  readonly parts: readonly string[];
  readonly descending: boolean;
}

/**
 * Reads a sort specification.
 * @throws MongoError 2 when an order is neither 1 nor -1
 */
export function sortFields(spec: Doc | undefined): SortField[] {
  return Object.entries(spec ?? {}).map(([path, order]) => {
    const direction = toNumber(order);
    if (direction !== 1 && direction !== -1) {
      throw new MongoError(
        2,
        `Illegal key in $sort specification: ${path} must be 1 (for ascending) or -1 (for descending)`,
      );
    }
    return { path, parts: path.split('.'), descending: direction === -1 };
  });
}

const writer = new KeyWriter();

/** The bytes by which documents are put in order. */
export function sortKey(fields: readonly SortField[], doc: Doc): Buffer {
  for (const field of fields) writer.value(sortValue(field, doc), field.descending);
  return writer.finish();
}

/** Of an array the smallest element counts, or the largest when descending; an empty one comes before null. */
function sortValue(field: SortField, doc: Doc): unknown {
  let best: unknown = MISSING;
  const offer = (value: unknown): void => {
    const better =
      best === MISSING || (field.descending ? compareValues(value, best) > 0 : compareValues(value, best) < 0);
    if (better) best = value;
  };
  someAt(doc, field.parts, (leaf) => {
    if (leaf === MISSING) offer(null);
    else if (!Array.isArray(leaf)) offer(leaf);
    else if (leaf.length === 0) offer(undefined);
    else leaf.forEach(offer);
    return false;
  });
  return best === MISSING ? null : best;
}
