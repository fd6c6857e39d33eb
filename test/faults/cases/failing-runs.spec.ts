import { describe, expect, it } from 'vitest';
import type { BugName } from '../harness/planted-bugs';
import { chosenSeed } from '../harness/random';
import { longTalk } from '../scenarios/load';
import { sigtermUnderLoad } from '../scenarios/process';
import { play, type Scenario } from '../scenarios/scenario';

const seed = chosenSeed();

/**
 * Bugs that show in no count: the run itself fails, and says so. In a process of their own, what the devices hold first of
 * all, for it is measured with everything that cases before have left to be collected.
 */
const failing: [BugName, Scenario, RegExp][] = [
  ['a device leaks', longTalk, /Memory grew: .*the swarm/],
  ['the API leaks', longTalk, /Memory grew: the main thread of the API/],
  ['the store leaks', longTalk, /Memory grew: the worker of the store/],
  ['the API leaks past its heap', longTalk, /Memory grew: .*the process of the API/],
  ['the API ends by itself', sigtermUnderLoad, /had ended by itself/],
];

describe(`a run fails, seed ${seed}`, () => {
  it.each(failing)('with the planted bug "%s"', async (bug, scenario, words) => {
    await expect(play(scenario, seed, bug)).rejects.toThrow(words);
  });
});
