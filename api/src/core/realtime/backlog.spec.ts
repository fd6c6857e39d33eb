import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Server, type Socket } from 'socket.io';
import { io, type Socket as Client } from 'socket.io-client';
import { Backlogs, cutOff } from './backlog.js';
import { FlushOnce } from './flush-once.js';

const MAX_PACKETS = 10;
const MAX_BYTES = 1_000;

describe('Backlogs', () => {
  const backlogs = new Backlogs(MAX_BYTES, MAX_PACKETS);
  let http: HttpServer;
  let server: Server;
  let client: Client;
  let socket: Socket;

  beforeEach(async () => {
    http = createServer().listen(0, '127.0.0.1');
    server = new Server(http, { transports: ['websocket'] });
    server.engine.on('connection', new FlushOnce().adopt);
    await once(http, 'listening');
    const connected = once(server, 'connection') as Promise<[Socket]>;
    client = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ['websocket'] });
    [socket] = await connected;
  });
  afterEach(async () => {
    client.disconnect();
    await server.close();
  });

  const say = (times: number, text: string) => {
    for (let n = 0; n < times; n++) socket.emit('text', text);
  };
  const arrived = (times: number) =>
    new Promise<void>((resolve) => {
      let left = times;
      client.on('text', () => --left === 0 && resolve());
    });

  it('lets what one turn sends wait, for however many looks there is more to send', async () => {
    for (let look = 0; look < 3; look++) {
      const all = arrived(5 * MAX_PACKETS);
      say(5 * MAX_PACKETS, 'short');
      expect(backlogs.isStuck(socket)).toBe(false);
      await all;
    }
    expect(backlogs.isStuck(socket)).toBe(false);
  });

  it.each([
    ['packets', 2 * MAX_PACKETS, 'short'],
    ['bytes', 2, 'x'.repeat(MAX_BYTES)],
  ])('finds who was behind at the last look and has taken nothing since, by %s', async (_, times, text) => {
    const { ws } = (client.io.engine as unknown as { transport: { ws: { pause(): void; resume(): void } } }).transport;
    ws.pause();
    // More than the system takes for a client that does not read.
    say(20, 'x'.repeat(1_000_000));
    await new Promise<unknown>((resolve) => socket.conn.once('drain', resolve));
    say(times, text);
    expect(backlogs.isStuck(socket)).toBe(false);
    expect(backlogs.isStuck(socket)).toBe(true);
    const gone = new Promise<unknown>((resolve) => socket.once('disconnect', resolve));
    cutOff(socket);
    expect(await gone).toBe('transport close');
    ws.resume();
  });

  it('begins anew with who was not behind in between', async () => {
    say(2 * MAX_PACKETS, 'short');
    expect(backlogs.isStuck(socket)).toBe(false);
    await arrived(2 * MAX_PACKETS);
    expect(backlogs.isStuck(socket)).toBe(false);
    say(2 * MAX_PACKETS, 'short');
    expect(backlogs.isStuck(socket)).toBe(false);
    await arrived(2 * MAX_PACKETS);
  });
});
