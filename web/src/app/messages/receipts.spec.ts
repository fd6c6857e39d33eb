import { TestBed } from '@angular/core/testing';
import type { Conversation } from '@parlance/contracts';
import { signal } from '@angular/core';
import { describe, expect, it } from 'vitest';
import { Attention } from './attention';
import { ConversationStore } from './conversation-store';
import { Receipts } from './receipts';
import { RECEIPT_SPACING_MS } from './sync/receipt-queue';
import { ada, conversation, message, problem } from './testing/fixtures';
import { setUp } from './testing/harness';
import { settled } from '../core/clock/testing/manual-clock';
import { ProblemError } from '../core/problem/problem';

async function withConversation(change: Partial<Conversation>) {
  const attentive = signal(true);
  const around = setUp(ada, { provide: Attention, useValue: { attentive } });
  const store = TestBed.inject(ConversationStore);
  const receipts = TestBed.inject(Receipts);
  TestBed.tick();
  around.http.expectOne('/api/conversations').flush({ items: [conversation(change)] });
  await settled();
  TestBed.tick();
  const { realtime, clock } = around;
  const told = async (event: 'conversation:read' | 'conversation:delivered') => {
    TestBed.tick();
    await clock.advance(RECEIPT_SPACING_MS);
    return realtime.sent(event).map(({ payload }) => payload.seq);
  };
  return { ...around, attentive, store, receipts, told };
}

const unread = { headSeq: 3, headRev: 3, unread: 3, lastMessage: message(3) };

describe('Receipts', () => {
  it('tell that messages were delivered as soon as they are known', async () => {
    const { realtime, told } = await withConversation(unread);
    expect(await told('conversation:delivered')).toEqual([3]);
    realtime
      .sent('conversation:delivered')[0]
      ?.answer({ conversationId: 'c1', userId: 'ada', readSeq: 0, deliveredSeq: 3 });
    await settled();
    realtime.tell('message:created', message(4));
    expect(await told('conversation:delivered')).toEqual([3, 4]);
    expect(await told('conversation:read')).toEqual([]);
  });

  it('tell that messages were read only while somebody can be looking', async () => {
    const { attentive, receipts, store, told } = await withConversation({ ...unread, deliveredSeq: 3 });
    attentive.set(false);
    receipts.seen('c1', 3);
    expect(await told('conversation:read')).toEqual([]);
    expect(store.totalUnread()).toBe(3);
    attentive.set(true);
    receipts.seen('c1', 3);
    expect(await told('conversation:read')).toEqual([3]);
    expect(store.totalUnread()).toBe(0);
  });

  it('tell a place once', async () => {
    const { receipts, told } = await withConversation({ ...unread, deliveredSeq: 3 });
    receipts.seen('c1', 2);
    receipts.seen('c1', 3);
    receipts.seen('c1', 3);
    expect(await told('conversation:read')).toEqual([3]);
    receipts.seen('c1', 1);
    expect(await told('conversation:read')).toEqual([3]);
  });

  it('go out again when the connection is back', async () => {
    const { realtime, receipts, told } = await withConversation({ ...unread, deliveredSeq: 3 });
    realtime.lose();
    receipts.seen('c1', 3);
    expect(await told('conversation:read')).toEqual([]);
    realtime.reconnect();
    expect(await told('conversation:read')).toEqual([3]);
  });

  it('are not repeated when the server refuses', async () => {
    const { clock, realtime, receipts, told } = await withConversation({ ...unread, deliveredSeq: 3 });
    receipts.seen('c1', 3);
    await told('conversation:read');
    realtime.sent('conversation:read')[0]?.fail(new ProblemError(problem(404)));
    await clock.advance(60_000);
    expect(await told('conversation:read')).toEqual([3]);
  });

  it('come to rest when a message is on the screen before the list knows of it', async () => {
    const { receipts, store } = await withConversation({ ...unread, deliveredSeq: 3 });
    receipts.seen('c1', 5);
    const before = store.conversation('c1');
    receipts.seen('c1', 5);
    expect(store.conversation('c1')).toBe(before);
  });
});
