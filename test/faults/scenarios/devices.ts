import { setTimeout as pause } from 'node:timers/promises';
import { OutboxDisk } from '../harness/outbox-disk';
import { meanwhile, SCALE, type Scenario } from './scenario';

/** Five devices of one person read, write, are reloaded and come back; markers only move forward. */
export const fiveDevices: Scenario = {
  name: 'five devices of one user',
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const devices = await Promise.all(Array.from({ length: 5 }, () => world.device('ada', [id])));
    const ben = await world.device('ben', [id]);
    await world.begin();
    const talk = Promise.all([
      world.talk(ben, id, 80 * SCALE, 30),
      ...devices.map((device) => world.talk(device, id, 10 * SCALE, 200)),
    ]);
    await meanwhile(world, talk, 40 * SCALE, [10, 60], () => world.random.pick(devices).read(id));
    // A reload: the page is gone, what it had stored is not.
    const reloaded = devices.slice(0, 2);
    for (const device of reloaded) {
      await device.say(id);
      world.leave(device);
      await world.device('ada', [id], { disk: device.disk });
    }
    for (const device of world.devices) device.read(id);
    return world.judge();
  },
};

/** Reads come from many places at once, the furthest first: a marker must not follow the last who speaks. */
export const markersRace: Scenario = {
  name: 'markers set from far and near at once',
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const devices = await Promise.all(Array.from({ length: 4 }, () => world.device('ada', [id])));
    const ben = await world.device('ben', [id]);
    await world.begin();
    await world.talk(ben, id, 40, 0);
    await world.begin();
    for (let round = 0; round < 5 * SCALE; round++) {
      const places = [40, 10, 25, 5];
      await Promise.all(devices.map((device, n) => device.mark('read', id, (places[n] ?? 0) + round)));
    }
    return world.judge();
  },
};

/** Behind every text everybody asks for their list once more, and now and then somebody reads: each answer has to be true. */
export const refreshedMeanwhile: Scenario = {
  name: 'lists refreshed behind every message',
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const devices = [await world.device('ada', [id]), await world.device('ben', [id])];
    await world.begin();
    for (let round = 0; round < 12 * SCALE; round++) {
      await world.random.pick(devices).say(id);
      await world.sent(devices);
      if (round % 4 === 3) world.random.pick(devices).read(id);
      for (const device of devices) device.catchUp();
      await world.sent(devices);
    }
    return world.judge();
  },
};

/** Two tabs over one outbox; the one that sends is closed while it sends. */
export const leaderClosed: Scenario = {
  name: 'two tabs with the leader closed',
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    await world.device('ben', [id]);
    const disk = new OutboxDisk();
    for (let round = 0; round < 3 * SCALE; round++) {
      const first = await world.device('ada', [id], { disk });
      const second = await world.device('ada', [id], { disk, leads: false });
      await world.begin();
      const talk = Promise.all([world.talk(first, id, 15, 15), world.talk(second, id, 30, 15)]);
      await pause(150);
      await Promise.race([talk, pause(200)]);
      world.leave(first);
      await second.lead();
      await talk.catch(() => undefined);
      await world.begin();
      world.leave(second);
    }
    await world.device('ada', [id], { disk });
    return world.judge();
  },
};
