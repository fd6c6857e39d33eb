import { setTimeout as pause } from 'node:timers/promises';
import type { Report } from '../harness/checker';
import type { BugName } from '../harness/planted-bugs';
import { World } from '../harness/world';

/** How much of everything: 1 in `npm test`, more in `npm run test:faults`. */
export const SCALE = process.env['FAULTS_TIER'] === 'long' ? 5 : 1;

/** One way in which things go wrong. */
export interface Scenario {
  readonly name: string;
  readonly settings?: Record<string, string>;
  /** For the API's Node, beside those of `npm start`. */
  readonly nodeArgs?: readonly string[];
  /** Does it, and judges. */
  run(world: World): Promise<Report>;
}

/** Plays a scenario in a world of its own; the same seed pulls the same cables. */
export async function play(scenario: Scenario, seed: number, bug?: BugName): Promise<Report> {
  const { settings, nodeArgs } = scenario;
  const began = performance.now();
  const world = await World.open({
    seed,
    ...(bug && { bug }),
    ...(settings && { settings }),
    ...(nodeArgs && { nodeArgs }),
  });
  try {
    return await scenario.run(world);
  } finally {
    await world.close();
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    process.stdout.write(`${scenario.name}${bug ? `, with "${bug}"` : ''}: ${seconds} s\n`);
  }
}

/** Does something bad again and again, with up to `gapMs` between, until `work` is done or it was done `times` times. */
export async function meanwhile(
  world: World,
  work: Promise<unknown>,
  times: number,
  gapMs: readonly [number, number],
  harm: (round: number) => unknown,
): Promise<void> {
  for (let round = 0; round < times; round++) {
    await pause(world.random.between(...gapMs));
    await harm(round);
  }
  await work;
}
