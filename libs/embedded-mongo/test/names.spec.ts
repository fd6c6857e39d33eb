import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const { Double, Long } = mongoose.mongo.BSON;
const server = serverForFile();
const typed = { promoteValues: false } as const;

describe('names of databases and collections', () => {
  it('of databases differ in more than their case', async () => {
    await server.client.db('Cased').collection('c').insertOne({});
    for (const making of [
      () => server.client.db('cased').collection('c').insertOne({}),
      () => server.client.db('CASED').createCollection('d'),
    ])
      expect(await failure(making())).toMatchObject({ code: 13297 });
    expect(await server.client.db('cased').collection('c').countDocuments({})).toBe(0);
    await server.client.db('Cased').dropDatabase();
    await server.client.db('cased').collection('c').insertOne({});
  });

  it('of databases have 63 bytes at most', async () => {
    expect(await server.client.db('n'.repeat(63)).command({ find: 'c' })).toMatchObject({ ok: 1 });
    for (const name of ['n'.repeat(64), 'é'.repeat(32)])
      expect(await failure(server.client.db(name).command({ find: 'c' }))).toMatchObject({ code: 73 });
  });

  it('of collections have no zero byte, also where they are read', async () => {
    expect(await failure(server.db.command({ find: 'a\0b' }))).toMatchObject({ code: 73 });
  });

  it('of collections may end with a dot, and not begin with one', async () => {
    expect(await server.db.command({ create: 'dotted.' })).toMatchObject({ ok: 1 });
    expect(await server.db.command({ drop: 'dotted.' })).toMatchObject({ nIndexesWas: 1 });
    expect(await failure(server.db.command({ create: '.dotted' }))).toMatchObject({ code: 73 });
  });

  it('let the database admin stay', async () => {
    const error = await failure(server.client.db('admin').dropDatabase());
    expect(error).toMatchObject({ originalError: { code: 20, codeName: 'IllegalOperation' } });
  });
});

describe('names of fields', () => {
  it('of indexes may be those that objects of JavaScript have', async () => {
    const indexes = ['toString', 'constructor', 'valueOf'].map((field) => ({
      key: { [field]: 1 },
      name: field,
      hidden: true,
    }));
    for (const numIndexesBefore of [1, 4])
      expect(await server.db.command({ createIndexes: 'inherited', indexes })).toMatchObject({ numIndexesBefore });
  });
});

describe('answers', () => {
  it('have ok as a double, also in errors', async () => {
    for (const command of [
      { ping: 1 },
      { insert: 'typed', documents: [{}] },
      { find: 'typed' },
      { count: 'typed' },
      { listIndexes: 'typed' },
    ])
      expect((await server.db.command(command, typed))['ok']).toEqual(new Double(1));
    expect(await failure(server.db.command({ frobnicate: 1 }, typed))).toMatchObject({
      errorResponse: { ok: new Double(0) },
    });
  });

  it('have sizes on disk as longs', async () => {
    const { databases, totalSize } = await server.client.db('admin').command({ listDatabases: 1 }, typed);
    expect(totalSize).toBeInstanceOf(Long);
    expect((databases as { sizeOnDisk: unknown }[])[0]?.sizeOnDisk).toBeInstanceOf(Long);
  });
});
