import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import mongoose from 'mongoose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { exportTo, importFrom, type ImportOptions } from '../../dist/tools/index.js';
import { serverForFile } from '../support.js';
import { exported, filesOf, mixedIds, refused } from './installation.js';
import { findings, folderForTest, killed, serve, type Client } from './support.js';

const { BSON } = mongoose.mongo;
// Most of the time goes into starting processes, of which some tests need dozens.
vi.setConfig({ testTimeout: 240_000 });

const folder = folderForTest();
const server = serverForFile();
const at = (...names: string[]): string => join(folder.path, ...names);
const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Documents of a collection, of which an import sends twelve at once. */
const LARGE = 40;
const BYTES = 700_000;
const TOTAL = LARGE + mixedIds().length;

async function fill(client: Client): Promise<void> {
  const db = client.db('chat');
  const documents = Array.from({ length: LARGE }, (_, _id) => ({ _id, n: _id, text: 'x'.repeat(BYTES) }));
  await db.collection<{ _id: number }>('large').insertMany(documents);
  await db.collection('large').createIndex({ n: -1 }, { unique: true });
  const mixed = await db.createCollection('mixed', { collation: { locale: 'de', strength: 1 } });
  await mixed.insertMany(
    mixedIds().map((_id) => new Map([['_id', _id]])),
    { forceServerObjectId: true },
  );
}

/** The lines with which a script shows how far it is, each of them, and with the environment's `DIE_AT` its death there. */
const talkative = `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from 'node:worker_threads';
  const now = performance.now.bind(performance);
  performance.now = () => now() * 100_000;
  const write = process.stderr.write;
  process.stderr.write = function (line, ...rest) {
    if (isMainThread && String(line) === process.env.DIE_AT + '\\n') process.kill(process.pid, 'SIGKILL');
    return write.call(this, line, ...rest);
  };
`)}`;

/** Runs a script, which is killed when it is about to say a line. */
async function script(name: string, dieAt: string, ...args: string[]) {
  const file = join(root, 'scripts/db', `${name}.mjs`);
  const env = { ...process.env, INIT_CWD: folder.path, MONGODB_URI: '', DIE_AT: dieAt };
  const child = spawn(process.execPath, ['--import', talkative, file, ...args], { env });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, signal: child.signalCode, out, err };
}

describe('an import that broke off within a collection', () => {
  const into = (options: Partial<ImportOptions> = {}) =>
    importFrom({ client: server.client, uri: server.uri, folder: at('archive'), ...options });
  const large = () => server.client.db('chat').collection<{ _id: number }>('large');

  beforeEach(async () => {
    await server.client.db('chat').dropDatabase();
    await serve(at('a'), fill);
    await exported(at('a'), at('archive'));
  });

  async function killedAt(what: string, documents: number): Promise<void> {
    const mover = await folder.start('./mover.mjs', 'importFrom', at('archive'), server.uri, what, String(documents));
    expect(mover.first).toBe('here');
    await killed(mover.child);
  }

  it('goes on behind the last document that arrived, however often it is killed', async () => {
    const places: [string, number, number][] = [
      ['chat.large, comparing', 30, 0],
      ['chat.large', 12, 12],
      ['chat.large, comparing', 20, 12],
      ['chat.large', 24, 24],
      ['chat.large', LARGE, LARGE],
      ['chat.mixed', mixedIds().length, LARGE],
      ['chat.large, reading back', 7, LARGE],
    ];
    for (const [what, documents, arrived] of places) {
      await killedAt(what, documents);
      expect(await large().countDocuments(), `${what} ${documents}`).toBe(arrived);
    }
    expect(await into()).toMatchObject({ documents: TOTAL, found: TOTAL });
    expect((await large().indexes()).map(({ name }) => name)).toEqual(['_id_', 'n_-1']);
    await exportTo({ client: server.client, uri: server.uri.replace('/?', '/chat?'), folder: at('back') });
    expect(filesOf(at('back'))).toEqual(filesOf(at('archive')));
  });

  it('writes what is missing alone, and goes on behind any part of a batch', async () => {
    await killedAt('chat.large', 12);
    // The server was amid the next batch.
    await large().insertMany([12, 13].map((_id) => ({ _id, n: _id, text: 'x'.repeat(BYTES) })));
    const sent: unknown[] = [];
    const watched = await new mongoose.mongo.MongoClient(server.uri, { monitorCommands: true }).connect();
    watched.on('commandStarted', ({ command }) => {
      if (command['insert'] === 'large') sent.push(...command['documents'].map((doc: { n: number }) => Number(doc.n)));
    });
    const seen: [string, number][] = [];
    const progress = (what: string, done: number) => seen.push([what, done]);
    expect(await into({ client: watched, progress })).toMatchObject({ documents: TOTAL, found: 14 });
    await watched.close();
    expect(sent).toEqual(Array.from({ length: LARGE - 14 }, (_, i) => 14 + i));
    expect(seen).toContainEqual(['chat.large, comparing', LARGE]);
    expect(seen.find(([what]) => what === 'chat.large')).toEqual(['chat.large', 14]);
  });

  it('notices what has changed on the server meanwhile, and says what to do', async () => {
    for (const change of [
      () => large().updateOne({ _id: 3 }, { $set: { text: '' } }),
      () => large().deleteOne({ _id: 5 }),
      () => large().insertOne({ _id: 3.5 }),
      () => large().insertOne({ _id: 1000 }),
    ]) {
      await killedAt('chat.large', 12);
      await change();
      const before = await large().countDocuments();
      const message = await refused(into());
      expect(message).toMatch(
        /nothing was written:\n {2}- chat\.large has other documents, first the one with the _id/,
      );
      expect(message).toContain('--replace drops them');
      expect(await large().countDocuments()).toBe(before);
      await large().drop();
    }
    // Killed amid a replacement, it goes on with what it has begun.
    await large().insertOne({ _id: -1 });
    await into({ replace: true });
    expect(await large().countDocuments()).toBe(LARGE);
  });

  it('takes an archive that was written by hand as the manual describes it', async () => {
    mkdirSync(at('old', 'chat'), { recursive: true });
    const docs = [{ _id: 1 }, { _id: 'x', n: 2 }].map((doc) => BSON.serialize(doc));
    const sha256 = createHash('sha256').update(Buffer.concat(docs)).digest('hex');
    writeFileSync(at('old', 'chat', 'c.bson'), Buffer.concat(docs));
    const metadata = { db: 'chat', collectionName: 'c', type: 'collection', options: {}, count: { $numberInt: '2' } };
    const indexes = [{ v: { $numberInt: '2' }, key: { n: { $numberInt: '1' } }, name: 'n_1' }];
    writeFileSync(at('old', 'chat', 'c.metadata.json'), JSON.stringify({ ...metadata, indexes, sha256 }));
    const note = { version: 1, complete: true, at: '2026-01-01T00:00:00.000Z', server: '8.0.0', databases: ['chat'] };
    writeFileSync(at('old', 'archive.json'), JSON.stringify(note));
    expect(await into({ folder: at('old') })).toMatchObject({ collections: 1, documents: 2, found: 0 });
  });
});

describe('the command lines, killed with the store that they serve', () => {
  it('export and import to the end when they are started again', async () => {
    await serve(at('a'), fill);
    await exported(at('a'), at('fresh'));
    const exporting = ['archive', '--data-dir', 'a'];
    for (const line of ['chat.large   5 %', 'chat.large  35 %', 'chat.large  65 %', 'chat.large, reading back  50 %'])
      expect(await script('export', line, ...exporting)).toMatchObject({ code: null, signal: 'SIGKILL', out: '' });
    const { out } = await script('export', '', ...exporting);
    expect(out).toMatch(
      /71 documents in 2 collections and 0 views, read back and compared; 2 collections were complete/,
    );
    expect(filesOf(at('archive'))).toEqual(filesOf(at('fresh')));

    const importing = ['archive', '--data-dir', 'b'];
    for (const line of ['chat.large, comparing  50 %', 'chat.large  30 %', 'chat.large  90 %', 'chat.mixed 100 %'])
      expect(await script('import', line, ...importing)).toMatchObject({ code: null, signal: 'SIGKILL', out: '' });
    expect((await script('import', '', ...importing)).out).toMatch(
      /^Imported 71 documents in 2 collections and 0 views, read back and compared; \d+ of them were there\n$/,
    );
    expect((await findings(at('b'))).lines).toEqual([]);
    await exported(at('b'), at('back'));
    expect(filesOf(at('back'))).toEqual(filesOf(at('fresh')));
  });
});
