import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MessageNode, type MessageStore, newId, startMessageStore } from '../../test/messages-fixture.js';

const MESSAGES = 400;
const CONVERSATIONS = 60;

describe('a read', () => {
  let store: MessageStore;
  let node: MessageNode;
  let ada: string;
  let id: string;
  let ids: string[];

  beforeAll(async () => {
    store = await startMessageStore();
    node = await MessageNode.start(store);
    ada = newId();
    const opened = [];
    for (let n = 0; n < CONVERSATIONS; n++) opened.push(await node.conversations.openDirect([ada, newId()]));
    ids = opened.map(({ conversation }) => conversation.id);
    id = ids[0] ?? '';
    const drafts = [...Array.from({ length: MESSAGES }, () => id), ...ids];
    await Promise.all(
      drafts.map((conversationId) =>
        node.writer.write({ conversationId, senderId: ada, clientId: randomUUID(), body: 'hello' }),
      ),
    );
    await node.summaries.flush();
  });
  afterAll(() => store.stop());

  beforeEach(() => {
    store.reads.length = 0;
  });

  /** Documents that the store looked at, for all commands since the beginning of the test. */
  async function documentsExamined(): Promise<number[]> {
    const commands = store.reads.map(({ lsid: _, $db: __, $readPreference: ___, ...command }) => command);
    const examined = [];
    for (const explain of commands) {
      const plan = await store.connection.db?.command({ explain, verbosity: 'executionStats' });
      examined.push(plan?.['executionStats'].totalDocsExamined);
    }
    return examined;
  }

  it('of a page looks at that page, however long the conversation is', async () => {
    expect(await node.messages.findBySeq(id, 101, 150)).toHaveLength(50);

    expect(await documentsExamined()).toEqual([50]);
  });

  it('of changes looks at no more than the limit', async () => {
    expect(await node.messages.findByRev(id, 10, MESSAGES, 50)).toHaveLength(50);

    expect(await documentsExamined()).toEqual([50]);
  });

  it('of a head looks at the conversation, and at the messages that its summary lacks', async () => {
    expect(await node.heads.fresh(id)).toMatchObject({ head: { seq: MESSAGES + 1 } });

    expect(await documentsExamined()).toEqual([1, 0]);
  });

  it('of the list looks at one page of conversations, in one query', async () => {
    const first = await node.conversations.page(ada, undefined, 20);
    const last = first.at(-1);
    if (!last) throw new Error('The list is empty.');
    const second = await node.conversations.page(ada, { activityAt: last.head.activityAt, id: last.id }, 20);

    expect(new Set([...first, ...second].map((one) => one.id)).size).toBe(40);
    const [examinedFirst, examinedSecond] = await documentsExamined();
    expect(examinedFirst).toBe(20);
    // Those with the same activity as the last one are looked at once more.
    expect(examinedSecond).toBeLessThanOrEqual(CONVERSATIONS);
  });

  it('of a repeated clientId looks at one message', async () => {
    const [message] = await node.messages.findBySeq(id, 7, 7);
    store.reads.length = 0;
    expect(await node.messages.findByClientId(ada, message?.clientId ?? '')).toEqual(message);

    expect(await documentsExamined()).toEqual([1]);
  });

  it('of the latest activity looks at no more than what is new', async () => {
    expect(new Set(await node.messages.recentConversations(60))).toEqual(new Set(ids));

    expect((await documentsExamined())[0]).toBe(1);
  });
});
