import { describe, expect, it } from 'vitest';
import { message } from '../testing/fixtures';
import { bubblesOf } from './bubbles';
import type { ConversationSnapshot } from './conversation-sync';
import type { OutboxEntry } from './outbox-queue';

const snapshot = (change: Partial<ConversationSnapshot>): ConversationSnapshot => ({
  conversationId: 'c1',
  state: 'ready',
  problem: null,
  messages: [],
  held: [],
  hasOlder: false,
  older: 'idle',
  ...change,
});

const entry = (clientId: string, conversationId = 'c1'): OutboxEntry => ({
  conversationId,
  clientId,
  body: clientId,
  userId: 'ada',
  position: 1,
  createdAt: '2026-03-02T12:00:00.000Z',
});

describe('bubblesOf', () => {
  it('shows what is on its way behind the messages', () => {
    const bubbles = bubblesOf(snapshot({ messages: [message(1)] }), [entry('a')], 'ada');
    expect(bubbles.map(({ body, state }) => [body, state])).toEqual([
      ['text 1', 'sent'],
      ['a', 'sending'],
    ]);
  });

  it('shows a message once while its entry is still there, under the same key as before', () => {
    const sending = bubblesOf(snapshot({}), [entry('a')], 'ada');
    const sent = bubblesOf(
      snapshot({ messages: [message(1, { senderId: 'ada', clientId: 'a' })] }),
      [entry('a')],
      'ada',
    );
    expect(sent).toHaveLength(1);
    expect(sent[0]?.key).toBe(sending[0]?.key);
  });

  it('keeps one’s own acknowledged message on the screen while a gap before it is filled', () => {
    const held = [message(4), message(5, { senderId: 'ada', clientId: 'a', body: 'mine' })];
    const bubbles = bubblesOf(snapshot({ messages: [message(1)], held }), [], 'ada');
    expect(bubbles.map(({ body }) => body)).toEqual(['text 1', 'mine']);
  });

  it('shows nothing that belongs to another conversation', () => {
    const messages = [message(1), message(2, { conversationId: 'c2' })];
    expect(bubblesOf(snapshot({ messages }), [entry('b', 'c2')], 'ada').map(({ body }) => body)).toEqual(['text 1']);
  });

  it('carries the reason of a failure to the bubble', () => {
    const problem = { type: 'urn:parlance:problem:validation', title: 'Check the text', status: 422 };
    expect(bubblesOf(snapshot({}), [{ ...entry('a'), problem }], 'ada')[0]).toMatchObject({ state: 'failed', problem });
  });
});
