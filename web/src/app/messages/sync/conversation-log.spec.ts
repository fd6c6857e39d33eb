import { describe, expect, it } from 'vitest';
import type { Message } from '@parlance/contracts';
import { message, messages } from '../testing/fixtures';
import { ConversationLog } from './conversation-log';

const bodies = (log: ConversationLog) => log.messages.map(({ body }) => body);
const seqs = (log: ConversationLog) => log.messages.map(({ seq }) => seq);

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
    log.prepend({ items: messages(41, 50), headSeq: 60, headRev: 60 });
    expect(seqs(log)[0]).toBe(41);
    expect(log.cursor).toBe(60);
    log.prepend({ items: messages(1, 40), headSeq: 60, headRev: 60 });
    expect(log.hasOlder).toBe(false);
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
