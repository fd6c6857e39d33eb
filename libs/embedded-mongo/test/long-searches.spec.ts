import { beforeEach, describe, expect, it } from 'vitest';
import { beside, serverForFile } from './support.js';

/** More than any machine goes through in 20 ms. */
const MANY = 40_000;

interface Item {
  _id: number;
  text: string;
  by?: string;
}

const store = serverForFile();
const items = () => store.db.collection<Item>('items');
const ping = () => store.db.command({ ping: 1 });

beforeEach(async () => {
  await items().deleteMany({});
  for (let n = 0; n < MANY; n += 10_000)
    await items().insertMany(Array.from({ length: 10_000 }, (_, i) => ({ _id: n + i, text: `item ${n + i}` })));
});

/** What only the last document is; an expression takes its time with each. */
const LAST = { $expr: { $regexMatch: { input: { $concat: ['$text', '!'] }, regex: /^item 39999!$/ } } };
const last = () => items().findOne({ _id: MANY - 1 });

describe('a change of one document after a long search', () => {
  it.each<[string, () => Promise<unknown>, unknown, Item | null]>([
    [
      'updateOne',
      () => items().updateOne(LAST, { $set: { by: 'ada' } }),
      { matchedCount: 1, modifiedCount: 1 },
      { _id: MANY - 1, text: 'item 39999', by: 'ada' },
    ],
    [
      'replaceOne with a sort',
      () => items().replaceOne(LAST, { text: 'other' }, { sort: { text: -1 } }),
      { matchedCount: 1, modifiedCount: 1 },
      { _id: MANY - 1, text: 'other' },
    ],
    ['deleteOne', () => items().deleteOne(LAST), { deletedCount: 1 }, null],
    [
      'findOneAndUpdate',
      () => items().findOneAndUpdate(LAST, { $set: { by: 'ben' } }, { returnDocument: 'after' }),
      { _id: MANY - 1, text: 'item 39999', by: 'ben' },
      { _id: MANY - 1, text: 'item 39999', by: 'ben' },
    ],
    ['findOneAndDelete', () => items().findOneAndDelete(LAST), { _id: MANY - 1, text: 'item 39999' }, null],
    [
      'bulkWrite',
      () =>
        items().bulkWrite([
          { updateOne: { filter: LAST, update: { $set: { by: 'cleo' } } } },
          { deleteOne: { filter: { by: 'nobody' } } },
          { updateOne: { filter: { by: 'cleo' }, update: { $set: { text: 'found again' } } } },
        ]),
      { matchedCount: 2, modifiedCount: 2, deletedCount: 0 },
      { _id: MANY - 1, text: 'found again', by: 'cleo' },
    ],
  ])('%s lets others through, and answers as ever', async (_, run, expected, left) => {
    const [result, answered] = await beside(run(), ping);
    expect(result).toMatchObject(expected as object);
    expect(answered).toBeGreaterThan(3);
    expect(await last()).toEqual(left);
  });

  it('inserts when nothing was found', async () => {
    const updated = await items().updateOne({ text: /none/ }, { $set: { by: 'ada' } }, { upsert: true });
    expect(updated).toMatchObject({ matchedCount: 0, upsertedCount: 1 });
    const found = await items().findOneAndUpdate(
      { text: /none/ },
      { $setOnInsert: { _id: -1, text: 'new' } },
      { upsert: true, returnDocument: 'after' },
    );
    expect(found).toEqual({ _id: -1, text: 'new' });
    expect(await items().findOneAndDelete({ text: /none/ })).toBeNull();
  });

  it('is of a document that the filter still asks for: each is taken by one', async () => {
    const people = Array.from({ length: 15 }, (_, n) => `person ${n}`);
    const taken = await Promise.all(
      people.map((by) => items().findOneAndUpdate({ text: /^item 3999\d$/, by: { $exists: false } }, { $set: { by } })),
    );
    const ids = taken.flatMap((item) => (item ? [item._id] : []));
    expect(ids.sort()).toEqual(Array.from({ length: 10 }, (_, n) => MANY - 10 + n));
    expect(await items().distinct('by')).toHaveLength(10);
  });
});
