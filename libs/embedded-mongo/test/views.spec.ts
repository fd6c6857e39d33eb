import { beforeAll, describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const server = serverForFile();

describe('a view', () => {
  beforeAll(async () => {
    await server.db.collection<{ _id: number }>('people').insertMany([
      { _id: 1, name: 'a', age: 10, tags: ['x', 'y'] },
      { _id: 2, name: 'b', age: 20, tags: ['y'] },
      { _id: 3, name: 'c', age: 30, tags: [] },
    ] as never);
    await server.db.collection('people').createIndex({ age: 1 });
    await server.db.createCollection('adults', { viewOn: 'people', pipeline: [{ $match: { age: { $gte: 18 } } }] });
    await server.db.createCollection('names', { viewOn: 'adults', pipeline: [{ $project: { name: 1 } }] });
  });

  it('shows what its pipeline gives, now and after changes', async () => {
    expect(await server.db.collection('names').find().toArray()).toEqual([
      { _id: 2, name: 'b' },
      { _id: 3, name: 'c' },
    ]);
    await server.db.collection('people').updateOne({ _id: 1 as never }, { $set: { age: 18 } });
    expect(await server.db.collection('names').find({ name: 'a' }).toArray()).toHaveLength(1);
    await server.db.collection('people').updateOne({ _id: 1 as never }, { $set: { age: 10 } });
  });

  it('is filtered, sorted, cut, projected, counted and aggregated', async () => {
    const adults = server.db.collection('adults');
    expect(await adults.find({ age: { $lt: 30 } }).toArray()).toMatchObject([{ _id: 2 }]);
    const page = adults.find({}, { projection: { age: 0 } }).sort({ name: -1 });
    expect(await page.toArray()).toEqual([
      { _id: 3, name: 'c', tags: [] },
      { _id: 2, name: 'b', tags: ['y'] },
    ]);
    expect(await adults.find().sort({ _id: 1 }).skip(1).limit(1).toArray()).toMatchObject([{ _id: 3 }]);
    expect(await adults.countDocuments({})).toBe(2);
    expect(await adults.estimatedDocumentCount()).toBe(2);
    expect(await adults.distinct('tags')).toEqual(['y']);
    expect(await adults.aggregate([{ $group: { _id: null, sum: { $sum: '$age' } } }]).toArray()).toEqual([
      { _id: null, sum: 50 },
    ]);
    const joined = server.db
      .collection('people')
      .aggregate([
        { $lookup: { from: 'names', localField: '_id', foreignField: '_id', as: 'adult' } },
        { $match: { adult: { $ne: [] } } },
      ]);
    expect(await joined.toArray()).toHaveLength(2);
  });

  it('is listed as one, and takes no documents and no indexes', async () => {
    expect(await server.db.listCollections({ name: 'names' }).toArray()).toMatchObject([
      { type: 'view', options: { viewOn: 'adults', pipeline: [{ $project: { name: 1 } }] }, info: { readOnly: true } },
    ]);
    const view = server.db.collection('names');
    const writes = [
      () => view.insertOne({ a: 1 }),
      () => view.updateOne({}, { $set: { a: 1 } }),
      () => view.deleteMany({}),
      () => view.findOneAndDelete({}),
      () => view.createIndex({ a: 1 }),
    ];
    for (const write of writes)
      expect(await failure(write())).toMatchObject({ code: 166, codeName: 'CommandNotSupportedOnView' });
  });

  it('may not show itself, may be changed, and is dropped without what it shows', async () => {
    await server.db.createCollection('circle1', { viewOn: 'circle2', pipeline: [] });
    expect(await failure(server.db.createCollection('circle2', { viewOn: 'circle1', pipeline: [] }))).toMatchObject({
      code: 5,
    });
    await server.db.command({ collMod: 'circle1', viewOn: 'people', pipeline: [{ $limit: 1 }] });
    expect(await server.db.collection('circle1').find().toArray()).toHaveLength(1);
    const renamed = server.client
      .db('admin')
      .command({ renameCollection: 'tests.people', to: 'tests.circle1', dropTarget: true });
    expect(await failure(renamed)).toMatchObject({ code: 48 });
    expect(await failure(server.db.command({ collMod: 'circle1', index: { name: 'a', hidden: true } }))).toMatchObject({
      code: 72,
    });
    await server.db.collection('circle1').drop();
    expect(await server.db.collection('people').countDocuments({})).toBe(3);
    expect(
      await failure(server.db.createCollection('v', { viewOn: 'people', pipeline: [{ $out: 'x' }] })),
    ).toMatchObject({ code: 167, codeName: 'OptionNotSupportedOnView' });
  });
});

describe('$out', () => {
  it('puts a result in the place of a collection, with the indexes that were there', async () => {
    const target = server.db.collection<{ _id: number }>('target');
    await target.createIndex({ name: 1 }, { unique: true });
    await target.insertOne({ _id: 9 });
    const copied = server.db.collection('people').aggregate([{ $match: { age: { $gte: 20 } } }, { $out: 'target' }]);
    expect(await copied.toArray()).toEqual([]);
    expect(await target.distinct('_id')).toEqual([2, 3]);
    expect(await target.find({ name: 'b' }, { hint: 'name_1' }).toArray()).toHaveLength(1);
    const broken = [{ $project: { name: 'same' } }, { $out: 'target' }];
    expect(await failure(server.db.collection('people').aggregate(broken).toArray())).toMatchObject({ code: 11000 });
    expect(await target.distinct('_id')).toEqual([2, 3]);
    const names = (await server.db.listCollections().toArray()).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('tmp'))).toEqual([]);
  });

  it('leaves nothing behind when its target has no valid name', async () => {
    const into = (target: string): Promise<unknown> =>
      server.db
        .collection('people')
        .aggregate([{ $out: target }])
        .toArray();
    expect(await failure(into('not$valid'))).toMatchObject({ code: 73 });
    const names = (await server.db.listCollections().toArray()).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('tmp'))).toEqual([]);
    await into('valid');
    expect(await server.db.collection('valid').countDocuments({})).toBe(
      await server.db.collection('people').countDocuments({}),
    );
  });

  it('keeps the collation of the collection that it replaces', async () => {
    await server.db.createCollection('folded', { collation: { locale: 'en', strength: 2 } });
    const folded = server.db.collection('folded');
    await server.db
      .collection('people')
      .aggregate([{ $limit: 1 }, { $set: { name: 'Name' } }, { $out: 'folded' }])
      .toArray();
    expect(await folded.countDocuments({ name: 'NAME' })).toBe(1);
    expect(await folded.options()).toMatchObject({ collation: { locale: 'en', strength: 2 } });
  });

  it('may stand at the end only', async () => {
    const run = (...pipeline: object[]) => failure(server.db.collection('people').aggregate(pipeline).toArray());
    expect(await run({ $out: 'x' }, { $match: {} })).toMatchObject({ code: 40601 });
    expect(await run({ $facet: { a: [{ $out: 'x' }] } })).toMatchObject({ code: 40600 });
  });
});

describe('$merge', () => {
  const merge = (documents: object[], spec: object) =>
    server.db.aggregate([{ $documents: documents }, { $merge: { into: 'merged', ...spec } }]).toArray();
  const all = () => server.db.collection('merged').find().sort({ _id: 1 }).toArray();

  it('inserts what is new and does what it is told with what is there', async () => {
    await merge([{ _id: 1, a: 1, b: 1 }], {});
    await merge(
      [
        { _id: 1, b: 2 },
        { _id: 2, b: 2 },
      ],
      {},
    );
    expect(await all()).toEqual([
      { _id: 1, a: 1, b: 2 },
      { _id: 2, b: 2 },
    ]);
    await merge([{ _id: 1, c: 3 }], { whenMatched: 'replace' });
    await merge([{ _id: 2, c: 3 }], { whenMatched: 'keepExisting' });
    await merge([{ _id: 3 }], { whenNotMatched: 'discard' });
    expect(await all()).toEqual([
      { _id: 1, c: 3 },
      { _id: 2, b: 2 },
    ]);
    await merge([{ _id: 2, b: 40 }], { whenMatched: [{ $set: { b: { $add: ['$b', '$$new.b'] } } }] });
    expect((await all())[1]).toEqual({ _id: 2, b: 42 });
    expect(await failure(merge([{ _id: 1 }], { whenMatched: 'fail' }))).toMatchObject({ code: 11000 });
    expect(await failure(merge([{ _id: 7 }], { whenNotMatched: 'fail' }))).toMatchObject({ code: 13113 });
  });

  it('tells documents apart by fields with a unique index', async () => {
    expect(await failure(merge([{ key: 1 }], { on: 'key' }))).toMatchObject({ code: 51183 });
    await server.db.collection('merged').deleteMany({});
    await server.db.collection('merged').createIndex({ key: 1 }, { unique: true });
    await merge([{ _id: 1, key: 'k', n: 1 }], { on: 'key' });
    await merge([{ key: 'k', n: 2 }], { on: 'key', whenMatched: 'merge' });
    expect(await all()).toEqual([{ _id: 1, key: 'k', n: 2 }]);
    expect(await failure(merge([{ n: 2 }], { on: 'key' }))).toMatchObject({ code: 51132 });
  });
});

describe('bulkWrite over several collections', () => {
  it('counts and reports what each operation did', async () => {
    const result = await server.client.bulkWrite(
      [
        { namespace: 'tests.bulk1', name: 'insertOne', document: { _id: 1 as never, n: 1 } },
        { namespace: 'tests.bulk2', name: 'insertOne', document: { _id: 1 as never } },
        { namespace: 'tests.bulk1', name: 'updateOne', filter: { _id: 1 as never }, update: { $inc: { n: 1 } } },
        {
          namespace: 'tests.bulk1',
          name: 'updateOne',
          filter: { _id: 2 as never },
          update: { $set: { n: 5 } },
          upsert: true,
        },
        { namespace: 'tests.bulk1', name: 'replaceOne', filter: { _id: 2 as never }, replacement: { n: 6 } },
        { namespace: 'tests.bulk2', name: 'deleteOne', filter: { _id: 1 as never } },
      ],
      { verboseResults: true },
    );
    expect(result).toMatchObject({
      insertedCount: 2,
      matchedCount: 2,
      modifiedCount: 2,
      upsertedCount: 1,
      deletedCount: 1,
    });
    expect(result.updateResults?.get(3)).toMatchObject({ upsertedId: 2 });
    expect(await server.db.collection('bulk1').find().toArray()).toEqual([
      { _id: 1, n: 2 },
      { _id: 2, n: 6 },
    ]);
    expect(await server.db.collection('bulk2').countDocuments({})).toBe(0);
  });

  it('stops at the first error when ordered, and goes on when not', async () => {
    const models = [1, 1, 2].map(
      (_id) => ({ namespace: 'tests.bulk3', name: 'insertOne', document: { _id: _id as never } }) as const,
    );
    expect(await failure(server.client.bulkWrite(models))).toMatchObject({ name: 'MongoClientBulkWriteError' });
    expect(await server.db.collection('bulk3').countDocuments({})).toBe(1);
    const error = await failure(server.client.bulkWrite(models, { ordered: false }));
    expect([...(error['writeErrors'] as Map<number, { code: number }>)].map(([i, { code }]) => [i, code])).toEqual([
      [0, 11000],
      [1, 11000],
    ]);
    expect(await server.db.collection('bulk3').countDocuments({})).toBe(2);
  });
});
