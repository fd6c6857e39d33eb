import { resolve } from 'node:path';
import type { Document } from 'bson';
import { decode, type Doc } from '../document.js';
import { EmbeddedMongoError } from '../errors.js';
import { listArchive, pathOf, readNote, type ArchiveNote, type Metadata } from './archive.js';
import { readDocuments } from './bson-file.js';
import { compare, type Comparison } from './compare.js';
import { nameOf } from './check-index.js';
import { createCollection, createMissingIndexes, indexDifference, tryDefinitions } from './definitions.js';
import { collectionsOf, comparable, databaseIn, documentsOf, expiry, type Client, type Listed } from './driver.js';
import { insertable } from './insertable.js';
import { nothing, type Progress } from './progress.js';

/** How an archive is imported. */
export interface ImportOptions {
  /** Connected to `uri`. */
  client: Client;
  /** A database in it takes the place of the archive's only one. */
  uri: string;
  folder: string;
  /** Drops collections of the same names that have other documents; without it they are a reason to refuse. */
  replace?: boolean;
  progress?: Progress;
}

/** What an import has done. */
export interface Imported {
  collections: number;
  views: number;
  /** Documents of the archive. */
  documents: number;
  /** Of these, were on the server before. */
  found: number;
  /** Of these, had a time that has passed, so that the server removed them. */
  expired: number;
}

/** One collection of the archive and what the server has of it. */
interface Step {
  metadata: Metadata;
  /** Namespace on the server. */
  db: string;
  name: string;
  there: Listed | undefined;
  /** How many documents of the archive are on the server; what is missing comes behind them. */
  position: number;
  /** Why what is there is not a part of this archive. */
  conflict: string | undefined;
}

const BATCH_DOCUMENTS = 1000;
const BATCH_BYTES = 8 * 1024 * 1024;
const isWritable = new Set(['collection', 'view']);

/**
 * Writes the collections of an archive into a server. First all of the archive is read and compared with what the server
 * has; only then anything is written. An import that broke off goes on behind the last document that arrived. At the
 * end everything is read back and compared.
 * @throws EmbeddedMongoError when the archive is not in order, the server has other documents, or does not have in the end
 *   what it was given
 */
export async function importFrom(options: ImportOptions): Promise<Imported> {
  const { client, replace = false, progress = nothing } = options;
  const folder = resolve(options.folder);
  const steps = await plan(options, folder, progress);
  const conflicts = steps.filter((step) => step.conflict !== undefined);
  if (conflicts.length > 0 && !replace) {
    const list = conflicts.map(({ db, name, conflict }) => `  - ${db}.${name} ${conflict ?? ''}`).join('\n');
    throw new EmbeddedMongoError(
      `The server has collections that are not of this archive; nothing was written:\n${list}\n--replace drops them.`,
    );
  }
  const result: Imported = { collections: 0, views: 0, documents: 0, found: 0, expired: 0 };
  const made = steps.filter(isMade);
  for (const step of made)
    await inWords(
      (reason) =>
        `${namespaceOf(step)} cannot be made as it is in the archive: ${reason}. Nothing was written or dropped.`,
      () => tryDefinitions(client, step.db, step.metadata),
    );
  for (const step of made)
    await inWords(
      (reason) => `${namespaceOf(step)} could not be made: ${reason}. Import again to go on.`,
      () => make(client, step),
    );
  for (const step of steps) {
    result.found += step.position;
    if (step.metadata.type === 'view') {
      result.views += 1;
      continue;
    }
    result.collections += 1;
    await inWords(
      (reason) =>
        `${namespaceOf(step)} could not be written: ${reason}. What was written so far stays; import again to go on.`,
      () => insertBehind(client, folder, step, progress),
    );
    await inWords(
      (reason) =>
        `The indexes of ${namespaceOf(step)} could not be made: ${reason}. Its documents are there; import again to go on.`,
      () => createMissingIndexes(client, step.db, step.metadata),
    );
  }
  for (const step of steps) {
    const { stored, archived } = await verify(client, folder, step, progress);
    result.documents += archived;
    result.expired += archived - stored;
  }
  return result;
}

/**
 * The note of an archive that can be imported.
 * @throws EmbeddedMongoError when a folder is none, or one that is not complete or of another version
 */
export function archiveIn(folder: string): ArchiveNote {
  const note = readNote(folder);
  if (!note) throw new EmbeddedMongoError(`${folder} is no archive: there is no archive.json in it.`);
  if (note.complete) return note;
  throw new EmbeddedMongoError(`The archive ${folder} is not complete. Export again into the same folder first.`);
}

async function plan(options: ImportOptions, folder: string, progress: Progress): Promise<Step[]> {
  const { client, uri } = options;
  const note = archiveIn(folder);
  const archived = listArchive(folder);
  const named = databaseIn(uri);
  if (named !== undefined && note.databases.length > 1)
    throw new EmbeddedMongoError(
      `The archive has the databases ${note.databases.join(', ')}, and the connection string names one. Leave it out there.`,
    );
  const databases = new Map(note.databases.map((db) => [db, named ?? db]));
  const listed = new Map<string, Listed>();
  for (const db of databases.values())
    for (const item of await collectionsOf(client, db)) listed.set(`${db}.${item.name}`, item);
  const steps: Step[] = [];
  for (const metadata of archived) {
    const db = databases.get(metadata.db) ?? metadata.db;
    const name = metadata.collectionName;
    const there = listed.get(`${db}.${name}`);
    const step: Step = { metadata, db, name, there, position: 0, conflict: undefined };
    steps.push(metadata.type === 'view' ? viewStep(step) : await collectionStep(client, folder, step, progress));
  }
  // What views show comes before them.
  return steps.sort((a, b) => Number(a.metadata.type === 'view') - Number(b.metadata.type === 'view'));
}

function viewStep(step: Step): Step {
  const { metadata, there } = step;
  if (!there) return step;
  const isEqual = there.type === 'view' && sameOptions(there.options, metadata.options);
  return { ...step, conflict: isEqual ? undefined : 'is there, and not the view of the archive' };
}

async function collectionStep(client: Client, folder: string, step: Step, progress: Progress): Promise<Step> {
  const { metadata, there, db, name } = step;
  const isCollection = there?.type === 'collection';
  const found = await compareStep(client, folder, step, isCollection, `${db}.${name}, comparing`, progress);
  if (found.archived !== metadata.count || found.archivedHash !== metadata.sha256)
    throw new EmbeddedMongoError(
      `${pathOf(folder, metadata.db, name)}.bson is damaged: its documents are not those that were exported.`,
    );
  if (!there) return step;
  if (!isCollection) return { ...step, conflict: `is there as a ${there.type}` };
  if (found.differs !== undefined)
    return { ...step, conflict: `has other documents, first the one with the _id ${found.differs}` };
  if (found.stored > 0 && !sameOptions(there.options, metadata.options))
    return { ...step, conflict: 'has other options' };
  return { ...step, position: found.position };
}

const sameOptions = (a: Doc, b: Doc): boolean => comparable(a, 'pipeline') === comparable(b, 'pipeline');

async function* none(): AsyncGenerator<Buffer> {}

function compareStep(
  client: Client,
  folder: string,
  { metadata, db, name }: Step,
  isThere: boolean,
  what: string,
  progress: Progress,
): Promise<Comparison> {
  return compare(
    readDocuments(`${pathOf(folder, metadata.db, name)}.bson`),
    isThere ? documentsOf(client, db, name) : none(),
    expiry(metadata.indexes),
    (documents) => progress(what, documents, metadata.count),
  );
}

/** Whether a collection or view is made anew: what is there of the archive stays. */
function isMade({ metadata, there, position, conflict }: Step): boolean {
  if (metadata.type === 'view') return !there || conflict !== undefined;
  return position === 0;
}

async function make(client: Client, { metadata, db, name, there }: Step): Promise<void> {
  // An empty collection, as a server makes it when it starts, has nothing to lose and may have other options.
  if (there) await client.db(db).collection(name).drop();
  await createCollection(client, db, metadata);
}

async function insertBehind(client: Client, folder: string, step: Step, progress: Progress): Promise<void> {
  const { metadata, db, name, position } = step;
  const collection = client.db(db).collection(name);
  let at = 0;
  let bytes = 0;
  let batch: Document[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await collection.insertMany(batch, { ordered: true, forceServerObjectId: true });
    batch = [];
    bytes = 0;
    progress(`${db}.${name}`, at, metadata.count);
  };
  progress(`${db}.${name}`, position, metadata.count);
  for await (const raw of readDocuments(`${pathOf(folder, metadata.db, name)}.bson`)) {
    at += 1;
    if (at <= position) continue;
    batch.push(insertable(raw, () => `The document ${nameOf(decode(raw))} of ${db}.${name}`));
    bytes += raw.length;
    if (batch.length >= BATCH_DOCUMENTS || bytes >= BATCH_BYTES) await flush();
  }
  await flush();
}

type Counts = Pick<Comparison, 'archived' | 'stored'>;

/** What the server has in the end must be the archive, but for what has expired. */
async function verify(client: Client, folder: string, step: Step, progress: Progress): Promise<Counts> {
  const { metadata, db, name } = step;
  const there = (await collectionsOf(client, db)).find((item) => item.name === name);
  if (!there || !isWritable.has(there.type)) throw differs(step, 'it is not there');
  if (!sameOptions(there.options, metadata.options)) throw differs(step, 'its options are others');
  if (metadata.type === 'view') return { archived: 0, stored: 0 };
  const found = await compareStep(client, folder, step, true, `${db}.${name}, reading back`, progress);
  if (found.differs !== undefined) throw differs(step, `the document ${found.differs} is another`);
  if (found.missing > 0) throw differs(step, `${found.missing} documents are missing`);
  if (found.stored === metadata.count && found.storedHash !== metadata.sha256)
    throw differs(step, 'its hash is another');
  const index = await indexDifference(client, db, metadata);
  if (index !== undefined) throw differs(step, index);
  return found;
}

function differs({ db, name }: Step, what: string): EmbeddedMongoError {
  return new EmbeddedMongoError(`${db}.${name} is not what was imported: ${what}. Does something else write there?`);
}

const namespaceOf = ({ db, name }: Step): string => `${db}.${name}`;

async function inWords(words: (reason: string) => string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof EmbeddedMongoError || !(error instanceof Error)) throw error;
    throw new EmbeddedMongoError(words(error.message.replace(/\.$/, '')), { cause: error });
  }
}
