import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EmbeddedMongoError } from '../errors.js';
import { isAliveElsewhere, thisProcess } from '../store/disk/folder.js';
import {
  isForeign,
  listArchive,
  listPartial,
  pathOf,
  readMetadata,
  readNote,
  writeMetadata,
  writeNote,
  writePartial,
  type Beginning,
  type Metadata,
} from './archive.js';
import { readDocuments } from './bson-file.js';
import { compare, type Comparison } from './compare.js';
import {
  collectionsOf,
  databaseIn,
  databasesOf,
  documentsOf,
  expiry,
  indexesOf,
  type Client,
  type Listed,
} from './driver.js';
import { begunOf, copyBehind, nothingYet, placeBehind, start } from './export-collection.js';
import { nothing, type Progress } from './progress.js';
import { reasonOf } from './reasons.js';

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
  /** Documents of other collections that an earlier export had written and that are still the same. */
  resumed: number;
  /** Sentences: what was not as an earlier export had left it, and what was done about it. */
  notes: string[];
}

type Named = Pick<Metadata, 'db' | 'collectionName'>;

/** A collection that was copied. */
interface Copied {
  item: Listed;
  metadata: Metadata;
  /** How many of its documents an earlier export had written, which nobody has compared with the server yet. */
  earlier: number;
}

/**
 * Writes all collections into an archive. A folder in which an export broke off is gone on with: what it had completed is
 * compared with the server and kept when it is still the same; a collection that was under way is read from behind the
 * last document that is known to be on disk. At the end every file has been read back and compared with the server,
 * document by document.
 * @throws EmbeddedMongoError when the folder holds something else, or a collection changed while it was exported
 */
export async function exportTo(options: ExportOptions): Promise<Exported> {
  const folder = resolve(options.folder);
  let at = '';
  const progress: Progress = (what, done, total) => {
    at = what;
    options.progress?.(what, done, total);
  };
  try {
    return await exportInto(folder, { ...options, progress });
  } catch (error) {
    if (error instanceof EmbeddedMongoError || !(error instanceof Error)) throw error;
    const { syscall, name, message } = error as NodeJS.ErrnoException;
    if (syscall !== undefined)
      throw brokenOff(`The archive ${folder} could not be written (${reasonOf(error)})`, error);
    if (at !== '' && name.startsWith('Mongo')) throw brokenOff(`The server failed (${at}): ${message}`, error);
    throw error;
  }
}

function brokenOff(what: string, cause: Error): EmbeddedMongoError {
  return new EmbeddedMongoError(
    `${what.replace(/\.$/, '')}. What is there stays; export again into the same folder to go on.`,
    { cause },
  );
}

async function exportInto(folder: string, { client, uri, progress = nothing }: ExportOptions): Promise<Exported> {
  const earlier = readNote(folder);
  if (!earlier && isForeign(folder))
    throw new EmbeddedMongoError(
      `There is something in ${folder} that is no archive. Name a new folder, or an empty one.`,
    );
  if (earlier?.writer && isAliveElsewhere(earlier.writer))
    throw new EmbeddedMongoError(
      `Process ${earlier.writer.pid} is exporting into ${folder}. Wait for it, or stop it first.`,
    );
  const databases = await databasesOf(client, uri);
  const listed = (await Promise.all(databases.map((db) => collectionsOf(client, db)))).flat();
  if (listed.length === 0) throw new EmbeddedMongoError(await nothingThere(client, uri));
  refuseOthers(folder, earlier ? [...listArchive(folder), ...listPartial(folder)] : [], listed);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { version: server } = (await client.db('admin').command({ buildInfo: 1 })) as { version: string };
  const note = { version: 1 as const, at: new Date().toISOString(), server, databases };
  writeNote(folder, { ...note, complete: false, writer: thisProcess() });
  const result: Exported = { collections: 0, views: 0, documents: 0, kept: 0, resumed: 0, notes: [] };
  const run = new Run(client, folder, result, progress);
  const copied: Copied[] = [];
  for (const item of listed) {
    if (item.type === 'view') run.view(item);
    else copied.push(...(await run.collection(item)));
  }
  await run.compareAll(copied);
  writeNote(folder, { ...note, complete: true });
  return result;
}

/** What an administrator sees who has mistyped the name of a database. */
async function nothingThere(client: Client, uri: string): Promise<string> {
  const others = (await databasesOf(client)).join(', ');
  const named = databaseIn(uri);
  if (named === undefined || others === '') return 'The server has no collections: there is nothing to export.';
  return `The server has no collections in a database ${named}: there is nothing to export. It has the databases ${others}.`;
}

function refuseOthers(folder: string, archived: readonly Named[], listed: readonly Listed[]): void {
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

/** One run of an export, and what it has done so far. */
class Run {
  constructor(
    private readonly client: Client,
    private readonly folder: string,
    private readonly result: Exported,
    private readonly progress: Progress,
  ) {}

  view({ db, name, options }: Listed): void {
    const path = pathOf(this.folder, db, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(`${path}.bson`, { force: true });
    const sha256 = createHash('sha256').digest('hex');
    writeMetadata(this.folder, { db, collectionName: name, type: 'view', options, indexes: [], count: 0, sha256 });
    this.result.views += 1;
  }

  /** Keeps a collection that is complete and still the same, or copies what is missing of it. */
  async collection(item: Listed): Promise<Copied[]> {
    const { folder, result } = this;
    const known = readMetadata(folder, item.db, item.name);
    if (known?.type !== 'collection') return [await this.copy(item, begunOf(folder, item))];
    const found = await this.compare(known);
    if (typeof found === 'string') {
      this.note(item, `is begun anew: ${found}`);
      return [await this.copy(item, nothingYet)];
    }
    if (!isSame(found, known)) {
      this.note(item, changed(found.agreed));
      return [await this.copy(item, found.agreed)];
    }
    // What can change without its documents is written anew.
    const indexes = await indexesOf(this.client, item.db, item.name);
    writeMetadata(folder, { ...known, options: item.options, indexes });
    result.kept += 1;
    result.collections += 1;
    result.documents += known.count;
    return [];
  }

  private async copy(item: Listed, from: Beginning): Promise<Copied> {
    const { client, folder, progress } = this;
    let place = await placeBehind(folder, item, from, progress);
    if (typeof place === 'string') {
      this.note(item, place);
      place = start();
    }
    const { documents: earlier } = place;
    return { item, metadata: await copyBehind(client, folder, item, place, progress), earlier };
  }

  /**
   * Compares what was copied with the server. A collection of which an earlier export wrote a part may have changed
   * since: what does not agree is copied once more. Who copied all of it in this run sees that somebody writes.
   */
  async compareAll(copied: readonly Copied[]): Promise<void> {
    const failed: string[] = [];
    for (const one of copied) {
      let { metadata, earlier } = one;
      let found = await this.compare(metadata);
      if (typeof found !== 'string' && earlier > 0 && !isSame(found, metadata)) {
        this.note(one.item, changed(found.agreed));
        ({ metadata, earlier } = await this.copy(one.item, found.agreed));
        found = await this.compare(metadata);
      }
      if (typeof found === 'string' || !isSame(found, metadata)) {
        const agreed = typeof found === 'string' ? nothingYet : found.agreed;
        writePartial(this.folder, metadata.db, metadata.collectionName, agreed);
        if (typeof found === 'string')
          throw new EmbeddedMongoError(`${found} It was written just now: is the disk in order? Export again.`);
        failed.push(namespaceOf(metadata));
        continue;
      }
      this.result.collections += 1;
      this.result.documents += metadata.count;
      this.result.resumed += earlier;
    }
    if (failed.length > 0)
      throw new EmbeddedMongoError(
        `Changed while they were exported: ${failed.join(', ')}. Stop who writes and export again; what agrees is kept.`,
      );
  }

  /** Reads the file of a collection and the server's documents beside it; or says why the file cannot be read. */
  private async compare(metadata: Metadata): Promise<Comparison | string> {
    const { db, collectionName, count, indexes } = metadata;
    try {
      return await compare(
        readDocuments(`${pathOf(this.folder, db, collectionName)}.bson`),
        documentsOf(this.client, db, collectionName),
        expiry(indexes),
        (documents) => this.progress(`${db}.${collectionName}, reading back`, documents, count),
      );
    } catch (error) {
      if (error instanceof EmbeddedMongoError) return error.message;
      throw error;
    }
  }

  private note({ db, name }: Listed, what: string): void {
    this.result.notes.push(`${db}.${name} ${what}`);
  }
}

function isSame(found: Comparison, { count, sha256 }: Metadata): boolean {
  const isWhole = found.archived === count && found.archivedHash === sha256;
  return isWhole && found.differs === undefined && found.missing === 0;
}

const changed = ({ documents }: Beginning): string =>
  `has changed since an earlier export wrote it: its first ${documents} documents are as they were, what follows is copied again.`;

const namespaceOf = ({ db, collectionName }: Metadata): string => `${db}.${collectionName}`;
