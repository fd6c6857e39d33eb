import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { serverNode } from '../scripts/server-node.mjs';
import { root, run } from '../scripts/workspace.mjs';

const MEBIBYTE = 1024 * 1024;

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

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
  const child = spawn(process.execPath, [...serverNode.args, join(folder, 'scripts/start.mjs')], {
    cwd: folder,
    env: {
      ...process.env,
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataDir,
      ...serverNode.env,
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

/**
 * What it costs to begin. Installs and builds a copy of the repository from nothing, starts the server `runs` times, and
 * opens the first screen as often in a browser with an empty cache. Nothing leaves this machine but the installation of
 * packages.
 */
export async function measure({ runs, progress }) {
  const times = Array.from({ length: runs }, (_, index) => index + 1);
  const startOf = (number) => `start ${number} of ${runs}`;
  const paintOf = (number) => `first screen ${number} of ${runs}`;
  progress.plan([
    ['copying the repository', 1],
    ['installing', 25],
    ['building', 65],
    ...times.map((number) => [startOf(number), 2]),
    ...times.map((number) => [paintOf(number), 2]),
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'parlance-bench-'));
  const dataDir = mkdtempSync(join(tmpdir(), 'parlance-bench-data-'));
  try {
    const left = new Set(['node_modules', 'dist', '.git', '.angular', 'data', 'test-results']);
    await progress.step('copying the repository', () =>
      cpSync(root, folder, { recursive: true, filter: (path) => !left.has(path.split('/').at(-1)) }),
    );
    const install = await progress.step('installing', () =>
      seconds(() => run('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: folder, quiet: true })),
    );
    const installed = sizeOf(join(folder, 'node_modules'));
    const build = await progress.step('building', () =>
      seconds(() => run(process.execPath, ['scripts/build.mjs'], { cwd: folder, quiet: true })),
    );

    const starts = [];
    for (const number of times) {
      const server = await progress.step(startOf(number), () => start(folder, dataDir));
      starts.push(server.readyMs);
      await server.stop();
    }

    const server = await start(folder, dataDir);
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
    });
    const paints = [];
    for (const number of times) {
      paints.push(await progress.step(paintOf(number), () => paint(browser, server.address)));
    }
    await browser.close();
    const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]);
    await server.stop();

    const paintMs = paints.map((one) => one.paintMs);
    return {
      runs,
      installSeconds: install,
      installedMebibytes: installed / MEBIBYTE,
      buildSeconds: build,
      readyMs: { median: median(starts), all: starts },
      residentMebibytes: resident / 1024,
      firstPaintMs: { median: median(paintMs), all: paintMs },
      scriptKilobytes: median(paints.map(({ bytes }) => bytes)) / 1000,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The results as text. */
export function table(results) {
  const rows = [
    ['install', `${results.installSeconds.toFixed(1)} s`],
    ['installed', `${results.installedMebibytes.toFixed(0)} MiB`],
    ['build', `${results.buildSeconds.toFixed(1)} s`],
    [`ready after start, median of ${results.runs}`, `${results.readyMs.median.toFixed(0)} ms`],
    ['resident when ready', `${results.residentMebibytes.toFixed(0)} MiB`],
    [`first contentful paint, median of ${results.runs}`, `${results.firstPaintMs.median.toFixed(0)} ms`],
    ['script for the first screen, compressed', `${results.scriptKilobytes.toFixed(1)} kB`],
  ];
  return `${rows.map(([what, value]) => `${what.padEnd(44)}${value.padStart(10)}`).join('\n')}\n`;
}
