import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  MessageNode,
  type MessageStore,
  newId,
  startMessageStore,
  UnansweringRepository,
} from '../../test/messages-fixture.js';
import { Overloaded } from '../core/errors/index.js';
import { MessageUpdated } from './events/message-updated.event.js';
import { OutcomeUnknown } from './messages.problems.js';

const TIMEOUT_MS = 200;
const never = () => new Promise<never>(() => undefined);

/** Holds up whoever waits for `until`, until it is released. */
function hold() {
  let arrive = (): void => undefined;
  let release = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  const until = () => {
    arrive();
    return released;
  };
  return { arrived, until, release };
}

describe('the message changer', () => {
  let store: MessageStore;
  let node: MessageNode;
  let ada: string;
  let conversationId: string;

  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const say = async (body = 'hello', on = node) =>
    (await on.writer.write({ conversationId, senderId: ada, clientId: randomUUID(), body })).item;
  const stored = () => node.messages.findBySeq(conversationId, 1, 1_000);
  const startImpatient = (Repository?: typeof UnansweringRepository) =>
    MessageNode.start(store, { timeoutMs: TIMEOUT_MS }, Repository);

  beforeAll(async () => {
    store = await startMessageStore();
  });
  afterAll(() => store.stop());

  beforeEach(async () => {
    node = await MessageNode.start(store);
    ada = newId();
    conversationId = (await node.conversations.openDirect([ada, newId()])).conversation.id;
  });

  it('has its turn after each group of messages, and they after each change', async () => {
    const small = await MessageNode.start(store, { maxBatch: 1 });
    const log: string[] = [];
    const insert = small.messages.insertInOrder.bind(small.messages);
    const held = hold();
    small.messages.insertInOrder = async (messages) => {
      log.push('message');
      await held.until();
      return insert(messages);
    };
    const first = say('first', small);
    await held.arrived;
    const turn = (n: number) =>
      small.writer.betweenGroups(conversationId, () => Promise.resolve(log.push(`change ${n}`)));
    const changes = numbers(3).map(turn);
    const messages = numbers(4).map(() => say('and on', small));
    held.release();
    await Promise.all([first, ...changes, ...messages]);

    const inTurns = ['message', 'change 1', 'message', 'change 2', 'message', 'change 3', 'message', 'message'];
    expect(log).toEqual(inTurns);
  });

  it('keeps one dense order when several processes change and write in the same conversation', async () => {
    const nodes = await Promise.all(numbers(3).map(() => MessageNode.start(store, { maxAttempts: 100 })));
    const own = await Promise.all(nodes.map((one) => say('hello', one)));
    await Promise.all(
      nodes.flatMap((one, n) =>
        numbers(10).flatMap((round) => [
          one.changer.edit(ada, own[n]?.id ?? '', `${n} in round ${round}`),
          say('and on', one),
        ]),
      ),
    );

    const messages = await stored();
    expect(messages.map(({ seq }) => seq)).toEqual(numbers(33));
    expect(Math.max(...messages.map(({ rev }) => rev))).toBe(63);
    const told = nodes.flatMap(({ events }) => events.published.filter((event) => event instanceof MessageUpdated));
    expect(new Set(told.map(({ message }) => message.rev)).size).toBe(30);
  });

  it('does not hold messages up for ever when its write is not answered', async () => {
    const impatient = await startImpatient();
    const { id } = await say('hello', impatient);
    const held = hold();
    const change = impatient.messages.changeInOrder.bind(impatient.messages);
    let late: Promise<boolean> | undefined;
    impatient.messages.changeInOrder = (before, after) => (late = held.until().then(() => change(before, after)));
    const changed = expect(impatient.changer.edit(ada, id, 'changed')).rejects.toMatchObject({
      type: OutcomeUnknown,
      details: { retryAfter: 1 },
    });
    await held.arrived;
    await expect(say('meanwhile', impatient)).resolves.toMatchObject({ seq: 2, rev: 2 });
    await changed;
    expect(impatient.events.published.filter((event) => event instanceof MessageUpdated)).toEqual([]);

    // What arrives after all finds its place taken.
    held.release();
    expect(await late).toBe(false);
    expect(await stored()).toMatchObject([
      { body: 'hello', rev: 1 },
      { body: 'meanwhile', rev: 2 },
    ]);
  });

  it('is not held up for ever by messages whose write is not answered', async () => {
    const { id } = await say();
    const impatient = await startImpatient(UnansweringRepository);
    await impatient.heads.get(conversationId);
    const inFlight = store.nextWrite();
    const sent = expect(say('unanswered', impatient)).rejects.toMatchObject({ type: OutcomeUnknown });
    await inFlight;
    await expect(impatient.changer.edit(ada, id, 'changed')).resolves.toMatchObject({ rev: 3, body: 'changed' });
    await sent;
  });

  it('says that it is overloaded when the message cannot be read in time', async () => {
    const impatient = await startImpatient();
    const { id } = await say('hello', impatient);
    impatient.messages.findByIds = never;
    await expect(impatient.changer.delete(ada, id)).rejects.toMatchObject({
      type: Overloaded,
      details: { retryAfter: 1 },
    });
  });

  it('does not know what became of an earlier change when the message cannot be read in time', async () => {
    const impatient = await startImpatient();
    const { id } = await say('hello', impatient);
    const [find, change] = [impatient.messages.findByIds, impatient.messages.changeInOrder];
    impatient.messages.changeInOrder = never;
    await expect(impatient.changer.delete(ada, id)).rejects.toMatchObject({ type: OutcomeUnknown });
    impatient.messages.findByIds = never;
    await expect(impatient.changer.delete(ada, id)).rejects.toMatchObject({ type: OutcomeUnknown });

    Object.assign(impatient.messages, { findByIds: find, changeInOrder: change });
    await expect(impatient.changer.delete(ada, id)).resolves.toMatchObject({ rev: 2, body: '' });
  });

  it('says that it is overloaded rather than let changes pile up', async () => {
    const small = await MessageNode.start(store, { maxWaiting: 2 });
    const { id } = await say('hello', small);
    const accepted = numbers(2).map((n) => small.changer.edit(ada, id, `${n}`));
    await expect(small.changer.edit(ada, id, '3')).rejects.toMatchObject({ type: Overloaded });
    await Promise.all(accepted);
    await expect(small.changer.edit(ada, id, '3')).resolves.toMatchObject({ rev: 4 });
  });

  it('gives up, without an answer that it worked, when other processes are always first', async () => {
    const { id } = await say();
    const unlucky = await MessageNode.start(store, { maxAttempts: 1 });
    await unlucky.heads.get(conversationId);
    await say();
    await expect(unlucky.changer.edit(ada, id, 'changed')).rejects.toMatchObject({ type: Overloaded });
    await expect(unlucky.changer.edit(ada, id, 'changed')).resolves.toMatchObject({ rev: 3 });
  });

  it('finishes what is under way before it stops', async () => {
    const { id } = await say();
    const change = node.messages.changeInOrder.bind(node.messages);
    const held = hold();
    node.messages.changeInOrder = async (before, after) => {
      await held.until();
      return change(before, after);
    };
    const order: string[] = [];
    const changed = node.changer.edit(ada, id, 'changed').then(() => order.push('changed'));
    await held.arrived;
    const stopped = node.changer.onApplicationShutdown().then(() => order.push('stopped'));
    held.release();
    await Promise.all([changed, stopped]);
    expect(order).toEqual(['changed', 'stopped']);
    expect(await stored()).toMatchObject([{ body: 'changed', rev: 2 }]);
  });

  it('is never earlier than its message, though the clock be set back', async () => {
    const { id, createdAt } = await say();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
    try {
      expect(await node.changer.edit(ada, id, 'changed')).toMatchObject({ editedAt: new Date(createdAt) });
      expect(await node.changer.delete(ada, id)).toMatchObject({ deletedAt: new Date(createdAt) });
    } finally {
      clock.mockRestore();
    }
  });
});
