import { createHash } from 'node:crypto';
import type {
  BSONRegExp,
  BSONSymbol,
  Binary,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  ObjectId,
  Timestamp,
} from 'bson';
import { bsonType, type Doc } from '../../document.js';
import { farDate } from '../../errors.js';
import { writeNumber } from './number-key.js';

/** First byte of a key part: MongoDB's order of types. Gaps of one let a bound stand between two types. */
export const TYPE = {
  minKey: 0x08,
  undefined: 0x10,
  null: 0x18,
  number: 0x20,
  string: 0x28,
  object: 0x30,
  array: 0x38,
  binary: 0x40,
  objectId: 0x48,
  boolean: 0x50,
  date: 0x58,
  timestamp: 0x60,
  regex: 0x68,
  dbPointer: 0x70,
  code: 0x78,
  codeWithScope: 0x80,
  maxKey: 0xf0,
} as const;

/** Ends an embedded document or array; below every type byte, so a prefix sorts before what is longer. */
const END = 0x01;
/** Precedes each further element of an array or document. */
const MORE = 0x02;

/** Longest key part that is stored as it is, in bytes; LMDB's own limit is 1978. */
export const MAX_PART_BYTES = 900;
const HASH_BYTES = 32;

/** Writes the order-preserving bytes of BSON values: comparing two keys byte by byte compares the values. */
export class KeyWriter {
  private buffer = Buffer.allocUnsafe(256);
  private length = 0;
  private readonly push = (byte: number): void => {
    if (this.length === this.buffer.length) this.grow(1);
    this.buffer[this.length++] = byte;
  };

  /** @param classOf bytes that stand for a string instead of its own; always as many */
  constructor(private readonly classOf?: (text: string) => Buffer) {}

  /**
   * Appends one value; `descending` inverts its bytes, which inverts its order. Where a value has no key, the writer starts
   * again: what was written of it would stand before the next key, which is somebody else's.
   */
  value(value: unknown, descending = false): this {
    const start = this.length;
    try {
      this.write(value);
    } catch (error) {
      this.length = 0;
      throw error;
    }
    if (descending) for (let i = start; i < this.length; i++) this.buffer[i] = ~(this.buffer[i] ?? 0) & 0xff;
    return this;
  }

  /** The bytes written so far; the writer starts again. */
  finish(): Buffer {
    const key = Buffer.from(this.buffer.subarray(0, this.length));
    this.length = 0;
    return key;
  }

  private write(value: unknown): void {
    switch (typeof value) {
      case 'number':
      case 'bigint':
        return this.number(value);
      case 'string':
        return this.string(value);
      case 'boolean':
        this.push(TYPE.boolean);
        return this.push(value ? 1 : 0);
      case 'undefined':
        return this.push(TYPE.undefined);
      case 'object':
        return this.object(value);
      default:
        throw new Error(`a value of type ${typeof value} has no key`);
    }
  }

  private object(value: object | null): void {
    if (value === null) return this.push(TYPE.null);
    if (Array.isArray(value)) return this.array(value);
    if (value instanceof Date) return this.date(value);
    if (value instanceof RegExp) return this.regex(value.source, value.flags);
    if (value instanceof Uint8Array) return this.binary(0, value);
    const type = bsonType(value);
    return type === undefined ? this.document(TYPE.object, value as Doc) : this.bson(type, value);
  }

  private bson(type: string, value: object): void {
    switch (type) {
      case 'ObjectId':
        this.push(TYPE.objectId);
        return this.bytes((value as ObjectId).id);
      case 'Int32':
        return this.number((value as Int32).value);
      case 'Double':
        return this.number((value as Double).value);
      case 'Long':
      case 'Decimal128':
        return this.number(value as Long | Decimal128);
      case 'Binary':
        return this.binary((value as Binary).sub_type, (value as Binary).value());
      case 'Timestamp':
        this.push(TYPE.timestamp);
        return this.uint64((value as Timestamp).toBigInt());
      case 'BSONRegExp':
        return this.regex((value as BSONRegExp).pattern, (value as BSONRegExp).options);
      case 'BSONSymbol':
        return this.string((value as BSONSymbol).valueOf());
      case 'Code':
        return this.code(value as Code);
      case 'DBRef':
        return this.pointer(value as DBRef);
      case 'MinKey':
        return this.push(TYPE.minKey);
      case 'MaxKey':
        return this.push(TYPE.maxKey);
      default:
        throw new Error(`a BSON value of type ${type} has no key`);
    }
  }

  private string(value: string): void {
    if (!this.classOf) return this.text(TYPE.string, value);
    this.push(TYPE.string);
    this.bytes(this.classOf(value));
  }

  private number(value: number | bigint | Long | Decimal128): void {
    this.push(TYPE.number);
    writeNumber(value, this.push);
  }

  private date(value: Date): void {
    if (Number.isNaN(value.getTime())) throw farDate();
    this.push(TYPE.date);
    // Dates are signed; flipping the sign bit orders those before 1970 first.
    this.uint64(BigInt.asUintN(64, BigInt(value.getTime())) ^ (1n << 63n));
  }

  private uint64(value: bigint): void {
    for (let shift = 56n; shift >= 0n; shift -= 8n) this.push(Number((value >> shift) & 0xffn));
  }

  private binary(subtype: number, bytes: Uint8Array): void {
    this.push(TYPE.binary);
    for (const shift of [24, 16, 8, 0]) this.push((bytes.length >>> shift) & 0xff);
    this.push(subtype);
    this.bytes(bytes);
  }

  /** A DBPointer, of which `bson` makes this. */
  private pointer({ db, collection, oid }: DBRef): void {
    const namespace = db === undefined ? collection : `${db}.${collection}`;
    this.push(TYPE.dbPointer);
    this.binary(0, Buffer.concat([Buffer.from(namespace), oid.id]));
  }

  private regex(pattern: string, options: string): void {
    this.text(TYPE.regex, pattern);
    this.text(TYPE.string, options);
  }

  private code(code: Code): void {
    this.text(code.scope ? TYPE.codeWithScope : TYPE.code, code.code);
    if (code.scope) this.document(TYPE.object, code.scope);
  }

  private array(values: unknown[]): void {
    this.push(TYPE.array);
    for (const value of values) {
      this.push(MORE);
      this.write(value);
    }
    this.push(END);
  }

  /** MongoDB compares embedded documents field by field: type of the value first, then the name, then the value. */
  private document(type: number, doc: Doc): void {
    this.push(type);
    for (const [name, value] of Object.entries(doc)) {
      this.push(MORE);
      const at = this.length;
      this.write(value);
      const encoded = Buffer.from(this.buffer.subarray(at, this.length));
      this.length = at;
      this.push(encoded[0] ?? END);
      this.text(TYPE.string, name);
      this.bytes(encoded);
    }
    this.push(END);
  }

  private text(type: number, text: string): void {
    this.push(type);
    const needed = text.length * 3 + 2;
    if (this.length + needed > this.buffer.length) this.grow(needed);
    const written = this.buffer.write(text, this.length);
    const zero = this.buffer.subarray(this.length, this.length + written).indexOf(0);
    if (zero === -1) {
      this.length += written;
    } else {
      const bytes = Buffer.from(this.buffer.subarray(this.length, this.length + written));
      for (const byte of bytes) {
        this.push(byte);
        if (byte === 0) this.push(0xff);
      }
    }
    this.push(0);
    this.push(0);
  }

  private bytes(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.buffer.length) this.grow(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  private grow(extra: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + extra));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}

const writer = new KeyWriter();

/** The order-preserving bytes of one value. */
export function keyOf(value: unknown): Buffer {
  return writer.value(value).finish();
}

/** Whether a key is longer than what is stored as it is. */
export function isLong(key: Buffer): boolean {
  return key.length > MAX_PART_BYTES;
}

/** Shortens a long key to a prefix and a hash of the whole: still unique, in order only as far as the prefix goes. */
export function fit(key: Buffer): Buffer {
  if (!isLong(key)) return key;
  const hash = createHash('sha256').update(key).digest();
  return Buffer.concat([key.subarray(0, MAX_PART_BYTES - HASH_BYTES), hash]);
}

/** The four bytes that every key of a collection's documents, or of an index, begins with. */
export function idPrefix(id: number): Buffer {
  const prefix = Buffer.allocUnsafe(4);
  prefix.writeUInt32BE(id);
  return prefix;
}

/** The smallest key that is greater than every key with this prefix; undefined when there is none. */
export function successor(prefix: Buffer): Buffer | undefined {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const byte = prefix[i] ?? 0xff;
    if (byte === 0xff) continue;
    const next = Buffer.from(prefix.subarray(0, i + 1));
    next[i] = byte + 1;
    return next;
  }
  return undefined;
}
