import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MessageNode, type MessageStore, newId, startMessageStore } from '../../test/messages-fixture.js';
import { Overloaded } from '../core/errors/index.js';
import type { MessageDraft } from './message-draft.js';
import { OutcomeUnknown } from './messages.problems.js';

describe('the message writer when a read is not answered in time', () => {
  let store: MessageStore;
  let node: MessageNode;
  let ada: string;
  let conversationId: string;

  const never = () => new Promise<never>(() => undefined);
  const draft = (fields: Partial<MessageDraft> = {}): MessageDraft => ({
    conversationId,
    senderId: ada,
    clientId: randomUUID(),
    body: 'hello',
    ...fields,
  });
  /** While `work` runs, this read is never answered. */
  const withoutAnswer = async <K extends string>(
    of: Record<K, (...args: never[]) => Promise<unknown>>,
    read: K,
    work: () => Promise<unknown>,
  ) => {
    const before = of[read];
    of[read] = never;
    await work();
    of[read] = before;
  };

  beforeAll(async () => {
    store = await startMessageStore();
  });
  afterAll(() => store.stop());

  beforeEach(async () => {
    node = await MessageNode.start(store, { timeoutMs: 200 });
    ada = newId();
    conversationId = (await node.conversations.openDirect([ada, newId()])).conversation.id;
  });

  it('says of a message that was surely not written that it is overloaded, and goes on with the next', async () => {
    await withoutAnswer(node.heads, 'fresh', () =>
      expect(node.writer.write(draft())).rejects.toMatchObject({ type: Overloaded, details: { retryAfter: 1 } }),
    );
    await expect(node.writer.write(draft())).resolves.toMatchObject({ item: { seq: 1 } });
  });

  it('does so when it cannot tell where the message is that is answered', async () => {
    const { item } = await node.writer.write(draft());
    await withoutAnswer(node.messages, 'conversationsOf', () =>
      expect(node.writer.write(draft({ replyTo: item.id }))).rejects.toMatchObject({ type: Overloaded }),
    );
    await expect(node.writer.write(draft({ replyTo: item.id }))).resolves.toMatchObject({ item: { seq: 2 } });
  });

  it('does not know of a message whose earlier write was never answered', async () => {
    const repeated = draft();
    await withoutAnswer(node.messages, 'insertInOrder', () =>
      expect(node.writer.write(repeated)).rejects.toMatchObject({ type: OutcomeUnknown }),
    );
    await withoutAnswer(node.heads, 'fresh', () =>
      expect(node.writer.write(repeated)).rejects.toMatchObject({ type: OutcomeUnknown }),
    );
  });

  it('does not know of a message whose clientId may be the one that is taken, but of those behind it', async () => {
    const repeated = draft();
    await node.writer.write(repeated);
    await withoutAnswer(node.messages, 'findByClientId', async () => {
      const outcomes = [repeated, draft()].map((one) => node.writer.write(one));
      await expect(outcomes[0]).rejects.toMatchObject({ type: OutcomeUnknown });
      await expect(outcomes[1]).rejects.toMatchObject({ type: Overloaded });
    });
    await expect(node.writer.write(repeated)).resolves.toMatchObject({ created: false, item: { seq: 1 } });
    await expect(node.writer.write(draft())).resolves.toMatchObject({ created: true, item: { seq: 2 } });
  });

  it('makes an unanswered message known by a later repeat when the members cannot be read in time', async () => {
    const repeated = draft();
    const insert = node.messages.insertInOrder.bind(node.messages);
    node.messages.insertInOrder = (messages) => insert(messages).then(never);
    await expect(node.writer.write(repeated)).rejects.toMatchObject({ type: OutcomeUnknown });
    node.messages.insertInOrder = insert;

    await node.heads.get(conversationId);
    await withoutAnswer(node.heads, 'fresh', () =>
      expect(node.writer.write(repeated)).rejects.toMatchObject({ type: OutcomeUnknown }),
    );
    await node.writer.write(repeated);
    expect(node.events.published).toMatchObject([{ message: { seq: 1, rev: 1 } }]);
  });
});
