import { Timestamp, onDemand } from 'bson';
import type { Doc } from '../../document.js';

let last = 0n;

/** The current time, as a timestamp that is later than all that were given before. */
export function nextTimestamp(): Timestamp {
  const now = (BigInt(Math.floor(Date.now() / 1000)) << 32n) + 1n;
  last = now > last ? now : last + 1n;
  return new Timestamp(last);
}

const isEmpty = (value: unknown): boolean => value instanceof Timestamp && value.isZero();

/** Whether a document has, at its top, an empty timestamp, which stands for the current time there. */
export function hasEmptyTimestamps(doc: Doc): boolean {
  return Object.values(doc).some(isEmpty);
}

/** A document with the current time in the place of empty timestamps at its top; an `_id` stays as it is. */
export function withTimestamps(doc: Doc): Doc {
  if (!hasEmptyTimestamps(doc)) return doc;
  return Object.fromEntries(
    Object.entries(doc).map(([name, value]) => [name, name !== '_id' && isEmpty(value) ? nextTimestamp() : value]),
  );
}

const TIMESTAMP = 0x11;
const ID = Buffer.from('_id');

/** As `withTimestamps`, of a document as it is stored. */
export function withRawTimestamps(raw: Buffer): Buffer {
  let result = raw;
  for (const [type, name, length, value] of onDemand.parseToElements(raw)) {
    if (type !== TIMESTAMP || raw.readBigUInt64LE(value) !== 0n || raw.subarray(name, name + length).equals(ID))
      continue;
    if (result === raw) result = Buffer.from(raw);
    result.writeBigUInt64LE(nextTimestamp().toBigInt(), value);
  }
  return result;
}
