import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EJSON } from 'bson';
import type { Doc } from '../document.js';
import { EmbeddedMongoError } from '../errors.js';
import type { Holder } from '../store/disk/folder.js';
import { FRESH, isTaken, writeWhole } from './files.js';
import { isThere } from './reasons.js';

/**
 * A folder with the collections of one or more databases, in the layout of `mongodump`: a folder for each database, and in
 * it for each collection a `.bson` file, its documents one after the other in the order of `_id`, and a `.metadata.json`
 * file in canonical extended JSON. The second is written when the first is complete; until then a `.partial.json` file says
 * how much of it is on disk.
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
  /** The process that writes, or wrote, an archive that is not complete; older releases do not say. */
  writer?: Holder;
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

/** How much of a `.bson` file is known to be on disk: its first documents. */
export interface Beginning {
  documents: number;
  bytes: number;
  /** Of these bytes, in hex. */
  sha256: string;
}

/** The note of a collection whose file is not complete. */
interface PartialNote extends Beginning {
  db: string;
  collectionName: string;
}

const NOTE = 'archive.json';
const METADATA = '.metadata.json';
const PARTIAL = '.partial.json';
/** Longest name of a file that is made of a collection's name. */
const MAX_NAME = 200;

/** The note of an archive; undefined when the folder is none. */
export function readNote(folder: string): ArchiveNote | undefined {
  const path = join(folder, NOTE);
  if (!isThere(path)) return undefined;
  let note: ArchiveNote;
  try {
    note = JSON.parse(readFileSync(path, 'utf8')) as ArchiveNote;
  } catch {
    throw new EmbeddedMongoError(`${path} is damaged: it cannot be read. Export into a new folder.`);
  }
  if (note.version === 1) return note;
  throw new EmbeddedMongoError(
    `${folder} is an archive of version ${String(note.version)}; this program reads version 1. Use the release that wrote it.`,
  );
}

/** Whether a folder without a note has something in it; the note may be all that an export was about to write. */
export function isForeign(folder: string): boolean {
  return isTaken(folder, NOTE + FRESH);
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
  const path = pathOf(folder, metadata.db, metadata.collectionName);
  writeWhole(path + METADATA, `${EJSON.stringify(metadata, undefined, 2, { relaxed: false })}\n`);
  for (const ending of ['', FRESH]) rmSync(path + PARTIAL + ending, { force: true });
}

/** What an archive knows of a collection; undefined when it has not all of it. */
export function readMetadata(folder: string, db: string, collection: string): Metadata | undefined {
  const path = pathOf(folder, db, collection) + METADATA;
  return existsSync(path) ? parse(path) : undefined;
}

/**
 * Writes how much of a collection is on disk, which must be so before. What was said of all of it holds no longer and is
 * removed after that, so that at every moment one of the two files is there.
 */
export function writePartial(folder: string, db: string, collectionName: string, beginning: Beginning): void {
  const path = pathOf(folder, db, collectionName);
  const { documents, bytes, sha256 } = beginning;
  const note: PartialNote = { db, collectionName, documents, bytes, sha256 };
  writeWhole(path + PARTIAL, `${JSON.stringify(note, undefined, 2)}\n`);
  rmSync(path + METADATA, { force: true });
}

/** How much of a collection that is not complete is on disk; undefined when nothing is known of it. */
export function readPartial(folder: string, db: string, collection: string): Beginning | undefined {
  return parsePartial(pathOf(folder, db, collection) + PARTIAL);
}

/** Every complete collection of an archive, by database and name. */
export function listArchive(folder: string): Metadata[] {
  return filesOf(folder, METADATA)
    .map(parse)
    .sort((a, b) => (a.db === b.db ? order(a.collectionName, b.collectionName) : order(a.db, b.db)));
}

/** Every collection of an archive of which only a beginning is there. */
export function listPartial(folder: string): Pick<Metadata, 'db' | 'collectionName'>[] {
  return filesOf(folder, PARTIAL).flatMap((path) => parsePartial(path) ?? []);
}

function filesOf(folder: string, ending: string): string[] {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }) =>
    readdirSync(join(folder, name))
      .filter((file) => file.endsWith(ending))
      .map((file) => join(folder, name, file)),
  );
}

const order = (a: string, b: string): number => (a < b ? -1 : 1);

/** Of one that cannot be read nothing is known: its collection is begun anew. */
function parsePartial(path: string): PartialNote | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as PartialNote;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parse(path: string): Metadata {
  try {
    const metadata = EJSON.parse(readFileSync(path, 'utf8'), { relaxed: false }) as unknown as Metadata;
    return { ...metadata, count: Number(metadata.count) };
  } catch {
    throw new EmbeddedMongoError(`${path} is damaged: it cannot be read. Export again, without this file.`);
  }
}
