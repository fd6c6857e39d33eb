import { createHash, type Hash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedMongoError } from '../errors.js';
import { pathOf, readPartial, writeMetadata, writePartial, type Beginning, type Metadata } from './archive.js';
import { readDocuments } from './bson-file.js';
import { documentsOf, indexesOf, type Client, type Listed } from './driver.js';
import { exactId } from './insertable.js';
import type { Progress } from './progress.js';

/** Where the copy of a collection goes on: what is in its file already, and the `_id` of the last document there. */
export interface Place {
  readonly documents: number;
  readonly bytes: number;
  /** Of these bytes; goes on with the copy. */
  readonly hash: Hash;
  readonly behind: { readonly id: unknown } | undefined;
}

const WRITE_BYTES = 1024 * 1024;
/** How much is written between two notes of what is on disk: what a break costs at most. */
const NOTED_BYTES = 4 * WRITE_BYTES;

/** The place before all documents. */
export const start = (): Place => ({ documents: 0, bytes: 0, hash: createHash('sha256'), behind: undefined });

/** The note of it. */
export const nothingYet: Beginning = noteOf(start());

function noteOf({ documents, bytes, hash }: Pick<Place, 'documents' | 'bytes' | 'hash'>): Beginning {
  return { documents, bytes, sha256: hash.copy().digest('hex') };
}

/**
 * Reads the noted beginning of a collection's file, on which a copy can go on when it is what was noted. What stands behind
 * it, whole or torn, is not looked at.
 * @returns the place behind it; or why there is none, in words that follow the name of the collection
 */
export async function placeBehind(
  folder: string,
  { db, name }: Listed,
  beginning: Beginning,
  progress: Progress,
): Promise<Place | string> {
  const hash = createHash('sha256');
  let documents = 0;
  let last: Buffer | undefined;
  try {
    for await (const raw of readDocuments(`${pathOf(folder, db, name)}.bson`, beginning.bytes)) {
      hash.update(raw);
      last = raw;
      progress(`${db}.${name}, checking what is there`, (documents += 1), beginning.documents);
    }
  } catch (error) {
    if (!(error instanceof EmbeddedMongoError)) throw error;
    return `is begun anew: ${error.message}`;
  }
  const place = { documents, bytes: beginning.bytes, hash, behind: last && exactId(last) };
  const found = noteOf(place);
  if (found.documents !== beginning.documents || found.sha256 !== beginning.sha256)
    return 'is begun anew: what stood in its file is not what was written there.';
  if (last && !place.behind)
    return 'is begun anew: the driver cannot write the _id of the last document in its file, to ask for those behind it.';
  return place;
}

/** The noted beginning of a collection that is not complete. */
export const begunOf = (folder: string, { db, name }: Listed): Beginning => readPartial(folder, db, name) ?? nothingYet;

/**
 * Copies what a collection has behind a place into its file, from which everything behind that place is cut off, and
 * writes its metadata.
 */
export async function copyBehind(
  client: Client,
  folder: string,
  { db, name, options }: Listed,
  place: Place,
  progress: Progress,
): Promise<Metadata> {
  const path = pathOf(folder, db, name);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writePartial(folder, db, name, noteOf(place));
  const indexes = await indexesOf(client, db, name);
  const total = await client.db(db).collection(name).estimatedDocumentCount();
  const { hash } = place;
  let { documents, bytes } = place;
  let noted = bytes;
  const file = await open(`${path}.bson`, 'a', 0o600);
  try {
    await file.truncate(bytes);
    let waiting: Buffer[] = [];
    const flush = async (): Promise<void> => {
      const block = Buffer.concat(waiting);
      waiting = [];
      await file.appendFile(block);
      hash.update(block);
      bytes += block.length;
      progress(`${db}.${name}`, documents, total);
    };
    let size = 0;
    progress(`${db}.${name}`, documents, total);
    for await (const raw of documentsOf(client, db, name, place.behind)) {
      waiting.push(raw);
      size += raw.length;
      documents += 1;
      if (size < WRITE_BYTES) continue;
      await flush();
      size = 0;
      if (bytes - noted < NOTED_BYTES) continue;
      await file.sync();
      writePartial(folder, db, name, noteOf({ documents, bytes, hash }));
      noted = bytes;
    }
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  const { sha256 } = noteOf({ documents, bytes, hash });
  const known = { db, collectionName: name, type: 'collection' as const, options };
  const metadata: Metadata = { ...known, indexes, count: documents, sha256 };
  writeMetadata(folder, metadata);
  return metadata;
}
