import { StepFailed } from '../../scripts/workspace.mjs';
import { closedLoop, openLoop } from './loops.mjs';
import { pages } from './pages.mjs';
import { startApi, startRelay } from './servers.mjs';
import { strangers } from './people.mjs';
import { connectStorm, idleMemory } from './sockets.mjs';
import { Town } from './town.mjs';

export { table } from './report.mjs';

/** A fresh server for each measurement: none inherits another's garbage. */
async function on(start, work) {
  const server = await start();
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** A measurement of Parlance and of the bare relay, beside each other in what `place` finds in the results of the part. */
const onBoth = (name, seconds, work, place = (results) => results, starts = { api: startApi, relay: startRelay }) =>
  Object.entries(starts).map(([side, start]) => ({
    name: `${name}, ${side === 'api' ? 'Parlance' : 'the bare relay'}`,
    seconds,
    work: (say) => on(start, (server) => work(server, say)),
    into: (results, result) => (place(results)[side] = result),
  }));

/** Most sockets that are opened: each is of another person. */
const PEOPLE = 10_000;
const town = new Town();
/** A measurement of connections alone, on both. */
const ofSockets = (name, seconds, work) =>
  onBoth(
    name,
    seconds,
    (server, say) => work(server, server.name === 'Parlance' ? town.people : strangers(PEOPLE), say),
    undefined,
    { api: town.start, relay: startRelay },
  );

/**
 * The measurements of each part: what it is called, about how many seconds it takes, the measurement, and where its
 * result belongs.
 */
const parts = {
  closed: [1, 8].flatMap((window) =>
    onBoth(
      `window ${window}`,
      13,
      (server) => closedLoop(server, window),
      (both) => (both[window] ??= {}),
    ),
  ),
  open: [200, 1_000, 3_000].flatMap((rate) =>
    onBoth(
      `${rate.toLocaleString('en')} messages/s`,
      14,
      (server) => openLoop(server, rate),
      (both) => (both[rate] ??= {}),
    ),
  ),
  idle: ofSockets('memory of idle connections', 35, (server, people, say) =>
    idleMemory(server, people, [1_000, 5_000, 10_000], say),
  ),
  storm: ofSockets('a storm of 2,000 connects', 12, (server, people) => connectStorm(server, people.slice(0, 2_000))),
  pages: [
    {
      name: 'pages and catch-up',
      seconds: 50,
      work: (say) => on(startApi, (server) => pages(server, [1_000, 10_000, 100_000], say)),
      into: Object.assign,
    },
  ],
};

/** What delivery costs, with a bare Socket.IO relay in the same run as the floor. `chosen` names parts; none is all. */
export async function measure({ parts: chosen, runs, progress }) {
  const unknown = chosen.find((name) => !(name in parts));
  if (unknown) throw new StepFailed(`Delivery has no part "${unknown}", only ${Object.keys(parts).join(', ')}.`);
  const names = Object.keys(parts).filter((name) => chosen.length === 0 || chosen.includes(name));
  const numbers = Array.from({ length: runs }, (_, index) => index + 1);
  const titleOf = (number, name) => `run ${number} of ${runs}, ${name}`;
  const steps = numbers.flatMap((number) =>
    names.flatMap((part) => parts[part].map((step) => ({ number, part, step }))),
  );
  const people = `${PEOPLE.toLocaleString('en')} people with a session each`;
  const needsPeople = names.includes('idle') || names.includes('storm');
  progress.plan([
    ...(needsPeople ? [[people, 90]] : []),
    ...steps.map(({ number, step }) => [titleOf(number, step.name), step.seconds]),
  ]);
  try {
    if (needsPeople) await progress.step(people, () => town.settle(PEOPLE));
    return { runs, results: await take(steps, titleOf, progress) };
  } finally {
    town.leave();
  }
}

async function take(steps, titleOf, progress) {
  const results = {};
  for (const { number, part, step } of steps) {
    const all = (results[part] ??= []);
    const ofRun = (all[number - 1] ??= {});
    step.into(
      ofRun,
      await progress.step(titleOf(number, step.name), () => step.work((detail) => progress.say(detail))),
    );
  }
  return results;
}
