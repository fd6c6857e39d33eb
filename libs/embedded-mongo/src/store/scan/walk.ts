import type { CollectionInfo } from '../catalogue.js';
import type { Environment } from '../disk/environment.js';
import type { Snapshot, WalkedTables } from '../disk/lmdb-file.js';
import { Merging, stepsOf, type Step } from './merging.js';
import type { Plan } from '../plan/planner.js';
import { DocumentKey, type Reused } from '../disk/reused.js';

/** What a walk has touched. */
export interface WalkCounts {
  keysExamined: number;
  docsExamined: number;
  /** What had been touched when each branch of the plan was begun. */
  branches?: { keysExamined: number; docsExamined: number }[];
  /** How many entries of each stream of the plan have been read. */
  streams?: number[];
}

const PREFIX_BYTES = 4;

/**
 * Goes through the documents that a plan's ranges hold, in the plan's order; of a plan with branches through one after
 * the other, and of one with streams through all side by side. A document is looked at where lmdb read it to, until the next step: whoever keeps it copies it once, to
 * where it is kept.
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
  private readonly merging: Merging | undefined;
  /** Where the walk is, and the branches that are still to come. */
  private plan: Plan;
  private readonly branches: readonly Plan[];
  private branch = 0;

  /** @param snapshot the state to walk through; without one the walk sees the current transaction */
  constructor(
    environment: Environment,
    info: CollectionInfo,
    plan: Plan,
    private readonly counts: WalkCounts,
    snapshot?: Snapshot,
  ) {
    this.tables = environment.tablesOf(snapshot);
    this.key = new DocumentKey(info.id);
    this.pinned = snapshot ? { transaction: snapshot as never } : {};
    this.branches = plan.streams ? [] : (plan.branches ?? []);
    this.plan = this.branches.length > 0 ? { ...plan, ranges: [] } : plan;
    if (plan.streams) this.merging = new Merging(plan, this.tables, this.pinned, (counts.streams ??= []));
    this.seen = plan.branches || (plan.index && plan.index.multikey.size > 0) ? new Set() : undefined;
  }

  /** The primary key's bytes of the document. */
  get id(): Buffer {
    return this.ownId ?? this.key.id;
  }

  /** Goes on to the next document; false when there is none. */
  next(): boolean {
    while (!this.nextOfPlan()) {
      const branch = this.branches[this.branch++];
      if (!branch) return false;
      const { keysExamined, docsExamined } = this.counts;
      (this.counts.branches ??= []).push({ keysExamined, docsExamined });
      this.plan = branch;
      this.range = 0;
    }
    return true;
  }

  /** Ends the walk before its end. */
  close(): void {
    this.steps?.return?.();
    this.steps = undefined;
    this.merging?.close();
    this.branch = this.branches.length;
    this.range = this.plan.ranges.length;
  }

  private nextOfPlan(): boolean {
    const { index, points, bounded } = this.plan;
    if (this.merging) return this.nextMerged(this.merging);
    if (points) return this.nextPoint();
    for (let step = this.nextStep(); step; step = this.nextStep()) {
      if (!index) {
        if (bounded) this.counts.keysExamined++;
        const id = step.key.subarray(PREFIX_BYTES);
        if (this.wasSeen(id)) continue;
        this.counts.docsExamined++;
        this.ownId = id;
        this.value = step.value;
        return true;
      }
      if (this.fetch(step.value)) return true;
    }
    return false;
  }

  private nextMerged(merging: Merging): boolean {
    for (let id = merging.next(); id; id = merging.next()) if (this.fetch(id)) return true;
    return false;
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
      const id = range.start.subarray(PREFIX_BYTES);
      this.ownId = undefined;
      this.key.id = id;
      this.value = this.tables.documents.getBinaryFast(this.key, this.pinned);
      if (!this.value) continue;
      this.counts.keysExamined++;
      if (this.wasSeen(id)) continue;
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
      this.steps = stepsOf(index ? entries : documents, range, reverse, this.pinned);
    }
  }

  /** Reads the document of an index entry, unless another entry has led to it. */
  private fetch(id: Reused): boolean {
    this.counts.keysExamined++;
    this.key.id = id;
    if (this.seen && this.wasSeen(this.key.id)) return false;
    this.ownId = undefined;
    this.value = this.tables.documents.getBinaryFast(this.key, this.pinned);
    this.counts.docsExamined++;
    return this.value !== undefined;
  }

  /** Whether a document has been come to before, which it can by several entries of it or in several branches. */
  private wasSeen(id: Buffer): boolean {
    if (!this.seen) return false;
    const name = id.toString('latin1');
    if (this.seen.has(name)) return true;
    this.seen.add(name);
    return false;
  }
}
