import { describe, expect, it } from 'vitest';
import { conversation, message } from '../testing/fixtures';
import { deliveryOf, isStale, summaryOf, withMarker, withMessage, withSnapshot } from './conversation-summary';

const own = (seq: number) => message(seq, { senderId: 'ada' });
const marker = (userId: string, readSeq: number, deliveredSeq = readSeq) => ({
  conversationId: 'c1',
  userId,
  readSeq,
  deliveredSeq,
});

const listed = (change = {}) => summaryOf(conversation(change));
const seqsBy = (...messages: ReturnType<typeof message>[]) =>
  messages.reduce((known, one) => withMessage(known, one, 'ada'), listed());
const received = (...seqs: number[]) => seqsBy(...seqs.map((seq) => message(seq)));

describe('unread', () => {
  it('counts messages of others after the read marker', () => {
    expect(received(1, 2, 3).conversation.unread).toBe(3);
  });

  it('counts a message once, however often it comes', () => {
    expect(received(1, 2, 2, 1, 2).conversation.unread).toBe(2);
  });

  it('does not count one’s own messages', () => {
    expect(seqsBy(message(1), own(2), message(3)).conversation.unread).toBe(2);
  });

  it('is exact again when what was jumped over comes behind, whoever wrote it', () => {
    const jumped = seqsBy(message(1), own(4));
    expect(isStale(jumped)).toBe(true);
    const filled = [own(3), message(2)].reduce((known, one) => withMessage(known, one, 'ada'), jumped);
    expect(filled.conversation.unread).toBe(2);
    expect(isStale(filled)).toBe(false);
  });

  it('is nothing once everything is read, on this device or another', () => {
    const read = withMarker(seqsBy(message(1), message(2), own(3)), marker('ada', 3), 'ada');
    expect(read.conversation.unread).toBe(0);
    expect(isStale(read)).toBe(false);
    expect(withMessage(read, message(4), 'ada').conversation.unread).toBe(1);
  });

  it('falls with the marker when only part is read', () => {
    const read = withMarker(received(1, 2, 3), marker('ada', 2), 'ada');
    expect(read.conversation).toMatchObject({ unread: 1, readSeq: 2 });
    expect(isStale(read)).toBe(false);
  });

  it('asks the server where one’s own messages make the numbers ambiguous, until it has said', () => {
    const known = withMarker(seqsBy(message(1), message(2), own(3)), marker('ada', 1), 'ada');
    expect(isStale(known)).toBe(true);
    const told = withSnapshot(known, conversation({ headSeq: 3, headRev: 3, readSeq: 1, unread: 1 }), 'ada');
    expect(told.conversation.unread).toBe(1);
    expect(isStale(told)).toBe(false);
  });

  it('asks the server after a jump over changes that were never seen', () => {
    expect(isStale(seqsBy(message(1), message(4)))).toBe(true);
    expect(isStale(seqsBy(message(1), message(1, { rev: 3 })))).toBe(true);
  });

  it('asks once more when the answer is older than what events have told', () => {
    const jumped = seqsBy(message(1), own(4));
    expect(isStale(withSnapshot(jumped, conversation({ headSeq: 2, headRev: 2, unread: 2 }), 'ada'))).toBe(true);
  });

  it('does not change when somebody else reads', () => {
    expect(withMarker(received(1, 2), marker('ben', 2), 'ada').conversation.unread).toBe(2);
  });
});

describe('markers', () => {
  it('only move forward', () => {
    const known = withMarker(listed({ headSeq: 5 }), marker('ben', 4), 'ada');
    const late = withMarker(known, marker('ben', 2), 'ada').conversation;
    expect(late.members.find(({ user }) => user.id === 'ben')).toMatchObject({ readSeq: 4, deliveredSeq: 4 });
  });

  it('say how far a message has come', () => {
    const known = withMarker(listed({ headSeq: 3 }), marker('ben', 1, 2), 'ada').conversation;
    expect([1, 2, 3].map((seq) => deliveryOf(known, seq, 'ada'))).toEqual(['read', 'delivered', 'sent']);
  });
});

describe('a marker that tells nothing new', () => {
  it('leaves the very same object, so that nothing is drawn or asked again', () => {
    const known = withMarker(listed({ headSeq: 3, headRev: 3, unread: 3 }), marker('ada', 3), 'ada');
    expect(withMarker(known, marker('ada', 3), 'ada')).toBe(known);
    expect(withMarker(known, marker('ada', 1), 'ada')).toBe(known);
    expect(withMarker(known, marker('ben', 0), 'ada')).toBe(known);
  });
});

describe('last message', () => {
  it('stays the newest when an older one comes late', () => {
    expect(received(2, 1).conversation.lastMessage?.seq).toBe(2);
  });

  it('takes an edit of the last message, and no older state of it', () => {
    const edited = seqsBy(message(1), message(1, { rev: 2, body: 'edited' }));
    expect(edited.conversation.lastMessage?.body).toBe('edited');
    expect(withMessage(edited, message(1), 'ada').conversation.lastMessage?.body).toBe('edited');
  });
});

describe('an answer of the server', () => {
  it('does not take back what events have told while it was on its way', () => {
    const known = withMarker(received(1), marker('ben', 1), 'ada');
    const merged = withSnapshot(known, conversation(), 'ada').conversation;
    expect(merged).toMatchObject({ headSeq: 1, unread: 1 });
    expect(merged.members.find(({ user }) => user.id === 'ben')?.readSeq).toBe(1);
  });

  it('brings what was missed', () => {
    const fresh = conversation({ headSeq: 9, headRev: 9, unread: 7, readSeq: 1, lastMessage: message(9) });
    expect(withSnapshot(listed(), fresh, 'ada').conversation).toMatchObject({
      headSeq: 9,
      unread: 7,
      lastMessage: { seq: 9 },
    });
  });
});
