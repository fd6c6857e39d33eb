import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { casesOf, driven, fill, SIZES, undriven } from './cases.mjs';
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

const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/**
 * The embedded store beside PostgreSQL 15, on the same machine and disk, in turns; each with its driver, and alone with
 * requests that were made beforehand. `quick` means fewer operations and no 10⁶ documents.
 */
export async function measure({ runs, quick, progress }) {
  const { m6, ...small } = SIZES;
  const sizes = quick ? small : { ...small, m6 };
  const cases = casesOf(quick ? 0.2 : 1, sizes);
  const folders = [mkdtempSync(join(tmpdir(), 'parlance-bench-')), mkdtempSync(join(tmpdir(), 'parlance-bench-'))];
  const sides = [];
  const lines = new Map();
  const closeLines = () => [...lines.values()].flat().forEach((line) => line.close());
  const ways = { 'with its driver': driven, alone: (side, one) => undriven(side, lines.get(side), one) };
  try {
    sides.push(await startEmbedded(folders[0]));
    if (hasPostgres()) sides.push(await startPostgres());
    else
      process.stderr.write(
        'PostgreSQL 15 is not installed (Debian: apt install postgresql-15): the store is measured alone.\n',
      );
    // Round 0 is not counted: programs are compiled and statements planned in it.
    const rounds = Array.from({ length: runs + 1 }, (_, index) => index);
    const titleOf = ({ round, name, way, side }) => `round ${round} of ${runs}, ${name}, ${side.name} ${way}`;
    const steps = rounds.flatMap((round) =>
      Object.entries(cases).flatMap(([name, one]) =>
        Object.keys(ways).flatMap((way) =>
          // Neither side is always the one that comes after the other.
          (round % 2 === 0 ? sides : [...sides].reverse()).map((side) => ({ round, name, one, way, side })),
        ),
      ),
    );
    progress.plan([
      ['filling', quick ? 15 : 120],
      ...steps.map((step) => [titleOf(step), quick ? 0.3 : 1.2]),
      ['openings', 20],
    ]);
    await progress.step('filling', async () => {
      for (const side of sides) await fill(side, sizes, (detail) => progress.say(detail));
      for (const side of sides) lines.set(side, await side.frames.open(64, ['inserts', ...Object.keys(sizes)]));
    });
    const results = {};
    for (const step of steps) {
      const { round, name, one, way, side } = step;
      const measured = await progress.step(titleOf(step), () => ways[way](side, one));
      if (round > 0) (((results[name] ??= {})[way] ??= {})[side.name] ??= []).push(measured);
    }
    const medians = mapped(results, (byWay) => mapped(byWay, (bySide) => mapped(bySide, medianCost)));
    closeLines();
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
    closeLines();
    for (const side of sides) {
      await side.stop();
      if (side.folder) rmSync(side.folder, { recursive: true, force: true });
    }
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}
