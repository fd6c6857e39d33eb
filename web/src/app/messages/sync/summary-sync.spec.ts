import type { Conversation } from '@parlance/contracts';
import { describe, expect, it } from 'vitest';
import { ada, ben } from '../testing/fixtures';
import { ManualClock, settled } from '../../core/clock/testing/manual-clock';
import { ServerModel } from '../testing/server-model';
import { SummarySync } from './summary-sync';

/** Ada's list, with a server that answers when the test says so. */
function listening() {
  const server = new ServerModel();
  const answers: (() => void)[] = [];
  let listed: ReadonlyMap<string, Conversation> = new Map();
  const list = new SummarySync(
    {
      // The answer is what is true when it is asked.
      get: () => {
        const told = server.snapshot();
        return new Promise((resolve) => answers.push(() => resolve(told)));
      },
      describe: () => ({ type: 'urn:parlance:problem:unreachable', title: 'Lost', status: 0 }),
    },
    new ManualClock(),
    (all) => (listed = all),
  );
  list.start(ada.id);
  return { server, list, answers, listed: () => listed.get('c1') };
}

describe('SummarySync', () => {
  it('keeps how far somebody has come when that is told before the conversation is there', async () => {
    const { server, list, answers, listed } = listening();
    for (let n = 0; n < 3; n++) server.write(ada.id);
    const loading = list.load('c1');
    for (const seq of [2, 3]) {
      const event = server.mark(ben.id, 'delivered', seq);
      if (event.name === 'marker') list.takeMarker(event.fact);
    }
    for (const answer of answers) answer();
    await loading;
    await settled();
    expect(listed()).toEqual(server.snapshot());
  });
});
