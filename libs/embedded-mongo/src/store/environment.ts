import { existsSync } from 'node:fs';
import { open, type Database, type RootDatabase, type RootDatabaseOptions } from 'lmdb';
import { EmbeddedMongoError } from '../errors.js';
import { decode, encode } from '../document.js';
import { HOLDER_KEY, SETTINGS, checkDataFile } from './data-file.js';
import { COPIED, DOCUMENT_KEYS, NOT_COPIED, UNREAD_KEYS, type DocumentKey, type Reused } from './reused.js';
import {
  dataFile,
  isAliveElsewhere,
  isRunning,
  keepPrivate,
  makeLockFile,
  prepareFolder,
  thisProcess,
  type Holder,
} from './folder.js';

/** The version of the data file's layout; it changes whenever an older program would misread the file. */
export const FORMAT_VERSION = 2;
/** Format 1 had no checksums behind long documents, and is otherwise the same. */
const OLDEST_FORMAT = 1;

/** A table of the data file: binary keys in order, binary values. */
export type Table = Database<Buffer, Buffer>;

const FORMAT_KEY = Buffer.from('format');

/** How each table is opened; lmdb's types leave `encoder` out. */
const TABLE_OPTIONS = { keyEncoding: 'binary', encoding: 'binary', encoder: COPIED } as const;

/** A table as walks read it, whose values are lmdb's own buffer. */
export interface WalkedTable {
  getBinaryFast(key: DocumentKey | Uint8Array, options: object): Reused | undefined;
  getRange(options: object): Iterable<{ key: Buffer; value: Reused }>;
}

/** How both kinds of opening see the file: bytes as keys, bytes as values. */
const FILE_OPTIONS: RootDatabaseOptions = {
  keyEncoding: 'binary',
  encoding: 'binary',
  maxDbs: 8,
  maxReaders: 2048,
  // A commit ends when it is synced, so that what is answered, or read by others, is on disk.
  overlappingSync: false,
};

interface Job {
  run: () => unknown;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

/** The LMDB file of a data folder: its tables, who holds it, and the one queue of writes. */
export class Environment {
  /** Documents, by collection number and primary key. */
  readonly documents: Table;
  /** Index entries, by index number and key; the value is the primary key. */
  readonly entries: Table;
  /** Collections with their indexes, and their numbers of documents. */
  readonly catalogue: Table;
  /** Answers of writes that a driver may send again, by session. */
  readonly retries: Table;
  /** The texts of indexes with a collation. */
  readonly texts: Table;
  /** Documents and index entries once more, for walks. */
  readonly walked: { readonly documents: WalkedTable; readonly entries: WalkedTable };
  private readonly settings: Table;
  private queue: Job[] = [];
  /** Commits what is queued at the end of this turn. */
  private due: NodeJS.Immediate | undefined;
  private closed = false;
  /** Called in the transaction when all its jobs have run. */
  onCommit: () => void = () => undefined;
  /** Called when the transaction is on disk and reads see it. */
  onCommitted: () => void = () => undefined;
  /** Called when the transaction failed. */
  onAbort: () => void = () => undefined;

  private constructor(
    private readonly root: RootDatabase<Buffer, Buffer>,
    /** Whether this opening holds the folder; one that only reads does not. */
    private readonly holds: boolean,
  ) {
    const table = (name: string): Table => root.openDB({ name, ...TABLE_OPTIONS });
    this.settings = table(SETTINGS);
    this.catalogue = table('catalogue');
    this.documents = table('documents');
    this.entries = table('entries');
    this.retries = table('retries');
    this.texts = table('texts');
    const walked = (name: string, keyEncoder: object): WalkedTable => {
      const opened: unknown = root.openDB({ name, encoding: 'binary', encoder: NOT_COPIED, keyEncoder } as never);
      return opened as WalkedTable;
    };
    this.walked = { documents: walked('documents', DOCUMENT_KEYS), entries: walked('entries', UNREAD_KEYS) };
  }

  /**
   * Opens, or makes, the data file of a folder and takes hold of it.
   * @throws EmbeddedMongoError when the folder cannot be written, the file is foreign or torn, or another process has it
   */
  static open(folder: string): Environment {
    prepareFolder(folder);
    checkDataFile(folder);
    keepPrivate(folder);
    const root = open<Buffer, Buffer>({ ...FILE_OPTIONS, path: dataFile(folder) });
    const environment = new Environment(root, true);
    environment.takeHold(folder);
    return environment;
  }

  /**
   * Opens the data file of a folder to read it, also while a process holds the folder: nothing is taken hold of and
   * nothing is written. What one synchronous piece of work reads is one state of the data.
   * @throws EmbeddedMongoError when there is no data file, or it is foreign, torn or of another format
   */
  static openToRead(folder: string): Environment {
    if (!existsSync(dataFile(folder))) throw new EmbeddedMongoError(`There is no data file in ${folder}.`);
    checkDataFile(folder);
    makeLockFile(folder);
    const root = open<Buffer, Buffer>({ ...FILE_OPTIONS, path: dataFile(folder), readOnly: true });
    let environment: Environment | undefined;
    try {
      environment = new Environment(root, false);
    } catch {
      // A table of ours is missing.
    }
    const refusal = environment ? environment.formatRefusal(folder) : foreign(folder);
    if (environment && refusal === undefined) return environment;
    void root.close();
    throw new EmbeddedMongoError(refusal);
  }

  /** Takes the name of whoever held the folder out of a copy of its file, which nobody holds. */
  static async forgetHolder(folder: string): Promise<void> {
    checkDataFile(folder);
    keepPrivate(folder);
    const environment = new Environment(open<Buffer, Buffer>({ ...FILE_OPTIONS, path: dataFile(folder) }), true);
    await environment.close();
  }

  /** The process that holds the folder and runs, which may be this one; undefined when there is none. */
  get holder(): Holder | undefined {
    const stored = this.settings.get(HOLDER_KEY);
    const holder = stored && (decode(stored) as unknown as Holder);
    return holder && isRunning(holder) ? holder : undefined;
  }

  private formatRefusal(folder: string): string | undefined {
    const format = this.settings.get(FORMAT_KEY)?.readUInt32BE(0);
    if (format === undefined) return foreign(folder);
    if (format >= OLDEST_FORMAT && format <= FORMAT_VERSION) return undefined;
    return `The data in ${folder} has format ${format}; this version reads formats ${OLDEST_FORMAT} to ${FORMAT_VERSION}. It was left as it is.`;
  }

  /** LMDB's write lock is one for all processes and falls with its holder, so reading and writing here are one step. */
  private takeHold(folder: string): void {
    const refusal = this.root.transactionSync(() => {
      const format = this.settings.get(FORMAT_KEY)?.readUInt32BE(0);
      const unreadable = format === undefined ? undefined : this.formatRefusal(folder);
      if (unreadable) return unreadable;
      if (format === undefined && this.hasForeignTables()) return foreign(folder);
      const stored = this.settings.get(HOLDER_KEY);
      const holder = stored && (decode(stored) as unknown as Holder);
      if (holder && isAliveElsewhere(holder)) {
        return `The data folder ${folder} is in use by process ${holder.pid}. Stop that process first, or choose another folder.`;
      }
      if (format !== FORMAT_VERSION) {
        const version = Buffer.alloc(4);
        version.writeUInt32BE(FORMAT_VERSION);
        this.settings.putSync(FORMAT_KEY, version);
      }
      this.settings.putSync(HOLDER_KEY, Buffer.from(encode({ ...thisProcess() })));
      return undefined;
    });
    if (refusal === undefined) return;
    void this.root.close();
    throw new EmbeddedMongoError(refusal);
  }

  private hasForeignTables(): boolean {
    const own = new Set([SETTINGS, 'catalogue', 'documents', 'entries', 'retries', 'texts']);
    for (const key of this.root.getKeys({})) if (!own.has(key.toString().replace(/\0$/, ''))) return true;
    return false;
  }

  /**
   * Runs a job in the next transaction and resolves with its result when that is on disk. What arrives in one turn of the
   * event loop, as while a commit runs, shares a transaction. A job checks everything before its first write: what it
   * throws is its answer, and its writes so far stay. After a failure of the store nothing of the transaction stays.
   */
  write<T>(run: () => T): Promise<T> {
    if (this.closed) return Promise.reject(new EmbeddedMongoError('The embedded store is closed.'));
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ run, resolve, reject });
      this.due ??= setImmediate(() => this.commit());
    });
  }

  /**
   * Commits in this thread, which stands still meanwhile. LMDB's own thread would let reads go on, but handing each commit
   * to it and back cost more than the disk: a third of an answer's time, and a sixth of a batch's CPU.
   */
  private commit(): void {
    clearImmediate(this.due);
    this.due = undefined;
    const jobs = this.queue;
    this.queue = [];
    let answers: (() => void)[] = [];
    try {
      this.root.transactionSync(() => {
        answers = jobs.map((job) => runJob(job));
        this.onCommit();
      });
    } catch (error) {
      this.onAbort();
      for (const job of jobs) job.reject(error);
      return;
    }
    this.onCommitted();
    for (const answer of answers) answer();
  }

  /** Releases what a finished transaction still pins; a read after this sees the last commit. */
  snapshot(): { done(): void } {
    return this.root.useReadTransaction();
  }

  /** Writes a copy of the committed state into a new file, without the pages that are free; others may write meanwhile. */
  copyTo(path: string): Promise<void> {
    return this.root.backup(path, true);
  }

  /** Frees what processes still pin that were killed while they read; otherwise the file could only grow. */
  forgetDeadReaders(): void {
    this.root.readerCheck();
  }

  /** Bytes that the data file takes on disk. */
  get sizeOnDisk(): number {
    const stats = this.root.getStats() as { mapSize?: number; lastPageNumber?: number; pageSize?: number };
    return (stats.lastPageNumber ?? 0) * (stats.pageSize ?? 4096);
  }

  /** Finishes the writes that were accepted, lets go of the folder and closes the file. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    if (this.queue.length > 0) this.commit();
    if (this.holds) this.root.transactionSync(() => this.settings.removeSync(HOLDER_KEY));
    await this.root.close();
  }
}

function foreign(folder: string): string {
  return `${dataFile(folder)} was not written by Parlance's embedded store. It was left as it is.`;
}

/** The store itself failed while a document was being written: nothing of the transaction may stay. */
export class StoreFailure extends Error {}

/** What a job throws is its own answer, but a failure of the store must take the whole transaction with it. */
function runJob(job: Job): () => void {
  try {
    const result = job.run();
    return () => job.resolve(result as never);
  } catch (error) {
    if (error instanceof StoreFailure) throw error.cause;
    return () => job.reject(error);
  }
}
