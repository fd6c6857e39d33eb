import { describe, expect, it } from '@jest/globals';
import { type Change, type ConversationHead, headAfter } from './conversation-head.js';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second));

const head: ConversationHead = {
  conversationId: 'c',
  memberIds: ['ada', 'ben'],
  seq: 2,
  rev: 2,
  lastMessageId: 'm2',
  activityAt: at(2),
  sent: { ada: 2 },
};

const change = (seq: number, rev: number, senderId = 'ada'): Change => ({
  id: `m${seq}`,
  seq,
  rev,
  senderId,
  createdAt: at(seq),
});

describe('the head of a conversation', () => {
  it('counts a new message in', () => {
    expect(headAfter(head, [change(3, 3, 'ben')])).toEqual({
      ...head,
      seq: 3,
      rev: 3,
      lastMessageId: 'm3',
      activityAt: at(3),
      sent: { ada: 2, ben: 1 },
    });
  });

  it('takes only the rev of a message that has changed', () => {
    expect(headAfter(head, [change(1, 3)])).toEqual({ ...head, rev: 3 });
  });

  it('counts a message once that came and has changed since, in whatever order the changes are read', () => {
    const changes = [change(3, 5), change(4, 4, 'ben')];
    const expected = { seq: 4, rev: 5, lastMessageId: 'm4', sent: { ada: 3, ben: 1 } };

    expect(headAfter(head, changes)).toMatchObject(expected);
    expect(headAfter(head, changes.toReversed())).toMatchObject(expected);
  });

  it('counts a message once that was read twice, because it moved on meanwhile', () => {
    expect(headAfter(head, [change(3, 3), change(3, 4)])).toMatchObject({ seq: 3, rev: 4, sent: { ada: 3 } });
  });

  it('is the same after no change', () => {
    expect(headAfter(head, [])).toEqual(head);
  });
});
