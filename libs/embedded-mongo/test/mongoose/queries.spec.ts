import { Schema, type Query } from 'mongoose';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectionForFile } from './connection.js';

const connection = connectionForFile();
const userSchema = new Schema(
  {
    email: { type: String, unique: true },
    name: String,
    age: Number,
    tags: [String],
    address: { city: String, zip: String },
    friends: [{ type: Schema.Types.ObjectId, ref: 'User' }],
  },
  {
    query: {
      inCity<Q extends Query<unknown, unknown>>(this: Q, city: string): Q {
        return this.where({ 'address.city': city });
      },
    },
    statics: {
      oldest() {
        return this.findOne().sort({ age: -1 });
      },
    },
    methods: {
      peers(): Promise<number> {
        const city = this.address?.city ?? null;
        return connection.model('User').countDocuments({ 'address.city': city, _id: { $ne: this._id } });
      },
    },
  },
);
const User = connection.model('User', userSchema);

beforeAll(async () => {
  await User.insertMany(
    Array.from({ length: 30 }, (_, i) => ({
      email: `user${String(i).padStart(2, '0')}@example.org`,
      name: `User ${i}`,
      age: i,
      tags: i % 2 === 0 ? ['even', 'all'] : ['odd', 'all'],
      address: { city: i < 10 ? 'Bonn' : 'Ulm', zip: String(10_000 + i) },
    })),
  );
});

describe('queries', () => {
  it('sort, project, skip and limit', async () => {
    const page = await User.find({ age: { $gte: 5 } })
      .sort({ age: -1 })
      .skip(2)
      .limit(3)
      .select('age -_id')
      .lean();
    expect(page).toEqual([{ age: 27 }, { age: 26 }, { age: 25 }]);
    const sorted = await User.find({ age: { $lt: 12, $gt: 7 } }, { age: 1 })
      .sort('address.city -age')
      .lean();
    expect(sorted.map((user) => user.age)).toEqual([9, 8, 11, 10]);
  });

  it('find by conditions on fields, arrays, embedded documents and patterns', async () => {
    const count = (filter: Record<string, unknown>) => User.countDocuments(filter);
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
    expect(await count({ address: { city: 'Bonn', zip: '10001' } })).toBe(1);
    expect(await count({ address: { zip: '10001', city: 'Bonn' } })).toBe(0);
  });

  it('are built by chaining', async () => {
    const found = await User.find()
      .where('age')
      .gte(3)
      .lte(20)
      .where('tags')
      .in(['odd'])
      .or([{ 'address.city': 'Ulm' }, { age: { $lt: 6 } }])
      .sort({ age: 1 })
      .distinct('age');
    expect(found.toSorted((a, b) => Number(a) - Number(b))).toEqual([3, 5, 11, 13, 15, 17, 19]);
  });

  it('have helpers, statics and methods', async () => {
    expect(await User.find({ tags: 'odd' }).inCity('Bonn').countDocuments()).toBe(5);
    expect((await User.oldest())?.age).toBe(29);
    expect(await (await User.findOne({ age: 29 }).orFail()).peers()).toBe(19);
  });

  it('count with and without conditions, skip and limit', async () => {
    expect(await User.estimatedDocumentCount()).toBe(30);
    expect(await User.countDocuments()).toBe(30);
    expect(await User.countDocuments({ age: { $lt: 20 } }, { skip: 5, limit: 10 })).toBe(10);
    expect(await User.countDocuments({ age: { $lt: 20 } }, { skip: 15 })).toBe(5);
    expect(await User.countDocuments({ age: 99 })).toBe(0);
    expect(await User.countDocuments({ age: { $gte: 20 } }).hint({ _id: 1 })).toBe(10);
    expect(await connection.model('Nothing', new Schema({})).estimatedDocumentCount()).toBe(0);
  });

  it('tell whether something exists', async () => {
    const user = await User.findOne({ age: 4 }).orFail();
    expect(await User.exists({ age: 4 })).toEqual({ _id: user._id });
    expect(await User.exists({ age: 99 })).toBeNull();
  });

  it('list distinct values of fields, of arrays and of embedded documents', async () => {
    expect((await User.distinct('tags', { age: { $lt: 4 } })).toSorted()).toEqual(['all', 'even', 'odd']);
    expect((await User.distinct('address.city')).toSorted()).toEqual(['Bonn', 'Ulm']);
    expect(await User.distinct('tags', { age: 99 })).toEqual([]);
    expect(await User.distinct('missing')).toEqual([]);
  });

  it('explain what they examined', async () => {
    const explained = (await User.find({ email: 'user03@example.org' }).explain('executionStats')) as unknown as {
      executionStats: { nReturned: number; totalDocsExamined: number };
    };
    expect(explained.executionStats).toMatchObject({ nReturned: 1, totalDocsExamined: 1 });
  });

  it('aggregate groups, with a join on a real collection', async () => {
    const groups = await User.aggregate([
      { $match: { age: { $lt: 20 } } },
      { $group: { _id: '$address.city', n: { $sum: 1 }, oldest: { $max: '$age' }, mean: { $avg: '$age' } } },
      { $sort: { _id: 1 } },
    ]);
    expect(groups).toEqual([
      { _id: 'Bonn', n: 10, oldest: 9, mean: 4.5 },
      { _id: 'Ulm', n: 10, oldest: 19, mean: 14.5 },
    ]);
    const friend = await User.findOne({ age: 2 }).orFail();
    await User.updateOne({ age: 1 }, { friends: [friend._id] });
    const [joined] = await User.aggregate([
      { $match: { age: 1 } },
      { $lookup: { from: 'users', localField: 'friends', foreignField: '_id', as: 'known' } },
      { $project: { _id: 0, names: '$known.name' } },
    ]);
    expect(joined).toEqual({ names: ['User 2'] });
  });
});
