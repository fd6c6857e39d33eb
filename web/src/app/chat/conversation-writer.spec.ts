import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { Message } from '@parlance/contracts';
import { LocalDatabase } from '../core/storage/local-database';
import { LocalOwner } from '../core/storage/local-owner';
import { LocalTexts } from '../core/storage/local-texts';
import { Drafts } from '../messages/drafts';
import { Outbox } from '../messages/outbox';
import { BubbleList } from '../messages/sync/bubbles';
import { message, snapshotOf } from '../messages/testing/fixtures';
import { setUp } from '../messages/testing/harness';
import { ConversationWriter } from './conversation-writer';
import type { Quote } from './message-quote';

const MINE = message(1, { senderId: 'ada', body: 'what I said' });
const DELETED = message(1, { ...MINE, rev: 2, body: '', deletedAt: '2026-03-02T12:00:00.000Z' });
const listOf = (...newest: Message[]) => new BubbleList(snapshotOf(newest), [], 'ada');

async function writer() {
  const around = setUp();
  const fixture = TestBed.createComponent(ConversationWriter);
  const give = async (inputs: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value);
    await fixture.whenStable();
  };
  await give({ conversationId: 'c1', ownId: 'ada', list: listOf(MINE), quotes: new Map() });
  const element = fixture.nativeElement as HTMLElement;
  const area = element.querySelector('textarea')!;
  return {
    ...around,
    give,
    writes: fixture.componentInstance,
    field: () => area.value,
    note: () => element.querySelector('.meanwhile')?.textContent,
    type: async (text: string) => {
      area.value = text;
      area.dispatchEvent(new Event('input'));
      await fixture.whenStable();
    },
    press: (key = 'Enter') => area.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true })),
    banner: async () => {
      await fixture.whenStable();
      return element.querySelector('.context')?.textContent.replace(/\s+/g, ' ').trim() ?? '';
    },
  };
}

afterEach(async () => {
  TestBed.inject(LocalOwner).userId = null;
  TestBed.inject(LocalTexts).wipe();
  await TestBed.inject(LocalDatabase).wipe();
});

describe('ConversationWriter', () => {
  it('shows what is being changed as it is by now, and follows it while nothing was typed', async () => {
    const { writes, give, banner, field } = await writer();
    writes.change(listOf(MINE).newest()[0]!);
    expect(await banner()).toContain('what I said');
    await give({ list: listOf({ ...MINE, rev: 2, body: 'what I meant' }) });
    expect(await banner()).toContain('what I meant');
    expect(field()).toBe('what I meant');
  });

  it('leaves alone what was typed for a message that another device changes, and can still save the text before', async () => {
    const { writes, give, banner, field, type, press, realtime } = await writer();
    writes.change(listOf(MINE).newest()[0]!);
    await type('what I said, mostly');
    await give({ list: listOf({ ...MINE, rev: 2, body: 'what I meant' }) });
    expect(field()).toBe('what I said, mostly');
    expect(await banner()).toContain('what I meant');
    await type('what I said');
    press();
    expect(realtime.sent('message:edit').map(({ payload }) => payload.body)).toEqual(['what I said']);
  });

  it('ends a change when another device deletes the message, says so, and nothing of it is left', async () => {
    const { writes, give, banner, field, note } = await writer();
    TestBed.inject(Drafts).set('c1', 'half a thought');
    writes.change(listOf(MINE).newest()[0]!);
    await banner();
    await give({ list: listOf(DELETED) });
    expect(await banner()).toBe('');
    expect(field()).toBe('half a thought');
    expect(note()).toBe('This message was deleted meanwhile.');
  });

  it('keeps what was typed for a message that another device deletes', async () => {
    const { writes, give, banner, field, type, note } = await writer();
    TestBed.inject(Drafts).set('c1', 'half a thought');
    writes.change(listOf(MINE).newest()[0]!);
    await type('a long new text');
    await give({ list: listOf(DELETED) });
    expect(await banner()).toBe('');
    expect(field()).toBe('a long new text\nhalf a thought');
    expect(note()).toContain('What you typed is still here.');
    await type('a long new text');
    expect(note()).toBe('');
  });

  it('has its field free at once when a text is sent, so that nothing typed behind it goes out twice', async () => {
    const { field, type, press, banner } = await writer();
    const outbox = TestBed.inject(Outbox);
    for (const text of ['alpha', 'beta', 'gamma']) {
      await type(field() + text);
      press();
      expect(field()).toBe('');
      press();
    }
    expect(outbox.entries().map(({ body }) => body)).toEqual(['alpha', 'beta', 'gamma']);
    await banner();
    expect(field()).toBe('');
  });

  it('has a text back that the outbox could not take, before what was typed since, and what it answers', async () => {
    const { writes, field, type, press, banner } = await writer();
    writes.answer(listOf(MINE).newest()[0]!);
    // Nothing can be stored any more.
    await TestBed.inject(LocalDatabase).wipe();
    await type('alpha');
    press();
    expect(field()).toBe('');
    // Before the screen is drawn once more.
    await expect.poll(field, { interval: 1 }).toBe('alpha');
    press();
    await type('beta');
    await expect.poll(field).toBe('alpha\nbeta');
    expect(await banner()).toContain('Answering');
    expect(TestBed.inject(Outbox).entries()).toEqual([]);
  });

  it('takes keys as they come, also before the screen is drawn', async () => {
    const { field, press, banner } = await writer();
    press('ArrowUp');
    expect(field()).toBe('what I said');
    press('Escape');
    expect(field()).toBe('');
    expect(await banner()).toBe('');
    press('ArrowUp');
    expect(await banner()).toContain('Change your message');
    press('Escape');
    press('ArrowUp');
    expect(field()).toBe('what I said');
    expect(await banner()).toContain('Change your message');
  });

  it('changes nothing with ArrowUp while one answers', async () => {
    const { writes, field, press, banner } = await writer();
    writes.answer(listOf(MINE).newest()[0]!);
    press('ArrowUp');
    expect(field()).toBe('');
    expect(await banner()).toContain('Answering');
  });

  it('shows what is being answered as its quote is', async () => {
    const { writes, give, banner } = await writer();
    const quoted = (quote: Quote) => give({ quotes: new Map([[MINE.id, quote]]) });
    writes.answer(listOf(MINE).newest()[0]!);
    await quoted({ name: 'Ada', text: 'what I said', state: 'there', seq: 1 });
    expect(await banner()).toMatch(/Answering Ada.*what I said/);
    await quoted({ name: 'Ada', text: '', state: 'deleted', seq: 1 });
    expect(await banner()).toMatch(/^Answering Ada.*This message was deleted\.$/);
  });

  it('keeps the draft while something else is being changed', async () => {
    const { writes, field, banner } = await writer();
    TestBed.inject(Drafts).set('c1', 'half a thought');
    writes.change(listOf(MINE).newest()[0]!);
    await banner();
    expect(field()).toBe('what I said');
    writes.forget(listOf(MINE).newest()[0]!);
    await banner();
    expect(field()).toBe('half a thought');
  });

  it('takes a text back with what it answers, before what stands there, and has stored both at once', async () => {
    const { writes, banner, field, type } = await writer();
    await type('typed since');
    writes.takeBack('was refused', MINE.id);
    const kept = Object.values({ ...localStorage });
    expect(kept).toContain('was refused\ntyped since');
    expect(kept).toContain(MINE.id);
    expect(await banner()).toContain('Answering');
    expect(field()).toBe('was refused\ntyped since');
  });

  it('leaves alone what one is answering when it takes a text back', async () => {
    const { writes, type } = await writer();
    writes.answer(listOf(MINE).newest()[0]!);
    await type('typed since');
    writes.takeBack('was refused', 'another message');
    expect(TestBed.inject(Drafts).answerTo('c1')).toBe(MINE.id);
  });
});
