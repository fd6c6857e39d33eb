import { Binary, Decimal128, Int32, Long, ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import { generator } from '../../../test/generator.js';
import { decode, encode, type Doc } from '../../document.js';
import type { Index } from '../catalogue.js';
import { entryKey, indexed } from '../collection.js';
import { keyOf } from './key.js';
import { RawDocument } from './raw-document.js';
import { rawDocumentKey, rawEntries, rawIndex } from './raw-keys.js';

const SCALARS: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  1.5,
  -7,
  new Int32(42),
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  Long.fromNumber(2 ** 52),
  Long.fromNumber(-(2 ** 40) - 5),
  Long.MAX_VALUE,
  '',
  'plain',
  'ärger 😀',
  'with\0zero',
  'x'.repeat(890),
  'x'.repeat(2000),
  new Date(0),
  new Date(-1),
  new Date(8.64e15),
  new ObjectId('0123456789abcdef01234567'),
];
const RARE: readonly unknown[] = [
  Decimal128.fromString('1.5'),
  new Binary(Buffer.from([1, 2])),
  /regular/i,
  { a: 1 },
  { a: { b: ['deep'] } },
  [],
  [[1]],
  [1, 'two', 1],
  [{ a: 1 }],
  ['x'.repeat(2000)],
];

const INDEXES = [
  indexOf({ fields: { a: 1, b: 1 }, unique: true }),
  indexOf({ fields: { b: -1, c: 1 } }),
  indexOf({ fields: { c: 1 }, sparse: true }),
  indexOf({ fields: { a: 1, c: -1 }, unique: true, required: ['c', 'd'] }),
  indexOf({ fields: { d: 1, a: -1, b: -1 } }),
];

describe('entries made of the bytes of a document', () => {
  it('are those that are made of the document itself, or left to it', () => {
    const random = generator(1871);
    const document = new RawDocument();
    let read = 0;
    for (let round = 0; round < 5000; round++) {
      const raw = Buffer.from(encode({ _id: pick(random, SCALARS), ...randomDoc(random) }));
      const doc = decode(raw);
      if (!document.read(raw)) continue;
      const key = rawDocumentKey(7, document);
      if (!key) continue;
      expect(key.subarray(4).toString('hex')).toBe(keyOf(doc['_id']).toString('hex'));
      for (const index of INDEXES) {
        const raw = rawIndex(index);
        if (!raw) throw new Error('these indexes need no documents');
        const found = rawEntries(raw, document, key);
        if (!found) continue;
        read++;
        const expected = indexed(index, doc);
        const keys = (expected?.entries ?? []).map((entry) => entryKey(index, entry.key, key.subarray(4)));
        expect(hex(found.keys)).toEqual(hex(keys));
        expect([...(expected?.multikey ?? [])]).toEqual(found.multikey === undefined ? [] : [found.multikey]);
        expect(expected?.shortened ?? false).toBe(false);
      }
    }
    expect(read).toBeGreaterThan(5000);
  });

  it('are made of no document that could not be decoded', () => {
    const random = generator(1918);
    const document = new RawDocument();
    let refused = 0;
    for (let round = 0; round < 20_000; round++) {
      const raw = Buffer.from(encode({ _id: 1, ...randomDoc(random) }));
      for (let n = random() * 3; n > 0; n--) raw[Math.floor(random() * raw.length)] = Math.floor(random() * 256);
      const cut = random() < 0.1 ? raw.subarray(0, Math.floor(random() * raw.length)) : raw;
      if (document.read(cut)) expect(() => decode(cut)).not.toThrow();
      else refused++;
    }
    expect(refused).toBeGreaterThan(1000);
  });

  it('need the document where an index has a path into it, compares by a collation or filters by more than presence', () => {
    expect(rawIndex(indexOf({ fields: { 'a.b': 1 } }))).toBeUndefined();
    expect(rawIndex({ ...indexOf({ fields: { a: 1 } }), partial: partial({ a: { $gt: 1 } }) })).toBeUndefined();
    expect(rawIndex({ ...indexOf({ fields: { a: 1 } }), collated: {} as Index['collated'] })).toBeUndefined();
  });
});

const hex = (keys: readonly Buffer[]): string[] => keys.map((key) => key.toString('hex')).sort();

function indexOf(asked: {
  fields: Record<string, number>;
  unique?: boolean;
  sparse?: boolean;
  required?: string[];
}): Index {
  const fields = Object.entries(asked.fields).map(([path, order]) => ({
    path,
    parts: path.split('.'),
    descending: order < 0,
  }));
  const filter = asked.required && Object.fromEntries(asked.required.map((path) => [path, { $exists: true }]));
  return {
    id: 3,
    fields,
    unique: asked.unique ?? false,
    sparse: asked.sparse ?? false,
    partial: filter && partial(filter),
  } as Partial<Index> as Index;
}

function partial(filter: Doc): NonNullable<Index['partial']> {
  return { filter, matches: (doc) => Object.keys(filter).every((path) => Object.hasOwn(doc as Doc, path)) };
}

function randomDoc(random: () => number): Doc {
  const doc: Doc = {};
  for (const name of ['a', 'b', 'c', 'd', 'other'])
    if (random() < 0.75) doc[name] = pick(random, random() < 0.85 ? SCALARS : RARE);
  return doc;
}

const pick = (random: () => number, values: readonly unknown[]): unknown =>
  values[Math.floor(random() * values.length)];
