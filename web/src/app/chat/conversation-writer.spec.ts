import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { Message } from '@parlance/contracts';
import { LocalDatabase } from '../core/storage/local-database';
import { Drafts } from '../messages/drafts';
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
  return {
    ...around,
    give,
    writes: fixture.componentInstance,
    field: () => element.querySelector('textarea')?.value,
    banner: async () => {
      await fixture.whenStable();
      return element.querySelector('.context')?.textContent.replace(/\s+/g, ' ').trim() ?? '';
    },
  };
}

afterEach(() => TestBed.inject(LocalDatabase).wipe());

describe('ConversationWriter', () => {
  it('shows what is being changed as it is by now: nothing of it once it was deleted elsewhere', async () => {
    const { writes, give, banner, field } = await writer();
    writes.change(listOf(MINE).newest()[0]!);
    expect(await banner()).toContain('what I said');
    expect(field()).toBe('what I said');
    await give({ list: listOf(DELETED) });
    expect(await banner()).toContain('Change your message');
    expect(await banner()).not.toContain('what I said');
  });

  it('shows what is being answered as its quote is', async () => {
    const { writes, give, banner } = await writer();
    const quoted = (quote: Quote) => give({ quotes: new Map([[MINE.id, quote]]) });
    writes.answer(listOf(MINE).newest()[0]!);
    await quoted({ name: 'Ada', text: 'what I said', state: 'there', seq: 1 });
    expect(await banner()).toMatch(/Answering Ada.*what I said/);
    await quoted({ name: 'Ada', text: '', state: 'deleted', seq: 1 });
    expect(await banner()).not.toContain('what I said');
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
});
