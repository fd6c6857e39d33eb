import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BroadcastChannel, isMainThread, workerData } from 'node:worker_threads';
import { mulberry32 } from './mulberry32.mjs';

/**
 * Preloaded into the API's process: does there what a test cannot do from outside. It answers over the process's
 * channel, `{ id, command, ...arguments }` with `{ id, result }`.
 */
const plants = JSON.parse(process.env.FAULTS_PLANTS ?? '[]');
if (plants.length > 0) register('./plant-hooks.mjs', import.meta.url, { data: plants });

let lostShare = 0;
let chance;
let pushes;

/**
 * Keeps a share of what goes out to clients unasked from ever leaving, as a broken line between processes would. The
 * digest is there for just that case, so it is not lost.
 */
async function losePushes(share, seed) {
  lostShare = share;
  chance = mulberry32(seed);
  if (pushes) return;
  const url = pathToFileURL(join(dirname(process.argv[1]), 'core/realtime/broadcaster.js')).href;
  const { Broadcaster } = await import(url);
  pushes = Broadcaster.prototype.toUsers;
  Broadcaster.prototype.toUsers = function (users, event, fact) {
    if (event === 'heads' || chance() >= lostShare) pushes.call(this, users, event, fact);
  };
}

/** Moves this thread's clock; timers go on as before. */
function moveClock(ms) {
  const Real = globalThis.Date;
  globalThis.Date = class extends Real {
    constructor(...args) {
      if (args.length === 0) super(Real.now() + ms);
      else super(...args);
    }
    static now() {
      return Real.now() + ms;
    }
  };
}

function blockEventLoop(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Bytes that this thread holds after a full collection. */
function held() {
  for (let round = 0; round < 3; round++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Main thread and the store's worker speak of memory here. */
const threads = new BroadcastChannel('parlance-faults-memory');
threads.unref();

/** Bytes that each thread holds, and what the process has in memory that no file stands behind, after full collections. */
async function memory() {
  const answered = new Promise((resolve) => (threads.onmessage = ({ data }) => resolve(data.held)));
  threads.postMessage('measure');
  const store = await answered;
  const main = held();
  const [, kib] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return { main, store, anonymous: Number(kib) * 1_024 };
}

const commands = {
  block: ({ ms }) => blockEventLoop(ms),
  clock: ({ ms }) => moveClock(ms),
  losePushes: ({ share, seed }) => losePushes(share, seed),
  memory: () => memory(),
};

if (isMainThread && process.send) {
  process.on('unhandledRejection', (reason) => {
    process.stderr.write(`Unhandled rejection: ${reason?.stack ?? reason}\n`);
  });
  process.on('message', ({ id, command, ...args }) => {
    Promise.resolve(commands[command](args)).then((result) => process.send({ id, result }));
  });
  // Whoever has started it is gone.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // The channel alone keeps nothing alive.
  process.channel.unref();
}

// The store's worker is the one that was told how to listen. Its thread for long reads was not, and says nothing: whether
// it runs hangs on how busy the machine is.
if (!isMainThread && workerData?.transport) {
  threads.onmessage = ({ data }) => data === 'measure' && threads.postMessage({ held: held() });
}
