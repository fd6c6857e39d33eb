import { setTimeout as pause } from 'node:timers/promises';
import type { Device } from '../harness/device';
import type { FlakyProxy, Weather } from '../harness/flaky-proxy';
import { OutboxDisk } from '../harness/outbox-disk';
import { mustBecome } from '../harness/until';
import type { World } from '../harness/world';
import { meanwhile, SCALE, type Scenario } from './scenario';

/** Two people with two devices each who talk all the while. */
async function talkers(
  world: World,
  count: number | (() => boolean),
  gapMs: number,
): Promise<{ id: string; talk: Promise<unknown> }> {
  const id = await world.conversation('ada', 'ben');
  const people = ['ada', 'ada', 'ben', 'ben'];
  const devices = await Promise.all(people.map((person) => world.device(person, [id])));
  await world.begin();
  return { id, talk: Promise.all(devices.map((device) => world.talk(device, id, count, gapMs))) };
}

/** The request arrives, its answer never does, and nobody is told: what was sent is sent again. */
export const acksSwallowed: Scenario = {
  name: 'acks swallowed after the request arrived',
  async run(world) {
    const { talk } = await talkers(world, 40 * SCALE, 100);
    await meanwhile(world, talk, 5 * SCALE, [400, 900], () => world.proxy.swallowAnswers(0.7));
    return world.judge();
  },
};

/** Cuts, black holes, ends that are gone without a word, delays, connections that overtake each other. */
export const cutAtRandom: Scenario = {
  name: 'every client cut at random',
  async run(world) {
    const { talk } = await talkers(world, 60 * SCALE, 120);
    const { proxy, random } = world;
    /** Whoever comes back meets it. */
    const cutInto = (weather: Weather) => {
      proxy.weather = weather;
      proxy.cut();
    };
    const harms = [
      () => proxy.cut(0.6),
      () => proxy.cut(),
      () => proxy.blackHole(0.5),
      () => proxy.halfOpen(0.5),
      () => (proxy.weather = { delay: [0, 150] }),
      () => cutInto({ opening: [0, 500] }),
      () => cutInto({ deaf: true }),
      () => (proxy.weather = {}),
    ];
    // Each of them, in another order each time.
    const all = Array.from({ length: 2 * SCALE }, () => random.shuffled(harms)).flat();
    await meanwhile(world, talk, all.length, [150, 500], (round) => all[round]?.());
    proxy.weather = {};
    return world.judge();
  },
};

/** Three of ten pushes never leave the server, and there is no digest: the next push tells of the hole. */
export const pushesLost: Scenario = {
  name: 'pushes lost, found by the next one',
  settings: { HEADS_SECONDS: '300' },
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const devices = await Promise.all(['ada', 'ada', 'ben', 'ben'].map((person) => world.device(person, [id])));
    await world.begin();
    await world.losePushes(0.3);
    await Promise.all(devices.map((device) => world.talk(device, id, 30 * SCALE, 20)));
    await world.losePushes(0);
    for (const device of devices) await device.say(id);
    return world.judge({ refresh: true });
  },
};

/** No push arrives at all: the digest alone has to tell. */
export const onlyTheDigest: Scenario = {
  name: 'every push lost, found by the digest',
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const [ada] = await Promise.all(['ada', 'ada', 'ben'].map((person) => world.device(person, [id])));
    await world.begin();
    await world.losePushes(1);
    if (!ada) throw new Error('There is nobody to write.');
    await world.talk(ada, id, 10 * SCALE, 20);
    await world.begin();
    const first = ada.syncs.get(id)?.snapshot().messages[0];
    if (!first) throw new Error('There is nothing to change.');
    await ada.change(first, 'what the first one became');
    return world.judge({ refresh: true });
  },
};

/** Somebody whose device is away while `senders` devices write `each` messages, and comes back when all are sent. */
async function awayFor(world: World, senders: number, each: number) {
  const id = await world.conversation('ada', 'ben');
  const own = await world.network();
  const late = await world.device('ben', [id], { proxy: own });
  const devices = await Promise.all(Array.from({ length: senders }, () => world.device('ada', [id])));
  await world.begin();
  await devices[0]?.say(id);
  await world.begin();
  own.weather = { deaf: true };
  own.cut();
  await Promise.all(devices.map((device) => world.talk(device, id, each, 0)));
  await world.sent(devices);
  own.weather = {};
  return () => late.syncs.get(id)?.snapshot();
}

/** Away while five thousand messages were written: starts over with the latest page, and finds the rest behind it. */
export const farBehind: Scenario = {
  name: 'a device 5,000 messages behind',
  async run(world) {
    const shown = await awayFor(world, 10, 500);
    const report = await world.judge();
    if (!shown()?.hasOlder) report.divergent.push('the late device did not start over with a page');
    return report;
  },
};

/**
 * Away for eight pages of changes, which one catch-up has to fetch: what was missed is all there is, and no digest and
 * nothing behind it tells of it once more.
 */
export const someBehind: Scenario = {
  name: 'a device 1,500 messages behind',
  settings: { HEADS_SECONDS: '300' },
  async run(world) {
    const shown = await awayFor(world, 5, 300);
    const report = await world.judge();
    const count = shown()?.messages.length;
    if (count !== 1_501) report.divergent.push(`the late device shows ${count} of 1,501 messages`);
    return report;
  },
};

/** What is typed while nothing answers is still there after a reload, and goes out then. */
export const reloadWhileAway: Scenario = {
  name: 'a reload while nothing answers',
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const own = await world.network();
    const disk = new OutboxDisk();
    await world.device('ben', [id]);
    const before = await world.device('ada', [id], { proxy: own, disk });
    await world.begin();
    own.weather = { deaf: true };
    own.cut();
    await world.talk(before, id, 5, 20);
    world.leave(before);
    own.weather = {};
    await world.device('ada', [id], { proxy: own, disk });
    return world.judge();
  },
};

/** The server does nothing for five seconds: everybody gives it up, comes back, and sends again. */
export const eventLoopBlocked: Scenario = {
  name: 'event loop blocked for five seconds',
  async run(world) {
    const { talk } = await talkers(world, 60, 100);
    await pause(500);
    await world.api.block(5_000);
    await talk;
    return world.judge();
  },
};

/**
 * Pushes are lost for a while and everybody goes on writing: each device shows in time what was promised, and not only once
 * all is quiet.
 */
export const shownUnderLoad: Scenario = {
  name: 'pushes lost under a load that goes on',
  settings: { HEADS_SECONDS: '300' },
  async run(world) {
    let isOver = false;
    const { talk } = await talkers(world, () => !isOver, 400);
    await world.losePushes(0.2);
    await pause(2_000);
    await world.losePushes(0);
    await pause(8_000 * SCALE);
    isOver = true;
    await talk;
    const { looks } = world.onlooker;
    const report = await world.judge({ refresh: true });
    if (looks === 0) report.stuck.push('nobody was held to the promise under load, so this has shown nothing');
    return report;
  },
};

/** The intervals that the API has unless told: what is slow to be found out may not be what a device depends on. */
export const defaultIntervals: Scenario = {
  name: 'cuts with the default intervals',
  settings: { HEADS_SECONDS: '15', SOCKET_PING_SECONDS: '10', SOCKET_PING_TIMEOUT_SECONDS: '10' },
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const networks: FlakyProxy[] = [];
    const devices: Device[] = [];
    for (const person of ['ada', 'ada', 'ben', 'ben', 'ben']) {
      const proxy = await world.network();
      networks.push(proxy);
      devices.push(await world.device(person, [id], { proxy }));
    }
    await world.begin();
    let isOver = false;
    const talk = Promise.all(devices.map((device) => world.talk(device, id, () => !isOver, 500)));
    const harms = [
      (network: FlakyProxy) => network.cut(),
      (network: FlakyProxy) => network.halfOpen(),
      (network: FlakyProxy) => network.blackHole(),
    ];
    await meanwhile(world, Promise.resolve(), 4 * SCALE, [2_000, 4_000], () =>
      world.random.pick(harms)(world.random.pick(networks)),
    );
    isOver = true;
    await talk;
    const { looks } = world.onlooker;
    const report = await world.judge();
    if (looks === 0) report.stuck.push('nobody was held to the promise under load, so this has shown nothing');
    return report;
  },
};

/** A reload begins with what the device has kept, and a text that was taken away meanwhile is not kept any more. */
export const reloadFromCache: Scenario = {
  name: 'a reload from what the device has kept',
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const own = await world.network();
    const disk = new OutboxDisk();
    const ada = await world.device('ada', [id], { proxy: own, disk });
    const ben = await world.device('ben', [id]);
    await world.begin();
    await world.talk(ben, id, 10 * SCALE, 10);
    await world.begin();
    const messages = ben.syncs.get(id)?.snapshot().messages ?? [];
    const last = messages.at(-1);
    if (!last) throw new Error('There is nothing to take away.');
    await mustBecome('the device keeps it', () => JSON.stringify(disk.seen.all).includes(last.body), 10_000);
    world.leave(ada);
    own.weather = { deaf: true };
    await ben.change(last, '');
    await ben.say(id);
    const again = await world.device('ada', [id], { proxy: own, disk });
    const shown = () => again.syncs.get(id)?.snapshot().messages.length;
    await mustBecome('what was kept is shown without a network', () => shown() === messages.length, 5_000);
    own.weather = {};
    own.cut();
    return world.judge();
  },
};
