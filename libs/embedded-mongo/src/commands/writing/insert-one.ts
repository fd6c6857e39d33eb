import { decodeTyped, isDoc, MAX_DOCUMENT_BYTES, withIdFirst } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isReferencePart } from '../../language/paths.js';
import { isRegExp } from '../../language/filters/regex.js';
import { hasEmptyTimestamps, withRawTimestamps } from '../../language/values/timestamps.js';
import { checkStoredLevels } from '../../nesting.js';
import type { CollectionWriter } from '../../store/collection.js';

/** Bytes that MongoDB's own documents may have beyond those of users; what is longer yet is no BSON to it. */
const INTERNAL_BYTES = 16 * 1024;

/** Inserts a document as it came, with an `_id` in first place. */
export function insertOne(writer: CollectionWriter, raw: Buffer): void {
  const stored = withIdFirst(raw);
  if (stored.length > MAX_DOCUMENT_BYTES) {
    throw new MongoError(
      stored.length > MAX_DOCUMENT_BYTES + INTERNAL_BYTES ? 10334 : 2,
      `object to insert too large. size in bytes: ${stored.length}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  }
  if (writer.insertRaw(stored)) return;
  const doc = decodeTyped(stored);
  if (hasEmptyTimestamps(doc)) insertDecoded(writer, withRawTimestamps(stored));
  else insertDecoded(writer, stored, doc);
}

export const upsertTooLarge = (): MongoError =>
  new MongoError(17420, `Document to upsert is larger than ${MAX_DOCUMENT_BYTES}`);

/** Inserts what an update made, which keeps its empty timestamps. */
export function insertMade(writer: CollectionWriter, raw: Buffer): void {
  if (raw.length > MAX_DOCUMENT_BYTES) throw upsertTooLarge();
  if (!writer.insertRaw(raw)) insertDecoded(writer, raw);
}

function insertDecoded(writer: CollectionWriter, stored: Buffer, doc = decodeTyped(stored)): void {
  checkStoredLevels(stored);
  checkId(doc['_id']);
  writer.insert(stored, doc);
}

function checkId(id: unknown): void {
  const dollar = dollarWithin(id);
  if (dollar !== undefined)
    throw new MongoError(52, `_id fields may not contain '$'-prefixed fields: ${dollar} is not valid for storage.`);
  if (Array.isArray(id) || isRegExp(id) || id === undefined) {
    throw new MongoError(
      53,
      `The '_id' value cannot be of type ${Array.isArray(id) ? 'array' : id === undefined ? 'undefined' : 'regex'}`,
    );
  }
}

/** A name with a dollar somewhere in a document that is none of a reference's. */
function dollarWithin(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(dollarWithin).find((name) => name !== undefined);
  if (!isDoc(value)) return undefined;
  const other = Object.keys(value).find((name) => name.startsWith('$') && !isReferencePart(name));
  return other ?? dollarWithin(Object.values(value));
}
