import { decode } from '../document.js';
import { Catalogue, idPrefix, type CollectionInfo, type Index } from './catalogue.js';
import { CollectionWriter } from './collection.js';
import type { Environment } from './environment.js';
import { keyRange } from './bounds.js';
import { TYPE, keyOf } from './key.js';
import { unseal } from './seal.js';

/** Most documents that one write removes, so that others need not wait long. */
const BATCH = 1000;

/** Removes the documents whose time in a TTL index has passed; gives their number. */
export async function removeExpired(environment: Environment, catalogue: Catalogue, now = Date.now()): Promise<number> {
  let removed = 0;
  for (const info of catalogue.list()) {
    for (const index of info.indexes) {
      if (index.expireAfterSeconds === undefined) continue;
      const limit = new Date(now - index.expireAfterSeconds * 1000);
      let batch: number;
      do {
        batch = await environment.write(() => removeBatch(environment, catalogue, info, index, limit));
        removed += batch;
      } while (batch === BATCH);
    }
  }
  return removed;
}

function removeBatch(
  environment: Environment,
  catalogue: Catalogue,
  info: CollectionInfo,
  index: Index,
  limit: Date,
): number {
  // It may have been dropped since it was listed.
  if (!catalogue.find(info.db, info.name)?.indexes.includes(index)) return 0;
  const passed = { from: Buffer.from([TYPE.date]), fromInclusive: true, to: keyOf(limit), toInclusive: false };
  const range = keyRange(idPrefix(index.id), passed, index.fields[0]?.descending === true);
  const ids = new Map<string, Buffer>();
  for (const { value } of environment.entries.getRange({ ...range, limit: BATCH })) {
    ids.set(value.toString('latin1'), value);
  }
  const writer = new CollectionWriter(environment, catalogue, info);
  for (const id of ids.values()) {
    const value = environment.documents.get(Buffer.concat([idPrefix(info.id), id]));
    if (value) writer.remove(id, decode(unseal(value)));
  }
  return ids.size;
}
