import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const server = serverForFile();
const { BSON } = mongoose.mongo;

describe('dbStats and collStats', () => {
  it('tell how much documents and indexes take, of more than one turn reads', async () => {
    const { db } = server;
    const sized = db.collection<{ _id: number; a: number; text: string }>('sized');
    await sized.createIndex({ a: 1 });
    const documents = Array.from({ length: 12_000 }, (_, i) => ({ _id: i, a: i, text: 'x'.repeat(i % 50) }));
    await sized.insertMany(documents);
    // Longer than a page: stored with a checksum, which is no part of the document.
    await sized.insertOne({ _id: -1, a: -1, text: 'x'.repeat(5_000) });
    const size = [...documents, { _id: -1, a: -1, text: 'x'.repeat(5_000) }].reduce(
      (sum, document) => sum + BSON.calculateObjectSize(document),
      0,
    );
    const stats = await db.command({ collStats: 'sized' });
    expect(stats).toMatchObject({ ns: 'tests.sized', count: 12_001, size, nindexes: 2, scaleFactor: 1 });
    expect(stats['avgObjSize']).toBe(Math.floor(size / 12_001));
    expect(Object.keys(stats['indexSizes'] as object)).toEqual(['_id_', 'a_1']);
    expect(stats['totalSize']).toBe(Number(stats['storageSize']) + Number(stats['totalIndexSize']));
    const scaled = await db.command({ collStats: 'sized', scale: 1024.9 });
    expect(scaled).toMatchObject({ size: Math.floor(size / 1024), scaleFactor: 1024 });
    const whole = await db.command({ dbStats: 1, scale: 1024 });
    expect(whole).toMatchObject({ db: 'tests', objects: 12_001, dataSize: size / 1024, scaleFactor: 1024 });
    expect(Number(whole['fsUsedSize'])).toBeLessThanOrEqual(Number(whole['fsTotalSize']));
    expect(await db.command({ dbStats: 1, freeStorage: 1 })).toMatchObject({ freeStorageSize: 0 });
  });

  it('know no view', async () => {
    await server.db.createCollection('seen', { viewOn: 'sized', pipeline: [] });
    expect(await failure(server.db.command({ collStats: 'seen' }))).toMatchObject({ code: 166 });
  });
});

describe('what shells and Compass ask of a server', () => {
  const admin = (command: object): Promise<Record<string, unknown>> => server.client.db('admin').command(command);

  it('is answered with the fields that they read', async () => {
    expect(await admin({ buildInfo: 1 })).toMatchObject({ version: '8.0.0', versionArray: [8, 0, 0, 0], bits: 64 });
    // As a MongoDB tells that was built without TLS.
    expect(await admin({ buildInfo: 1 })).toMatchObject({ openssl: { running: 'disabled', compiled: 'disabled' } });
    expect(await admin({ hostInfo: 1 })).toMatchObject({
      system: { hostname: expect.any(String), numCores: expect.any(Number), cpuArch: expect.any(String) },
      os: { type: expect.any(String), name: expect.any(String), version: expect.any(String) },
      extra: {},
    });
    expect(await admin({ serverStatus: 1, repl: 0 })).toMatchObject({
      version: '8.0.0',
      pid: process.pid,
      mem: { bits: 64, supported: true },
      storageEngine: { persistent: true },
    });
    expect(await admin({ connectionStatus: 1, showPrivileges: true })).toMatchObject({
      authInfo: { authenticatedUsers: [], authenticatedUserPrivileges: [] },
    });
    expect(await admin({ getLog: 'startupWarnings' })).toMatchObject({ totalLinesWritten: 0, log: [] });
    expect(await admin({ getLog: '*' })).toMatchObject({ names: ['global', 'startupWarnings'] });
    expect(await failure(admin({ getLog: 'other' }))).toMatchObject({ code: 96, codeName: 'OperationFailed' });
    expect(await failure(server.db.command({ getLog: '*' }))).toMatchObject({ code: 13 });
    expect(await admin({ getCmdLineOpts: 1 })).toMatchObject({ argv: [], parsed: {} });
  });

  it('is told how many operations there were', async () => {
    const counted = async (): Promise<Record<string, number>> =>
      ((await admin({ serverStatus: 1 })) as { opcounters: Record<string, number> }).opcounters;
    const things = server.client.db('counted').collection<{ _id: number }>('things');
    const before = await counted();
    await things.insertMany(Array.from({ length: 5 }, (_, n) => ({ _id: n })));
    await things.updateMany({}, { $set: { seen: true } });
    await things.bulkWrite([{ deleteOne: { filter: { _id: 0 } } }, { deleteOne: { filter: { _id: 1 } } }]);
    await things.find({}, { batchSize: 2 }).toArray();
    await things.countDocuments();
    const after = await counted();
    const more = Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]));
    // The count and the second question; and greetings of the driver, which come when they come.
    expect(more).toEqual({ insert: 5, query: 1, update: 1, delete: 2, getmore: 1, command: expect.any(Number) });
    expect(more['command']).toBeGreaterThanOrEqual(2);
    const { mem } = (await admin({ serverStatus: 1 })) as { mem: { resident: number; virtual: number } };
    expect(mem.virtual).toBeGreaterThan(mem.resident);
  });

  it('drops a database that there is not', async () => {
    const none = server.client.db('none');
    expect(await none.command({ dropDatabase: 1 })).toEqual({ ok: 1 });
    await none.createCollection('c');
    expect(await none.command({ dropDatabase: 1 })).toEqual({ dropped: 'none', ok: 1 });
  });
});
