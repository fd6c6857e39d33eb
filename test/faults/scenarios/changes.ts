import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup } from '@parlance/embedded-mongo/tools';
import { mustBecome } from '../harness/until';
import { meanwhile, SCALE, type Scenario } from './scenario';

/**
 * Edits and deletions while the API is killed. A deleted text is nowhere afterwards: not with any device, not in the
 * database, and not in the bytes of a compacted copy of its file.
 */
export const changesWithKills: Scenario = {
  name: 'edits and deletions with kills',
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const devices = await Promise.all(['ada', 'ada', 'ben', 'ben'].map((person) => world.device(person, [id])));
    await world.begin();
    await Promise.all(devices.map((device) => world.talk(device, id, 15, 5)));
    await world.begin();
    const changes = devices.map(async (device, n) => {
      const own = [...world.ledger.intents.values()].filter(({ device: author }) => author === device.name);
      for (const [index, { ack }] of own.slice(0, 12 * SCALE).entries()) {
        if (!ack) continue;
        await device.change(ack, index % 2 === 0 ? '' : `what ${n} made of ${index}`);
        await device.say(id);
      }
    });
    await meanwhile(world, Promise.all(changes), 3 * SCALE, [100, 400], async () => {
      await world.api.kill();
      await world.api.start();
      // On a slow machine the next kill would come before they are back, and some would never be.
      await mustBecome('everybody is back', () => devices.every(({ isConnected }) => isConnected), 30_000);
    });
    // The last one of all stands in every list, too.
    await world.begin();
    const last = devices[0]?.syncs.get(id)?.snapshot().messages.at(-1);
    const author = devices.find(({ person }) => person.id === last?.senderId);
    if (last) await author?.change(last, '');
    const report = await world.judge();
    const deleted = world.ledger.changes.filter(({ body }) => body === '');
    if (deleted.length === 0) report.stuck.push('nothing was deleted, so this has shown nothing');
    const bytes = await compacted(world.api.dataDir);
    for (const { former } of deleted) {
      if (bytes.includes(former)) report.divergent.push(`the compacted data still hold "${former}"`);
    }
    return report;
  },
};

/** The bytes of all files of a compacted copy. */
async function compacted(dataDir: string): Promise<Buffer> {
  const parent = mkdtempSync(join(tmpdir(), 'parlance-faults-copy-'));
  try {
    const target = join(parent, 'copy');
    await backup({ dataDir, target });
    const files = readdirSync(target, { recursive: true, encoding: 'utf8' }).map((name) => join(target, name));
    return Buffer.concat(files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file)));
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}
