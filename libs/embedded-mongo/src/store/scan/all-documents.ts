import type { CollectionInfo } from '../catalogue.js';
import type { Stored } from '../collection.js';
import type { Environment } from '../disk/environment.js';
import { idPrefix, successor } from '../keys/key.js';
import { unseal } from '../disk/seal.js';

/** Documents that are held in memory while all are gone through. */
const READ_AT_ONCE = 100;

/**
 * All documents of a collection in the order of their primary keys, or those behind one up to another; index entries may
 * be written meanwhile.
 */
export function* allDocuments(
  environment: Environment,
  info: CollectionInfo,
  { after, upTo }: { after?: Buffer | undefined; upTo?: Buffer } = {},
): Generator<Stored> {
  const prefix = idPrefix(info.id);
  const behind = (id: Buffer): Buffer => leastBehind(Buffer.concat([prefix, id]));
  const range = { end: upTo ? behind(upTo) : successor(prefix), limit: READ_AT_ONCE };
  let start = after ? behind(after) : prefix;
  for (;;) {
    const some = [...environment.documents.getRange({ ...range, start })];
    for (const { key, value } of some) yield { id: key.subarray(prefix.length), raw: unseal(value) };
    const last = some.at(-1);
    if (!last || some.length < READ_AT_ONCE) return;
    start = leastBehind(last.key);
  }
}

const leastBehind = (key: Buffer): Buffer => Buffer.concat([key, Buffer.alloc(1)]);

/** The greatest primary key of a collection; undefined when it has no documents. */
export function lastKey(environment: Environment, info: CollectionInfo): Buffer | undefined {
  const prefix = idPrefix(info.id);
  const end = { start: successor(prefix), exclusiveStart: true, end: prefix, reverse: true, limit: 1 };
  const [key] = environment.documents.getKeys(end);
  return key?.subarray(prefix.length);
}
