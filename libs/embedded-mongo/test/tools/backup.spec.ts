import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEmbeddedMongo } from '../../dist/index.js';
import { backup, EmbeddedMongoError, restore } from '../../dist/tools/index.js';
import { failure } from '../support.js';
import { behindItsBack, findings, folderForTest, killed, serve } from './support.js';

const folder = folderForTest();
const at = (...names: string[]): string => join(folder.path, ...names);

const fill = (dataDir: string, value: string): Promise<void> =>
  serve(dataDir, async (client) => {
    const collection = client.db('tests').collection<{ _id: number; value: string }>('c');
    await collection.createIndex({ value: 1, _id: -1 });
    await collection.insertMany(Array.from({ length: 300 }, (_, _id) => ({ _id, value })));
  });
const valuesIn = (dataDir: string): Promise<unknown[]> =>
  serve(dataDir, async (client) => (await client.db('tests').collection('c').distinct('value')).sort());
const refused = async (work: Promise<unknown>): Promise<string> => {
  const error = await failure(work);
  expect(error).toBeInstanceOf(EmbeddedMongoError);
  return String(error['message']);
};

describe('a backup', () => {
  it('has one state of the data while a process writes, which others may serve at once', async () => {
    const writer = await folder.start('./sequence.mjs', at('data'));
    for (let round = 0; round < 4; round++) {
      while (Number(writer.last) < (round + 1) * 40) await once(writer.lines, 'line');
      const before = Number(writer.last);
      const target = at(`backup${round}`);
      const { note, report } = await backup({ dataDir: at('data'), target });
      expect(report).toMatchObject({ disagreements: 0, holder: undefined });
      expect(note).toMatchObject({ version: 1, format: 3, documents: report.documents, collections: 3 });
      await serve(target, async (client) => {
        const numbers = async (name: string): Promise<unknown[]> =>
          (await client.db('tests').collection(name).find().toArray()).map(({ _id }) => _id);
        const [first, second] = [await numbers('first'), await numbers('second')];
        // What was answered is there, nothing is left out, and the second collection is not ahead of the first.
        expect(first).toEqual(first.map((_, n) => n));
        expect(second).toEqual(second.map((_, n) => n));
        expect(second.length).toBeGreaterThan(before);
        expect([0, 1]).toContain(first.length - second.length);
      });
    }
    expect(writer.child.exitCode).toBeNull();
    await killed(writer.child);
    expect((await findings(at('data'))).lines).toEqual([]);
  });

  it('lets other work of its thread go on while the copy is checked', async () => {
    await serve(at('data'), (client) =>
      client
        .db('tests')
        .collection('c')
        .insertMany(Array.from({ length: 3000 }, (_, n) => ({ n }))),
    );
    let turn = 0;
    const turns = new Set<number>();
    const next = (): void => {
      turn += 1;
      ticking = setImmediate(next);
    };
    let ticking = setImmediate(next);
    await backup({ dataDir: at('data'), target: at('b'), progress: (what) => what === 'tests.c' && turns.add(turn) });
    clearImmediate(ticking);
    expect(turns.size).toBe(4);
  });

  it('is made of a stopped store, and of one that this process serves; for its owner alone', async () => {
    await fill(at('data'), 'kept');
    await backup({ dataDir: at('data'), target: at('deep', 'stopped') });
    await serve(at('data'), async (client) => {
      await client.db('tests').collection('c').insertOne({ value: 'later' });
      const seen: string[] = [];
      await backup({ dataDir: at('data'), target: at('running'), progress: (what) => seen.push(what) });
      expect(seen).toContain('tests.c');
      // The server goes on, and still holds its folder.
      await client.db('tests').collection('c').insertOne({ value: 'last' });
    });
    for (const name of ['deep/stopped', 'running']) {
      expect(readdirSync(at(name)).sort()).toEqual(['backup.json', 'data.mdb']);
      expect(statSync(at(name)).mode & 0o777).toBe(0o700);
      for (const file of readdirSync(at(name))) expect(statSync(at(name, file)).mode & 0o777, file).toBe(0o600);
    }
    expect(readdirSync(folder.path).sort()).toEqual(['data', 'deep', 'running']);
    expect(await valuesIn(at('deep', 'stopped'))).toEqual(['kept']);
    expect(await valuesIn(at('running'))).toEqual(['kept', 'later']);
    expect(await valuesIn(at('data'))).toEqual(['kept', 'last', 'later']);
  });

  it('is refused where something is, or of a folder without data, and leaves nothing', async () => {
    await fill(at('data'), 'kept');
    mkdirSync(at('full'));
    writeFileSync(at('full', 'mine'), 'mine');
    const intoFull = backup({ dataDir: at('data'), target: at('full') });
    expect(await refused(intoFull)).toBe(
      `There is something at ${at('full')} already. Name a new folder, or an empty one.`,
    );
    expect(await refused(backup({ dataDir: at('data'), target: at('full', 'mine') }))).toContain('something at');
    expect(await refused(backup({ dataDir: at('nowhere'), target: at('b') }))).toContain('There is no data file in');
    mkdirSync(at('empty'));
    await backup({ dataDir: at('data'), target: at('empty') });
    expect(readdirSync(folder.path).sort()).toEqual(['data', 'empty', 'full']);
    expect(readdirSync(at('full'))).toEqual(['mine']);
  });

  it('copies damage as well, and tells of it', async () => {
    await fill(at('data'), 'kept');
    await behindItsBack(at('data'), (table) => table('entries').clearSync());
    const { note } = await backup({ dataDir: at('data'), target: at('b') });
    expect(note.disagreements).toBe(300);
    expect(await refused(restore({ backup: at('b'), dataDir: at('new') }))).toContain(
      'not in order (300 disagreements)',
    );
    expect(readdirSync(at('new'))).toEqual([]);
  });
});

describe('a restore', () => {
  it('puts a backup into a new folder, ready to be served', async () => {
    await fill(at('data'), 'kept');
    await backup({ dataDir: at('data'), target: at('b') });
    const { report, movedTo } = await restore({ backup: at('b'), dataDir: at('new') });
    expect(report).toMatchObject({ documents: 300, disagreements: 0 });
    expect(movedTo).toBeUndefined();
    expect(readdirSync(at('new'))).toEqual(['data.mdb']);
    expect(statSync(at('new', 'data.mdb')).mode & 0o777).toBe(0o600);
    expect(await valuesIn(at('new'))).toEqual(['kept']);
    expect(readdirSync(at('b')).sort()).toEqual(['backup.json', 'data.mdb']);
  });

  it('is refused while a process holds the folder, which it names, also with `replace`', async () => {
    await fill(at('other'), 'kept');
    await backup({ dataDir: at('other'), target: at('b') });
    const writer = await folder.start('./sequence.mjs', at('data'));
    for (const replace of [false, true]) {
      const text = await refused(restore({ backup: at('b'), dataDir: at('data'), replace }));
      expect(text).toContain(`in use by process ${writer.pid}`);
    }
    const count = Number(writer.last);
    while (Number(writer.last) < count + 20) await once(writer.lines, 'line');
    const server = await startEmbeddedMongo({ dataDir: at('other') });
    const text = await refused(restore({ backup: at('b'), dataDir: at('other'), replace: true }));
    expect(text).toContain(`in use by process ${process.pid}`);
    await server.close();
    expect(readdirSync(at('data')).filter((name) => /restore|replaced/.test(name))).toEqual([]);
  });

  it('moves data aside only when asked to, and deletes nothing', async () => {
    await fill(at('data'), 'new');
    await backup({ dataDir: at('data'), target: at('b') });
    rmSync(at('data'), { recursive: true });
    await fill(at('data'), 'old');
    writeFileSync(at('data', 'secrets.json'), '{}');
    const bytes = readFileSync(at('data', 'data.mdb'));
    expect(await refused(restore({ backup: at('b'), dataDir: at('data') }))).toContain('There is data in');
    expect(await valuesIn(at('data'))).toEqual(['old']);
    expect(readFileSync(at('data', 'data.mdb')).length).toBe(bytes.length);
    const { movedTo } = await restore({ backup: at('b'), dataDir: at('data'), replace: true });
    expect(await valuesIn(at('data'))).toEqual(['new']);
    expect(await valuesIn(String(movedTo))).toEqual(['old']);
    const again = await restore({ backup: at('b'), dataDir: at('data'), replace: true });
    expect(again.movedTo).not.toBe(movedTo);
    expect(existsSync(at('data', 'secrets.json'))).toBe(true);
    expect(statSync(String(movedTo)).mode & 0o777).toBe(0o700);
  });

  it('replaces data that are damaged, and keeps them', async () => {
    await fill(at('data'), 'kept');
    await backup({ dataDir: at('data'), target: at('b') });
    truncateSync(at('data', 'data.mdb'), statSync(at('data', 'data.mdb')).size >> 1);
    const damaged = readFileSync(at('data', 'data.mdb'));
    expect(await refused(restore({ backup: at('b'), dataDir: at('data') }))).toContain('There is data in');
    const { movedTo } = await restore({ backup: at('b'), dataDir: at('data'), replace: true });
    expect(await valuesIn(at('data'))).toEqual(['kept']);
    expect(readFileSync(join(String(movedTo), 'data.mdb')).equals(damaged)).toBe(true);
  });

  it('is refused with what is no backup, or a damaged one, and changes nothing', async () => {
    await fill(at('data'), 'old');
    await backup({ dataDir: at('data'), target: at('b') });
    const into = (replace: boolean): Promise<string> =>
      refused(restore({ backup: at('b'), dataDir: at('data'), replace }));
    const file = at('b', 'data.mdb');
    const whole = readFileSync(file);
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 2000] = (flipped[flipped.length - 2000] ?? 0) ^ 1;
    writeFileSync(file, flipped);
    expect(await into(true)).toContain('The backup is damaged: its data.mdb is not the one');
    writeFileSync(file, whole);
    const note = readFileSync(at('b', 'backup.json'), 'utf8');
    writeFileSync(at('b', 'backup.json'), note.replace('"version": 1', '"version": 2'));
    expect(await into(true)).toContain('is of version 2; this program reads version 1. Restore it with the release');
    writeFileSync(at('b', 'backup.json'), '{');
    expect(await into(true)).toContain('is damaged: it cannot be read. Nothing was changed.');
    rmSync(at('b', 'backup.json'));
    writeFileSync(file, whole.subarray(0, whole.length >> 1));
    expect(await into(true)).toContain('is damaged: part of what it says it holds is cut off');
    writeFileSync(file, 'something else '.repeat(1000));
    expect(await into(true)).toContain('was not written by');
    rmSync(file);
    expect(await into(true)).toContain('is not a backup: there is no data.mdb in it');
    expect(await valuesIn(at('data'))).toEqual(['old']);
    expect(readdirSync(at('data')).filter((name) => /restore|replaced/.test(name))).toEqual([]);
  });
});
