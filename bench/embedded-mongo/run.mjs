import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { casesOf, fill, SIZES } from './cases.mjs';
import { startEmbedded } from './embedded.mjs';
import { median, medianCost, repeat } from './measure.mjs';
import { hasPostgres, startPostgres } from './postgres.mjs';
import { memory } from '../processes.mjs';
import { conversation } from './documents.mjs';
import { barsOf } from './report.mjs';

export { table } from './report.mjs';

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

/**
 * The embedded store beside PostgreSQL 15, on the same machine and disk, in turns. `quick` means fewer operations and no
 * 10⁶ documents.
 */
export async function measure({ runs, quick, progress }) {
  const { m6, ...small } = SIZES;
  const sizes = quick ? small : { ...small, m6 };
  const cases = casesOf(quick ? 0.2 : 1, sizes);
  const folders = [mkdtempSync(join(tmpdir(), 'parlance-bench-')), mkdtempSync(join(tmpdir(), 'parlance-bench-'))];
  const sides = [];
  const say = (detail) => progress.say(detail);
  try {
    sides.push(await startEmbedded(folders[0]));
    if (hasPostgres()) sides.push(await startPostgres());
    else
      process.stderr.write(
        'PostgreSQL 15 is not installed (Debian: apt install postgresql-15): the store is measured alone.\n',
      );
    const rounds = Array.from({ length: runs }, (_, index) => index + 1);
    const titleOf = (round, name, side) => `round ${round} of ${runs}, ${name}, ${side.name}`;
    const steps = rounds.flatMap((round) =>
      Object.entries(cases).flatMap(([name, work]) =>
        // Neither side is always the one that comes after the other.
        (round % 2 === 1 ? sides : [...sides].reverse()).map((side) => ({ round, name, work, side })),
      ),
    );
    progress.plan([
      ['filling', quick ? 15 : 120],
      ...steps.map(({ round, name, side }) => [titleOf(round, name, side), quick ? 0.3 : 1.2]),
      ['openings', 20],
    ]);
    await progress.step('filling', async () => {
      for (const side of sides) await fill(side, sizes, say);
    });
    const results = Object.fromEntries(Object.keys(cases).map((name) => [name, {}]));
    for (const { round, name, work, side } of steps) {
      const cost = await progress.step(titleOf(round, name, side), () => work(side));
      (results[name][side.name] ??= []).push(cost);
    }
    const medians = Object.fromEntries(
      Object.entries(results).map(([name, bySide]) => [
        name,
        Object.fromEntries(Object.entries(bySide).map(([side, costs]) => [side, medianCost(costs)])),
      ]),
    );
    await sides.shift().stop();
    const opened = await progress.step('openings', async () => {
      const large = await openings(folders[0], sizes.m6 ? 'm6' : 'm5');
      const little = await startEmbedded(folders[1], 8);
      await fill(little, { m4: SIZES.m4 }, () => undefined);
      await little.stop();
      return { large, small: await openings(folders[1], 'm4') };
    });
    return { rounds: runs, medians, openings: opened, bars: barsOf(medians, opened) };
  } finally {
    for (const side of sides) {
      await side.stop();
      if (side.folder) rmSync(side.folder, { recursive: true, force: true });
    }
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}
