import { beforeAll, describe, expect, it } from 'vitest';
import { generator } from './generator.js';
import { failure, serverForFile } from './support.js';

const server = serverForFile();
type Named = { _id: number; name: unknown };
const names = () => server.db.collection<Named>('names');
const ids = async (found: { toArray(): Promise<Named[]> }): Promise<number[]> =>
  (await found.toArray()).map(({ _id }) => _id);

beforeAll(async () => {
  await names().insertMany([
    { _id: 1, name: 'Zoe' },
    { _id: 2, name: 'äpfel' },
    { _id: 3, name: 'Apfel' },
    { _id: 4, name: 'apfel' },
    { _id: 5, name: 'ÄPFEL' },
    { _id: 6, name: ['zebra', 'Öl'] },
    { _id: 7, name: 42 },
    { _id: 8, name: 'straße' },
  ]);
  await names().createIndex({ name: 1 });
});

describe('a collation', () => {
  const find = (filter: object, collation: object) =>
    ids(
      names()
        .find(filter, { collation } as never)
        .sort({ _id: 1 }),
    );

  it('of strength 1 compares base letters, of 2 accents too, of 3 case too', async () => {
    expect(await find({ name: 'apfel' }, { locale: 'de', strength: 1 })).toEqual([2, 3, 4, 5]);
    expect(await find({ name: 'apfel' }, { locale: 'de', strength: 2 })).toEqual([3, 4]);
    expect(await find({ name: 'apfel' }, { locale: 'de' })).toEqual([4]);
    expect(await find({ name: 'apfel' }, { locale: 'de', strength: 1, caseLevel: true })).toEqual([2, 4]);
    expect(await find({ name: 'äpfel' }, { locale: 'de', strength: 2, caseLevel: true })).toEqual([2]);
    expect(await find({ name: 'STRASSE' }, { locale: 'de', strength: 1 })).toEqual([8]);
    expect(await find({ name: 'apfel' }, { locale: 'simple' })).toEqual([4]);
  });

  it('holds for all operators, for elements of arrays, and leaves other types alone', async () => {
    const collation = { locale: 'de', strength: 1 };
    expect(await find({ name: { $in: ['OL', 'zoé'] } }, collation)).toEqual([1, 6]);
    expect(await find({ name: { $ne: 'apfel' } }, collation)).toEqual([1, 6, 7, 8]);
    expect(await find({ name: { $gte: 'oz', $lt: 'ZOE' } }, collation)).toEqual([6, 8]);
    expect(await find({ name: { $all: ['OL', 'ZEBRA'] } }, collation)).toEqual([6]);
    expect(await find({ $expr: { $eq: ['$name', 'ZOE'] } }, collation)).toEqual([1]);
    expect(await find({ name: 42 }, collation)).toEqual([7]);
    expect(await find({ name: /^apfel/ }, collation)).toEqual([4]);
  });

  it('orders as its language does', async () => {
    const sorted = (collation: object) =>
      ids(
        names()
          .find({}, { collation } as never)
          .sort({ name: 1, _id: 1 }),
      );
    expect(await sorted({ locale: 'de' })).toEqual([7, 4, 3, 2, 5, 6, 8, 1]);
    expect(await sorted({ locale: 'de', caseFirst: 'upper' })).toEqual([7, 3, 4, 5, 2, 6, 8, 1]);
    expect(await sorted({ locale: 'sv' })).toEqual([7, 4, 3, 8, 6, 1, 2, 5]);
    const descending = names()
      .find({}, { collation: { locale: 'de' } })
      .sort({ name: -1 });
    expect(await ids(descending.limit(3))).toEqual([1, 6, 8]);
  });

  it('orders numbers in strings by their value when it is told to', async () => {
    const files = server.db.collection<{ _id: number; file: string }>('files');
    await files.insertMany([
      { _id: 1, file: 'page 10' },
      { _id: 2, file: 'page 9' },
    ]);
    const order = async (numericOrdering: boolean): Promise<number[]> =>
      (
        await files
          .find({}, { collation: { locale: 'en', numericOrdering } })
          .sort({ file: 1 })
          .toArray()
      ).map(({ _id }) => _id);
    expect(await order(true)).toEqual([2, 1]);
    expect(await order(false)).toEqual([1, 2]);
  });

  it('is used by count, distinct, aggregations, updates, deletes and findAndModify', async () => {
    const collation = { locale: 'en', strength: 2 };
    const people = server.db.collection<Named & { tags?: string[] }>('people');
    await people.insertMany([
      { _id: 1, name: 'Ann' },
      { _id: 2, name: 'ANN', tags: ['x'] },
      { _id: 3, name: 'bob' },
    ]);
    expect(await people.countDocuments({ name: 'ann' }, { collation })).toBe(2);
    expect(await people.distinct('name', {}, { collation })).toHaveLength(2);
    const pipeline = [{ $match: { name: { $gte: 'B' } } }, { $sort: { name: 1 } }, { $project: { _id: 1 } }];
    expect(await people.aggregate(pipeline, { collation }).toArray()).toEqual([{ _id: 3 }]);
    const changed = await people.updateMany({ name: 'ann' }, { $addToSet: { tags: 'X' } }, { collation });
    expect(changed).toMatchObject({ matchedCount: 2, modifiedCount: 1 });
    expect(await people.findOneAndUpdate({ name: 'BOB' }, { $set: { seen: true } }, { collation })).toMatchObject({
      _id: 3,
    });
    expect(await people.deleteMany({ name: 'ann' }, { collation })).toMatchObject({ deletedCount: 2 });
  });

  it('of a collection is used unless an operation names another', async () => {
    const rooms = await server.db.createCollection('rooms', { collation: { locale: 'en', strength: 2 } });
    await rooms.insertMany([{ name: 'Lobby' }, { name: 'lobby' }]);
    expect(await rooms.find({ name: 'LOBBY' }).toArray()).toHaveLength(2);
    expect(await rooms.find({ name: 'lobby' }, { collation: { locale: 'simple' } }).toArray()).toHaveLength(1);
    expect(await server.db.listCollections({ name: 'rooms' }).toArray()).toMatchObject([
      { options: { collation: { locale: 'en', strength: 2, caseLevel: false, numericOrdering: false } } },
    ]);
  });

  it('uses an index for what is no string, and not for strings', async () => {
    const examined = async (filter: object): Promise<unknown> =>
      (
        await names()
          .find(filter, { collation: { locale: 'de' } })
          .explain()
      ).executionStats.totalDocsExamined;
    expect(await examined({ name: 42 })).toBe(1);
    expect(await examined({ _id: 3 })).toBe(1);
    expect(await examined({ name: 'Zoe' })).toBe(8);
  });

  it('that is none, or that cannot be had, is refused', async () => {
    const refused = (collation: object) =>
      failure(
        names()
          .find({}, { collation } as never)
          .toArray(),
      );
    expect(await refused({ strength: 1 })).toMatchObject({ code: 40414 });
    expect(await refused({ locale: 'xx_nowhere' })).toMatchObject({ code: 2 });
    expect(await refused({ locale: 'en', strength: 6 })).toMatchObject({ code: 2 });
    expect(await refused({ locale: 'en', unknown: 1 })).toMatchObject({ code: 40415 });
    expect(await refused({ locale: 'fr_CA', backwards: true })).toMatchObject({ code: 72 });
    expect(await refused({ locale: 'en', strength: 4 })).toMatchObject({ code: 72 });
  });

  it('says which values make one group, are joined, and are in a set', async () => {
    const collation = { locale: 'en', strength: 1 };
    const documents = { $documents: ['a', 'B', 'A'].map((name) => ({ name })) };
    const run = (...stages: object[]): Promise<unknown[]> =>
      server.db.aggregate([documents, ...stages], { collation }).toArray();
    expect(await run({ $group: { _id: '$name', n: { $sum: 1 } } })).toEqual([
      { _id: 'a', n: 2 },
      { _id: 'B', n: 1 },
    ]);
    expect(await run({ $match: { $expr: { $in: ['$name', ['b']] } } })).toEqual([{ name: 'B' }]);
    expect(await run({ $group: { _id: null, names: { $addToSet: '$name' } } })).toEqual([
      { _id: null, names: ['a', 'B'] },
    ]);
    await server.db.collection<{ _id: string }>('letters').insertOne({ _id: 'b' });
    const lookup = { from: 'letters', localField: 'name', foreignField: '_id', as: 'found' };
    expect(await run({ $lookup: lookup }, { $match: { found: { $ne: [] } } }, { $project: { found: 0 } })).toEqual([
      { name: 'B' },
    ]);
  });
});

describe('an index with a collation', () => {
  const collation = { locale: 'en', strength: 2 };
  const emails = () => server.db.collection<{ _id: number; email?: unknown; n?: number }>('emails');
  const examined = async (filter: object, options: object): Promise<unknown> =>
    (await emails().find(filter, options).explain()).executionStats.totalDocsExamined;

  beforeAll(async () => {
    await emails().createIndex({ email: 1 }, { unique: true, collation });
    await emails().insertMany([
      { _id: 1, email: 'Ann@example.org' },
      { _id: 2, email: ['Bob@example.org', 'bobby@example.org'] },
      { _id: 3, email: 'éva@example.org' },
      { _id: 4, email: 4 },
    ]);
  });

  it('that is unique refuses what is equal by it, and frees what is gone', async () => {
    expect(await failure(emails().insertOne({ _id: 9, email: 'ANN@EXAMPLE.ORG' }))).toMatchObject({ code: 11000 });
    expect(await failure(emails().insertOne({ _id: 9, email: 'BOBBY@example.org' }))).toMatchObject({ code: 11000 });
    expect(await failure(emails().updateOne({ _id: 1 }, { $set: { email: 'ÉVA@example.org' } }))).toMatchObject({
      code: 11000,
    });
    await emails().insertOne({ _id: 5, email: 'eva@example.org' });
    await emails().updateOne({ _id: 5 }, { $set: { email: 'EVA@example.org' } });
    await emails().deleteOne({ _id: 5 });
    await emails().insertOne({ _id: 6, email: 'eVa@example.org' });
    await emails().deleteOne({ _id: 6 });
    expect(await emails().distinct('_id')).toEqual([1, 2, 3, 4]);
  });

  it('is named by the error of a unique one, as one without a collation names none', async () => {
    const error = await failure(emails().insertOne({ _id: 9, email: 'ANN@EXAMPLE.ORG' }));
    expect(error).toMatchObject({ keyPattern: { email: 1 }, collation: { locale: 'en', strength: 2 } });
    expect(error['message']).toMatch(
      /^E11000 duplicate key error collection: \S+ index: email_1 collation: { locale: "en", .*strength: 2, .*} dup key: { email: /,
    );
    const plain = await failure(emails().insertOne({ _id: 1 }));
    expect(plain['message']).toMatch(/ index: _id_ dup key: { _id: 1 }$/);
    expect(plain).not.toHaveProperty('collation');
  });

  it('serves equality of strings, and what is no string', async () => {
    expect(await examined({ email: 'ann@example.org' }, { collation })).toBe(1);
    expect(await examined({ email: { $in: ['BOB@example.org', 'nobody@example.org'] } }, { collation })).toBe(1);
    expect(await emails().distinct('_id', { email: 'bob@EXAMPLE.org' }, { collation })).toEqual([2]);
    expect(await emails().distinct('_id', { email: { $gte: 'b', $lt: 'f' } }, { collation })).toEqual([2, 3]);
    expect(await examined({ email: 4 }, { collation })).toBe(1);
    expect(await examined({ email: 4 }, {})).toBe(1);
    expect(await examined({ email: 'Ann@example.org' }, {})).toBe(4);
    expect(await emails().distinct('_id', { email: 'ann@example.org' })).toEqual([]);
    const sorted = await emails().find({}, { collation }).sort({ email: -1 }).toArray();
    expect(sorted.map(({ _id }) => _id)).toEqual([3, 2, 1, 4]);
  });

  it('is listed with all of its collation, and stands beside one without', async () => {
    expect(await emails().createIndex({ email: 1 }, { unique: true, collation })).toBe('email_1');
    expect(await emails().createIndex({ email: 1 }, { name: 'bytes' })).toBe('bytes');
    expect(await emails().indexes()).toMatchObject([
      { name: '_id_' },
      { name: 'email_1', collation: { locale: 'en', strength: 2, alternate: 'non-ignorable' } },
      { name: 'bytes' },
    ]);
    expect(await examined({ email: 'Ann@example.org' }, {})).toBe(1);
  });

  it('is that of its collection when it names none', async () => {
    const rooms = await server.db.createCollection('halls', { collation });
    await rooms.createIndex({ name: 1 }, { unique: true });
    await rooms.insertOne({ name: 'Hall' });
    expect(await failure(rooms.insertOne({ name: 'HALL' }))).toMatchObject({ code: 11000 });
    expect((await rooms.find({ name: 'hall' }).explain()).executionStats).toMatchObject({ totalKeysExamined: 1 });
  });

  it('agrees with a collection without it, over random texts', async () => {
    const random = generator(4);
    const pick = (): string =>
      Array.from({ length: 1 + random() * 3 }, () => 'aAäÄbBßsSéeE1 '.charAt(Math.floor(random() * 14))).join('');
    const [indexed, plain] = [server.db.collection('with'), server.db.collection('without')];
    await indexed.createIndex({ text: 1, n: 1 }, { collation: { locale: 'de', strength: 1 } });
    for (let round = 0; round < 300; round++) {
      const [text, other] = [pick(), pick()];
      for (const collection of [indexed, plain]) {
        await collection.insertOne({ _id: round as never, text, n: round % 3 });
        if (round % 3 === 0) await collection.deleteMany({ text: other }, { collation: { locale: 'de', strength: 1 } });
        if (round % 5 === 0)
          await collection.updateMany(
            { text: other },
            { $set: { text } },
            { collation: { locale: 'de', strength: 1 } },
          );
      }
      const found = (collection: typeof indexed): Promise<unknown[]> =>
        collection
          .find({ text: { $in: [text, other] }, n: 1 }, { collation: { locale: 'de', strength: 1 } })
          .sort({ _id: 1 })
          .toArray();
      expect(await found(indexed), `round ${round}`).toEqual(await found(plain));
    }
    const left = await indexed.find({}, { hint: 'text_1_n_1' }).toArray();
    expect(left).toHaveLength(await plain.countDocuments({}));
  });
});
