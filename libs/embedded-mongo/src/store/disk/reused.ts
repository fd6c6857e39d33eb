/**
 * A value in lmdb's own buffer, which the next read overwrites. Its `length` is that of the value, while the memory
 * behind it is longer: `bytesOf` gives just the value.
 */
export type Reused = Buffer;

/** The bytes of a value where it is: to be copied, or looked at, before the next read. */
export function bytesOf(reused: Reused): Buffer {
  return Buffer.from(reused.buffer, reused.byteOffset, reused.length);
}

/**
 * Copies what LMDB read into Node's pool of small buffers. Left to itself, lmdb makes an `ArrayBuffer` of its own for each
 * value, which cost a page of 50 documents about a fifth of its CPU, most of it in collecting them again.
 */
export function copyOf(reused: Reused): Buffer {
  const copy = Buffer.allocUnsafe(reused.length);
  copy.set(new Uint8Array(reused.buffer, reused.byteOffset, copy.length));
  return copy;
}

/** How values are read that are kept. */
export const COPIED = { encode: (value: Buffer): Buffer => value, decode: copyOf };
/** How values are read that are done with before the next read. */
export const NOT_COPIED = { encode: (value: Buffer): Buffer => value, decode: (reused: Reused): Reused => reused };

const PREFIX_BYTES = 4;
const NO_KEY = Buffer.alloc(0);

/** The key of one document after the other, put together where it stays: no key is made for each. */
export class DocumentKey {
  private bytes = Buffer.allocUnsafe(1024);
  private length = PREFIX_BYTES;

  constructor(collection: number) {
    this.bytes.writeUInt32BE(collection);
  }

  /** The primary key that the key ends with. */
  set id(id: Reused) {
    this.length = PREFIX_BYTES + id.length;
    for (let i = 0; i < id.length; i++) this.bytes[PREFIX_BYTES + i] = id[i] ?? 0;
  }

  get id(): Buffer {
    return Buffer.from(this.bytes.subarray(PREFIX_BYTES, this.length));
  }

  /** Writes the key into a buffer; gives where it ends. */
  writeTo(target: Uint8Array, start: number): number {
    for (let i = 0; i < this.length; i++) target[start + i] = this.bytes[i] ?? 0;
    return start + this.length;
  }
}

function writeKey(key: DocumentKey | Uint8Array, target: Uint8Array, start: number): number {
  if (key instanceof DocumentKey) return key.writeTo(target, start);
  target.set(key, start);
  return start + key.length;
}

const copyKey = (source: Uint8Array, start: number, end: number): Buffer => Buffer.from(source.subarray(start, end));

/** Keys of the table of documents, as bytes or as a `DocumentKey`. */
export const DOCUMENT_KEYS = { writeKey, readKey: copyKey };
/** Keys of index entries, which are not looked at once a walk is where it begins. */
export const UNREAD_KEYS = { writeKey, readKey: (): Buffer => NO_KEY };
