import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiProcess } from '../harness/api-process';
import { OutboxDisk } from '../harness/outbox-disk';
import { readRecords, readSummaries } from '../harness/records';
import { until } from '../harness/until';
import type { World } from '../harness/world';
import { meanwhile, SCALE, type Scenario } from './scenario';

async function talkers(world: World, count: number | (() => boolean), gapMs: number, padding = '') {
  const id = await world.conversation('ada', 'ben');
  const people = ['ada', 'ada', 'ben', 'ben'];
  const devices = await Promise.all(people.map((person) => world.device(person, [id])));
  await world.begin();
  return { id, devices, talk: Promise.all(devices.map((device) => world.talk(device, id, count, gapMs, padding))) };
}

/** kill -9 in the middle of everything, again and again. */
export const apiKilled: Scenario = {
  name: 'API killed with -9 mid-load, ten times',
  async run(world) {
    const kills = SCALE > 1 ? 20 : 10;
    let killed = 0;
    const { talk } = await talkers(world, () => killed < kills, 160);
    await meanwhile(world, talk, kills, [200, 600], async () => {
      await world.api.kill();
      await world.api.start();
      killed += 1;
    });
    return world.judge();
  },
};

/** Everything is stopped politely under load: what is in flight is finished, and the process ends with 0. */
export const sigtermUnderLoad: Scenario = {
  name: 'SIGTERM under load',
  async run(world) {
    const stops = 3 * SCALE;
    let stopped = 0;
    const { talk } = await talkers(world, () => stopped < stops, 80);
    await meanwhile(world, talk, stops, [300, 700], async () => {
      const code = await world.api.stop();
      if (code !== 0) throw new Error(`SIGTERM ended the API with ${code}.`);
      await world.api.start();
      stopped += 1;
    });
    return world.judge();
  },
};

/** kill -9 behind the ack and before the summary is written: the list counts the message all the same. */
export const killedBeforeSummary: Scenario = {
  name: 'API killed between a message and its summary',
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const disk = new OutboxDisk();
    const ada = await world.device('ada', [id], { disk });
    await world.begin();
    const acked = once(world.ledger, 'acked');
    await ada.say(id);
    await acked;
    await world.api.kill();
    // A device that comes back asks for the conversation, which alone would repair it.
    world.leave(ada);
    const written = (await readSummaries(world.api.dataDir)).get(id);
    await world.api.start();
    const listed = (await world.list('ben')).find((conversation) => conversation.id === id);
    await Promise.all([world.device('ada', [id], { disk }), world.device('ben', [id])]);
    const report = await world.judge();
    if (written !== 0) report.stuck.push('the summary was written before the kill, so this has shown nothing');
    if (listed?.headSeq !== 1 || listed.unread !== 1) report.divergent.push('the list does not count the message');
    return report;
  },
};

/** The clock is set back an hour under load: order comes from the database, not from a clock. */
export const clockSetBack: Scenario = {
  name: 'clock set back an hour',
  async run(world) {
    const { id, devices, talk } = await talkers(world, 40, 40);
    await pause(400);
    await world.api.moveClock(-3_600_000);
    await talk;
    await world.api.kill();
    await world.api.start();
    await Promise.all(devices.map((device) => world.talk(device, id, 10, 40)));
    const report = await world.judge();
    for (const { name, syncs } of devices) {
      const times = [...(syncs.get(id)?.snapshot().messages ?? [])].map(({ createdAt }) => createdAt);
      if (times.join() !== [...times].sort().join()) report.outOfOrder.push(`${name} shows times that go back`);
    }
    return report;
  },
};

/** The store's data file, below the folder of the API's data. */
function fileIn(folder: string): string {
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('data.mdb'));
  if (name === undefined) throw new Error('The store has no file.');
  return join(folder, name);
}

/**
 * LMDB's binding (lmdb 3.5.6, `mdb_page_flush`) prints the reason of a failed write into a buffer that can be too short
 * for it, and glibc may then end the process. Nothing is lost with that: whoever watches over it starts it again.
 */
function endedInLmdb({ signal, stderr }: ApiProcess): boolean {
  return (signal === 'SIGABRT' || signal === 'SIGSEGV') && stderr.includes('Write error:');
}

/** No file of the API may grow for ten seconds: what cannot be written is refused and goes out later. */
export const diskFull: Scenario = {
  name: 'disk full for ten seconds',
  async run(world) {
    const { talk } = await talkers(world, 100 * SCALE, 150, ` ${'x'.repeat(3_900)}`);
    await pause(500);
    const size = statSync(fileIn(world.api.dataDir)).size;
    const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(world.api.pid), `--fsize=${bytes}`]);
    const acked = () => world.ledger.ackedCount;
    limit(`${size}:unlimited`);
    const full = performance.now() + 10_000;
    const stands = async () => {
      const before = acked();
      await pause(1_500);
      return acked() === before;
    };
    const wasFull = await until(stands, full - performance.now() - 2_000);
    await pause(Math.max(0, full - performance.now()));
    if (endedInLmdb(world.api)) await world.api.start();
    else limit('unlimited');
    await talk;
    const report = await world.judge();
    if (!wasFull) report.stuck.push('the disk was never full, so this has shown nothing');
    return report;
  },
};

type Damage = (file: string, size: number, world: World) => void;

/** Where the last so many pages begin; of a short file at least its first page stays. */
const tailOf = (size: number, pages: number) => Math.max(4_096, size - 4_096 * pages);

const damages: Damage[] = [
  (file, size, { random }) => truncateSync(file, tailOf(size, random.between(1, 20))),
  (file, size, { random }) => truncateSync(file, size - random.between(1, 4_095)),
  (file, size, { random }) => {
    const bytes = readFileSync(file);
    bytes.fill(0, tailOf(size, random.between(1, 20)));
    writeFileSync(file, bytes);
  },
];

/** A copy of a killed store whose tail is torn: either everything promised is there, or it is refused and untouched. */
async function openDamaged(world: World, damage: Damage): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-faults-torn-'));
  cpSync(world.api.dataDir, folder, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  const file = fileIn(folder);
  damage(file, statSync(file).size, world);
  const torn = readFileSync(file);
  const copy = new ApiProcess([], {}, folder);
  try {
    const refusal = await copy.start().then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (refusal !== undefined) {
      if (!refusal.includes('Parlance cannot start.')) return `a torn store is refused without plain words: ${refusal}`;
      return readFileSync(file).equals(torn) ? undefined : 'a torn store was refused and changed';
    }
    await copy.stop();
    const { messages, disagreements } = await readRecords(folder);
    if (disagreements > 0) return 'a torn store was opened with disagreements';
    const stored = new Set(messages.map(({ body }) => body));
    const lost = [...world.ledger.intents.values()].filter(({ ack, body }) => ack && !stored.has(body));
    return lost.length > 0 ? `a torn store was opened and misses "${lost[0]?.body}"` : undefined;
  } finally {
    await copy.dispose();
  }
}

export const storeTorn: Scenario = {
  name: 'store killed and its tail torn, on copies',
  async run(world) {
    const { talk } = await talkers(world, 60, 40);
    await pause(900);
    await world.api.kill();
    const lost: string[] = [];
    for (let round = 0; round < SCALE; round++) {
      for (const damage of damages) lost.push((await openDamaged(world, damage)) ?? '');
    }
    await world.api.start();
    await talk;
    const report = await world.judge();
    report.lost.push(...lost.filter(Boolean));
    return report;
  },
};
