import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { casesOf, fill, SIZES } from './cases.mjs';
import { startEmbedded } from './embedded.mjs';
import { median, medianCost, repeat } from './measure.mjs';
import { hasPostgres, startPostgres } from './postgres.mjs';
import { memory } from '../processes.mjs';
import { conversation } from './documents.mjs';
import { barsOf, table } from './report.mjs';

/**
 * `npm run bench:store`: the embedded store beside PostgreSQL 15, on the same machine and disk, in turns. With `--quick`
 * fewer operations and no 10⁶ documents, with `--json FILE` the numbers too.
 */
const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'string' } } });
const ROUNDS = options.quick ? 3 : 5;
const SCALE = options.quick ? 0.2 : 1;
const { m6, ...small } = SIZES;
const sizes = options.quick ? small : { ...small, m6 };

const say = (text) => process.stderr.write(`\r\x1b[K${text}`);

/** Pages are read, so that what a server keeps of them is counted. */
async function warm(side, name) {
  await repeat(500, 8, (i) => side.page(name, conversation(i % 10), 500));
}

async function openings(folder, name) {
  const seconds = [];
  let used;
  for (let i = 0; i < 5; i++) {
    const side = await startEmbedded(folder, 8);
    seconds.push(side.seconds);
    await warm(side, name);
    used = memory(side.pid);
    await side.stop();
  }
  return { seconds: median(seconds), memory: used };
}

const folders = [mkdtempSync(join(tmpdir(), 'parlance-bench-')), mkdtempSync(join(tmpdir(), 'parlance-bench-'))];
const sides = [];
try {
  sides.push(await startEmbedded(folders[0]));
  if (hasPostgres()) sides.push(await startPostgres());
  else
    process.stderr.write(
      'PostgreSQL 15 is not installed (Debian: apt install postgresql-15): the store is measured alone.\n',
    );
  for (const side of sides) await fill(side, sizes, say);
  const cases = casesOf(SCALE, sizes);
  const results = Object.fromEntries(Object.keys(cases).map((name) => [name, {}]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, measure] of Object.entries(cases)) {
      // Neither side is always the one that comes after the other.
      for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
        say(`round ${round + 1} of ${ROUNDS}: ${name}, ${side.name}`);
        (results[name][side.name] ??= []).push(await measure(side));
      }
    }
  }
  const medians = Object.fromEntries(
    Object.entries(results).map(([name, bySide]) => [
      name,
      Object.fromEntries(Object.entries(bySide).map(([side, costs]) => [side, medianCost(costs)])),
    ]),
  );
  await sides.shift().stop();
  say('openings');
  const largest = sizes.m6 ? 'm6' : 'm5';
  const large = await openings(folders[0], largest);
  const little = await startEmbedded(folders[1], 8);
  await fill(little, { m4: SIZES.m4 }, () => undefined);
  await little.stop();
  const opened = { large, small: await openings(folders[1], 'm4') };
  say('');
  const report = {
    at: new Date().toISOString(),
    machine: `${cpus().length} cores (${cpus()[0].model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`,
    rounds: ROUNDS,
    medians,
    openings: opened,
    bars: barsOf(medians, opened),
  };
  process.stdout.write(table(report));
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
} finally {
  for (const side of sides) {
    await side.stop();
    if (side.folder) rmSync(side.folder, { recursive: true, force: true });
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
