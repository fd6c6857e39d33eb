import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const server = serverForFile();
const refused = (command: Record<string, unknown>) => failure(server.db.command(command));
const find = (filter: object, more: object = {}) => refused({ find: 'any', filter, ...more });
const aggregate = (...pipeline: object[]) => refused({ aggregate: 'any', pipeline, cursor: {} });

describe('what is not supported', () => {
  it('is refused by name: commands, arguments and operators', async () => {
    expect(await refused({ frobnicate: 1 })).toMatchObject({
      code: 59,
      codeName: 'CommandNotFound',
      message: "no such command: 'frobnicate'",
    });
    expect(await refused({ find: 'any', frobnicate: 1 })).toMatchObject({
      code: 40415,
      message: "BSON field 'find.frobnicate' is an unknown field.",
    });
    expect(await find({ a: { $frobnicate: 1 } })).toMatchObject({ code: 2, message: 'unknown operator: $frobnicate' });
    expect(await find({ $frobnicate: 1 })).toMatchObject({
      code: 2,
      message: 'unknown top level operator: $frobnicate',
    });
    expect(await find({ $and: [{ a: { $not: { $near: 1 } } }] })).toMatchObject({
      code: 2,
      message: 'unknown operator: $near',
    });
    expect(await find({ $where: 'true' })).toMatchObject({ code: 2 });
    expect(await find({}, { tailable: true })).toMatchObject({ code: 2 });
    expect(await find({}, { awaitData: true })).toMatchObject({ code: 9 });
  });

  it('in aggregations is refused by stage, also within other stages', async () => {
    expect(await aggregate({ $frobnicate: {} })).toMatchObject({
      code: 40324,
      message: "Unrecognized pipeline stage name: '$frobnicate'",
    });
    expect(await aggregate({ $facet: { a: [{ $geoNear: {} }] } })).toMatchObject({ code: 40600 });
    expect(await aggregate({ $match: {}, $limit: 1 })).toMatchObject({ code: 40323 });
    expect(await aggregate({ $changeStream: {} })).toMatchObject({ code: 40573 });
    // Names that every object of JavaScript has are no stages.
    expect(await aggregate({ constructor: {} })).toMatchObject({ code: 40324 });
  });

  it('is what a MongoDB without Atlas, users or replication answers', async () => {
    const search = { code: 31082, codeName: 'SearchNotEnabled' };
    expect(await refused({ createSearchIndexes: 'any', indexes: [{ definition: {} }] })).toMatchObject(search);
    expect(await failure(server.db.collection('any').dropSearchIndex('s'))).toMatchObject(search);
    expect(await failure(server.db.collection('any').listSearchIndexes().toArray())).toMatchObject(search);
    expect(await aggregate({ $unionWith: { coll: 'b', pipeline: [{ $search: {} }] } })).toMatchObject(search);
    const stranger = new mongoose.mongo.MongoClient(server.uri.replace('://', '://name:word@'));
    expect(await failure(stranger.db('any').command({ ping: 1 }))).toMatchObject({
      code: 18,
      codeName: 'AuthenticationFailed',
    });
    await stranger.close();
    expect(await failure(server.client.db('admin').command({ replSetGetStatus: 1 }))).toMatchObject({ code: 76 });
  });

  it('in transactions is what a standalone answers', async () => {
    const session = server.client.startSession();
    session.startTransaction();
    const error = await failure(server.db.collection('any').insertOne({ a: 1 }, { session }));
    expect(error).toMatchObject({ originalError: { code: 20, codeName: 'IllegalOperation' } });
    await session.endSession();
    expect(await server.db.collection('any').countDocuments({})).toBe(0);
    // Drivers number the ends of transactions, too.
    for (const name of ['abortTransaction', 'commitTransaction'])
      expect(await failure(server.client.db('admin').command({ [name]: 1 }))).toMatchObject({ code: 20 });
  });

  it('is never approximated with decimals', async () => {
    const decimals = server.db.collection('decimals');
    await decimals.insertOne({ n: mongoose.mongo.BSON.Decimal128.fromString('2') });
    expect(await failure(decimals.aggregate([{ $project: { m: { $ln: '$n' } } }]).toArray())).toMatchObject({
      code: 238,
    });
  });

  it('in indexes and collections is refused when they are made', async () => {
    const collection = server.db.collection('kinds');
    expect(await failure(collection.createIndex({ a: 'hashed' }))).toMatchObject({ code: 67 });
    expect(await failure(collection.createIndex({ a: '2dsphere' }))).toMatchObject({ code: 67 });
    // The kind is what is refused, and not the fields that belong to it.
    expect(await failure(collection.createIndex({ a: '2d' }, { bits: 26 }))).toMatchObject({
      code: 67,
      message: expect.stringContaining("type '2d' are not supported"),
    });
    expect(await failure(collection.createIndex({ a: 1 }, { bits: 26 }))).toMatchObject({ code: 197 });
    expect(await failure(server.db.createCollection('capped', { capped: true, size: 1000 }))).toMatchObject({
      code: 72,
    });
    expect(await failure(server.db.createCollection('bad$name'))).toMatchObject({ code: 73 });
  });

  it('as documents is refused before anything is written', async () => {
    const collection = server.db.collection<{ _id: unknown; text?: string }>('documents');
    expect(await failure(collection.insertOne({ _id: [1] }))).toMatchObject({ code: 53 });
    const longText = (more: number): { _id: number; text: string } => ({ _id: 1, text: 'x'.repeat(2 ** 24 + more) });
    expect(await failure(collection.insertOne(longText(0)))).toMatchObject({ code: 2 });
    expect(await failure(collection.insertOne(longText(2 ** 14)))).toMatchObject({ code: 10334 });
    expect(await collection.countDocuments({})).toBe(0);
  });
});

describe('collections and databases', () => {
  it('are listed, counted and dropped', async () => {
    const db = server.client.db('other');
    await db.createCollection('one');
    await db.collection('two').insertMany([{ a: 1 }, { a: 2 }]);
    expect((await db.listCollections().toArray()).map(({ name }) => name)).toEqual(['one', 'two']);
    expect(await failure(db.createCollection('one', { collation: { locale: 'en' } }))).toMatchObject({ code: 48 });
    expect((await server.client.db().admin().listDatabases({ nameOnly: true })).databases).toContainEqual({
      name: 'other',
    });
    expect(await db.collection('two').estimatedDocumentCount()).toBe(2);
    expect(await db.collection('two').drop()).toBe(true);
    expect(await db.collection('two').find().toArray()).toEqual([]);
    await db.dropDatabase();
    expect(await db.listCollections().toArray()).toEqual([]);
  });

  it('give cursors that keep their state while documents change', async () => {
    const collection = server.db.collection<{ _id: number }>('cursors');
    await collection.insertMany(Array.from({ length: 500 }, (_, _id) => ({ _id })));
    const cursor = collection.find().sort({ _id: 1 }).batchSize(50);
    expect(await cursor.next()).toEqual({ _id: 0 });
    await collection.deleteMany({ _id: { $gte: 100 } });
    expect(await cursor.toArray()).toHaveLength(499);
    expect(await collection.countDocuments({})).toBe(100);
    const abandoned = collection.find().batchSize(10);
    await abandoned.next();
    const id = abandoned.id;
    await abandoned.close();
    expect(await refused({ getMore: id, collection: 'cursors' })).toMatchObject({ code: 43 });
  });
});
