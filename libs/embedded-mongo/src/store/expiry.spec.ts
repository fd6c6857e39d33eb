import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encode, decode, type Doc } from '../document.js';
import { Catalogue } from './catalogue.js';
import { CollectionWriter, allDocuments } from './collection.js';
import { Environment } from './environment.js';
import { removeExpired } from './expiry.js';

let folder: string;
let environment: Environment;
let catalogue: Catalogue;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'em-'));
  environment = Environment.open(folder);
  catalogue = new Catalogue(environment);
});
afterEach(async () => {
  await environment.close();
  rmSync(folder, { recursive: true });
});

const NOW = Date.parse('2026-01-01T00:00:00Z');

async function stored(documents: Doc[], direction: 1 | -1): Promise<() => unknown[]> {
  await environment.write(() => {
    const info = catalogue.ensure('tests', 'sessions');
    const spec = { v: 2, key: { at: direction }, name: 'at', expireAfterSeconds: 60 };
    catalogue.addIndex(info, spec, [{ path: 'at', descending: direction === -1 }]);
    const writer = new CollectionWriter(environment, catalogue, info);
    for (const document of documents) writer.insert(Buffer.from(encode(document)), document);
  });
  const info = catalogue.ensure('tests', 'sessions');
  return () => [...allDocuments(environment, info)].map(({ raw }) => decode(raw)['_id']);
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
      expect(await removeExpired(environment, catalogue, NOW)).toBe(2);
      expect(ids()).toEqual(['none', 'number', 'young']);
      expect(await removeExpired(environment, catalogue, NOW)).toBe(0);
      expect(catalogue.find('tests', 'sessions')?.count).toBe(3);
    });
  }

  it('removes more than one batch', async () => {
    const ids = await stored(
      Array.from({ length: 2500 }, (_, _id) => ({ _id, at: new Date(0) })),
      1,
    );
    expect(await removeExpired(environment, catalogue, NOW)).toBe(2500);
    expect(ids()).toEqual([]);
  });
});
