import { describe, expect, it } from 'vitest';
import { storeForTest } from '../../test/store.js';
import { encode } from '../document.js';
import { Catalogue, type CollectionInfo } from './catalogue.js';
import { CollectionWriter } from './collection.js';
import { Environment } from './disk/environment.js';
import { StoreFailure } from './disk/transactions.js';

const store = storeForTest();
/** More than goes in several turns, with as many entries. */
const MANY = 12_000;

const spec = { v: 2, key: { n: 1 }, name: 'n_1' };

/** A collection with an index; it runs inside a write. */
function make(
  name: string,
  documents: number,
  catalogue = store.catalogue,
  environment = store.environment,
): CollectionInfo {
  const info = catalogue.ensure('tests', name);
  catalogue.addIndex(info, { spec, fields: [{ path: 'n', descending: false }] });
  const writer = new CollectionWriter(environment, catalogue, info);
  for (let n = 0; n < documents; n++) writer.insert(Buffer.from(encode({ _id: n, n })), { _id: n, n });
  return info;
}

const made = (name: string, documents: number): Promise<CollectionInfo> =>
  store.environment.write(() => make(name, documents));
const left = ({ documents, entries } = store.environment): number[] => [
  documents.getKeysCount({}),
  entries.getKeysCount({}),
];

describe('what is dropped', () => {
  it('goes in the same transaction when it is little', async () => {
    const info = await made('few', 100);
    await store.environment.write(() => store.catalogue.drop(info));
    expect([left(), store.catalogue.clearing.marked()]).toEqual([[0, 0], []]);
  });

  it('goes in turns when it is much, beside what others write', async () => {
    const info = await made('many', MANY);
    const kept = await made('kept', 10);
    await store.environment.write(() => store.catalogue.drop(info));
    expect(store.catalogue.find('tests', 'many')).toBeUndefined();
    const seen = [left()];
    const numbers = [info.id, ...info.indexes.map(({ id }) => id)];
    expect(store.catalogue.clearing.marked()).toEqual(numbers);
    while (store.catalogue.clearing.marked().length > 0) {
      await store.environment.write(() =>
        store.environment.retries.putSync(Buffer.from('other'), Buffer.from('other')),
      );
      seen.push(left());
    }
    expect(seen.length).toBeGreaterThan(3);
    seen.reduce((before, now) => {
      // Each time less, and no more than a turn may take. One that was over with the last key leaves the mark to the next.
      const had = (before[0] ?? 0) + (before[1] ?? 0);
      const gone = had - (now[0] ?? 0) - (now[1] ?? 0);
      expect(gone).toBeGreaterThan(had > 2 * kept.count ? 0 : -1);
      expect(gone).toBeLessThanOrEqual(5_000);
      return now;
    });
    expect(left()).toEqual([kept.count, kept.count]);
  });

  it('is cleared to the end when something is dropped in the transaction of the last turn', async () => {
    const [one, two] = [await made('one', MANY), await made('two', MANY)];
    await store.environment.write(() => store.catalogue.drop(one));
    // The next turn is the last of these.
    while (Math.max(...left()) > MANY + 4_000) await store.environment.write(() => undefined);
    await store.environment.write(() => store.catalogue.drop(two));
    await store.catalogue.clearing.run();
    expect([left(), store.catalogue.clearing.marked()]).toEqual([[0, 0], []]);
  });

  it('is all there when its transaction fails', async () => {
    const info = await made('many', MANY);
    const failed = store.environment.write(() => {
      store.catalogue.drop(info);
      throw new StoreFailure('the disk has failed', { cause: new Error('the disk has failed') });
    });
    await expect(failed).rejects.toThrow('the disk has failed');
    await store.catalogue.clearing.run();
    expect([left(), store.catalogue.clearing.marked()]).toEqual([[MANY, MANY], []]);
    expect(store.catalogue.find('tests', 'many')).toMatchObject({ count: MANY });
  });

  it('is cleared later when the disk fails meanwhile', async () => {
    const info = await made('many', MANY);
    await store.environment.write(() => store.catalogue.drop(info));
    const running = store.catalogue.clearing.run();
    const failed = store.environment.write(() => {
      throw new StoreFailure('the disk has failed', { cause: new Error('the disk has failed') });
    });
    await expect(failed).rejects.toThrow('the disk has failed');
    await running;
    expect(store.catalogue.clearing.marked()).not.toEqual([]);
    await store.catalogue.clearing.run();
    expect([left(), store.catalogue.clearing.marked()]).toEqual([[0, 0], []]);
  });

  it('leaves the clearing to the next start when the store is closed, and its number to nobody', async () => {
    const { environment, catalogue, folder } = store;
    // Made and dropped at once: no record was ever written that would tell that the number is given.
    const id = await environment.write(() => {
      const info = make('many', MANY);
      catalogue.drop(info);
      return info.id;
    });
    await environment.close();
    const opened = Environment.open(folder);
    try {
      const again = new Catalogue(opened);
      expect(again.clearing.marked()).toContain(id);
      const info = await opened.write(() => make('next', 10, again, opened));
      expect(again.clearing.marked()).not.toContain(info.id);
      await again.clearing.run();
      expect([left(opened), again.clearing.marked()]).toEqual([[10, 10], []]);
    } finally {
      await opened.close();
    }
  });
});
