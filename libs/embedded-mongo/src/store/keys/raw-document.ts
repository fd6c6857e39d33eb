import { isUtf8 } from 'node:buffer';

/** Types of BSON elements that are told apart here, by their byte. */
export const ELEMENT = {
  double: 0x01,
  string: 0x02,
  document: 0x03,
  array: 0x04,
  objectId: 0x07,
  boolean: 0x08,
  date: 0x09,
  null: 0x0a,
  int32: 0x10,
  int64: 0x12,
} as const;

/** Most fields at the top of a document that are noted, and deepest nesting that is followed. */
const MAX_FIELDS = 256;
const MAX_DEPTH = 16;

/** Bytes of a value by its type; 0 for one that tells its own length, -1 for what is left to `decode`. */
const SIZES = new Int8Array(256).fill(-1);
SIZES[ELEMENT.double] = 8;
SIZES[ELEMENT.string] = 0;
SIZES[ELEMENT.document] = 0;
SIZES[ELEMENT.array] = 0;
SIZES[ELEMENT.objectId] = 12;
SIZES[ELEMENT.boolean] = 1;
SIZES[ELEMENT.date] = 8;
SIZES[ELEMENT.null] = 0;
SIZES[ELEMENT.int32] = 4;
SIZES[ELEMENT.int64] = 8;

/**
 * The places of a document's fields, without its values: a document that is inserted need not be decoded for its index
 * keys, which took a quarter of an insert. What is read is checked as `decode` would check it; everything rarer is left
 * to `decode`.
 */
export class RawDocument {
  raw: Buffer = Buffer.alloc(0);
  private count = 0;
  private readonly names = new Int32Array(MAX_FIELDS);
  private readonly values = new Int32Array(MAX_FIELDS);

  /** Reads a document; false when it is to be decoded, because it is rare or broken. */
  read(raw: Buffer): boolean {
    this.raw = raw;
    this.count = 0;
    return raw.length >= 5 && raw.readInt32LE(0) === raw.length && this.walk(0, raw.length, MAX_DEPTH);
  }

  /**
   * Where the value of a field at the top begins; 0 when there is no such field. Of fields of one name the last counts.
   * The byte before its name tells its type: see `typeAt`.
   * @param name with the zero byte that ends it
   */
  find(name: Buffer): number {
    for (let i = this.count - 1; i >= 0; i--) if (this.isNamed(this.names[i] ?? 0, name)) return this.values[i] ?? 0;
    return 0;
  }

  /** The type of a value that `find` found under this name. */
  typeAt(value: number, name: Buffer): number {
    return this.raw[value - name.length - 1] ?? 0;
  }

  private isNamed(at: number, name: Buffer): boolean {
    const { raw } = this;
    for (let i = 0; i < name.length; i++) if (raw[at + i] !== name[i]) return false;
    return true;
  }

  /** Goes through the elements of a document or array; those at the top are noted. */
  private walk(start: number, end: number, depth: number): boolean {
    const { raw } = this;
    const last = end - 1;
    let at = start + 4;
    while (at < last) {
      const type = raw[at] ?? 0;
      const name = at + 1;
      at = name;
      while (at < last && raw[at] !== 0) at++;
      if (at++ >= last) return false;
      const size = this.sizeOf(type, at, last, depth);
      if (size < 0 || at + size > last) return false;
      if (depth === MAX_DEPTH) {
        if (this.count === MAX_FIELDS) return false;
        this.names[this.count] = name;
        this.values[this.count++] = at;
      }
      at += size;
    }
    return at === last && raw[last] === 0;
  }

  /** Bytes of the value at a place, which is checked; -1 when it is not to be read here. */
  private sizeOf(type: number, at: number, last: number, depth: number): number {
    const { raw } = this;
    const fixed = SIZES[type] ?? -1;
    if (type === ELEMENT.boolean) return (raw[at] ?? 2) > 1 ? -1 : 1;
    if (fixed !== 0 || type === ELEMENT.null) return fixed;
    if (at + 4 > last) return -1;
    const length = raw.readInt32LE(at);
    if (type === ELEMENT.string) return length > 0 && this.isString(at + 4, length, last) ? 4 + length : -1;
    if (length < 5 || at + length > last || depth === 0) return -1;
    return this.walk(at, at + length, depth - 1) ? length : -1;
  }

  private isString(at: number, length: number, last: number): boolean {
    const { raw } = this;
    const end = at + length - 1;
    if (end >= last || raw[end] !== 0) return false;
    for (let i = at; i < end; i++) if ((raw[i] ?? 0) > 0x7f) return isUtf8(raw.subarray(at, end));
    return true;
  }
}
