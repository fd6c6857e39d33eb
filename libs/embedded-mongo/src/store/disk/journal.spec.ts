import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { powerForTest } from '../../../test/power.js';
import { temporaryFolder } from '../../../test/temporary.js';
import { JOURNAL_BYTES, Journal, MAX_JOURNAL_BYTES } from './journal.js';

const power = powerForTest();
let folder: string;
let path: string;
let journal: Journal;

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'journal');
  journal = Journal.open(path);
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Bytes that a record takes besides what it holds. */
const HEADER = 16;
const text = (number: number): Buffer => Buffer.from(`changes of transaction ${number}`);
const append = (...numbers: number[]): void => {
  for (const number of numbers) journal.append({ number: BigInt(number), changes: text(number) });
};
const read = (after: number): string[] => Journal.read(path, BigInt(after)).map(({ changes }) => changes.toString());
const texts = (...numbers: number[]): string[] => numbers.map((number) => text(number).toString());

/** Where a record begins. */
const placeOf = (bytes: Buffer, number: number): number => bytes.indexOf(text(number)) - HEADER;

function damage(change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
}

describe('a journal', () => {
  it('has its size from the beginning, for its owner alone, and no records', () => {
    expect(statSync(path)).toMatchObject({ size: JOURNAL_BYTES, mode: 0o100600 });
    expect([Journal.isInUse(path), read(0)]).toEqual([false, []]);
  });

  it('gives the records behind a number in their order', () => {
    append(7, 8, 9);
    expect(read(6)).toEqual(texts(7, 8, 9));
    expect(read(8)).toEqual(texts(9));
    expect(read(9)).toEqual([]);
    expect(Journal.isInUse(path)).toBe(true);
  });

  it('has a record on disk when it is added, whatever becomes of the power', () => {
    for (const number of [1, 2, 3]) {
      append(number);
      const left = Journal.recordsIn(power.heldBy(path), 0n);
      expect(left.at(-1)?.changes.toString()).toBe(text(number).toString());
    }
  });

  it('gives nothing of an earlier round, of another one, or behind a gap', () => {
    append(1, 2, 3, 4, 5);
    journal.restart();
    append(6, 7);
    expect(read(5)).toEqual(texts(6, 7));
    expect(read(1_000)).toEqual([]);
  });

  it('is written on by whoever opens it next', () => {
    append(1, 2);
    journal.close();
    journal = Journal.open(path);
    append(100);
    expect(read(99)).toEqual(texts(100));
  });

  it.each<[string, (bytes: Buffer, at: number) => void]>([
    ['cut off', (bytes, at) => bytes.fill(0, at + HEADER + 5)],
    ['not begun', (bytes, at) => bytes.fill(0, at)],
    ['without its length', (bytes, at) => bytes.fill(0, at, at + 4)],
    ['of another length', (bytes, at) => bytes.writeUInt32LE(0xffff_ffff, at)],
    ['changed by a bit', (bytes, at) => bytes.writeUInt8(bytes.readUInt8(at + HEADER + 3) ^ 1, at + HEADER + 3)],
  ])('gives what stands before a last record that is %s', (_, tear) => {
    append(1, 2, 3);
    damage((bytes) => tear(bytes, placeOf(bytes, 3)));
    expect(read(0)).toEqual(texts(1, 2));
  });

  it.each([
    { damaged: 1, of: 4, after: 0 },
    { damaged: 2, of: 4, after: 0 },
    { damaged: 1, of: 4, after: 2 },
    { damaged: 1, of: 3, after: 2 },
  ])('is refused when record $damaged of $of is damaged and those after $after are wanted', (given) => {
    append(...Array.from({ length: given.of }, (_, i) => i + 1));
    damage((bytes) => bytes.fill(0xff, placeOf(bytes, given.damaged) + HEADER, placeOf(bytes, given.damaged) + 24));
    expect(() => read(given.after)).toThrow(/is damaged: a record in its midst is overwritten/);
  });

  it('has room for so many bytes until it begins anew', () => {
    const changes = Buffer.alloc(JOURNAL_BYTES / 2);
    expect(journal.fits(JOURNAL_BYTES - HEADER)).toBe(true);
    expect(journal.fits(JOURNAL_BYTES)).toBe(false);
    journal.append({ number: 1n, changes });
    expect([journal.fits(changes.length), journal.fits(changes.length - 2 * HEADER)]).toEqual([false, true]);
    journal.restart();
    expect(journal.fits(changes.length)).toBe(true);
  });

  it('grows twofold up to its most, and keeps that when it is opened again', () => {
    const sizes = [1, 2, 3, 4].map(() => {
      journal.append({ number: 1n, changes: Buffer.alloc(JOURNAL_BYTES / 2) });
      journal.grow();
      return statSync(path).size;
    });
    expect(sizes).toEqual([JOURNAL_BYTES * 2, JOURNAL_BYTES * 4, MAX_JOURNAL_BYTES, MAX_JOURNAL_BYTES]);
    expect(journal.fits(MAX_JOURNAL_BYTES - HEADER)).toBe(true);
    journal.close();
    journal = Journal.open(path);
    expect([journal.fits(MAX_JOURNAL_BYTES - HEADER), journal.fits(MAX_JOURNAL_BYTES)]).toEqual([true, false]);
    journal.append({ number: 2n, changes: Buffer.alloc(MAX_JOURNAL_BYTES - HEADER) });
    expect(Journal.read(path, 1n).map(({ changes }) => changes.length)).toEqual([MAX_JOURNAL_BYTES - HEADER]);
  });

  it('stays as it is where there is no room to grow', () => {
    const limit = (bytes: string) =>
      execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);
    limit(String(JOURNAL_BYTES + 100_000));
    try {
      journal.grow();
    } finally {
      limit('unlimited');
    }
    expect(statSync(path).size).toBe(JOURNAL_BYTES);
    expect([journal.fits(JOURNAL_BYTES - HEADER), journal.fits(JOURNAL_BYTES)]).toEqual([true, false]);
    journal.grow();
    expect(statSync(path).size).toBe(JOURNAL_BYTES * 2);
  });
});
