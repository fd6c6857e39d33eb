import { TestBed } from '@angular/core/testing';
import type { Conversation } from '@parlance/contracts';
import { describe, expect, it } from 'vitest';
import { ConversationStore } from './conversation-store';
import { ada, conversation, message, problem } from './testing/fixtures';
import { setUp } from './testing/harness';
import { settled } from '../core/clock/testing/manual-clock';

async function loaded(items: Conversation[], next?: string) {
  const around = setUp();
  const store = TestBed.inject(ConversationStore);
  TestBed.tick();
  around.http.expectOne('/api/conversations').flush({ items, ...(next && { next }) });
  await settled();
  return { ...around, store, ids: () => store.conversations().map(({ id }) => id) };
}

const older = conversation({
  id: 'older',
  lastMessage: message(1, { conversationId: 'older', createdAt: '2026-03-01T10:00:00Z' }),
  headSeq: 1,
  headRev: 1,
});
const newer = conversation({
  id: 'newer',
  lastMessage: message(1, { conversationId: 'newer', createdAt: '2026-03-02T10:00:00Z' }),
  headSeq: 1,
  headRev: 1,
});

describe('ConversationStore', () => {
  it('lists newest activity first, and a new message moves its conversation up', async () => {
    const { realtime, ids } = await loaded([older, newer]);
    expect(ids()).toEqual(['newer', 'older']);
    realtime.tell('message:created', message(2, { conversationId: 'older', createdAt: '2026-03-02T11:00:00Z' }));
    expect(ids()).toEqual(['older', 'newer']);
  });

  it('counts unread messages over all conversations', async () => {
    const { realtime, store } = await loaded([conversation(), older]);
    realtime.tell('message:created', message(1));
    realtime.tell('message:created', message(2));
    realtime.tell('message:created', message(2));
    expect(store.totalUnread()).toBe(2);
    realtime.tell('conversation:marker', { conversationId: 'c1', userId: 'ada', readSeq: 2, deliveredSeq: 2 });
    expect(store.totalUnread()).toBe(0);
  });

  it('loads a conversation that it does not know when a message of it comes', async () => {
    const { realtime, clock, http, store } = await loaded([]);
    realtime.tell('message:created', message(1));
    await clock.advance(1_000);
    http
      .expectOne('/api/conversations/c1')
      .flush(conversation({ headSeq: 1, headRev: 1, unread: 1, lastMessage: message(1) }));
    await settled();
    expect(store.conversation('c1')?.unread).toBe(1);
  });

  it('shows a conversation that somebody else has started, and drops one that was removed', async () => {
    const { realtime, ids } = await loaded([older]);
    realtime.tell('conversation:created', newer);
    expect(ids()).toEqual(['newer', 'older']);
    realtime.tell('conversation:removed', { id: 'newer' });
    expect(ids()).toEqual(['older']);
  });

  it('loads the next page behind the first', async () => {
    const { http, store, ids } = await loaded([newer], 'cursor');
    const loading = store.loadMore();
    http.expectOne('/api/conversations?cursor=cursor').flush({ items: [older] });
    await loading;
    expect(ids()).toEqual(['newer', 'older']);
    expect(store.hasMore()).toBe(false);
  });

  it('says why the list could not be loaded, and loads it by itself later', async () => {
    const { http, clock, store } = { ...setUp(), store: TestBed.inject(ConversationStore) };
    TestBed.tick();
    http.expectOne('/api/conversations').flush(problem(503), { status: 503, statusText: 'Busy' });
    await settled();
    expect(store.state()).toBe('error');
    expect(store.problem()?.status).toBe(503);
    await clock.advance(15_000);
    http.expectOne('/api/conversations').flush({ items: [older] });
    await settled();
    expect(store.state()).toBe('ready');
    expect(store.problem()).toBeNull();
  });

  it('catches up page by page until nothing is new', async () => {
    const { http, store, ids } = await loaded([older]);
    const refreshing = store.refresh();
    http.expectOne('/api/conversations').flush({ items: [newer], next: '2' });
    await settled();
    http.expectOne('/api/conversations?cursor=2').flush({ items: [older], next: '3' });
    await refreshing;
    http.verify();
    expect(ids()).toEqual(['newer', 'older']);
  });

  it('asks again for everything that it lists: a deletion moves no conversation to the front', async () => {
    const { http, store, ids } = await loaded([newer], '2');
    const more = store.loadMore();
    http.expectOne('/api/conversations?cursor=2').flush({ items: [older] });
    await more;
    const refreshing = store.refresh();
    http.expectOne('/api/conversations').flush({ items: [newer], next: '2' });
    await settled();
    const lastMessage = { ...older.lastMessage!, rev: 2, body: '', deletedAt: '2026-03-03T10:00:00Z' };
    http.expectOne('/api/conversations?cursor=2').flush({ items: [{ ...older, headRev: 2, lastMessage }] });
    await refreshing;
    http.verify();
    expect(store.conversation('older')?.lastMessage?.body).toBe('');
    expect(ids()).toEqual(['newer', 'older']);
  });

  it('drops what the server does not list any more', async () => {
    const { http, store, ids } = await loaded([newer, older]);
    const refreshing = store.refresh();
    http.expectOne('/api/conversations').flush({ items: [newer] });
    await refreshing;
    expect(ids()).toEqual(['newer']);
  });

  it('opens the conversation with a person and answers its id', async () => {
    const { http, store } = await loaded([]);
    const opening = store.openDirect('ben');
    const request = http.expectOne('/api/conversations');
    expect(request.request.body).toEqual({ kind: 'direct', userId: 'ben' });
    request.flush(conversation());
    expect(await opening).toBe('c1');
    expect(store.conversation('c1')).toBeDefined();
  });

  it('takes over a new name or picture of a member', async () => {
    const { realtime, store } = await loaded([conversation()]);
    realtime.tell('user:updated', {
      id: 'ben',
      username: 'ben',
      displayName: 'Benjamin',
      avatarUrl: '/api/avatars/new',
    });
    expect(store.conversation('c1')?.members.map(({ user }) => user.displayName)).toEqual(['Ada', 'Benjamin']);
  });

  it('forgets everything when somebody else signs in', async () => {
    const { http, signIn, store } = await loaded([older]);
    signIn({ ...ada, id: 'eve' });
    expect(store.conversations()).toEqual([]);
    http.expectOne('/api/conversations').flush({ items: [newer] });
    await settled();
    expect(store.conversations().map(({ id }) => id)).toEqual(['newer']);
    signIn(null);
    expect(store.conversations()).toEqual([]);
  });
});
