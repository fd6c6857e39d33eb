import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { open, type Database } from 'lmdb';
import mongoose from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedMongo } from '../dist/index.js';
import { failure } from './support.js';
import { temporaryFolder } from './temporary.js';

const { MongoClient } = mongoose.mongo;
/** What a disk loses at once: half a page. */
const BLOCK = 4096;
/** Where LMDB's first page says how large each is. */
const PAGE_SIZE_AT = 48;
/** Takes several pages, each of which is its own. */
const LONG = Array.from({ length: 4000 }, (_, i) => `part ${i} `).join('');
let folder: string;
let file: string;

beforeEach(async () => {
  folder = temporaryFolder();
  file = join(folder, 'data.mdb');
  await within(async (texts) => {
    await texts.createIndex({ name: 1 });
    await texts.insertMany([
      { _id: 1, name: 'long', text: LONG },
      { _id: 2, name: 'short', text: 'short' },
    ]);
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Text {
  _id: number;
  name: string;
  text: string;
}

async function within<T>(run: (texts: mongoose.mongo.Collection<Text>) => Promise<T>): Promise<T> {
  const server = await startEmbeddedMongo({ dataDir: folder });
  const client = await new MongoClient(server.uri).connect();
  try {
    return await run(client.db('tests').collection<Text>('texts'));
  } finally {
    await client.close();
    await server.close();
  }
}

/** Changes what stands in tables of the file, with LMDB alone. */
async function changeTables(change: (table: (name: string) => Database<Buffer, Buffer>) => void): Promise<void> {
  const root = open<Buffer, Buffer>({ path: file, keyEncoding: 'binary', encoding: 'binary', maxDbs: 8 });
  change((name) => root.openDB<Buffer, Buffer>({ name, keyEncoding: 'binary', encoding: 'binary' }));
  await root.close();
}

const formatOf = (version: number): Buffer => {
  const format = Buffer.alloc(4);
  format.writeUInt32BE(version);
  return format;
};

describe('a data file', () => {
  it.each(['text', 'name'])(
    'is refused, unchanged, when a block is overwritten that has its part of a document’s %s',
    async (part) => {
      const bytes = readFileSync(file);
      const marker = part === 'text' ? 'part 2000 ' : 'short';
      // Of what was written twice an older copy stands on a page that is free.
      for (let at = bytes.indexOf(marker); at !== -1; at = bytes.indexOf(marker))
        bytes.fill(0, Math.floor(at / BLOCK) * BLOCK, Math.floor(at / BLOCK + 1) * BLOCK);
      writeFileSync(file, bytes);
      expect(await failure(startEmbeddedMongo({ dataDir: folder }))).toMatchObject({
        name: 'EmbeddedMongoError',
        message: expect.stringContaining('is damaged'),
      });
      expect(readFileSync(file).equals(bytes)).toBe(true);
    },
  );

  it('is refused when the half of a page is lost in which its documents stand', async () => {
    const whole = readFileSync(file);
    const halves = [];
    for (let at = whole.indexOf('short'); at !== -1; at = whole.indexOf('short', at + BLOCK))
      halves.push(Math.floor(at / BLOCK) * BLOCK);
    // The document, its entry and the answer kept for its driver.
    expect(halves.map((half) => half % (2 * BLOCK))).toEqual([BLOCK, BLOCK, BLOCK]);
    for (const half of halves) {
      writeFileSync(file, Buffer.from(whole).fill(0, half, half + BLOCK));
      expect(await failure(startEmbeddedMongo({ dataDir: folder }))).toMatchObject({
        message: expect.stringContaining('is damaged'),
      });
    }
  });

  it('of format 1, whose long documents have no checksum, is read and written on as format 3', async () => {
    await changeTables((table) => {
      table('settings').putSync(Buffer.from('format'), formatOf(1));
      const documents = table('documents');
      for (const { key, value } of [...documents.getRange({})])
        documents.putSync(key, value.subarray(0, value.readInt32LE(0)));
    });
    await within(async (texts) => {
      expect(await texts.findOne({ name: 'long' })).toEqual({ _id: 1, name: 'long', text: LONG });
      await texts.updateOne({ _id: 1 }, { $set: { name: 'longer' } });
    });
    await changeTables((table) => {
      expect(table('settings').get(Buffer.from('format'))).toEqual(formatOf(3));
      for (const { value } of table('documents').getRange({}))
        expect(value.length - value.readInt32LE(0)).toBe(value.length > 4000 ? 4 : 0);
    });
    await within(async (texts) => expect(await texts.findOne({ name: 'longer' })).toMatchObject({ text: LONG }));
  });

  it('keeps the size of its pages, which was 4 KiB before', async () => {
    rmSync(file);
    await open({ path: file, pageSize: 4096 }).close();
    await within((texts) => texts.insertOne({ _id: 1, name: 'long', text: LONG }));
    await within((texts) => texts.insertOne({ _id: 2, name: 'short', text: 'short' }));
    await within(async (texts) => expect(await texts.distinct('name')).toEqual(['long', 'short']));
    expect(readFileSync(file).readUInt32LE(PAGE_SIZE_AT)).toBe(4096);
  });

  it('of a later format is refused and stays of that format', async () => {
    await changeTables((table) => table('settings').putSync(Buffer.from('format'), formatOf(4)));
    expect(await failure(startEmbeddedMongo({ dataDir: folder }))).toMatchObject({
      message: expect.stringContaining('has format 4; this version reads formats 1 to 3'),
    });
    await changeTables((table) => expect(table('settings').get(Buffer.from('format'))).toEqual(formatOf(4)));
  });
});
