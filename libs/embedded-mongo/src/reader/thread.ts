import { parentPort, workerData } from 'node:worker_threads';
import { CursorRegistry } from '../commands/reading/cursors.js';
import { OpCounters } from '../commands/opcounters.js';
import { COMMANDS, runCommand } from '../commands/registry.js';
import { Catalogue } from '../store/catalogue.js';
import { Environment } from '../store/disk/environment.js';
import { RetryableWrites } from '../store/retries.js';
import { encodeDocument, encodeFailure, requestOf } from '../wire/message.js';
import { CLOSE, type Answer, type Question, type ReaderOptions } from './protocol.js';

/**
 * The thread for long reads. It runs the commands that come, one at a time, over the last checkpoint, and keeps the cursors
 * that they leave open. Without work it ends after a while.
 */

/** How often cursors are looked through at most, in milliseconds. */
const SWEEP_MS = 60_000;

const { dataDir, idleMs, isStopping } = workerData as ReaderOptions;
const environment = Environment.openBeside(dataDir);
const cursors = new CursorRegistry(true);
const retries = new RetryableWrites(environment);
// Those of the server are counted where its connections are.
const opcounters = new OpCounters();
const isInterrupted = (): boolean => Atomics.load(isStopping, 0) === 1;
let usedAt = Date.now();

async function answer({ id, db, body, connectionId, beganAt }: Question): Promise<Answer> {
  try {
    environment.refresh();
    const catalogue = new Catalogue(environment);
    const server = { commands: COMMANDS, environment, catalogue, cursors, retries, startedAt: new Date(), opcounters };
    const limits = { beganAt: beganAt - performance.timeOrigin, isInterrupted };
    const reply = await runCommand(server, requestOf(Buffer.from(body), db), { id: connectionId }, limits);
    return { id, ok: true, document: encodeDocument(reply), openCursors: cursors.size };
  } catch (error) {
    const document = encodeFailure(error, ({ code, message, extra }) => ({ code, message, extra }));
    return { id, ok: false, document, openCursors: cursors.size };
  }
}

async function close(): Promise<void> {
  clearInterval(sweep);
  cursors.close();
  await environment.close();
  parentPort?.close();
}

const sweep = setInterval(
  () => {
    cursors.sweep();
    if (cursors.size === 0 && Date.now() - usedAt >= idleMs) void close();
  },
  Math.min(SWEEP_MS, idleMs),
);

parentPort?.on('message', (message: Question | typeof CLOSE) => {
  if (message === CLOSE) {
    void close();
    return;
  }
  usedAt = Date.now();
  void answer(message).then((given) => parentPort?.postMessage(given, [given.document.buffer]));
});
