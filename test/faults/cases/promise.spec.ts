import { describe, expect, it } from 'vitest';
import { emptyReport, summaryOf } from '../harness/checker';
import { chosenSeed } from '../harness/random';
import { changesWithKills } from '../scenarios/changes';
import { fiveDevices, leaderClosed, markersRace } from '../scenarios/devices';
import { baseline, fortySenders, sameSendFiftyTimes, slowConsumer } from '../scenarios/load';
import {
  acksSwallowed,
  cutAtRandom,
  eventLoopBlocked,
  farBehind,
  onlyTheDigest,
  pushesLost,
  reloadWhileAway,
  someBehind,
} from '../scenarios/network';
import {
  apiKilled,
  clockSetBack,
  diskFull,
  killedBeforeSummary,
  sigtermUnderLoad,
  storeTorn,
} from '../scenarios/process';
import { play } from '../scenarios/scenario';

const seed = chosenSeed();

const scenarios = [
  baseline,
  fortySenders,
  sameSendFiftyTimes,
  slowConsumer,
  acksSwallowed,
  cutAtRandom,
  pushesLost,
  onlyTheDigest,
  someBehind,
  farBehind,
  reloadWhileAway,
  eventLoopBlocked,
  apiKilled,
  killedBeforeSummary,
  sigtermUnderLoad,
  clockSetBack,
  diskFull,
  storeTorn,
  fiveDevices,
  markersRace,
  leaderClosed,
  changesWithKills,
];

describe(`the promise, seed ${seed}`, () => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('is kept: %s', async (_, scenario) => {
    const report = await play(scenario, seed);
    expect(report, summaryOf(report)).toEqual(emptyReport());
  });
});
