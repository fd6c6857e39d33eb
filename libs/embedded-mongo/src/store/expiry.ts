import { decodeTyped } from '../document.js';
import type { Catalogue, CollectionInfo, Index } from './catalogue.js';
import { CollectionWriter } from './collection.js';
import type { Environment } from './disk/environment.js';
import { keyRange } from './plan/ranges.js';
import { TYPE, idPrefix, keyOf } from './keys/key.js';
import { unseal } from './disk/seal.js';

/** Most entries that one write removes the documents of, so that others need not wait long. */
const BATCH = 1000;

/** Removes the documents whose time in a TTL index has passed; gives their number. */
export async function removeExpired(environment: Environment, catalogue: Catalogue, now = Date.now()): Promise<number> {
  let removed = 0;
  for (const info of catalogue.list()) {
    for (const index of info.indexes) {
      if (index.expireAfterSeconds === undefined) continue;
      const limit = new Date(now - index.expireAfterSeconds * 1000);
      let batch: Batch;
      do {
        batch = await environment.write(() => removeBatch(environment, catalogue, info, index, limit));
        removed += batch.removed;
      } while (batch.more);
    }
  }
  return removed;
}

interface Batch {
  readonly removed: number;
  /** Whether there may be more to remove. */
  readonly more: boolean;
}

function removeBatch(
  environment: Environment,
  catalogue: Catalogue,
  info: CollectionInfo,
  index: Index,
  limit: Date,
): Batch {
  // It may have been dropped since it was listed.
  if (!catalogue.find(info.db, info.name)?.indexes.includes(index)) return { removed: 0, more: false };
  const passed = { from: Buffer.from([TYPE.date]), fromInclusive: true, to: keyOf(limit), toInclusive: false };
  const range = keyRange(idPrefix(index.id), passed, index.fields[0]?.descending === true);
  // A document with several dates has several entries.
  const entries = Array.from(environment.entries.getRange({ ...range, limit: BATCH }), ({ value }) => value);
  const ids = new Map(entries.map((id) => [id.toString('latin1'), id]));
  const writer = new CollectionWriter(environment, catalogue, info);
  for (const id of ids.values()) {
    const value = environment.documents.get(Buffer.concat([idPrefix(info.id), id]));
    if (value) writer.remove(id, decodeTyped(unseal(value)));
  }
  return { removed: ids.size, more: entries.length === BATCH };
}
