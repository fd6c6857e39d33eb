import { register } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';

/**
 * Preloaded into the API's process: does there what a test cannot do from outside. It answers over the process's
 * channel, `{ id, command, ...arguments }` with `{ id, result }`.
 */
const plants = JSON.parse(process.env.FAULTS_PLANTS ?? '[]');
if (plants.length > 0) register('./plant-hooks.mjs', import.meta.url, { data: plants });

let lostShare = 0;
let pushes;

/**
 * Keeps a share of what goes out to clients unasked from ever leaving, as a broken line between processes would. The
 * digest is there for just that case, so it is not lost.
 */
async function losePushes(share) {
  lostShare = share;
  if (pushes) return;
  const url = pathToFileURL(join(dirname(process.argv[1]), 'core/realtime/broadcaster.js')).href;
  const { Broadcaster } = await import(url);
  pushes = Broadcaster.prototype.toUsers;
  Broadcaster.prototype.toUsers = function (users, event, fact) {
    if (event === 'heads' || Math.random() >= lostShare) pushes.call(this, users, event, fact);
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

/** Bytes in use after a full collection. */
function memory() {
  for (let round = 0; round < 3; round++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const commands = {
  block: ({ ms }) => blockEventLoop(ms),
  clock: ({ ms }) => moveClock(ms),
  losePushes: ({ share }) => losePushes(share),
  memory: () => memory(),
};

if (isMainThread && process.send) {
  process.on('unhandledRejection', (reason) => {
    process.stderr.write(`Unhandled rejection: ${reason?.stack ?? reason}\n`);
  });
  process.on('message', ({ id, command, ...args }) => {
    Promise.resolve(commands[command](args)).then((result) => process.send({ id, result }));
  });
  // The channel alone keeps nothing alive.
  process.channel.unref();
}
