import { ObjectId, onDemand, serialize } from 'bson';
import { deserializePlain } from './plain-references.js';

/** A decoded document. Its values are BSON values as `bson` decodes them. */
export type Doc = Record<string, unknown>;

/** Largest document that is stored, in bytes, as MongoDB has it. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** Decodes for reading: int32, double and safe longs become numbers, everything else keeps its BSON class. */
export function decode(raw: Uint8Array): Doc {
  return deserializePlain(raw, { promoteBuffers: false, bsonRegExp: true, allowObjectSmallerThanBufferSize: false });
}

/** Decodes for writing: every number keeps its BSON type, so that encoding again gives the same bytes. */
export function decodeTyped(raw: Uint8Array): Doc {
  return deserializePlain(raw, { promoteValues: false, bsonRegExp: true });
}

/** Encodes a document. `undefined` values are left out, as drivers do. */
export function encode(doc: Doc): Uint8Array {
  return serialize(doc, { ignoreUndefined: true, checkKeys: false });
}

const ID_NAME = Buffer.from('_id\0');
const OBJECT_ID = Buffer.from([7]);
/** Bytes of a document's length, which precede its fields. */
const HEADER = 4;

/**
 * A document with its `_id` in first place, a new one when it has none. Everything else keeps its bytes and its order, which
 * objects of JavaScript would not keep for names that are whole numbers.
 */
export function withIdFirst(raw: Buffer): Buffer {
  if (raw.subarray(HEADER + 1, HEADER + 1 + ID_NAME.length).equals(ID_NAME)) return raw;
  const fields = raw.subarray(HEADER, -1);
  for (const [, name, length, value, bytes] of onDemand.parseToElements(raw)) {
    if (!raw.subarray(name, name + length + 1).equals(ID_NAME)) continue;
    const [start, end] = [name - 1, value + bytes];
    return ofFields([raw.subarray(start, end), raw.subarray(HEADER, start), raw.subarray(end, -1)]);
  }
  return ofFields([OBJECT_ID, ID_NAME, new ObjectId().id, fields]);
}

function ofFields(parts: Uint8Array[]): Buffer {
  const raw = Buffer.concat([Buffer.alloc(HEADER), ...parts, Buffer.alloc(1)]);
  raw.writeInt32LE(raw.length);
  return raw;
}

/** Whether a value is an embedded document (and not one of BSON's own classes). */
export function isDoc(value: unknown): value is Doc {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The BSON class of a value (`ObjectId`, `Long`, …), or undefined for plain JavaScript values. */
export function bsonType(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const tag = (value as { _bsontype?: unknown })._bsontype;
  return typeof tag === 'string' ? tag : undefined;
}

/** Sets a field whatever its name is: assigned as usual, a field `__proto__` would change what the object inherits. */
export function put(doc: Doc, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(doc, name, { value, writable: true, enumerable: true, configurable: true });
  else doc[name] = value;
}
