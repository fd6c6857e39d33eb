import { setTimeout as pause } from 'node:timers/promises';
import { pairs } from './people.mjs';
import { shareOf, startFleet } from './fleet.mjs';

const PAIRS = 100;
const GENERATORS = 2;
const WARM_MS = 3_000;
const MEASURE_MS = 5_000;

/** 200 people in 100 conversations, connected, with their generators. */
async function talkers(server) {
  const kind = server.metric ? 'api' : 'relay';
  const all = await pairs(server, PAIRS);
  const fleet = startFleet(GENERATORS);
  await fleet.ask('connect', (n) => ({ url: server.url, kind, pairs: shareOf(all, n, GENERATORS) }));
  return fleet;
}

const sum = (answers, name) => answers.reduce((total, answer) => total + answer[name], 0);

/** What happens in some seconds under a load that stands already. */
async function measured(server, fleet) {
  await pause(WARM_MS);
  await fleet.ask('count');
  const counted = async () => ({
    cpu: server.cpu(),
    commands: (await server.metric?.('parlance_store_request_seconds_count')) ?? 0,
    written: (await server.metric?.('parlance_messages_written_total')) ?? 0,
    at: performance.now(),
  });
  const before = await counted();
  await pause(MEASURE_MS);
  const answers = await fleet.ask('count');
  const after = await counted();
  const waiting = sum(answers, 'waiting');
  await fleet.ask('stop');
  const seconds = (after.at - before.at) / 1000;
  const done = sum(answers, 'done');
  return {
    perSecond: done / seconds,
    perCpuSecond: done / (after.cpu - before.cpu),
    refused: sum(answers, 'refused'),
    waiting,
    /** Commands of every kind that the API had the store do, for each message written. */
    roundTrips: (after.commands - before.commands) / Math.max(1, after.written - before.written),
    latencies: answers.flatMap(({ latencies }) => latencies).sort((a, b) => a - b),
  };
}

async function loop(server, name, args) {
  const fleet = await talkers(server);
  try {
    await fleet.ask(name, () => args);
    return await measured(server, fleet);
  } finally {
    await fleet.stop();
  }
}

/** Everybody keeps `window` messages on their way: how many a second, and a CPU second, the server carries. */
export async function closedLoop(server, window) {
  const { perSecond, perCpuSecond, refused, waiting, roundTrips } = await loop(server, 'closed', { window });
  return { perSecond, perCpuSecond, refused, waiting, roundTrips };
}

/** So many messages a second, whatever the server does: how late they arrive, in milliseconds. */
export async function openLoop(server, rate) {
  const { latencies, perSecond, refused, waiting } = await loop(server, 'open', { rate: rate / GENERATORS });
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Infinity;
  return { p50: at(0.5), p99: at(0.99), perSecond, refused, waiting };
}
