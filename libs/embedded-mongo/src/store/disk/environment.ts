import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { EmbeddedMongoError } from '../../errors.js';
import { Changes, replay } from './changes.js';
import { checkDataFile } from './data-file.js';
import { dataFile, journalFile, keepPrivate, makeLockFile, prepareFolder, thisProcess, type Holder } from './folder.js';
import { FORMAT_VERSION, TABLES, foreign, formatRefusal, hasForeignTables } from './format.js';
import { recordsLeft, refuseOthers } from './hold.js';
import { Journal, MAX_JOURNAL_BYTES, type JournalRecord } from './journal.js';
import { openFile, tableOf, walkedTables, type DataRoot, type Snapshot, type WalkedTables } from './lmdb-file.js';
import { Settings } from './settings.js';
import type { Table } from './table.js';
import { Transactions, type Listener } from './transactions.js';

/** How often, and after how many milliseconds each, a reader looks whether a checkpoint has come. */
const MOST_LOOKS = 100;
const LOOK_MS = 50;

/** The data of a folder: its tables, who holds it, and the one queue of writes. */
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
  /** Documents and index entries once more, for walks: as they are now, what the journal only has included. */
  readonly walked: WalkedTables;
  /** As `walked`, for walks with a snapshot. */
  private checkpointed: { readonly root: DataRoot; readonly walked: WalkedTables } | undefined;
  private readonly settings: Settings;
  private readonly changes = new Changes(MAX_JOURNAL_BYTES);
  /** While this opening holds the folder. */
  private transactions: Transactions | undefined;

  private constructor(
    private readonly root: DataRoot,
    readonly folder: string,
  ) {
    const table = (name: (typeof TABLES)[number]): Table => tableOf(root, name, TABLES.indexOf(name), this.changes);
    this.settings = new Settings(root);
    this.catalogue = table('catalogue');
    this.documents = table('documents');
    this.entries = table('entries');
    this.retries = table('retries');
    this.texts = table('texts');
    this.walked = walkedTables(root);
  }

  /**
   * Opens, or makes, the data of a folder and takes hold of it. What the journal of a killed process has is taken in.
   * @throws EmbeddedMongoError when the folder cannot be written, a file is foreign, torn or missing, or another process
   *   has it
   */
  static open(folder: string): Environment {
    prepareFolder(folder);
    checkDataFile(folder);
    keepPrivate(folder);
    const environment = new Environment(openFile(folder), folder);
    try {
      environment.takeHold();
    } catch (error) {
      void environment.root.close();
      throw error;
    }
    return environment;
  }

  /**
   * Opens the data file of a folder to read it, also while a process holds the folder: nothing is taken hold of and
   * nothing is written. What one synchronous piece of work reads is one state of the data, as of the last checkpoint,
   * which is at most about a second ago.
   * @throws EmbeddedMongoError when there is no data file, or it is foreign, torn or of another format
   */
  static openToRead(folder: string): Environment {
    if (!existsSync(dataFile(folder))) throw new EmbeddedMongoError(`There is no data file in ${folder}.`);
    checkDataFile(folder);
    makeLockFile(folder);
    const root = openFile(folder, { readOnly: true });
    let environment: Environment | undefined;
    try {
      environment = new Environment(root, folder);
    } catch {
      // A table of ours is missing.
    }
    const refusal = environment ? formatRefusal(environment.settings, folder) : foreign(folder);
    if (environment && refusal === undefined) return environment;
    void root.close();
    throw new EmbeddedMongoError(refusal);
  }

  /**
   * Opens the data file of a folder that another thread of this process holds, to read what it has put into checkpoints.
   * That thread has checked it.
   */
  static openBeside(folder: string): Environment {
    return new Environment(openFile(folder, { readOnly: true }), folder);
  }

  /**
   * Makes the copy of a data file, and of the journal if there is one beside it, into data that was closed in order and
   * that nobody holds.
   */
  static async settleCopy(folder: string): Promise<void> {
    checkDataFile(folder);
    keepPrivate(folder);
    const root = openFile(folder);
    const environment = new Environment(root, folder);
    const journal = journalFile(folder);
    root.transactionSync(() => {
      const { checkpoint } = environment.settings;
      if (checkpoint !== undefined && existsSync(journal))
        environment.takeIn(Journal.recordsIn(readFileSync(journal), checkpoint));
      environment.settings.holder = undefined;
      environment.settings.checkpoint = undefined;
    });
    await root.close();
    rmSync(journal, { force: true });
  }

  /** The process that holds the folder and runs, which may be this one; undefined when there is none. */
  get holder(): Holder | undefined {
    return this.settings.holder;
  }

  /**
   * Resolves when the data file has what the journal of a running holder had at the call, or after five seconds. For an
   * opening that reads.
   */
  async caughtUp(): Promise<void> {
    const path = journalFile(this.folder);
    if (!this.holder || !existsSync(path)) return;
    // First: what a checkpoint takes out of it meanwhile stands in the data file then.
    const journal = readFileSync(path);
    this.root.resetReadTxn();
    const { checkpoint } = this.settings;
    if (checkpoint === undefined) return;
    const last = checkpoint + BigInt(Journal.recordsIn(journal, checkpoint).length);
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      this.root.resetReadTxn();
      const now = this.settings.checkpoint;
      // Another number than of this holder: it has stopped, and put all into the data file.
      if (now === undefined || now >= last || now < checkpoint) return;
      await sleep(LOOK_MS);
    }
  }

  /** LMDB's write lock is one for all processes and falls with its holder, so reading and writing here are one step. */
  private takeHold(): void {
    const { settings, folder } = this;
    // Whoever holds the folder has that lock for seconds on end: it is not waited for in vain.
    refuseOthers(settings, folder);
    const first = randomBytes(8).readBigUInt64BE() >> 1n;
    const journal = this.root.transactionSync(() => {
      refuseOthers(settings, folder);
      if (settings.format === undefined && hasForeignTables(this.root)) throw new EmbeddedMongoError(foreign(folder));
      const refusal = settings.format === undefined ? undefined : formatRefusal(settings, folder);
      if (refusal) throw new EmbeddedMongoError(refusal);
      this.takeIn(recordsLeft(settings, folder));
      if (settings.format !== FORMAT_VERSION) settings.format = FORMAT_VERSION;
      settings.holder = thisProcess();
      settings.checkpoint = first;
      return Journal.open(journalFile(folder));
    });
    const { root, changes } = this;
    const noteCheckpoint = (number: bigint): void => void (settings.checkpoint = number);
    const stores = { root, changes, tables: this.tables, journalPath: journalFile(folder), noteCheckpoint };
    this.transactions = new Transactions(stores, journal, first);
  }

  private get tables(): Table[] {
    return TABLES.map((name) => this[name]);
  }

  private takeIn(records: readonly JournalRecord[]): void {
    for (const { changes } of records) {
      replay(changes, this.tables);
      this.changes.clear();
    }
  }

  /** Has somebody told what becomes of transactions. */
  listen(listener: Listener): void {
    if (this.transactions) this.transactions.listener = listener;
  }

  /** Runs a job in the next transaction and resolves with its result when that is on disk; see `Transactions`. */
  write<T>(run: () => T, isLazy = false): Promise<T> {
    if (!this.transactions) return Promise.reject(new EmbeddedMongoError('The embedded store is closed.'));
    return this.transactions.write(run, isLazy);
  }

  /** Before it is closed: what takes several transactions ends with the next one. */
  interrupt(): void {
    this.transactions?.interrupt();
  }

  /**
   * Puts everything into the data file, where other openings see it.
   * @throws an error of the disk
   */
  checkpoint(): void {
    this.transactions?.checkpoint();
  }

  /** For an opening that reads: from now on it sees the last checkpoint. */
  refresh(): void {
    this.root.resetReadTxn();
  }

  /**
   * The state of the data as it is now, for walks that go on later: to be given to them, and released by `done`. Undefined
   * inside a write, which reads its own transaction, at once.
   * @throws an error of the disk, which has to take what the journal only has
   */
  snapshot(): Snapshot | undefined {
    if (this.transactions?.isInJob) return undefined;
    this.checkpoint();
    const { root } = this.atCheckpoint();
    root.resetReadTxn();
    return root.useReadTransaction();
  }

  /** The tables that a walk reads. */
  tablesOf(snapshot: Snapshot | undefined): WalkedTables {
    return snapshot ? this.atCheckpoint().walked : this.walked;
  }

  /** The file once more: lmdb reads everything through a transaction that writes while its opening has one. */
  private atCheckpoint(): { root: DataRoot; walked: WalkedTables } {
    if (!this.transactions) return { root: this.root, walked: this.walked };
    if (!this.checkpointed) {
      const root = openFile(this.folder);
      this.checkpointed = { root, walked: walkedTables(root) };
    }
    return this.checkpointed;
  }

  /**
   * Writes a copy of the data, without the pages that are free, into another folder; others may write meanwhile. It has
   * everything that was answered before the call, and is in order after `settleCopy`.
   */
  async copyTo(folder: string): Promise<void> {
    // First: what a checkpoint takes out of it meanwhile stands in the data file then.
    const journal = existsSync(journalFile(this.folder)) ? readFileSync(journalFile(this.folder)) : undefined;
    await this.root.backup(dataFile(folder), true);
    if (journal) writeFileSync(journalFile(folder), journal, { mode: 0o600 });
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
    const { transactions, checkpointed, root, settings } = this;
    this.transactions = undefined;
    try {
      if (transactions) {
        transactions.close();
        root.transactionSync(() => {
          settings.holder = undefined;
          settings.checkpoint = undefined;
        });
        rmSync(journalFile(this.folder), { force: true });
      }
    } finally {
      await checkpointed?.root.close();
      await root.close();
    }
  }
}
