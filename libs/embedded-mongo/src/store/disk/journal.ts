import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { EmbeddedMongoError } from '../../errors.js';
import { syncPath } from './folder.js';

/** Bytes of a new file, all of which it has from the beginning: writing within them needs no journal of the file system's own. */
export const JOURNAL_BYTES = 4 * 1024 * 1024;
/** Bytes to which it grows at most, which bound what a start has to make once more and how many pages a checkpoint writes. */
export const MAX_JOURNAL_BYTES = 32 * 1024 * 1024;
/** Before each record: the length of what it holds, a checksum of the rest, its number. */
const HEADER_BYTES = 16;
const NUMBER_AT = 8;

/** One transaction. */
export interface JournalRecord {
  readonly number: bigint;
  readonly changes: Buffer;
}

/**
 * The changes of the transactions since the last checkpoint, in one file that is written from its beginning on, and
 * again from its beginning after a checkpoint. A write is durable once its record is on disk: one short write in
 * sequence, in place of a page of LMDB's for nearly each index entry.
 *
 * Records have consecutive numbers, so that what an earlier round left behind is told from what belongs to this one.
 */
export class Journal {
  private at = 0;

  private constructor(
    private readonly file: number,
    private bytes: number,
  ) {}

  /**
   * Opens the file; makes it, with all of its bytes, when it is missing. What stands in it is overwritten.
   * @throws EmbeddedMongoError when it cannot be made or written
   */
  static open(path: string): Journal {
    try {
      const file = openOrMake(path);
      return new Journal(file, fstatSync(file).size);
    } catch (error) {
      throw new EmbeddedMongoError(
        `${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}). Make room, or give this user write access to it.`,
      );
    }
  }

  /**
   * The records that follow a number, in their order. The last one that was being written when the process ended may be
   * torn, and was answered to nobody.
   * @throws EmbeddedMongoError when a record is damaged that others follow
   */
  static read(path: string, after: bigint): JournalRecord[] {
    const bytes = readFileSync(path);
    const records = Journal.recordsIn(bytes, after);
    // Each record is on disk before the next is written: one that is there and cannot be come to, or that stands behind
    // the first that is missing, tells of damage.
    const missing = after + BigInt(records.length) + 1n;
    if (holds(bytes, missing) || holds(bytes, missing + 1n)) {
      throw new EmbeddedMongoError(
        `${path} is damaged: a record in its midst is overwritten. It was left as it is; restore the data from a backup.`,
      );
    }
    return records;
  }

  /** The records that follow a number in a copy, which may have been taken while others were written. */
  static recordsIn(bytes: Buffer, after: bigint): JournalRecord[] {
    const records: JournalRecord[] = [];
    let next = after + 1n;
    for (let at = 0, record = recordAt(bytes, at); record; record = recordAt(bytes, at)) {
      if (record.number > next) break;
      if (record.number === next) {
        records.push(record);
        next++;
      }
      at += HEADER_BYTES + record.changes.length;
    }
    return records;
  }

  /** Whether there is a record in it, of whatever number. */
  static isInUse(path: string): boolean {
    return recordAt(readFileSync(path), 0) !== undefined;
  }

  /** Whether changes of so many bytes find room before the next checkpoint. */
  fits(bytes: number): boolean {
    return this.at + HEADER_BYTES + bytes <= this.bytes;
  }

  /** Writes a record behind the last one; on disk when it returns. After an error nothing was added. */
  append({ number, changes }: JournalRecord): void {
    const record = Buffer.allocUnsafe(HEADER_BYTES + changes.length);
    record.writeUInt32LE(changes.length);
    record.writeBigUInt64LE(number, NUMBER_AT);
    record.set(changes, HEADER_BYTES);
    record.writeUInt32LE(crc32(record.subarray(NUMBER_AT)), 4);
    try {
      writeAll(this.file, record, this.at);
      fdatasyncSync(this.file);
    } catch (error) {
      this.spoil();
      throw error;
    }
    this.at += record.length;
  }

  /** Makes a record that failed none, as far as the disk still lets it: it was answered as not written. */
  private spoil(): void {
    try {
      writeSync(this.file, Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, this.at);
    } catch {
      // The next record is written over it.
    }
  }

  /** Begins anew: what was written so far stands in the data file. */
  restart(): void {
    this.at = 0;
  }

  /**
   * Begins anew with twice the room, as far as it may grow: for when it is full long before a checkpoint is due. Of a page
   * on which more documents change, a checkpoint writes no more: with 16 MiB a document of an `insertMany` took three
   * quarters of the CPU that it took with 4, and with 32 a tenth less again.
   */
  grow(): void {
    this.restart();
    const room = Math.min(this.bytes, MAX_JOURNAL_BYTES - this.bytes);
    if (room <= 0) return;
    try {
      writeAll(this.file, Buffer.alloc(room), this.bytes);
      fsyncSync(this.file);
      this.bytes += room;
    } catch {
      this.giveBack();
    }
  }

  /** What growing took of a disk that is full, say. */
  private giveBack(): void {
    try {
      ftruncateSync(this.file, this.bytes);
    } catch {
      // It stands at the end of the file and is used when there is room to grow.
    }
  }

  close(): void {
    closeSync(this.file);
  }
}

function writeAll(file: number, bytes: Buffer, at: number): void {
  for (let written = 0; written < bytes.length;)
    written += writeSync(file, bytes, written, bytes.length - written, at + written);
}

/** The record that begins at a place; undefined when there is none, or it is torn. */
function recordAt(bytes: Buffer, at: number): JournalRecord | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined;
  const end = at + HEADER_BYTES + bytes.readUInt32LE(at);
  if (end > bytes.length || bytes.readUInt32LE(at + 4) !== crc32(bytes.subarray(at + NUMBER_AT, end))) return undefined;
  return { number: bytes.readBigUInt64LE(at + NUMBER_AT), changes: bytes.subarray(at + HEADER_BYTES, end) };
}

/** Whether there is a record of a number anywhere. */
function holds(bytes: Buffer, number: bigint): boolean {
  const wanted = Buffer.alloc(8);
  wanted.writeBigUInt64LE(number);
  for (let found = bytes.indexOf(wanted); found >= 0; found = bytes.indexOf(wanted, found + 1)) {
    if (found >= NUMBER_AT && recordAt(bytes, found - NUMBER_AT)?.number === number) return true;
  }
  return false;
}

function openOrMake(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    make(path);
    return openSync(path, 'r+');
  }
}

/** All of its bytes are on disk before it has its name. */
function make(path: string): void {
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w', 0o600);
  try {
    writeFileSync(file, Buffer.alloc(JOURNAL_BYTES));
    fsyncSync(file);
    renameSync(fresh, path);
  } catch (error) {
    // On a full disk it would keep the last of the room.
    rmSync(fresh, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  syncPath(dirname(path));
}
