import { effect, untracked } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalDatabase } from '../core/storage/local-database';
import { CatchUp } from './catch-up';
import { KEPT_CONVERSATIONS } from './conversation-cache';
import { MessageStore } from './message-store';
import { QuotedMessages } from './quoted-messages';
import { conversation, message, messages } from './testing/fixtures';
import { setUp } from './testing/harness';
import { settled } from '../core/clock/testing/manual-clock';

const FAR = message(1, { body: 'far up' });
const DELETED = message(1, { rev: 101, body: '', deletedAt: '2026-03-02T12:00:00.000Z' });
const FAR_URL = `/api/conversations/c1/messages/${FAR.id}`;

/** The latest page of a long conversation, and a message far above it that is quoted. */
async function quoting() {
  const around = setUp();
  TestBed.inject(CatchUp);
  const store = TestBed.inject(MessageStore);
  const quoted = TestBed.inject(QuotedMessages);
  TestBed.tick();
  const { http, realtime, clock } = around;
  http.expectOne('/api/conversations').flush({ items: [conversation({ headSeq: 100, headRev: 100 })] });
  const open = async (id: string) => {
    store.open(id);
    const items = messages(91, 100).map((each) => ({ ...each, conversationId: id }));
    http.expectOne(`/api/conversations/${id}/messages`).flush({ items, headSeq: 100, headRev: 100 });
    await settled();
  };
  await open('c1');
  quoted.want('c1', FAR.id);
  const answers = async (state = FAR) => {
    http.expectOne(FAR_URL).flush(state);
    await settled();
  };
  /** The server says that the conversation has moved on, and what it then answers to the question for changes. */
  const catchesUp = async (changes: object) => {
    realtime.tell('heads', { c1: 101 });
    await clock.advance(1_000);
    http.expectOne('/api/conversations/c1/changes?after=100').flush(changes);
    await settled();
  };
  return { ...around, quoted, store, open, answers, catchesUp, shown: () => quoted.get(FAR.id) };
}

afterEach(() => TestBed.inject(LocalDatabase).wipe());

describe('QuotedMessages', () => {
  it('are asked for once', async () => {
    const { quoted, http, answers, shown } = await quoting();
    await answers();
    quoted.want('c1', FAR.id);
    http.expectNone(FAR_URL);
    expect(shown()).toEqual(FAR);
  });

  it('follow a push', async () => {
    const { realtime, answers, shown } = await quoting();
    await answers();
    realtime.tell('message:updated', DELETED);
    expect(shown()).toEqual(DELETED);
  });

  it('follow what catch-up brings when the push of a deletion was lost, over the same connection', async () => {
    const { answers, catchesUp, shown } = await quoting();
    await answers();
    await catchesUp({ items: [DELETED], rev: 101, more: false });
    expect(shown()).toEqual(DELETED);
  });

  it('follow what catch-up brings over a new connection', async () => {
    const { http, realtime, answers, shown } = await quoting();
    await answers();
    realtime.lose();
    realtime.reconnect();
    http.expectOne('/api/conversations/c1/changes?after=100').flush({ items: [DELETED], rev: 101, more: false });
    await settled();
    expect(shown()).toEqual(DELETED);
  });

  it('do not go back to an answer that was under way when the change was told', async () => {
    const { answers, catchesUp, shown } = await quoting();
    await catchesUp({ items: [DELETED], rev: 101, more: false });
    await answers();
    expect(shown()).toEqual(DELETED);
  });

  it('are asked for again when so much was missed that nobody tells what changed', async () => {
    const { quoted, http, answers, catchesUp, shown } = await quoting();
    await answers();
    await catchesUp({ items: [], rev: 100, more: false, reset: true });
    http.expectOne('/api/conversations/c1/messages').flush({ items: [message(3_000)], headSeq: 3_000, headRev: 3_000 });
    await settled();
    expect(shown()).toBeUndefined();
    quoted.want('c1', FAR.id);
    await answers(DELETED);
    expect(shown()).toEqual(DELETED);
  });

  it('do not take an answer from before such a gap', async () => {
    const { quoted, http, catchesUp, shown } = await quoting();
    const before = http.expectOne(FAR_URL);
    await catchesUp({ items: [], rev: 100, more: false, reset: true });
    http.expectOne('/api/conversations/c1/messages').flush({ items: [message(3_000)], headSeq: 3_000, headRev: 3_000 });
    await settled();
    before.flush(FAR);
    await settled();
    expect(shown()).toBeUndefined();
    quoted.want('c1', FAR.id);
    http.expectOne(FAR_URL);
  });

  it('are forgotten with a conversation that is not kept current any more', async () => {
    const { answers, open, shown } = await quoting();
    await answers();
    for (let other = 0; other < KEPT_CONVERSATIONS; other++) await open(`other-${other}`);
    expect(shown()).toBeUndefined();
  });

  it('that could not be had for the moment are asked for again over a new connection', async () => {
    const { quoted, http, realtime, answers, shown } = await quoting();
    // As a screen does, which shows what it has and wants the rest.
    TestBed.runInInjectionContext(() =>
      effect(() => {
        if (shown() === undefined) untracked(() => quoted.want('c1', FAR.id));
      }),
    );
    TestBed.tick();
    http.expectOne(FAR_URL).flush(null, { status: 503, statusText: 'Service Unavailable' });
    await settled();
    TestBed.tick();
    http.expectNone(FAR_URL);
    realtime.reconnect();
    TestBed.tick();
    await answers();
    expect(shown()).toEqual(FAR);
  });

  it('are forgotten when somebody else signs in', async () => {
    const { signIn, answers, shown } = await quoting();
    await answers();
    signIn(null);
    expect(shown()).toBeUndefined();
  });
});
