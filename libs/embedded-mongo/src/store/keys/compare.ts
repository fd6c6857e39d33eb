import { isDoc } from '../../document.js';
import { TYPE, keyOf } from './key.js';

/** The first byte of a value's key. */
export function typeByte(value: unknown): number {
  if (typeof value === 'string') return TYPE.string;
  if (Array.isArray(value)) return TYPE.array;
  return isDoc(value) ? TYPE.object : (keyOf(value)[0] ?? 0);
}

/**
 * Compares two BSON values as MongoDB orders them. Of a long value no more is looked at than decides, since it may be
 * compared with many short ones.
 */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number' && !Number.isNaN(a) && !Number.isNaN(b)) return a - b || 0;
  if (a === b) return 0;
  if (mayBeLong(a) || mayBeLong(b)) {
    const types = typeByte(a) - typeByte(b);
    if (types !== 0) return types;
  }
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (!Array.isArray(a) || !Array.isArray(b)) return Buffer.compare(keyOf(a), keyOf(b));
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareValues(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const mayBeLong = (value: unknown): boolean => typeof value === 'string' || Array.isArray(value) || isDoc(value);

/** Strings compare by their bytes, which beyond the end of the shorter one decide nothing; two units are one character at most. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length) + 2;
  return Buffer.compare(Buffer.from(a.slice(0, length)), Buffer.from(b.slice(0, length)));
}
