import type { Database, RootDatabase } from 'lmdb';
import { decode, encode } from '../../document.js';
import { HOLDER_KEY, SETTINGS } from './data-file.js';
import { isRunning, type Holder } from './folder.js';

const FORMAT_KEY = Buffer.from('format');
const JOURNAL_KEY = Buffer.from('journal');
const NUMBER_BYTES = 8;

/** What a data file knows of itself. Setters run inside a transaction of LMDB, or are one. */
export class Settings {
  private readonly table: Database<Buffer, Buffer>;

  constructor(root: RootDatabase<Buffer, Buffer>) {
    this.table = root.openDB({ name: SETTINGS, keyEncoding: 'binary', encoding: 'binary' });
  }

  /** The version of its layout; undefined in a new file, and in a foreign one. */
  get format(): number | undefined {
    return this.table.get(FORMAT_KEY)?.readUInt32BE(0);
  }

  set format(version: number) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(version);
    this.table.putSync(FORMAT_KEY, bytes);
  }

  /** The process that took hold of it last, whether or not that still runs. */
  get lastHolder(): Holder | undefined {
    const stored = this.table.get(HOLDER_KEY);
    return stored && (decode(stored) as unknown as Holder);
  }

  /** The process that holds it and runs, which may be this one. */
  get holder(): Holder | undefined {
    const { lastHolder } = this;
    return lastHolder && isRunning(lastHolder) ? lastHolder : undefined;
  }

  set holder(holder: Holder | undefined) {
    if (holder) this.table.putSync(HOLDER_KEY, Buffer.from(encode({ ...holder })));
    else this.table.removeSync(HOLDER_KEY);
  }

  /** The number of the journal's last record whose changes are here; undefined when there are no others anywhere. */
  get checkpoint(): bigint | undefined {
    return this.table.get(JOURNAL_KEY)?.readBigUInt64BE(0);
  }

  set checkpoint(number: bigint | undefined) {
    if (number === undefined) {
      this.table.removeSync(JOURNAL_KEY);
      return;
    }
    const bytes = Buffer.alloc(NUMBER_BYTES);
    bytes.writeBigUInt64BE(number);
    this.table.putSync(JOURNAL_KEY, bytes);
  }
}
