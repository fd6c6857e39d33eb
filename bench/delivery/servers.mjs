import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverNode } from '../../scripts/server-node.mjs';
import { cpuSeconds, memory } from '../processes.mjs';

const START_TIMEOUT_MS = 30_000;
const api = fileURLToPath(new URL('../../api/dist/main.js', import.meta.url));
const relay = fileURLToPath(new URL('./relay.mjs', import.meta.url));

/** Limits are raised by their variables; every check stays in the path. */
const SETTINGS = {
  NODE_ENV: 'development',
  HOST: '127.0.0.1',
  PORT: '0',
  BCRYPT_COST: '4',
  LOG_LEVEL: 'error',
  ACCESS_TOKEN_SECRET: 'sample secret of the bench, forty letters',
  PASSWORD_PEPPER: 'sample pepper of the bench, forty letters',
  COOKIE_SECRET: 'sample cookie secret, forty letters of it',
  METRICS_TOKEN: 'sample token of the bench, forty letters.',
  ACCESS_TOKEN_SECONDS: '3600',
  HTTP_REQUESTS_PER_10_SECONDS: '1000000',
  SOCKET_EVENTS_PER_SECOND: '1000000',
  SOCKET_EVENTS_BURST: '1000000',
  SOCKET_SENDS_PER_SECOND: '1000000',
  SOCKET_SENDS_BURST: '1000000',
  SOCKETS_PER_USER: '100000',
  SOCKETS_PER_ADDRESS: '100000',
};

async function start(name, args, env) {
  const child = spawn(process.execPath, [...serverNode.args, ...args], {
    env: { ...process.env, ...serverNode.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} was not ready in time.`)), START_TIMEOUT_MS);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}.`)));
    child.stdout.on('data', (chunk) => {
      const ready = /ready at (http:\/\/[\d.:]+)/.exec(chunk.toString());
      if (!ready) return;
      clearTimeout(timer);
      resolve(ready[1]);
    });
  });
  return {
    name,
    url,
    /** CPU seconds so far, of all threads: the embedded store is one of them. */
    cpu: () => cpuSeconds(child.pid),
    /** Resident bytes, mapped files aside. */
    memory: () => memory(child.pid).own,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** The API with its embedded store, as it is built, on data of its own: a copy of the folder `from`, if it is given. */
export async function startApi({ args = [], from } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'parlance-bench-'));
  if (from) cpSync(from, dataDir, { recursive: true });
  const server = await start('Parlance', [...args, api], { ...SETTINGS, DATA_DIR: dataDir });
  return {
    ...server,
    /** A metric's value, summed over its labels. */
    async metric(name) {
      const headers = { authorization: `Bearer ${SETTINGS.METRICS_TOKEN}` };
      const text = await (await fetch(`${server.url}/metrics`, { headers })).text();
      const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
    /** `keep` may take the data before they are removed. */
    async stop(keep = () => undefined) {
      await server.stop();
      keep(dataDir);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export const startRelay = () => start('bare Socket.IO relay', [relay], {});
