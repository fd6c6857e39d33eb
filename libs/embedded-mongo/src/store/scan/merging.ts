import type { KeyRange } from '../plan/ranges.js';
import type { Index } from '../catalogue.js';
import type { WalkedTable, WalkedTables } from '../disk/lmdb-file.js';
import { Heap } from '../../heap.js';
import { copyOf, type Reused } from '../disk/reused.js';

/** A range of an index's keys, which behind `head` bytes have the order of a sort. */
export interface Stream {
  readonly index: Index;
  readonly range: KeyRange;
}

/** What lmdb reads of a table. */
export interface Step {
  readonly key: Buffer;
  readonly value: Reused;
}

/** Goes through a range of a table, forwards or backwards. */
export function stepsOf(table: WalkedTable, range: KeyRange, reverse: boolean, pinned: object): Iterator<Step> {
  const bounds = reverse
    ? { start: range.end, exclusiveStart: true, end: range.start, inclusiveEnd: true, reverse: true }
    : { start: range.start, end: range.end };
  return table.getRange({ ...bounds, ...pinned })[Symbol.iterator]();
}

interface Ahead {
  /** The next entry's bytes that compare as the sort does. */
  readonly order: Buffer;
  /** The primary key that it leads to, copied: other ranges are read before it is its turn. */
  readonly id: Buffer;
  readonly stream: number;
}

/**
 * Goes through several ranges of index entries at once, on with that whose next entry is first in the order of a sort:
 * what is wanted of many ranges, as the latest messages of some conversations, is found without reading the rest.
 */
export class Merging {
  /** What comes next in each range that has not ended. */
  private readonly heap = new Heap<Ahead>((a, b) => this.isBefore(a, b));
  private steps: Iterator<Step>[] | undefined;
  private readonly streams: readonly Stream[];
  private readonly isReverse: boolean;

  /**
   * @param pinned the state that is walked through
   * @param read counts the entries of each range that have been read
   */
  constructor(
    { streams = [], reverse }: { streams?: readonly Stream[]; reverse: boolean },
    private readonly tables: WalkedTables,
    private readonly pinned: object,
    private readonly read: number[],
  ) {
    this.streams = streams;
    this.isReverse = reverse;
    read.push(...streams.map(() => 0));
  }

  /** The primary key of the next entry's document; undefined when there is none. */
  next(): Buffer | undefined {
    if (this.steps) this.advance();
    else {
      const { tables, isReverse, pinned } = this;
      this.steps = this.streams.map(({ range }) => stepsOf(tables.keyedEntries, range, isReverse, pinned));
      for (const stream of this.steps.keys()) this.look(stream);
    }
    return this.heap.first?.id;
  }

  /** Ends all walks. */
  close(): void {
    for (const steps of this.steps ?? []) steps.return?.();
    this.steps = [];
    this.heap.items.length = 0;
  }

  /** Puts what follows the first in its place. */
  private advance(): void {
    const { first } = this.heap;
    if (!first) return;
    this.heap.pop();
    this.look(first.stream);
  }

  /** Takes up the next entry of a range. */
  private look(stream: number): void {
    const step = this.steps?.[stream]?.next();
    if (!step || step.done) return;
    this.read[stream] = (this.read[stream] ?? 0) + 1;
    const { key, value } = step.value;
    const { range } = this.streams[stream] as Stream;
    this.heap.push({ order: key.subarray(range.head), id: copyOf(value), stream });
  }

  private isBefore(a: Ahead, b: Ahead): boolean {
    const order = Buffer.compare(a.order, b.order);
    return this.isReverse ? order > 0 : order < 0;
  }
}
