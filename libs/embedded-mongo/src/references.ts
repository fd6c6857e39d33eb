import { onDemand } from 'bson';

const NAME = Buffer.from('$ref\0');
/** What stands for `$ref` while a document is decoded: as long, and no name that a driver would send. */
const STAND_IN = '\x1fref';
const [OBJECT, ARRAY] = [3, 4];

/**
 * Decodes BSON with references to documents as the plain documents that they are. `bson` makes a class of its own of what
 * has a `$ref` and an `$id`: its fields are no longer those that are stored, they lose their order, and of a collection's
 * name with a dot in it the part before that becomes the database.
 * @param deserialize what decodes
 */
export function decodeReferences(
  raw: Uint8Array,
  deserialize: (raw: Uint8Array) => Record<string, unknown>,
): Record<string, unknown> {
  const bytes = Buffer.isBuffer(raw) ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  // Nearly all have none, and looking for it costs little beside decoding.
  if (!bytes.includes(NAME)) return deserialize(raw);
  const copy = Buffer.from(bytes);
  // What is broken is for the decoder to tell.
  try {
    rename(copy, 0);
  } catch {
    return deserialize(raw);
  }
  return restored(deserialize(copy)) as Record<string, unknown>;
}

/** Puts the stand-in into the place of every `$ref` that is a name, at all levels of a document. */
function rename(bytes: Buffer, at: number): void {
  for (const [type, name, length, value] of onDemand.parseToElements(bytes, at)) {
    if (bytes.subarray(name, name + length + 1).equals(NAME)) bytes.write(STAND_IN, name, 'latin1');
    if (type === OBJECT || type === ARRAY) rename(bytes, value);
  }
}

/** A decoded value with the names that it has. */
function restored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restored);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name === STAND_IN ? '$ref' : name, restored(inner)]),
  );
}
