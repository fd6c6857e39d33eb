import type { Conversation } from '@parlance/contracts';
import { describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../../core/clock/testing/manual-clock';
import { ada, ben, conversation, problem } from '../testing/fixtures';
import { ModelConversation } from '../testing/model-conversation';
import { RELOAD_DEBOUNCE_MS, SummarySync } from './summary-sync';

const renamed = { ...ben, displayName: 'Benjamin' };

/** Ada's list, with a server that answers when the test says so. */
function listening() {
  const server = new ModelConversation('c1', new Set([ada.id, ben.id]));
  const snapshot = () => server.snapshot(ada.id, (id) => (id === ada.id ? ada : ben));
  const open: { answer: () => void; refuse: () => void }[] = [];
  let listed: ReadonlyMap<string, Conversation> = new Map();
  const clock = new ManualClock();
  const list = new SummarySync(
    {
      // The answer is what is true when it is asked.
      get: () => {
        const told = snapshot();
        return new Promise((resolve, reject) => {
          open.push({ answer: () => resolve(told), refuse: () => reject(new Error('not found')) });
        });
      },
      describe: () => problem(404),
    },
    clock,
    (all) => (listed = all),
  );
  list.start(ada.id);
  return {
    ...{ server, snapshot, list, open, clock },
    listed: () => listed.get('c1'),
    nameOfBen: () => listed.get('c1')?.members.find(({ user }) => user.id === ben.id)?.user.displayName,
  };
}

describe('SummarySync', () => {
  it('keeps how far somebody has come when that is told before the conversation is there', async () => {
    const { server, snapshot, list, open, listed } = listening();
    for (let n = 0; n < 3; n++) server.write(ada.id);
    const loading = list.load('c1');
    for (const seq of [2, 3]) list.takeMarker(server.mark(ben.id, 'delivered', seq));
    for (const { answer } of open) answer();
    await loading;
    await settled();
    expect(listed()).toEqual(snapshot());
  });

  it('keeps a new name against an answer that was asked for before, and takes it from one asked for after', async () => {
    const { list, open, nameOfBen } = listening();
    list.take([conversation()]);
    const asked = list.asking();
    const loading = list.load('c1');
    list.takeUser(renamed);
    expect(nameOfBen()).toBe('Benjamin');
    list.take([conversation()], asked);
    expect(nameOfBen()).toBe('Benjamin');
    open[0]?.answer();
    await loading;
    expect(nameOfBen()).toBe('Benjamin');
    list.take([conversation()], list.asking());
    expect(nameOfBen()).toBe('Ben');
  });

  it('keeps a new name that is told before the conversation is there', async () => {
    const { list, open, nameOfBen } = listening();
    const loading = list.load('c1');
    list.takeUser(renamed);
    open[0]?.answer();
    await loading;
    expect(nameOfBen()).toBe('Benjamin');
  });

  it('gives a person one name in all conversations', () => {
    const { list, nameOfBen } = listening();
    list.take([conversation()]);
    const members = conversation().members.map((member) =>
      member.user.id === ben.id ? { ...member, user: renamed } : member,
    );
    list.take([conversation({ id: 'c2', members })], list.asking());
    expect(nameOfBen()).toBe('Benjamin');
  });

  it('leaves conversations as they are, to the very object, when their people are told again', () => {
    const { list, listed } = listening();
    list.take([conversation()]);
    const before = listed();
    list.take([conversation({ id: 'c2', members: structuredClone(conversation().members) })]);
    list.takeUser({ ...ben });
    expect(listed()).toBe(before);
  });

  it('does not bring back what was removed after the answer was asked for', async () => {
    const { list, open, listed } = listening();
    const asked = list.asking();
    const loading = list.load('c1');
    list.take([conversation()], asked);
    list.remove('c1');
    list.take([conversation()], asked);
    open[0]?.answer();
    await loading;
    expect(listed()).toBeUndefined();
    list.take([conversation()]);
    expect(listed()).toBeDefined();
  });

  it('does not drop what was told after the server was asked, and asks again', async () => {
    const { list, open, clock, listed } = listening();
    list.noteHead('c1', 1);
    await clock.advance(RELOAD_DEBOUNCE_MS);
    list.take([conversation()]);
    open[0]?.refuse();
    await settled();
    expect(listed()).toBeDefined();
    await clock.advance(15_000);
    open[1]?.refuse();
    await settled();
    expect(listed()).toBeUndefined();
  });
});
