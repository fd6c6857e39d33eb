import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as Stream } from 'node:net';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Server, type Socket } from 'socket.io';
import { io, type Socket as Client } from 'socket.io-client';
import { FlushOnce } from './flush-once.js';

/** What a stream has underneath: each call of these is a system call. */
type Writes = 'writev' | 'writeUtf8String' | 'writeLatin1String' | 'writeBuffer';
const WRITES: readonly Writes[] = ['writev', 'writeUtf8String', 'writeLatin1String', 'writeBuffer'];

/** Counts what a stream writes from now on. */
function countWrites(stream: Stream): { count: number } {
  const writes = { count: 0 };
  const { _handle: handle } = stream as unknown as { _handle: Record<Writes, (...args: unknown[]) => number> };
  for (const name of WRITES) {
    const write = handle[name].bind(handle);
    handle[name] = (...args) => {
      writes.count += 1;
      return write(...args);
    };
  }
  return writes;
}

describe('FlushOnce', () => {
  let http: HttpServer;
  let server: Server;
  const clients: Client[] = [];

  beforeEach(async () => {
    http = createServer().listen(0, '127.0.0.1');
    server = new Server(http, { transports: ['websocket'] });
    server.engine.on('connection', new FlushOnce().adopt);
    await once(http, 'listening');
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.disconnect();
    await server.close();
  });

  /** A socket as the server has it, what arrives at its client, and how often the system is asked to write to it. */
  async function connect() {
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const client = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, {
      transports: ['websocket'],
      forceNew: true,
    });
    clients.push(client);
    const texts: string[] = [];
    client.on('text', (text: string) => texts.push(text));
    const [socket] = await connected;
    await new Promise<void>((resolve) => client.once('connect', resolve));
    return { socket, texts, client, writes: countWrites(socket.conn.request.socket) };
  }

  const arrived = async ({ client, texts }: Awaited<ReturnType<typeof connect>>, count: number) => {
    while (texts.length < count) await new Promise<unknown>((resolve) => client.once('text', resolve));
  };

  it('lets all packets of one turn leave in one write, in their order', async () => {
    const one = await connect();
    for (const text of ['a', 'b', 'c', 'd']) one.socket.emit('text', text);
    expect(one.writes.count).toBe(0);
    await arrived(one, 4);
    expect(one.texts).toEqual(['a', 'b', 'c', 'd']);
    expect(one.writes.count).toBe(1);
  });

  it('sends what comes in the next turn with that one, and keeps connections apart', async () => {
    const [one, other] = [await connect(), await connect()];
    one.socket.emit('text', 'first');
    await endOfTurn();
    one.socket.emit('text', 'second');
    other.socket.emit('text', 'elsewhere');
    await Promise.all([arrived(one, 2), arrived(other, 1)]);
    expect([one.texts, other.texts]).toEqual([['first', 'second'], ['elsewhere']]);
    expect([one.writes.count, other.writes.count]).toEqual([2, 1]);
  });
});
