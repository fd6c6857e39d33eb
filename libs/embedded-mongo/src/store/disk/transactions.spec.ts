import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { powerForTest } from '../../../test/power.js';
import { storeForTest } from '../../../test/store.js';
import { encode } from '../../document.js';
import { Environment } from './environment.js';
import { journalFile } from './folder.js';
import { JOURNAL_BYTES } from './journal.js';
import { seal } from './seal.js';
import { StoreFailure } from './transactions.js';

const power = powerForTest();
const store = storeForTest();

const b = (text: string): Buffer => Buffer.from(text);
const put = (key: string, value = key): void => store.environment.documents.putSync(b(key), b(value));
const keysOf = (opened: Environment): string[] => Array.from(opened.documents.getKeys({}), String);

/** What a process that was killed now would leave, as the next one finds it. */
function afterKill(): Promise<string[]> {
  return after(() => undefined);
}

/** The same, had the power failed: of the journal there is what was synced. */
function afterPowerFailure(): Promise<string[]> {
  return after((copy) => writeFileSync(journalFile(copy), power.heldBy(journalFile(store.folder))));
}

async function after(change: (copy: string) => void): Promise<string[]> {
  const copy = join(dirname(store.folder), 'copy');
  cpSync(store.folder, copy, { recursive: true });
  change(copy);
  await Environment.settleCopy(copy);
  const opened = Environment.openToRead(copy);
  const keys = keysOf(opened);
  await opened.close();
  rmSync(copy, { recursive: true });
  return keys;
}

function fail(): never {
  throw new StoreFailure('the disk has failed', { cause: new Error('the disk has failed') });
}

describe('transactions', () => {
  it('are in the journal when they are answered, and in the data file after a checkpoint', async () => {
    await store.environment.write(() => put('a'));
    await store.environment.write(() => put('b'));
    const reader = Environment.openToRead(store.folder);
    expect(keysOf(reader)).toEqual([]);
    expect([keysOf(store.environment), await afterKill()]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    store.environment.snapshot()?.done();
    await reader.caughtUp();
    expect(keysOf(reader)).toEqual(['a', 'b']);
    await store.environment.write(() => put('c'));
    expect(await afterKill()).toEqual(['a', 'b', 'c']);
    await reader.close();
  });

  it('are on disk when they are answered, alone or together', async () => {
    await store.environment.write(() => put('a'));
    expect(await afterPowerFailure()).toEqual(['a']);
    await Promise.all([store.environment.write(() => put('b')), store.environment.write(() => put('c'))]);
    expect(await afterPowerFailure()).toEqual(['a', 'b', 'c']);
  });

  it('leave nothing when the store fails in them, and everything of those before', async () => {
    await store.environment.write(() => put('a'));
    const together = [store.environment.write(() => put('b')), store.environment.write(() => fail())];
    expect((await Promise.allSettled(together)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([keysOf(store.environment), await afterKill()]).toEqual([['a'], ['a']]);
    await store.environment.write(() => put('c'));
    expect([keysOf(store.environment), await afterKill()]).toEqual([
      ['a', 'c'],
      ['a', 'c'],
    ]);
  });

  it('leave nothing when the file refuses one of their changes, whatever it was for', async () => {
    await store.environment.write(() => put('a'));
    const tooLong = Buffer.alloc(5000);
    for (const refused of [
      () => store.environment.catalogue.putSync(tooLong, b('x')),
      () => store.environment.entries.addSync(tooLong, b('x')),
      () => store.environment.texts.removeSync(tooLong),
    ]) {
      const job = store.environment.write(() => {
        put('b');
        refused();
      });
      const together = await Promise.allSettled([store.environment.write(() => put('c')), job]);
      expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect([keysOf(store.environment), await afterKill()]).toEqual([['a'], ['a']]);
    }
  });

  it('stay whole when something is read in the midst of them that elsewhere would need a snapshot', async () => {
    const failed = store.environment.write(() => {
      put('a');
      expect(store.environment.snapshot()).toBeUndefined();
      put('b');
      fail();
    });
    await expect(failed).rejects.toThrow('the disk has failed');
    expect([keysOf(store.environment), await afterKill()]).toEqual([[], []]);
  });

  it('that change more than the journal holds are in the data file at once', async () => {
    await store.environment.write(() => put('a'));
    const long = seal(Buffer.from(encode({ text: 'x'.repeat(JOURNAL_BYTES) })));
    await store.environment.write(() => store.environment.documents.putSync(b('long'), long));
    const reader = Environment.openToRead(store.folder);
    expect(keysOf(reader)).toEqual(['a', 'long']);
    await reader.close();
    await store.environment.write(() => put('z'));
    expect(await afterKill()).toEqual(['a', 'long', 'z']);
  });

  it('that change nothing are not waited for by others', async () => {
    await store.environment.write(() => undefined);
    const other = Environment.openToRead(store.folder);
    await other.close();
    expect(await afterKill()).toEqual([]);
  });

  it('give a walk with a snapshot the state in which it began', async () => {
    await store.environment.write(() => put('a', 'before'));
    const snapshot = store.environment.snapshot();
    await store.environment.write(() => put('a', 'after'));
    await store.environment.write(() => put('b'));
    const options = { transaction: snapshot as never };
    const { documents } = store.environment.tablesOf(snapshot);
    expect(documents.getBinaryFast(b('a'), options)?.toString('utf8', 0, 6)).toBe('before');
    expect(documents.getBinaryFast(b('b'), options)).toBeUndefined();
    expect(keysOf(store.environment)).toEqual(['a', 'b']);
    snapshot?.done();
  });
});

describe('lazy transactions', () => {
  const putLazily = (key: string, value = key): Promise<void> => store.environment.write(() => put(key, value), true);

  it('are read at once, and on disk with the next one that is not lazy', async () => {
    await putLazily('a');
    await putLazily('b');
    expect([keysOf(store.environment), await afterKill()]).toEqual([['a', 'b'], []]);
    await store.environment.write(() => put('c'));
    expect([await afterKill(), await afterPowerFailure()]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
  });

  it('are not lazy together with one that is not', async () => {
    await Promise.all([putLazily('a'), store.environment.write(() => put('b'))]);
    expect(await afterPowerFailure()).toEqual(['a', 'b']);
  });

  it('are on disk by themselves when they are many', async () => {
    const value = 'x'.repeat(1000);
    for (let n = 0; n < 300; n++) await putLazily(`key ${n}`, value);
    expect((await afterKill()).length).toBeGreaterThan(200);
  });

  it('are in the data file after a checkpoint, and made no second time', async () => {
    await putLazily('a');
    store.environment.snapshot()?.done();
    const reader = Environment.openToRead(store.folder);
    expect(keysOf(reader)).toEqual(['a']);
    await reader.close();
    await store.environment.write(() => store.environment.documents.removeSync(b('a')));
    await putLazily('b');
    await store.environment.write(() => undefined);
    expect(await afterKill()).toEqual(['b']);
  });

  it('are gone when the next one fails, and nothing else is', async () => {
    await store.environment.write(() => put('a'));
    await putLazily('b');
    await expect(store.environment.write(() => fail())).rejects.toThrow('the disk has failed');
    expect([keysOf(store.environment), await afterKill()]).toEqual([['a'], ['a']]);
    await store.environment.write(() => put('c'));
    expect(await afterKill()).toEqual(['a', 'c']);
  });
});
