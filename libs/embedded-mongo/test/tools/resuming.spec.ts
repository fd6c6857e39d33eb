import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mongoose from 'mongoose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { exportTo, importFrom } from '../../dist/tools/index.js';
import { serverForFile } from '../support.js';
import { filesOf, mixedIds, notePartial, refused } from './installation.js';
import { folderForTest, killed } from './support.js';

// Most of the time goes into starting processes, of which some tests need dozens.
vi.setConfig({ testTimeout: 240_000 });

const folder = folderForTest();
const server = serverForFile();
const at = (...names: string[]): string => join(folder.path, ...names);

/** Documents of a collection, each of a size that makes an export note often what is on disk. */
const LARGE = 24;
const BYTES = 700_000;
const perNote = Math.ceil((4 * 1024 * 1024) / BYTES);

beforeEach(async () => {
  for (const name of ['source', 'target']) await server.client.db(name).dropDatabase();
  const source = server.client.db('source');
  await source.collection<{ _id: number }>('after').insertMany([1, 2, 3].map((_id) => ({ _id })));
  await source.collection<{ _id: number }>('large').insertMany(large(0, LARGE));
  await source.collection('large').createIndex({ n: 1 }, { unique: true });
  await source.createCollection('view', { viewOn: 'large', pipeline: [{ $match: { n: 1 } }] });
});

const large = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ _id: from + i, n: from + i, text: 'x'.repeat(BYTES) }));

const uriOf = (db: string): string => server.uri.replace('/?', `/${db}?`);
const exportAll = (archive: string) => exportTo({ client: server.client, uri: uriOf('source'), folder: archive });
const importAll = (archive: string) => importFrom({ client: server.client, uri: uriOf('target'), folder: archive });
const sourceNow = async (): Promise<Record<string, string>> => {
  rmSync(at('fresh'), { recursive: true, force: true });
  await exportAll(at('fresh'));
  return filesOf(at('fresh'));
};

/** Exports or imports in another process, which is killed when it has come to so many documents of a collection. */
async function killedAt(work: 'exportTo' | 'importFrom', archive: string, what: string, documents: number) {
  const uri = uriOf(work === 'exportTo' ? 'source' : 'target');
  const mover = await folder.start('./mover.mjs', work, archive, uri, what, String(documents));
  expect(mover.first).toBe('here');
  await killed(mover.child);
}

/** What the note of the large collection says is on disk. */
const noted = (): { documents: number; bytes: number } =>
  JSON.parse(readFileSync(at('archive', 'source', 'large.partial.json'), 'utf8'));

describe('an export that broke off within a collection', () => {
  it('goes on behind the last document that is on disk, however often it is killed', async () => {
    const expected = await sourceNow();
    await killedAt('exportTo', at('archive'), 'source.large', 5);
    expect(noted()).toMatchObject({ db: 'source', collectionName: 'large', documents: 0, bytes: 0 });
    await killedAt('exportTo', at('archive'), 'source.large', perNote + 3);
    expect(noted().documents).toBe(perNote);
    await killedAt('exportTo', at('archive'), 'source.large, checking what is there', 4);
    expect(noted().documents).toBe(perNote);
    await killedAt('exportTo', at('archive'), 'source.large', perNote * 3 + 1);
    const { documents, bytes } = noted();
    expect(documents).toBe(perNote * 3);
    // A torn document, and whole ones of which the note says nothing.
    const whole = readFileSync(at('archive', 'source', 'large.bson'));
    appendFileSync(at('archive', 'source', 'large.bson'), whole.subarray(0, BYTES * 2.5));
    expect(await refused(importAll(at('archive')))).toContain('is not complete');

    const filters: unknown[] = [];
    const watched = await new mongoose.mongo.MongoClient(server.uri, { monitorCommands: true }).connect();
    watched.on('commandStarted', ({ command }) => command['find'] === 'large' && filters.push(command['filter']));
    const seen: [string, number][] = [];
    const progress = (what: string, done: number) => seen.push([what, done]);
    const result = await exportTo({ client: watched, uri: uriOf('source'), folder: at('archive'), progress });
    await watched.close();
    expect(result).toEqual({
      collections: 2,
      views: 1,
      documents: LARGE + 3,
      kept: 1,
      resumed: documents,
      notes: [],
    });
    expect(filesOf(at('archive'))).toEqual(expected);
    // It told how far the check was and where the copy went on, and asked the server for nothing that was there.
    expect(seen).toContainEqual(['source.large, checking what is there', documents]);
    expect(seen.find(([what]) => what === 'source.large')).toEqual(['source.large', documents]);
    const behind = { $expr: { $gt: ['$_id', { $literal: new mongoose.mongo.Int32(documents - 1) }] } };
    expect(filters).toEqual([behind, {}]);
    expect(bytes).toBeGreaterThan(documents * BYTES);

    await killedAt('exportTo', at('archive'), 'source.large, reading back', 7);
    expect(await exportAll(at('archive'))).toMatchObject({ kept: 2, resumed: 0, notes: [] });
    expect(filesOf(at('archive'))).toEqual(expected);
  });

  it('goes on behind an _id of any type', async () => {
    const mixed = server.client.db('source').collection('mixed');
    const collated = await server.client
      .db('source')
      .createCollection('collated', { collation: { locale: 'de', strength: 1 } });
    for (const _id of mixedIds()) {
      await mixed.insertMany([new Map([['_id', _id]])] as never[], { forceServerObjectId: true });
      await collated.insertMany([new Map([['_id', _id]])] as never[], { forceServerObjectId: true });
    }
    await server.client.db('source').collection('large').drop();
    await server.client.db('source').collection('view').drop();
    const expected = await sourceNow();
    for (let documents = 0; documents <= mixedIds().length; documents++) {
      cpSync(at('fresh'), at('archive'), { recursive: true });
      notePartial(at('archive', 'source'), 'mixed', documents);
      notePartial(at('archive', 'source'), 'collated', documents);
      expect(await exportAll(at('archive'))).toMatchObject({ kept: 1, resumed: documents * 2, notes: [] });
      expect(filesOf(at('archive')), String(documents)).toEqual(expected);
      rmSync(at('archive'), { recursive: true });
    }
  });

  it('is not gone on with while its process still runs, which is named', async () => {
    const mover = await folder.start('./mover.mjs', 'exportTo', at('archive'), uriOf('source'), 'source.large', '5');
    expect(await refused(exportAll(at('archive')))).toBe(
      `Process ${mover.pid} is exporting into ${at('archive')}. Wait for it, or stop it first.`,
    );
    await killed(mover.child);
    expect(await exportAll(at('archive'))).toMatchObject({ documents: LARGE + 3 });
    expect(readFileSync(at('archive', 'archive.json'), 'utf8')).not.toContain('writer');
  });

  it('keeps nothing that is not what it wrote, and says so', async () => {
    const expected = await sourceNow();
    const [bson, note] = [at('archive', 'source', 'large.bson'), at('archive', 'source', 'large.partial.json')];
    const damages: [() => void, RegExp | undefined][] = [
      [() => writeFileSync(bson, flipped(readFileSync(bson), 1000)), /^source\.large is begun anew: what stood in its/],
      [() => truncateSync(bson, noted().bytes - 1), /^source\.large is begun anew: .* ends within a document/],
      [() => truncateSync(bson, 0), /^source\.large is begun anew: what stood in its/],
      [() => writeFileSync(bson, Buffer.alloc(noted().bytes)), /^source\.large is begun anew: .* is no BSON/],
      [() => rmSync(bson), /^source\.large is begun anew: .* is missing/],
      // As a release left it that did not note how far it was.
      [() => rmSync(note), undefined],
      [() => writeFileSync(note, '{'), undefined],
    ];
    await killedAt('exportTo', at('broken'), 'source.large', perNote * 2 + 1);
    for (const [damage, text] of damages) {
      cpSync(at('broken'), at('archive'), { recursive: true });
      damage();
      const { notes, resumed } = await exportAll(at('archive'));
      expect(resumed).toBe(0);
      expect(notes).toEqual(text ? [expect.stringMatching(text)] : []);
      expect(filesOf(at('archive'))).toEqual(expected);
      rmSync(at('archive'), { recursive: true });
    }
    // A complete file that was damaged since.
    cpSync(at('fresh'), at('archive'), { recursive: true });
    truncateSync(bson, BYTES * 3.5);
    const { notes } = await exportAll(at('archive'));
    expect(notes).toEqual([expect.stringMatching(/^source\.large is begun anew: .* it ends within a document/)]);
    expect(filesOf(at('archive'))).toEqual(expected);
  });

  it('copies again from the first document that has changed since, and never mixes', async () => {
    const collection = server.client.db('source').collection<{ _id: number; n: number; text?: string }>('large');
    const text = 'x'.repeat(BYTES);
    const changes: [() => Promise<unknown>, number | undefined][] = [
      [() => collection.updateOne({ _id: 4 }, { $set: { text: 'y'.repeat(BYTES) } }), 4],
      [() => collection.deleteOne({ _id: 5 }), 5],
      [() => collection.insertOne({ _id: 2.5, n: -1, text }), 3],
      [() => collection.insertOne({ _id: -1, n: -2, text }), 0],
      // Behind what is there nothing has to agree.
      [() => collection.insertOne({ _id: 1000, n: -3 }), undefined],
    ];
    for (const [change, agreed] of changes) {
      await killedAt('exportTo', at('archive'), 'source.large', perNote + 1);
      await change();
      const { notes, resumed } = await exportAll(at('archive'));
      expect(resumed).toBe(agreed ?? perNote);
      const told = `source.large has changed since an earlier export wrote it: its first ${agreed} documents are`;
      expect(notes).toEqual(agreed === undefined ? [] : [expect.stringContaining(told)]);
      expect(filesOf(at('archive'))).toEqual(await sourceNow());
      rmSync(at('archive'), { recursive: true });
    }
  });

  it('says what of a complete collection has changed, and which collection is gone', async () => {
    const collection = server.client.db('source').collection<{ _id: number }>('large');
    await exportAll(at('archive'));
    await collection.deleteOne({ _id: LARGE - 1 });
    const { notes, resumed } = await exportAll(at('archive'));
    expect([notes.length, resumed]).toEqual([1, await collection.countDocuments()]);
    expect(filesOf(at('archive'))).toEqual(await sourceNow());
    await server.client.db('source').collection('after').drop();
    expect(await refused(exportAll(at('archive')))).toContain('source.after, which the server does not have');
    rmSync(at('archive'), { recursive: true });
    await killedAt('exportTo', at('archive'), 'source.large', perNote + 1);
    await collection.drop();
    expect(await refused(exportAll(at('archive')))).toContain('source.large, which the server does not have');
  });

  it('goes on wherever it was killed, in the midst of whatever it did with its files', async () => {
    await server.client
      .db('source')
      .collection('large')
      .deleteMany({ n: { $gt: perNote } });
    const expected = await sourceNow();
    const preload = new URL('./dying.mjs', import.meta.url).href;
    const mover = fileURLToPath(new URL('./mover.mjs', import.meta.url));
    const diesAt = async (step: number): Promise<boolean> => {
      const archive = at(`archive${step}`);
      const env = { ...process.env, DIE_AT: String(step), DIE_WITHIN: archive };
      const args = ['--import', preload, mover, 'exportTo', archive, uriOf('source'), '', '0'];
      const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
      await once(child, 'exit');
      expect([child.signalCode, child.exitCode]).toEqual(child.exitCode === null ? ['SIGKILL', null] : [null, 0]);
      await exportAll(archive);
      expect(filesOf(archive), `step ${step}`).toEqual(expected);
      rmSync(archive, { recursive: true });
      return child.exitCode === null;
    };
    let steps = 0;
    // Every third step in a short run; which ones is left to chance.
    const stride = process.env['LONG'] ? 1 : 3;
    const first = 1 + Math.floor(Math.random() * stride);
    for (let isOver = false; !isOver; steps += 2 * stride) {
      const died = await Promise.all([diesAt(first + steps), diesAt(first + steps + stride)]);
      isOver = died.includes(false);
    }
    expect(steps).toBeGreaterThan(20);
  });
});

const flipped = (bytes: Buffer, place: number): Buffer => {
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  return bytes;
};
