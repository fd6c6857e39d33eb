import { Timestamp, onDemand } from 'bson';
import type { Doc } from '../document.js';

const TIMESTAMP = 0x11;
let last = { t: 0, i: 0 };

/** The current time, which no other timestamp of this process equals. */
export function nextTimestamp(): Timestamp {
  const t = Math.floor(Date.now() / 1000);
  last = t > last.t ? { t, i: 1 } : { t: last.t, i: last.i + 1 };
  return new Timestamp(last);
}

/**
 * A document that is new, with the current time in the place of each empty timestamp among its own fields but `_id`.
 * @see https://www.mongodb.com/docs/v8.0/reference/bson-types/#timestamps
 */
export function withTimestamps(raw: Buffer): Buffer {
  const empty = [...onDemand.parseToElements(raw)].filter(
    ([type, name, length, at]) =>
      type === TIMESTAMP && raw.toString('utf8', name, name + length) !== '_id' && raw.readBigUInt64LE(at) === 0n,
  );
  if (empty.length === 0) return raw;
  const dated = Buffer.from(raw);
  for (const [, , , at] of empty) dated.writeBigUInt64LE(nextTimestamp().toBigInt(), at);
  return dated;
}

/** As `withTimestamps`, of the fields of a document that is put in the place of another. */
export function withTimes(fields: Doc): Doc {
  const isEmpty = (value: unknown): boolean => value instanceof Timestamp && value.isZero();
  if (!Object.values(fields).some(isEmpty)) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isEmpty(value) ? nextTimestamp() : value]),
  );
}
