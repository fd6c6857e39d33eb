import { describe, expect, it } from 'vitest';
import { storeForTest } from '../../test/store.js';
import { encode } from '../document.js';
import { orderingFor } from '../commands/command.js';
import { CollectionWriter } from './collection.js';
import { renewCollatedIndexes } from './reindex.js';
import { scan } from './scan.js';

const store = storeForTest();

/** A collection of three names and an index over them that another version of ICU has made: it has no entries here. */
async function withOldIndex(unique: boolean): Promise<void> {
  await store.environment.write(() => {
    const info = store.catalogue.ensure('tests', 'names');
    const writer = new CollectionWriter(store.environment, store.catalogue, info);
    for (const [_id, name] of ['a', 'A', 'b'].entries())
      writer.insert(Buffer.from(encode({ _id, name })), { _id, name });
    const collation = { ...orderingFor(undefined, { locale: 'en', strength: 2 }).collation?.spec, version: '1' };
    const spec = { v: 2, key: { name: 1 }, name: 'name_1', collation, ...(unique ? { unique } : {}) };
    store.catalogue.addIndex(info, spec, [{ path: 'name', descending: false }]);
  });
}

describe('an index that another ICU has made', () => {
  it('is made anew, once, and found as it was asked for', async () => {
    await withOldIndex(false);
    await renewCollatedIndexes(store.environment, store.catalogue);
    const info = store.catalogue.find('tests', 'names');
    expect(info?.indexes[0]?.spec['collation']).toMatchObject({ version: process.versions['icu'] });
    const evaluation = { ordering: orderingFor(undefined, { locale: 'en', strength: 2 }) };
    const found = scan(store.environment, info as never, { filter: { name: 'A' }, evaluation });
    expect([...found.documents]).toHaveLength(2);
    expect(found.counts.keysExamined).toBe(2);
    const before = info?.indexes[0];
    await renewCollatedIndexes(store.environment, store.catalogue);
    expect(store.catalogue.find('tests', 'names')?.indexes[0]).toBe(before);
  });

  it('is named when its texts are no longer unique', async () => {
    await withOldIndex(true);
    await expect(renewCollatedIndexes(store.environment, store.catalogue)).rejects.toThrow(
      /index name_1 of tests\.names/,
    );
  });
});
