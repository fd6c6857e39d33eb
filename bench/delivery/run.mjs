import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { main } from '../../scripts/workspace.mjs';
import { ensureBuilt, ensureInstalled } from '../../scripts/workspace.mjs';
import { closedLoop, openLoop } from './loops.mjs';
import { pages } from './pages.mjs';
import { table } from './report.mjs';
import { startApi, startRelay } from './servers.mjs';
import { connectStorm, idleMemory } from './sockets.mjs';

/**
 * `npm run bench:delivery`: what delivery costs, with a bare Socket.IO relay in the same run as the floor. Names on the
 * command line choose parts: closed, open, idle, storm, pages. `--runs 1` for a first look, `--json FILE` for the numbers.
 */
const { values: options, positionals: chosen } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, json: { type: 'string' } },
});
const RUNS = Number(options.runs);
const say = (text) => process.stderr.write(`\r\x1b[K${text}`);

/** A fresh server for each measurement: none inherits another's garbage. */
async function on(start, work) {
  const server = await start();
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

const onBoth = async (work) => ({ api: await on(startApi, work), relay: await on(startRelay, work) });

const parts = {
  async closed() {
    const both = {};
    for (const window of [1, 8]) {
      both[window] = await onBoth((server) => closedLoop(server, window));
    }
    return both;
  },
  async open() {
    const byRate = {};
    for (const rate of [200, 1_000, 3_000]) byRate[rate] = await on(startApi, (server) => openLoop(server, rate));
    return byRate;
  },
  idle: () => onBoth((server) => idleMemory(server, [1_000, 5_000, 10_000])),
  storm: () => onBoth((server) => connectStorm(server, 2_000)),
  pages: () => on(startApi, (server) => pages(server, [1_000, 10_000, 100_000], say)),
};

await main(async () => {
  await ensureInstalled();
  await ensureBuilt(['contracts', 'embedded-mongo', 'api']);
  const names = Object.keys(parts).filter((name) => chosen.length === 0 || chosen.includes(name));
  const results = {};
  for (let run = 1; run <= RUNS; run++) {
    for (const name of names) {
      say(`run ${run} of ${RUNS}: ${name}`);
      (results[name] ??= []).push(await parts[name]());
    }
  }
  say('');
  const report = {
    at: new Date().toISOString(),
    machine: `${cpus().length} cores (${cpus()[0].model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`,
    runs: RUNS,
    results,
  };
  process.stdout.write(table(report));
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, withoutLatencies, 2)}\n`);
});

const withoutLatencies = (key, value) => (key === 'latencies' ? undefined : value);
