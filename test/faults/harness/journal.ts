import { crc32 } from 'node:zlib';

/** Before the changes of a record: their length, a checksum of what follows it, the record's number. */
export const JOURNAL_HEADER = 16;
const CHECKSUM_AT = 4;
const NUMBER_AT = 8;

/** Where a record of the store's journal lies, header included. */
export interface JournalPlace {
  readonly at: number;
  readonly length: number;
  readonly number: bigint;
}

/** The records that were written since the journal began anew. What an earlier round left behind them has other numbers. */
export function journalRecords(bytes: Buffer): JournalPlace[] {
  const places: JournalPlace[] = [];
  for (let at = 0; at + JOURNAL_HEADER <= bytes.length;) {
    const length = JOURNAL_HEADER + bytes.readUInt32LE(at);
    const number = bytes.readBigUInt64LE(at + NUMBER_AT);
    const last = places.at(-1);
    if (at + length > bytes.length || (last && number !== last.number + 1n)) break;
    if (bytes.readUInt32LE(at + CHECKSUM_AT) !== checksum(bytes.subarray(at, at + length))) break;
    places.push({ at, length, number });
    at += length;
  }
  return places;
}

/** A journal with one more record, as `torn` makes it of a whole one. */
export function withRecordBehind(bytes: Buffer, torn: (record: Buffer) => Buffer): Buffer {
  const last = journalRecords(bytes).at(-1);
  if (!last) throw new Error('The journal is empty.');
  const end = last.at + last.length;
  const record = Buffer.from(bytes.subarray(last.at, end));
  record.writeBigUInt64LE(last.number + 1n, NUMBER_AT);
  record.writeUInt32LE(checksum(record), CHECKSUM_AT);
  const journal = Buffer.from(bytes);
  torn(record).copy(journal, end);
  return journal;
}

const checksum = (record: Buffer): number => crc32(record.subarray(NUMBER_AT));
