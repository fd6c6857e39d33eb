import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Ack, ChangePage, Message, MessagePage } from '@parlance/contracts';
import type { Connection } from 'mongoose';
import { MessagesRepository } from '../src/messages/messages.repository.js';
import {
  connect,
  conversationOf,
  type Person,
  registerPerson,
  startTestApp,
  type TestApp,
  type TestSocket,
} from './support/index.js';

const NOBODY = 'f'.repeat(24);

describe('changing a message', () => {
  let app: TestApp;
  let ada: Person;
  let ben: Person;
  let conversationId: string;
  let adas: TestSocket;
  let bens: TestSocket;

  beforeAll(async () => {
    app = await startTestApp({ SOCKET_SENDS_BURST: '1000', SOCKET_EVENTS_BURST: '1000' });
  });
  afterAll(() => app.close());

  beforeEach(async () => {
    [ada, ben] = await Promise.all([registerPerson(app), registerPerson(app)]);
    conversationId = (await conversationOf(ada, ben)).id;
    [adas, bens] = await Promise.all([connect(app, ada), connect(app, ben)]);
  });
  afterEach(() => {
    adas.close();
    bens.close();
  });

  const say = (body: string, from = adas): Promise<Message> =>
    from.ok('message:send', { conversationId, clientId: randomUUID(), body });
  const codeOf = (ack: Ack<unknown>): string => (ack.ok ? 'ok' : (ack.problem.type.split(':').at(-1) ?? ''));
  const history = async (of: Person) =>
    (await of.api<MessagePage>('GET', `/api/conversations/${conversationId}/messages`)).body;
  const changes = async (of: Person, after: number) =>
    (await of.api<ChangePage>('GET', `/api/conversations/${conversationId}/changes?after=${after}`)).body;

  it('is asked for by itself, in its present state, by members alone and in its own conversation alone', async () => {
    const first = await say('helo');
    await adas.ok('message:edit', { messageId: first.id, body: 'hello' });
    const of = (person: Person, id = conversationId) =>
      person.api<Message>('GET', `/api/conversations/${id}/messages/${first.id}`);
    expect((await of(ben)).body).toMatchObject({ id: first.id, seq: 1, rev: 2, body: 'hello' });
    expect((await of(ben)).body.clientId).toBeUndefined();
    const stranger = await registerPerson(app);
    expect((await of(stranger)).status).toBe(404);
    const elsewhere = await conversationOf(ben, stranger);
    expect((await of(ben, elsewhere.id)).status).toBe(404);
    expect((await ben.api('GET', `/api/conversations/${conversationId}/messages/${NOBODY}`)).status).toBe(404);
  });

  it('gives it another text, the next rev, and tells all members’ devices', async () => {
    const first = await say('helo');
    await say('and more');
    const edited = await adas.ok('message:edit', { messageId: first.id, body: 'hello' });

    expect(edited).toEqual({ ...first, rev: 3, body: 'hello', editedAt: edited.editedAt });
    expect(new Date(edited.editedAt ?? 0).toISOString()).toBe(edited.editedAt);
    const { clientId: _, ...asOthersSee } = edited;
    expect(await adas.next('message:updated')).toEqual(edited);
    expect(await bens.next('message:updated')).toEqual(asOthersSee);
    expect((await history(ben)).items.map(({ seq, body }) => [seq, body])).toEqual([
      [1, 'hello'],
      [2, 'and more'],
    ]);
    expect(await changes(ben, 2)).toMatchObject({ items: [{ id: first.id, body: 'hello' }], rev: 3, more: false });
  });

  it('takes its text away for everybody, wherever it was, and leaves its place', async () => {
    const secret = `secret-${randomUUID()}`;
    const sent = await say(secret);
    const deleted = await adas.ok('message:delete', { messageId: sent.id });

    expect(deleted).toEqual({ ...sent, rev: 2, body: '', deletedAt: deleted.deletedAt });
    expect(await bens.next('message:updated')).toMatchObject({ id: sent.id, seq: 1, body: '' });
    const list = await ben.api('GET', '/api/conversations');
    expect(JSON.stringify([await history(ben), await changes(ben, 0), list.body])).not.toContain(secret);
    const { db } = app.app.get<Connection>(getConnectionToken());
    const collections = (await db?.listCollections().toArray()) ?? [];
    expect(collections.length).toBeGreaterThan(2);
    for (const { name } of collections)
      expect(JSON.stringify(await db?.collection(name).find({}).toArray())).not.toContain(secret);
  });

  it('does once what is asked for twice, also at the same time', async () => {
    const { id: messageId } = await say('helo');
    const edits = await Promise.all([1, 2, 3, 4].map(() => adas.ok('message:edit', { messageId, body: 'hello' })));
    expect(new Set(edits.map(({ rev }) => rev))).toEqual(new Set([2]));
    const deletions = await Promise.all([1, 2, 3].map(() => adas.ok('message:delete', { messageId })));
    expect(new Set(deletions.map(({ rev }) => rev))).toEqual(new Set([3]));
    expect((await history(ada)).headRev).toBe(3);
  });

  it('keeps one dense order among new messages that come at the same time', async () => {
    const { id: messageId } = await say('0');
    const numbers = Array.from({ length: 12 }, (_, n) => n + 1);
    await Promise.all(
      numbers.map((n) =>
        n % 3 === 0 ? adas.ok('message:edit', { messageId, body: `${n}` }) : say(`${n}`, n % 2 ? adas : bens),
      ),
    );
    const { items, headSeq, headRev } = await history(ben);
    expect(items.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([headSeq, headRev]).toEqual([9, 13]);
    const caughtUp = await changes(ben, 0);
    expect(caughtUp.items.map(({ id, rev, body }) => [id, rev, body])).toEqual(
      [...items].sort((a, b) => a.rev - b.rev).map(({ id, rev, body }) => [id, rev, body]),
    );
  });

  it('is made known by its repeat when its write was never answered', async () => {
    const { id: messageId } = await say('first');
    const messages = app.app.get(MessagesRepository);
    const write = messages.changeInOrder.bind(messages);
    messages.changeInOrder = async (before, after) => {
      await write(before, after);
      throw new Error('The answer is lost on its way.');
    };
    const edit = { messageId, body: 'second' };
    expect(codeOf(await adas.request('message:edit', edit))).toBe('outcome-unknown');
    messages.changeInOrder = write;

    await adas.ok('message:edit', edit);
    expect(await bens.next('message:updated')).toMatchObject({ id: messageId, body: 'second', rev: 2 });
  });

  it('is for whoever wrote it, and for nobody else', async () => {
    const { id: messageId } = await say('hello');
    const mallory = await registerPerson(app);
    const mallorys = await connect(app, mallory);
    for (const ask of [
      (on: TestSocket, id: string) => on.send('message:edit', { messageId: id, body: 'not mine' }),
      (on: TestSocket, id: string) => on.send('message:delete', { messageId: id }),
    ]) {
      expect(codeOf(await ask(bens, messageId))).toBe('forbidden');
      const [foreign, absent] = [await ask(mallorys, messageId), await ask(mallorys, NOBODY)];
      expect(codeOf(foreign)).toBe('not-found');
      expect(foreign).toEqual(absent);
    }
    mallorys.close();
    expect((await history(ben)).items).toMatchObject([{ body: 'hello', rev: 1 }]);
  });

  it('does not bring back what was deleted', async () => {
    const { id: messageId } = await say('hello');
    await adas.ok('message:delete', { messageId });
    expect(codeOf(await adas.send('message:edit', { messageId, body: 'again' }))).toBe('message-deleted');
  });

  it.each([{}, { messageId: NOBODY }, { messageId: { $ne: null }, body: 'x' }, { messageId: NOBODY, body: '' }])(
    'is refused as %j',
    async (payload) => {
      expect(codeOf(await adas.send('message:edit', payload))).toBe('validation-failed');
    },
  );
});

describe('changes in a conversation that never rests', () => {
  const SENDERS = 40;
  const CHANGES_EACH = 25;
  const PAGE = 100;

  let app: TestApp;
  let ada: Person;
  let ben: Person;
  let conversationId: string;
  let devices: TestSocket[];

  beforeAll(async () => {
    app = await startTestApp();
    [ada, ben] = await Promise.all([registerPerson(app), registerPerson(app)]);
    conversationId = (await conversationOf(ada, ben)).id;
    devices = await Promise.all(Array.from({ length: SENDERS }, (_, n) => connect(app, n % 2 ? ben : ada)));
  });
  afterAll(async () => {
    for (const device of devices) device.close();
    await app.close();
  });

  /** Lets every device send as fast as it is answered while `work` runs. Resolves with all that was acknowledged. */
  async function whileEverybodySends(work: (sent: readonly Message[]) => Promise<void>): Promise<Message[]> {
    const sent: Message[] = [];
    let isOver = false;
    const talk = async (device: TestSocket) => {
      while (!isOver) {
        const clientId = randomUUID();
        sent.push(await device.ok('message:send', { conversationId, clientId, body: clientId }));
      }
    };
    const talking = Promise.all(devices.flatMap((device) => [talk(device), talk(device), talk(device)]));
    await work(sent).finally(() => (isOver = true));
    await talking;
    return sent;
  }

  /** The whole conversation, page by page. */
  async function everything(): Promise<Message[]> {
    const items: Message[] = [];
    const path = `/api/conversations/${conversationId}/messages`;
    for (;;) {
      const { body } = await ben.api<MessagePage>('GET', `${path}?after=${items.length}&limit=${PAGE}`);
      items.push(...body.items);
      if (body.items.length < PAGE) return items;
    }
  }

  const dense = (length: number) => Array.from({ length }, (_, n) => n + 1);
  const ascending = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

  it('all have their turn among its messages, in one dense order that everybody sees', async () => {
    const [adas, bens] = devices as [TestSocket, TestSocket];
    const changed: Message[] = [];
    const sent = await whileEverybodySends(async (known) => {
      await adas.next('message:created', ({ seq }) => seq >= 4 * CHANGES_EACH);
      const of = ({ user }: Person) => known.filter(({ senderId }) => senderId === user.id).slice(0, CHANGES_EACH);
      const edits = async () => {
        for (const { id } of of(ada)) changed.push(await adas.ok('message:edit', { messageId: id, body: `new ${id}` }));
      };
      const deletions = async () => {
        for (const { id } of of(ben)) changed.push(await bens.ok('message:delete', { messageId: id }));
      };
      // One after the other: each of them has to find its way alone.
      await Promise.all([edits(), deletions()]);
    });

    expect(changed).toHaveLength(2 * CHANGES_EACH);
    const revs = ascending([...sent, ...changed].map(({ rev }) => rev));
    expect(revs).toEqual(dense(sent.length + changed.length));
    const becomes = new Map([...sent, ...changed].map((message) => [message.id, message]));
    const expected = [...becomes.values()]
      .sort((a, b) => a.seq - b.seq)
      .map(({ id, seq, rev, body }) => [id, seq, rev, body]);
    expect(expected.map(([, seq]) => seq)).toEqual(dense(sent.length));
    expect((await everything()).map(({ id, seq, rev, body }) => [id, seq, rev, body])).toEqual(expected);

    // Whoever was there all the while has heard of each place once; this message comes behind all of them.
    const watcher = devices[SENDERS - 1] as TestSocket;
    const last = await bens.ok('message:send', { conversationId, clientId: randomUUID(), body: 'the last one' });
    await watcher.next('message:created', ({ id }) => id === last.id);
    const heard = [...watcher.seen('message:created'), ...watcher.seen('message:updated')].map(({ rev }) => rev);
    expect(ascending(heard)).toEqual(revs);
  });
});
