import type { CollectionInfo } from './catalogue.js';
import type { Environment } from './environment.js';
import type { Snapshot, WalkedTables } from './lmdb-file.js';
import type { Plan } from './planner.js';
import { DocumentKey, type Reused } from './reused.js';

/** What a walk has touched. */
export interface WalkCounts {
  keysExamined: number;
  docsExamined: number;
}

interface Step {
  key: Buffer;
  value: Reused;
}

const PREFIX_BYTES = 4;

/**
 * Goes through the documents that a plan's ranges hold, in the plan's order. A document is looked at where lmdb read it
 * to, until the next step: whoever keeps it copies it once, to where it is kept.
 */
export class Walk {
  /** The document on which the walk stands, as it is stored. */
  value: Reused | undefined;
  private readonly key: DocumentKey;
  /** The primary key when it was read with the document. */
  private ownId: Buffer | undefined;
  private readonly seen: Set<string> | undefined;
  private readonly pinned: { transaction?: never };
  private readonly tables: WalkedTables;
  private range = 0;
  private steps: Iterator<Step> | undefined;

  /** @param snapshot the state to walk through; without one the walk sees the current transaction */
  constructor(
    environment: Environment,
    info: CollectionInfo,
    private readonly plan: Plan,
    private readonly counts: WalkCounts,
    snapshot?: Snapshot,
  ) {
    this.tables = environment.tablesOf(snapshot);
    this.key = new DocumentKey(info.id);
    this.pinned = snapshot ? { transaction: snapshot as never } : {};
    this.seen = plan.index && plan.index.multikey.size > 0 ? new Set() : undefined;
  }

  /** The primary key's bytes of the document. */
  get id(): Buffer {
    return this.ownId ?? this.key.id;
  }

  /** Goes on to the next document; false when there is none. */
  next(): boolean {
    const { index, points, bounded } = this.plan;
    if (points) return this.nextPoint();
    for (let step = this.nextStep(); step; step = this.nextStep()) {
      if (!index) {
        this.counts.docsExamined++;
        if (bounded) this.counts.keysExamined++;
        this.ownId = step.key.subarray(PREFIX_BYTES);
        this.value = step.value;
        return true;
      }
      if (this.fetch(step.value)) return true;
    }
    return false;
  }

  /** Ends the walk before its end. */
  close(): void {
    this.steps?.return?.();
    this.steps = undefined;
    this.range = this.plan.ranges.length;
  }

  /** Every range is one whole key, which is looked up without a cursor. */
  private nextPoint(): boolean {
    const { ranges, index } = this.plan;
    for (let range = ranges[this.range++]; range; range = ranges[this.range++]) {
      if (index) {
        const id = this.tables.entries.getBinaryFast(range.start, this.pinned);
        if (id && this.fetch(id)) return true;
        continue;
      }
      this.key.id = range.start.subarray(PREFIX_BYTES);
      this.value = this.tables.documents.getBinaryFast(this.key, this.pinned);
      if (!this.value) continue;
      this.counts.keysExamined++;
      this.counts.docsExamined++;
      return true;
    }
    return false;
  }

  private nextStep(): Step | undefined {
    for (;;) {
      const step = this.steps?.next();
      if (step && !step.done) return step.value;
      const range = this.plan.ranges[this.range++];
      if (!range) return undefined;
      const { reverse, index } = this.plan;
      const { documents, entries } = this.tables;
      const bounds = reverse
        ? { start: range.end, exclusiveStart: true, end: range.start, inclusiveEnd: true, reverse: true }
        : { start: range.start, end: range.end };
      this.steps = (index ? entries : documents).getRange({ ...bounds, ...this.pinned })[Symbol.iterator]();
    }
  }

  /** Reads the document of an index entry, unless another entry has led to it. */
  private fetch(id: Reused): boolean {
    this.counts.keysExamined++;
    this.key.id = id;
    if (this.seen) {
      const name = this.key.id.toString('latin1');
      if (this.seen.has(name)) return false;
      this.seen.add(name);
    }
    this.value = this.tables.documents.getBinaryFast(this.key, this.pinned);
    this.counts.docsExamined++;
    return this.value !== undefined;
  }
}
