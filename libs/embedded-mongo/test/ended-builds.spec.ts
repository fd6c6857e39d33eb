import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Environment } from '../src/store/disk/environment.js';
import { temporaryFolder } from './temporary.js';
import { expectOrder, findings, killed, serve } from './tools/support.js';

let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  if (child) await killed(child);
  child = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function run(script: string, ...args: string[]): ChildProcess & { stdout: Readable } {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const started = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  return started;
}

const nameOf = ({ name }: { name?: string }): string => String(name);

describe('an end in the midst', () => {
  it.each([
    ['of the making of indexes', 'build', ['items', 'kept']],
    ['of a clearing', 'clearing', ['kept']],
  ])('%s, by a kill, leaves nothing of it after the next start', async (_, what, collections) => {
    const own = join(folder, 'own');
    mkdirSync(own);
    const ending = run('./killed-build.mjs', own, what);
    ending.stdout.resume();
    expect(await once(ending, 'exit')).toEqual([null, 'SIGKILL']);
    // As the kill has left it, with the journal taken in: in the midst, and in order.
    const copy = join(folder, 'copy');
    cpSync(own, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });
    await Environment.settleCopy(copy);
    const { report, lines } = await findings(copy);
    expect(lines).toEqual([]);
    expect(report.notes).toEqual([expect.stringContaining('is still to be cleared, or is being built')]);
    await serve(own, async (reader) => {
      const found = await reader.db('tests').listCollections({}, { nameOnly: true }).toArray();
      expect(found.map(nameOf).sort()).toEqual(collections);
      if (what === 'build') {
        expect((await reader.db('tests').collection('items').indexes()).map(nameOf)).toEqual(['_id_']);
        await reader.db('tests').collection('items').createIndex({ n: 1 }, { unique: true });
      }
      expect(await reader.db('tests').collection('kept').find({}, { hint: 'n_1' }).toArray()).toHaveLength(3);
      await expectOrder(own);
    });
  });

  it('is none when the indexes were answered: they are whole after a kill', async () => {
    const ending = run('./killed-build.mjs', folder, 'made');
    ending.stdout.resume();
    expect(await once(ending, 'exit')).toEqual([null, 'SIGKILL']);
    await serve(folder, async (reader) => {
      const items = reader.db('tests').collection('items');
      expect((await items.indexes()).map(nameOf)).toEqual(['_id_', 'n', 'name']);
      expect(await items.find({}, { hint: 'name' }).toArray()).toHaveLength(20_000);
      await expectOrder(folder);
    });
  });

  it.skipIf(process.platform !== 'linux')(
    'of the room on the disk is told, leaves nothing, and makes the index when there is room',
    async () => {
      const own = join(folder, 'own');
      mkdirSync(own);
      const full = run('./full-build.mjs', own);
      const gone = once(full, 'exit');
      const told = JSON.parse(await text(full.stdout)) as { code: number };
      expect(await gone).toEqual([0, null]);
      expect(told).toEqual({ code: told.code, left: ['_id_'], found: 25_000, made: ['_id_', 'text_1'] });
      // What failed is the transaction of its own turn, or a checkpoint between two of them.
      expect([14031, 276]).toContain(told.code);
      expect((await findings(own)).lines).toEqual([]);
    },
  );
});
