import { setTimeout as pause } from 'node:timers/promises';
import { shareOf, startFleet } from './fleet.mjs';

const AT_ONCE = 500;
const SETTLE_MS = 3_000;
const GENERATORS = 2;

/** Opens a socket for each of these people at once; answers how long each generator took. */
function hold(server, fleet, people) {
  return fleet.ask('hold', (n) => ({ url: server.url, people: shareOf(people, n, fleet.size) }));
}

/** Has the server do once what the first connections make of it: compiled code, pools, a young generation. */
async function warmUp(server, people) {
  const fleet = startFleet(GENERATORS);
  await hold(server, fleet, people.slice(0, AT_ONCE));
  await fleet.stop();
  await pause(SETTLE_MS);
}

/** Resident bytes per idle connection, at each of these counts, beside a server that has had its first connections. */
export async function idleMemory(server, people, counts, say) {
  await warmUp(server, people);
  const fleet = startFleet(GENERATORS);
  try {
    const empty = server.memory();
    const bytes = {};
    let open = 0;
    for (const count of counts) {
      say(`opening up to ${count.toLocaleString('en')}`);
      // Some hundreds at a time: this part is not about the storm.
      for (; open < count; open += AT_ONCE) await hold(server, fleet, people.slice(open, open + AT_ONCE));
      await pause(SETTLE_MS);
      bytes[count] = (server.memory() - empty) / count;
    }
    return bytes;
  } finally {
    await fleet.stop();
  }
}

/** Milliseconds until each of these people has a socket once more, all begun at once. */
export async function connectStorm(server, people) {
  await warmUp(server, people);
  const fleet = startFleet(GENERATORS);
  try {
    const cpu = server.cpu();
    const times = await hold(server, fleet, people);
    return { ms: Math.max(...times), cpuMs: (server.cpu() - cpu) * 1000 };
  } finally {
    await fleet.stop();
  }
}
