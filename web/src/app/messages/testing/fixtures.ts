import { PROBLEM_TYPE_PREFIX } from '@parlance/contracts';
import type { Conversation, Message, OwnUser, Problem, User } from '@parlance/contracts';
import { ConversationLog } from '../sync/conversation-log';
import type { ConversationSnapshot } from '../sync/conversation-sync';

export const ada: OwnUser = {
  id: 'ada',
  username: 'ada',
  displayName: 'Ada',
  avatarUrl: '/api/avatars/ada',
  email: 'ada@example.org',
  role: 'member',
  createdAt: '2026-03-01T08:00:00.000Z',
  hasChosenAvatar: true,
};

export const ben: User = { id: 'ben', username: 'ben', displayName: 'Ben', avatarUrl: '/api/avatars/ben' };

/** Message `seq` of conversation `c1` from Ben, at rev `seq` unless told. */
export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    id: `${change.conversationId ?? 'c1'}-m${seq}`,
    conversationId: 'c1',
    seq,
    rev: seq,
    senderId: 'ben',
    kind: 'text',
    body: `text ${seq}`,
    createdAt: new Date(Date.parse('2026-03-02T11:00:00Z') + seq * 1_000).toISOString(),
    ...change,
  };
}

/** Messages `from` to `to`, both included. */
export function messages(from: number, to: number): Message[] {
  return Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
}

/** What a screen is given of conversation `c1` when these are its newest messages. */
export function snapshotOf(newest: Message[], held: readonly Message[] = []): ConversationSnapshot {
  const log = new ConversationLog();
  const last = newest.at(-1);
  log.startFrom({ items: newest, headSeq: last?.seq ?? 0, headRev: last?.rev ?? 0 });
  const { messages: loadedOnes, tail, loaded, hasOlder } = log;
  return {
    conversationId: 'c1',
    state: 'ready',
    problem: null,
    messages: loadedOnes,
    ...{ tail, loaded, held, hasOlder },
    older: 'idle',
    newer: 'idle',
  };
}

/** Ada's view of her conversation with Ben. */
export function conversation(change: Partial<Conversation> = {}): Conversation {
  return {
    id: 'c1',
    kind: 'direct',
    members: [
      { user: ada, readSeq: 0, deliveredSeq: 0 },
      { user: ben, readSeq: 0, deliveredSeq: 0 },
    ],
    headSeq: 0,
    headRev: 0,
    readSeq: 0,
    deliveredSeq: 0,
    unread: 0,
    createdAt: '2026-03-01T09:00:00.000Z',
    ...change,
  };
}

export function problem(status: number, code = 'some-problem', change: Partial<Problem> = {}): Problem {
  return { type: `${PROBLEM_TYPE_PREFIX}${code}`, title: 'It did not work', status, ...change };
}
