import { existsSync, realpathSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import { Worker } from 'node:worker_threads';
import { EmbeddedMongoError } from './errors.js';
import type { WorkerMessage, WorkerOptions } from './worker.js';

export { EmbeddedMongoError } from './errors.js';

/** How an embedded server is started. */
export interface EmbeddedMongoOptions {
  /** Folder of the data; made when it is missing. One process may have it open at a time. */
  dataDir: string;
  /** `tcp` listens on a free port of 127.0.0.1 instead of a Unix socket in the folder. Default: `socket`, but on Windows `tcp`. */
  transport?: 'socket' | 'tcp';
  /** Called when the server ends without having been closed; everything it answered is on disk. */
  onExit?: (error: EmbeddedMongoError) => void;
}

/** A running embedded server. */
export interface EmbeddedMongo {
  /** Connection string for a driver, without a database: give that as an option, such as Mongoose's `dbName`. */
  readonly uri: string;
  /**
   * Stops accepting, finishes what runs, closes the store. What goes on in several transactions or in the second thread is
   * ended instead. May be called again.
   */
  close(): Promise<void>;
}

/** How long a process that ends waits for its server, in milliseconds. */
const EXIT_MS = 5_000;

/** Data folders that this process has open; the store itself only knows other processes. */
const open = new Set<string>();

/**
 * Starts a server in a worker thread that speaks MongoDB's wire protocol and keeps its data in a folder.
 * @throws EmbeddedMongoError in plain words: the folder cannot be written, is in use, or holds a file that is foreign,
 *   damaged or of another version
 */
export async function startEmbeddedMongo(options: EmbeddedMongoOptions): Promise<EmbeddedMongo> {
  const folder = existsSync(options.dataDir) ? realpathSync(options.dataDir) : resolvePath(options.dataDir);
  if (open.has(folder)) {
    throw new EmbeddedMongoError(`The data folder ${folder} is in use by process ${process.pid}, which is this one.`);
  }
  open.add(folder);
  const transport = options.transport ?? (process.platform === 'win32' ? 'tcp' : 'socket');
  const isGone = new Int32Array(new SharedArrayBuffer(4));
  const workerData: WorkerOptions = { dataDir: folder, transport, isGone };
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
  // LMDB's clean-up would wait in this thread for the transaction that the worker has open, for ever: the worker goes first,
  // and where it cannot, the process ends as by a kill, which loses nothing that was answered.
  const goFirst = (): void => {
    worker.postMessage('close');
    if (Atomics.wait(isGone, 0, 0, EXIT_MS) === 'timed-out') process.kill(process.pid, 'SIGKILL');
  };
  process.once('exit', goFirst);
  let failure: Error | undefined;
  let closing = false;
  let started = false;
  const ended = new Promise<void>((resolve) => {
    worker.once('error', (error) => (failure = error instanceof Error ? error : new Error(String(error))));
    worker.once('exit', () => {
      open.delete(folder);
      process.off('exit', goFirst);
      resolve();
      if (started && !closing) options.onExit?.(stopped(failure));
    });
  });
  const message = await Promise.race([
    new Promise<WorkerMessage>((resolve) => worker.once('message', resolve)),
    ended.then((): WorkerMessage => ({ type: 'refused', message: stopped(failure).message })),
  ]);
  if (message.type === 'refused') {
    await ended;
    throw new EmbeddedMongoError(message.message);
  }
  started = true;
  return {
    uri: message.uri,
    close: async () => {
      if (!closing) worker.postMessage('close');
      closing = true;
      await ended;
    },
  };
}

function stopped(failure: Error | undefined): EmbeddedMongoError {
  const reason = failure ? `: ${failure.message}` : '';
  return new EmbeddedMongoError(`The embedded MongoDB server stopped unexpectedly${reason}.`, { cause: failure });
}
