import { Schema } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { failure } from '../support.js';
import { connectionForFile } from './connection.js';

const connection = connectionForFile();
const schema = new Schema(
  {
    email: { type: String, unique: true },
    nick: { type: String, index: true, sparse: true },
    team: String,
    rank: Number,
    active: Boolean,
    expires: { type: Date, expires: 3600 },
    tags: { type: [String], index: true },
    nested: { code: Number },
  },
  { autoIndex: true },
);
schema.index({ team: 1, rank: -1 }, { unique: true, partialFilterExpression: { active: true } });
schema.index({ 'nested.code': 1 }, { name: 'by code' });
const Member = connection.model('Member', schema);
const names = async () => (await Member.listIndexes()).map((index) => index.name as string).toSorted();
const DECLARED = ['_id_', 'by code', 'email_1', 'expires_1', 'nick_1', 'tags_1', 'team_1_rank_-1'];

describe('indexes', () => {
  it('are made when the model is, with their options', async () => {
    expect(await names()).toEqual(DECLARED);
    const indexes = new Map((await Member.listIndexes()).map((index) => [index.name as string, index]));
    expect(indexes.get('email_1')).toMatchObject({ key: { email: 1 }, unique: true });
    expect(indexes.get('nick_1')).toMatchObject({ sparse: true });
    expect(indexes.get('expires_1')).toMatchObject({ expireAfterSeconds: 3600 });
    expect(indexes.get('team_1_rank_-1')).toMatchObject({
      key: { team: 1, rank: -1 },
      unique: true,
      partialFilterExpression: { active: true },
    });
    expect(Object.keys(indexes.get('team_1_rank_-1')?.key as object)).toEqual(['team', 'rank']);
  });

  it('are brought to what the schema declares by syncIndexes, and only when they differ', async () => {
    await Member.collection.createIndex({ rank: 1 });
    await Member.collection.dropIndex('nick_1');
    expect(await Member.diffIndexes()).toEqual({ toDrop: ['rank_1'], toCreate: [{ nick: 1 }] });
    expect(await Member.syncIndexes()).toEqual(['rank_1']);
    expect(await names()).toEqual(DECLARED);
    expect(await Member.diffIndexes()).toEqual({ toDrop: [], toCreate: [] });
    expect(await Member.syncIndexes()).toEqual([]);
  });

  it('are replaced by syncIndexes when their options differ', async () => {
    await Member.collection.dropIndex('email_1');
    await Member.collection.createIndex({ email: 1 });
    expect(await Member.syncIndexes()).toEqual(['email_1']);
    const email = (await Member.listIndexes()).find((index) => index.name === 'email_1');
    expect(email).toMatchObject({ unique: true });
  });

  it('are left out by cleanIndexes when the schema does not declare them', async () => {
    await Member.collection.createIndex({ active: -1 });
    expect(await Member.cleanIndexes()).toEqual(['active_-1']);
    expect(await names()).toEqual(DECLARED);
  });

  it('are not made when documents contradict them', async () => {
    await Member.collection.insertMany([
      { email: 'x', nick: 'same' },
      { email: 'y', nick: 'same' },
    ]);
    const error = await failure(Member.collection.createIndex({ nick: -1 }, { unique: true }));
    expect(error).toMatchObject({ code: 11000, codeName: 'DuplicateKey' });
    expect(await names()).toEqual(DECLARED);
    await Member.deleteMany({});
  });

  it('are refused when one of their name has other options', async () => {
    const error = await failure(Member.collection.createIndex({ email: 1 }, { unique: true, sparse: true }));
    expect(error).toMatchObject({ code: 86, codeName: 'IndexKeySpecsConflict' });
  });
});

describe('unique indexes', () => {
  it('name the key that is taken, for inserts and for every kind of update', async () => {
    await Member.create([{ email: 'a@x' }, { email: 'b@x' }]);
    const update = { email: 'a@x' };
    const filter = { email: 'b@x' };
    const second = await Member.findOne(filter).orFail();
    const errors = [
      await failure(Member.create(update)),
      await failure(second.set(update).save()),
      await failure(Member.updateOne(filter, update)),
      await failure(Member.replaceOne(filter, update)),
      await failure(Member.findOneAndUpdate(filter, update)),
      await failure(Member.findOneAndReplace(filter, update)),
      await failure(Member.updateOne({ rank: 99 }, update, { upsert: true })),
    ];
    for (const error of errors) {
      expect(error).toMatchObject({ code: 11000, keyPattern: { email: 1 }, keyValue: { email: 'a@x' } });
      expect(error['message']).toContain(
        `E11000 duplicate key error collection: ${connection.name}.members index: email_1 dup key: { email: "a@x" }`,
      );
    }
    expect(await Member.distinct('email')).toEqual(['a@x', 'b@x']);
  });

  it('hold one document without their field, and many when they are sparse or partial', async () => {
    await Member.deleteMany({});
    await Member.collection.insertOne({ nick: 'n' });
    expect(await failure(Member.collection.insertOne({ nick: 'm' }))).toMatchObject({ keyValue: { email: null } });
    const make = (email: string, active: boolean) => Member.create({ email, active, team: 't', rank: 1 });
    await make('1', false);
    await make('2', false);
    await make('3', true);
    expect(await failure(make('4', true))).toMatchObject({ keyPattern: { team: 1, rank: -1 } });
    expect(await failure(Member.updateOne({ email: '1' }, { active: true }))).toMatchObject({ code: 11000 });
    await Member.deleteOne({ email: '3' });
    expect(await Member.updateOne({ email: '1' }, { active: true })).toMatchObject({ modifiedCount: 1 });
  });

  it('are dropped with dropIndexes, but for that of _id', async () => {
    await Member.collection.dropIndexes();
    expect(await names()).toEqual(['_id_']);
    expect(await failure(Member.collection.dropIndex('_id_'))).toMatchObject({ code: 72 });
    expect(await failure(Member.collection.dropIndex('none'))).toMatchObject({ code: 27, codeName: 'IndexNotFound' });
  });
});
