import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalDatabase } from '../core/storage/local-database';
import { CatchUp } from './catch-up';
import { ConversationStore } from './conversation-store';
import { MessageStore } from './message-store';
import { conversation, message, messages, problem } from './testing/fixtures';
import { setUp } from './testing/harness';
import { settled } from '../core/clock/testing/manual-clock';

const summary = (head: number) => conversation({ headSeq: head, headRev: head, lastMessage: message(head) });

async function current() {
  const around = setUp();
  const catchUp = TestBed.inject(CatchUp);
  const store = TestBed.inject(MessageStore);
  TestBed.tick();
  around.http.expectOne('/api/conversations').flush({ items: [summary(2)] });
  store.open('c1');
  around.http.expectOne('/api/conversations/c1/messages').flush({ items: messages(1, 2), headSeq: 2, headRev: 2 });
  await settled();
  const answersMissed = async () => {
    around.http.expectOne('/api/conversations').flush({ items: [summary(3)] });
    around.http.expectOne('/api/conversations/c1/changes?after=2').flush({ items: [message(3)], rev: 3, more: false });
    await settled();
    return store
      .list('c1')
      .newest()
      .map(({ body }) => body);
  };
  return { ...around, catchUp, store, list: TestBed.inject(ConversationStore), answersMissed };
}

afterEach(() => TestBed.inject(LocalDatabase).wipe());

describe('CatchUp', () => {
  it.each<[string, (realtime: ReturnType<typeof setUp>['realtime']) => void]>([
    ['there is a new connection', (realtime) => realtime.reconnect()],
    ['the page becomes visible again', () => document.dispatchEvent(new Event('visibilitychange'))],
    ['the network is back', () => window.dispatchEvent(new Event('online'))],
  ])('asks for what was missed when %s', async (_, happens) => {
    const { realtime, answersMissed } = await current();
    happens(realtime);
    expect(await answersMissed()).toEqual(['text 1', 'text 2', 'text 3']);
  });

  it('is behind from a new connection on until everything that was missed is told', async () => {
    const { realtime, catchUp, http } = await current();
    expect(catchUp.isBehind()).toBe(false);
    realtime.reconnect();
    expect(catchUp.isBehind()).toBe(true);
    http.expectOne('/api/conversations').flush({ items: [summary(3)] });
    await settled();
    expect(catchUp.isBehind()).toBe(true);
    http.expectOne('/api/conversations/c1/changes?after=2').flush({ items: [message(3)], rev: 3, more: false });
    await settled();
    expect(catchUp.isBehind()).toBe(false);
  });

  it('is behind until what was asked over the last connection is answered, and waits for no other', async () => {
    const { realtime, catchUp, http, store, list } = await current();
    realtime.reconnect();
    realtime.reconnect();
    const [lostList, lastList] = http.match('/api/conversations');
    const [lostChanges, lastChanges] = http.match('/api/conversations/c1/changes?after=2');
    lostChanges?.flush({ items: [], rev: 2, more: false });
    lastList?.flush({ items: [summary(3)] });
    await settled();
    expect(list.conversation('c1')?.headSeq).toBe(3);
    expect(catchUp.isBehind()).toBe(true);
    lastChanges?.flush({ items: [message(3)], rev: 3, more: false });
    await settled();
    expect(catchUp.isBehind()).toBe(false);
    lostList?.flush(problem(503), { status: 503, statusText: 'Busy' });
    await settled();
    expect(catchUp.isBehind()).toBe(false);
    expect(store.snapshot('c1').messages).toHaveLength(3);
  });

  it('asks about the conversations that a digest says have moved, and no others', async () => {
    const { realtime, clock, http } = await current();
    realtime.tell('heads', { c1: 2 });
    await clock.advance(1_000);
    http.expectNone('/api/conversations/c1');
    realtime.tell('heads', { c1: 3 });
    await clock.advance(1_000);
    http.expectOne('/api/conversations/c1').flush(summary(3));
    http.expectOne('/api/conversations/c1/changes?after=2').flush({ items: [message(3)], rev: 3, more: false });
    await settled();
    http.verify();
  });
});
