import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from '../dist/tools/index.js';
import { failure, serverForFile } from './support.js';

const { BSON } = mongoose.mongo;
const server = serverForFile();
type Doc = Record<string, unknown> & { _id?: number | string | object };

let socket: Socket;

/** Sends a command as its bytes, which may hold what this driver does not send. */
async function send(body: Buffer): Promise<Doc> {
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(2013, 12);
  socket.write(Buffer.concat([head, body]));
  const [reply] = (await once(socket, 'data')) as [Buffer];
  return BSON.deserialize(reply.subarray(21));
}

/** A command with the bytes of a value, or of its type, in the place of others. */
function patched(command: Doc, from: Buffer, to: Buffer): Promise<Doc> {
  const body = Buffer.from(BSON.serialize({ ...command, $db: 'tests' }));
  to.copy(body, body.indexOf(from));
  return send(body);
}

describe('values that JavaScript has not', () => {
  beforeAll(async () => {
    socket = connect(join(server.folder, 'mongo.sock'));
    await once(socket, 'connect');
  });
  afterAll(() => void socket.destroy());

  it('are an empty timestamp, which becomes the time at which it is stored at the top of a document', async () => {
    const empty = new BSON.Timestamp(0n);
    const stored = server.db.collection<Doc>('timestamps');
    await stored.insertOne({
      _id: empty,
      at: empty,
      inner: { at: empty },
      list: [empty],
      other: new BSON.Timestamp(5n),
    });
    const one: Doc = (await stored.findOne({ _id: empty })) ?? {};
    expect(one).toMatchObject({ inner: { at: empty }, list: [empty], other: new BSON.Timestamp(5n) });
    const seconds = (timestamp: unknown): number => (timestamp as InstanceType<typeof BSON.Timestamp>).t;
    expect(Math.abs(seconds(one['at']) - Date.now() / 1000)).toBeLessThan(10);
    const replaced = await stored.findOneAndReplace(
      { _id: empty },
      { at: empty, also: empty },
      { returnDocument: 'after' },
    );
    expect(seconds(replaced?.['at'])).toBeGreaterThan(0);
    expect(replaced?.['at']).not.toEqual(replaced?.['also']);
    await stored.updateOne({ _id: empty }, { $set: { at: empty } });
    expect(await stored.findOne({ _id: empty })).toMatchObject({ at: empty });
  });

  it('are dates far away: they are kept, and not compared as if they were others', async () => {
    const far = { insert: 'dates', documents: [{ _id: 1, d: new Date(77) }] };
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(77n);
    expect(await patched(far, bytes, Buffer.from('ffffffffffffff7f', 'hex'))).toEqual({ n: 1, ok: 1 });
    const dates = server.db.collection('dates');
    await dates.insertOne({ d: new Date(5) });
    expect(await dates.countDocuments({ d: { $exists: true } })).toBe(2);
    for (const reading of [
      () => dates.find({ d: { $gt: new Date(0) } }).toArray(),
      () => dates.find().sort({ d: 1 }).toArray(),
      () => dates.createIndex({ d: 1 }),
      () => dates.aggregate([{ $project: { year: { $year: '$d' } } }]).toArray(),
    ])
      expect(await failure(reading())).toMatchObject({ code: 238 });
  });

  it('are fields whose names are whole numbers, in any order, also in the body of a command', async () => {
    const document = (_id: string): Map<string, unknown> =>
      new Map<string, unknown>([
        ['_id', _id],
        ['8', 1],
        [
          'a',
          new Map<string, unknown>([
            [
              '2',
              new Map<string, unknown>([
                ['1', 1],
                ['0', 1],
              ]),
            ],
            ['1', 2],
          ]),
        ],
        ['7', 3],
      ]);
    const commands = {
      insert: { insert: 'names', documents: [document('insert')], $db: 'tests' },
      bulkWrite: {
        bulkWrite: 1,
        ops: [{ insert: 0, document: document('bulkWrite') }],
        nsInfo: [{ ns: 'tests.names' }],
        $db: 'admin',
      },
    };
    for (const [name, command] of Object.entries(commands)) {
      expect(await send(Buffer.from(BSON.serialize(command)))).toMatchObject({ ok: 1 });
      const stored = await server.db.collection<Doc>('names').findOne({ _id: name }, { raw: true });
      expect(Buffer.from(stored as unknown as Buffer)).toEqual(Buffer.from(BSON.serialize(document(name))));
    }
  });

  it('are symbols, which equal the strings of their names', async () => {
    const symbols = server.db.collection<Doc>('symbols');
    const name = new BSON.BSONSymbol('abc');
    await symbols.insertMany([
      { _id: 1, s: name },
      { _id: 2, s: 'abc' },
      { _id: 3, s: ['x', name] },
      { _id: 4, s: 'x' },
    ]);
    const found = async (filter: Doc): Promise<unknown[]> =>
      (await symbols.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
    for (const one of [name, 'abc']) {
      for (const filter of [
        { s: one },
        { s: { $in: [one, 5] } },
        { s: { $gte: one, $lt: 'b' } },
        { s: { $all: [one] } },
      ])
        expect(await found(filter)).toEqual([1, 2, 3]);
      expect(await found({ s: { $ne: one } })).toEqual([4]);
    }
    expect(await found({ s: { $type: 'symbol' } })).toEqual([1, 3]);
  });

  it('are undefined, to which nothing is compared', async () => {
    const command = { find: 'any', filter: { some: null } };
    expect(await patched(command, Buffer.from('\x0asome'), Buffer.from('\x06'))).toMatchObject({ ok: 0, code: 2 });
    const operator = { find: 'any', filter: { a: { $in: [1, null] } } };
    expect(await patched(operator, Buffer.from('\x0a1\0'), Buffer.from('\x06'))).toMatchObject({ ok: 0, code: 2 });
  });

  it('are strings that are no UTF-8, which are refused', async () => {
    const insert = { insert: 'any', documents: [{ _id: 1, s: 'ABC' }] };
    expect(await patched(insert, Buffer.from('ABC'), Buffer.from([0xff]))).toMatchObject({ ok: 0, code: 22 });
  });

  it('are those of deprecated types, which have entries in indexes as long as they are stored', async () => {
    const types = server.db.collection<Doc>('deprecated');
    await types.createIndexes([{ key: { u: 1 } }, { key: { p: 1 } }]);
    const command = (document: Doc): Doc => ({ insert: 'deprecated', documents: [document] });
    const undefinedIn = (_id: number | object, u: unknown): Promise<Doc> =>
      patched(command({ _id, u }), Buffer.from('\x0av\0'), Buffer.from('\x06v\0'));
    await undefinedIn(1, { v: null });
    await undefinedIn(2, [{ v: null, w: 1 }]);
    await undefinedIn({ v: null, w: 1 }, 4);
    // A DBPointer takes as many bytes as binary data of this length.
    const binary = BSON.serialize({ p: new BSON.Binary(Buffer.alloc(17, 7)) }).subarray(4, -1);
    const pointer = Buffer.concat([Buffer.from('\x0cp\0\x06\0\0\0t.abc\0', 'latin1'), Buffer.alloc(12, 3)]);
    expect(
      await patched(command({ _id: 3, p: new BSON.Binary(Buffer.alloc(17, 7)) }), Buffer.from(binary), pointer),
    ).toEqual({ n: 1, ok: 1 });
    expect(await types.countDocuments({ p: { $type: 'dbPointer' } })).toBe(1);
    await types.updateMany({}, { $set: { x: 1 } });
    const found = async (filter: object): Promise<unknown[]> =>
      (await types.find(filter as never).toArray()).map(({ _id }) => _id);
    expect(await found({ u: {} })).toEqual([1]);
    expect(await found({ u: { w: 1 } })).toEqual([2]);
    expect(await found({ p: { $gte: {} } })).toEqual([3]);
    expect(await types.countDocuments({ u: 4, x: 1, '_id.v': { $type: 'undefined' } })).toBe(1);
    const disagreements: unknown[] = [];
    await check({ dataDir: server.folder, onDisagreement: (disagreement) => disagreements.push(disagreement) });
    expect(disagreements).toEqual([]);
  });

  it('are fields by which the driver tells its classes', async () => {
    const sent = { insert: 'classes', documents: [{ _id: 1, a: { _bsontipe: 'Long' } }] };
    expect(await patched(sent, Buffer.from('_bsontipe'), Buffer.from('_bsontype'))).toEqual({ n: 1, ok: 1 });
    const classes = server.db.collection<Doc>('classes');
    expect(await classes.updateOne({ a: { $type: 'object' } }, { $set: { b: 1 } })).toMatchObject({ modifiedCount: 1 });
    expect(await classes.findOne({}, { projection: { a: 1 } })).toEqual({ _id: 1, a: { _bsontype: 'Long' } });
  });
});
