import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encode } from '../document.js';
import { Environment } from './environment.js';
import { JOURNAL_BYTES } from './journal.js';
import { seal } from './seal.js';
import { StoreFailure } from './transactions.js';

let folder: string;
let environment: Environment;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'em-'));
  environment = Environment.open(join(folder, 'data'));
});
afterEach(async () => {
  await environment.close();
  rmSync(folder, { recursive: true, force: true });
});

const b = (text: string): Buffer => Buffer.from(text);
const put = (key: string, value = key): void => environment.documents.putSync(b(key), b(value));
const keysOf = (opened: Environment): string[] => Array.from(opened.documents.getKeys({}), String);

/** What a process that was killed now would leave, as the next one finds it. */
async function afterKill(): Promise<string[]> {
  const copy = join(folder, 'copy');
  cpSync(join(folder, 'data'), copy, { recursive: true });
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
    await environment.write(() => put('a'));
    await environment.write(() => put('b'));
    const reader = Environment.openToRead(join(folder, 'data'));
    expect(keysOf(reader)).toEqual([]);
    expect([keysOf(environment), await afterKill()]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    environment.snapshot()?.done();
    await reader.caughtUp();
    expect(keysOf(reader)).toEqual(['a', 'b']);
    await environment.write(() => put('c'));
    expect(await afterKill()).toEqual(['a', 'b', 'c']);
    await reader.close();
  });

  it('leave nothing when the store fails in them, and everything of those before', async () => {
    await environment.write(() => put('a'));
    const together = [environment.write(() => put('b')), environment.write(() => fail())];
    expect((await Promise.allSettled(together)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([keysOf(environment), await afterKill()]).toEqual([['a'], ['a']]);
    await environment.write(() => put('c'));
    expect([keysOf(environment), await afterKill()]).toEqual([
      ['a', 'c'],
      ['a', 'c'],
    ]);
  });

  it('leave nothing when the file refuses one of their changes, whatever it was for', async () => {
    await environment.write(() => put('a'));
    const tooLong = Buffer.alloc(3000);
    for (const refused of [
      () => environment.catalogue.putSync(tooLong, b('x')),
      () => environment.entries.addSync(tooLong, b('x')),
      () => environment.texts.removeSync(tooLong),
    ]) {
      const job = environment.write(() => {
        put('b');
        refused();
      });
      const together = await Promise.allSettled([environment.write(() => put('c')), job]);
      expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect([keysOf(environment), await afterKill()]).toEqual([['a'], ['a']]);
    }
  });

  it('stay whole when something is read in the midst of them that elsewhere would need a snapshot', async () => {
    const failed = environment.write(() => {
      put('a');
      expect(environment.snapshot()).toBeUndefined();
      put('b');
      fail();
    });
    await expect(failed).rejects.toThrow('the disk has failed');
    expect([keysOf(environment), await afterKill()]).toEqual([[], []]);
  });

  it('that change more than the journal holds are in the data file at once', async () => {
    await environment.write(() => put('a'));
    const long = seal(Buffer.from(encode({ text: 'x'.repeat(JOURNAL_BYTES) })));
    await environment.write(() => environment.documents.putSync(b('long'), long));
    const reader = Environment.openToRead(join(folder, 'data'));
    expect(keysOf(reader)).toEqual(['a', 'long']);
    await reader.close();
    await environment.write(() => put('z'));
    expect(await afterKill()).toEqual(['a', 'long', 'z']);
  });

  it('that change nothing are not waited for by others', async () => {
    await environment.write(() => undefined);
    const other = Environment.openToRead(join(folder, 'data'));
    await other.close();
    expect(await afterKill()).toEqual([]);
  });

  it('give a walk with a snapshot the state in which it began', async () => {
    await environment.write(() => put('a', 'before'));
    const snapshot = environment.snapshot();
    await environment.write(() => put('a', 'after'));
    await environment.write(() => put('b'));
    const options = { transaction: snapshot as never };
    const { documents } = environment.tablesOf(snapshot);
    expect(documents.getBinaryFast(b('a'), options)?.toString('utf8', 0, 6)).toBe('before');
    expect(documents.getBinaryFast(b('b'), options)).toBeUndefined();
    expect(keysOf(environment)).toEqual(['a', 'b']);
    snapshot?.done();
  });
});
