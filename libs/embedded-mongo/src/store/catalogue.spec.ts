import { describe, expect, it } from 'vitest';
import { storeForTest } from '../../test/store.js';

const store = storeForTest();

describe('an index of the catalogue', () => {
  it('is ready when its transaction is on disk, also when it was changed in that very transaction', async () => {
    const spec = { v: 2, key: { a: 1 }, name: 'a_1' };
    const made = store.environment.write(() => {
      store.catalogue.addIndex(store.catalogue.ensure('db', 'c'), { spec, fields: [{ path: 'a', descending: false }] });
    });
    const changed = store.environment.write(() => {
      const info = store.catalogue.ensure('db', 'c');
      const [index] = info.indexes;
      expect(index).toMatchObject({ ready: false });
      if (index) store.catalogue.changeIndex(info, index, { ...spec, expireAfterSeconds: 60 });
    });
    await Promise.all([made, changed]);
    expect(store.catalogue.find('db', 'c')?.indexes).toMatchObject([{ ready: true, expireAfterSeconds: 60 }]);
  });
});
