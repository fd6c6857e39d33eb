import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Conversation, Message } from '@parlance/contracts';
import {
  connect,
  conversationOf,
  type Person,
  registerPerson,
  startTestApp,
  type TestApp,
  type TestSocket,
} from './support/index.js';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('chatting', () => {
  let app: TestApp;
  let ada: Person;
  let ben: Person;
  let cleo: Person;
  let conversationId: string;
  let devices: TestSocket[];

  beforeAll(async () => {
    app = await startTestApp({ HEADS_SECONDS: '1', SOCKET_TYPING_PER_SECOND: '100' });
  });
  afterAll(() => app.close());

  beforeEach(async () => {
    devices = [];
    [ada, ben, cleo] = await Promise.all([registerPerson(app), registerPerson(app), registerPerson(app)]);
    conversationId = (await conversationOf(ada, ben)).id;
  });
  afterEach(() => {
    for (const device of devices) device.close();
  });

  const device = async (person: Person) => {
    const socket = await connect(app, person);
    devices.push(socket);
    return socket;
  };
  const message = (body = 'hello') => ({ conversationId, clientId: randomUUID(), body });
  const arrived = (on: TestSocket, body: string) => on.next('message:created', (fact) => fact.body === body);

  describe('a message', () => {
    it('is acknowledged as it was written, and pushed to all devices of all members', async () => {
      const [phone, laptop, bens] = await Promise.all([device(ada), device(ada), device(ben)]);
      const sent = await phone.ok('message:send', message());

      expect(sent).toMatchObject({
        conversationId,
        seq: 1,
        rev: 1,
        senderId: ada.user.id,
        body: 'hello',
        kind: 'text',
      });
      const { clientId: _, ...asOthersSee } = sent;
      expect(await phone.next('message:created')).toEqual(sent);
      expect(await laptop.next('message:created')).toEqual(sent);
      const received = await bens.next('message:created');
      expect(received).toEqual(asOthersSee);
      expect(received).not.toHaveProperty('clientId');
    });

    it('is acknowledged before it is pushed', async () => {
      const phone = await device(ada);
      const order: string[] = [];
      phone.socket.on('message:created', () => order.push('push'));
      phone.socket.emit('message:send', message(), () => order.push('ack'));
      await phone.next('message:created');

      expect(order).toEqual(['ack', 'push']);
    });

    it('is on disk when it is acknowledged', async () => {
      const phone = await device(ada);
      const sent = await phone.ok('message:send', message());

      const { body } = await ben.api<{ items: Message[] }>('GET', `/api/conversations/${conversationId}/messages`);
      expect(body.items.map(({ id }) => id)).toEqual([sent.id]);
    });

    it('is pushed as well when it came over HTTP', async () => {
      const bens = await device(ben);
      await ada.api('POST', `/api/conversations/${conversationId}/messages`, {
        clientId: randomUUID(),
        body: 'from a script',
      });

      expect(await bens.next('message:created')).toMatchObject({ body: 'from a script', seq: 1 });
    });

    it('reaches nobody else', async () => {
      const [phone, bens, cleos] = await Promise.all([device(ada), device(ben), device(cleo)]);
      await phone.ok('message:send', message());
      await bens.next('message:created');
      // A fact of her own after the message would have overtaken it.
      await conversationOf(cleo, ada);
      await cleos.next('conversation:created');

      expect(cleos.seen('message:created')).toEqual([]);
      expect(cleos.seen('heads')).toEqual([]);
    });

    it('is written once when it is sent many times at once', async () => {
      const [phone, laptop, bens] = await Promise.all([device(ada), device(ada), device(ben)]);
      const repeated = message();
      const acks = await Promise.all(numbers(20).map((n) => (n % 2 ? phone : laptop).ok('message:send', repeated)));
      await phone.ok('message:send', message('last'));

      expect(new Set(acks.map(({ id }) => id)).size).toBe(1);
      expect(await arrived(bens, 'last')).toMatchObject({ seq: 2 });
      expect(bens.seen('message:created')).toHaveLength(1);
    });

    it('keeps one dense order, and each sender’s own, however many send at once', async () => {
      const senders = await Promise.all([device(ada), device(ada), device(ada), device(ben), device(ben)]);
      const watcher = await device(ben);
      const acks = await Promise.all(
        senders.flatMap((sender, s) => numbers(10).map((n) => sender.ok('message:send', message(`${s} ${n}`)))),
      );
      await senders[0]?.ok('message:send', message('last'));
      await arrived(watcher, 'last');

      expect(acks.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(numbers(50));
      for (const s of senders.keys()) {
        const own = acks.filter(({ body }) => body.startsWith(`${s} `)).sort((a, b) => a.seq - b.seq);
        expect(own.map(({ body }) => body)).toEqual(numbers(10).map((n) => `${s} ${n}`));
      }
      expect(watcher.seen('message:created').map(({ rev }) => rev)).toEqual(numbers(50));
    });
  });

  describe('markers', () => {
    let adas: TestSocket;
    let bens: TestSocket;

    beforeEach(async () => {
      [adas, bens] = await Promise.all([device(ada), device(ben)]);
      for (const n of numbers(3)) await adas.ok('message:send', message(`${n}`));
    });

    it('move forward and are shown to all members', async () => {
      const marker = { conversationId, userId: ben.user.id, readSeq: 0, deliveredSeq: 3 };
      expect(await bens.ok('conversation:delivered', { conversationId, seq: 3 })).toEqual(marker);
      expect(await adas.next('conversation:marker')).toEqual(marker);
      expect(await bens.next('conversation:marker')).toEqual(marker);

      expect(await bens.ok('conversation:read', { conversationId, seq: 2 })).toEqual({ ...marker, readSeq: 2 });
      expect(await adas.next('conversation:marker')).toEqual({ ...marker, readSeq: 2 });
    });

    it('never move back', async () => {
      await bens.ok('conversation:read', { conversationId, seq: 3 });

      expect(await bens.ok('conversation:read', { conversationId, seq: 1 })).toMatchObject({ readSeq: 3 });
      expect(await bens.ok('conversation:delivered', { conversationId, seq: 0 })).toMatchObject({ deliveredSeq: 3 });
      const { body } = await ada.api<Conversation>('GET', `/api/conversations/${conversationId}`);
      expect(body.members.find(({ user }) => user.id === ben.user.id)).toMatchObject({ readSeq: 3, deliveredSeq: 3 });
    });

    it('end where they belong when many devices move them at once', async () => {
      const others = await Promise.all(numbers(4).map(() => device(ben)));
      await Promise.all(
        [bens, ...others].flatMap((one) =>
          [2, 3, 1].map((seq) => one.ok('conversation:read', { conversationId, seq })),
        ),
      );

      const { body } = await ben.api<Conversation>('GET', `/api/conversations/${conversationId}`);
      expect(body).toMatchObject({ readSeq: 3, deliveredSeq: 3, unread: 0 });
    });

    it('stop at the last message, and reading implies having received', async () => {
      expect(await bens.ok('conversation:read', { conversationId, seq: 9_999 })).toEqual({
        conversationId,
        userId: ben.user.id,
        readSeq: 3,
        deliveredSeq: 3,
      });
    });

    it.each([{ seq: -1 }, { seq: 1.5 }, { seq: '3' }, { seq: { $gt: 0 } }, {}])(
      'are refused for %j',
      async (fields) => {
        const ack = await bens.send('conversation:read', { conversationId, ...fields });

        expect(ack).toMatchObject({ ok: false, problem: { status: 400, errors: [{ path: 'seq' }] } });
      },
    );
  });

  describe('typing', () => {
    it('is shown to the others, and not to oneself', async () => {
      const [adas, bens, cleos] = await Promise.all([device(ada), device(ben), device(cleo)]);
      expect(await adas.send('typing', { conversationId, active: true })).toEqual({ ok: true });

      expect(await bens.next('typing')).toEqual({ conversationId, userId: ada.user.id, active: true });
      await adas.ok('message:send', message());
      await adas.next('message:created');
      expect([...adas.seen('typing'), ...cleos.seen('typing')]).toEqual([]);
    });

    it('is passed on once a second at most, and the last word always', async () => {
      const [phone, laptop, bens] = await Promise.all([device(ada), device(ada), device(ben)]);
      const started = performance.now();
      await phone.send('typing', { conversationId, active: true });
      await laptop.send('typing', { conversationId, active: true });
      await phone.send('typing', { conversationId, active: false });

      expect(await bens.next('typing')).toMatchObject({ active: true });
      expect(await bens.next('typing')).toMatchObject({ active: false });
      // Timers may be early by a millisecond.
      expect(performance.now() - started).toBeGreaterThan(990);
      expect(bens.seen('typing')).toEqual([]);
    });
  });

  describe('presence', () => {
    it('is told of whoever is watched, now and when it changes', async () => {
      const adas = await device(ada);
      expect(await adas.ok('presence:watch', { userIds: [ben.user.id] })).toMatchObject([
        { userId: ben.user.id, state: 'offline' },
      ]);

      const bens = await device(ben);
      expect(await adas.next('presence:changed')).toMatchObject({ userId: ben.user.id, state: 'active' });
      expect(await bens.send('presence:set', { state: 'away' })).toEqual({ ok: true });
      expect(await adas.next('presence:changed')).toMatchObject({ userId: ben.user.id, state: 'away' });
    });

    it.each([
      ['presence:watch', { userIds: Array.from({ length: 201 }, () => 'f'.repeat(24)) }],
      ['presence:watch', { userIds: 'f'.repeat(24) }],
      ['presence:watch', { userIds: [{ $ne: null }] }],
      ['presence:set', { state: 'asleep' }],
    ])('%s refuses what it cannot take', async (event, payload) => {
      const ack = await (await device(ada)).send(event, payload);

      expect(ack).toMatchObject({ ok: false, problem: { status: 400 } });
    });
  });

  it('a changed profile reaches those who share a conversation, and one’s own devices', async () => {
    const [adas, bens, cleos] = await Promise.all([device(ada), device(ben), device(cleo)]);
    await ada.api('PATCH', '/api/users/me', { displayName: 'Ada the First' });

    for (const one of [adas, bens]) {
      const fact = await one.next('user:updated');
      expect(fact).toMatchObject({ id: ada.user.id, displayName: 'Ada the First' });
      expect(fact).not.toHaveProperty('email');
    }
    expect(cleos.seen('user:updated')).toEqual([]);
  });

  it('a digest tells members how far changed conversations are', async () => {
    const [adas, bens] = await Promise.all([device(ada), device(ben)]);
    await Promise.all(numbers(3).map((n) => adas.ok('message:send', message(`${n}`))));

    const reached = (heads: Record<string, number>) => heads[conversationId] === 3;
    expect(await adas.next('heads', reached)).toEqual({ [conversationId]: 3 });
    expect(await bens.next('heads', reached)).toEqual({ [conversationId]: 3 });
  });
});
