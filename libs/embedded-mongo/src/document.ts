import {
  BSONError,
  Binary,
  Code,
  DBRef,
  ObjectId,
  deserialize,
  onDemand,
  serialize,
  type DeserializeOptions,
} from 'bson';
import { MongoError } from './errors.js';
import { decodeReferences } from './references.js';

/** A decoded document. Its values are BSON values as `bson` decodes them. */
export type Doc = Record<string, unknown>;

/** Largest document that is stored, in bytes, as MongoDB has it. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

const PLAIN: DeserializeOptions = {
  promoteBuffers: false,
  bsonRegExp: true,
  allowObjectSmallerThanBufferSize: false,
};
const TYPED: DeserializeOptions = { promoteValues: false, bsonRegExp: true };

/** Decodes for reading: int32, double and safe longs become numbers, everything else keeps its BSON class. */
export function decode(raw: Uint8Array): Doc {
  return decodeReferences(raw, (bytes) => deserialize(bytes, PLAIN));
}

/** Decodes for writing: every number keeps its BSON type, so that encoding again gives the same bytes. */
export function decodeTyped(raw: Uint8Array): Doc {
  return decodeReferences(raw, (bytes) => deserialize(bytes, TYPED));
}

/** Most bytes of a document that is answered: MongoDB leaves some room around one that is stored. */
const MAX_ENCODED_BYTES = MAX_DOCUMENT_BYTES + 16 * 1024;

/**
 * Encodes a document. `undefined` values are left out, as drivers do.
 * @throws MongoError 10334 for one that is too large, of which `bson` writes a part only, without saying so
 */
export function encode(doc: Doc): Uint8Array {
  const bytes = serializeIfFits(doc);
  if (bytes && bytes.length <= MAX_ENCODED_BYTES) return bytes;
  throw new MongoError(10334, `BSONObj size is invalid. Size must be between 0 and ${MAX_ENCODED_BYTES}(16MB)`);
}

/** Undefined where the end of the buffer that `bson` writes into was noticed. */
function serializeIfFits(doc: Doc): Uint8Array | undefined {
  try {
    return serialize(doc, { ignoreUndefined: true, checkKeys: false });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_OUT_OF_RANGE') return undefined;
    if (BSONError.isBSONError(error)) return encodeFields(doc);
    throw error;
  }
}

/**
 * Encodes field by field what `bson` refuses, and a driver may have sent all the same: a document with a field `_bsontype`,
 * which it takes for a class of another version, and binary data of the subtype of vectors that are none.
 */
function encodeFields(doc: Doc): Buffer {
  const fields = Object.entries(doc).filter(([, value]) => value !== undefined);
  return ofFields(fields.flatMap(([name, value]) => encodeField(name, value)));
}

function encodeField(name: string, value: unknown): Uint8Array[] {
  const isList = Array.isArray(value);
  const isVector = value instanceof Binary && value.sub_type === Binary.SUBTYPE_VECTOR;
  if (name.includes('\0')) throw new BSONError('a name of a field has a zero byte');
  const head = Buffer.from(` ${name}\0`);
  if (isList || isDoc(value)) {
    head[0] = isList ? ARRAY : OBJECT;
    return [head, encodeFields(isList ? { ...value.map((item: unknown) => item ?? null) } : value)];
  }
  const alone = serialize({ '': isVector ? new Binary(value.value()) : value });
  head[0] = alone[HEADER] ?? 0;
  const bytes = alone.subarray(HEADER + 2, -1);
  if (isVector) bytes[4] = Binary.SUBTYPE_VECTOR;
  return [head, bytes];
}

const ID_NAME = Buffer.from('_id\0');
const OBJECT_ID = Buffer.from([7]);
const [OBJECT, ARRAY] = [3, 4];
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

/** A document with the `_id` that another one has, byte by byte, in first place. */
export function withIdOf(other: Buffer, raw: Buffer): Buffer {
  const [from, to] = [withIdFirst(other), withIdFirst(raw)];
  return ofFields([from.subarray(HEADER, firstEnd(from)), to.subarray(firstEnd(to), -1)]);
}

function firstEnd(raw: Buffer): number {
  const [first] = onDemand.parseToElements(raw);
  return first ? first[3] + first[4] : HEADER;
}

/** The bytes of an embedded document or an array; undefined where the field is neither, or not there. */
export function embeddedIn(raw: Buffer, field: string): Buffer | undefined {
  const [, bytes] = elementsOf(raw).findLast(([name]) => name === field) ?? [];
  return bytes;
}

/** The fields of a document, or elements of an array, with the bytes of those that are documents or arrays. */
export function elementsOf(raw: Buffer): [name: string, bytes: Buffer | undefined][] {
  return [...onDemand.parseToElements(raw)].map(([type, name, length, at, bytes]) => [
    raw.toString('utf8', name, name + length),
    type === OBJECT || type === ARRAY ? raw.subarray(at, at + bytes) : undefined,
  ]);
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

/**
 * Whether encoding keeps a value as it is: of BSON's deprecated types, `undefined` goes out of its document, and a DBPointer
 * becomes an embedded document.
 */
export function isKept(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isKept);
  if (isDoc(value)) return Object.values(value).every(isKept);
  return value !== undefined && !(value instanceof DBRef) && !(value instanceof Code && value.scope);
}

/** The BSON class of a value (`ObjectId`, `Long`, …), or undefined for plain JavaScript values. */
export function bsonType(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const tag = (value as { _bsontype?: unknown })._bsontype;
  // A document may have a field of this name.
  return typeof tag === 'string' && !Object.hasOwn(value, '_bsontype') ? tag : undefined;
}

/** Sets a field whatever its name is: assigned as usual, a field `__proto__` would change what the object inherits. */
export function put(doc: Doc, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(doc, name, { value, writable: true, enumerable: true, configurable: true });
  else doc[name] = value;
}
