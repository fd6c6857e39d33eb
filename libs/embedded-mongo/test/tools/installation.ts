import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import mongoose from 'mongoose';
import { expect } from 'vitest';
import { EmbeddedMongoError, exportTo, importFrom, type Imported } from '../../dist/tools/index.js';
import { generator } from '../generator.js';
import { failure } from '../support.js';
import { serve, type Client } from './support.js';

const {
  BSONRegExp,
  BSONSymbol,
  Binary,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} = mongoose.mongo;
export const MANY = 6000; // more than 1 MiB, so that an export has written a part of it when it is killed

/** Two databases with all kinds of values, `_id`s, indexes, collations and views. */
export async function fill(client: Client): Promise<void> {
  const db = client.db('parlance');
  const typed = db.collection('typed');
  await typed.createIndexes([
    { key: { 'a.b': 1, n: -1 }, name: 'compound' },
    { key: { email: 1 }, unique: true, partialFilterExpression: { email: { $gt: '' } } },
    { key: { words: 'text', title: 'text', n: 1 }, weights: { title: 10 }, default_language: 'none' },
    { key: { at: 1 }, expireAfterSeconds: 60, sparse: true, hidden: true },
    { key: { name: 1 }, collation: { locale: 'sv', strength: 2, caseLevel: true } },
  ]);
  const ids = [
    1,
    -2.5,
    Long.fromString('9007199254740993'),
    'text',
    'Ä',
    new ObjectId(),
    new UUID(),
    true,
    new Date(5),
  ];
  const values = [
    [new Int32(2), new Double(2), Long.fromNumber(2), Decimal128.fromString('2.00'), -0, Number.NaN],
    [null, new MaxKey(), new Timestamp({ t: 1, i: 2 }), new BSONRegExp('^a', 'i'), Buffer.from('bytes')],
    [{ $ref: 'c', $id: 1, extra: true }, { a: { b: [1, [2, { c: 3 }]] } }, 'ß\u0000😀', []],
  ];
  await typed.insertMany(
    ids.map((_id, i) => ({ _id, n: i, value: values[i % 3], words: `w${i}`, name: `N${i}` })) as never[],
  );
  // Names that are whole numbers keep their places, which objects of JavaScript cannot say.
  const map = new Map<string, unknown>([
    ['_id', 'map'],
    ['z', 1],
    ['10', 2],
    [
      '2',
      new Map<string, unknown>([
        ['b', 1],
        ['1', new Double(1)],
      ]),
    ],
  ]);
  await typed.insertMany([map], { forceServerObjectId: true });
  await db.createCollection('collated', { collation: { locale: 'de', strength: 1 } });
  await db.collection<{ _id: string }>('collated').insertMany(['b', 'A', 'a', 'ä', 'B'].map((_id) => ({ _id })));
  await db
    .collection('collated')
    .createIndexes([{ key: { inherited: 1 } }, { key: { simple: 1 }, collation: { locale: 'simple' } }]);
  await db.createCollection('view', { viewOn: 'typed', pipeline: [{ $match: { n: { $lt: new Double(3) } } }] });
  await db.createCollection('above', { viewOn: 'view', pipeline: [{ $sort: { n: -1 } }] });
  await db.createCollection('empty');
  await db.collection('odd/ name:*%24').insertOne({ _id: 1 as never });
  const random = generator(3);
  const many = Array.from({ length: MANY }, (_, n) => ({ n, text: 'x'.repeat(random() * 400) }));
  await client.db('other').collection('many').insertMany(many);
  await client.db('other').collection('many').createIndex({ n: 1 }, { unique: true });
}

/** Values of `_id` of every type that it can have, several of most types. */
export const mixedIds = (): unknown[] => [
  new MinKey(),
  null,
  new Double(Number.NaN),
  new Double(-Infinity),
  new Int32(-7),
  new Double(2.5),
  Decimal128.fromString('3.10'),
  Long.fromString('9007199254740993'),
  Decimal128.fromString('1E+400'),
  '',
  'B',
  'a',
  new BSONSymbol('b'),
  'ä',
  {},
  { a: new Double(1) },
  { a: 'x', b: 1 },
  new Map<string, unknown>([
    ['b', 1],
    ['1', new Map([['0', 'whole numbers as names']])],
  ]),
  new Binary(Buffer.alloc(0)),
  new Binary(Buffer.from('b'), 0),
  new UUID('1823a288-ba0f-4cbe-b9f7-c15df9c9246d'),
  new ObjectId('0'.repeat(24)),
  new ObjectId('f'.repeat(24)),
  false,
  true,
  new Date(-5),
  new Date(5),
  new Timestamp({ t: 1, i: 2 }),
  new Code('f'),
  new Code('f', { x: 1 }),
  new MaxKey(),
];

/** Makes a complete collection of an archive one of which the first documents are known to be on disk. */
export function notePartial(database: string, collectionName: string, documents: number): void {
  const path = join(database, collectionName);
  const whole = readFileSync(`${path}.bson`);
  let bytes = 0;
  for (let n = 0; n < documents; n++) bytes += whole.readInt32LE(bytes);
  const sha256 = createHash('sha256').update(whole.subarray(0, bytes)).digest('hex');
  rmSync(`${path}.metadata.json`);
  const note = { db: basename(database), collectionName, documents, bytes, sha256 };
  writeFileSync(`${path}.partial.json`, JSON.stringify(note));
}

/** An archive of what a folder has. */
export const exported = (from: string, archive: string): ReturnType<typeof exportTo> =>
  serve(from, (client, uri) => exportTo({ client, uri, folder: archive }));
/** Takes an archive into a folder. */
export const imported = (archive: string, into: string, replace = false): Promise<Imported> =>
  serve(into, (client, uri) => importFrom({ client, uri, folder: archive, replace }));

/** The files of an archive with their contents, without the note of when it was made. */
export function filesOf(archive: string): Record<string, string> {
  const files = readdirSync(archive, { recursive: true, encoding: 'utf8' }).sort();
  const plain = files.filter((file) => statSync(join(archive, file)).isFile() && file !== 'archive.json');
  return Object.fromEntries(plain.map((file) => [file, contentOf(join(archive, file))]));
}

const contentOf = (file: string): string =>
  file.endsWith('.json') ? readFileSync(file, 'utf8') : createHash('sha256').update(readFileSync(file)).digest('hex');

/** The text with which a tool refuses. */
export async function refused(work: Promise<unknown>): Promise<string> {
  const error = await failure(work);
  expect(error).toBeInstanceOf(EmbeddedMongoError);
  return String(error['message']);
}
