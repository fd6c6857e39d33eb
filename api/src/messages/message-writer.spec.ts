import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Types } from 'mongoose';
import {
  MessageNode,
  type MessageStore,
  newId,
  startMessageStore,
  UnansweringRepository,
} from '../../test/messages-fixture.js';
import { NotFound, Overloaded, ValidationFailed } from '../core/errors/index.js';
import { MessageCreated } from './events/message-created.event.js';
import type { MessageDraft } from './message-draft.js';
import { ClientIdReused, OutcomeUnknown } from './messages.problems.js';

describe('the message writer', () => {
  let store: MessageStore;
  let node: MessageNode;
  let ada: string;
  let ben: string;
  let conversationId: string;

  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const draft = (fields: Partial<MessageDraft> = {}): MessageDraft => ({
    conversationId,
    senderId: ada,
    clientId: randomUUID(),
    body: 'hello',
    ...fields,
  });
  const open = async (on: MessageNode, ...members: [string, string]) =>
    (await on.conversations.openDirect(members)).conversation.id;
  const stored = async () => (await node.messages.findBySeq(conversationId, 1, 1_000)).map(({ body }) => body);

  beforeAll(async () => {
    store = await startMessageStore();
  });
  afterAll(() => store.stop());

  beforeEach(async () => {
    node = await MessageNode.start(store);
    [ada, ben] = [newId(), newId()];
    conversationId = await open(node, ada, ben);
    store.writes.length = 0;
  });

  it('gives dense places in the order of arrival', async () => {
    const written = await Promise.all(numbers(30).map((n) => node.writer.write(draft({ body: `${n}` }))));

    expect(written.map(({ item }) => item.seq)).toEqual(numbers(30));
    expect(written.map(({ item }) => item.rev)).toEqual(numbers(30));
    expect(await stored()).toEqual(numbers(30).map(String));
  });

  it('writes a single message with a single write', async () => {
    await node.writer.write(draft());

    expect(store.writes).toEqual([1]);
  });

  it('asks the store for what an acknowledgement says: most of its members, and their disks', async () => {
    const concerns: unknown[] = [];
    const note = ({ command }: { command: Record<string, unknown> }) => {
      if (command['insert'] === 'messages' || command['update'] === 'messages') concerns.push(command['writeConcern']);
    };
    const client = store.connection.getClient();
    client.on('commandStarted', note);
    try {
      const { item } = await node.writer.write(draft());
      await node.changer.edit(ada, item.id, 'changed');
      await node.changer.delete(ada, item.id);
    } finally {
      client.off('commandStarted', note);
    }
    expect(concerns).toEqual(Array.from({ length: 3 }, () => ({ w: 'majority', j: true })));
  });

  it('puts what arrives while a write is in flight into the next one, whatever the conversation', async () => {
    const elsewhere = await open(node, ada, newId());
    const inFlight = store.nextWrite();
    const first = node.writer.write(draft());
    await inFlight;
    const rest = numbers(20).map((n) =>
      node.writer.write(draft({ conversationId: n % 2 ? conversationId : elsewhere })),
    );
    await Promise.all([first, ...rest]);

    expect(store.writes).toEqual([1, 20]);
  });

  it('refuses who is no member any more, although it has not heard of that', async () => {
    await node.writer.write(draft({ body: 'as a member' }));
    const other = await MessageNode.start(store);
    const { matchedCount } = await store.connection
      .collection('conversations')
      .updateOne(
        { _id: new Types.ObjectId(conversationId) },
        { $pull: { memberIds: new Types.ObjectId(ada) } as object },
      );
    expect(matchedCount).toBe(1);
    // A change of members takes the next place, as everything does; here somebody else's message stands in for it.
    await other.writer.write(draft({ senderId: ben, body: 'from elsewhere' }));
    const published = node.events.published.length;

    await expect(node.writer.write(draft({ body: 'as a stranger' }))).rejects.toMatchObject({ type: NotFound });
    expect(await stored()).toEqual(['as a member', 'from elsewhere']);
    expect(node.events.published).toHaveLength(published);
  });

  it('never writes more at once than the limit', async () => {
    const small = await MessageNode.start(store, { maxBatch: 4 });
    await Promise.all(numbers(10).map(() => small.writer.write(draft())));

    expect(store.writes).toEqual([4, 4, 2]);
  });

  it('keeps one dense order when several processes write into the same conversation', async () => {
    const nodes = await Promise.all(numbers(3).map(() => MessageNode.start(store, { maxAttempts: 100 })));
    const written = await Promise.all(
      nodes.flatMap((one, writer) =>
        numbers(15).map(async (n) => {
          await new Promise((resolve) => setImmediate(resolve));
          return { writer, n, ...(await one.writer.write(draft({ body: `${writer}-${n}` }))) };
        }),
      ),
    );

    expect(written.map(({ item }) => item.seq).sort((a, b) => a - b)).toEqual(numbers(45));
    for (const writer of [0, 1, 2]) {
      const own = written.filter((one) => one.writer === writer).sort((a, b) => a.item.seq - b.item.seq);
      expect(own.map(({ n }) => n)).toEqual(numbers(15));
    }
  });

  it('writes a repeated clientId once, however often and wherever it is sent at once', async () => {
    const other = await MessageNode.start(store);
    const clientId = randomUUID();
    const written = await Promise.all(
      numbers(20).map((n) => (n % 2 ? node : other).writer.write(draft({ clientId, body: `${n}` }))),
    );

    expect(new Set(written.map(({ item }) => item.id)).size).toBe(1);
    expect(written.filter(({ created }) => created)).toHaveLength(1);
    expect(await stored()).toHaveLength(1);
  });

  it('gives the first message back for a clientId of long ago, and lets those behind it through', async () => {
    const clientId = randomUUID();
    const { item: first } = await node.writer.write(draft({ clientId, body: 'first' }));
    const [again, next] = await Promise.all([
      node.writer.write(draft({ clientId, body: 'second' })),
      node.writer.write(draft()),
    ]);

    expect(again).toEqual({ created: false, item: first });
    expect(next.item.seq).toBe(2);
  });

  it('refuses a clientId that was used in another conversation', async () => {
    const elsewhere = await open(node, ada, newId());
    const clientId = randomUUID();
    const first = node.writer.write(draft({ clientId }));

    await expect(node.writer.write(draft({ clientId, conversationId: elsewhere }))).rejects.toMatchObject({
      type: ClientIdReused,
    });
    await expect(first).resolves.toMatchObject({ created: true });
  });

  it('lets two senders use the same clientId', async () => {
    const clientId = randomUUID();
    const written = await Promise.all([ada, ben].map((senderId) => node.writer.write(draft({ clientId, senderId }))));

    expect(written.map(({ created }) => created)).toEqual([true, true]);
  });

  it('refuses who is no member without holding up the others', async () => {
    const stranger = node.writer.write(draft({ senderId: newId() }));
    const nowhere = node.writer.write(draft({ conversationId: newId() }));
    const member = node.writer.write(draft());

    await expect(stranger).rejects.toMatchObject({ type: NotFound });
    await expect(nowhere).rejects.toMatchObject({ type: NotFound });
    await expect(member).resolves.toMatchObject({ item: { seq: 1 } });
  });

  it('takes a reply to a message of the same conversation, and none to another', async () => {
    const elsewhere = await open(node, ada, newId());
    const { item: here } = await node.writer.write(draft());
    const { item: there } = await node.writer.write(draft({ conversationId: elsewhere }));

    await expect(node.writer.write(draft({ replyTo: here.id }))).resolves.toMatchObject({
      item: { replyTo: here.id },
    });
    for (const replyTo of [there.id, newId()]) {
      await expect(node.writer.write(draft({ replyTo }))).rejects.toMatchObject({
        type: ValidationFailed,
        details: { errors: [{ path: 'replyTo', rule: 'same-conversation' }] },
      });
    }
  });

  it('says that it is overloaded rather than let its queue grow', async () => {
    const small = await MessageNode.start(store, { maxWaiting: 2 });
    const accepted = [small.writer.write(draft()), small.writer.write(draft())];

    await expect(small.writer.write(draft())).rejects.toMatchObject({ type: Overloaded, details: { retryAfter: 1 } });
    await Promise.all(accepted);
    await expect(small.writer.write(draft())).resolves.toMatchObject({ item: { seq: 3 } });
  });

  it('publishes each new message once, in the order of rev, and no repeats', async () => {
    const clientId = randomUUID();
    await Promise.all([1, 2, 3].map(() => node.writer.write(draft())));
    await node.writer.write(draft({ clientId }));
    await node.writer.write(draft({ clientId }));

    const published = node.events.published.filter((event) => event instanceof MessageCreated);
    expect(published.map(({ message }) => message.rev)).toEqual(numbers(4));
    expect(published.at(-1)).toMatchObject({ message: { clientId }, memberIds: [ada, ben] });
  });

  it('acknowledges nothing while the outcome is unknown, and a repeat settles it', async () => {
    const cutOff = await MessageNode.start(store, { timeoutMs: 200 }, UnansweringRepository);
    const repeated = draft();

    await expect(cutOff.writer.write(repeated)).rejects.toMatchObject({
      type: OutcomeUnknown,
      details: { retryAfter: 1 },
    });
    expect(cutOff.events.published).toEqual([]);
    const settled = await node.writer.write(repeated);
    expect(settled.created).toBe(false);
    expect(settled.item).toMatchObject({ seq: 1, clientId: repeated.clientId });
    expect(await stored()).toHaveLength(1);
  });

  it('makes a message known that was written without an answer, when its repeat finds it', async () => {
    const cutOff = await MessageNode.start(store, { timeoutMs: 200 }, UnansweringRepository);
    const repeated = draft();
    await expect(cutOff.writer.write(repeated)).rejects.toMatchObject({ type: OutcomeUnknown });

    cutOff.messages.insertInOrder = (messages) => node.messages.insertInOrder(messages);
    await cutOff.writer.write(repeated);
    await cutOff.writer.write(repeated);
    expect(cutOff.events.published).toMatchObject([{ message: { seq: 1, rev: 1 }, memberIds: [ada, ben] }]);
  });

  it('makes such a message known by a later repeat, when the store fails during the first one', async () => {
    const cutOff = await MessageNode.start(store, { timeoutMs: 200 }, UnansweringRepository);
    const repeated = draft();
    await expect(cutOff.writer.write(repeated)).rejects.toMatchObject({ type: OutcomeUnknown });

    cutOff.messages.insertInOrder = (messages) => node.messages.insertInOrder(messages);
    const fresh = cutOff.heads.fresh.bind(cutOff.heads);
    let asked = 0;
    // The first time it is asked for the place, the second time for the members.
    cutOff.heads.fresh = (id) => (++asked === 2 ? Promise.reject(new Error('The store is gone.')) : fresh(id));
    await expect(cutOff.writer.write(repeated)).rejects.toThrow('The store is gone.');
    await expect(cutOff.writer.write(repeated)).resolves.toMatchObject({ created: false });
    expect(cutOff.events.published).toMatchObject([{ message: { seq: 1, rev: 1 }, memberIds: [ada, ben] }]);
  });

  it('counts on where a process stopped that wrote no summaries', async () => {
    await Promise.all(numbers(5).map((n) => node.writer.write(draft({ senderId: n === 5 ? ben : ada }))));
    expect((await node.conversations.findById(conversationId))?.head.seq).toBe(0);

    const next = await MessageNode.start(store);
    await next.repair.onApplicationBootstrap();
    const repaired = await next.conversations.findById(conversationId);
    expect(repaired?.head).toMatchObject({ seq: 5, rev: 5, sent: { [ada]: 4, [ben]: 1 } });
    expect(repaired?.head.lastMessageId).toBe((await node.messages.findBySeq(conversationId, 5, 5))[0]?.id);

    const { item } = await next.writer.write(draft());
    expect(item.seq).toBe(6);
  });

  it('gives up, without an ack, when other processes are always first', async () => {
    const unlucky = await MessageNode.start(store, { maxAttempts: 1 });
    await unlucky.heads.get(conversationId);
    await node.writer.write(draft());

    await expect(unlucky.writer.write(draft())).rejects.toMatchObject({ type: Overloaded });
    expect(await stored()).toHaveLength(1);
    await expect(unlucky.writer.write(draft())).resolves.toMatchObject({ item: { seq: 2 } });
  });

  it('never lets a summary go back', async () => {
    const late = await node.heads.get(conversationId);
    await node.writer.write(draft());
    await node.summaries.flush();
    if (late) await node.conversations.writeSummaries([late]);

    expect((await node.conversations.findById(conversationId))?.head.seq).toBe(1);
  });
});

describe('the message writer without its store', () => {
  it('acknowledges nothing', async () => {
    const store = await startMessageStore();
    const node = await MessageNode.start(store);
    const [ada, ben] = [newId(), newId()];
    const { conversation } = await node.conversations.openDirect([ada, ben]);
    await node.heads.get(conversation.id);
    await store.stop();

    const outcome = node.writer.write({
      conversationId: conversation.id,
      senderId: ada,
      clientId: randomUUID(),
      body: '',
    });
    await expect(outcome).rejects.toMatchObject({ type: OutcomeUnknown });
    expect(node.events.published).toEqual([]);
  });
});
