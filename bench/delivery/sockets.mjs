import { setTimeout as pause } from 'node:timers/promises';
import { shareOf, startFleet } from './fleet.mjs';
import { crowd } from './people.mjs';

/** Each has a session of their own, and as many sockets as it takes. */
const PEOPLE = 500;
const AT_ONCE = 500;
const SETTLE_MS = 3_000;
const GENERATORS = 2;

/** Opens so many sockets at once; answers how long each generator took. */
function hold(server, fleet, people, count) {
  const holders = Array.from({ length: count }, (_, n) => people[n % people.length]);
  return fleet.ask('hold', (n) => ({ url: server.url, people: shareOf(holders, n, fleet.size) }));
}

/** Resident bytes per idle connection, at each of these counts. */
export async function idleMemory(server, counts, say) {
  const people = await crowd(server, PEOPLE);
  const fleet = startFleet(GENERATORS);
  try {
    await pause(SETTLE_MS);
    const empty = server.memory();
    const bytes = {};
    let open = 0;
    for (const count of counts) {
      say(`opening up to ${count.toLocaleString('en')}`);
      // Some hundreds at a time: this part is not about the storm.
      for (; open < count; open += AT_ONCE) await hold(server, fleet, people, AT_ONCE);
      await pause(SETTLE_MS);
      bytes[count] = (server.memory() - empty) / count;
    }
    return bytes;
  } finally {
    await fleet.stop();
  }
}

/** Milliseconds until so many sockets with valid tokens stand, all begun at once. */
export async function connectStorm(server, count) {
  const people = await crowd(server, PEOPLE);
  const fleet = startFleet(GENERATORS);
  try {
    const cpu = server.cpu();
    const times = await hold(server, fleet, people, count);
    return { ms: Math.max(...times), cpuMs: (server.cpu() - cpu) * 1000 };
  } finally {
    await fleet.stop();
  }
}
