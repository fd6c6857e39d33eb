import type { Database, RangeOptions } from 'lmdb';
import type { Changes } from './changes.js';
import { StoreFailure } from './transactions.js';

const UNLESS_THERE = { noOverwrite: true } as const;

/**
 * A table of the data file: binary keys in order, binary values. What changes in it is noted for the journal; a change that
 * LMDB refuses throws a `StoreFailure`, so that nothing of its transaction stays.
 */
export class Table {
  constructor(
    private readonly stored: Database<Buffer, Buffer>,
    /** Names it in the journal; must stay the same. */
    private readonly number: number,
    private readonly changes: Changes,
  ) {}

  get(key: Buffer): Buffer | undefined {
    return this.stored.get(key);
  }

  doesExist(key: Buffer): boolean {
    return this.stored.doesExist(key);
  }

  getRange(range: RangeOptions): Iterable<{ key: Buffer; value: Buffer }> {
    return this.stored.getRange(range);
  }

  getKeys(range: RangeOptions): Iterable<Buffer> {
    return this.stored.getKeys(range);
  }

  getKeysCount(range: RangeOptions): number {
    return this.stored.getKeysCount(range);
  }

  /** Inside a write only. */
  putSync(key: Buffer, value: Buffer): void {
    this.changes.put(this.number, key, value);
    try {
      this.stored.putSync(key, value);
    } catch (error) {
      throw refused(error);
    }
  }

  /**
   * Puts a value where there is none; false, and nothing changed, where there is one. One call of LMDB in place of two.
   * Inside a write only.
   */
  addSync(key: Buffer, value: Buffer): boolean {
    try {
      // What it answers is missing in its types.
      const isAdded: unknown = this.stored.putSync(key, value, UNLESS_THERE);
      if (isAdded !== true) return false;
    } catch (error) {
      throw refused(error);
    }
    this.changes.put(this.number, key, value);
    return true;
  }

  /** Inside a write only. */
  removeSync(key: Buffer): void {
    this.changes.remove(this.number, key);
    try {
      this.stored.removeSync(key);
    } catch (error) {
      throw refused(error);
    }
  }
}

function refused(error: unknown): StoreFailure {
  return new StoreFailure('a change could not be made', { cause: error });
}
