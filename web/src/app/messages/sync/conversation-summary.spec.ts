import { describe, expect, it } from 'vitest';
import { conversation, message } from '../testing/fixtures';
import { deliveryOf, withMarker, withMessage, withSnapshot } from './conversation-summary';

const own = (seq: number) => message(seq, { senderId: 'ada' });
const marker = (userId: string, readSeq: number, deliveredSeq = readSeq) => ({
  conversationId: 'c1',
  userId,
  readSeq,
  deliveredSeq,
});

describe('unread', () => {
  const received = (...seqs: number[]) =>
    seqs.reduce((known, seq) => withMessage(known, message(seq), 'ada').conversation, conversation());

  it('counts messages of others after the read marker', () => {
    expect(received(1, 2, 3).unread).toBe(3);
  });

  it('counts a message once, however often it comes', () => {
    expect(received(1, 2, 2, 1, 2).unread).toBe(2);
  });

  it('does not count one’s own messages', () => {
    const known = withMessage(received(1), own(2), 'ada').conversation;
    expect(withMessage(known, message(3), 'ada').conversation.unread).toBe(2);
  });

  it('is nothing once everything is read, on this device or another', () => {
    const { conversation: read, stale } = withMarker(
      withMessage(received(1, 2), own(3), 'ada').conversation,
      marker('ada', 3),
      'ada',
    );
    expect(read.unread).toBe(0);
    expect(stale).toBe(false);
    expect(withMessage(read, message(4), 'ada').conversation.unread).toBe(1);
  });

  it('falls with the marker when only part is read', () => {
    expect(withMarker(received(1, 2, 3), marker('ada', 2), 'ada')).toMatchObject({
      conversation: { unread: 1, readSeq: 2 },
      stale: false,
    });
  });

  it('asks the server where one’s own messages make the numbers ambiguous', () => {
    const known = withMessage(received(1, 2), own(3), 'ada').conversation;
    expect(withMarker(known, marker('ada', 1), 'ada').stale).toBe(true);
  });

  it('asks the server after a jump over messages that were never seen', () => {
    expect(withMessage(received(1), message(4), 'ada').stale).toBe(true);
  });

  it('does not change when somebody else reads', () => {
    expect(withMarker(received(1, 2), marker('ben', 2), 'ada').conversation.unread).toBe(2);
  });
});

describe('markers', () => {
  it('only move forward', () => {
    const known = withMarker(conversation({ headSeq: 5 }), marker('ben', 4), 'ada').conversation;
    const late = withMarker(known, marker('ben', 2), 'ada').conversation;
    expect(late.members.find(({ user }) => user.id === 'ben')).toMatchObject({ readSeq: 4, deliveredSeq: 4 });
  });

  it('say how far a message has come', () => {
    const known = withMarker(conversation({ headSeq: 3 }), marker('ben', 1, 2), 'ada').conversation;
    expect([1, 2, 3].map((seq) => deliveryOf(known, seq, 'ada'))).toEqual(['read', 'delivered', 'sent']);
  });
});

describe('a marker that tells nothing new', () => {
  it('leaves the very same object, so that nothing is drawn or asked again', () => {
    const known = withMarker(conversation({ headSeq: 3, headRev: 3, unread: 3 }), marker('ada', 3), 'ada').conversation;
    expect(withMarker(known, marker('ada', 3), 'ada').conversation).toBe(known);
    expect(withMarker(known, marker('ada', 1), 'ada').conversation).toBe(known);
    expect(withMarker(known, marker('ben', 0), 'ada').conversation).toBe(known);
  });
});

describe('last message', () => {
  it('stays the newest when an older one comes late', () => {
    const known = withMessage(conversation(), message(2), 'ada').conversation;
    expect(withMessage(known, message(1), 'ada').conversation.lastMessage?.seq).toBe(2);
  });

  it('takes an edit of the last message, and no older state of it', () => {
    const known = withMessage(conversation(), message(1), 'ada').conversation;
    const edited = withMessage(known, message(1, { rev: 2, body: 'edited' }), 'ada').conversation;
    expect(edited.lastMessage?.body).toBe('edited');
    expect(withMessage(edited, message(1), 'ada').conversation.lastMessage?.body).toBe('edited');
  });
});

describe('an answer of the server', () => {
  it('does not take back what events have told while it was on its way', () => {
    const known = withMarker(
      withMessage(conversation(), message(1), 'ada').conversation,
      marker('ben', 1),
      'ada',
    ).conversation;
    const merged = withSnapshot(known, conversation(), 'ada');
    expect(merged).toMatchObject({ headSeq: 1, unread: 1 });
    expect(merged.members.find(({ user }) => user.id === 'ben')?.readSeq).toBe(1);
  });

  it('brings what was missed', () => {
    const fresh = conversation({ headSeq: 9, headRev: 9, unread: 7, readSeq: 1, lastMessage: message(9) });
    expect(withSnapshot(conversation(), fresh, 'ada')).toMatchObject({
      headSeq: 9,
      unread: 7,
      lastMessage: { seq: 9 },
    });
  });
});
