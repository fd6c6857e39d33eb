import type { Database, RangeOptions } from 'lmdb';
import type { Changes } from './changes.js';

/** A table of the data file: binary keys in order, binary values. What changes in it is noted for the journal. */
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
    this.stored.putSync(key, value);
  }

  /** Inside a write only. */
  removeSync(key: Buffer): void {
    this.changes.remove(this.number, key);
    this.stored.removeSync(key);
  }
}
