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
} from '../scenarios/network';
import { apiKilled, clockSetBack, diskFull, sigtermUnderLoad, storeTorn } from '../scenarios/process';
import { play } from '../scenarios/scenario';

const seed = chosenSeed();

describe(`the promise, seed ${seed}`, () => {
  it.each([
    baseline,
    fortySenders,
    sameSendFiftyTimes,
    slowConsumer,
    acksSwallowed,
    cutAtRandom,
    pushesLost,
    onlyTheDigest,
    farBehind,
    eventLoopBlocked,
    apiKilled,
    sigtermUnderLoad,
    clockSetBack,
    diskFull,
    storeTorn,
    fiveDevices,
    markersRace,
    leaderClosed,
    changesWithKills,
  ])('is kept: $name', async (scenario) => {
    const report = await play(scenario, seed);
    expect(report, summaryOf(report)).toEqual(emptyReport());
  });
});
