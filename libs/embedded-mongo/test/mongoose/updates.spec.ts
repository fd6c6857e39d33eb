import { Schema, Types } from 'mongoose';
import { beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../support.js';
import { connectionForFile } from './connection.js';

const connection = connectionForFile();
const Page = connection.model(
  'Page',
  new Schema({
    path: { type: String, unique: true },
    title: { type: String, default: 'untitled' },
    hits: Number,
    owner: { type: String, immutable: true },
    meta: { lang: String, words: Number },
    log: [String],
  }),
);
const after = { returnDocument: 'after' } as const;

beforeEach(async () => {
  await Page.deleteMany({});
  await Page.create([
    { path: '/a', hits: 1, owner: 'ann', meta: { lang: 'en', words: 10 } },
    { path: '/b', hits: 2, owner: 'bob', meta: { lang: 'de', words: 20 } },
    { path: '/c', hits: 3, owner: 'cid', meta: { lang: 'en', words: 30 } },
  ]);
});

describe('findOneAndUpdate', () => {
  it('returns the document before or after', async () => {
    const before = await Page.findOneAndUpdate({ path: '/a' }, { $inc: { hits: 1 } }).lean();
    expect(before?.hits).toBe(1);
    expect((await Page.findOneAndUpdate({ path: '/a' }, { $inc: { hits: 1 } }, after).lean())?.hits).toBe(3);
    expect(await Page.findOneAndUpdate({ path: '/none' }, { hits: 1 }, after)).toBeNull();
  });

  it('takes the first of a sort, and projects', async () => {
    const options = { ...after, sort: { hits: -1 as const }, projection: { path: 1, hits: 1 } };
    const changed = await Page.findOneAndUpdate({ 'meta.lang': 'en' }, { $mul: { hits: 10 } }, options).lean();
    expect(changed).toEqual({ _id: expect.any(Types.ObjectId) as object, path: '/c', hits: 30 });
  });

  it('upserts with defaults and $setOnInsert once, and finds the same document afterwards', async () => {
    const upsert = () =>
      Page.findOneAndUpdate(
        { path: '/new' },
        { $inc: { hits: 1 }, $setOnInsert: { owner: 'eve' } },
        { ...after, upsert: true },
      )
        .lean()
        .orFail();
    const first = await upsert();
    const second = await upsert();
    expect(first).toMatchObject({ path: '/new', owner: 'eve', title: 'untitled', hits: 1, log: [], __v: 0 });
    expect(second).toMatchObject({ _id: first._id, hits: 2 });
    const bare = { upsert: true, setDefaultsOnInsert: false } as const;
    const { upsertedId } = await Page.updateOne({ path: '/bare' }, { hits: 1 }, bare);
    expect(await Page.collection.findOne({ _id: upsertedId! })).not.toHaveProperty('title');
  });

  it('tells with includeResultMetadata what it did', async () => {
    const options = { ...after, upsert: true, includeResultMetadata: true } as const;
    const made = await Page.findOneAndUpdate({ path: '/m' }, { hits: 5 }, options);
    expect(made.lastErrorObject).toMatchObject({ n: 1, updatedExisting: false, upserted: made.value?._id });
    const changed = await Page.findOneAndUpdate({ path: '/m' }, { hits: 6 }, options);
    expect(changed.lastErrorObject).toEqual({ n: 1, updatedExisting: true });
    expect(changed.value?.hits).toBe(6);
  });

  it('takes pipelines', async () => {
    const pipeline = [{ $set: { title: { $concat: ['$path', ' by ', '$owner'] } } }, { $unset: 'hits' }];
    const changed = await Page.findOneAndUpdate({ path: '/b' }, pipeline, { ...after, updatePipeline: true }).lean();
    expect(changed).toMatchObject({ title: '/b by bob' });
    expect(changed).not.toHaveProperty('hits');
  });

  it('counts up without losing one when many do it at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 40 }, () => Page.findOneAndUpdate({ path: '/a' }, { $inc: { hits: 1 } }, after).lean()),
    );
    const seen = results.map((result) => Number(result?.hits)).toSorted((a, b) => a - b);
    expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => i + 2));
  });

  it('replaces and deletes one as well', async () => {
    const replaced = await Page.findOneAndReplace({ path: '/a' }, { path: '/z' }, after).lean().orFail();
    expect(replaced).toMatchObject({ path: '/z', title: 'untitled' });
    expect(replaced).not.toHaveProperty('meta');
    expect((await Page.findOneAndDelete({ hits: { $gt: 0 } }, { sort: { hits: -1 } }).lean())?.path).toBe('/c');
    expect((await Page.findByIdAndDelete(replaced._id).lean())?.path).toBe('/z');
    expect(await Page.findByIdAndDelete(new Types.ObjectId())).toBeNull();
    expect(await Page.distinct('path')).toEqual(['/b']);
  });
});

describe('updates', () => {
  it('report what they matched and changed', async () => {
    const filter = { 'meta.lang': 'en' };
    expect(await Page.updateMany(filter, { 'meta.words': 10 })).toMatchObject({ matchedCount: 2, modifiedCount: 1 });
    expect(await Page.updateMany(filter, { 'meta.words': 10 })).toMatchObject({ matchedCount: 2, modifiedCount: 0 });
    expect(await Page.updateOne({ path: '/none' }, { hits: 0 })).toMatchObject({ matchedCount: 0, upsertedCount: 0 });
    const upserted = await Page.updateOne({ path: '/up' }, { hits: 1 }, { upsert: true });
    expect(upserted).toMatchObject({
      matchedCount: 0,
      upsertedCount: 1,
      upsertedId: expect.any(Types.ObjectId) as object,
    });
    expect(await Page.deleteMany(filter)).toMatchObject({ deletedCount: 2 });
  });

  it('take $unset, $rename, $min, $max and $currentDate', async () => {
    await Page.updateOne({ path: '/a' }, { $unset: { title: 1 }, $min: { hits: 0 }, $max: { 'meta.words': 99 } });
    expect(await Page.collection.findOne({ path: '/a' })).toMatchObject({ hits: 0, meta: { lang: 'en', words: 99 } });
    expect(await Page.collection.findOne({ path: '/a' })).not.toHaveProperty('title');
    await Page.collection.updateOne({ path: '/b' }, { $rename: { 'meta.lang': 'lang' }, $currentDate: { seen: true } });
    expect(await Page.collection.findOne({ path: '/b' })).toMatchObject({
      lang: 'de',
      meta: { words: 20 },
      seen: expect.any(Date) as Date,
    });
  });

  it('leave what is immutable, and refuse what is not in a strict schema when told to', async () => {
    await Page.updateOne({ path: '/a' }, { owner: 'mallory', hits: 7, unknown: 1 });
    const stored = await Page.collection.findOne({ path: '/a' });
    expect(stored).toMatchObject({ owner: 'ann', hits: 7 });
    expect(stored).not.toHaveProperty('unknown');
    const strict = Page.updateOne({ path: '/a' }, { unknown: 1 }, { strict: 'throw' }).exec();
    expect(await failure(strict)).toMatchObject({ name: 'StrictModeError' });
    expect(await failure(Page.updateOne({ path: '/a' }, { hits: 'many' }).exec())).toMatchObject({
      name: 'CastError',
    });
  });

  it('fail as a whole when an operator does not fit the stored value', async () => {
    const error = await failure(Page.collection.updateOne({ path: '/a' }, { $set: { hits: 9 }, $inc: { title: 1 } }));
    expect(error).toMatchObject({ code: 14 });
    const twice = await failure(Page.collection.updateOne({ path: '/a' }, { $set: { hits: 9 }, $inc: { hits: 1 } }));
    expect(twice).toMatchObject({ code: 40 });
    const id = await failure(Page.collection.updateOne({ path: '/a' }, { $set: { _id: new Types.ObjectId() } }));
    expect(id).toMatchObject({ code: 66 });
    expect((await Page.findOne({ path: '/a' }))?.hits).toBe(1);
  });
});
