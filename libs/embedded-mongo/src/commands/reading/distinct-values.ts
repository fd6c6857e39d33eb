import { MAX_DOCUMENT_BYTES, encode } from '../../document.js';
import { MongoError } from '../../errors.js';
import type { Ordering } from '../../language/values/ordering.js';
import { valueKeys, type ValueKeys } from '../../language/values/value-keys.js';

/**
 * The names along the path of which `distinct` gives the values.
 * @throws MongoError 31032 for a zero byte
 */
export function partsOf(key: string): string[] {
  if (key.includes('\0')) throw new MongoError(31032, 'Key field cannot contain an embedded null byte');
  return key.split('.');
}

/** Values of which no two are equal. */
export class DistinctValues {
  private readonly byKey = new Map<string, unknown>();
  private readonly keyOf: ValueKeys;

  constructor(private readonly ordering: Ordering) {
    this.keyOf = valueKeys(ordering);
  }

  add(value: unknown): void {
    const key = this.keyOf(value);
    if (!this.byKey.has(key)) this.byKey.set(key, value);
  }

  /** The values in order, each as it came first. */
  inOrder(): unknown[] {
    if (this.ordering.collation) return [...this.byKey.values()].sort(this.ordering.compare);
    // Without a collation the order of their keys is that of the values.
    return [...this.byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  }
}

/** @throws MongoError 17217 for values that are too many for an answer */
export function checkDistinct(values: readonly unknown[]): void {
  try {
    if (encode({ values }).length <= MAX_DOCUMENT_BYTES) return;
  } catch (error) {
    if (!(error instanceof MongoError) || error.code !== 10334) throw error;
  }
  throw new MongoError(17217, 'distinct too big, 16mb cap');
}
