import { ABORT, type RootDatabase } from 'lmdb';
import { EmbeddedMongoError, MongoError } from '../../errors.js';
import { replay, type Changeable, type Changes } from './changes.js';
import { Journal } from './journal.js';

/** Longest that changes stand in the journal only, in milliseconds. */
const CHECKPOINT_MS = 1_000;

/** Most bytes of changes that wait for a transaction that has to be on disk. */
const MOST_LAZY_BYTES = 256 * 1024;

interface Job {
  run: () => unknown;
  isLazy: boolean;
  resolve: (value: never) => void;
  reject: (error: unknown) => void;
}

/** Who wants to know what becomes of transactions. */
export interface Listener {
  /** In the transaction, when all its jobs have run. */
  beforeCommit(): void;
  /** The transaction is on disk. */
  committed(): void;
  /** The transaction failed: what was read or noted in it counts no more. */
  aborted(): void;
}

/** Where changes are kept. */
export interface Stores {
  readonly root: RootDatabase<Buffer, Buffer>;
  readonly changes: Changes;
  /** The tables that the journal knows by their number. */
  readonly tables: readonly Changeable[];
  readonly journalPath: string;
  /** Notes, in the transaction, the number of the last record whose changes the data file has. */
  readonly noteCheckpoint: (number: bigint) => void;
}

/**
 * The one queue of writes. LMDB's write transaction stays open over many of ours, and reads of this thread see what it
 * holds. Each of ours is durable once its changes stand in the journal; a checkpoint, once a second or when the journal is
 * full, lets LMDB write its pages, each once for all that changed on it.
 *
 * All of it happens in this thread, which stands still meanwhile: handing a commit of LMDB to a thread of its own and back
 * took longer than the disk does.
 */
export class Transactions {
  listener: Listener | undefined;
  private queue: Job[] = [];
  /** Runs what is queued at the end of this turn. */
  private due: NodeJS.Immediate | undefined;
  /** Ends LMDB's transaction; undefined while none is open. */
  private end: ((result?: unknown) => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private interrupted = false;
  private jobsRun = false;
  /** Why tables lack what was answered; set shortly before this thread ends. */
  private loss: EmbeddedMongoError | undefined;

  /**
   * @param journal opened, with nothing in it that counts
   * @param last the number before that of the next record, which the data file has noted
   */
  constructor(
    private readonly stores: Stores,
    private readonly journal: Journal,
    private last: bigint,
    private checkpointed = last,
  ) {}

  /**
   * Runs a job in the next transaction and resolves with its result when that is on disk. What arrives in one turn of the
   * event loop, as while a transaction is written, shares one. What a job throws is its answer, and its writes so far
   * stay. After a failure of the store nothing of the transaction stays.
   * @param isLazy whether it may be told before that is on disk, where it will be with the next that is not lazy, or once
   *   there are many: for what nobody sees yet, and what is forgotten when a transaction fails
   */
  write<T>(run: () => T, isLazy = false): Promise<T> {
    if (this.loss) return Promise.reject(this.loss);
    if (this.closed) return Promise.reject(new EmbeddedMongoError('The embedded store is closed.'));
    if (this.interrupted) return Promise.reject(new MongoError(11600, 'interrupted at shutdown'));
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ run, isLazy, resolve, reject });
      this.due ??= setImmediate(() => this.runQueued());
    });
  }

  /** Whether a job is running: what it reads is the transaction, and no checkpoint may come between its changes. */
  get isInJob(): boolean {
    return this.jobsRun;
  }

  /**
   * Has LMDB write everything to the data file, which whoever opens it sees from then on.
   * @throws an error of the disk; everything is as before then
   */
  checkpoint(): void {
    try {
      this.commitOpen();
    } catch (error) {
      this.rollBack(error);
      throw error;
    }
  }

  /** What was accepted is finished, what goes on in further transactions is not: those reject with code 11600. */
  interrupt(): void {
    this.interrupted = true;
  }

  /**
   * Finishes what was accepted and puts all of it into the data file, so that the journal is needed no more.
   * @throws an error of the disk; the journal has what the data file lacks then
   */
  close(): void {
    this.closed = true;
    if (this.queue.length > 0) this.runQueued();
    try {
      this.commitOpen();
    } finally {
      this.giveUp();
      clearTimeout(this.timer);
      this.journal.close();
    }
  }

  private runQueued(): void {
    clearImmediate(this.due);
    this.due = undefined;
    const jobs = this.queue;
    this.queue = [];
    let answers: (() => void)[];
    try {
      this.begin();
      this.jobsRun = true;
      answers = jobs.map((job) => runJob(job));
      this.jobsRun = false;
      this.listener?.beforeCommit();
      if (jobs.every(({ isLazy }) => isLazy)) this.leave();
      else this.makeDurable();
    } catch (thrown) {
      const error: unknown = thrown instanceof StoreFailure ? thrown.cause : thrown;
      this.jobsRun = false;
      this.rollBack(error);
      for (const job of jobs) job.reject(error);
      return;
    }
    this.listener?.committed();
    for (const answer of answers) answer();
  }

  private begin(): void {
    // A transaction of lmdb lasts until what its callback returns is settled, which here is when `end` is called.
    const untilEnd = { then: (end: (result?: unknown) => void) => void (this.end = end) };
    if (!this.end) void this.stores.root.transactionSync(() => untilEnd);
  }

  /** Leaves the changes to the next transaction that has to be on disk, unless they are many. */
  private leave(): void {
    const { bytes } = this.stores.changes;
    if (bytes && bytes.length > 0 && bytes.length <= MOST_LAZY_BYTES) this.checkpointSoon();
    else this.makeDurable();
  }

  private makeDurable(): void {
    const { changes } = this.stores;
    const { bytes } = changes;
    if (!bytes || !this.journal.fits(bytes.length)) {
      this.commit();
      this.journal.grow();
    } else if (bytes.length > 0) {
      this.journal.append({ number: this.last + 1n, changes: bytes });
      this.last++;
      this.checkpointSoon();
    } else if (this.last === this.checkpointed) this.giveUp();
    changes.clear();
  }

  private commitOpen(): void {
    if (this.loss) throw this.loss;
    if (this.end) this.commit();
  }

  private commit(): void {
    const { end } = this;
    this.stores.noteCheckpoint(this.last);
    this.end = undefined;
    end?.();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.checkpointed = this.last;
    this.journal.restart();
    this.stores.changes.clear();
  }

  private checkpointSoon(): void {
    this.timer ??= setTimeout(() => this.checkpointInTime(), CHECKPOINT_MS).unref();
  }

  private checkpointInTime(): void {
    this.timer = undefined;
    try {
      this.checkpoint();
    } catch {
      // A full disk, for instance. The journal has everything; when it is full, writes are told.
      this.checkpointSoon();
    }
  }

  private giveUp(): void {
    const { end } = this;
    this.end = undefined;
    end?.(ABORT);
  }

  /** Gives LMDB's transaction up after a failure, and makes what the journal has of it once more. */
  private rollBack(failure: unknown): void {
    if (this.loss) return;
    this.giveUp();
    try {
      if (this.last > this.checkpointed) this.makeOnceMore();
    } catch (error) {
      this.endThread(failure, error);
      return;
    }
    this.stores.changes.clear();
    this.listener?.aborted();
  }

  private makeOnceMore(): void {
    const { tables, journalPath } = this.stores;
    this.begin();
    for (const { number, changes } of Journal.read(journalPath, this.checkpointed)) {
      // One that could not be synced may stand there as well; who asked for it is told that it failed.
      if (number <= this.last) replay(changes, tables);
    }
  }

  /**
   * Without what the journal has, reads would miss what was answered: the thread ends before it answers another. Thrown
   * outside of whatever runs now, since callers take errors of the disk for answers.
   */
  private endThread(failure: unknown, cause: unknown): void {
    this.giveUp();
    const { journalPath } = this.stores;
    this.loss = new EmbeddedMongoError(
      `the disk failed (${textOf(failure)}), and then ${journalPath} could not be taken in again (${textOf(cause)}). What was answered stands in data.mdb and data.journal: keep both; the next start takes them in`,
      { cause },
    );
    const { loss } = this;
    process.nextTick(() => {
      throw loss;
    });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The store itself failed while something was being changed: nothing of the transaction may stay. */
export class StoreFailure extends Error {}

/** What a job throws is its own answer, but a failure of the store must take the whole transaction with it. */
function runJob(job: Job): () => void {
  try {
    const result = job.run();
    return () => job.resolve(result as never);
  } catch (error) {
    if (error instanceof StoreFailure) throw error;
    return () => job.reject(error);
  }
}
