import { beforeAll, describe, expect, it } from 'vitest';
import { failure, serverForFile } from './support.js';

const server = serverForFile();
interface Article {
  _id: number;
  title?: string;
  body?: string;
  tags?: string[];
  shelf?: string;
}
const articles = () => server.db.collection<Article>('articles');
const find = async (search: object): Promise<number[]> =>
  (
    await articles()
      .find({ $text: search } as never)
      .sort({ _id: 1 })
      .toArray()
  ).map(({ _id }) => _id);

beforeAll(async () => {
  await articles().insertMany([
    { _id: 1, title: 'Coffee', body: 'How to brew coffee, and coffee again' },
    { _id: 2, title: 'Tea', body: 'A cup of tea is no coffee' },
    { _id: 3, title: 'Café au lait', tags: ['coffee shop', 'milk'] },
    { _id: 4, title: 'Water', body: 'Nothing but water' },
  ]);
  await articles().createIndex({ title: 'text', body: 'text', tags: 'text' }, { weights: { title: 10 }, name: 'all' });
});

describe('$text', () => {
  it('finds any of the words, without case and diacritics', async () => {
    expect(await find({ $search: 'COFFEE' })).toEqual([1, 2, 3]);
    expect(await find({ $search: 'cafe water' })).toEqual([3, 4]);
    expect(await find({ $search: 'cof' })).toEqual([]);
    expect(await find({ $search: '' })).toEqual([]);
  });

  it('asks for phrases as they stand, and for no words behind a minus', async () => {
    expect(await find({ $search: '"coffee shop"' })).toEqual([3]);
    expect(await find({ $search: 'tea "no coffee"' })).toEqual([2]);
    expect(await find({ $search: 'coffee -tea' })).toEqual([1, 3]);
    expect(await find({ $search: 'coffee -"brew coffee"' })).toEqual([2, 3]);
    expect(await find({ $search: '-tea' })).toEqual([]);
  });

  it('minds case and diacritics when it is told to', async () => {
    expect(await find({ $search: 'Coffee', $caseSensitive: true })).toEqual([1]);
    expect(await find({ $search: 'café', $diacriticSensitive: true })).toEqual([3]);
    expect(await find({ $search: 'cafe', $diacriticSensitive: true })).toEqual([]);
  });

  it('stands beside other conditions, and follows changes of documents', async () => {
    const ids = await articles().distinct('_id', { $and: [{ $text: { $search: 'coffee' } }, { _id: { $gt: 1 } }] });
    expect(ids).toEqual([2, 3]);
    await articles().updateOne({ _id: 4 }, { $set: { body: 'Coffee is mostly water' } });
    expect(await find({ $search: 'coffee' })).toEqual([1, 2, 3, 4]);
    expect(await articles().countDocuments({ $text: { $search: 'coffee' } })).toBe(4);
    await articles().updateOne({ _id: 4 }, { $set: { body: 'Nothing but water' } });
    expect(await find({ $search: 'coffee' })).toEqual([1, 2, 3]);
  });

  it('gives a score: by weight, by how often, and by how much of the text a word is', async () => {
    const scored = articles()
      .find({ $text: { $search: 'coffee' } }, { projection: { score: { $meta: 'textScore' } } })
      .sort({ score: { $meta: 'textScore' } });
    const found = (await scored.toArray()) as unknown as { _id: number; score: number }[];
    expect(found.map(({ _id }) => _id)).toEqual([1, 3, 2]);
    // The title is the word: 10 × 1 × (0.5 + 0.5) × 1.1. In the body it occurs twice in seven words.
    expect(found[0]?.score).toBeCloseTo(11 + 1.5 * (0.5 + (0.5 * 2) / 7), 10);
    expect(found[1]?.score).toBeCloseTo(0.5 + 0.5 / 2, 10);
    expect(found[2]?.score).toBeCloseTo(0.5 + 0.5 / 7, 10);
    expect(found[0]).toHaveProperty('title');
  });

  it('gives its score to aggregations', async () => {
    const pipeline = [
      { $match: { $text: { $search: 'coffee' } } },
      { $sort: { score: { $meta: 'textScore' } } },
      { $project: { title: 1, score: { $meta: 'textScore' } } },
      { $match: { score: { $gt: 1 } } },
    ];
    const found = await articles().aggregate(pipeline).toArray();
    expect(found).toEqual([{ _id: 1, title: 'Coffee', score: expect.closeTo(11.9643, 3) }]);
  });

  it.each([
    [1, 17307],
    ['noSuchThing', 17308],
    ['indexKey', 238],
  ])('tells nothing else of documents: { $meta: %j } is %i', async ($meta, code) => {
    const meta = { $meta } as unknown as { $meta: string };
    expect(
      await failure(
        articles()
          .aggregate([{ $project: { m: meta } }])
          .toArray(),
      ),
    ).toMatchObject({ code });
    expect(
      await failure(
        articles()
          .find({}, { projection: { m: meta } })
          .toArray(),
      ),
    ).toMatchObject({ code });
    expect(
      await failure(
        articles()
          .aggregate([{ $sort: { m: meta } }])
          .toArray(),
      ),
    ).toMatchObject({ code: 31138 });
  });

  it('needs a text index, and no more than one condition', async () => {
    expect(
      await failure(
        server.db
          .collection('none')
          .insertOne({})
          .then(() =>
            server.db
              .collection('none')
              .find({ $text: { $search: 'x' } })
              .toArray(),
          ),
      ),
    ).toMatchObject({ code: 27 });
    expect(
      await failure(
        articles()
          .find({ $text: { $search: 1 } } as never)
          .toArray(),
      ),
    ).toMatchObject({ code: 14 });
    expect(
      await failure(
        articles()
          .find({ $text: { $search: 'x' } }, { hint: 'all' })
          .toArray(),
      ),
    ).toMatchObject({ code: 2 });
  });
});

describe('$text in a clause of a $or', () => {
  const books = () => server.db.collection<Article & { n?: number; score?: number }>('novels');
  const search = { $text: { $search: 'coffee -milk' } };

  beforeAll(async () => {
    await books().insertMany([
      { _id: 1, title: 'Coffee', shelf: 'a', n: 1 },
      { _id: 2, title: 'Tea', shelf: 'b', n: 2 },
      { _id: 3, title: 'Coffee with milk', shelf: 'b', n: 3 },
      { _id: 4, title: 'Coffee without', shelf: 'b', n: 4 },
      { _id: 5, title: 'Water', shelf: 'a', n: 5 },
    ]);
    await books().createIndexes([{ key: { title: 'text' }, name: 'title' }, { key: { n: 1 } }]);
  });

  it('finds what the search or another clause finds, once', async () => {
    const ids = (filter: object) => books().distinct('_id', filter);
    expect(await ids({ $or: [search, { n: { $gte: 4 } }] })).toEqual([1, 4, 5]);
    expect(await ids({ $or: [{ n: 3 }, { $and: [search, { shelf: 'b' }] }] })).toEqual([3, 4]);
    expect(await ids({ $or: [{ $or: [search, { n: 2 }] }, { _id: 5 }], shelf: 'a' })).toEqual([1, 5]);
    // Neither the order of a sort nor another index keeps it from being searched for.
    expect(await ids({ n: { $gt: 1 }, $or: [{ n: 2 }, search] })).toEqual([2, 4]);
    expect(await ids({ $or: [{ n: 1 }, { n: 2 }], $and: [{ $or: [search, { _id: 2 }] }] })).toEqual([1, 2]);
    expect(await ids({ $or: [search] })).toEqual([1, 4]);
    expect(await books().countDocuments({ $or: [search, { n: 2 }] })).toBe(3);
    const sorted = await books()
      .find({ $or: [search, { n: 2 }] })
      .sort({ n: -1 })
      .toArray();
    expect(sorted.map(({ n }) => n)).toEqual([4, 2, 1]);
  });

  it('has a score of what the search finds, and none of the rest, which is last', async () => {
    const score = { $meta: 'textScore' } as const;
    const filter = { $or: [{ n: { $lt: 3 } }, search] };
    const found = await books().find(filter).project({ score }).sort({ score }).toArray();
    expect(found.map((book) => [book['_id'], book['score']])).toEqual([
      [1, 1.1],
      [4, 0.75],
      [2, undefined],
    ]);
    const pipeline = [{ $match: filter }, { $sort: { score, _id: 1 } }, { $addFields: { score } }];
    expect(await books().aggregate(pipeline).toArray()).toEqual(found);
  });

  it('chooses what is changed', async () => {
    expect(await books().updateMany({ $or: [search, { n: 2 }] }, { $set: { tags: ['x'] } })).toMatchObject({
      matchedCount: 3,
      modifiedCount: 3,
    });
    expect(await books().findOneAndDelete({ $or: [{ $text: { $search: 'water' } }, { n: 99 }] })).toMatchObject({
      n: 5,
    });
    expect(await books().countDocuments({ $or: [{ $text: { $search: 'water' } }, { n: 99 }] })).toBe(0);
  });

  it('is explained as the walks that it is', async () => {
    const explained = await books()
      .find({ $or: [search, { n: 2 }] })
      .explain('executionStats');
    const { winningPlan } = explained['queryPlanner'];
    expect(winningPlan).toMatchObject({
      stage: 'SUBPLAN',
      inputStage: {
        stage: 'FETCH',
        inputStage: {
          stage: 'OR',
          inputStages: [
            { stage: 'TEXT_MATCH', indexName: 'title', inputStage: { stage: 'IXSCAN' } },
            { stage: 'IXSCAN', indexName: 'n_1' },
          ],
        },
      },
    });
    expect(explained['executionStats']).toMatchObject({ nReturned: 3, totalDocsExamined: 4 });
  });

  it('is refused where another clause has no index, and where there is no other way', async () => {
    const refused = (filter: object, options = {}) => failure(books().find(filter, options).toArray());
    expect(await refused({ $or: [search, { shelf: 'a' }] })).toMatchObject({ code: 291 });
    expect(await refused({ $or: [search, { n: 2 }] }, { hint: 'n_1' })).toMatchObject({ code: 2 });
    expect(await refused({ $or: [search, { n: 2 }] }, { sort: { $natural: 1 } })).toMatchObject({ code: 2 });
    const elsewhere = server.db.collection('elsewhere');
    await elsewhere.insertOne({});
    expect(await failure(elsewhere.find({ $or: [search, { _id: 1 as never }] }).toArray())).toMatchObject({ code: 27 });
    const inMidst = [{ $limit: 5 }, { $match: { $or: [search, { n: 2 }] } }];
    expect(await failure(books().aggregate(inMidst).toArray())).toMatchObject({ code: 17313 });
    const nowhere = server.db.collection('none').find({ $or: [{ $text: 7 as never }, { n: 2 }] });
    expect(await failure(nowhere.toArray())).toMatchObject({ code: 14 });
    const pull = books().updateOne({ _id: 1 }, { $pull: { tags: { $text: { $search: 'x' } } } });
    expect(await failure(pull)).toMatchObject({ code: 2 });
  });
});

describe('a text index', () => {
  it('is listed in its own form, stands once in a collection, and is dropped', async () => {
    expect(await articles().indexes()).toContainEqual({
      v: 2,
      key: { _fts: 'text', _ftsx: 1 },
      name: 'all',
      weights: { body: 1, tags: 1, title: 10 },
      default_language: 'english',
      language_override: 'language',
      textIndexVersion: 3,
    });
    const options = { weights: { title: 10 }, name: 'all' };
    expect(await articles().createIndex({ title: 'text', body: 'text', tags: 'text' }, options)).toBe('all');
    expect(await failure(articles().createIndex({ body: 'text' }))).toMatchObject({ code: 85 });
    expect(await failure(articles().createIndex({ a: 1, body: 'text' }))).toMatchObject({ code: 67 });
    const other = server.db.collection('dropped');
    expect(await other.createIndex({ a: 'text' })).toBe('a_text');
    await other.dropIndex('a_text');
    expect(await other.indexes()).toHaveLength(1);
  });

  it('of all fields searches nested ones and elements of arrays', async () => {
    const notes = server.db.collection<{ _id: number }>('notes');
    await notes.createIndex({ '$**': 'text' });
    await notes.insertMany([
      { _id: 1, a: { b: [{ c: 'deep water' }] } },
      { _id: 2, a: 'shallow' },
    ] as never);
    expect(await notes.distinct('_id', { $text: { $search: 'water' } })).toEqual([1]);
  });

  it('behind another field searches within its value', async () => {
    const books = server.db.collection<Article>('books');
    await books.createIndex({ shelf: 1, title: 'text' });
    await books.insertMany([
      { _id: 1, shelf: 'a', title: 'water' },
      { _id: 2, shelf: 'b', title: 'water' },
    ]);
    const filter = { shelf: 'a', $text: { $search: 'water' } };
    expect(await books.distinct('_id', filter)).toEqual([1]);
    expect((await books.find(filter).explain()).executionStats).toMatchObject({ totalKeysExamined: 1 });
    expect(await failure(books.find({ $text: { $search: 'water' } }).toArray())).toMatchObject({ code: 2 });
  });
});
