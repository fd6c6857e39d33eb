import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalDatabase } from '../core/storage/local-database';
import { allRecords } from '../core/storage/testing/all-records';
import { ConversationCache, KEEP_DEBOUNCE_MS, KEPT_CONVERSATIONS, KEPT_MESSAGES } from './conversation-cache';
import { ConversationStore } from './conversation-store';
import { MessageStore } from './message-store';
import { conversation, message, messages, problem } from './testing/fixtures';
import { setUp } from './testing/harness';
import { settled } from '../core/clock/testing/manual-clock';

const stored = async () => {
  const database = await TestBed.inject(LocalDatabase).open();
  return { lists: await database.getAll('lists'), runs: await database.getAll('runs') };
};

/** A visit of Ada's that has seen a conversation of so many messages; its end leaves what is on the device. */
async function visited(count: number) {
  const around = setUp();
  const store = TestBed.inject(MessageStore);
  TestBed.inject(ConversationStore);
  TestBed.tick();
  around.http
    .expectOne('/api/conversations')
    .flush({ items: [conversation({ headSeq: count, headRev: count, lastMessage: message(count) })] });
  store.open('c1');
  around.http
    .expectOne('/api/conversations/c1/messages')
    .flush({ items: messages(1, count), headSeq: count, headRev: count });
  await settled();
  TestBed.tick();
  await around.clock.advance(KEEP_DEBOUNCE_MS);
  await expect.poll(async () => (await stored()).runs.length).toBe(1);
  return { ...around, store };
}

/** The page is loaded again: everything in memory is gone. */
async function reloaded() {
  TestBed.resetTestingModule();
  const around = setUp();
  await TestBed.inject(ConversationCache).load('ada');
  const store = TestBed.inject(MessageStore);
  const list = TestBed.inject(ConversationStore);
  TestBed.tick();
  return {
    ...around,
    store,
    list,
    texts: () =>
      store
        .list('c1')
        .newest()
        .map(({ body }) => body),
  };
}

afterEach(() => TestBed.inject(LocalDatabase).wipe());

describe('what a device keeps of conversations', () => {
  it('is on the screen after a reload, before the server has said anything', async () => {
    await visited(3);
    const { store, list, texts } = await reloaded();
    expect(list.state()).toBe('ready');
    expect(list.conversation('c1')?.lastMessage?.body).toBe('text 3');
    store.open('c1');
    expect(store.snapshot('c1').state).toBe('ready');
    expect(texts()).toEqual(['text 1', 'text 2', 'text 3']);
  });

  it('is made current by what changed since, deletions included, and the device forgets the deleted text', async () => {
    await visited(3);
    const { clock, http, store, texts } = await reloaded();
    store.open('c1');
    const deleted = message(2, { rev: 5, body: '', deletedAt: '2026-03-02T12:00:00.000Z' });
    http
      .expectOne('/api/conversations/c1/changes?after=3')
      .flush({ items: [message(4), deleted], rev: 5, more: false });
    await settled();
    expect(texts()).toEqual(['text 1', '', 'text 3', 'text 4']);
    await clock.advance(KEEP_DEBOUNCE_MS);
    await expect.poll(async () => JSON.stringify((await stored()).runs)).not.toContain('text 2');
  });

  it('holds a deleted text no more, neither in the conversation nor in the list', async () => {
    const { realtime, clock } = await visited(3);
    await expect.poll(async () => JSON.stringify((await stored()).lists)).toContain('text 3');
    realtime.tell('message:updated', message(3, { rev: 4, body: '', deletedAt: '2026-03-02T12:00:00.000Z' }));
    TestBed.tick();
    await clock.advance(KEEP_DEBOUNCE_MS);
    await expect.poll(async () => JSON.stringify(await stored())).not.toContain('text 3');
    expect((await stored()).lists[0]?.conversations[0]?.lastMessage).toMatchObject({ seq: 3, rev: 4, body: '' });
  });

  it('holds a deleted text no more in the list of which a reload was told, whichever conversation is open', async () => {
    await visited(3);
    await expect.poll(async () => JSON.stringify((await stored()).lists)).toContain('text 3');
    const { clock, http } = await reloaded();
    const lastMessage = message(3, { rev: 4, body: '', deletedAt: '2026-03-02T12:00:00.000Z' });
    http.expectOne('/api/conversations').flush({ items: [conversation({ headSeq: 3, headRev: 4, lastMessage })] });
    await settled();
    TestBed.tick();
    await clock.advance(KEEP_DEBOUNCE_MS);
    await expect.poll(async () => JSON.stringify((await stored()).lists)).not.toContain('text 3');
  });

  it('stays on the screen when the server cannot be reached', async () => {
    await visited(2);
    const { http, store, texts } = await reloaded();
    store.open('c1');
    http.expectOne('/api/conversations/c1/changes?after=2').flush(problem(503), { status: 503, statusText: 'No' });
    await settled();
    expect(store.snapshot('c1').state).toBe('ready');
    expect(texts()).toEqual(['text 1', 'text 2']);
  });

  it('is the end of a conversation, not all of it', async () => {
    await visited(KEPT_MESSAGES + 20);
    const [run] = (await stored()).runs;
    expect(run?.items.length).toBe(KEPT_MESSAGES);
    expect(run?.items.at(-1)?.seq).toBe(KEPT_MESSAGES + 20);
  });

  it('makes room for what is opened later', async () => {
    const { http, store } = await visited(1);
    for (let n = 0; n < KEPT_CONVERSATIONS; n++) {
      store.open(`other-${n}`);
      http.expectOne(`/api/conversations/other-${n}/messages`).flush({ items: [], headSeq: 0, headRev: 0 });
    }
    await expect
      .poll(async () => (await stored()).runs.map(({ conversationId }) => conversationId))
      .not.toContain('c1');
  });

  it('is nobody else’s', async () => {
    await visited(2);
    TestBed.resetTestingModule();
    setUp();
    const cache = TestBed.inject(ConversationCache);
    await cache.load('ben');
    expect(cache.listOf('ben')).toEqual([]);
    expect(cache.runsOf('ben')).toEqual([]);
  });

  it('is not stored any more once somebody has signed out', async () => {
    const { realtime, clock, signIn } = await visited(2);
    realtime.tell('message:created', message(3, { body: 'said last' }));
    signIn(null);
    await TestBed.inject(LocalDatabase).wipe();
    await clock.advance(KEEP_DEBOUNCE_MS);
    await settled();
    expect(await allRecords(TestBed.inject(LocalDatabase))).toEqual([]);
  });
});
