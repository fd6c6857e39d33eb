import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import mongoose from 'mongoose';
import { describe, expect, it, vi } from 'vitest';
import { startEmbeddedMongo } from '../../dist/index.js';
import { exportTo, importFrom } from '../../dist/tools/index.js';
import { exported, imported, refused } from './installation.js';
import { folderForTest, serve, type Client } from './support.js';

// Most of the time goes into starting processes, of which some tests need dozens.
vi.setConfig({ testTimeout: 240_000 });

const folder = folderForTest();
const at = (...names: string[]): string => join(folder.path, ...names);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const isRoot = process.getuid?.() === 0;

const fill = (client: Client) => client.db('chat').collection<{ _id: number }>('c').insertOne({ _id: 1 });

/** Runs a script, by another program when its words are given. */
async function script(args: string[], by: string[] = []) {
  const [name = '', ...rest] = args;
  const [program = '', ...words] = [...by, process.execPath, join(root, 'scripts/db', `${name}.mjs`), ...rest];
  const env = { ...process.env, INIT_CWD: folder.path, DATA_DIR: at('data'), MONGODB_URI: '' };
  const child = spawn(program, words, { cwd: folder.path, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, err };
}

const refusedLine = (err: string) => ({ code: 1, out: '', err: `\n${err}\n` });

describe('the command lines refuse what can only be a mistake', () => {
  it('arguments that are empty, as of a variable that is not set, and two places at once', async () => {
    await serve(at('data'), fill);
    const empty = refusedLine('An argument is empty. Is a variable not set?');
    expect(await script(['export', 'archive', '--uri', ''])).toEqual(empty);
    expect(await script(['backup', ''])).toEqual(empty);
    expect(await script(['restore', 'b', '--data-dir='])).toEqual(empty);
    expect(await script(['import', 'archive', '--uri', 'mongodb://127.0.0.1:1', '--data-dir', 'data'])).toEqual(
      refusedLine('--uri names a MongoDB and --data-dir an embedded store. Say one of them.'),
    );
    expect(readdirSync(folder.path)).toEqual(['data']);
  });

  it('connection strings that cannot be used, and a database that has nothing', async () => {
    const words = async (uri: string) => (await script(['export', 'archive', '--uri', uri])).err;
    expect(await words('db.example.org')).toMatch(/^\nThe connection string cannot be used: Invalid scheme/);
    expect(await words('mongodb://127.0.0.1:1/?no=1')).toMatch(/^\nThe connection string cannot be used: option no is/);
    await serve(at('data'), async (client, uri) => {
      await fill(client);
      const typo = uri.replace('/?', '/chatt?');
      expect(await words(typo)).toBe(
        '\nThe server has no collections in a database chatt: there is nothing to export. It has the databases chat.\n',
      );
      const admin = uri.replace('/?', '/admin?');
      const own = "The connection string names the database admin, which is the server's own.";
      expect(await words(admin)).toContain(own);
      await exportTo({ client, uri, folder: at('archive') });
      expect(await refused(importFrom({ client, uri: admin, folder: at('archive') }))).toContain('?authSource=admin');
    });
    expect(await refused(exported(at('none'), at('nothing')))).toBe(
      'The server has no collections: there is nothing to export.',
    );
    expect(existsSync(at('nothing'))).toBe(false);
  });

  it('an archive that cannot be imported, before a store is made for it', async () => {
    mkdirSync(at('other'));
    writeFileSync(at('other', 'archive.json'), '{"version":2}');
    expect((await script(['import', 'nowhere'])).err).toContain('is no archive');
    expect((await script(['import', 'other'])).err).toContain('Use the release that wrote it.');
    expect(existsSync(at('data'))).toBe(false);
  });

  it.runIf(isRoot)('what this user may not read, which is not said to be missing', async () => {
    await serve(at('data'), fill);
    await script(['export', 'archive']);
    await script(['backup', 'b']);
    chmodSync(folder.path, 0o755);
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const words = async (...args: string[]) => (await script(args, nobody)).err;
    const unreadable = (path: string) => `\n${path} cannot be read (EACCES, this user may not).\n`;
    for (const mode of [0o700, 0o755]) {
      for (const name of ['data', 'b', 'archive']) chmodSync(at(name), mode);
      expect(await words('check')).toBe(unreadable(at('data', 'data.mdb')));
      expect(await words('backup', 'b2')).toBe(unreadable(at('data', 'data.mdb')));
      expect(await words('export', 'archive2')).toBe(unreadable(at('data', 'data.mdb')));
      expect(await words('restore', 'b', '--data-dir', 'new')).toBe(unreadable(at('b', 'data.mdb')));
      expect(await words('import', 'archive', '--data-dir', 'new')).toBe(unreadable(at('archive', 'archive.json')));
    }
    expect(await words('export', 'archive')).toContain('cannot be read');
    expect((await script(['backup', 'archive/archive.json/b'])).err).toContain(', a part of the path is a file).');
  });

  it.runIf(isRoot)('say when root has made files that the owner of the folder cannot open', async () => {
    await serve(at('data'), fill);
    await script(['export', 'archive']);
    mkdirSync(at('theirs'));
    chownSync(at('theirs'), 65534, 65533);
    const { code, out } = await script(['import', 'archive', '--data-dir', 'theirs']);
    expect(code).toBe(0);
    expect(out).toContain(
      `Note: ${at('theirs')} belongs to user 65534, files in it to user 0. Should Parlance run as user 65534, it cannot ` +
        `open them: chown -R 65534:65533 ${at('theirs')}\n`,
    );
    expect(statSync(at('theirs', 'data.mdb')).uid).toBe(0);
    expect((await script(['check'])).out).not.toContain('Note');
  });
});

describe('what breaks off tells what stays, and how to go on', () => {
  it('when the server goes away while it is exported', async () => {
    await serve(at('data'), (client) => {
      const documents = Array.from({ length: 30 }, (_, _id) => ({ _id, text: 'x'.repeat(1_000_000) }));
      return client.db('chat').collection<{ _id: number }>('c').insertMany(documents);
    });
    const server = await startEmbeddedMongo({ dataDir: at('data') });
    const client = new mongoose.mongo.MongoClient(server.uri, { serverSelectionTimeoutMS: 500 });
    let closing: Promise<void> | undefined;
    const progress = (what: string, done: number): void => {
      if (what === 'chat.c' && done > 4) closing ??= server.close();
    };
    expect(await refused(exportTo({ client, uri: server.uri, folder: at('archive'), progress }))).toMatch(
      /^The server failed \(chat\.c\): .*[^.]\. What is there stays; export again into the same folder to go on\.$/,
    );
    await closing;
    await client.close();
    expect(await exported(at('data'), at('archive'))).toMatchObject({ documents: 30, notes: [] });
  });

  it('when there is no room for the copy of a store that is in use', async () => {
    await serve(at('data'), async (client) => {
      await client
        .db('chat')
        .collection('c')
        .insertMany(Array.from({ length: 2000 }, (_, n) => ({ n, text: 'x'.repeat(200) })));
      const { err } = await script(['export', 'archive'], ['prlimit', '--fsize=100000']);
      expect(err).toMatch(/^\nA copy of the data could not be made in .* \(.*\)\. Nothing was exported\.\n$/);
    });
    expect(readdirSync(folder.path)).toEqual(['data']);
  });

  it('before it writes documents, when the server cannot have an index or a collection of the archive', async () => {
    await serve(at('a'), async (client) => {
      await fill(client);
      await client.db('chat').collection('z').createIndex({ n: 1 });
    });
    await exported(at('a'), at('archive'));
    const metadata = at('archive', 'chat', 'z.metadata.json');
    const whole = readFileSync(metadata, 'utf8');
    const near = whole.replace(/"n": \{\s*"\$numberInt": "1"\s*\}/, '"n": "2dsphere"');
    const capped = whole.replace('"options": {}', '"options": { "capped": true, "size": 5000 }');
    await serve(at('b'), (client) => client.db('chat').collection('z').insertOne({ mine: true }));
    for (const text of [near, capped]) {
      expect(text).not.toBe(whole);
      writeFileSync(metadata, text);
      expect(await refused(imported(at('archive'), at('b'), true))).toMatch(
        /^chat\.z cannot be made as it is in the archive: .*[^.]\. Nothing was written or dropped\.$/,
      );
      await serve(at('b'), async (client) => {
        const names = (await client.db('chat').listCollections().toArray()).map(({ name }) => name);
        expect(names).toEqual(['z']);
        expect(await client.db('chat').collection('z').countDocuments()).toBe(1);
      });
    }
    writeFileSync(metadata, whole);
    expect(await imported(at('archive'), at('b'), true)).toMatchObject({ documents: 1, found: 0 });
    await serve(at('b'), async (client) => expect(await client.db('chat').collection('z').indexes()).toHaveLength(2));
  });
});
