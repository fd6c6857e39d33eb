import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { EJSON } from 'bson';
import { MAX_DOCUMENT_BYTES, type Doc } from '../document.js';
import { EmbeddedMongoError } from '../errors.js';
import { writeWhole } from './files.js';

/**
 * A folder with the collections of one or more databases, in the layout of `mongodump`: a folder for each database, and in
 * it for each collection a `.bson` file, its documents one after the other in the order of `_id`, and a `.metadata.json`
 * file in canonical extended JSON. The second is written when the first is complete.
 */
export interface ArchiveNote {
  /** Version of this layout. */
  version: 1;
  /** Whether all collections are in it and were compared with where they come from. */
  complete: boolean;
  at: string;
  /** The server that it was read from, e.g. `8.0.0`. */
  server: string;
  databases: string[];
}

/** What is known of one collection, or view, of an archive. */
export interface Metadata {
  db: string;
  collectionName: string;
  type: 'collection' | 'view';
  options: Doc;
  /** As `listIndexes` shows them; none for a view. */
  indexes: Doc[];
  count: number;
  /** Of the documents in the order of `_id`, which is that of the whole `.bson` file, in hex. */
  sha256: string;
}

const NOTE = 'archive.json';
/** Longest name of a file that is made of a collection's name. */
const MAX_NAME = 200;

/** The note of an archive; undefined when the folder is none. */
export function readNote(folder: string): ArchiveNote | undefined {
  const path = join(folder, NOTE);
  if (!existsSync(path)) return undefined;
  let note: ArchiveNote;
  try {
    note = JSON.parse(readFileSync(path, 'utf8')) as ArchiveNote;
  } catch {
    throw new EmbeddedMongoError(`${path} is damaged: it cannot be read.`);
  }
  if (note.version === 1) return note;
  throw new EmbeddedMongoError(
    `${folder} is an archive of version ${String(note.version)}; this program reads version 1.`,
  );
}

/** Writes the note of an archive. */
export function writeNote(folder: string, note: ArchiveNote): void {
  writeWhole(join(folder, NOTE), `${JSON.stringify(note, undefined, 2)}\n`);
}

/** Path of a collection's files without their endings. */
export function pathOf(folder: string, db: string, collection: string): string {
  return join(folder, fileName(db), fileName(collection));
}

/** Names may hold what a file's name may not; those too long for one keep their beginning and a hash. */
function fileName(name: string): string {
  const escaped = encodeURIComponent(name).replaceAll('*', '%2A').replace(/^\./, '%2E');
  if (escaped.length <= MAX_NAME) return escaped;
  return `${escaped.slice(0, MAX_NAME - 68).replace(/%.?$/, '')}%24${createHash('sha256').update(name).digest('hex')}`;
}

/** Writes what is known of a collection, which says that its documents are complete. */
export function writeMetadata(folder: string, metadata: Metadata): void {
  const path = `${pathOf(folder, metadata.db, metadata.collectionName)}.metadata.json`;
  writeWhole(path, `${EJSON.stringify(metadata, undefined, 2, { relaxed: false })}\n`);
}

/** What an archive knows of a collection; undefined when it has not all of it. */
export function readMetadata(folder: string, db: string, collection: string): Metadata | undefined {
  const path = `${pathOf(folder, db, collection)}.metadata.json`;
  return existsSync(path) ? parse(path) : undefined;
}

/** Every collection of an archive, by database and name. */
export function listArchive(folder: string): Metadata[] {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .flatMap(({ name }) =>
      readdirSync(join(folder, name))
        .filter((file) => file.endsWith('.metadata.json'))
        .map((file) => parse(join(folder, name, file))),
    )
    .sort((a, b) => (a.db === b.db ? order(a.collectionName, b.collectionName) : order(a.db, b.db)));
}

const order = (a: string, b: string): number => (a < b ? -1 : 1);

function parse(path: string): Metadata {
  try {
    const metadata = EJSON.parse(readFileSync(path, 'utf8'), { relaxed: false }) as unknown as Metadata;
    return { ...metadata, count: Number(metadata.count) };
  } catch {
    throw new EmbeddedMongoError(`${path} is damaged: it cannot be read.`);
  }
}

/**
 * The documents of a `.bson` file, one after the other.
 * @throws EmbeddedMongoError when the file ends within a document, or holds none
 */
export async function* readDocuments(path: string): AsyncGenerator<Buffer> {
  if (!existsSync(path)) throw new EmbeddedMongoError(`${path} is missing.`);
  const file = await open(path);
  try {
    let rest = Buffer.alloc(0);
    for await (const chunk of file.createReadStream({ highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
      rest = Buffer.concat([rest, chunk]);
      let at = 0;
      while (rest.length - at >= 4) {
        const length = rest.readInt32LE(at);
        if (length < 5 || length > MAX_DOCUMENT_BYTES)
          throw new EmbeddedMongoError(`${path} is damaged: it is no BSON.`);
        if (rest.length - at < length) break;
        yield rest.subarray(at, at + length);
        at += length;
      }
      rest = rest.subarray(at);
    }
    if (rest.length > 0) throw new EmbeddedMongoError(`${path} is damaged: it ends within a document.`);
  } finally {
    await file.close();
  }
}
