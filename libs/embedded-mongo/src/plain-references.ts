import { DBRef, deserialize, onDemand, type DeserializeOptions } from 'bson';

const OBJECT = 3;
const ARRAY = 4;
const DOLLAR = 0x24;
/** How the name of the field is stored that only references to documents have. */
const REFERENCE = Buffer.from('$ref\0');
/** Name of the field of a value that stands alone in a document. */
export const ALONE = 'v';

/**
 * Decodes a document. `bson` makes a class of references to documents, which has fields of its own, forgets their order and
 * takes a collection's name with a dot for that of a database and one: here they are documents as all others. Where there is
 * none, this costs a look for a dollar.
 */
export function deserializePlain(raw: Uint8Array, options: DeserializeOptions): Record<string, unknown> {
  const decoded = deserialize(raw, options);
  return holdsReference(raw) ? plain(decoded, raw, options) : decoded;
}

function holdsReference(raw: Uint8Array): boolean {
  return raw.includes(DOLLAR) && Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).includes(REFERENCE);
}

/** What `bson` decoded, with references as they are stored. */
function plain(decoded: object, raw: Uint8Array, options: DeserializeOptions): Record<string, unknown> {
  const isReference = decoded instanceof DBRef;
  const doc = (isReference ? {} : decoded) as Record<string, unknown>;
  for (const [type, nameStart, nameLength, start, length] of onDemand.parseToElements(raw)) {
    const bytes = raw.subarray(start, start + length);
    if (!isReference && !((type === OBJECT || type === ARRAY) && holdsReference(bytes))) continue;
    const name = Buffer.from(raw.subarray(nameStart, nameStart + nameLength)).toString();
    const value = plainValue(type, bytes, options);
    Object.defineProperty(doc, name, { value, writable: true, enumerable: true, configurable: true });
  }
  return doc;
}

function plainValue(type: number, bytes: Uint8Array, options: DeserializeOptions): unknown {
  if (type === OBJECT) return deserializePlain(bytes, options);
  if (type !== ARRAY) return deserialize(alone(type, bytes), options)[ALONE] as unknown;
  return [...onDemand.parseToElements(bytes)].map(([item, , , start, length]) =>
    plainValue(item, bytes.subarray(start, start + length), options),
  );
}

/** A document with a value as its only field. */
export function alone(type: number, value: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32LE(4 + 3 + value.length + 1);
  return Buffer.concat([length, Buffer.from([type, ALONE.charCodeAt(0), 0]), value, Buffer.from([0])]);
}
