import type { Decimal128, Double, Int32, Long } from 'bson';
import { bsonType } from '../document.js';

/** A number of any BSON type as a JavaScript number, NaN for anything else. */
export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  switch (bsonType(value)) {
    case 'Int32':
    case 'Double':
      return (value as Int32 | Double).value;
    case 'Long':
    case 'Decimal128':
      return Number((value as Long | Decimal128).toString());
    default:
      return Number.NaN;
  }
}
