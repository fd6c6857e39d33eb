import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Ack, ChangePage, Conversation, Message, Page } from '@parlance/contracts';
import { startEmbeddedMongo } from '@parlance/embedded-mongo';
import { abandon, drain } from '../src/app.setup.js';
import { MessageWriter } from '../src/messages/message-writer.js';
import { MessagesRepository } from '../src/messages/messages.repository.js';
import { connect, conversationOf, type Person, registerPerson, startTestApp, type TestApp } from './support/index.js';

/** Holds writes of messages up until `release` is called. */
function heldWrites({ app }: TestApp): { arrived: Promise<void>; release: () => void } {
  const messages = app.get(MessagesRepository);
  const write = messages.insertInOrder.bind(messages);
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const arrived = new Promise<void>((resolve) => {
    messages.insertInOrder = async (all) => {
      resolve();
      await released;
      return write(all);
    };
  });
  return { arrived, release };
}

/** Lets no write of messages end before the next message has arrived, or `more` has resolved: there is always one waiting. */
function alwaysOneMore({ app }: TestApp, more: () => Promise<unknown>): void {
  const [writer, messages] = [app.get(MessageWriter), app.get(MessagesRepository)];
  const [accept, insert] = [writer.write.bind(writer), messages.insertInOrder.bind(messages)];
  let arrived = (): void => undefined;
  writer.write = (draft) => {
    arrived();
    return accept(draft);
  };
  messages.insertInOrder = async (all) => {
    await Promise.race([new Promise<void>((resolve) => (arrived = resolve)), more()]);
    return insert(all);
  };
}

/** A connection that stays open behind its answer, as those of browsers and proxies do. */
async function keptAlive(url: string): Promise<Socket> {
  const agent = new Agent({ keepAlive: true });
  const [answer] = (await once(get(`${url}/api/health/live`, { agent }), 'response')) as [IncomingMessage];
  const { socket } = answer;
  answer.resume();
  await once(agent, 'free');
  return socket;
}

/** Sends one message after the other on a connection that it keeps, as a bot does, until the server is gone. Answers how many. */
async function sendUntilGone(server: TestApp, person: Person, conversationId: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = async (): Promise<boolean> => {
    const headers = { authorization: `Bearer ${person.accessToken}`, 'content-type': 'application/json' };
    const post = request(`${server.url}/api/conversations/${conversationId}/messages`, {
      method: 'POST',
      agent,
      headers,
    });
    post.end(JSON.stringify({ clientId: randomUUID(), body: 'and on' }));
    const [answer] = (await once(post, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return answer.statusCode === 201;
  };
  let sent = 0;
  while (await send().catch(() => false)) sent += 1;
  agent.destroy();
  return sent;
}

describe('a server that stops', () => {
  it('takes no new work, tells everybody when to come back, and finishes what is in flight', async () => {
    const server = await startTestApp();
    const [ada, ben] = await Promise.all([registerPerson(server), registerPerson(server)]);
    const { id: conversationId } = await conversationOf(ada, ben);
    const people: Person[] = [ada, ada, ada, ben, ben, ben];
    const sockets = await Promise.all(people.map((person) => connect(server, person)));
    const idle = await keptAlive(server.url);
    const closed = Promise.all([once(idle, 'close'), ...sockets.map((socket) => socket.closed())]);
    const { arrived, release } = heldWrites(server);
    const sent = sockets[0]?.request('message:send', { conversationId, clientId: randomUUID(), body: 'the last one' });
    await arrived;

    const drained = drain(server.app);
    expect((await server.http('GET', '/api/health/ready')).status).toBe(503);
    const times = await Promise.all(sockets.map((socket) => socket.next('server:draining')));
    expect(new Set(times.map(({ retryInMs }) => retryInMs)).size).toBeGreaterThan(1);
    for (const { retryInMs } of times) {
      expect(retryInMs).toBeGreaterThanOrEqual(500);
      expect(retryInMs).toBeLessThanOrEqual(5_000);
    }
    release();
    expect(await sent).toMatchObject({ ok: true, data: { seq: 1, body: 'the last one' } });
    await drained;
    await closed;

    // What was acknowledged is there for the next process, the list included.
    const next = await startTestApp({ DATA_DIR: server.dataDir });
    const authorized = { headers: { authorization: `Bearer ${ben.accessToken}` } };
    const list = await next.http<Page<Conversation>>('GET', '/api/conversations', authorized);
    expect(list.body.items).toMatchObject([{ id: conversationId, headSeq: 1, unread: 1 }]);
    const changes = await next.http<ChangePage>('GET', `/api/conversations/${conversationId}/changes`, authorized);
    expect(changes.body.items).toMatchObject([{ body: 'the last one' }]);
    await next.close();
  });

  it('tells whoever connects meanwhile when to come back, too', async () => {
    const server = await startTestApp();
    const [ada, ben] = await Promise.all([registerPerson(server), registerPerson(server)]);
    const { id: conversationId } = await conversationOf(ada, ben);
    const device = await connect(server, ada);
    const { arrived, release } = heldWrites(server);
    const sent = device.request('message:send', { conversationId, clientId: randomUUID(), body: 'the last one' });
    await arrived;
    const drained = drain(server.app);
    await device.next('server:draining');

    const late = await Promise.all([connect(server, ben), connect(server, ben), connect(server, ben)]);
    const times = await Promise.all(late.map((socket) => socket.next('server:draining')));
    expect(new Set(times.map(({ retryInMs }) => retryInMs)).size).toBeGreaterThan(1);
    const closed = Promise.all(late.map((socket) => socket.closed()));
    release();
    expect(await sent).toMatchObject({ ok: true });
    await drained;
    await closed;
    rmSync(server.dataDir, { recursive: true });
  });

  it('is not held up by those who send on, and has written what it acknowledged', async () => {
    const server = await startTestApp();
    const [ada, ben] = await Promise.all([registerPerson(server), registerPerson(server)]);
    const { id: conversationId } = await conversationOf(ada, ben);
    const bots = Array.from({ length: 24 }, () => sendUntilGone(server, ada, conversationId));
    const device = await connect(server, ben);
    await device.next('message:created', ({ seq }) => seq >= 100);

    await drain(server.app);
    const sent = (await Promise.all(bots)).reduce((sum, count) => sum + count, 0);

    const next = await startTestApp({ DATA_DIR: server.dataDir });
    const authorized = { headers: { authorization: `Bearer ${ben.accessToken}` } };
    const { body } = await next.http<Conversation>('GET', `/api/conversations/${conversationId}`, authorized);
    expect(body.headSeq).toBe(sent);
    await next.close();
  });

  it('does not wait for an end of what devices ask', async () => {
    const server = await startTestApp();
    server.app.useLogger(false);
    const [ada, ben] = await Promise.all([registerPerson(server), registerPerson(server)]);
    const { id: conversationId } = await conversationOf(ada, ben);
    const device = await connect(server, ada);
    const acks: Promise<Ack<Message>>[] = [];
    const send = () => {
      const ack = device.request('message:send', { conversationId, clientId: randomUUID(), body: 'and on' });
      acks.push(ack);
      return ack;
    };
    alwaysOneMore(server, send);
    await send();

    await drain(server.app);
    const answers = await Promise.all(acks);
    const refused = answers.flatMap((ack) => (ack.ok ? [] : [ack.problem.type]));
    expect(new Set(refused)).toEqual(new Set(['urn:parlance:problem:overloaded']));
    expect(answers.flatMap((ack) => (ack.ok ? [ack.data.seq] : []))).toEqual(
      Array.from({ length: answers.length - refused.length }, (_, n) => n + 1),
    );
  });

  (process.env['TEST_MONGODB_URI'] ? it.skip : it)('lets go of its own store when something never ends', async () => {
    const server = await startTestApp();
    server.app.useLogger(false);
    const [ada, ben] = await Promise.all([registerPerson(server), registerPerson(server)]);
    const { id: conversationId } = await conversationOf(ada, ben);
    const { arrived, release } = heldWrites(server);
    const device = await connect(server, ada);
    const sent = device.request('message:send', { conversationId, clientId: randomUUID(), body: 'too late' });
    await arrived;
    const drained = drain(server.app);

    await abandon(server.app);
    // A folder that is open elsewhere is refused.
    const store = await startEmbeddedMongo({ dataDir: server.dataDir });
    await store.close();
    release();
    expect(await sent).toMatchObject({ ok: false, problem: { type: 'urn:parlance:problem:outcome-unknown' } });
    await drained;
    rmSync(server.dataDir, { recursive: true });
  });
});
