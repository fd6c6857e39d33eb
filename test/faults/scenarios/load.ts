import { mustBecome } from '../harness/until';
import { SCALE, type Scenario } from './scenario';

/** Nothing goes wrong: many conversations, several devices each. */
export const baseline: Scenario = {
  name: 'baseline',
  async run(world) {
    const [ab, ac, bc] = [
      await world.conversation('ada', 'ben'),
      await world.conversation('ada', 'cleo'),
      await world.conversation('ben', 'cleo'),
    ];
    const open: [string, string[]][] = [
      ['ada', [ab, ac]],
      ['ada', [ab, ac]],
      ['ben', [ab, bc]],
      ['ben', [ab, bc]],
      ['cleo', [ac, bc]],
    ];
    const devices = await Promise.all(open.map(([person, conversations]) => world.device(person, conversations)));
    await world.begin();
    const everybodyTalks = () =>
      Promise.all(
        devices.flatMap((device) => [...device.syncs.keys()].map((id) => world.talk(device, id, 30 * SCALE, 5))),
      );
    await everybodyTalks();
    await everybodyTalks();
    for (const device of devices) for (const id of device.syncs.keys()) device.read(id);
    return world.judge();
  },
};

/**
 * The same load for long: behind the first part everybody has what they need, and what comes on top of that is something
 * that somebody holds on to.
 */
export const longTalk: Scenario = {
  name: 'a long talk',
  // With the young generation of `npm start`, what fills it would hide what leaks.
  nodeArgs: ['--max-semi-space-size=2'],
  async run(world) {
    // Many lines side by side, for each waits for its answers.
    const others = ['ben', 'cleo', 'dan', 'eve', 'finn', 'gus'];
    const ids = await Promise.all(others.map((name) => world.conversation('ada', name)));
    await Promise.all([world.device('ada', ids), world.device('ada', ids)]);
    await Promise.all(others.map((name, n) => world.device(name, ids.slice(n, n + 1))));
    const everybodyTalks = async (each: number) => {
      const lines = world.devices.flatMap((device) => [...device.syncs.keys()].map((id) => ({ device, id })));
      await Promise.all(lines.map(({ device, id }) => world.talk(device, id, each, 0)));
      await world.sent(world.devices);
    };
    await everybodyTalks(40);
    await world.memory.beginWarm();
    await everybodyTalks(40 * SCALE);
    return world.judge();
  },
};

/** One conversation is what everybody writes into at once. Two people have twenty devices each: there are no groups. */
export const fortySenders: Scenario = {
  name: 'forty senders into one conversation',
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const devices = await Promise.all(
      Array.from({ length: 40 }, (_, n) => world.device(n % 2 === 0 ? 'ada' : 'ben', [id])),
    );
    await world.begin();
    const everybodyTalks = () => Promise.all(devices.map((device) => world.talk(device, id, 12 * SCALE, 0)));
    await everybodyTalks();
    await everybodyTalks();
    return world.judge();
  },
};

/** Retries, several tabs and a nervous thumb at once: the same send fifty times in parallel. */
export const sameSendFiftyTimes: Scenario = {
  name: 'the same send fifty times in parallel',
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const senders = await Promise.all(Array.from({ length: 5 }, () => world.device('ada', [id])));
    await world.device('ben', [id]);
    await world.begin();
    const ada = await world.person('ada');
    for (let n = 0; n < 10 * SCALE; n++) {
      const { body } = world.ledger.intend('ada/all', ada.id, id);
      const request = { conversationId: id, clientId: crypto.randomUUID(), body };
      const tenTimes = Array.from({ length: 10 }, () => senders).flat();
      await Promise.all(tenTimes.map((device) => device.sendOnce(request)));
    }
    return world.judge();
  },
};

/** Texts of four kilobytes for somebody whose device does not read: the server lets go of it, and it catches up. */
export const slowConsumer: Scenario = {
  name: 'a slow consumer',
  async run(world) {
    const id = await world.conversation('ada', 'ben');
    const senders = await Promise.all(Array.from({ length: 4 }, () => world.device('ada', [id])));
    const slow = await world.network();
    const reader = await world.device('ben', [id], { proxy: slow });
    await world.begin();
    const padding = ` ${'x'.repeat(3_900)}`;
    slow.holdAnswers();
    let isLetGo = false;
    const talk = Promise.all(senders.map((device) => world.talk(device, id, () => !isLetGo, 20, padding)));
    const isGone = async () => (await world.api.metric('parlance_sockets')) === senders.length;
    await mustBecome('the server lets go of who does not read', isGone, 60_000);
    isLetGo = true;
    await talk;
    slow.resume();
    slow.cut();
    const report = await world.judge();
    if (reader.syncs.get(id)?.cursor === undefined) report.stuck.push('the slow device shows nothing');
    return report;
  },
};
