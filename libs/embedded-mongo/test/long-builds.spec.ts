import { rmSync } from 'node:fs';
import mongoose from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedMongo, type EmbeddedMongo } from '../dist/index.js';
import { generator } from './generator.js';
import { beside, failure } from './support.js';
import { temporaryFolder } from './temporary.js';
import { expectOrder } from './tools/support.js';

const { MongoClient } = mongoose.mongo;
/** More than are entered in one turn, by far. */
const MANY = 4_000;

interface Item {
  _id: number;
  n?: number;
  tags?: string[];
  more?: object;
  nick?: string;
  mail?: string;
  name?: string;
  city?: string | undefined;
  text?: string;
  at?: Date;
}

let folder: string;
let server: EmbeddedMongo;
let client: mongoose.mongo.MongoClient;
let db: mongoose.mongo.Db;
let items: mongoose.mongo.Collection<Item>;

beforeEach(async () => {
  folder = temporaryFolder();
  server = await startEmbeddedMongo({ dataDir: folder });
  client = await new MongoClient(server.uri).connect();
  db = client.db('tests');
  items = db.collection<Item>('items');
});
afterEach(async () => {
  await client.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const CITIES = ['Köln', 'koln', 'Zürich', 'ZURICH', 'Bern'];

/** A document of which every kind of index has something; what has to be unique is as long as `version` is. */
const itemOf = (_id: number, version: number | string = 0): Item => {
  const salt = Number(String(version).replace(/\D/g, '')) + _id;
  return {
    _id,
    n: salt % 1000,
    tags: ['a', 'b', 'c', `t${salt % 50}`].slice(salt % 4),
    more: { n: salt % 10 },
    ...(salt % 3 === 0 ? { nick: `nick ${salt}` } : {}),
    mail: `${_id}.${version}@example.org`,
    name: `Name ${_id} ${version}`,
    city: CITIES[salt % CITIES.length],
    text: `some words and number ${salt}`,
    at: new Date(Date.UTC(2026, 0, 1) + salt),
  };
};

const insertMany = (count: number, other: (n: number) => object = () => ({})): Promise<unknown> =>
  items.insertMany(Array.from({ length: count }, (_, n) => ({ ...itemOf(n), ...other(n) })));

const KINDS = [
  { key: { n: 1 }, name: 'plain' },
  { key: { tags: 1, 'more.n': -1 }, name: 'multikey' },
  { key: { nick: 1 }, name: 'sparse', sparse: true },
  { key: { n: -1 }, name: 'partial', partialFilterExpression: { n: { $gt: 500 } } },
  { key: { mail: 1 }, name: 'unique', unique: true },
  { key: { name: 1 }, name: 'collated', unique: true, collation: { locale: 'en', strength: 2 } },
  { key: { city: 1, n: 1 }, name: 'cities', collation: { locale: 'de', strength: 1 } },
  { key: { text: 'text' }, name: 'text' },
  { key: { at: 1 }, name: 'ttl', expireAfterSeconds: 1_000_000_000 },
] as const;

/** One that takes a second or so, so that there is time for something else. */
const SLOW = { key: { name: 1 }, name: 'name_1', collation: { locale: 'en', strength: 2 } } as const;

const nameOf = ({ name }: { name?: string }): string => String(name);
const indexNames = async (): Promise<string[]> => (await items.indexes()).map(nameOf);

/** Resolves when the server has begun to build these indexes, and is not done with it. */
async function untilBuilding(...names: string[]): Promise<void> {
  for (let builds: unknown; JSON.stringify(builds) !== JSON.stringify(names);)
    builds = (await db.command({ collStats: 'items' }))['indexBuilds'];
}

/** Begins to build an index; what comes of it is in `ended`, whose failure is no loose one. */
async function building(...indexes: mongoose.mongo.IndexDescription[]): Promise<{ ended: Promise<unknown> }> {
  const ended = db.command({ createIndexes: 'items', indexes });
  ended.catch(() => undefined);
  await untilBuilding(...indexes.map(nameOf));
  return { ended };
}

describe('the making of an index over many documents', () => {
  it('lets others through, and answers as ever', async () => {
    await insertMany(MANY);
    const command = { createIndexes: 'items', indexes: [{ key: { n: 1 }, name: 'n_1' }] };
    const [answer, answered] = await beside(db.command(command), () => db.command({ ping: 1 }));
    expect(answer).toEqual({ numIndexesBefore: 1, numIndexesAfter: 2, createdCollectionAutomatically: false, ok: 1 });
    expect(answered).toBeGreaterThan(1);
    expect(await db.command(command)).toMatchObject({ numIndexesAfter: 2, note: 'all indexes already exist' });
    const plan = await items.find({ n: 7 }).explain('executionStats');
    expect(plan['executionStats']).toMatchObject({ nReturned: MANY / 1000, totalKeysExamined: MANY / 1000 });
    await expectOrder(folder);
  });

  it('shows it to nobody before it is complete', async () => {
    await insertMany(MANY);
    const isIn = [SLOW, { key: { text: 'text' }, name: 'text' }] as const;
    const { ended } = await building(...isIn);
    let isDone = false;
    void ended.finally(() => (isDone = true));
    const [listed, stats, hinted, searched, changed, found] = await Promise.all([
      indexNames(),
      db.command({ collStats: 'items' }),
      failure(items.find({ name: 'a' }).hint('name_1').toArray()),
      failure(items.find({ $text: { $search: 'words' } }).toArray()),
      failure(db.command({ collMod: 'items', index: { name: 'name_1', hidden: true } })),
      items.find({ name: 'a' }, SLOW).explain('queryPlanner'),
    ]);
    expect(isDone).toBe(false);
    expect(listed).toEqual(['_id_']);
    expect(stats).toMatchObject({ nindexes: 1, indexBuilds: ['name_1', 'text'] });
    expect(Object.keys(stats['indexSizes'] as object)).toEqual(['_id_']);
    expect([hinted['code'], searched['code'], changed['code']]).toEqual([2, 27, 27]);
    expect(JSON.stringify(found)).toContain('COLLSCAN');
    await ended;
    expect(await indexNames()).toEqual(['_id_', 'name_1', 'text']);
    expect(await items.countDocuments({ $text: { $search: 'words' } })).toBe(MANY);
  });

  it('has in them whatever is written all the while, in indexes of every kind', async () => {
    const documents = 3_000;
    await insertMany(documents);
    const random = generator(7);
    let next = 0;
    const somewhere = (): number => Math.floor(random() * (documents + 300));
    /** One of the kinds of writes, of documents that are there or not. */
    const write = (): Promise<unknown> => {
      const [_id, version] = [somewhere(), `v${next++}`];
      const { _id: _, ...fields } = itemOf(_id, version);
      switch (next % 7) {
        case 0:
          return items.deleteOne({ _id });
        case 1:
          return items.replaceOne({ _id }, fields, { upsert: true });
        case 2:
          return items.insertOne(itemOf(documents + 1000 + next, version));
        case 3:
          return items.findOneAndUpdate({ _id }, { $set: { n: next % 1000, tags: [`t${next % 50}`, 'z'] } });
        case 4:
          return items.updateMany(
            { _id: { $gte: _id, $lt: _id + 20 } },
            { $inc: { n: 1 }, $push: { tags: 'pushed' }, $unset: { nick: 1 } },
          );
        case 5:
          // Goes, and comes again.
          return items.bulkWrite([
            { deleteOne: { filter: { _id } } },
            { insertOne: { document: itemOf(_id, version) } },
          ]);
        default:
          return items.insertMany([itemOf(-next, version), itemOf(_id + 0.5 + next / 1e6, version)]);
      }
    };
    const [, written] = await beside(items.createIndexes([...KINDS]), () =>
      Promise.all(Array.from({ length: 4 }, write)),
    );
    expect(written).toBeGreaterThan(10);
    expect(await indexNames()).toEqual(['_id_', ...KINDS.map(nameOf)]);
    await expectOrder(folder);
    for (const [name, filter, collation] of [
      ['plain', { n: { $gte: 100, $lt: 200 } }],
      ['multikey', { tags: 'pushed' }],
      ['multikey', { tags: 't7', 'more.n': { $gt: 3 } }],
      ['sparse', { nick: { $gt: 'nick 5' } }],
      ['partial', { n: { $gt: 800 } }],
      ['unique', { mail: { $gte: '5' } }],
      ['collated', { name: 'NAME 77 0' }, { locale: 'en', strength: 2 }],
      ['cities', { city: 'KOLN' }, { locale: 'de', strength: 1 }],
      ['ttl', { at: { $lt: new Date(Date.UTC(2026, 0, 1) + 4000) } }],
    ] as const) {
      const found = (hint: string | { $natural: 1 }): Promise<Item[]> =>
        items.find(filter as never, { sort: { _id: 1 }, hint, ...(collation ? { collation } : {}) }).toArray();
      expect(await found(name), name).toEqual(await found({ $natural: 1 }));
      if (name !== 'collated') expect(await found(name), name).not.toEqual([]);
    }
  });

  it.each([
    ['a key that is there twice', { key: { n: 1 }, name: 'n', unique: true }, { n: 0 }, 11000],
    ['a key that is there twice by a collation', KINDS[5], { name: 'NAME 0 0' }, 11000],
    ['arrays in two fields', { key: { tags: 1, more: 1 }, name: 'arrays' }, { tags: [1], more: [1] }, 171],
    ['a language that is none', KINDS[7], { language: 'elvish' }, 17262],
  ])('is refused for %s, found late, and leaves nothing', async (_, index, last, code) => {
    await insertMany(MANY, (n) => ({ n, more: { n }, ...(n === MANY - 1 ? last : {}) }));
    const indexes = [{ key: { at: 1 as const }, name: 'other' }, index];
    expect(await failure(items.createIndexes(indexes))).toMatchObject({ code });
    expect(await indexNames()).toEqual(['_id_']);
    await expectOrder(folder);
    await items.deleteOne({ _id: MANY - 1 });
    expect(await items.createIndexes(indexes)).toEqual(['other', nameOf(index)]);
    await expectOrder(folder);
  });

  it.each([
    ['dropIndexes by name', () => items.dropIndex('name_1')],
    ['dropIndexes by key', () => db.command({ dropIndexes: 'items', index: { name: 1 } })],
    ['dropIndexes of all', () => items.dropIndexes()],
    ['drop', () => items.drop()],
    ['dropDatabase', () => db.dropDatabase()],
    ['$out', () => items.aggregate([{ $limit: 5 }, { $out: 'items' }]).toArray()],
    [
      'renameCollection over it',
      () => db.createCollection('other').then((other) => other.rename('items', { dropTarget: true })),
    ],
  ])('is aborted by %s', async (_, abort) => {
    await insertMany(MANY);
    const { ended } = await building(SLOW);
    await abort();
    expect(await failure(ended)).toMatchObject({ code: 276, codeName: 'IndexBuildAborted' });
    await expectOrder(folder);
    // Nothing of it stands in the way.
    await items.createIndexes([SLOW]);
    expect(await indexNames()).toEqual(['_id_', 'name_1']);
    await expectOrder(folder);
  });

  it('is not aborted in part, and others are dropped meanwhile', async () => {
    await items.createIndex({ at: 1 });
    await insertMany(MANY);
    const { ended } = await building(SLOW, { key: { city: 1 }, name: 'city_1' });
    expect(await failure(items.dropIndex('name_1'))).toMatchObject({
      code: 12587,
      codeName: 'BackgroundOperationInProgressForNamespace',
    });
    expect(await db.command({ dropIndexes: 'items', index: 'at_1' })).toMatchObject({ nIndexesWas: 2 });
    expect(await ended).toMatchObject({ numIndexesBefore: 2, numIndexesAfter: 3 });
    expect(await indexNames()).toEqual(['_id_', 'name_1', 'city_1']);
  });

  it('goes on when the collection is renamed', async () => {
    await insertMany(MANY);
    const { ended } = await building(SLOW);
    await items.rename('renamed');
    await db.collection<Item>('renamed').insertOne({ _id: -1, name: 'first' });
    expect(await ended).toMatchObject({ numIndexesAfter: 2 });
    expect((await db.collection('renamed').indexes()).map(nameOf)).toEqual(['_id_', 'name_1']);
    expect(await db.listCollections().toArray()).toHaveLength(1);
    await expectOrder(folder);
  });

  it('is waited for by whoever wants the same, and refused at once to whoever wants another of its name', async () => {
    await insertMany(MANY);
    const { ended } = await building(SLOW);
    const order: string[] = [];
    void ended.then(() => order.push('first'));
    const indexes = [SLOW, { key: { at: 1 }, name: 'at_1' }];
    const [second, ...refused] = await Promise.all([
      db.command({ createIndexes: 'items', indexes }).finally(() => order.push('second')),
      failure(items.createIndex({ n: 1 }, { name: 'name_1' })).finally(() => order.push('refused')),
      failure(items.createIndex(SLOW.key, { ...SLOW, name: 'other' })).finally(() => order.push('refused')),
    ]);
    expect(order).toEqual(['refused', 'refused', 'first', 'second']);
    expect(refused.map(({ code }) => code)).toEqual([86, 85]);
    expect(second).toMatchObject({ numIndexesBefore: 2, numIndexesAfter: 3 });
    expect(await indexNames()).toEqual(['_id_', 'name_1', 'at_1']);
  });

  it('is tried by whoever has waited when it was refused or aborted', async () => {
    await insertMany(MANY, (n) => (n === MANY - 1 ? { name: 'NAME 0 0' } : {}));
    const unique = { ...SLOW, unique: true };
    const first = await building(unique);
    const second = items.createIndexes([unique]);
    expect(await failure(first.ended)).toMatchObject({ code: 11000 });
    expect(await failure(second)).toMatchObject({ code: 11000 });
    const third = await building(SLOW);
    const fourth = items.createIndexes([SLOW]);
    await items.dropIndex('name_1');
    expect(await failure(third.ended)).toMatchObject({ code: 276 });
    await fourth;
    expect(await indexNames()).toEqual(['_id_', 'name_1']);
    await expectOrder(folder);
  });

  it('counts as one of 64 that a collection may have', async () => {
    await items.createIndexes(Array.from({ length: 62 }, (_, n) => ({ key: { [`f${n}`]: 1 }, sparse: true })));
    await insertMany(MANY);
    const { ended } = await building(SLOW);
    expect(await failure(items.createIndex({ at: 1 }))).toMatchObject({ code: 67 });
    await ended;
  });

  it('ends with its time, and leaves nothing', async () => {
    await insertMany(MANY);
    const timed = { createIndexes: 'items', indexes: [{ key: { text: 'text' }, name: 'text' }], maxTimeMS: 1 };
    expect(await failure(db.command(timed))).toMatchObject({ code: 50 });
    expect(await indexNames()).toEqual(['_id_']);
    await expectOrder(folder);
  });
});

describe('what was dropped and had many documents', () => {
  it('is gone at once, its name is free, and its place is cleared beside what others do', async () => {
    await items.createIndexes([...KINDS]);
    await insertMany(MANY);
    expect(await db.command({ drop: 'items' })).toMatchObject({ nIndexesWas: KINDS.length + 1 });
    await items.createIndex({ n: 1 });
    await insertMany(10);
    expect(
      await items
        .find({ n: { $gte: 0 } })
        .hint('n_1')
        .toArray(),
    ).toHaveLength(10);
    await items.dropIndex('n_1');
    expect(await db.collection('items').countDocuments()).toBe(10);
    await expectOrder(folder);
  });
});
