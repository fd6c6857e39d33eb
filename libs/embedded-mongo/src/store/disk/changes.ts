const HEADER_BYTES = 3;
const LENGTH_BYTES = 4;
/** Stands in the place of a table's number when a key was removed from it. */
const REMOVED = 0x80;

/** Where changes are made. */
export interface Changeable {
  putSync(key: Buffer, value: Buffer): unknown;
  removeSync(key: Buffer): unknown;
}

/**
 * What a transaction changes, as bytes: for each change the table's number, the key with its length before it and,
 * when a value was put there, the value with its length.
 */
export class Changes {
  private buffer = Buffer.allocUnsafe(64 * 1024);
  private length = 0;
  private tooLong = false;

  /** @param limit most bytes to keep; beyond it changes are only counted as too many */
  constructor(private readonly limit: number) {}

  put(table: number, key: Uint8Array, value: Uint8Array): void {
    if (!this.makeRoom(HEADER_BYTES + key.length + LENGTH_BYTES + value.length)) return;
    this.head(table, key);
    this.length = this.buffer.writeUInt32LE(value.length, this.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  remove(table: number, key: Uint8Array): void {
    if (this.makeRoom(HEADER_BYTES + key.length)) this.head(table | REMOVED, key);
  }

  /** Everything since the last `clear`; undefined when it is more than the limit. Valid until the next change. */
  get bytes(): Buffer | undefined {
    return this.tooLong ? undefined : this.buffer.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
    this.tooLong = false;
  }

  private head(table: number, key: Uint8Array): void {
    this.buffer[this.length] = table;
    this.length = this.buffer.writeUInt16LE(key.length, this.length + 1);
    this.buffer.set(key, this.length);
    this.length += key.length;
  }

  private makeRoom(bytes: number): boolean {
    const needed = this.length + bytes;
    if (this.tooLong || needed > this.limit) {
      this.tooLong = true;
      return false;
    }
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.limit, Math.max(needed, this.buffer.length * 2)));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    return true;
  }
}

/** Makes changes once more, in their order; they are the same however often they are made. */
export function replay(changes: Buffer, tables: readonly Changeable[]): void {
  for (let at = 0; at < changes.length;) {
    const marked = changes.readUInt8(at);
    const keyEnd = at + HEADER_BYTES + changes.readUInt16LE(at + 1);
    const key = changes.subarray(at + HEADER_BYTES, keyEnd);
    const table = tables[marked & ~REMOVED];
    if (!table) throw new Error(`there is no table ${marked & ~REMOVED}`);
    if (marked & REMOVED) {
      table.removeSync(key);
      at = keyEnd;
    } else {
      at = keyEnd + LENGTH_BYTES + changes.readUInt32LE(keyEnd);
      table.putSync(key, changes.subarray(keyEnd + LENGTH_BYTES, at));
    }
  }
}
