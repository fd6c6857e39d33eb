import { parentPort, workerData } from 'node:worker_threads';
import { CursorRegistry } from './commands/reading/cursors.js';
import { OpCounters } from './commands/opcounters.js';
import { removeUnfinished } from './commands/aggregate/output.js';
import { COMMANDS, runCommand } from './commands/registry.js';
import { DISK_FULL, EmbeddedMongoError, toMongoError } from './errors.js';
import { Catalogue } from './store/catalogue.js';
import { Environment } from './store/disk/environment.js';
import { removeExpired } from './store/expiry.js';
import { LongReads } from './reader/long-reads.js';
import { renewIndexes } from './store/reindex.js';
import { RetryableWrites } from './store/retries.js';
import { listen } from './wire/listener.js';

/** What the parent asks for. */
export interface WorkerOptions {
  dataDir: string;
  transport: 'socket' | 'tcp';
  /** Where the worker says that it has ended: 1 in its only place, and whoever waits for that is woken. */
  isGone: Int32Array;
}

/** What the worker tells its parent. */
export type WorkerMessage = { type: 'ready'; uri: string } | { type: 'refused'; message: string };

const SWEEP_MS = 60_000;

async function main(): Promise<void> {
  const { dataDir, transport } = workerData as WorkerOptions;
  const environment = Environment.open(dataDir);
  const catalogue = new Catalogue(environment);
  await renewIndexes(environment, catalogue);
  // On a full disk the next start does it.
  await removeUnfinished({ environment, catalogue }).catch(() => undefined);
  void catalogue.clearing.run();
  const cursors = new CursorRegistry();
  const retries = new RetryableWrites(environment);
  const longReads = new LongReads(dataDir);
  const server = {
    ...{ commands: COMMANDS, environment, catalogue, cursors, retries, longReads },
    ...{ startedAt: new Date(), opcounters: new OpCounters() },
  };
  const listener = await listen(dataDir, transport, (request, connection) => runCommand(server, request, connection));
  const sweep = setInterval(() => {
    cursors.sweep();
    environment.forgetDeadReaders();
    void catalogue.clearing.run();
    // A sweep that fails, on a full disk for instance, comes again in a minute.
    removeExpired(environment, catalogue)
      .then(() => retries.sweep())
      .catch(() => undefined);
  }, SWEEP_MS);
  parentPort?.once('message', () => {
    void (async () => {
      clearInterval(sweep);
      // First: what takes long would have the rest wait for it.
      environment.interrupt();
      cursors.close();
      await longReads.close();
      await listener.close();
      cursors.close();
      await environment.close();
      parentPort?.close();
    })();
  });
  tell({ type: 'ready', uri: listener.uri });
}

function tell(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

/** Why the server cannot start, in plain words; undefined when nobody foresaw it. */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof EmbeddedMongoError) return error.message;
  const { code, message } = toMongoError(error);
  if (code !== DISK_FULL) return undefined;
  return `The data folder ${(workerData as WorkerOptions).dataDir} cannot be taken hold of: ${message}. Make room; nothing is lost.`;
}

process.once('exit', () => {
  const { isGone } = workerData as WorkerOptions;
  Atomics.store(isGone, 0, 1);
  Atomics.notify(isGone, 0);
});

main().catch((error: unknown) => {
  const message = refusalOf(error);
  if (message === undefined) throw error;
  tell({ type: 'refused', message });
  parentPort?.close();
});
