import { describe, expect, it } from 'vitest';
import { storeForTest } from '../../test/store.js';
import { encode, decode, type Doc } from '../document.js';
import { allDocuments } from './scan/all-documents.js';
import { CollectionWriter } from './collection.js';
import { removeExpired } from './expiry.js';

const store = storeForTest();

const NOW = Date.parse('2026-01-01T00:00:00Z');

async function stored(documents: Doc[], direction: 1 | -1): Promise<() => unknown[]> {
  await store.environment.write(() => {
    const info = store.catalogue.ensure('tests', 'sessions');
    const spec = { v: 2, key: { at: direction }, name: 'at', expireAfterSeconds: 60 };
    store.catalogue.addIndex(info, { spec, fields: [{ path: 'at', descending: direction === -1 }] });
    const writer = new CollectionWriter(store.environment, store.catalogue, info);
    for (const document of documents) writer.insert(Buffer.from(encode(document)), document);
  });
  const info = store.catalogue.ensure('tests', 'sessions');
  return () => [...allDocuments(store.environment, info)].map(({ raw }) => decode(raw)['_id']);
}

describe('a TTL index', () => {
  for (const direction of [1, -1] as const) {
    it(`of direction ${direction} removes what is older than its seconds, and only dates`, async () => {
      const ids = await stored(
        [
          { _id: 'old', at: new Date(NOW - 61_000) },
          { _id: 'young', at: new Date(NOW - 59_000) },
          { _id: 'one of several', at: [new Date(NOW), new Date(NOW - 61_000)] },
          { _id: 'number', at: 5 },
          { _id: 'none' },
        ],
        direction,
      );
      expect(await removeExpired(store.environment, store.catalogue, NOW)).toBe(2);
      expect(ids()).toEqual(['none', 'number', 'young']);
      expect(await removeExpired(store.environment, store.catalogue, NOW)).toBe(0);
      expect(store.catalogue.find('tests', 'sessions')?.count).toBe(3);
    });
  }

  it('removes more than one batch', async () => {
    const ids = await stored(
      Array.from({ length: 2500 }, (_, _id) => ({ _id, at: new Date(0) })),
      1,
    );
    expect(await removeExpired(store.environment, store.catalogue, NOW)).toBe(2500);
    expect(ids()).toEqual([]);
  });

  it('removes more than one batch of documents with several dates each', async () => {
    const ids = await stored(
      Array.from({ length: 1200 }, (_, _id) => ({ _id, at: [new Date(2 * _id), new Date(2 * _id + 1)] })),
      1,
    );
    expect(await removeExpired(store.environment, store.catalogue, NOW)).toBe(1200);
    expect(ids()).toEqual([]);
  });
});
