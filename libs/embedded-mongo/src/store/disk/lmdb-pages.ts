import { readSync } from 'node:fs';

/** What is read here of LMDB's file: two meta pages, then pages of nodes. All numbers are little-endian. */
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const PAGE = { header: 24, number: 0, transaction: 8, flags: 18, lower: 20, upper: 22, overflowPages: 20 } as const;
const KINDS = 0x2f;
const KIND = { branch: 1, leaf: 2, overflow: 4 } as const;
/** Offsets from the end of a meta page's header. */
const META = {
  magic: 0,
  version: 4,
  pageSize: 24,
  free: 24,
  main: 72,
  lastPage: 120,
  transaction: 128,
  bytes: 136,
} as const;
const NODE = { low: 0, high: 2, flags: 4, keySize: 6, key: 8 } as const;
const NODE_FLAG = { overflow: 1, table: 2, duplicates: 4 } as const;
/** The record of a table: its shape, and where its tree begins. */
const TABLE = { depth: 6, branches: 8, leaves: 16, overflows: 24, entries: 32, root: 40, bytes: 48 } as const;
/** Where the value of a node is that has pages of its own. */
const OVERFLOW = { page: 0, pages: 16, bytes: 24 } as const;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const PAGE_SIZES = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536];

/** The file is not one of LMDB, or not of the layout that it has now. */
export class ForeignFile extends Error {}

/** A page is not what it has to be: cut off, or overwritten. */
export class DamagedPage extends Error {}

/** One tree of the file: its root, and how much its own record says that it holds. */
export interface Tree {
  readonly root: number | undefined;
  readonly depth: number;
  readonly branches: number;
  readonly leaves: number;
  readonly overflows: number;
  readonly entries: number;
}

/** The state that the last whole transaction left. */
export interface Meta {
  readonly transaction: number;
  readonly lastPage: number;
  readonly free: Tree;
  readonly main: Tree;
}

/** One entry of a tree: its key, and its value unless that has pages of its own, or the record of a table. */
export interface Entry {
  readonly key: Buffer;
  readonly value?: Buffer;
  readonly table?: Tree;
}

/** Reads the pages of a data file without LMDB, which would map it, and checks each page that it comes by. */
export class LmdbPages {
  private pageSize = 0;
  /** Pages that the state in question knows of, and the transaction that left it. */
  private meta: Meta | undefined;

  constructor(private readonly descriptor: number) {}

  /**
   * The newest of the two meta pages.
   * @throws ForeignFile, or DamagedPage when one of them is missing or broken
   */
  readMeta(): Meta {
    const first = this.bytes(PAGE.header, META.bytes);
    if (!first || first.readUInt32LE(META.magic) !== MAGIC || first.readUInt32LE(META.version) !== DATA_VERSION)
      throw new ForeignFile();
    this.pageSize = first.readUInt32LE(META.pageSize);
    if (!PAGE_SIZES.includes(this.pageSize)) throw new DamagedPage();
    const second = this.bytes(this.pageSize + PAGE.header, META.bytes);
    if (
      !second ||
      second.readUInt32LE(META.magic) !== MAGIC ||
      second.readUInt32LE(META.version) !== DATA_VERSION ||
      second.readUInt32LE(META.pageSize) !== this.pageSize
    )
      throw new DamagedPage();
    const transaction = (meta: Buffer): number => numberAt(meta, META.transaction);
    const newest = transaction(second) > transaction(first) ? second : first;
    this.meta = {
      transaction: transaction(newest),
      lastPage: numberAt(newest, META.lastPage),
      free: treeAt(newest, META.free),
      main: treeAt(newest, META.main),
    };
    return this.meta;
  }

  /**
   * Reads a whole tree, and checks that it is of the shape that its record says.
   * @param visit is given each entry, in order; without it entries are only checked
   * @param isIntact tells whether a value of more than a page is what was written; without it they are not read
   * @throws DamagedPage at the first page that is cut off, is not the page that it is taken for, or breaks its bounds
   */
  walk(tree: Tree, visit?: (entry: Entry) => void, isIntact?: (value: Buffer) => boolean): void {
    const seen = { branches: 0, leaves: 0, overflows: 0, entries: 0 };
    const page = Buffer.allocUnsafe(this.pageSize);
    const waiting = tree.root === undefined ? [] : [{ number: tree.root, depth: 1 }];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { number, depth } = next;
      this.read(number, page);
      const kind = kindOf(page);
      if (kind !== (depth === tree.depth ? KIND.leaf : KIND.branch)) throw new DamagedPage();
      const nodes = this.nodeCount(page);
      if (kind === KIND.branch) {
        seen.branches++;
        for (let i = nodes - 1; i >= 0; i--)
          waiting.push({ number: childAt(page, this.nodeAt(page, i)), depth: depth + 1 });
      } else {
        seen.leaves++;
        seen.entries += nodes;
        for (let i = 0; i < nodes; i++) {
          const at = this.nodeAt(page, i);
          seen.overflows += this.checkNode(page, at, isIntact);
          if (visit) visit(entryAt(page, at));
        }
      }
      // A damaged branch may lead back to where it hangs.
      if (seen.branches > tree.branches || seen.leaves > tree.leaves) throw new DamagedPage();
    }
    const same = (Object.keys(seen) as (keyof typeof seen)[]).every((name) => seen[name] === tree[name]);
    if (!same) throw new DamagedPage();
  }

  /** @returns how many pages its value has of its own */
  private checkNode(page: Buffer, at: number, isIntact?: (value: Buffer) => boolean): number {
    const valueAt = at + NODE.key + page.readUInt16LE(at + NODE.keySize);
    const size = page.readUInt16LE(at + NODE.low) + page.readUInt16LE(at + NODE.high) * 0x1_0000;
    const flags = page.readUInt16LE(at + NODE.flags);
    const stored = flags & NODE_FLAG.overflow ? OVERFLOW.bytes : size;
    if (valueAt + stored > this.pageSize || flags & NODE_FLAG.duplicates) throw new DamagedPage();
    if (flags & NODE_FLAG.table && stored < TABLE.bytes) throw new DamagedPage();
    if (!(flags & NODE_FLAG.overflow)) return 0;
    const place = page.subarray(valueAt, valueAt + stored);
    const pages = this.checkOverflow(place, size);
    if (isIntact && pages > 1) {
      const value = this.bytes(numberAt(place, OVERFLOW.page) * this.pageSize + PAGE.header, size);
      if (!value || !isIntact(value)) throw new DamagedPage();
    }
    return pages;
  }

  /** A value that is too large for a page stands on pages of its own, of which only the first has a header. */
  private checkOverflow(place: Buffer, size: number): number {
    const first = numberAt(place, OVERFLOW.page);
    const pages = numberAt(place, OVERFLOW.pages);
    const header = Buffer.allocUnsafe(PAGE.header);
    this.read(first, header);
    if (kindOf(header) !== KIND.overflow || header.readUInt32LE(PAGE.overflowPages) !== pages) throw new DamagedPage();
    const tooSmall = pages * this.pageSize < PAGE.header + size;
    if (tooSmall || !this.bytes((first + pages) * this.pageSize - 1, 1)) throw new DamagedPage();
    return pages;
  }

  private nodeCount(page: Buffer): number {
    const lower = page.readUInt16LE(PAGE.lower);
    const upper = page.readUInt16LE(PAGE.upper);
    if (lower % 2 !== 0 || lower > upper || upper > this.pageSize - PAGE.header) throw new DamagedPage();
    return lower / 2;
  }

  private nodeAt(page: Buffer, i: number): number {
    const offset = page.readUInt16LE(PAGE.header + i * 2);
    const at = PAGE.header + offset;
    if (offset < page.readUInt16LE(PAGE.upper) || at + NODE.key > this.pageSize) throw new DamagedPage();
    const keySize = page.readUInt16LE(at + NODE.keySize);
    if (at + NODE.key + keySize > this.pageSize) throw new DamagedPage();
    // Keys are never empty, but for the first of a branch: a block of the disk, less than a page, was lost.
    if (keySize === 0 && (i > 0 || kindOf(page) === KIND.leaf)) throw new DamagedPage();
    return at;
  }

  /** Reads the beginning of a page, which names the page itself and the transaction that wrote it. */
  private read(number: number, page: Buffer): void {
    if (!this.meta || number < 2 || number > this.meta.lastPage) throw new DamagedPage();
    if (readSync(this.descriptor, page, 0, page.length, number * this.pageSize) !== page.length)
      throw new DamagedPage();
    if (numberAt(page, PAGE.number) !== number || numberAt(page, PAGE.transaction) > this.meta.transaction)
      throw new DamagedPage();
  }

  private bytes(at: number, length: number): Buffer | undefined {
    const buffer = Buffer.allocUnsafe(length);
    return readSync(this.descriptor, buffer, 0, length, at) === length ? buffer : undefined;
  }
}

function kindOf(page: Buffer): number {
  return page.readUInt16LE(PAGE.flags) & KINDS;
}

/** No number of the file comes near 2^53, unless it is damaged. */
function numberAt(buffer: Buffer, at: number): number {
  return buffer.readUInt32LE(at) + buffer.readUInt32LE(at + 4) * 0x1_0000_0000;
}

/** The entry of a leaf; its bytes are copied, as the next page is read into the same place. */
function entryAt(page: Buffer, at: number): Entry {
  const valueAt = at + NODE.key + page.readUInt16LE(at + NODE.keySize);
  const key = Buffer.from(page.subarray(at + NODE.key, valueAt));
  const flags = page.readUInt16LE(at + NODE.flags);
  if (flags & NODE_FLAG.table) return { key, table: treeAt(page, valueAt) };
  const size = page.readUInt16LE(at + NODE.low) + page.readUInt16LE(at + NODE.high) * 0x1_0000;
  return flags & NODE_FLAG.overflow ? { key } : { key, value: Buffer.from(page.subarray(valueAt, valueAt + size)) };
}

function treeAt(buffer: Buffer, at: number): Tree {
  const root = buffer.readBigUInt64LE(at + TABLE.root);
  return {
    root: root === NO_PAGE ? undefined : Number(root),
    depth: buffer.readUInt16LE(at + TABLE.depth),
    branches: numberAt(buffer, at + TABLE.branches),
    leaves: numberAt(buffer, at + TABLE.leaves),
    overflows: numberAt(buffer, at + TABLE.overflows),
    entries: numberAt(buffer, at + TABLE.entries),
  };
}

/** A node of a branch keeps the number of its child where others keep sizes and flags. */
function childAt(page: Buffer, at: number): number {
  return (
    page.readUInt16LE(at + NODE.low) +
    page.readUInt16LE(at + NODE.high) * 0x1_0000 +
    page.readUInt16LE(at + NODE.flags) * 0x1_0000_0000
  );
}
