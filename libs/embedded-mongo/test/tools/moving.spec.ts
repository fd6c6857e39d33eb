import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { exportTo, importFrom } from '../../dist/tools/index.js';
import { MANY, exported, filesOf, fill, imported, refused } from './installation.js';
import { findings, folderForTest, killed, serve, type Client } from './support.js';

const { BSON } = mongoose.mongo;
const folder = folderForTest();
const at = (...names: string[]): string => join(folder.path, ...names);
/** Exports or imports in another process, which is killed when it has come to so many documents of a collection. */
async function killedAt(work: string, archive: string, uri: string, what: string, documents: number): Promise<void> {
  const mover = await folder.start('./mover.mjs', work, archive, uri, what, String(documents));
  expect(mover.first).toBe('here');
  await killed(mover.child);
}

describe('moving between servers', () => {
  it('takes all values, indexes, collations and views to another server, byte by byte', async () => {
    await serve(at('a'), fill);
    expect(await exported(at('a'), at('archive'))).toEqual({
      collections: 5,
      views: 2,
      documents: MANY + 16,
      kept: 0,
      resumed: 0,
      notes: [],
    });
    expect(await imported(at('archive'), at('b'))).toMatchObject({
      collections: 5,
      views: 2,
      documents: MANY + 16,
      found: 0,
    });
    expect((await findings(at('b'))).lines).toEqual([]);
    const map = await serve(at('b'), (client) =>
      client
        .db('parlance')
        .collection('typed')
        .findOne({ _id: 'map' as never }, { raw: true }),
    );
    const names = [...BSON.onDemand.parseToElements(map as unknown as Uint8Array)].map(([, start, length]) =>
      Buffer.from(map as unknown as Uint8Array).toString('utf8', start, start + length),
    );
    expect(names).toEqual(['_id', 'z', '10', '2']);
    await exported(at('b'), at('back'));
    expect(filesOf(at('back'))).toEqual(filesOf(at('archive')));
    const details = (client: Client) =>
      Promise.all(
        ['typed', 'collated', 'view', 'above', 'empty'].map(async (name) => [
          await client.db('parlance').listCollections({ name }).toArray(),
          name === 'view' || name === 'above' ? [] : await client.db('parlance').collection(name).indexes(),
          (await client.db('parlance').collection(name).find({}, { raw: true }).toArray()).map((raw) =>
            Buffer.from(raw as unknown as Uint8Array).toString('hex'),
          ),
        ]),
      );
    expect(await serve(at('b'), details)).toEqual(await serve(at('a'), details));
  });

  it('writes an archive as mongodump lays it out, with hashes, for its owner alone', async () => {
    await serve(at('a'), fill);
    await exported(at('a'), at('archive'));
    const files = Object.keys(filesOf(at('archive')));
    expect(files).toContain('parlance/typed.bson');
    expect(files).toContain('parlance/odd%2F%20name%3A%2A%2524.bson');
    expect(files).toContain('parlance/view.metadata.json');
    expect(files).not.toContain('parlance/view.bson');
    const bytes = readFileSync(at('archive', 'parlance', 'typed.bson'));
    const metadata = JSON.parse(readFileSync(at('archive', 'parlance', 'typed.metadata.json'), 'utf8'));
    expect(metadata).toMatchObject({ collectionName: 'typed', type: 'collection', count: { $numberInt: '10' } });
    expect(metadata.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(metadata.indexes[0]).toEqual({
      v: { $numberInt: '2' },
      key: { 'a.b': { $numberInt: '1' }, n: { $numberInt: '-1' } },
      name: 'compound',
    });
    let documents = 0;
    for (let start = 0; start < bytes.length; start += bytes.readInt32LE(start)) documents += 1;
    expect(documents).toBe(10);
    for (const name of readdirSync(at('archive'), { recursive: true, encoding: 'utf8' })) {
      const stat = statSync(at('archive', name));
      expect(stat.mode & 0o777, name).toBe(stat.isFile() ? 0o600 : 0o700);
    }
  });

  it('goes on with an import that was killed', async () => {
    await serve(at('a'), fill);
    await exported(at('a'), at('archive'));
    await serve(at('b'), async (client, uri) => {
      await killedAt('importFrom', at('archive'), uri, 'other.many', 2000);
      const there = await client.db('other').collection('many').countDocuments();
      expect(there).toBeGreaterThanOrEqual(2000);
      expect(there).toBeLessThan(MANY);
      const result = await importFrom({ client, uri, folder: at('archive') });
      expect(result).toMatchObject({ collections: 5, documents: MANY + 16, found: there });
      const again = await importFrom({ client, uri, folder: at('archive') });
      expect(again).toMatchObject({ documents: MANY + 16, found: MANY + 16 });
    });
    await exported(at('b'), at('back'));
    expect(filesOf(at('back'))).toEqual(filesOf(at('archive')));
  });

  it('goes on with an export that was killed, and makes anew what is not complete or has changed', async () => {
    await serve(at('a'), async (client, uri) => {
      await fill(client);
      for (const name of ['a', 'b']) await client.db('before').collection(name).insertOne({ name });
      await killedAt('exportTo', at('archive'), uri, 'other.many', 2000);
      expect(statSync(at('archive', 'other', 'many.bson')).size).toBeGreaterThan(0);
      expect(existsSync(at('archive', 'other', 'many.bson'))).toBe(true);
      expect(existsSync(at('archive', 'other', 'many.metadata.json'))).toBe(false);
      expect(await refused(importFrom({ client, uri, folder: at('archive') }))).toContain('is not complete');
      await client.db('before').collection('a').insertOne({ name: 'later' });
      expect(await exportTo({ client, uri, folder: at('archive') })).toMatchObject({ kept: 1, documents: MANY + 19 });
      expect(await exportTo({ client, uri, folder: at('archive') })).toMatchObject({ kept: 7, documents: MANY + 19 });
      await exportTo({ client, uri, folder: at('fresh') });
    });
    expect(filesOf(at('archive'))).toEqual(filesOf(at('fresh')));
  });

  it('says which collection changed while it was exported', async () => {
    await serve(at('a'), async (client, uri) => {
      await fill(client);
      const script = `const m = require('mongoose').mongo; (async () => {
        const c = await new m.MongoClient(${JSON.stringify(uri)}).connect();
        const _id = new m.ObjectId('f'.repeat(24));
        await c.db('other').collection('many').insertOne({ _id, n: -1 }); await c.close(); })()`;
      let changed = false;
      const progress = (what: string, done: number): void => {
        if (changed || what !== 'other.many' || done < MANY) return;
        changed = true;
        execFileSync(process.execPath, ['-e', script]);
      };
      const text = await refused(exportTo({ client, uri, folder: at('archive'), progress }));
      expect(text).toContain('Changed while they were exported: other.many.');
      // What agrees is kept: the new document alone is read.
      expect(await exportTo({ client, uri, folder: at('archive') })).toMatchObject({
        kept: 4,
        resumed: MANY,
        documents: MANY + 17,
        notes: [],
      });
    });
  });

  it('never overwrites documents of another origin unless told to, and then only those collections', async () => {
    await serve(at('a'), fill);
    await exported(at('a'), at('archive'));
    await serve(at('b'), async (client, uri) => {
      const db = client.db('parlance');
      await db.collection('typed').insertOne({ mine: true });
      await db.collection('view').insertOne({ mine: true });
      await db.collection('bystander').insertOne({ mine: true });
      // Made by a server that has just started: nothing in it, and other indexes.
      await db.collection('empty').createIndex({ mine: 1 });
      const text = await refused(importFrom({ client, uri, folder: at('archive') }));
      expect(text).toMatch(/nothing was written:\n.*parlance\.typed has other documents, first the one with the _id/);
      expect(text).toContain('  - parlance.view is there, and not the view of the archive');
      expect(await client.db('other').listCollections().toArray()).toEqual([]);
      expect(await db.collection('typed').countDocuments()).toBe(1);
      await importFrom({ client, uri, folder: at('archive'), replace: true });
      expect(await db.collection('typed').countDocuments()).toBe(10);
      expect(await db.collection('empty').indexes()).toHaveLength(1);
      expect(await db.collection('bystander').countDocuments()).toBe(1);
      await db.collection('typed').updateOne({ _id: 1 as never }, { $set: { n: 77 } });
      expect(await refused(importFrom({ client, uri, folder: at('archive') }))).toContain('with the _id 1');
    });
  });

  it('knows documents that a TTL index has removed', async () => {
    await serve(at('a'), async (client) => {
      const sessions = client.db('parlance').collection<{ _id: number; at: Date }>('sessions');
      await sessions.insertMany([1, 2, 3].map((_id) => ({ _id, at: _id === 2 ? new Date(0) : new Date() })));
      await sessions.createIndex({ at: 1 }, { expireAfterSeconds: 3600 });
    });
    await exported(at('a'), at('archive'));
    await imported(at('archive'), at('b'));
    const remove = (_id: number) =>
      serve(at('b'), (client) =>
        client
          .db('parlance')
          .collection('sessions')
          .deleteOne({ _id: _id as never }),
      );
    await remove(2);
    expect(await imported(at('archive'), at('b'))).toMatchObject({ documents: 3, found: 3, expired: 1 });
    await remove(1);
    expect(await refused(imported(at('archive'), at('b')))).toContain('parlance.sessions has other documents');
  });

  it('puts an archive of one database under the name that the connection string has', async () => {
    await serve(at('a'), fill);
    const under = (uri: string, db: string): string => uri.replace('/?', `/${db}?`);
    await serve(at('a'), (client, uri) => exportTo({ client, uri: under(uri, 'parlance'), folder: at('one') }));
    expect(readdirSync(at('one')).sort()).toEqual(['archive.json', 'parlance']);
    await exported(at('a'), at('two'));
    await serve(at('b'), async (client, uri) => {
      await importFrom({ client, uri: under(uri, 'chat'), folder: at('one') });
      expect(await client.db('chat').collection('above').countDocuments()).toBe(3);
      expect((await client.db().admin().listDatabases()).databases.map(({ name }) => name)).toEqual(['chat']);
      const text = await refused(importFrom({ client, uri: under(uri, 'chat'), folder: at('two') }));
      expect(text).toContain('The archive has the databases other, parlance');
    });
  });

  it('refuses archives that are damaged, and folders that are none, before it writes', async () => {
    await serve(at('a'), fill);
    await exported(at('a'), at('archive'));
    const file = at('archive', 'parlance', 'typed.bson');
    const whole = readFileSync(file);
    const tries: [() => void, string][] = [
      [() => writeFileSync(file, whole.subarray(0, whole.length - 3)), 'it ends within a document'],
      [() => writeFileSync(file, Buffer.concat([whole, Buffer.from('garbage!')])), 'it is no BSON'],
      [
        () => writeFileSync(file, whole.subarray(whole.readInt32LE(0))),
        'its documents are not those that were exported',
      ],
      [() => rmSync(file), 'is missing'],
      [() => appendFileSync(at('archive', 'parlance', 'empty.metadata.json'), '}'), 'it cannot be read'],
      [() => writeFileSync(at('archive', 'archive.json'), '{"version":2}'), 'is an archive of version 2'],
      [() => rmSync(at('archive', 'archive.json')), 'is no archive'],
    ];
    await serve(at('b'), async (client, uri) => {
      for (const [damage, text] of tries) {
        damage();
        expect(await refused(importFrom({ client, uri, folder: at('archive') }))).toContain(text);
      }
      expect((await client.db().admin().listDatabases()).databases).toEqual([]);
    });
    mkdirSync(at('mine'));
    writeFileSync(at('mine', 'file'), '');
    expect(await refused(exported(at('a'), at('mine')))).toContain('something in');
    await exported(at('a'), at('archive2'));
    await serve(at('a'), (client) => client.db('parlance').collection('empty').drop());
    expect(await refused(exported(at('a'), at('archive2')))).toContain('an archive with parlance.empty, which');
  });
});
