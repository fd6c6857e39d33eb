import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Database, RootDatabase } from 'lmdb';
import mongoose from 'mongoose';
import { afterEach, beforeEach, expect } from 'vitest';
import { startEmbeddedMongo } from '../../dist/index.js';
import { check, type CheckReport } from '../../dist/tools/index.js';
import { temporaryFolder } from '../temporary.js';

const lmdb = new URL('../../../../node_modules/lmdb/node-index.js', import.meta.url).href;
const { open } = (await import(lmdb)) as typeof import('lmdb');

export type Client = InstanceType<typeof mongoose.mongo.MongoClient>;

/** A folder for each test, removed with the processes that the test started. */
export function folderForTest(): { readonly path: string; start(script: string, ...args: string[]): Promise<Started> } {
  let path = '';
  let children: ChildProcess[] = [];
  beforeEach(() => {
    path = temporaryFolder();
  });
  afterEach(async () => {
    for (const child of children) await killed(child);
    children = [];
    rmSync(path, { recursive: true, force: true });
  });
  return {
    get path() {
      return path;
    },
    async start(script, ...args) {
      const file = fileURLToPath(new URL(script, import.meta.url));
      const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      const lines = createInterface({ input: child.stdout });
      const ended = once(lines, 'close').then(() => [undefined]);
      const [first] = (await Promise.race([once(lines, 'line'), ended])) as [string | undefined];
      if (first === undefined) throw new Error(`${script} ended before it printed a line`);
      const started: Started = { child, pid: child.pid ?? 0, first, last: first, lines };
      lines.on('line', (line) => (started.last = line));
      return started;
    },
  };
}

/** A process that prints lines. */
export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly first: string;
  last: string;
  readonly lines: ReturnType<typeof createInterface>;
}

/** Kills a process and waits until it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Serves a folder for as long as the work takes. */
export async function serve<T>(folder: string, work: (client: Client, uri: string) => Promise<T>): Promise<T> {
  const server = await startEmbeddedMongo({ dataDir: folder });
  const client = await new mongoose.mongo.MongoClient(server.uri).connect();
  try {
    return await work(client, server.uri);
  } finally {
    await client.close();
    await server.close();
  }
}

export type Table = Database<Buffer, Buffer>;

/** The tables of a data file that nobody serves, to be written behind the store's back. */
export async function behindItsBack(folder: string, work: (table: (name: string) => Table) => void): Promise<void> {
  const binary = { keyEncoding: 'binary', encoding: 'binary' } as const;
  const root: RootDatabase<Buffer, Buffer> = open({ path: join(folder, 'data.mdb'), maxDbs: 8, ...binary });
  root.transactionSync(() => work((name) => root.openDB({ name, ...binary })));
  await root.close();
}

/** What a check finds, as lines. */
export async function findings(dataDir: string): Promise<{ report: CheckReport; lines: string[] }> {
  const lines: string[] = [];
  const report = await check({ dataDir, onDisagreement: ({ where, what }) => lines.push(`${where}: ${what}`) });
  return { report, lines };
}

/** Waits until nothing is left of what was dropped, and looks whether everything agrees. */
export async function expectOrder(dataDir: string): Promise<void> {
  for (;;) {
    const { report, lines } = await findings(dataDir);
    expect(lines).toEqual([]);
    if (report.notes.length === 0) return;
  }
}
