import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOURNAL_BYTES } from '../../src/store/disk/journal.js';
import { generator } from '../generator.js';
import { temporaryFolder } from '../temporary.js';
import { Disk } from './disk.js';
import { expectAgreement, expectWritten } from './expected.js';
import { endAll, readAll, type Found } from './processes.js';
import { straceArguments, Trace, type FileEvent, type WriteEvent } from './trace.js';

const SEED = Number(process.env['CRASH_SEED'] ?? 20_261_124);
/** What a process writes, how long its texts are, and how often the power fails meanwhile. */
interface Run {
  readonly documents: number;
  readonly times: number;
  readonly failures: number;
}
const isLong = Boolean(process.env['LONG']);
/** Takes some seconds, with a checkpoint in each. */
const SHORT: Run = { documents: isLong ? 5_000 : 1_000, times: 1, failures: isLong ? 200 : 12 };
/** With documents of more bytes than the journal has at first, which is full and grows however slow the machine is. */
const FILLING: Run = { documents: isLong ? 120 : 60, times: 230, failures: isLong ? 100 : 6 };

const canTrace = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']).status === 0;
if (!canTrace)
  process.stdout.write('The power does not fail here: there is no strace, or it may not look at a process.\n');

const FILES = ['data.mdb', 'data.journal'] as const;
type FileName = (typeof FILES)[number];

let folder: string;
let trace: Trace;
const printed = (): string => join(folder, 'printed');
const fileOf = (name: FileName): string => join(folder, 'data', name);

function traced(run: Run): void {
  beforeAll(async () => {
    folder = temporaryFolder();
    if (canTrace) trace = await traceOfWriter(run);
  }, 120_000);
  afterAll(async () => {
    await endAll();
    rmSync(folder, { recursive: true, force: true });
  });
}

/** Has a process write until it kills itself; answers all that it did to its files and what it printed. */
async function traceOfWriter({ documents, times }: Run): Promise<Trace> {
  const log = join(folder, 'trace');
  const writer = fileURLToPath(new URL('./writer.mjs', import.meta.url));
  const files = [...FILES.map(fileOf), `${fileOf('data.journal')}.new`, printed()];
  const command = [process.execPath, writer, join(folder, 'data'), '0', String(documents), String(times)];
  const out = openSync(printed(), 'w');
  spawnSync('strace', [...straceArguments(log, files), ...command], {
    stdio: ['ignore', out, 'inherit'],
    timeout: 100_000,
  });
  closeSync(out);
  return Trace.read(log);
}

const isPrinted = (event: FileEvent): event is WriteEvent => event.kind === 'write' && event.path === printed();
const pathOf = (event?: FileEvent) => (event?.kind === 'settled' ? event.write.path : event?.path);

/** What is on the disk when the power fails behind one of the steps. */
interface Left {
  readonly folder: string;
  /** Numbers of the documents whose writer had been told by then that they are written. */
  readonly answered: ReadonlySet<number>;
  readonly note: string;
}

/** The steps behind which the power fails: every other one in a checkpoint, for there are far more of the journal. */
function chosenSteps(events: readonly FileEvent[], count: number, random: () => number): ReadonlySet<number> {
  const ready = events.findIndex((event) => isPrinted(event) && event.bytes.includes('ready'));
  const steps = [...events.keys()].slice(ready + 1);
  const inCheckpoints = steps.filter((n) => pathOf(events[n]) === fileOf('data.mdb'));
  const chosen = Array.from({ length: count }, (_, n) => {
    const among = n % 2 === 0 ? inCheckpoints : steps;
    return among[Math.floor(random() * among.length)] ?? 0;
  });
  return new Set(chosen);
}

/** Makes what is left of so many failures of the power. */
function* failures(events: readonly FileEvent[], count: number, random: () => number): Generator<Left> {
  const disk = new Disk();
  const answered = new Set<number>();
  const chosen = chosenSteps(events, count, random);
  for (const [n, event] of events.entries()) {
    if (isPrinted(event)) {
      for (const line of event.bytes.toString().split('\n')) if (/^\d+$/.test(line)) answered.add(Number(line));
    } else disk.take(event);
    if (!chosen.has(n)) continue;
    const left = mkdtempSync(join(folder, 'left-'));
    for (const name of FILES) writeFileSync(join(left, name), disk.left(fileOf(name), random));
    const note = `seed ${SEED}, the power failed behind step ${n} of ${events.length}`;
    yield { folder: left, answered: new Set(answered), note };
  }
}

/** As the next start finds it; undefined when that does not even say what the matter is. */
async function read({ folder: left, note }: Left): Promise<Found | { refused: string } | undefined> {
  const [found] = await readAll([left], note).catch(() => []);
  rmSync(left, { recursive: true });
  return found;
}

/** How many of them one process reads: most of its time goes into its start. */
const AT_ONCE = 6;

function* grouped(all: Iterable<Left>): Generator<Left[]> {
  let group: Left[] = [];
  for (const left of all)
    if (group.push(left) === AT_ONCE) {
      yield group;
      group = [];
    }
  yield group;
}

/** Has the power fail in the run; all that was answered has to be there each time. */
async function failAndRead({ documents, times, failures: count }: Run): Promise<void> {
  let most = 0;
  for (const group of grouped(failures(trace.events, count, generator(SEED)))) {
    const folders = group.map((left) => left.folder);
    const all = await readAll(folders, `${group[0]?.note} and those that follow`);
    for (const [n, { note, answered }] of group.entries()) {
      const found = all[n];
      if (!found || 'refused' in found) throw new Error(`${note}: ${found?.refused}`);
      expectAgreement(found, note);
      expectWritten(found, answered, note, times);
      most = Math.max(most, answered.size);
    }
    for (const left of folders) rmSync(left, { recursive: true });
  }
  expect(most).toBeGreaterThan(documents / 2);
}

describe.skipIf(!canTrace)('the store', () => {
  traced(SHORT);

  it('is traced to the last byte', () => {
    const disk = new Disk();
    for (const event of trace.events) disk.take(event);
    for (const path of FILES.map(fileOf)) {
      const there = readFileSync(path);
      const made = disk.whole(path);
      // What the kill has cut short may be there or not.
      for (const write of trace.unfinished)
        if (write.path === path) there.copy(made, write.at, write.at, write.at + write.bytes.length);
      expect(made.equals(there), path).toBe(true);
    }
  });

  it(
    `has everything that was answered when the power fails ${SHORT.failures} times`,
    () => failAndRead(SHORT),
    600_000,
  );

  it.each(FILES)(
    'would be found out if it did not sync %s',
    async (name) => {
      const unsynced = trace.events.filter((event) => event.kind !== 'synced' || event.path !== fileOf(name));
      let isLost = false;
      for (const left of failures(unsynced, 10, generator(SEED))) {
        const found = await read(left);
        const stored = new Set(found && 'documents' in found ? found.documents.map(({ n }) => n) : []);
        isLost = [...left.answered].some((n) => n % 5 !== 0 && !stored.has(n));
        if (isLost) break;
      }
      expect(isLost).toBe(true);
    },
    600_000,
  );
});

describe.skipIf(!canTrace)('the store whose journal is full again and again', () => {
  traced(FILLING);

  it(`has everything that was answered when the power fails ${FILLING.failures} times`, async () => {
    const last = fileOf('data.journal');
    const ends = trace.events.map((event) =>
      event.kind === 'write' && event.path === last ? event.at + event.bytes.length : 0,
    );
    expect(Math.max(...ends), 'it has grown').toBeGreaterThan(JOURNAL_BYTES);
    await failAndRead(FILLING);
  }, 600_000);
});
