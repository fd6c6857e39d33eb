import type { Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { show } from '../language/values/show.js';

interface Named {
  readonly name: string;
  readonly fields: readonly { path: string; descending: boolean }[];
  /** Its specification; the index on `_id` needs none. */
  readonly spec?: Doc;
}

/**
 * MongoDB's error for a key that a unique index already has. With a collation it names that too, so that it is seen why a
 * value that is not the same is refused.
 */
export function duplicateKey(
  collection: { db: string; name: string },
  index: Named,
  values: readonly unknown[],
): MongoError {
  // An empty array has undefined for its key.
  const text = (value: unknown): string => (value === undefined ? 'undefined' : show(value));
  const shown = index.fields.map((field, i) => `${field.path}: ${text(values[i])}`).join(', ');
  const keyPattern = Object.fromEntries(index.fields.map((field) => [field.path, field.descending ? -1 : 1]));
  const keyValue = Object.fromEntries(index.fields.map((field, i) => [field.path, values[i] ?? null]));
  const collation = index.spec?.['collation'];
  const where = `collection: ${collection.db}.${collection.name} index: ${index.name}`;
  const how = collation === undefined ? '' : ` collation: ${show(collation)}`;
  return new MongoError(11000, `E11000 duplicate key error ${where}${how} dup key: { ${shown} }`, {
    keyPattern,
    keyValue,
    ...(collation !== undefined && { collation }),
  });
}
