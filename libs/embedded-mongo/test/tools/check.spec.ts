import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { generator } from '../generator.js';
import { behindItsBack, findings, folderForTest, serve, type Client, type Table } from './support.js';

const { BSON } = mongoose.mongo;
const folder = folderForTest();

const INDEXES = [
  { key: { email: 1 }, name: 'unique', unique: true },
  { key: { tags: 1, n: -1 }, name: 'multikey' },
  { key: { nick: 1 }, name: 'sparse', sparse: true },
  { key: { n: 1 }, name: 'partial', partialFilterExpression: { n: { $gt: 50 } } },
  { key: { n: -1, text: 'text', title: 'text' }, name: 'text', weights: { title: 5 } },
  { key: { city: 1 }, name: 'collated', collation: { locale: 'de', strength: 1 } },
  { key: { at: 1 }, name: 'ttl', expireAfterSeconds: 1_000_000 },
] as const;
const CITIES = ['Köln', 'koln', 'Zürich', 'ZURICH', 'Bern'];

/** Documents that come, change and go, under indexes of every kind. */
async function fill(client: Client): Promise<void> {
  const random = generator(7);
  const users = client.db('tests').collection<{ _id: number }>('users');
  await users.createIndexes([...INDEXES]);
  const document = (n: number): Record<string, unknown> => ({
    email: `${n}@example.org`,
    n,
    tags: ['a', 'b', 'c'].filter(() => random() < 0.5),
    ...(random() < 0.5 ? { nick: `nick${n}` } : {}),
    text: `some words and number ${n}`,
    title: 'Füße',
    city: CITIES[n % CITIES.length],
    at: new Date(),
    long: 'x'.repeat(n === 3 ? 2000 : 1),
  });
  await users.insertMany(Array.from({ length: 100 }, (_, n) => ({ _id: n, ...document(n) })));
  for (let n = 0; n < 100; n += 3) await users.replaceOne({ _id: n }, document(n));
  await users.deleteMany({ n: { $gte: 90 } });
  await client.db('tests').createCollection('view', { viewOn: 'users', pipeline: [{ $match: { n: 1 } }] });
  await client.db('other').collection('empty').createIndex({ a: 1 });
}

interface Known {
  id: number;
  indexes: { id: number; spec: { name: string }; multikey: string[] }[];
}

const NAMESPACE = Buffer.from('ns:tests.users');
const under = (id: number, ...parts: Uint8Array[]): Buffer => {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(id);
  return Buffer.concat([prefix, ...parts]);
};

/** Damages a filled store and gives what the check says of it. */
async function afterDamage(damage: (tables: Record<string, Table>, known: Known) => void): Promise<string[]> {
  await serve(folder.path, fill);
  await behindItsBack(folder.path, (table) => {
    const names = ['settings', 'catalogue', 'documents', 'entries', 'texts', 'retries'];
    const tables = Object.fromEntries(names.map((name) => [name, table(name)]));
    damage(tables, BSON.deserialize(tables['catalogue']?.get(NAMESPACE) as Buffer) as Known);
  });
  const { report, lines } = await findings(folder.path);
  expect(report.disagreements).toBe(lines.length);
  return lines;
}

const indexId = (known: Known, name: string): number =>
  known.indexes.find((index) => index.spec.name === name)?.id ?? Number.NaN;
const keysOf = (table: Table | undefined, id: number): Buffer[] => [
  ...(table?.getKeys({ start: under(id), end: under(id + 1) }) ?? []),
];

describe('a check', () => {
  it('finds a store in order, stopped and running, and tells what there is', async () => {
    const running = await serve(folder.path, async (client) => {
      await fill(client);
      return findings(folder.path);
    });
    const stopped = await findings(folder.path);
    for (const { report, lines } of [running, stopped]) {
      expect(lines).toEqual([]);
      expect(report).toMatchObject({
        collections: 2,
        views: 1,
        documents: 90,
        indexes: 8,
        disagreements: 0,
        notes: [],
      });
      // Each document has one entry in the four indexes that hold all, and more in those of arrays and words.
      expect(report.entries).toBeGreaterThan(90 * 5);
    }
    expect(running.report.holder).toBe(process.pid);
    expect(stopped.report.holder).toBeUndefined();
  });

  it.each(INDEXES.map(({ name }) => name))('finds an entry that is missing in an index (%s)', async (name) => {
    const lines = await afterDamage(({ entries }, known) => {
      const keys = keysOf(entries, indexId(known, name));
      entries?.removeSync(keys[keys.length >> 1] as Buffer);
    });
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^tests\\.users, index ${name}: an entry of the document \\d+ is missing$`)),
    ]);
  });

  it.each(INDEXES.map(({ name }) => name))('finds an entry too many in an index (%s)', async (name) => {
    const lines = await afterDamage(({ entries }, known) => {
      const id = indexId(known, name);
      const [key] = keysOf(entries, id);
      const owner = entries?.get(key as Buffer) as Buffer;
      entries?.putSync(under(id, Buffer.from([0xe0]), owner), owner);
      entries?.putSync(under(id, Buffer.from([0xe1, 1])), Buffer.from('nobody'));
    });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      new RegExp(`^tests\\.users, index ${name}: it has an entry for the document \\d+ that the`),
    );
    expect(lines[1]).toMatch(
      new RegExp(`^tests\\.users, index ${name}: an entry leads to a document that is not there`),
    );
  });

  it('finds a document that was changed behind the back of its indexes', async () => {
    const lines = await afterDamage(({ documents }, known) => {
      const [key] = keysOf(documents, known.id);
      const doc = BSON.deserialize(documents?.get(key as Buffer) as Buffer);
      const changed = { ...doc, email: 'other@example.org', tags: ['z'], city: 'Basel' };
      documents?.putSync(key as Buffer, Buffer.from(BSON.serialize(changed)));
    });
    const has = (text: string): boolean => lines.some((line) => line.startsWith(`tests.users, index ${text}`));
    expect(has('unique: an entry of the document 0 is missing')).toBe(true);
    expect(has('unique: it has an entry for the document 0 that')).toBe(true);
    expect(has('multikey: an entry of the document 0 is missing')).toBe(true);
    expect(has('collated: a text of the document 0 is not among its texts')).toBe(true);
    expect(has('collated: its text "Köln" counts')).toBe(true);
    expect(lines.filter((line) => !/, index (unique|multikey|collated): /.test(line))).toEqual([]);
  });

  it('finds documents that cannot be decoded, or stand under another key, and goes on', async () => {
    const lines = await afterDamage(({ documents }, known) => {
      const [first, second] = keysOf(documents, known.id);
      documents?.putSync(first as Buffer, Buffer.from([9, 0, 0, 0, 2, 120, 0, 0, 0]));
      const raw = documents?.get(second as Buffer) as Buffer;
      documents?.putSync(under(known.id, Buffer.from([0x28, 0x41, 0])), raw);
    });
    expect(lines).toContainEqual(
      expect.stringMatching(/^tests\.users: the document with the key 20\w+ cannot be decoded/),
    );
    expect(lines).toContainEqual('tests.users: the document 1 stands under another key');
    expect(lines).toContainEqual('tests.users: it counts 90 documents, but has 91');
  });

  it('finds what belongs to nothing', async () => {
    const lines = await afterDamage(({ documents, entries, texts }) => {
      documents?.putSync(under(900, Buffer.from('a')), Buffer.from(BSON.serialize({ _id: 1 })));
      entries?.putSync(under(901, Buffer.from('a')), Buffer.from('a'));
      texts?.putSync(under(902, Buffer.alloc(6)), Buffer.from(BSON.serialize({ root: 0, next: 1 })));
    });
    expect(lines).toEqual([
      'the data file: it has documents of a collection that is not there (number 900)',
      'the data file: it has entries of an index that is not there (number 901)',
      'the data file: it has texts of an index that is not there (number 902)',
    ]);
  });

  it('passes over what is still to be cleared, and finds what has the number of such', async () => {
    const gone = (id: number): Buffer => Buffer.concat([Buffer.from('gone:'), under(id)]);
    const lines = await afterDamage(({ catalogue, documents, entries }, known) => {
      const next = Buffer.alloc(4);
      next.writeUInt32BE(1000);
      catalogue?.putSync(Buffer.from('!next'), next);
      for (const id of [900, indexId(known, 'ttl')]) catalogue?.putSync(gone(id), Buffer.alloc(0));
      documents?.putSync(under(900, Buffer.from('a')), Buffer.from(BSON.serialize({ _id: 1 })));
      entries?.putSync(under(900, Buffer.from('a')), Buffer.from('a'));
    });
    expect(lines).toEqual([
      'the data file: two collections or indexes have the same number, or one has that of what is cleared',
    ]);
    const { report } = await findings(folder.path);
    expect(report.notes).toEqual([
      expect.stringMatching(/still to be cleared, or is being built \(numbers \d+, 900\)$/),
    ]);
  });

  it('finds a count and a shape of an index that are wrong', async () => {
    const lines = await afterDamage(({ catalogue }, known) => {
      const count = Buffer.alloc(8);
      count.writeDoubleBE(17);
      catalogue?.putSync(Buffer.concat([Buffer.from('count:'), under(known.id)]), count);
      for (const index of known.indexes) index.multikey = [];
      catalogue?.putSync(NAMESPACE, Buffer.from(BSON.serialize(known)));
    });
    expect(lines).toContainEqual('tests.users: it counts 17 documents, but has 90');
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^tests\.users, index multikey: it does not know that tags of the document \d+ is in an array$/,
      ),
    );
  });

  it('passes over an index that was made for the order of another ICU, and says so', async () => {
    const lines = await afterDamage(({ catalogue }, known) => {
      const index = known.indexes.find(({ spec }) => spec.name === 'collated') as unknown as {
        spec: { collation: object };
      };
      Object.assign(index.spec.collation, { version: '1.0' });
      catalogue?.putSync(NAMESPACE, Buffer.from(BSON.serialize(known)));
    });
    expect(lines).toEqual([]);
    const { report } = await findings(folder.path);
    expect(report.notes).toEqual([
      expect.stringContaining('tests.users, index collated: made for the order of ICU 1.0'),
    ]);
  });

  it('refuses a folder without data, and a file of another format', async () => {
    await expect(findings(folder.path)).rejects.toThrow(`There is no data file in ${folder.path}`);
    await serve(folder.path, fill);
    await behindItsBack(folder.path, (table) =>
      table('settings').putSync(Buffer.from('format'), Buffer.from([0, 0, 0, 9])),
    );
    await expect(findings(folder.path)).rejects.toThrow('has format 9; this version reads formats 1 to 3');
  });
});
