import { onDemand, serialize, type Document } from 'bson';
import { decodeTyped, type Doc } from '../document.js';
import { EmbeddedMongoError } from '../errors.js';
import { ALONE, alone } from '../plain-references.js';

/** BSON types that hold other values. */
const OBJECT = 3;
const ARRAY = 4;

/**
 * A document in a form that the driver encodes to the very bytes that it was read from. Objects of JavaScript do nearly
 * always; they move names that are whole numbers to the front, so that documents with such names become maps.
 * @throws EmbeddedMongoError when there is no such form, as for types that MongoDB has given up
 */
export function insertable(raw: Buffer, describe: () => string): Document {
  const doc = decodeTyped(raw);
  if (same(doc, raw)) return doc;
  const map = toMap(raw, 0);
  if (same(map, raw)) return map;
  throw new EmbeddedMongoError(`${describe()} has a value that the driver cannot write as it is.`);
}

/**
 * The `_id` of a document in a form that the driver encodes to the very bytes that it was read from; undefined when there is
 * none, or no such form.
 */
export function exactId(raw: Buffer): { readonly id: unknown } | undefined {
  for (const [type, nameStart, nameLength, valueStart, valueLength] of onDemand.parseToElements(raw)) {
    if (raw.toString('utf8', nameStart, nameStart + nameLength) !== '_id') continue;
    const single = alone(type, raw.subarray(valueStart, valueStart + valueLength));
    try {
      const doc = insertable(single, () => 'An _id');
      return { id: doc instanceof Map ? doc.get(ALONE) : (doc[ALONE] as unknown) };
    } catch (error) {
      if (error instanceof EmbeddedMongoError) return undefined;
      throw error;
    }
  }
  return undefined;
}

function same(doc: Document, raw: Buffer): boolean {
  return raw.equals(serialize(doc, { ignoreUndefined: false }));
}

function toMap(bytes: Uint8Array, start: number): Map<string, unknown> {
  const map = new Map<string, unknown>();
  for (const [type, nameStart, nameLength, valueStart, valueLength] of onDemand.parseToElements(bytes, start)) {
    const name = Buffer.from(bytes.subarray(nameStart, nameStart + nameLength)).toString();
    map.set(name, toValue(type, bytes.subarray(valueStart, valueStart + valueLength)));
  }
  return map;
}

function toValue(type: number, bytes: Uint8Array): unknown {
  if (type === OBJECT) return toMap(bytes, 0);
  if (type === ARRAY) return [...toMap(bytes, 0).values()];
  const doc: Doc = decodeTyped(alone(type, bytes));
  return doc[ALONE];
}
