import { open, type RootDatabase, type RootDatabaseOptions } from 'lmdb';
import type { Changes } from './changes.js';
import { dataFile } from './folder.js';
import { COPIED, DOCUMENT_KEYS, NOT_COPIED, UNREAD_KEYS, type DocumentKey, type Reused } from './reused.js';
import { Table } from './table.js';

/** How each table is opened; lmdb's types leave `encoder` out. */
const TABLE_OPTIONS = { keyEncoding: 'binary', encoding: 'binary', encoder: COPIED } as const;

/** A table as walks read it, whose values are lmdb's own buffer. */
export interface WalkedTable {
  getBinaryFast(key: DocumentKey | Uint8Array, options: object): Reused | undefined;
  getRange(options: object): Iterable<{ key: Buffer; value: Reused }>;
}

/** A state of the data that stays as it is while it is in use. */
export type Snapshot = ReturnType<RootDatabase['useReadTransaction']>;

/** The opened file. */
export type DataRoot = RootDatabase<Buffer, Buffer>;

/**
 * Bytes of a page, twice of what LMDB would take. Under load a checkpoint writes half as many pages, and LMDB keeps those
 * that changed in a sorted list, into which each goes at a price that grows with its length: with both it and the longer
 * journal a document of an `insertMany` took three quarters of the CPU. Of a lone change twice the bytes are written.
 */
const PAGE_BYTES = 8192;

/** How both kinds of opening see the file: bytes as keys, bytes as values. */
const FILE_OPTIONS: RootDatabaseOptions = {
  keyEncoding: 'binary',
  encoding: 'binary',
  maxDbs: 8,
  maxReaders: 2048,
  // Of a file that is made now; others keep theirs. See PAGE_BYTES.
  pageSize: PAGE_BYTES,
  // A commit ends when it is synced, so that what is answered, or read by others, is on disk.
  overlappingSync: false,
};

/** Tables as walks read them. */
export interface WalkedTables {
  readonly documents: WalkedTable;
  readonly entries: WalkedTable;
  /** The same entries for walks that look at their keys, which makes one of each. */
  readonly keyedEntries: WalkedTable;
}

/** Opens the data file of a folder, and makes it when it is missing. */
export function openFile(folder: string, options: RootDatabaseOptions = {}): DataRoot {
  return open<Buffer, Buffer>({ ...FILE_OPTIONS, path: dataFile(folder), ...options });
}

/** Its documents and index entries, for walks. */
export function walkedTables(root: DataRoot): WalkedTables {
  const table = (name: string, keyEncoder: object): WalkedTable => {
    const opened: unknown = root.openDB({ name, encoding: 'binary', encoder: NOT_COPIED, keyEncoder } as never);
    return opened as WalkedTable;
  };
  return {
    documents: table('documents', DOCUMENT_KEYS),
    entries: table('entries', UNREAD_KEYS),
    keyedEntries: table('entries', DOCUMENT_KEYS),
  };
}

/** One of its tables, whose changes are noted. */
export function tableOf(root: DataRoot, name: string, number: number, changes: Changes): Table {
  return new Table(root.openDB({ name, ...TABLE_OPTIONS }), number, changes);
}
