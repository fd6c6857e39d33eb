import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeTyped, type Doc } from '../document.js';
import { allDocuments } from '../store/scan/all-documents.js';
import { Catalogue, isView, type CollectionInfo } from '../store/catalogue.js';
import type { Stored } from '../store/collection.js';
import type { Environment } from '../store/disk/environment.js';
import type { Table } from '../store/disk/table.js';
import { idPrefix, keyOf } from '../store/keys/key.js';
import { IndexCheck, nameOf } from './check-index.js';
import { openToRead } from './folder-state.js';
import { nothing, type Progress } from './progress.js';
import { unseal } from '../store/disk/seal.js';

/** Two things in a data file that do not agree. */
export interface Disagreement {
  /** The collection, and the index after a comma; or the data file. */
  readonly where: string;
  readonly what: string;
}

/** What a check has seen. */
export interface CheckReport {
  collections: number;
  views: number;
  documents: number;
  indexes: number;
  entries: number;
  disagreements: number;
  /** What could not be checked, and why; nothing is wrong with it as far as is known. */
  readonly notes: string[];
  /** The process that holds the folder at the moment. */
  readonly holder: number | undefined;
}

/** How a folder is checked. */
export interface CheckOptions {
  dataDir: string;
  /** Called for each disagreement, in the order in which they are found. */
  onDisagreement?: (disagreement: Disagreement) => void;
  progress?: Progress;
  /** Nobody writes there meanwhile, so that the caller's thread need not be kept busy throughout. */
  atRest?: boolean;
}

const PROGRESS_EVERY = 1000;

/**
 * Reads a whole data file and holds documents, index entries and counts against each other. It writes nothing, and works
 * beside a running server: everything is read in one state of the data, for which the caller's thread is busy throughout,
 * unless the data are at rest.
 * @throws EmbeddedMongoError when there is no data file, or it cannot be opened
 */
export async function check(options: CheckOptions): Promise<CheckReport> {
  const environment = openToRead(options.dataDir);
  await environment.caughtUp();
  const snapshot = environment.snapshot();
  try {
    const run = new Check(environment, options).run();
    for (let step = run.next(); ; step = run.next()) {
      if (step.done) return step.value;
      if (options.atRest) await nextTurn();
    }
  } finally {
    snapshot?.done();
    await environment.close();
  }
}

class Check {
  private readonly report: CheckReport;

  constructor(
    private readonly environment: Environment,
    private readonly options: CheckOptions,
  ) {
    const holder = environment.holder?.pid;
    this.report = {
      collections: 0,
      views: 0,
      documents: 0,
      indexes: 0,
      entries: 0,
      disagreements: 0,
      notes: [],
      holder,
    };
  }

  /** Stops now and then, to be gone on with. */
  *run(): Generator<void, CheckReport> {
    yield* this.guarded('the data file', this.all());
    return this.report;
  }

  private *all(): Generator<void> {
    const catalogue = new Catalogue(this.environment);
    const all = catalogue.list();
    for (const info of all) yield* this.guarded(namespaceOf(info), this.collection(info));
    this.orphans(all, catalogue.clearing.marked());
    for (const { value } of this.environment.retries.getRange({})) decodeTyped(unseal(value));
  }

  private tell(where: string, what: string): void {
    this.report.disagreements += 1;
    this.options.onDisagreement?.({ where, what });
  }

  /** What cannot be read at all is a disagreement as well, and the rest is still looked at. */
  private *guarded(where: string, work: Generator<void>): Generator<void> {
    try {
      yield* work;
    } catch (error) {
      this.tell(where, `it cannot be read: ${(error as Error).message}`);
    }
  }

  private *collection(info: CollectionInfo): Generator<void> {
    if (isView(info)) {
      this.report.views += 1;
      return;
    }
    const where = namespaceOf(info);
    const checks = this.indexes(info);
    const progress = this.options.progress ?? nothing;
    let documents = 0;
    for (const stored of allDocuments(this.environment, info)) {
      documents += 1;
      if (documents % PROGRESS_EVERY === 0) {
        progress(where, documents, info.count);
        yield;
      }
      const doc = this.document(where, stored);
      if (doc) for (const item of checks) item.document(stored.id, doc);
    }
    progress(where, documents, info.count);
    if (documents !== info.count) this.tell(where, `it counts ${info.count} documents, but has ${documents}`);
    for (const item of checks) this.report.entries += item.finish();
    this.report.collections += 1;
    this.report.documents += documents;
  }

  private indexes(info: CollectionInfo): IndexCheck[] {
    const version = process.versions['icu'] ?? '';
    return info.indexes.flatMap((index) => {
      const where = `${namespaceOf(info)}, index ${index.name}`;
      const made = (index.spec['collation'] as { version?: string } | undefined)?.version;
      this.report.indexes += 1;
      if (made === undefined || made === version)
        return [new IndexCheck(this.environment, info, index, (what) => this.tell(where, what))];
      this.report.notes.push(`${where}: made for the order of ICU ${made}, and made anew at the next start`);
      return [];
    });
  }

  private document(where: string, { id, raw }: Stored): Doc | undefined {
    let doc: Doc;
    try {
      doc = decodeTyped(raw);
    } catch (error) {
      this.tell(
        where,
        `the document with the key ${id.toString('hex')} cannot be decoded: ${(error as Error).message}`,
      );
      return undefined;
    }
    if (!('_id' in doc)) this.tell(where, `the document with the key ${id.toString('hex')} has no _id`);
    else if (!keyOf(doc['_id']).equals(id)) this.tell(where, `the document ${nameOf(doc)} stands under another key`);
    return doc;
  }

  /**
   * What belongs to no collection and no index, and numbers that are given twice or would be.
   * @param marked numbers of what is being built, or was dropped, and is cleared yet
   */
  private orphans(all: readonly CollectionInfo[], marked: readonly number[]): void {
    const { catalogue, documents, entries, texts } = this.environment;
    const collections = new Set([...all.map((info) => info.id), ...marked]);
    const indexes = new Set([...all.flatMap((info) => info.indexes.map((index) => index.id)), ...marked]);
    const file = 'the data file';
    for (const id of prefixes(documents))
      if (!collections.has(id)) this.tell(file, `it has documents of a collection that is not there (number ${id})`);
    for (const id of prefixes(entries))
      if (!indexes.has(id)) this.tell(file, `it has entries of an index that is not there (number ${id})`);
    for (const id of prefixes(texts))
      if (!indexes.has(id)) this.tell(file, `it has texts of an index that is not there (number ${id})`);
    if (marked.length > 0)
      this.report.notes.push(
        `${file}: not looked at is what was dropped and is still to be cleared, or is being built (numbers ${marked.join(', ')})`,
      );
    const ids = [...all.flatMap((info) => [info.id, ...info.indexes.map((index) => index.id)]), ...marked];
    if (new Set(ids).size < ids.length)
      this.tell(file, 'two collections or indexes have the same number, or one has that of what is cleared');
    const next = catalogue.get(Buffer.from('!next'))?.readUInt32BE(0) ?? 1;
    if (ids.some((id) => id >= next)) this.tell(file, `the next number, ${next}, is already given`);
  }
}

/** The numbers that the keys of a table begin with, each once. */
function* prefixes(table: Table): Generator<number> {
  for (let start = idPrefix(0); ;) {
    const [key] = table.getKeys({ start, limit: 1 });
    if (!key) return;
    const id = key.readUInt32BE(0);
    yield id;
    if (id === 0xffff_ffff) return;
    start = idPrefix(id + 1);
  }
}

const namespaceOf = (info: CollectionInfo): string => `${info.db}.${info.name}`;
