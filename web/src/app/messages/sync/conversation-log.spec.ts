import { describe, expect, it } from 'vitest';
import type { Message } from '@parlance/contracts';
import { message, messages } from '../testing/fixtures';
import { ConversationLog, LOADED } from './conversation-log';

const bodies = (log: ConversationLog) => log.messages.map(({ body }) => body);
const seqs = (log: ConversationLog) => log.messages.map(({ seq }) => seq);

const page = (from: number, to: number) => ({ items: messages(from, to), headSeq: to, headRev: to });

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, i) => i !== index)).map((rest) => [item, ...rest]),
  );
}

describe('ConversationLog', () => {
  it('shows a message once, in whatever order ack, push, page and catch-up bring it', () => {
    const own = message(3, { senderId: 'ada', clientId: 'k', body: 'mine' });
    const ways: Record<string, (log: ConversationLog) => void> = {
      ack: (log) => log.receive(own),
      push: (log) => log.receive({ ...own }),
      page: (log) => log.startFrom({ items: [...messages(1, 2), own], headSeq: 3, headRev: 3 }),
      changes: (log) => log.applyChanges([{ ...own }], 3),
    };
    for (const order of permutations(Object.keys(ways))) {
      const log = new ConversationLog();
      log.startFrom({ items: messages(1, 2), headSeq: 2, headRev: 2 });
      for (const way of order) ways[way]?.(log);
      expect(bodies(log), order.join(' then ')).toEqual(['text 1', 'text 2', 'mine']);
      expect(log.held).toEqual([]);
      expect(log.cursor).toBe(3);
    }
  });

  it('ends with the newest state of an edited message, in any order of its states', () => {
    const states = [message(1), message(1, { rev: 2, body: 'better' }), message(1, { rev: 3, body: 'best' })];
    for (const order of permutations<Message>(states)) {
      const log = new ConversationLog();
      log.startFrom({ items: [], headSeq: 0, headRev: 0 });
      for (const state of order) log.receive(state);
      expect(bodies(log)).toEqual(['best']);
      expect(log.cursor).toBe(3);
    }
  });

  it('holds what is beyond a gap and never moves its cursor over the hole', () => {
    const log = new ConversationLog();
    log.startFrom({ items: messages(1, 2), headSeq: 2, headRev: 2 });
    expect(log.receive(message(4))).toBe('held');
    expect(log.receive(message(5))).toBe('held');
    expect(seqs(log)).toEqual([1, 2]);
    expect(log.cursor).toBe(2);
    expect(log.receive(message(3))).toBe('applied');
    expect(seqs(log)).toEqual([1, 2, 3, 4, 5]);
    expect(log.cursor).toBe(5);
  });

  it('holds events that come before the first page, and takes those that the page does not have', () => {
    const log = new ConversationLog();
    expect(log.receive(message(3))).toBe('held');
    expect(log.receive(message(4))).toBe('held');
    log.startFrom({ items: messages(1, 3), headSeq: 3, headRev: 3 });
    expect(seqs(log)).toEqual([1, 2, 3, 4]);
  });

  it('drops what is not beyond its cursor', () => {
    const log = new ConversationLog();
    log.startFrom({ items: messages(1, 3), headSeq: 3, headRev: 3 });
    expect(log.receive(message(2, { body: 'older state' }))).toBe('dropped');
    expect(bodies(log)[1]).toBe('text 2');
  });

  it('puts older pages in front without touching the cursor', () => {
    const log = new ConversationLog();
    log.startFrom({ items: messages(51, 60), headSeq: 60, headRev: 60 });
    expect(log.hasOlder).toBe(true);
    log.takePage(log.expectPage(), page(41, 50));
    expect(seqs(log)[0]).toBe(41);
    expect(log.cursor).toBe(60);
    log.takePage(log.expectPage(), page(1, 40));
    expect(log.hasOlder).toBe(false);
  });

  it('keeps a page that touches nothing apart until what lies between is there', () => {
    const log = new ConversationLog();
    log.startFrom(page(51, 60));
    log.takePage(log.expectPage(), page(11, 20));
    expect(seqs(log)).toEqual(messages(51, 60).map(({ seq }) => seq));
    expect(log.loaded.runOf(15)).toEqual({ first: 11, last: 20 });
    log.receive(message(15, { rev: 61, body: 'edited' }));
    log.receive(message(61, { rev: 62 }));
    expect(log.loaded.at(15)?.body).toBe('edited');
    expect(log.loaded.runOf(20)?.last).toBe(20);
    log.takePage(log.expectPage(), page(18, 55));
    expect(log.tail).toEqual({ first: 11, last: 61 });
    expect(seqs(log)).toEqual(messages(11, 61).map(({ seq }) => seq));
  });

  it('overrules a page by a change that came while it was on its way', () => {
    const log = new ConversationLog();
    log.startFrom(page(51, 60));
    const ticket = log.expectPage();
    log.receive(message(45, { rev: 61, body: '', deletedAt: '2026-03-02T12:00:00.000Z' }));
    log.takePage(ticket, page(41, 50));
    expect(log.loaded.at(45)?.body).toBe('');
  });

  it('does not take a page that was asked for before it started over', () => {
    const log = new ConversationLog();
    log.startFrom(page(51, 60));
    const ticket = log.expectPage();
    log.startFrom({ items: messages(91, 100), headSeq: 100, headRev: 140 });
    log.takePage(ticket, page(41, 50));
    expect(log.loaded.at(45)).toBeUndefined();
  });

  it('lets go of what is far away once there is too much, and tears no hole by it', () => {
    const log = new ConversationLog();
    log.startFrom(page(5_001, 10_000));
    const looked = { first: 6_000, last: 6_050 };
    expect(log.letGo(looked)).toBe(true);
    expect(log.loaded.runOf(6_000)).toEqual({ first: 6_000 - LOADED.around, last: 6_050 + LOADED.around });
    expect(log.tail).toEqual({ first: 10_001 - LOADED.newest, last: 10_000 });
    expect(log.letGo(looked)).toBe(false);
    // A change to what is gone is left to its page; what is new stands at the end.
    log.receive(message(8_000, { rev: 10_001, body: 'edited' }));
    log.receive(message(10_001, { rev: 10_002 }));
    expect(log.loaded.at(8_000)).toBeUndefined();
    expect(seqs(log)).toEqual(messages(log.tail.first, 10_001).map(({ seq }) => seq));
  });

  it('lets go of nothing while a page is on its way', () => {
    const log = new ConversationLog();
    log.startFrom(page(5_001, 10_000));
    const ticket = log.expectPage();
    expect(log.letGo()).toBe(false);
    log.takePage(ticket);
    expect(log.letGo()).toBe(true);
  });

  it('shows nothing behind a message whose own rev is still to come', () => {
    const log = new ConversationLog();
    log.startFrom(page(1, 2));
    // 3 was written and at once changed: its only rev now is 5.
    expect(log.receive(message(4, { rev: 4 }))).toBe('held');
    log.applyChanges([], 3);
    expect(seqs(log)).toEqual([1, 2]);
    expect(log.held.map(({ seq }) => seq)).toEqual([4]);
    expect(log.settledRev).toBe(3);
    log.receive(message(3, { rev: 5, body: 'changed' }));
    expect(bodies(log)).toEqual(['text 1', 'text 2', 'changed', 'text 4']);
    expect(log.held).toEqual([]);
    expect(log.settledRev).toBe(5);
  });

  it('leaves an edit of a message before its window to that message’s own page', () => {
    const log = new ConversationLog();
    log.startFrom({ items: messages(51, 60), headSeq: 60, headRev: 60 });
    expect(log.receive(message(7, { rev: 61, body: 'edited' }))).toBe('applied');
    expect(seqs(log)[0]).toBe(51);
    expect(log.cursor).toBe(61);
  });

  it('takes a message that was new and is already edited, when the conversation was empty', () => {
    const log = new ConversationLog();
    log.startFrom({ items: [], headSeq: 0, headRev: 0 });
    log.applyChanges([message(2), message(1, { rev: 3, body: 'edited' })], 3);
    expect(bodies(log)).toEqual(['edited', 'text 2']);
  });
});
