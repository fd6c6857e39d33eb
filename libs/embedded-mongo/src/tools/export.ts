import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EmbeddedMongoError } from '../errors.js';
import {
  listArchive,
  pathOf,
  readDocuments,
  readMetadata,
  readNote,
  writeMetadata,
  writeNote,
  type Metadata,
} from './archive.js';
import { compare } from './compare.js';
import { collectionsOf, databasesOf, documentsOf, expiry, indexesOf, type Client, type Listed } from './driver.js';
import { isTaken } from './files.js';
import { nothing, type Progress } from './progress.js';

/** How an installation is exported. */
export interface ExportOptions {
  /** Connected to `uri`. */
  client: Client;
  /** A database in it is exported alone; otherwise all but the server's own are. */
  uri: string;
  /** Folder of the archive: new, empty, or an archive that broke off. */
  folder: string;
  progress?: Progress;
}

/** What an export has done. */
export interface Exported {
  collections: number;
  views: number;
  documents: number;
  /** Collections that an earlier export had completed and that are still the same. */
  kept: number;
}

const WRITE_BYTES = 1024 * 1024;

/**
 * Writes all collections into an archive. A folder in which an export broke off is gone on with: what it had completed is
 * compared with the server and kept when it is still the same. At the end every file has been read back and compared
 * with the server, document by document.
 * @throws EmbeddedMongoError when the folder holds something else, or a collection changed while it was exported
 */
export async function exportTo(options: ExportOptions): Promise<Exported> {
  const folder = resolve(options.folder);
  try {
    return await exportInto(folder, options);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (error instanceof EmbeddedMongoError || code === undefined || syscall === undefined) throw error;
    throw new EmbeddedMongoError(
      `The archive ${folder} could not be written (${code}). What is complete stays; export again into it to go on.`,
      { cause: error },
    );
  }
}

async function exportInto(folder: string, { client, uri, progress = nothing }: ExportOptions): Promise<Exported> {
  const earlier = readNote(folder);
  if (!earlier && isTaken(folder))
    throw new EmbeddedMongoError(
      `There is something in ${folder} that is no archive. Name a new folder, or an empty one.`,
    );
  const databases = await databasesOf(client, uri);
  const listed = (await Promise.all(databases.map((db) => collectionsOf(client, db)))).flat();
  refuseOthers(folder, earlier ? listArchive(folder) : [], listed);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { version: server } = (await client.db('admin').command({ buildInfo: 1 })) as { version: string };
  const note = { version: 1 as const, at: new Date().toISOString(), server, databases };
  writeNote(folder, { ...note, complete: false });
  const result: Exported = { collections: 0, views: 0, documents: 0, kept: 0 };
  const fresh: Metadata[] = [];
  for (const item of listed) {
    const known = readMetadata(folder, item.db, item.name);
    if (known?.type === 'collection' && item.type === 'collection' && (await isSame(client, folder, known, progress))) {
      // What can change without its documents is written anew.
      writeMetadata(folder, { ...known, options: item.options, indexes: await indexesOf(client, item.db, item.name) });
      result.kept += 1;
      result.collections += 1;
      result.documents += known.count;
      continue;
    }
    const metadata = await exportOne(client, folder, item, progress);
    result.documents += metadata.count;
    if (metadata.type === 'view') result.views += 1;
    else {
      result.collections += 1;
      fresh.push(metadata);
    }
  }
  await compareAll(client, folder, fresh, progress);
  writeNote(folder, { ...note, complete: true });
  return result;
}

function refuseOthers(folder: string, archived: readonly Metadata[], listed: readonly Listed[]): void {
  const there = new Set(listed.map(({ db, name }) => `${db}.${name}`));
  const gone = archived.map(({ db, collectionName }) => `${db}.${collectionName}`).find((name) => !there.has(name));
  if (gone !== undefined)
    throw new EmbeddedMongoError(
      `${folder} is an archive with ${gone}, which the server does not have. Name another folder.`,
    );
  const other = listed.find(({ type }) => type !== 'collection' && type !== 'view');
  if (other)
    throw new EmbeddedMongoError(`${other.db}.${other.name} is of the type ${other.type}, which cannot be exported.`);
}

async function exportOne(client: Client, folder: string, item: Listed, progress: Progress): Promise<Metadata> {
  const { db, name, options } = item;
  const path = pathOf(folder, db, name);
  const known = { db, collectionName: name, options };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(`${path}.metadata.json`, { force: true });
  rmSync(`${path}.bson`, { force: true });
  if (item.type === 'view') {
    const view: Metadata = {
      ...known,
      type: 'view',
      indexes: [],
      count: 0,
      sha256: createHash('sha256').digest('hex'),
    };
    writeMetadata(folder, view);
    return view;
  }
  const indexes = await indexesOf(client, db, name);
  const total = await client.db(db).collection(name).estimatedDocumentCount();
  const seen = (documents: number): void => progress(`${db}.${name}`, documents, total);
  const { count, sha256 } = await writeDocuments(`${path}.bson`, documentsOf(client, db, name), seen);
  const metadata: Metadata = { ...known, type: 'collection', indexes, count, sha256 };
  writeMetadata(folder, metadata);
  return metadata;
}

async function writeDocuments(
  path: string,
  documents: AsyncIterable<Buffer>,
  seen: (documents: number) => void,
): Promise<{ count: number; sha256: string }> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let count = 0;
  let waiting: Buffer[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    for (const raw of waiting) hash.update(raw);
    if (bytes > 0) await file.appendFile(Buffer.concat(waiting, bytes));
    waiting = [];
    bytes = 0;
    seen(count);
  };
  try {
    for await (const raw of documents) {
      waiting.push(raw);
      bytes += raw.length;
      count += 1;
      if (bytes >= WRITE_BYTES) await flush();
    }
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return { count, sha256: hash.digest('hex') };
}

/** Reads the file of a collection back and the server's documents beside it. */
async function isSame(client: Client, folder: string, metadata: Metadata, progress: Progress): Promise<boolean> {
  const { db, collectionName, count, sha256, indexes } = metadata;
  const found = await compare(
    readDocuments(`${pathOf(folder, db, collectionName)}.bson`),
    documentsOf(client, db, collectionName),
    expiry(indexes),
    (documents) => progress(`${db}.${collectionName}, reading back`, documents, count),
  );
  const isWhole = found.archived === count && found.archivedHash === sha256;
  return isWhole && found.differs === undefined && found.missing === 0;
}

async function compareAll(
  client: Client,
  folder: string,
  fresh: readonly Metadata[],
  progress: Progress,
): Promise<void> {
  const changed: string[] = [];
  for (const metadata of fresh) {
    if (await isSame(client, folder, metadata, progress)) continue;
    rmSync(`${pathOf(folder, metadata.db, metadata.collectionName)}.metadata.json`);
    changed.push(`${metadata.db}.${metadata.collectionName}`);
  }
  if (changed.length > 0)
    throw new EmbeddedMongoError(
      `Changed while they were exported: ${changed.join(', ')}. Stop who writes and export again; what is complete is kept.`,
    );
}
