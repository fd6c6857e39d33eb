import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { generator, serverForFile } from './support.js';

const { BSON } = mongoose.mongo;
const server = serverForFile();

async function open(): Promise<Socket> {
  const socket = connect(join(server.folder, 'mongo.sock'));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

function message(command: object, { flags = 0, opcode = 2013 } = {}): Buffer {
  const body = BSON.serialize(command);
  const frame = Buffer.alloc(21 + body.length);
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(77, 4);
  frame.writeInt32LE(opcode, 12);
  frame.writeUInt32LE(flags, 16);
  frame.set(body, 21);
  return frame;
}

/** The next whole answer on a socket. */
async function answer(socket: Socket): Promise<{ responseTo: number; document: Record<string, unknown> }> {
  let received = Buffer.alloc(0);
  while (received.length < 4 || received.length < received.readInt32LE(0)) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    received = Buffer.concat([received, chunk]);
  }
  return { responseTo: received.readInt32LE(8), document: BSON.deserialize(received.subarray(21)) };
}

const ping = { ping: 1, $db: 'admin' };
const serves = async (): Promise<void> => {
  expect(await server.db.command({ ping: 1 })).toMatchObject({ ok: 1 });
};

describe('the wire', () => {
  it('takes a message that comes byte by byte, and several in one chunk', async () => {
    const socket = await open();
    for (const byte of message(ping)) socket.write(Buffer.from([byte]));
    expect(await answer(socket)).toMatchObject({ responseTo: 77, document: { ok: 1 } });
    const waiting = answer(socket);
    socket.write(
      Buffer.concat([message({ insert: 'w', documents: [{ _id: 1 }], $db: 'tests' }, { flags: 2 }), message(ping)]),
    );
    expect((await waiting).document).toEqual({ ok: 1 });
    expect(await server.db.collection('w').countDocuments({})).toBe(1);
    socket.destroy();
  });

  it('answers an OP_QUERY hello as old handshakes send it', async () => {
    const body = BSON.serialize({ ismaster: 1, helloOk: true });
    const name = Buffer.from('admin.$cmd\0');
    const frame = Buffer.concat([Buffer.alloc(20), name, Buffer.alloc(8), body]);
    frame.writeInt32LE(frame.length, 0);
    frame.writeInt32LE(2004, 12);
    const socket = await open();
    socket.write(frame);
    const [reply] = (await once(socket, 'data')) as [Buffer];
    expect(reply.readInt32LE(12)).toBe(1);
    expect(BSON.deserialize(reply.subarray(36))).toMatchObject({
      ismaster: true,
      helloOk: true,
      maxWireVersion: 25,
      ok: 1,
    });
    socket.destroy();
  });

  it('answers BSON that is broken with an error and keeps the connection', async () => {
    const socket = await open();
    const broken = message({ ping: 1, text: 'abc', $db: 'admin' });
    broken.writeInt32LE(999, broken.indexOf('abc') - 4);
    socket.write(broken);
    expect((await answer(socket)).document).toMatchObject({ ok: 0, code: 22, codeName: 'InvalidBSON' });
    socket.write(message(ping));
    expect((await answer(socket)).document).toEqual({ ok: 1 });
    socket.destroy();
  });

  it('closes a connection whose frames are wrong, and serves the others', async () => {
    const length = (value: number): Buffer => {
      const frame = message(ping);
      frame.writeInt32LE(value, 0);
      return frame;
    };
    const body = message(ping);
    body.writeInt32LE(5000, 21);
    const wrong = [
      length(15),
      length(-1),
      length(0x7fffffff),
      message(ping, { opcode: 2010 }),
      message(ping, { flags: 0x10 }),
      body,
    ];
    for (const frame of wrong) {
      const socket = await open();
      const closed = once(socket, 'close');
      socket.resume();
      socket.write(frame);
      await closed;
      await serves();
    }
  });

  it('survives a thousand mutated frames', async () => {
    const random = generator(99);
    const frames = [
      message(ping),
      message({ find: 'w', filter: { a: { $gt: 1 } }, $db: 'tests' }),
      message({ insert: 'w', documents: [{ a: [1, { b: 'c' }] }], $db: 'tests' }),
    ];
    for (let round = 0; round < 1000; round++) {
      const frame = Buffer.from(frames[round % frames.length] as Buffer);
      for (let change = 0; change < 1 + random() * 4; change++) {
        // The length of the frame stays right: a longer one is only waited for.
        frame[4 + Math.floor(random() * (frame.length - 4))] = Math.floor(random() * 256);
      }
      const socket = await open();
      const over = Promise.race([once(socket, 'close'), once(socket, 'data')]);
      const silent = (frame.readUInt32LE(16) & 2) !== 0;
      socket.write(frame);
      if (silent) socket.end();
      await over;
      socket.destroy();
    }
    await serves();
  });
});
