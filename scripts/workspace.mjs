import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `npm start` and `npm test` share: install what is missing, build what has changed. */

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A step that failed; its output has been shown already, so only the sentence is left to say. */
export class StepFailed extends Error {}

/** Stops with a plain sentence when this Node cannot run Parlance. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new StepFailed(`Parlance needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
  }
}

/**
 * Runs a command in the repository. `quiet` keeps its output back and shows it only when the command fails.
 * SIGTERM and SIGINT end the command first and then this process.
 */
export function run(command, args, { quiet = false, env = {}, cwd = root, allowFailure = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    let stoppedBy;
    const stop = (signal) => {
      stoppedBy = signal;
      child.kill('SIGTERM');
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    const done = () => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
    };
    child.on('error', (error) => {
      done();
      reject(new StepFailed(`${command} could not be started: ${error.message}`));
    });
    child.on('close', (code) => {
      done();
      if (stoppedBy) process.exit(stoppedBy === 'SIGINT' ? 130 : 143);
      if (code === 0 || allowFailure) return resolve(code ?? 1);
      if (quiet) process.stderr.write(Buffer.concat(output));
      reject(new StepFailed(`"${[command, ...args].join(' ')}" failed with exit code ${code}.`));
    });
  });
}

/** Says what is being done and how long it took. */
export async function step(title, work) {
  const started = Date.now();
  process.stdout.write(`${title} …\n`);
  const result = await work();
  process.stdout.write(`${title}: done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}

/** Content hash of files and folders; what a build made itself does not count. */
function hashOf(paths) {
  const hash = createHash('sha256');
  const skipped = new Set(['node_modules', 'dist', 'coverage', '.angular', 'data']);
  const add = (path) => {
    hash.update(relative(root, path));
    hash.update(readFileSync(path));
  };
  const walk = (path) => {
    if (!existsSync(path)) return;
    let entries;
    try {
      entries = readdirSync(path, { withFileTypes: true });
    } catch {
      return add(path);
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (skipped.has(entry.name)) continue;
      const child = join(path, entry.name);
      if (entry.isDirectory()) walk(child);
      else if (entry.isFile()) add(child);
    }
  };
  for (const path of paths) walk(join(root, path));
  return hash.digest('hex');
}

/** Stamps stand in node_modules, so that a fresh install also means a fresh build. */
const stampFile = (name) => join(root, 'node_modules', '.cache', 'parlance', name);

function isStamped(name, hash) {
  const file = stampFile(name);
  return existsSync(file) && readFileSync(file, 'utf8') === hash;
}

function stamp(name, hash) {
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), hash);
}

/** `npm ci` when the packages are missing or the lock file has changed since. Install scripts are never run. */
export async function ensureInstalled() {
  const hash = hashOf(['package.json', 'package-lock.json', 'api/package.json', 'web/package.json']);
  if (existsSync(join(root, 'node_modules', '.package-lock.json')) && isStamped('install', hash)) return;
  await step('Installing packages (a minute or two the first time)', () =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']),
  );
  stamp('install', hash);
}

const npx = (args, options) =>
  run(join(root, 'node_modules', '.bin', args[0]), args.slice(1), { quiet: true, ...options });

/** What is built, from what, into what; a later one stands on the earlier ones. */
const builds = [
  {
    name: 'contracts',
    title: 'Building the contract',
    sources: ['libs/contracts'],
    result: 'libs/contracts/dist/index.js',
    build: () => npx(['tsc', '-p', 'libs/contracts/tsconfig.json']),
  },
  {
    name: 'embedded-mongo',
    title: 'Building the embedded store',
    sources: ['libs/embedded-mongo'],
    result: 'libs/embedded-mongo/dist/index.js',
    build: () => npx(['tsc', '-p', 'libs/embedded-mongo/tsconfig.json']),
  },
  {
    name: 'api',
    title: 'Building the API',
    sources: ['api', 'nest-cli.json', 'libs/contracts'],
    result: 'api/dist/main.js',
    build: () => npx(['nest', 'build', '--config', '../nest-cli.json'], { cwd: join(root, 'api') }),
  },
  {
    name: 'web',
    title: 'Building the client',
    sources: ['web', 'angular.json', 'libs/contracts'],
    result: 'web/dist/web/browser/index.html',
    build: () => npx(['ng', 'build', 'web', '--no-progress'], { env: { NG_CLI_ANALYTICS: 'false' } }),
  },
];

/** Builds whatever has changed since it was last built; nothing at all on a second start. */
export async function ensureBuilt(names = builds.map((build) => build.name)) {
  for (const { name, title, sources, result, build } of builds) {
    if (!names.includes(name)) continue;
    const hash = hashOf([...sources, 'package-lock.json', 'tsconfig.base.json']);
    if (existsSync(join(root, result)) && isStamped(name, hash)) continue;
    await step(title, build);
    stamp(name, hash);
  }
}

/** Runs a script's main function; a failed step ends it with its sentence, anything else with its stack. */
export async function main(work) {
  try {
    requireNode();
    process.chdir(root);
    await work();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}
