import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, main, root, StepFailed } from '../scripts/workspace.mjs';
import { Progress } from './progress.mjs';

/**
 * `npm run bench`: what delivery costs. `npm run bench -- store` measures the embedded store beside PostgreSQL, `waits` how
 * long others wait while it does what takes long, `first-light` what it costs to begin. Names behind `delivery` choose its parts: closed, open, idle, storm, pages.
 *
 * `--runs 1` for a first look, `--quick` for a smaller `store`. The numbers go to `data/bench/`, or to `--json FILE`.
 */
const benches = {
  delivery: { load: () => import('./delivery/run.mjs'), builds: ['contracts', 'embedded-mongo', 'api'] },
  store: { load: () => import('./embedded-mongo/run.mjs'), builds: ['embedded-mongo'] },
  waits: { load: () => import('./embedded-mongo/waits.mjs'), builds: ['embedded-mongo'] },
  'first-light': { load: () => import('./first-light.mjs'), builds: [] },
};

function chosen() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '5' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const [name = 'delivery', ...parts] = positionals;
  if (!(name in benches)) throw new StepFailed(`There is no bench "${name}", only ${Object.keys(benches).join(', ')}.`);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new StepFailed('--runs takes a whole number from 1.');
  return { name, parts, runs, quick: values.quick, json: values.json };
}

await main(async () => {
  const { name, json, ...options } = chosen();
  const { load, builds } = benches[name];
  await ensureInstalled();
  await ensureBuilt(builds);
  const { measure, table } = await load();
  const at = new Date().toISOString();
  const progress = new Progress();
  const results = await measure({ ...options, progress });
  progress.end();
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const machine = `${cpus().length} cores (${cpu?.model ?? 'unknown'}), ${memory}, Linux ${release()}, Node ${process.version}`;
  process.stdout.write(`${machine}\n\n${table(results)}`);

  const file = json ?? join(root, 'data', 'bench', `${name}-${at.replaceAll(':', '-')}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ bench: name, at, machine, ...results }, undefined, 2)}\n`);
  process.stdout.write(`\nThe numbers stand in ${json ?? relative(root, file)}\n`);
});
