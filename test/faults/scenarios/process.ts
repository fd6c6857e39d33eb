import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiProcess } from '../harness/api-process';
import { JOURNAL_HEADER, journalRecords, withRecordBehind } from '../harness/journal';
import { OutboxDisk } from '../harness/outbox-disk';
import type { Random } from '../harness/random';
import { readRecords, readSummaries } from '../harness/records';
import { mustBecome, until } from '../harness/until';
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

/**
 * The clock is set back an hour under load: order comes from the database, not from a clock. That the list counts a message
 * behind whose ack the API was killed must not come from one, either: it is the only one of its conversation.
 */
export const clockSetBack: Scenario = {
  name: 'clock set back an hour',
  async run(world) {
    const quiet = await world.conversation('cleo', 'dan');
    const { id, devices, talk } = await talkers(world, 40, 40);
    await pause(400);
    await world.api.moveClock(-3_600_000);
    await talk;
    const cleo = await world.device('cleo', [quiet]);
    await world.begin();
    const acked = once(world.ledger, 'acked');
    await cleo.say(quiet);
    await acked;
    await world.api.kill();
    // A device that comes back asks for the conversation, which alone would repair it.
    world.leave(cleo);
    const written = (await readSummaries(world.api.dataDir)).get(quiet);
    await world.api.start();
    const listed = (await world.list('dan')).find((conversation) => conversation.id === quiet);
    await Promise.all(devices.map((device) => world.talk(device, id, 10, 40)));
    const report = await world.judge();
    if (written !== 0) report.stuck.push('the summary was written before the kill, so this has shown nothing');
    if (listed?.headSeq !== 1 || listed.unread !== 1)
      report.divergent.push('the list does not count the quiet message');
    for (const { name, syncs } of devices) {
      const times = [...(syncs.get(id)?.snapshot().messages ?? [])].map(({ createdAt }) => createdAt);
      if (times.join() !== [...times].sort().join()) report.outOfOrder.push(`${name} shows times that go back`);
    }
    return report;
  },
};

/** One of the store's files, below the folder of the API's data. */
function fileIn(folder: string, file: 'data.mdb' | 'data.journal'): string {
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith(file));
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

/** No file of the API may grow for so many seconds: what cannot be written is refused and goes out later. */
function diskFullFor(name: string, seconds: number): Scenario {
  return {
    name,
    async run(world) {
      const { talk } = await talkers(world, 10 * seconds * SCALE, 150, ` ${'x'.repeat(3_900)}`);
      await pause(500);
      const size = statSync(fileIn(world.api.dataDir, 'data.mdb')).size;
      const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(world.api.pid), `--fsize=${bytes}`]);
      const acked = () => world.ledger.ackedCount;
      limit(`${size}:unlimited`);
      const full = performance.now() + seconds * 1_000;
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
}

export const diskFull = diskFullFor('disk full for ten seconds', 10);

/** What is done before a write that then fails comes to light each time; a kill hardly ever falls between the two. */
export const diskFullBriefly = diskFullFor('disk full for five seconds', 5);

/** What may become of a store that is opened with this damage; `either` is for what no layer above the file can tell. */
interface Damage {
  readonly file: 'data.mdb' | 'data.journal';
  readonly outcome: 'opens' | 'refused' | 'either';
  /** Answers what to write in place of the file. */
  apply(bytes: Buffer, random: Random): Buffer;
}

/** Bytes of up to twenty pages, and of no more than half of a file. */
const pages = ({ length }: Buffer, random: Random): number =>
  4_096 * random.between(1, Math.min(20, Math.floor(length / 8_192)));

const damages: Damage[] = [
  ...[
    (bytes: Buffer, random: Random) => bytes.subarray(0, bytes.length - pages(bytes, random)),
    (bytes: Buffer, random: Random) => bytes.subarray(0, bytes.length - random.between(1, 4_095)),
    (bytes: Buffer, random: Random) => Buffer.from(bytes).fill(0, bytes.length - pages(bytes, random)),
  ].map((apply): Damage => ({ file: 'data.mdb', outcome: 'either', apply })),
  // The record that was being written when the power went, and was answered to nobody: cut off, or a part never came.
  ...[
    (record: Buffer, random: Random) => record.subarray(0, random.between(1, JOURNAL_HEADER)),
    (record: Buffer, random: Random) => record.subarray(0, random.between(JOURNAL_HEADER + 1, record.length - 1)),
    (record: Buffer, random: Random) => Buffer.from(record).fill(0, random.between(JOURNAL_HEADER, record.length - 8)),
  ].map((torn): Damage => ({
    file: 'data.journal',
    outcome: 'opens',
    apply: (bytes, random) => withRecordBehind(bytes, (record) => torn(record, random)),
  })),
  {
    file: 'data.journal',
    outcome: 'refused',
    apply(bytes, random) {
      const places = journalRecords(bytes).slice(0, -1);
      const { at, length } = random.pick(places);
      return Buffer.from(bytes).fill(0xff, at + JOURNAL_HEADER, at + length);
    },
  },
];

/** A copy of a killed store that is damaged: what was promised is there, or it is refused and left as it is. */
async function openDamaged(world: World, damage: Damage): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-faults-torn-'));
  cpSync(world.api.dataDir, folder, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  const damaged = fileIn(folder, damage.file);
  writeFileSync(damaged, damage.apply(readFileSync(damaged), world.random));
  const files = (['data.mdb', 'data.journal'] as const).map((file) => fileIn(folder, file));
  const torn = files.map((file) => readFileSync(file));
  const copy = new ApiProcess(world.api.plants, {}, folder);
  const what = `a store with a torn ${damage.file}`;
  try {
    const refusal = await copy.start().then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (refusal !== undefined) {
      if (damage.outcome === 'opens') return `${what} is refused: ${refusal}`;
      if (!refusal.includes('Parlance cannot start.')) return `${what} is refused without plain words: ${refusal}`;
      const isLeft = files.every((file, n) => torn[n]?.equals(readFileSync(file)));
      return isLeft ? undefined : `${what} was refused and changed`;
    }
    if (damage.outcome === 'refused') return `${what} in its midst was opened`;
    await copy.stop();
    const { messages, disagreements } = await readRecords(folder);
    if (disagreements > 0) return `${what} was opened with disagreements`;
    const stored = new Set(messages.map(({ body }) => body));
    const lost = [...world.ledger.intents.values()].filter(({ ack, body }) => ack && !stored.has(body));
    return lost.length > 0 ? `${what} was opened and misses "${lost[0]?.body}"` : undefined;
  } finally {
    await copy.dispose();
  }
}

/** The store takes the journal into its data file a second after the first record; so long, at most, nothing can have been. */
const SINCE_CHECKPOINT_MS = 700;
const RECORDS = 5;

/** kill -9 while what was just acknowledged stands in the journal only. */
async function killedWithJournal(world: World): Promise<void> {
  const { api } = world;
  const file = fileIn(api.dataDir, 'data.journal');
  const records = () => journalRecords(readFileSync(file));
  for (let attempt = 0; attempt < 10; attempt++) {
    const before = records()[0]?.number;
    await mustBecome('the journal begins anew', () => records()[0]?.number !== before, 10_000);
    const began = performance.now();
    await until(() => records().length >= RECORDS, SINCE_CHECKPOINT_MS);
    await api.kill();
    if (performance.now() - began < SINCE_CHECKPOINT_MS && records().length >= RECORDS) return;
    await api.start();
  }
  throw new Error('The API was never killed in time.');
}

export const storeTorn: Scenario = {
  name: 'store killed and its tail torn, on copies',
  async run(world) {
    let killed = false;
    const { talk } = await talkers(world, () => !killed, 40);
    await killedWithJournal(world);
    killed = true;
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
