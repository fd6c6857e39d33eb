import mongoose, { Schema, type Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const server = serverForFile();
let connection: Connection;

const userSchema = new Schema(
  {
    email: { type: String, unique: true },
    name: String,
    age: Number,
    tags: [String],
    address: { city: String, zip: String },
    friends: [{ type: Schema.Types.ObjectId, ref: 'User' }],
  },
  { timestamps: true },
);

const userModel = () => connection.model('User', userSchema);

beforeAll(async () => {
  connection = await mongoose.createConnection(server.uri, { dbName: 'app' }).asPromise();
  await userModel().init();
  await userModel().insertMany(
    Array.from({ length: 30 }, (_, i) => ({
      email: `user${String(i).padStart(2, '0')}@example.org`,
      name: `User ${i}`,
      age: i,
      tags: i % 2 === 0 ? ['even', 'all'] : ['odd', 'all'],
      address: { city: i < 10 ? 'Bonn' : 'Ulm', zip: String(10_000 + i) },
    })),
  );
});
afterAll(() => connection.close());

describe('Mongoose', () => {
  it('creates a document and finds it again with its timestamps', async () => {
    const created = await userModel().create({ email: 'new@example.org', age: 3.5 });
    const found = await userModel().findById(created._id).orFail();
    expect(found.toObject()).toEqual(created.toObject());
    expect(found.createdAt).toBeInstanceOf(Date);
    await found.deleteOne();
    expect(await userModel().findById(created._id)).toBeNull();
  });

  it('sorts, projects, skips and limits', async () => {
    const page = await userModel()
      .find({ age: { $gte: 5 } })
      .sort({ age: -1 })
      .skip(2)
      .limit(3)
      .select('age -_id')
      .lean();
    expect(page).toEqual([{ age: 27 }, { age: 26 }, { age: 25 }]);
  });

  it('reads a long result through a cursor in batches', async () => {
    const ages: unknown[] = [];
    for await (const user of userModel().find().sort({ email: 1 }).cursor({ batchSize: 7 })) ages.push(user.age);
    expect(ages).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  it('finds by conditions on fields, arrays, embedded documents and patterns', async () => {
    const count = (filter: Record<string, unknown>) => userModel().countDocuments(filter);
    expect(await count({ 'address.city': 'Bonn' })).toBe(10);
    expect(await count({ tags: 'odd' })).toBe(15);
    expect(await count({ tags: { $all: ['even', 'all'] } })).toBe(15);
    expect(await count({ tags: { $size: 2 } })).toBe(30);
    expect(await count({ tags: { $elemMatch: { $eq: 'odd' } } })).toBe(15);
    expect(await count({ email: /^USER0/i })).toBe(10);
    expect(await count({ age: { $in: [1, 2, 99] } })).toBe(2);
    expect(await count({ age: { $nin: [1, 2] } })).toBe(28);
    expect(await count({ $or: [{ age: 1 }, { age: { $gt: 27 } }] })).toBe(3);
    expect(await count({ $nor: [{ age: { $lt: 29 } }] })).toBe(1);
    expect(await count({ age: { $not: { $gt: 3 } } })).toBe(4);
    expect(await count({ nickname: { $exists: false }, friends: [] })).toBe(30);
    expect(await count({ nickname: null })).toBe(30);
    expect(await count({ age: { $mod: [10, 3] } })).toBe(3);
    expect(await count({ $expr: { $gt: ['$age', 27] } })).toBe(2);
    expect(await count({ name: { $gte: 'User 8', $lt: 'User 9' } })).toBe(1);
  });

  it('updates with operators and reports what it matched and changed', async () => {
    const result = await userModel().updateMany(
      { age: { $lt: 2 } },
      { $set: { 'address.city': 'Kiel' }, $addToSet: { tags: 'all' }, $inc: { age: 0 } },
    );
    expect(result).toMatchObject({ matchedCount: 2, modifiedCount: 2 });
    const again = await userModel().updateMany(
      { age: { $lt: 2 } },
      { $set: { 'address.city': 'Kiel' } },
      { timestamps: false },
    );
    expect(again).toMatchObject({ matchedCount: 2, modifiedCount: 0 });
    await userModel().updateMany({ age: { $lt: 2 } }, { $set: { 'address.city': 'Bonn' } });
  });

  it('upserts with $setOnInsert once and finds the same document afterwards', async () => {
    const upsert = () =>
      userModel()
        .findOneAndUpdate(
          { email: 'once@example.org' },
          { $inc: { age: 1 }, $setOnInsert: { name: 'Once' } },
          { upsert: true, returnDocument: 'after' },
        )
        .lean()
        .orFail();
    const first = await upsert();
    const second = await upsert();
    expect(first).toMatchObject({ email: 'once@example.org', name: 'Once', age: 1 });
    expect(second).toMatchObject({ _id: first._id, age: 2 });
    const before = await userModel()
      .findOneAndUpdate({ email: 'once@example.org' }, { age: 9 }, { returnDocument: 'before' })
      .lean();
    expect(before?.age).toBe(2);
    const removed = await userModel()
      .findOneAndDelete({ email: 'once@example.org' }, { sort: { age: 1 } })
      .lean();
    expect(removed?.age).toBe(9);
  });

  it('reports a duplicate as E11000 with the key that is taken', async () => {
    const taken = { email: 'user01@example.org' };
    const errors = [
      await failure(userModel().create(taken)),
      await failure(userModel().updateOne({ age: 5 }, taken)),
      await failure(userModel().findOneAndUpdate({ age: 5 }, taken)),
    ];
    for (const error of errors) {
      expect(error).toMatchObject({ code: 11000, keyPattern: { email: 1 }, keyValue: taken });
      expect(error['message']).toContain(
        'E11000 duplicate key error collection: app.users index: email_1 dup key: { email: "user01@example.org" }',
      );
    }
  });

  it('goes on after an error in an unordered insert, and stops in an ordered one', async () => {
    const documents = [{ email: 'x1@example.org' }, { email: 'user01@example.org' }, { email: 'x2@example.org' }];
    const unordered = await failure(userModel().insertMany(documents, { ordered: false }));
    expect(unordered).toMatchObject({ code: 11000, insertedCount: 2 });
    await userModel().deleteMany({ email: /^x/ });
    const ordered = await failure(userModel().collection.insertMany(documents.map((document) => ({ ...document }))));
    expect(ordered).toMatchObject({ code: 11000, insertedCount: 1, writeErrors: [{ index: 1, code: 11000 }] });
    expect((await userModel().deleteMany({ email: /^x/ })).deletedCount).toBe(1);
  });

  it('writes in bulk', async () => {
    const result = await userModel().bulkWrite([
      { insertOne: { document: { email: 'bulk@example.org', age: 1 } } },
      { updateOne: { filter: { email: 'bulk@example.org' }, update: { $set: { age: 2 } } } },
      { updateOne: { filter: { email: 'bulk2@example.org' }, update: { $set: { age: 3 } }, upsert: true } },
      { replaceOne: { filter: { email: 'bulk@example.org' }, replacement: { email: 'bulk3@example.org', age: 4 } } },
      { deleteMany: { filter: { email: /^bulk/ } } },
    ]);
    expect(result).toMatchObject({
      insertedCount: 1,
      matchedCount: 2,
      modifiedCount: 2,
      upsertedCount: 1,
      deletedCount: 2,
    });
  });

  it('aggregates, with $lookup on a real collection', async () => {
    const groups = await userModel().aggregate([
      { $match: { age: { $lt: 20 } } },
      { $group: { _id: '$address.city', n: { $sum: 1 }, oldest: { $max: '$age' }, mean: { $avg: '$age' } } },
      { $sort: { _id: 1 } },
    ]);
    expect(groups).toEqual([
      { _id: 'Bonn', n: 10, oldest: 9, mean: 4.5 },
      { _id: 'Ulm', n: 10, oldest: 19, mean: 14.5 },
    ]);
    const [a, b] = await userModel()
      .find({ age: { $in: [1, 2] } })
      .sort({ age: 1 });
    await a?.set('friends', [b?._id]).save();
    const [joined] = await userModel().aggregate([
      { $match: { age: 1 } },
      { $lookup: { from: 'users', localField: 'friends', foreignField: '_id', as: 'known' } },
      { $project: { _id: 0, names: '$known.name' } },
    ]);
    expect(joined).toEqual({ names: ['User 2'] });
    const populated = await userModel()
      .findOne({ age: 1 })
      .populate<{ friends: { name: string }[] }>('friends')
      .orFail();
    expect(populated.friends.map((friend) => friend.name)).toEqual(['User 2']);
  });

  it('lists distinct values', async () => {
    expect((await userModel().distinct('tags', { age: { $lt: 4 } })).sort()).toEqual(['all', 'even', 'odd']);
  });

  it('keeps a document that two saves race for consistent through versions', async () => {
    const [first, second] = [
      await userModel().findOne({ age: 7 }).orFail(),
      await userModel().findOne({ age: 7 }).orFail(),
    ];
    first.tags.splice(0, 1);
    await first.save();
    second.tags.splice(0, 1);
    expect(await failure(second.save())).toMatchObject({ name: 'VersionError' });
  });
});
