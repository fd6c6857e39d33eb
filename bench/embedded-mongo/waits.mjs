import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbedded } from './embedded.mjs';
import { median } from './measure.mjs';
import { message } from './documents.mjs';

const AT_ONCE = 1_000;
const PING_MS = 2;

/** What takes long over a collection; each leaves it as it was. `dropped` is a copy of it. */
const COMMANDS = {
  'count by a field without an index': (c) => c.countDocuments({ senderId: /7$/ }),
  'group all by a field': (c) =>
    c.aggregate([{ $group: { _id: '$senderId', n: { $sum: 1 } } }, { $sort: { n: -1 } }, { $limit: 1 }]).toArray(),
  'sort all without an index, the first ten': (c) => c.find({}, { sort: { clientId: 1 }, limit: 10 }).toArray(),
  'distinct values of a field': (c) => c.distinct('senderId'),
  'update of one, found last': (c, { count }) =>
    c.updateOne({ createdAt: message(count - 1).createdAt }, { $set: { seen: true } }),
  'update of all': (c) => c.updateMany({}, { $inc: { seq: 0, times: 1 } }),
  'make an index': (c) => c.createIndex({ createdAt: 1 }),
  'drop an index': (c) => c.dropIndex('createdAt_1'),
  '$out of all': (c) => c.aggregate([{ $out: 'copy' }]).toArray(),
  'drop a collection': (c, { db }) => db.collection('copy').drop(),
};

/** Runs what takes long, and pings over another connection until it is done; gives its seconds and the longest ping's. */
async function beside(other, long) {
  let isDone = false;
  let longest = 0;
  const began = performance.now();
  const running = long().finally(() => (isDone = true));
  while (!isDone) {
    const asked = performance.now();
    await other.command({ ping: 1 });
    longest = Math.max(longest, performance.now() - asked);
    await pause(PING_MS);
  }
  await running;
  return { seconds: (performance.now() - began) / 1_000, longest };
}

/** How long others wait for an answer of the embedded store while it does something with 300,000 documents. */
export async function measure({ runs, quick, progress }) {
  const count = quick ? 30_000 : 300_000;
  const folder = mkdtempSync(join(tmpdir(), 'parlance-bench-'));
  const side = await startEmbedded(folder);
  try {
    const { db } = side;
    const collection = db.collection('messages');
    const rounds = Array.from({ length: runs }, (_, index) => index + 1);
    const steps = rounds.flatMap((round) => Object.keys(COMMANDS).map((name) => ({ round, name })));
    const titleOf = ({ round, name }) => `round ${round} of ${runs}, ${name}`;
    progress.plan([['filling', quick ? 3 : 20], ...steps.map((step) => [titleOf(step), quick ? 0.3 : 2])]);
    await progress.step('filling', async () => {
      for (let n = 0; n < count; n += AT_ONCE)
        await collection.insertMany(Array.from({ length: AT_ONCE }, (_, i) => message(n + i)));
    });
    const results = {};
    for (const step of steps) {
      const run = () => COMMANDS[step.name](collection, { db, count });
      (results[step.name] ??= []).push(await progress.step(titleOf(step), () => beside(db, run)));
    }
    return { documents: count, rounds: runs, waits: results };
  } finally {
    await side.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The report as text: the medians of the seconds and of the longest waits, and the longest of all. */
export function table({ documents, rounds, waits }) {
  const rows = Object.entries(waits).map(([name, all]) => {
    const [seconds, longest] = [all.map((one) => one.seconds), all.map((one) => one.longest)];
    const cells = [median(seconds).toFixed(2), median(longest).toFixed(0), Math.max(...longest).toFixed(0)];
    return name.padEnd(44) + cells.map((cell) => cell.padStart(14)).join('');
  });
  const head = ''.padEnd(44) + ['seconds', 'longest, ms', 'of all, ms'].map((cell) => cell.padStart(14)).join('');
  return `${documents} documents; medians of ${rounds}: what it takes, and how long a ping beside it waits at most\n\n${[head, ...rows].join('\n')}\n`;
}
