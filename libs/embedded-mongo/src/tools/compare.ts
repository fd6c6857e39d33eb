import { createHash } from 'node:crypto';
import { decode } from '../document.js';
import type { Beginning } from './archive.js';
import { nameOf } from './check-index.js';

/** What a comparison of the documents of an archive with those of a server has found. */
export interface Comparison {
  /** Documents of the archive, and their SHA-256 in hex. */
  archived: number;
  archivedHash: string;
  /** Documents of the server, and their SHA-256; both end where the first difference is. */
  stored: number;
  storedHash: string;
  /** The documents of the archive before the first one that is not stored as it is, without those that may have expired. */
  agreed: Beginning;
  /** How many documents of the archive come until, and with, the last one that is stored. */
  position: number;
  /** Documents of the archive that are not stored, without those that may have expired. */
  missing: number;
  /** The `_id` of the first stored document that is not the archive's at its place; undefined when there is none. */
  differs: string | undefined;
}

/**
 * Walks through both in the order of `_id`, the archive always to its end. An import writes in that order, so that one
 * which broke off has left a beginning of the archive: nothing differs, and everything behind `position` is missing.
 * @param isExpired whether the server may have removed a document because its time had passed
 */
export async function compare(
  archive: AsyncIterable<Buffer>,
  stored: AsyncIterable<Buffer>,
  isExpired: (raw: Buffer) => boolean,
  seen: (documents: number) => void,
): Promise<Comparison> {
  const [archivedHash, storedHash] = [createHash('sha256'), createHash('sha256')];
  const result = { archived: 0, stored: 0, position: 0, missing: 0 };
  const iterator = stored[Symbol.asyncIterator]();
  const read = async (): Promise<Buffer | undefined> => {
    const next = await iterator.next();
    if (next.done) return undefined;
    result.stored += 1;
    storedHash.update(next.value);
    return next.value;
  };
  let bytes = 0;
  const beginning = (): Beginning => ({
    documents: result.archived,
    bytes,
    sha256: archivedHash.copy().digest('hex'),
  });
  let agreed: Beginning | undefined;
  let differs: string | undefined;
  try {
    let current = await read();
    for await (const raw of archive) {
      if (differs === undefined) {
        if (current?.equals(raw)) {
          result.position = result.archived + 1;
          current = await read();
        } else if (!isExpired(raw)) {
          agreed ??= beginning();
          if (current) differs = nameOf(decode(current));
          else result.missing += 1;
        }
      }
      archivedHash.update(raw);
      bytes += raw.length;
      seen((result.archived += 1));
    }
    if (current) differs ??= nameOf(decode(current));
  } finally {
    await iterator.return?.();
  }
  agreed ??= beginning();
  return { ...result, agreed, differs, archivedHash: archivedHash.digest('hex'), storedHash: storedHash.digest('hex') };
}
