import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalDatabase } from '../core/storage/local-database';
import { MessageStore } from './message-store';
import { Outbox } from './outbox';
import { message, messages } from './testing/fixtures';
import { setUp } from './testing/harness';
import { settled } from '../core/clock/testing/manual-clock';

async function opened(...ids: string[]) {
  const around = setUp();
  const store = TestBed.inject(MessageStore);
  const outbox = TestBed.inject(Outbox);
  TestBed.tick();
  for (const id of ids) {
    store.open(id);
    const items = messages(1, 2).map((each) => ({ ...each, conversationId: id }));
    around.http.expectOne(`/api/conversations/${id}/messages`).flush({ items, headSeq: 2, headRev: 2 });
    await settled();
  }
  return {
    ...around,
    store,
    outbox,
    texts: (id: string) =>
      store
        .list(id)
        .newest()
        .map(({ body }) => body),
  };
}

/** Waits until a request of this kind is open. */
async function sending(realtime: ReturnType<typeof setUp>['realtime'], count: number) {
  await expect.poll(() => realtime.sent('message:send').length).toBe(count);
  const request = realtime.sent('message:send').at(-1);
  if (!request) throw new Error('Nothing was sent.');
  return request;
}

afterEach(() => TestBed.inject(LocalDatabase).wipe());

describe('MessageStore', () => {
  it('shows a message only in its own conversation', async () => {
    const { realtime, texts } = await opened('c1', 'c2');
    realtime.tell('message:created', message(3, { conversationId: 'c2', body: 'for c2' }));
    expect(texts('c1')).not.toContain('for c2');
    expect(texts('c2')).toEqual(['text 1', 'text 2', 'for c2']);
  });

  it.each([
    ['ack, then push', ['ack', 'push']],
    ['push, then ack', ['push', 'ack']],
  ])('shows one’s own message once: %s', async (_, order) => {
    const { realtime, outbox, store, texts } = await opened('c1');
    await outbox.send('c1', 'mine');
    expect(store.list('c1').newest().at(-1)).toMatchObject({ body: 'mine', state: 'sending' });
    const request = await sending(realtime, 1);
    const sent = message(3, { ...request.payload, senderId: 'ada' });
    for (const way of order) {
      if (way === 'ack') request.answer(sent);
      else realtime.tell('message:created', { ...sent });
      expect(texts('c1')).toEqual(['text 1', 'text 2', 'mine']);
      await settled();
      expect(texts('c1')).toEqual(['text 1', 'text 2', 'mine']);
    }
    expect(store.list('c1').newest().at(-1)?.state).toBe('sent');
    await expect.poll(() => outbox.entries()).toEqual([]);
  });

  it('finds its own message in a page after the ack was lost, and does not show it twice', async () => {
    const { realtime, http, outbox, store, texts } = await opened('c1');
    await outbox.send('c1', 'mine');
    const request = await sending(realtime, 1);
    realtime.lose();
    const sent = message(3, { ...request.payload, senderId: 'ada' });
    const catchingUp = store.catchUp();
    http.expectOne('/api/conversations/c1/changes?after=2').flush({ items: [sent], rev: 3, more: false });
    await catchingUp;
    expect(texts('c1')).toEqual(['text 1', 'text 2', 'mine']);
  });

  it('asks for changes when a digest is ahead', async () => {
    const { clock, http, store, texts } = await opened('c1');
    store.noteHead('c1', 3);
    await clock.advance(1_000);
    http.expectOne('/api/conversations/c1/changes?after=2').flush({ items: [message(3)], rev: 3, more: false });
    await settled();
    expect(texts('c1')).toEqual(['text 1', 'text 2', 'text 3']);
  });

  it('forgets everything at sign-out', async () => {
    const { signIn, texts } = await opened('c1');
    signIn(null);
    expect(texts('c1')).toEqual([]);
  });
});
