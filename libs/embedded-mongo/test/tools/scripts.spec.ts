import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { behindItsBack, folderForTest, killed, serve } from './support.js';

const folder = folderForTest();
const at = (...names: string[]): string => join(folder.path, ...names);
const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Runs an npm script of the repository as a person would, from the folder of the test. */
async function npm(script: string, args: string[], env: Record<string, string> = {}) {
  const settings = { DATA_DIR: at('data'), MONGODB_URI: '', ...env };
  const child = spawn('npm', ['run', '--prefix', root, '--silent', script, '--', ...args], {
    cwd: folder.path,
    env: { ...process.env, ...settings, npm_config_loglevel: 'silent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, err };
}

/** Starts a script without npm, by another program or with options of Node's. */
const start = (program: string, options: string[], script: string, args: string[]) =>
  spawn(program, [...options, join(root, 'scripts/db', `${script}.mjs`), ...args], {
    cwd: folder.path,
    env: { ...process.env, INIT_CWD: folder.path, DATA_DIR: at('data'), MONGODB_URI: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Runs a script where no file may grow beyond some bytes, which is a full disk to whoever writes. */
async function onFullDisk(bytes: number, script: string, ...args: string[]) {
  const child = start('prlimit', [`--fsize=${bytes}`, process.execPath], script, args);
  const [err] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, err };
}

/** Sends a script a signal in its midst, when it reads back what it wrote; `during` is what stood in the folder then. */
async function brokenOff(signal: NodeJS.Signals, script: string, ...args: string[]) {
  const child = start(process.execPath, ['--import', new URL('./standstill.mjs', import.meta.url).href], script, args);
  const ended = Promise.all([text(child.stderr), once(child, 'close')]);
  await Promise.race([once(child.stdout, 'data'), ended]);
  const during = readdirSync(folder.path);
  child.kill(signal);
  const [err] = await ended;
  return { code: child.exitCode, err, during };
}

describe('the command lines', () => {
  it('take an installation through backup, restore, check, export and import', async () => {
    const writer = await folder.start('./sequence.mjs', at('data'));
    while (Number(writer.last) < 50) await once(writer.lines, 'line');

    const checked = await npm('db:check', []);
    expect(checked).toMatchObject({ code: 0, err: '' });
    expect(checked.out).toContain(`Process ${writer.pid} holds the folder`);
    expect(checked.out).toMatch(
      /3 collections and 0 views, [\d,]+ documents, 1 index with [\d,]+ entries: 0 disagreements\n$/,
    );

    const saved = await npm('db:backup', ['b']);
    expect(saved).toMatchObject({ code: 0, err: '' });
    expect(saved.out).toMatch(
      /^Backup in .*\/b: [\d,]+ documents in 3 collections, [\d,]+ bytes, SHA-256 [0-9a-f]{64}\n$/,
    );
    expect(await npm('db:backup', [at('b')])).toEqual({
      code: 1,
      out: '',
      err: `\nThere is something at ${at('b')} already. Name a new folder, or an empty one.\n`,
    });
    const live = await npm('db:export', [at('live')]);
    expect(live).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(folder.path).sort()).toEqual(['b', 'data', 'live']);

    const busy = await npm('db:restore', [at('b')]);
    expect(busy).toMatchObject({ code: 1, out: '' });
    expect(busy.err).toBe(
      `\nThe data folder ${at('data')} is in use by process ${writer.pid}. Stop that process first.\n`,
    );
    expect((await npm('db:import', [at('live')])).err).toContain(`in use by process ${writer.pid}`);
    await killed(writer.child);

    expect((await npm('db:restore', [at('b')])).err).toContain('say --replace, which moves that data aside');
    const replaced = await npm('db:restore', [at('b'), '--replace']);
    expect(replaced).toMatchObject({ code: 0, err: '' });
    expect(replaced.out).toMatch(
      /^What was there is in .*\/data\/replaced-.*\nRestored into .*\/data: [\d,]+ documents/,
    );

    expect(await npm('db:export', [at('archive')])).toMatchObject({ code: 0, err: '' });
    const moved = await npm('db:import', [at('archive'), '--data-dir', at('moved')]);
    expect(moved).toMatchObject({ code: 0, err: '' });
    expect(moved.out).toMatch(/^Imported [\d,]+ documents in 3 collections and 0 views, read back and compared\n$/);
    await serve(at('moved'), async (client, uri) => {
      await client.db('tests').collection('first').insertOne({ mine: true });
      const other = await npm('db:import', [at('archive'), '--uri', uri]);
      expect(other).toMatchObject({ code: 1, out: '' });
      expect(other.err).toContain('  - tests.first has other documents');
      expect(await npm('db:import', [at('archive'), '--uri', uri, '--replace'])).toMatchObject({ code: 0, err: '' });
      expect(await npm('db:export', [at('again'), '--uri', uri])).toMatchObject({ code: 0, err: '' });
    });
    expect((await npm('db:check', ['--data-dir', at('moved')])).code).toBe(0);
  }, 120_000);

  it('say that the disk is full and what that means, and what runs that broke off have left behind', async () => {
    await serve(at('data'), (client) =>
      client
        .db('tests')
        .collection('c')
        .insertMany(Array.from({ length: 200 }, (_, n) => ({ n, text: 'x'.repeat(3000) }))),
    );
    truncateSync(at('data', 'data.mdb-lock'), 0);
    expect((await onFullDisk(100_000, 'check')).err).toBe(
      `\nThe folder ${at('data')} cannot be written (EFBIG), and its data need a lock file there. Make room, or give this user write access to it.\n`,
    );
    expect(await npm('db:check', [])).toMatchObject({ code: 0, err: '' });
    expect((await onFullDisk(100_000, 'backup', 'b')).err).toContain(`The backup ${at('b')} could not be made (`);
    expect(await npm('db:backup', ['b'])).toMatchObject({ code: 0, err: '' });
    expect(await onFullDisk(300_000, 'restore', 'b', '--data-dir', 'full')).toEqual({
      code: 1,
      err: `\nThe backup could not be copied into ${at('full')} (EFBIG, no file may be as large). Nothing was changed.\n`,
    });
    expect(readdirSync(at('full'))).toEqual([]);
    await serve(at('data'), async (_client, uri) =>
      expect(await onFullDisk(100_000, 'export', 'archive', '--uri', uri)).toEqual({
        code: 1,
        err: `\nThe archive ${at('archive')} could not be written (EFBIG, no file may be as large). What is there stays; export again into the same folder to go on.\n`,
      }),
    );
    expect(await npm('db:export', ['archive'])).toMatchObject({ code: 0, err: '' });
    const none = await onFullDisk(200_000, 'import', 'archive', '--data-dir', 'none');
    expect(none.err).toBe(
      `\n${at('none', 'data.journal')} cannot be written (EFBIG). Make room, or give this user write access to it.\n`,
    );
    expect(readdirSync(at('none'))).not.toContain('data.journal.new');

    const left = [at('.old.partial-Ab3dE6'), at('data', '.restore-Ab3dE6')];
    for (const path of left) mkdirSync(path);
    expect((await npm('db:backup', ['c'])).out).toContain(`Note: ${left[0]} was left by a run that broke off.`);
    expect((await npm('db:check', [])).out).toContain(`Note: ${left[1]} was left by a run that broke off.`);
  }, 120_000);

  it('remove what they prepare when they are broken off, and say that nothing is finished', async () => {
    const writer = await folder.start('./sequence.mjs', at('data'));
    while (Number(writer.last) < 50) await once(writer.lines, 'line');
    const saving = await brokenOff('SIGINT', 'backup', 'b');
    expect(saving).toEqual({
      code: 130,
      err: `\nBroken off. There is no backup in ${at('b')}: what was begun of it has been removed.\n`,
      during: [expect.stringMatching(/^\.b\.partial-/), 'data'],
    });
    expect(readdirSync(folder.path)).toEqual(['data']);
    const exporting = await brokenOff('SIGTERM', 'export', 'archive');
    expect(exporting).toEqual({
      code: 143,
      err: `\nBroken off. The archive is not finished: export again into ${at('archive')} to go on from where it was.\n`,
      during: [expect.stringMatching(/^\.snapshot-/), 'archive', 'data'],
    });
    expect(readdirSync(folder.path)).toEqual(['archive', 'data']);
    await killed(writer.child);

    expect(await npm('db:backup', ['b'])).toMatchObject({ code: 0, err: '' });
    expect((await npm('db:import', ['archive', '--data-dir', 'moved'])).err).toContain('is not complete');
    const restoring = await brokenOff('SIGHUP', 'restore', 'b', '--replace');
    expect(restoring).toMatchObject({ code: 129, err: `\nBroken off. Nothing was changed in ${at('data')}.\n` });
    expect(readdirSync(at('data')).filter((name) => /restore|replaced/.test(name))).toEqual([]);
    expect(await npm('db:check', [])).toMatchObject({ code: 0, err: '' });
    expect((await npm('db:export', ['archive'])).out).toContain('read back and compared');
  }, 120_000);

  it('say every ten seconds how far they are where there is no terminal', async () => {
    await serve(at('data'), (client) =>
      client
        .db('tests')
        .collection('c')
        .insertMany(Array.from({ length: 3000 }, (_, n) => ({ n }))),
    );
    const clock = 'const now = performance.now.bind(performance); performance.now = () => now() * 100_000;';
    const child = start(process.execPath, ['--import', `data:text/javascript,${clock}`], 'check', []);
    const [err] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(err).toMatch(/^tests\.c {2}33 %\n(tests\.c +\d+ %\n)+$/);
  });

  it('tell what does not agree, and what they cannot do, in plain words', async () => {
    await serve(at('data'), async (client) => {
      await client.db('tests').collection('c').createIndex({ n: 1 });
      await client.db('tests').collection<{ _id: number }>('c').insertOne({ _id: 7 });
    });
    await behindItsBack(at('data'), (table) => table('entries').clearSync());
    expect(await npm('db:check', [])).toEqual({
      code: 1,
      out:
        'tests.c, index n_1: an entry of the document 7 is missing\n' +
        '1 collection and 0 views, 1 document, 1 index with 0 entries: 1 disagreement\n',
      err: '',
    });
    expect(await npm('db:backup', [])).toMatchObject({ code: 1, out: '' });
    expect((await npm('db:backup', [])).err).toContain('A folder is missing.\n\nnpm run db:backup -- <folder>');
    expect((await npm('db:check', ['--fix'])).err).toBe("\nUnknown option '--fix'. --help shows what there is.\n");
    expect(await npm('db:import', ['--help'])).toMatchObject({ code: 0, err: '' });
    expect((await npm('db:check', [], { MONGODB_URI: 'mongodb://127.0.0.1/x' })).err).toContain('MONGODB_URI is set');
    mkdirSync(at('empty'));
    expect((await npm('db:export', [at('x')], { DATA_DIR: at('empty') })).err).toContain('There is no data file in');
    const gone = await npm('db:export', [at('x'), '--uri', 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100']);
    expect(gone).toMatchObject({ code: 1, out: '' });
    expect(gone.err).toBe(
      '\nNo MongoDB answers: connect ECONNREFUSED 127.0.0.1:1. Does it run, and is the address right?\n',
    );
  }, 120_000);
});
