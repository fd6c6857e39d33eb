import type { Decimal128, Double, Int32, Long } from 'bson';
import { bsonType } from '../document.js';

const CLASSES = new Set(['Int32', 'Double', 'Long', 'Decimal128']);

/** A number of any BSON type as a JavaScript number, NaN for anything else. */
export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (!CLASSES.has(bsonType(value) ?? '')) return Number.NaN;
  return Number((value as Int32 | Double | Long | Decimal128).toString());
}
