import { describe, expect, it } from 'vitest';
import { emptyReport, summaryOf } from '../harness/checker';
import { chosenSeed } from '../harness/random';
import { changesWithKills } from '../scenarios/changes';
import { fiveDevices, leaderClosed, markersRace, refreshedMeanwhile } from '../scenarios/devices';
import { baseline, fortySenders, longTalk, sameSendFiftyTimes, slowConsumer } from '../scenarios/load';
import {
  acksSwallowed,
  cutAtRandom,
  defaultIntervals,
  eventLoopBlocked,
  farBehind,
  onlyTheDigest,
  pushesLost,
  reloadFromCache,
  reloadWhileAway,
  shownUnderLoad,
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
import { play, SCALE } from '../scenarios/scenario';

const seed = chosenSeed();

const scenarios = [
  // First, for what the devices hold is measured there.
  longTalk,
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
  reloadFromCache,
  shownUnderLoad,
  eventLoopBlocked,
  // What it breaks takes minutes to be found out.
  ...(SCALE > 1 ? [defaultIntervals] : []),
  apiKilled,
  killedBeforeSummary,
  sigtermUnderLoad,
  clockSetBack,
  diskFull,
  storeTorn,
  fiveDevices,
  markersRace,
  refreshedMeanwhile,
  leaderClosed,
  changesWithKills,
];

describe(`the promise, seed ${seed}`, () => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('is kept: %s', async (_, scenario) => {
    const report = await play(scenario, seed);
    expect(report, summaryOf(report)).toEqual(emptyReport());
  });
});
