import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import mongoose from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedMongoError, startEmbeddedMongo, type EmbeddedMongo } from '../dist/index.js';
import { failure } from './support.js';
import { temporaryFolder } from './temporary.js';

const { MongoClient } = mongoose.mongo;
let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  child = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** A process of its own that has the folder open and writes into it. */
async function startWriter(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./crash/writer.mjs', import.meta.url));
  const writer = spawn(process.execPath, [script, folder, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  child = writer;
  for await (const line of createInterface({ input: writer.stdout })) if (line === 'ready') break;
  writer.stdout.resume();
  return writer;
}

async function within<T>(
  run: (client: InstanceType<typeof MongoClient>, server: EmbeddedMongo) => Promise<T>,
): Promise<T> {
  const server = await startEmbeddedMongo({ dataDir: folder });
  const client = await new MongoClient(server.uri).connect();
  try {
    return await run(client, server);
  } finally {
    await client.close();
    await server.close();
  }
}

describe('the store', () => {
  it('answers that the disk is full, keeps what it has, and goes on when there is room', async () => {
    const script = fileURLToPath(new URL('./disk-full.mjs', import.meta.url));
    const full = spawn(process.execPath, [script, folder], { stdio: ['pipe', 'pipe', 'pipe'] });
    child = full;
    full.stderr.resume();
    const lines = createInterface({ input: full.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<{ n: number; stored: number; indexed: number; error?: { code: number } }> =>
      JSON.parse((await lines.next()).value as string) as never;
    const first = await next();
    expect(first.error).toMatchObject({ code: 14031, message: expect.stringContaining('no space left') });
    expect(first).toMatchObject({ stored: first.n, indexed: first.n });
    full.stdin.write('again\n');
    expect((await next()).error).toMatchObject({ code: 14031 });
    execFileSync('prlimit', ['--pid', String(full.pid), '--fsize=unlimited']);
    full.stdin.write('again\n');
    expect(await next()).toEqual({ n: first.n + 1, stored: first.n + 1, indexed: first.n + 1 });
    const gone = once(full, 'exit');
    full.stdin.write('end\n');
    expect(await gone).toEqual([0, null]);
  });

  it('ends when a failure of the disk leaves it without its journal, and has everything at the next start', async () => {
    const script = fileURLToPath(new URL('./journal-lost.mjs', import.meta.url));
    const ending = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    child = ending;
    const gone = once(ending, 'exit');
    const told = JSON.parse(await text(ending.stdout)) as unknown;
    expect(told).toEqual({
      message: expect.stringMatching(/stopped unexpectedly: the disk failed .*data\.journal.*ENOENT/),
    });
    expect(await gone).toEqual([0, null]);
    await within(async (client) => expect(await client.db('tests').collection('kept').countDocuments({})).toBe(81));
  });

  it.each([
    ['exit', 3],
    ['throw', 1],
  ])('lets a process end that has not closed it, by %s, and has everything at the next start', async (how, code) => {
    const script = fileURLToPath(new URL('./exits.mjs', import.meta.url));
    const ending = spawn(process.execPath, [script, folder, how], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = ending;
    ending.stderr.resume();
    const gone = once(ending, 'exit');
    const told = await text(ending.stdout);
    expect(await gone).toEqual([code, null]);
    const answered = told.match(/answered/g)?.length;
    await within(async (client) =>
      expect(await client.db('tests').collection('kept').countDocuments({})).toBeGreaterThanOrEqual(answered ?? 200),
    );
  });

  it('refuses a second process and names the first, until that is gone', async () => {
    const holder = await startWriter();
    const error = await failure(startEmbeddedMongo({ dataDir: folder }));
    expect(error).toBeInstanceOf(EmbeddedMongoError);
    expect(error['message']).toContain(`in use by process ${holder.pid}`);
    const gone = once(holder, 'exit');
    holder.kill('SIGKILL');
    await gone;
    await within(async (client) => expect(await client.db('tests').command({ ping: 1 })).toMatchObject({ ok: 1 }));
  });

  it('refuses a second server of the same process, and opens again after it is closed', async () => {
    await within(async (client, server) => {
      await client.db('tests').collection('kept').insertOne({ a: 1 });
      expect(await failure(startEmbeddedMongo({ dataDir: folder }))).toMatchObject({
        message: expect.stringContaining(String(process.pid)),
      });
      await client.close();
      await server.close();
      await server.close();
    });
    await within(async (client) => expect(await client.db('tests').collection('kept').countDocuments({})).toBe(1));
  });

  it('lets only its owner at its files and its socket', async () => {
    await within(async (client, server) => {
      expect(server.uri).toContain(encodeURIComponent(join(folder, 'mongo.sock')));
      for (const file of ['mongo.sock', 'data.mdb', 'data.mdb-lock'])
        expect(statSync(join(folder, file)).mode & 0o777, file).toBe(0o600);
      expect(await client.db('tests').command({ ping: 1 })).toMatchObject({ ok: 1 });
    });
    expect(() => statSync(join(folder, 'mongo.sock'))).toThrow('ENOENT');
  });

  it.skipIf(process.platform === 'win32')('has a place on the disk for every byte of its lock file', async () => {
    // LMDB maps it: where a full disk has none, the process ends with a signal.
    const lock = join(folder, 'data.mdb-lock');
    const holes = (): number => Math.max(0, statSync(lock).size - statSync(lock).blocks * 512);
    await within(async (client) => {
      await client.db('tests').collection('kept').insertOne({ a: 1 });
      expect(holes()).toBe(0);
    });
    for (const sparse of [132 * 1024, 8 * 1024]) {
      truncateSync(lock, 0);
      truncateSync(lock, sparse);
      expect(holes()).toBe(sparse);
      await within(async (client) => {
        expect(holes()).toBe(0);
        expect(await client.db('tests').collection('kept').countDocuments({})).toBe(1);
      });
    }
  });

  it('puts its socket elsewhere when the path of the folder is too long for one', async () => {
    const outer = folder;
    folder = join(outer, 'x'.repeat(60), 'y'.repeat(60));
    await within(async (client, server) => {
      expect(server.uri).not.toContain(encodeURIComponent(folder));
      expect(await client.db('tests').command({ ping: 1 })).toMatchObject({ ok: 1 });
    });
    folder = outer;
  });

  it('listens on the loopback address where there are no Unix sockets', async () => {
    const server = await startEmbeddedMongo({ dataDir: folder, transport: 'tcp' });
    expect(server.uri).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\//);
    const client = await new MongoClient(server.uri).connect();
    expect(await client.db('tests').command({ ping: 1 })).toMatchObject({ ok: 1 });
    await client.close();
    await server.close();
  });

  it('refuses a file that it did not write, or that is cut off, and leaves it as it is', async () => {
    const file = join(folder, 'data.mdb');
    writeFileSync(file, 'this is somebody else’s file '.repeat(1000));
    const before = readFileSync(file);
    expect(await failure(startEmbeddedMongo({ dataDir: folder }))).toMatchObject({
      message: expect.stringContaining('was not written by'),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    rmSync(file);
    await within(async (client) =>
      client
        .db('tests')
        .collection('torn')
        .insertMany(Array.from({ length: 500 }, () => ({ text: 'x'.repeat(500) }))),
    );
    truncateSync(file, statSync(file).size - 100_000);
    const torn = readFileSync(file);
    expect(await failure(startEmbeddedMongo({ dataDir: folder }))).toMatchObject({
      message: expect.stringContaining('is damaged'),
    });
    expect(readFileSync(file).equals(torn)).toBe(true);
  });

  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.stdout.write('Skipped: a folder that cannot be written, since root can write them all.\n');
  it.skipIf(isRoot)('says when the folder cannot be written', async () => {
    mkdirSync(join(folder, 'locked'));
    chmodSync(join(folder, 'locked'), 0o500);
    const error = await failure(startEmbeddedMongo({ dataDir: join(folder, 'locked') }));
    expect(error).toMatchObject({ message: expect.stringContaining('cannot be written (EACCES)') });
  });

  it('takes in what a killed process had in its journal, and refuses when that or the data file is missing', async () => {
    const killed = await startWriter();
    const [file, journal] = [join(folder, 'data.mdb'), join(folder, 'data.journal')];
    const gone = once(killed, 'exit');
    killed.kill('SIGKILL');
    await gone;
    const [data, records] = [readFileSync(file), readFileSync(journal)];
    rmSync(journal);
    expect(await failure(startEmbeddedMongo({ dataDir: folder }))).toMatchObject({
      message: expect.stringContaining('data.journal is missing: the data was not closed in order'),
    });
    expect(readFileSync(file).equals(data)).toBe(true);
    writeFileSync(journal, records);
    for (const empty of [() => rmSync(file), () => writeFileSync(file, '')]) {
      empty();
      expect(await failure(startEmbeddedMongo({ dataDir: folder }))).toMatchObject({
        message: expect.stringContaining('data.mdb is damaged: it is missing or empty'),
      });
    }
    writeFileSync(file, data);
    // Which it had been answered to have made.
    await within(async (client) => expect(await client.db('tests').collection('crash').indexes()).toHaveLength(4));
    expect(existsSync(journal)).toBe(false);
  });

  it('says when the folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    const error = await failure(startEmbeddedMongo({ dataDir: join(folder, 'file', 'data') }));
    expect(error).toMatchObject({ message: expect.stringContaining('cannot be written (ENOTDIR)') });
  });
});
