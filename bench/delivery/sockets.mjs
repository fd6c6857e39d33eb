import { setTimeout as pause } from 'node:timers/promises';
import { register } from './people.mjs';
import { startFleet } from './fleet.mjs';

const PEOPLE = 100;
const SETTLE_MS = 3_000;
const GENERATORS = 2;

async function crowd(server, count) {
  const people = [];
  while (people.length < count) people.push(...(await Promise.all(Array.from({ length: 10 }, () => register(server)))));
  return people;
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
      for (; open < count; open += 500) {
        await fleet.ask('storm', () => ({ url: server.url, people, sockets: 500 / GENERATORS }));
      }
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
    const each = count / GENERATORS;
    const args = () => ({ url: server.url, people, sockets: each });
    const cpu = server.cpu();
    const times = await fleet.ask('storm', args);
    return { ms: Math.max(...times), cpuMs: (server.cpu() - cpu) * 1000 };
  } finally {
    await fleet.stop();
  }
}
