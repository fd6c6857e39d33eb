import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { main, root, run } from '../scripts/workspace.mjs';

/**
 * `npm run bench`: what it costs to begin. Installs and builds a copy of the repository from nothing, starts the server
 * several times, and opens the first screen in a browser with an empty cache. Prints a table; with `--json FILE` writes
 * the numbers too. Nothing leaves this machine but the installation of packages.
 */
const STARTS = 5;
const PAINTS = 5;
const MEBIBYTE = 1024 * 1024;

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const say = (text) => process.stderr.write(`${text}\n`);

async function seconds(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** Bytes on disk, each file counted as it is. */
function sizeOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sum + sizeOf(path);
    return entry.isFile() ? sum + statSync(path).size : sum;
  }, 0);
}

/** Starts the built server; answers its address, how long it took, and the memory it holds then. */
async function start(folder, dataDir) {
  const began = performance.now();
  const child = spawn(process.execPath, [join(folder, 'scripts/start.mjs')], {
    cwd: folder,
    env: {
      ...process.env,
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataDir,
      UV_THREADPOOL_SIZE: '16',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const address = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const ready = /ready at (http:\S+)/.exec(output);
      if (ready) resolve(ready[1]);
    });
    child.once('exit', () => reject(new Error(`The server ended:\n${output}`)));
  });
  const readyMs = performance.now() - began;
  const stop = async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  return { address, readyMs, pid: child.pid, stop };
}

/** First contentful paint of the sign-in screen with an empty cache, and the bytes of script that came for it. */
async function paint(browser, address) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  await network.send('Network.enable');
  const scripts = new Set();
  let bytes = 0;
  network.on('Network.responseReceived', ({ requestId, type }) => type === 'Script' && scripts.add(requestId));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await page.goto(address, { waitUntil: 'networkidle' });
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  const paintMs = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
  await context.close();
  return { paintMs, bytes };
}

await main(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-bench-'));
  const dataDir = mkdtempSync(join(tmpdir(), 'parlance-bench-data-'));
  try {
    say('Copying the repository …');
    const left = new Set(['node_modules', 'dist', '.git', '.angular', 'data', 'test-results']);
    cpSync(root, folder, { recursive: true, filter: (path) => !left.has(path.split('/').at(-1)) });

    say('Installing …');
    const install = await seconds(() =>
      run('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: folder, quiet: true }),
    );
    const installed = sizeOf(join(folder, 'node_modules'));
    say('Building …');
    const build = await seconds(() => run(process.execPath, ['scripts/build.mjs'], { cwd: folder, quiet: true }));

    const starts = [];
    for (let number = 1; number <= STARTS; number += 1) {
      say(`Starting, ${number} of ${STARTS} …`);
      const server = await start(folder, dataDir);
      starts.push(server.readyMs);
      await server.stop();
    }

    const server = await start(folder, dataDir);
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
    });
    const paints = [];
    for (let number = 1; number <= PAINTS; number += 1) {
      say(`Opening the first screen, ${number} of ${PAINTS} …`);
      paints.push(await paint(browser, server.address));
    }
    await browser.close();
    const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]);
    await server.stop();

    const results = {
      machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Linux ${release()}, Node ${process.version}`,
      installSeconds: install,
      installedMebibytes: installed / MEBIBYTE,
      buildSeconds: build,
      readyMs: { median: median(starts), all: starts },
      residentMebibytes: resident / 1024,
      firstPaintMs: { median: median(paints.map(({ paintMs }) => paintMs)), all: paints.map(({ paintMs }) => paintMs) },
      scriptKilobytes: median(paints.map(({ bytes }) => bytes)) / 1000,
    };
    console.table({
      'install (s)': results.installSeconds.toFixed(1),
      'installed (MiB)': results.installedMebibytes.toFixed(0),
      'build (s)': results.buildSeconds.toFixed(1),
      'ready after start, median of 5 (ms)': results.readyMs.median.toFixed(0),
      'resident when ready (MiB)': results.residentMebibytes.toFixed(0),
      'first contentful paint, median of 5 (ms)': results.firstPaintMs.median.toFixed(0),
      'script for the first screen, compressed (kB)': results.scriptKilobytes.toFixed(1),
    });
    const json = process.argv.indexOf('--json');
    if (json > 0) writeFileSync(process.argv[json + 1], `${JSON.stringify(results, undefined, 2)}\n`);
    else say(JSON.stringify(results));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(dataDir, { recursive: true, force: true });
  }
});
