import { describe, expect, it } from 'vitest';
import type { Message } from '@parlance/contracts';
import { message, messages, snapshotOf } from '../testing/fixtures';
import { BubbleList } from './bubbles';
import type { OutboxEntry } from './outbox-entry';

/** Ada's list of these messages and of what is on its way. */
const list = (newest: Message[], entries: OutboxEntry[] = [], held: Message[] = []) =>
  new BubbleList(snapshotOf(newest, held), entries, 'ada');

const entry = (clientId: string, conversationId = 'c1'): OutboxEntry => ({
  conversationId,
  clientId,
  body: clientId,
  userId: 'ada',
  position: 1,
  createdAt: '2026-03-02T12:00:00.000Z',
});

describe('BubbleList', () => {
  it('shows what is on its way behind the messages', () => {
    const bubbles = list([message(1)], [entry('a')]).newest();
    expect(bubbles.map(({ body, state }) => [body, state])).toEqual([
      ['text 1', 'sent'],
      ['a', 'sending'],
    ]);
  });

  it('shows a message once while its entry is still there, under the same key as before', () => {
    const sending = list([], [entry('a')]).newest();
    const sent = list([message(1, { senderId: 'ada', clientId: 'a' })], [entry('a')]).newest();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.key).toBe(sending[0]?.key);
  });

  it('keeps one’s own acknowledged message on the screen while a gap before it is filled', () => {
    const held = [message(4), message(5, { senderId: 'ada', clientId: 'a', body: 'mine' })];
    const bubbles = list([message(1)], [], held).newest();
    expect(bubbles.map(({ body }) => body)).toEqual(['text 1', 'mine']);
  });

  it('shows nothing that belongs to another conversation', () => {
    const mixed = [message(1), message(2, { conversationId: 'c2' })];
    expect(
      list(mixed, [entry('b', 'c2')])
        .newest()
        .map(({ body }) => body),
    ).toEqual(['text 1']);
  });

  it('carries the reason of a failure to the bubble', () => {
    const problem = { type: 'urn:parlance:problem:validation', title: 'Check the text', status: 422 };
    expect(list([], [{ ...entry('a'), problem }]).newest()[0]).toMatchObject({ state: 'failed', problem });
  });

  it('gives a part of the conversation, and what is on its way behind the newest message only', () => {
    const all = list(messages(1, 100), [entry('a')]);
    const texts = (first: number, last: number) => all.between(first, last).map(({ body }) => body);
    expect(texts(40, 42)).toEqual(['text 40', 'text 41', 'text 42']);
    expect(texts(99, 100)).toEqual(['text 99', 'text 100', 'a']);
  });

  it('gives the same bubble of a message until that changes', () => {
    const [first, second] = [message(1), message(2)];
    const before = list([first, second]).newest();
    const after = list([first, { ...second, rev: 3, body: 'edited' }]).newest();
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(after[1]?.body).toBe('edited');
  });

  it('costs what is asked of it: neither an arrival nor a part reads the rest', () => {
    const snapshot = snapshotOf(messages(1, 50_000));
    let asked = 0;
    const counted = {
      ...snapshot,
      get messages(): readonly Message[] {
        throw new Error('All of it was put together.');
      },
      loaded: {
        runOf: (seq: number) => snapshot.loaded.runOf(seq),
        at: (seq: number) => ((asked += 1), snapshot.loaded.at(seq)),
        withId: (id: string) => snapshot.loaded.withId(id),
        withClientId: (id: string) => snapshot.loaded.withClientId(id),
        between: (first: number, last: number) => ((asked += last - first + 1), snapshot.loaded.between(first, last)),
      },
    };
    const long = new BubbleList(counted, [entry('a')], 'ada');
    expect(long.between(49_961, 50_000)).toHaveLength(41);
    expect(long.findLast(({ seq }) => seq === 49_999)?.body).toBe('text 49999');
    expect(long.withId('c1-m25000')?.seq).toBe(25_000);
    expect(asked).toBeLessThan(50);
  });
});
