import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MessageNode, type MessageStore, newId, startMessageStore } from '../../test/messages-fixture.js';

const HOUR_MS = 3_600_000;

describe('the repair of summaries', () => {
  let store: MessageStore;
  let node: MessageNode;
  let ada: string;

  beforeAll(async () => {
    store = await startMessageStore();
  });
  beforeEach(async () => {
    node = await MessageNode.start(store);
    ada = newId();
  });
  afterAll(() => store.stop());

  const open = async () => (await node.conversations.openDirect([ada, newId()])).conversation.id;
  const say = (conversationId: string) =>
    node.writer.write({ conversationId, senderId: ada, clientId: randomUUID(), body: 'hello' });
  /** What the list shows of a conversation. */
  const summaryOf = async (conversationId: string) => (await node.conversations.findById(conversationId))?.head;

  /** As after a kill: another process, which knows nothing of what this one still had to write. */
  const startAnew = async () => {
    const next = await MessageNode.start(store);
    await next.repair.onApplicationBootstrap();
  };

  it('counts what the last process had no time for', async () => {
    const conversationId = await open();
    await say(conversationId);
    expect(await summaryOf(conversationId)).toMatchObject({ seq: 0, rev: 0 });
    await startAnew();
    expect(await summaryOf(conversationId)).toMatchObject({ seq: 1, rev: 1 });
  });

  it('finds messages that were written after the clock was set back', async () => {
    const [busy, quiet] = [await open(), await open()];
    await say(busy);
    await node.summaries.flush();
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now - HOUR_MS);
    try {
      // By the process that knew the other time, and by one that did not.
      await say(quiet);
      const later = await MessageNode.start(store);
      await later.writer.write({ conversationId: quiet, senderId: ada, clientId: randomUUID(), body: 'hello' });
    } finally {
      clock.mockRestore();
    }
    await startAnew();
    expect(await summaryOf(quiet)).toMatchObject({ seq: 2, rev: 2 });
  });

  it('is not needed for a change that was acknowledged, which no id would lead to', async () => {
    const conversationId = await open();
    const { item } = await say(conversationId);
    await node.summaries.flush();
    await node.changer.edit(ada, item.id, 'changed');
    expect(await summaryOf(conversationId)).toMatchObject({ seq: 1, rev: 2 });
    await node.changer.delete(ada, item.id);
    expect(await summaryOf(conversationId)).toMatchObject({ seq: 1, rev: 3 });
  });

  it('comes with the repeat of a change that was never acknowledged', async () => {
    const conversationId = await open();
    const { item } = await say(conversationId);
    await node.summaries.flush();
    const flush = node.summaries.flush.bind(node.summaries);
    node.summaries.flush = () => new Promise(() => undefined);
    void node.changer.edit(ada, item.id, 'changed');
    await new Promise<void>((resolve) => {
      const publish = node.events.publish.bind(node.events);
      node.events.publish = (event) => (publish(event), resolve());
    });
    const next = await MessageNode.start(store);
    await next.changer.edit(ada, item.id, 'changed');
    expect(await summaryOf(conversationId)).toMatchObject({ seq: 1, rev: 2 });
    node.summaries.flush = flush;
  });
});
