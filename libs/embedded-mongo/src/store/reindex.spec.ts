import { describe, expect, it } from 'vitest';
import { storeForTest } from '../../test/store.js';
import { encode } from '../document.js';
import { orderingFor } from '../commands/call.js';
import { CollectionWriter } from './collection.js';
import { fillIndex, renewIndexes } from './reindex.js';
import { scan } from './scan/scan.js';

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
    store.catalogue.addIndex(info, { spec, fields: [{ path: 'name', descending: false }] });
  });
}

describe('an index that another ICU has made', () => {
  it('is made anew, once, and found as it was asked for', async () => {
    await withOldIndex(false);
    await renewIndexes(store.environment, store.catalogue);
    const info = store.catalogue.find('tests', 'names');
    expect(info?.indexes[0]?.spec['collation']).toMatchObject({ version: process.versions['icu'] });
    const evaluation = { ordering: orderingFor(undefined, { locale: 'en', strength: 2 }) };
    const found = scan(store.environment, info as never, { filter: { name: 'A' }, evaluation });
    expect([...found.documents]).toHaveLength(2);
    expect(found.counts.keysExamined).toBe(2);
    const before = info?.indexes[0];
    await renewIndexes(store.environment, store.catalogue);
    expect(store.catalogue.find('tests', 'names')?.indexes[0]).toBe(before);
  });

  it('is named when its texts are no longer unique', async () => {
    await withOldIndex(true);
    const renewed = (): Promise<void> => renewIndexes(store.environment, store.catalogue);
    await expect(renewed()).rejects.toThrow(/index name_1 of tests\.names/);
    // The next start finds it as this one did, not the half of another.
    expect(store.catalogue.find('tests', 'names')?.indexes[0]?.spec['collation']).toMatchObject({ version: '1' });
    await expect(renewed()).rejects.toThrow(/index name_1 of tests\.names/);
  });
});

describe('a sparse index of an earlier version', () => {
  it('is made anew without the elements that lack its field', async () => {
    const { environment, catalogue } = store;
    const info = await environment.write(() => {
      const made = catalogue.ensure('tests', 'elements');
      const writer = new CollectionWriter(environment, catalogue, made);
      const spec = { v: 2, key: { 'a.b': 1 }, name: 'a.b_1', sparse: true };
      const fields = [{ path: 'a.b', descending: false }];
      const index = catalogue.addIndex(made, { spec, fields });
      Object.assign(index, { keysVersion: 1 });
      for (const _id of [1, 2]) {
        const doc = { _id, a: [{ b: _id }, {}, 5] };
        writer.insert(Buffer.from(encode(doc)), doc);
      }
      return made;
    });
    const before = environment.entries.getKeysCount({});
    await renewIndexes(environment, catalogue);
    await catalogue.clearing.run();
    expect(before - environment.entries.getKeysCount({})).toBe(2);
    const [renewed] = info.indexes;
    await renewIndexes(environment, catalogue);
    expect(info.indexes[0]).toBe(renewed);
    await environment.write(() => catalogue.drop(info));
    await catalogue.clearing.run();
  });
});

describe('an index on a field of references of an earlier version', () => {
  it('is made anew, and finds them', async () => {
    const { environment, catalogue } = store;
    const doc = { _id: 1, r: { $ref: 'c', $id: 7 } };
    const info = await environment.write(() => {
      const made = catalogue.ensure('tests', 'references');
      const spec = { v: 2, key: { 'r.$id': 1 }, name: 'r.$id_1' };
      const index = catalogue.addIndex(made, { spec, fields: [{ path: 'r.$id', descending: false }] });
      const writer = new CollectionWriter(environment, catalogue, made);
      writer.insert(Buffer.from(encode(doc)), { ...doc, r: {} });
      Object.assign(index, { keysVersion: 1 });
      return made;
    });
    const found = (): number => [...scan(environment, info, { filter: { 'r.$id': 7 } }).documents].length;
    expect(found()).toBe(0);
    await renewIndexes(environment, catalogue);
    expect(found()).toBe(1);
    await catalogue.clearing.run();
  });
});

describe('an index of more documents than are held in memory at once', () => {
  it('has all of them, and is cleared of all', async () => {
    const DOCUMENTS = 12_345;
    const spec = { v: 2, key: { n: 1 }, name: 'n_1', unique: true };
    const { environment, catalogue } = store;
    const info = await environment.write(() => {
      const made = catalogue.ensure('tests', 'many');
      const writer = new CollectionWriter(environment, catalogue, made);
      for (let n = 0; n < DOCUMENTS; n++) writer.insert(Buffer.from(encode({ _id: n, n })), { _id: n, n });
      fillIndex(
        environment,
        catalogue,
        made,
        catalogue.addIndex(made, { spec, fields: [{ path: 'n', descending: false }] }),
      );
      return made;
    });
    const { documents, counts } = scan(environment, info, { filter: { n: { $gte: 0 } } });
    expect([[...documents].length, counts.keysExamined]).toEqual([DOCUMENTS, DOCUMENTS]);
    await environment.write(() => catalogue.drop(info));
    await catalogue.clearing.run();
    expect([environment.entries, environment.documents].map((table) => table.getKeysCount({}))).toEqual([0, 0]);
  });
});
