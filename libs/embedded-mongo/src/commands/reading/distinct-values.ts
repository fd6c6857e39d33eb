import { MAX_DOCUMENT_BYTES, encode } from '../../document.js';
import { MongoError } from '../../errors.js';
import type { Ordering } from '../../language/values/ordering.js';
import { keyOf } from '../../store/keys/key.js';

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
  /** By their keys, whose order is that of the values. */
  private readonly byKey = new Map<string, unknown>();
  /** With a collation equal values have different keys: they are looked for in those that are there, in order. */
  private readonly sorted: unknown[] = [];

  constructor(private readonly ordering: Ordering) {}

  add(value: unknown): void {
    const key = keyOf(value).toString('latin1');
    if (this.byKey.has(key)) return;
    this.byKey.set(key, value);
    if (this.ordering.collation) this.insert(value);
  }

  /** The values in order, each as it came first. */
  inOrder(): unknown[] {
    if (this.ordering.collation) return this.sorted;
    return [...this.byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  }

  private insert(value: unknown): void {
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = this.ordering.compare(value, this.sorted[middle]);
      if (order === 0) return;
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    this.sorted.splice(low, 0, value);
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
