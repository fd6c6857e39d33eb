import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { COMMANDS, mutated, mutatedFrame } from './fuzz/mutations.js';
import { generator } from './generator.js';
import { serverForFile } from './support.js';

const { BSON } = mongoose.mongo;
const server = serverForFile();
/** Mutated frames, and as many mutated commands. */
const MUTATIONS = process.env['LONG'] ? 50_000 : 5_000;
const AT_ONCE = 10;
const LONGEST = 600_000;
let bystanders = 0;

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

/** A connection that does nothing wrong, and whose every answer is checked. */
class Bystander {
  private served = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly db: string,
  ) {}

  static async connect(): Promise<Bystander> {
    return new Bystander(await open(), `bystander${++bystanders}`);
  }

  /** Writes a document, and reads it and the number of all. */
  async exchange(): Promise<void> {
    const n = this.served++;
    const ask = async (command: object): Promise<Record<string, unknown>> => {
      this.socket.write(message({ ...command, $db: this.db }));
      return (await answer(this.socket)).document;
    };
    expect(await ask({ insert: 'kept', documents: [{ _id: n, text: `t${n}` }] })).toEqual({ n: 1, ok: 1 });
    expect(await ask({ find: 'kept', filter: { _id: n } })).toMatchObject({
      cursor: { firstBatch: [{ _id: n, text: `t${n}` }] },
      ok: 1,
    });
    expect(await ask({ count: 'kept' })).toEqual({ n: this.served, ok: 1 });
  }

  async finish(expected: number): Promise<void> {
    const stored = await server.client
      .db(this.db)
      .collection<{ _id: number }>('kept')
      .find()
      .sort({ _id: 1 })
      .toArray();
    expect(stored).toEqual(Array.from({ length: expected }, (_, n) => ({ _id: n, text: `t${n}` })));
    expect(this.socket.destroyed).toBe(false);
    this.socket.destroy();
  }
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
    const answer = BSON.deserialize(reply.subarray(36));
    expect(answer).toMatchObject({ ismaster: true, helloOk: true, maxWireVersion: 25, ok: 1 });
    expect(answer).not.toHaveProperty('isWritablePrimary');
    expect(await server.db.command({ hello: 1 })).not.toHaveProperty('ismaster');
    socket.destroy();
  });

  it('tells old drivers that all else of OP_QUERY is gone, and keeps the connection', async () => {
    const socket = await open();
    for (const [name, query, code] of [
      ['tests.$cmd', { find: 'w' }, 352],
      ['tests.w', { _id: 1 }, 5739101],
    ] as const) {
      const frame = Buffer.concat([Buffer.alloc(20), Buffer.from(`${name}\0`), Buffer.alloc(8), BSON.serialize(query)]);
      frame.writeInt32LE(frame.length, 0);
      frame.writeInt32LE(9, 4);
      frame.writeInt32LE(2004, 12);
      socket.write(frame);
      const [reply] = (await once(socket, 'data')) as [Buffer];
      expect([reply.readInt32LE(8), reply.readInt32LE(12)]).toEqual([9, 1]);
      expect(BSON.deserialize(reply.subarray(36))).toMatchObject({ ok: 0, code });
    }
    socket.write(message(ping));
    expect((await answer(socket)).document).toEqual({ ok: 1 });
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

  it('refuses a numbered write whose session has no UUID, and writes nothing of it', async () => {
    const socket = await open();
    for (const length of [0, 15, 3000]) {
      const lsid = { id: new BSON.Binary(Buffer.alloc(length, 1), 4) };
      const numbered = { lsid, txnNumber: BSON.Long.fromNumber(1), $db: 'tests' };
      socket.write(message({ insert: 'unnamed', documents: [{ _id: length }], ...numbered }));
      expect((await answer(socket)).document).toMatchObject({ ok: 0, code: 207, codeName: 'InvalidUUID' });
    }
    expect(await server.db.collection('unnamed').countDocuments({})).toBe(0);
    socket.destroy();
  });

  it('keeps what a slow reader has not taken yet, whatever others are answered meanwhile', async () => {
    const textOf = (n: number): string => String.fromCharCode(97 + n).repeat(100_000);
    const find = (n: number): Buffer => message({ find: 'large', filter: { _id: n }, limit: 1, $db: 'tests' });
    const asked = Array.from({ length: 40 }, (_, i) => i % 8);
    await server.db
      .collection<{ _id: number; text: string }>('large')
      .insertMany(Array.from({ length: 9 }, (_, n) => ({ _id: n, text: textOf(n) })));
    const [slow, quick] = [await open(), await open()];
    // More than the system holds for a connection that nobody reads.
    slow.write(Buffer.concat(asked.map(find)));
    for (let i = 0; i < 20; i++) {
      quick.write(find(8));
      expect((await answer(quick)).document).toMatchObject({ cursor: { firstBatch: [{ _id: 8, text: textOf(8) }] } });
    }
    let received = Buffer.alloc(0);
    const texts: unknown[] = [];
    for await (const chunk of slow) {
      received = Buffer.concat([received, chunk as Buffer]);
      for (let size = 0; received.length > 4 && received.length >= (size = received.readInt32LE(0));) {
        const { cursor } = BSON.deserialize(received.subarray(21, size)) as { cursor: { firstBatch: object[] } };
        texts.push(...cursor.firstBatch);
        received = received.subarray(size);
      }
      if (texts.length === asked.length) break;
    }
    expect(texts).toEqual(asked.map((n) => ({ _id: n, text: textOf(n) })));
    quick.destroy();
  });

  it('refuses to end a transaction that has no number', async () => {
    const socket = await open();
    const ask = async (command: object): Promise<unknown> => {
      socket.write(message(command));
      return (await answer(socket)).document;
    };
    for (const name of ['abortTransaction', 'commitTransaction']) {
      expect(await ask({ [name]: 1, $db: 'tests' })).toMatchObject({ code: 13, codeName: 'Unauthorized' });
      expect(await ask({ [name]: 1, $db: 'admin' })).toMatchObject({
        code: 125,
        errmsg: `${name} must be run within a transaction`,
      });
    }
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

  it(
    `survives ${MUTATIONS} mutated frames, and serves another connection all the while`,
    async () => {
      const random = generator(99);
      const frames = COMMANDS.map((command) => message({ ...command, $db: 'tests' }));
      const bystander = await Bystander.connect();
      const send = async (frame: Buffer): Promise<void> => {
        const socket = await open();
        const over = Promise.race([once(socket, 'close'), once(socket, 'data')]);
        // What is too short, or wants no answer, is over when the connection is.
        socket.end(frame);
        await over;
        socket.destroy();
      };
      for (let sent = 0; sent < MUTATIONS; sent += AT_ONCE) {
        const wrong = Array.from({ length: AT_ONCE }, () =>
          mutatedFrame(frames[Math.floor(random() * frames.length)] as Buffer, random),
        );
        await Promise.all([...wrong.map(send), bystander.exchange()]);
      }
      await bystander.finish(MUTATIONS / AT_ONCE);
    },
    LONGEST,
  );

  it(
    `answers ${MUTATIONS} mutated commands, and serves another connection all the while`,
    async () => {
      const random = generator(100);
      const bystander = await Bystander.connect();
      const sockets = await Promise.all(Array.from({ length: AT_ONCE }, open));
      const send = async (socket: Socket): Promise<void> => {
        const command = mutated(COMMANDS[Math.floor(random() * COMMANDS.length)] as Record<string, unknown>, random);
        socket.write(message({ ...command, $db: 'tests' }));
        const { document } = await answer(socket);
        const text = JSON.stringify(command, (_name, value: unknown) =>
          typeof value === 'bigint' ? String(value) : value,
        );
        if (document['ok'] === 1) return;
        expect(document, text).toMatchObject({ ok: 0, code: expect.any(Number), codeName: expect.any(String) });
        expect(document['errmsg'], text).toMatch(/./);
      };
      for (let sent = 0; sent < MUTATIONS; sent += AT_ONCE)
        await Promise.all([...sockets.map(send), bystander.exchange()]);
      for (const socket of sockets) socket.destroy();
      await bystander.finish(MUTATIONS / AT_ONCE);
    },
    LONGEST,
  );
});
