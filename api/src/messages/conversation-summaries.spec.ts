import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MessageNode, type MessageStore, newId, startMessageStore } from '../../test/messages-fixture.js';
import type { ConversationHead } from './conversation-head.js';
import { ConversationSummaries } from './conversation-summaries.js';
import { CONVERSATION_MODEL, type ConversationRecord } from './conversation.schema.js';
import { ConversationsRepository } from './conversations.repository.js';

/** Fails as often as it is told to, and works like the real one afterwards. */
class FailingRepository extends ConversationsRepository {
  failures = 0;
  readonly writes: number[] = [];
  private readonly heard: (() => void)[] = [];

  override async writeSummaries(heads: readonly ConversationHead[]): Promise<void> {
    this.writes.push(heads.length);
    if (this.failures-- > 0) throw new Error('The store is away');
    await super.writeSummaries(heads);
    for (const hear of this.heard.splice(0)) hear();
  }

  nextWrite(): Promise<void> {
    return new Promise((resolve) => this.heard.push(resolve));
  }
}

describe('summaries of conversations', () => {
  let store: MessageStore;
  let node: MessageNode;

  beforeAll(async () => {
    store = await startMessageStore();
    node = await MessageNode.start(store);
  });
  afterAll(() => store.stop());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const start = () => {
    const repository = new FailingRepository(store.connection.model<ConversationRecord>(CONVERSATION_MODEL));
    return { repository, summaries: new ConversationSummaries(repository) };
  };
  /** A conversation with `count` messages, and its heads after each of them. */
  const talk = async (count: number) => {
    const sender = newId();
    const { conversation } = await node.conversations.openDirect([sender, newId()]);
    const heads: ConversationHead[] = [];
    for (let n = 0; n < count; n++) {
      await node.writer.write({
        conversationId: conversation.id,
        senderId: sender,
        clientId: randomUUID(),
        body: 'hello',
      });
      const head = await node.heads.get(conversation.id);
      if (head) heads.push(head);
    }
    return { id: conversation.id, heads };
  };
  const stored = async (id: string) => (await node.conversations.findById(id))?.head;

  it('are written together, one for each conversation, with its latest head', async () => {
    const { repository, summaries } = start();
    const [one, other] = [await talk(3), await talk(2)];
    for (const head of [...one.heads.toReversed(), ...other.heads]) summaries.note(head);
    await summaries.flush();

    expect(repository.writes).toEqual([2]);
    expect(await stored(one.id)).toEqual(one.heads.at(-1));
    expect(await stored(other.id)).toEqual(other.heads.at(-1));
  });

  it('are written a few at a time, so that messages find their way between them', async () => {
    const { repository, summaries } = start();
    const {
      heads: [head],
    } = await talk(1);
    if (!head) throw new Error('There is no head.');
    for (let n = 0; n < 40; n++) summaries.note({ ...head, conversationId: newId() });
    await summaries.flush();

    expect(repository.writes).toEqual([16, 16, 8]);
  });

  it('are written a tenth at a time when they are due all at once', async () => {
    const { repository, summaries } = start();
    const {
      heads: [head],
    } = await talk(1);
    if (!head) throw new Error('There is no head.');
    // All at one time, however long it takes to say so.
    const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now());
    for (let n = 0; n < 30; n++) summaries.note({ ...head, conversationId: newId() });
    clock.mockRestore();
    await repository.nextWrite();
    await repository.nextWrite();
    await summaries.stop();

    expect(repository.writes).toEqual([3, 3, 16, 8]);
  });

  it('write what waits when they are stopped, and set no clock any more', async () => {
    const { repository, summaries } = start();
    const warning = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const clock = jest.spyOn(globalThis, 'setTimeout');
    const { heads } = await talk(1);
    for (const head of heads) summaries.note(head);
    repository.failures = 1;
    clock.mockClear();
    await summaries.stop();

    expect(repository.writes).toEqual([1]);
    expect(warning).toHaveBeenCalledTimes(1);
    expect(clock.mock.calls.filter(([, ms]) => ms === 1_000)).toEqual([]);
  });

  it('cost nothing when nothing has changed', async () => {
    const { repository, summaries } = start();
    await summaries.flush();

    expect(repository.writes).toEqual([]);
  });

  it('wait for the next time when they cannot be written, and disturb nobody', async () => {
    const warning = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { repository, summaries } = start();
    repository.failures = 1;
    const { id, heads } = await talk(1);
    for (const head of heads) summaries.note(head);

    await expect(summaries.flush()).resolves.toBeUndefined();
    expect(warning).toHaveBeenCalledTimes(1);
    await summaries.flush();
    expect(await stored(id)).toEqual(heads.at(-1));
  });

  it('wait for the next time when the store does not answer, and hold up nobody who waits for them', async () => {
    const warning = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { repository, summaries } = start();
    const { id, heads } = await talk(1);
    const write = repository.writeSummaries.bind(repository);
    jest.useFakeTimers();
    try {
      for (const head of heads) summaries.note(head);
      repository.writeSummaries = () => new Promise(() => undefined);
      const flushed = summaries.flush();
      await jest.advanceTimersByTimeAsync(10_000);
      await flushed;
    } finally {
      jest.useRealTimers();
    }
    expect(warning).toHaveBeenCalled();
    repository.writeSummaries = write;
    await summaries.flush();
    expect(await stored(id)).toEqual(heads.at(-1));
  });

  it('are written ahead of their time for whom they concern, and for nobody else', async () => {
    const { repository, summaries } = start();
    const [one, other] = [await talk(1), await talk(1)];
    for (const head of [...one.heads, ...other.heads]) summaries.note(head);
    await summaries.flush(({ conversationId }) => conversationId === one.id);
    expect(repository.writes).toEqual([1]);
    expect([await stored(one.id), await stored(other.id)]).toMatchObject([{ seq: 1 }, { seq: 0 }]);
    await summaries.stop();
    expect(await stored(other.id)).toMatchObject({ seq: 1 });
  });
});
