import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const { Binary, BSON, Double, Int32, Long } = mongoose.mongo;
const server = serverForFile();
const indexOf = async (collection: string, name: string): Promise<unknown> =>
  (await server.db.collection(collection).indexes()).find((index) => index.name === name);

describe('renameCollection', () => {
  it('gives documents and indexes another name, also in another database', async () => {
    const source = server.db.collection('before');
    await source.insertOne({ _id: 1 as never, a: 1 });
    await source.createIndex({ a: 1 }, { unique: true });
    const renamed = await server.db.renameCollection('before', 'after');
    expect(await renamed.find({ a: 1 }, { hint: 'a_1' }).toArray()).toEqual([{ _id: 1, a: 1 }]);
    expect(await server.db.listCollections({ name: 'before' }).toArray()).toEqual([]);
    await server.client.db('admin').command({ renameCollection: 'tests.after', to: 'elsewhere.after' });
    const moved = server.client.db('elsewhere').collection('after');
    expect(await failure(moved.insertOne({ a: 1 }))).toMatchObject({ code: 11000 });
    await server.client.db('elsewhere').dropDatabase();
  });

  it('does not write over a collection unless it is told to', async () => {
    const admin = server.client.db('admin');
    await server.db.collection('one').insertOne({ from: 'one' });
    await server.db.collection('two').insertOne({ from: 'two' });
    const rename = { renameCollection: 'tests.one', to: 'tests.two' };
    expect(await failure(admin.command(rename))).toMatchObject({ code: 48, codeName: 'NamespaceExists' });
    expect(await failure(admin.command({ ...rename, to: 'tests.one' }))).toMatchObject({ code: 20 });
    expect(await failure(admin.command({ ...rename, to: 'tests.bad$' }))).toMatchObject({ code: 73 });
    expect(await failure(admin.command({ ...rename, renameCollection: 'tests.none' }))).toMatchObject({ code: 26 });
    expect(await failure(server.db.command(rename))).toMatchObject({ code: 13 });
    await admin.command({ ...rename, dropTarget: true });
    expect(await server.db.collection('two').distinct('from')).toEqual(['one']);
  });

  it('takes no view, nor its name', async () => {
    await server.db.createCollection('seen', { viewOn: 'two', pipeline: [] });
    expect(await failure(server.db.renameCollection('seen', 'other'))).toMatchObject({ code: 166 });
    expect(await failure(server.db.renameCollection('two', 'seen', { dropTarget: true }))).toMatchObject({ code: 48 });
    expect(await server.db.collection('seen').distinct('from')).toEqual(['one']);
    await server.db.dropCollection('seen');
  });
});

describe('collMod', () => {
  it('hides an index from queries, shows it again, and changes when documents expire', async () => {
    const collection = server.db.collection('modified');
    await collection.createIndex({ a: 1 });
    await collection.createIndex({ at: 1 }, { expireAfterSeconds: 10 });
    await collection.insertOne({ a: 1 });
    const examined = async (): Promise<unknown> =>
      (await collection.find({ a: 1 }).explain()).executionStats.totalKeysExamined;
    const change = (index: object) => server.db.command({ collMod: 'modified', index });
    expect(await change({ keyPattern: { a: 1 }, hidden: true })).toMatchObject({ hidden_old: false, hidden_new: true });
    expect(await examined()).toBe(0);
    expect(await indexOf('modified', 'a_1')).toMatchObject({ hidden: true });
    expect(await failure(collection.find({}, { hint: 'a_1' }).toArray())).toMatchObject({ code: 2 });
    await change({ name: 'a_1', hidden: false });
    expect(await examined()).toBe(1);
    expect(await change({ name: 'at_1', expireAfterSeconds: 3600 })).toMatchObject({
      expireAfterSeconds_old: 10,
      expireAfterSeconds_new: 3600,
    });
    expect(await indexOf('modified', 'at_1')).toMatchObject({ expireAfterSeconds: 3600 });
    expect(await failure(change({ name: 'none', hidden: true }))).toMatchObject({ code: 27 });
    expect(await failure(change({ name: 'a_1' }))).toMatchObject({ code: 72 });
    expect(await failure(change({ name: 'a_1', unique: true }))).toMatchObject({ code: 72 });
    expect(await failure(server.db.command({ collMod: 'none' }))).toMatchObject({ code: 26 });
  });
});

describe('retryable writes', () => {
  it('are answered with the first result when they come again', async () => {
    const session = server.client.startSession();
    const send = (txnNumber: number, command: object): Promise<object> =>
      server.db.command({ ...command, lsid: session.id, txnNumber: Long.fromNumber(txnNumber) });
    const increment = { update: 'numbered', updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } }, upsert: true }] };
    const first = await send(1, increment);
    expect(first).toMatchObject({ n: 1, upserted: [{ index: 0, _id: 1 }] });
    expect(await send(1, increment)).toEqual(first);
    const modify = { findAndModify: 'numbered', query: { _id: 1 }, update: { $inc: { n: 1 } }, new: true };
    expect(await send(2, modify)).toMatchObject({ value: { n: 2 } });
    expect(await send(2, modify)).toMatchObject({ value: { n: 2 } });
    const insert = { insert: 'numbered', documents: [{ _id: 2 }] };
    expect(await send(3, insert)).toMatchObject({ n: 1 });
    expect(await send(3, insert)).toMatchObject({ n: 1 });
    expect(await failure(send(2, modify))).toMatchObject({ code: 225, codeName: 'TransactionTooOld' });
    expect(await server.db.collection('numbered').find().toArray()).toEqual([{ _id: 1, n: 2 }, { _id: 2 }]);
    await session.endSession();
  });

  it('are answered with the types of the first result', async () => {
    const session = server.client.startSession();
    const value = { _id: new Double(1), long: Long.fromNumber(2), double: new Double(3), int: new Int32(4) };
    const command = { findAndModify: 'typed', query: {}, update: { $set: { ...value } }, upsert: true, new: true };
    const answer = (): Promise<object> =>
      server.db.command({ ...command, lsid: session.id, txnNumber: Long.fromNumber(10) }, { promoteValues: false });
    const first = await answer();
    expect(first).toMatchObject({ value, lastErrorObject: { upserted: new Double(1) } });
    expect(await answer()).toEqual(first);
    await session.endSession();
  });
});

describe('sessions', () => {
  it('are begun, and ended by lists of them', async () => {
    const { id, timeoutMinutes } = await server.db.command({ startSession: 1 });
    expect(timeoutMinutes).toBe(30);
    for (const name of ['refreshSessions', 'killSessions', 'endSessions']) {
      const send = (value: unknown): Promise<unknown> => server.db.command({ [name]: value });
      expect(await send([id])).toMatchObject({ ok: 1 });
      expect(await send([])).toMatchObject({ ok: 1 });
      for (const value of [5, [5], [{ id: 5 }]]) expect(await failure(send(value))).toMatchObject({ code: 14 });
      expect(await send([null, id])).toMatchObject({ ok: 1 });
      for (const value of [{}, { id: null }]) expect(await failure(send([value]))).toMatchObject({ code: 40414 });
      const short = new Binary(Buffer.alloc(8), Binary.SUBTYPE_UUID);
      expect(await failure(send([{ id: short }]))).toMatchObject({ code: 207, codeName: 'InvalidUUID' });
    }
  });

  it('are begun and killed whatever else is said, and ended and refreshed strictly', async () => {
    const send = (command: object): Promise<unknown> => server.db.command({ ...command, colour: 1 });
    expect(await send({ startSession: 1 })).toMatchObject({ ok: 1 });
    expect(await send({ killSessions: [] })).toMatchObject({ ok: 1 });
    expect(await failure(send({ endSessions: [] }))).toMatchObject({ code: 40415 });
    expect(await failure(send({ refreshSessions: [] }))).toMatchObject({ code: 40415 });
  });
});

describe('what is wrong with a filter', () => {
  it('is told as such, and not as what fails over a document', async () => {
    await server.db.collection('wrong').insertMany([{ n: 1 }, { n: 2 }]);
    const filter = { n: { $foo: 1 } };
    const pipelines = [
      [{ $match: filter }],
      [{ $unwind: '$n' }, { $match: filter }],
      [{ $facet: { all: [{ $match: filter }] } }],
      [{ $lookup: { from: 'wrong', pipeline: [{ $match: filter }], as: 'others' } }],
      [{ $unionWith: { coll: 'wrong', pipeline: [{ $match: filter }] } }],
    ];
    for (const command of [
      { find: 'wrong', filter },
      { find: 'wrong', filter, sort: { n: 1 } },
      { distinct: 'wrong', key: 'n', query: filter },
      ...pipelines.map((pipeline) => ({ aggregate: 'wrong', pipeline, cursor: {} })),
    ])
      expect(await failure(server.db.command(command))).toMatchObject({ code: 2, message: 'unknown operator: $foo' });
  });
});

describe('arguments that all commands take', () => {
  it('let: variables for $expr', async () => {
    const collection = server.db.collection('variables');
    await collection.insertMany([{ n: 1 }, { n: 5 }]);
    const filter = { $expr: { $gt: ['$n', '$$least'] } };
    expect(
      await collection
        .find(filter, { let: { least: 2 } })
        .project({ _id: 0 })
        .toArray(),
    ).toEqual([{ n: 5 }]);
    expect(await collection.updateMany(filter, { $set: { big: true } }, { let: { least: 2 } })).toMatchObject({
      modifiedCount: 1,
    });
    expect(await collection.deleteMany(filter, { let: { least: 2 } })).toMatchObject({ deletedCount: 1 });
  });

  it('maxTimeMS: a command that takes longer is given up, with all batches of its cursor', async () => {
    const collection = server.db.collection('slow');
    await collection.insertMany(Array.from({ length: 60_000 }, (_, i) => ({ i, text: 'x'.repeat(200) })));
    const filter = { $expr: { $eq: [{ $strLenCP: { $concat: ['$text', '$text', '$text'] } }, 0] } };
    expect(await failure(collection.find(filter, { maxTimeMS: 1 }).toArray())).toMatchObject({
      code: 50,
      codeName: 'MaxTimeMSExpired',
    });
    // It ends a whole batch, not one of its operations.
    const operation = { q: filter, u: { $set: { found: true } } };
    const updates = [operation, operation];
    expect(await failure(server.db.command({ update: 'slow', updates, ordered: false, maxTimeMS: 1 }))).toMatchObject({
      code: 50,
    });
    const model = { name: 'deleteOne', namespace: 'tests.slow', filter } as const;
    const bulk = await failure(server.client.bulkWrite([model, model], { ordered: false, maxTimeMS: 1 }));
    expect(bulk).toMatchObject({ cause: { code: 50 }, writeErrors: new Map() });
    expect(await failure(collection.findOneAndDelete(filter, { maxTimeMS: 1 }))).toMatchObject({ code: 50 });
    expect(await collection.find({}, { maxTimeMS: 5_000, batchSize: 1000 }).toArray()).toHaveLength(60_000);
    // All batches of a cursor have it together, whatever thread reads them.
    const late = { $or: [{ i: { $lt: 3 } }, filter] };
    const pipeline = [{ $match: late }, { $set: { i: { $size: { $range: [0, 10] } } } }];
    const options = { maxTimeMS: 60, batchSize: 3 };
    expect(await failure(collection.find(late, options).toArray())).toMatchObject({ code: 50 });
    expect(await failure(collection.aggregate(pipeline, options).toArray())).toMatchObject({ code: 50 });
  });
});

describe('bulkWrite', () => {
  it('gives as many results as a batch may have, and the others by a cursor, also when it is repeated', async () => {
    const admin = server.client.db('admin');
    const ops = [1, 2, 2, 3].map((_id) => ({ insert: 0, document: { _id } }));
    const numbered = { lsid: { id: new BSON.UUID() }, txnNumber: Long.fromInt(1) };
    const command = { bulkWrite: 1, ops, nsInfo: [{ ns: 'tests.batched' }], ordered: false, ...numbered };
    for (const batchSize of [2, 1]) {
      const { cursor, ...totals } = await admin.command({ ...command, cursor: { batchSize } });
      expect(totals).toMatchObject({ nErrors: 1, nInserted: 3, ok: 1 });
      expect(cursor.ns).toBe('admin.$cmd.bulkWrite');
      expect(cursor.firstBatch.map(({ idx }: { idx: number }) => idx)).toEqual([0, 1].slice(0, batchSize));
      const next = (await admin.command({ getMore: cursor.id, collection: '$cmd.bulkWrite' })).cursor;
      expect(next).toMatchObject({ id: 0, ns: 'admin.$cmd.bulkWrite' });
      expect(next.nextBatch.slice(-2)).toMatchObject([
        { ok: 0, idx: 2, code: 11000, n: 0 },
        { ok: 1, idx: 3, n: 1 },
      ]);
    }
    const whole = await admin.command({ ...command, cursor: { batchSize: 4 } });
    expect(whole).toMatchObject({ cursor: { id: 0, firstBatch: { length: 4 } } });
    expect(await failure(admin.command({ ...command, cursor: { batchSize: -1 } }))).toMatchObject({ code: 51024 });
  });

  it('gives more results than an answer holds to the driver in several', async () => {
    const collection = server.db.collection('large');
    await collection.createIndex({ key: 1 }, { unique: true });
    const key = 'x'.repeat(1024 * 1024);
    await collection.insertOne({ key });
    const model = { name: 'insertOne', namespace: 'tests.large', document: { key } } as const;
    const models = Array.from({ length: 20 }, () => ({ ...model, document: { key } }));
    const error = await failure(server.client.bulkWrite(models, { ordered: false, verboseResults: true }));
    const errors = error['writeErrors'] as Map<number, { code: number }>;
    expect([...errors].map(([index, { code }]) => [index, code])).toEqual(models.map((_, index) => [index, 11000]));
  });
});

describe('a namespace', () => {
  it('is not empty, and is that of the cursor that is read on', async () => {
    const message = "Invalid namespace specified 'tests.'";
    for (const name of ['find', 'count', 'listIndexes'])
      expect(await failure(server.db.command({ [name]: '' }))).toMatchObject({ code: 73, message });
    await server.db.collection('read').insertMany([{ _id: 1 as never }, { _id: 2 as never }]);
    const { cursor } = await server.db.command({ find: 'read', batchSize: 1 });
    expect(await failure(server.db.command({ getMore: cursor.id, collection: 'other' }))).toMatchObject({
      code: 13,
      message: expect.stringContaining(
        "on namespace 'tests.other', but cursor belongs to a different namespace tests.read",
      ),
    });
    expect(await server.db.command({ getMore: cursor.id, collection: 'read' })).toMatchObject({
      cursor: { nextBatch: [{ _id: 2 }] },
    });
  });
});

describe('a name', () => {
  it('of a database has 63 bytes at most, and differs from others in more than its case', async () => {
    const ping = (name: string): Promise<unknown> => server.client.db(name).command({ ping: 1 });
    expect(await failure(ping('x'.repeat(64)))).toMatchObject({ code: 73, message: expect.stringContaining('63') });
    expect(await ping('x'.repeat(63))).toMatchObject({ ok: 1 });
    await server.client.db('Cased').createCollection('c');
    expect(await failure(server.client.db('cASED').createCollection('d'))).toMatchObject({
      code: 13297,
      codeName: 'DatabaseDifferCase',
    });
    const rename = { renameCollection: 'Cased.c', to: 'CASED.c' };
    expect(await failure(server.client.db('admin').command(rename))).toMatchObject({ code: 13297 });
    await server.client.db('Cased').dropDatabase();
  });

  it('of a collection that is read is one that it could have', async () => {
    for (const name of ['.a', 'a\0b'])
      for (const command of [{ find: name }, { count: name }, { drop: name }])
        expect(await failure(server.db.command(command))).toMatchObject({ code: 73 });
    expect(await server.db.command({ find: 'a$b' })).toMatchObject({ cursor: { firstBatch: [] } });
    expect(await failure(server.db.createCollection('a.system.b'))).toMatchObject({ code: 2 });
  });
});

describe('databases', () => {
  it('are listed with sizes that are longs, those that a filter leaves', async () => {
    const admin = server.client.db('admin');
    const list = (filter: object) => admin.command({ listDatabases: 1, filter }, { promoteValues: false });
    const sizeOnDisk = expect.any(Long);
    expect(await list({ name: 'tests' })).toMatchObject({ databases: [{ sizeOnDisk }], totalSizeMb: sizeOnDisk });
    expect(await list({ name: 'none' })).toMatchObject({ databases: [], totalSize: Long.ZERO });
  });

  it('are dropped by 1, and no other number', async () => {
    expect(await failure(server.db.command({ dropDatabase: 2 }))).toMatchObject({ code: 5255100 });
    expect(await failure(server.db.command({ dropDatabase: 'tests' }))).toMatchObject({ code: 14 });
  });
});

describe('getParameter', () => {
  it('tells what is asked for, and refuses what there is not', async () => {
    const admin = server.client.db('admin');
    expect(await admin.command({ getParameter: 1, featureCompatibilityVersion: 1 })).toEqual({
      featureCompatibilityVersion: { version: '8.0' },
      ok: 1,
    });
    for (const all of ['*', { allParameters: true }])
      expect(await admin.command({ getParameter: all })).toMatchObject({ ttlMonitorEnabled: true });
    expect(await failure(admin.command({ getParameter: 1, nothing: 1 }))).toMatchObject({ code: 72 });
  });
});

describe('a checksum behind a message', () => {
  // CRC-32C of the message in front of it, worked out bit by bit, to stand beside the table of the server.
  const checksum = (bytes: Uint8Array): number => {
    let crc = 0xffff_ffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
    return ~crc >>> 0;
  };
  const ping = (correct: boolean): Buffer => {
    const body = BSON.serialize({ ping: 1, $db: 'admin' });
    const frame = Buffer.alloc(25 + body.length);
    frame.writeInt32LE(frame.length, 0);
    frame.writeInt32LE(2013, 12);
    frame.writeUInt32LE(1, 16);
    frame.set(body, 21);
    const sum = checksum(frame.subarray(0, -4));
    frame.writeUInt32LE(correct ? sum : (sum ^ 1) >>> 0, frame.length - 4);
    return frame;
  };

  it('is verified: a wrong one ends the connection', async () => {
    expect(checksum(Buffer.from('123456789'))).toBe(0xe3069283);
    const socket = connect(join(server.folder, 'mongo.sock'));
    await once(socket, 'connect');
    socket.write(ping(true));
    const [reply] = (await once(socket, 'data')) as [Buffer];
    expect(BSON.deserialize(reply.subarray(21))).toEqual({ ok: 1 });
    const closed = once(socket, 'close');
    socket.write(ping(false));
    await closed;
  });
});
