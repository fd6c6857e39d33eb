import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedMongoError } from '../errors.js';

/** What is read here of LMDB's file: two meta pages, then pages of nodes. All numbers are little-endian. */
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const PAGE = { header: 24, flags: 18, lower: 20, overflowPages: 20 } as const;
const PAGE_FLAG = { branch: 1, leaf: 2 } as const;
/** Offsets from the end of a meta page's header. */
const META = {
  magic: 0,
  version: 4,
  pageSize: 24,
  freeRoot: 64,
  mainRoot: 112,
  lastPage: 120,
  transaction: 128,
  bytes: 136,
} as const;
const NODE = { data: 8, flags: 4, keySize: 6 } as const;
const NODE_FLAG = { overflow: 1, table: 2 } as const;
/** Offset of the root in the record of a table. */
const TABLE_ROOT = 40;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/** Path of the data file in a data folder. */
export function dataFile(folder: string): string {
  return join(folder, 'data.mdb');
}

/**
 * Refuses a data file that LMDB did not write, or of which pages in use are cut off, before anything maps it: a map of
 * a torn file ends the process, and opening a foreign one would overwrite it.
 */
export function checkDataFile(folder: string): void {
  const path = dataFile(folder);
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  const read: Read = (buffer, at) => readSync(file, buffer, 0, buffer.length, at) === buffer.length;
  try {
    // Another process may write meanwhile and use pages again that were being looked at. A torn file stays as it is.
    for (let before: bigint | undefined; ;) {
      const { size } = fstatSync(file);
      if (size === 0) return;
      const meta = newestMeta(path, read);
      if (isWholeFile(meta, read, size)) return;
      const transaction = meta.content.readBigUInt64LE(META.transaction);
      if (transaction === before) throw torn(path);
      before = transaction;
    }
  } finally {
    closeSync(file);
  }
}

type Read = (buffer: Buffer, at: number) => boolean;

function newestMeta(path: string, read: Read): { content: Buffer; pageSize: number } {
  const first = Buffer.alloc(META.bytes);
  if (
    !read(first, PAGE.header) ||
    first.readUInt32LE(META.magic) !== MAGIC ||
    first.readUInt32LE(META.version) !== DATA_VERSION
  ) {
    throw new EmbeddedMongoError(`${path} was not written by Parlance's embedded store. It was left as it is.`);
  }
  const pageSize = first.readUInt32LE(META.pageSize);
  const second = Buffer.alloc(META.bytes);
  if (!read(second, pageSize + PAGE.header) || second.readUInt32LE(META.magic) !== MAGIC) throw torn(path);
  const transaction = (meta: Buffer): bigint => meta.readBigUInt64LE(META.transaction);
  return { content: transaction(second) > transaction(first) ? second : first, pageSize };
}

function isWholeFile({ content, pageSize }: { content: Buffer; pageSize: number }, read: Read, size: number): boolean {
  // A file may well be shorter than its last page, when that was given back before it was ever written.
  if (size >= (Number(content.readBigUInt64LE(META.lastPage)) + 1) * pageSize) return true;
  const roots = [content.readBigUInt64LE(META.freeRoot), content.readBigUInt64LE(META.mainRoot)];
  try {
    return roots.every((root) => isWhole(root, read, pageSize, size));
  } catch (error) {
    // What was taken for a page is none: an offset leads out of it.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Whether every page that can be reached from a root lies within the file. */
function isWhole(root: bigint, read: Read, pageSize: number, size: number): boolean {
  if (root === NO_PAGE) return true;
  const page = Buffer.alloc(pageSize);
  const waiting = [Number(root)];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (!read(page, number * pageSize)) return false;
    const flags = page.readUInt16LE(PAGE.flags);
    const pointers = page.readUInt16LE(PAGE.lower) / 2;
    for (let i = 0; i < pointers; i++) {
      const at = PAGE.header + page.readUInt16LE(PAGE.header + i * 2);
      if (at + NODE.data > pageSize) return false;
      if (flags & PAGE_FLAG.branch)
        waiting.push(
          page.readUInt16LE(at) + page.readUInt16LE(at + 2) * 0x1_0000 + page.readUInt16LE(at + 4) * 0x1_0000_0000,
        );
      else if (flags & PAGE_FLAG.leaf) {
        const data = at + NODE.data + page.readUInt16LE(at + NODE.keySize);
        const kind = page.readUInt16LE(at + NODE.flags);
        if (kind & NODE_FLAG.overflow && !hasOverflow(Number(page.readBigUInt64LE(data)), read, pageSize, size))
          return false;
        if (kind & NODE_FLAG.table) {
          const table = page.readBigUInt64LE(data + TABLE_ROOT);
          if (table !== NO_PAGE) waiting.push(Number(table));
        }
      } else return false;
    }
  }
  return true;
}

/** A value that is too large for a page stands on pages of its own, one after the other. */
function hasOverflow(first: number, read: Read, pageSize: number, size: number): boolean {
  const header = Buffer.alloc(PAGE.header);
  return read(header, first * pageSize) && (first + header.readUInt32LE(PAGE.overflowPages)) * pageSize <= size;
}

function torn(path: string): EmbeddedMongoError {
  return new EmbeddedMongoError(
    `${path} is damaged: part of what it says it holds is cut off. It was left as it is; restore it from a backup.`,
  );
}
