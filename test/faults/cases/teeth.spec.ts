import { describe, expect, it } from 'vitest';
import { type Report, summaryOf } from '../harness/checker';
import type { BugName } from '../harness/planted-bugs';
import { chosenSeed } from '../harness/random';
import { changesWithKills } from '../scenarios/changes';
import { markersRace, refreshedMeanwhile } from '../scenarios/devices';
import { baseline } from '../scenarios/load';
import {
  acksSwallowed,
  pushesLost,
  reloadFromCache,
  reloadWhileAway,
  shownUnderLoad,
  someBehind,
} from '../scenarios/network';
import { diskFullBriefly, killedBeforeSummary, storeTorn } from '../scenarios/process';
import { play, type Scenario } from '../scenarios/scenario';

const seed = chosenSeed();

const caught: [BugName, Scenario, keyof Report][] = [
  ['ack before write', diskFullBriefly, 'lost'],
  ['broadcast before write', diskFullBriefly, 'phantom'],
  ['no unique index', acksSwallowed, 'duplicate'],
  ['new clientId at retry', acksSwallowed, 'duplicate'],
  ['cursor skips a hole', pushesLost, 'stuck'],
  ['no gap detection', pushesLost, 'stuck'],
  ['a gap is asked for late', shownUnderLoad, 'stuck'],
  ['a bubble stays beside its message', baseline, 'duplicate'],
  ['last writer wins the marker', markersRace, 'divergent'],
  ['an answer counts one too many now and then', refreshedMeanwhile, 'divergent'],
  ['catch-up stops after one page', someBehind, 'stuck'],
  ['outbox entry removed before the ack', reloadWhileAway, 'lost'],
  ['no repair of summaries', killedBeforeSummary, 'divergent'],
  ['a damaged journal is read as far as it goes', storeTorn, 'lost'],
  ['a deletion keeps the text', changesWithKills, 'lost'],
  ['the cache keeps what was deleted', reloadFromCache, 'divergent'],
  ['the list keeps what was deleted', changesWithKills, 'divergent'],
];

// What is found here is found by waiting in vain, so two wait side by side.
describe.concurrent(`the checker has teeth, seed ${seed}`, () => {
  it.each(caught)('finds the planted bug "%s"', async (bug, scenario, kind) => {
    const report = await play(scenario, seed, bug);
    expect(report[kind].length, summaryOf(report)).toBeGreaterThan(0);
  });
});
