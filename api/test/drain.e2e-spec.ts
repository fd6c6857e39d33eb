import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { ChangePage, Page, Conversation } from '@parlance/contracts';
import { drain } from '../src/app.setup.js';
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

/** A connection that stays open behind its answer, as those of browsers and proxies do. */
async function keptAlive(url: string): Promise<Socket> {
  const agent = new Agent({ keepAlive: true });
  const [answer] = (await once(get(`${url}/api/health/live`, { agent }), 'response')) as [IncomingMessage];
  const { socket } = answer;
  answer.resume();
  await once(agent, 'free');
  return socket;
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
});
