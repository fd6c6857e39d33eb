import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { casesOf, driven, fill, SIZES, undriven } from './cases.mjs';
import { startEmbedded } from './embedded.mjs';
import { median, medianCost, repeat } from './measure.mjs';
import { hasPostgres, startPostgres } from './postgres.mjs';
import { memory } from '../processes.mjs';
import { conversation } from './documents.mjs';
import { barsOf, table } from './report.mjs';

/**
 * `npm run bench:store`: the embedded store beside PostgreSQL 15, on the same machine and disk, in turns; each with its
 * driver, and alone with requests that were made beforehand. With `--no-million` it leaves out what needs 10⁶ documents,
 * with `--quick` it makes fewer operations too, with `--json FILE` it writes the numbers there.
 */
const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, 'no-million': { type: 'boolean' }, json: { type: 'string' } },
});
const ROUNDS = options.quick ? 3 : 5;
const SCALE = options.quick ? 0.2 : 1;
const { m6, ...small } = SIZES;
const sizes = options.quick || options['no-million'] ? small : { ...small, m6 };

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
const lines = new Map();
const closeLines = () => [...lines.values()].flat().forEach((line) => line.close());
try {
  sides.push(await startEmbedded(folders[0]));
  if (hasPostgres()) sides.push(await startPostgres());
  else
    process.stderr.write(
      'PostgreSQL 15 is not installed (Debian: apt install postgresql-15): the store is measured alone.\n',
    );
  for (const side of sides) await fill(side, sizes, say);
  for (const side of sides) lines.set(side, await side.frames.open(64, ['inserts', ...Object.keys(sizes)]));
  const ways = { 'with its driver': driven, alone: (side, one) => undriven(side, lines.get(side), one) };
  const cases = casesOf(SCALE, sizes);
  const results = {};
  // Round 0 is not counted: programs are compiled and statements planned in it.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, one] of Object.entries(cases)) {
      for (const [way, measure] of Object.entries(ways)) {
        // Neither side is always the one that comes after the other.
        for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
          say(`round ${round} of ${ROUNDS}: ${name}, ${side.name} ${way}`);
          const measured = await measure(side, one);
          if (round > 0) (((results[name] ??= {})[way] ??= {})[side.name] ??= []).push(measured);
        }
      }
    }
  }
  const mapped = (object, change) =>
    Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
  const medians = mapped(results, (byWay) => mapped(byWay, (bySide) => mapped(bySide, medianCost)));
  closeLines();
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
  closeLines();
  for (const side of sides) {
    await side.stop();
    if (side.folder) rmSync(side.folder, { recursive: true, force: true });
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
