import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MongoError } from '../../errors.js';
import type { Deadline } from '../../store/scan/deadline.js';
import { TURN_MS, type Turn } from '../../store/scan/slices.js';

/** Most bytes of documents in one answer. */
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;
/** Milliseconds after which a cursor that nobody reads is closed, as MongoDB has it. */
const IDLE_MS = 10 * 60_000;
const MAX_CURSORS = 10_000;

/** What a cursor gives: encoded documents, and what it pins until it is closed. */
export interface CursorSource {
  readonly ns: string;
  /** Undefined is a pause: `turn` is over. */
  readonly documents: Iterator<Uint8Array | undefined>;
  /** Where whoever reads says for how long; without one there are no pauses. */
  readonly turn?: Turn;
  /** Whether so many documents are known to be all. Without it, more is looked for. */
  readonly isAll?: (given: number) => boolean;
  /** How long its command may read; what that leaves is for all later batches together. */
  readonly deadline?: Deadline | undefined;
  readonly release: () => void;
}

/** What a source gives in one turn without an end. */
export function* documentsOf({ documents }: CursorSource): Generator<Uint8Array> {
  for (let next = documents.next(); !next.done; next = documents.next()) if (next.value) yield next.value;
}

/** What is complete before the first answer: nothing of the data need stay pinned for it. */
export function sourceOf(ns: string, documents: readonly Uint8Array[]): CursorSource {
  return { ns, documents: documents.values(), release: () => undefined };
}

interface OpenCursor extends CursorSource {
  /** What the command that opened it said of the Stable API. */
  readonly api: string;
  given: number;
  /** Milliseconds in which all later batches have to be read. */
  left: number;
  ahead: Uint8Array | undefined;
  hasEnded: boolean;
  /** While a batch is read in several turns. */
  isInUse: boolean;
  usedAt: number;
}

/** One batch, and the number of the cursor that has more; 0n when there is no more. */
export interface Batch {
  readonly id: bigint;
  readonly ns: string;
  readonly documents: Uint8Array[];
}

/** Whether a cursor is one of the thread that long reads go to: its numbers are even, those of others are odd. */
export function isOfReader(id: bigint): boolean {
  return (id & 1n) === 0n;
}

/** The cursors that are open. */
export class CursorRegistry {
  private readonly open = new Map<bigint, OpenCursor>();

  /** @param forReader whether this is the registry of the thread that long reads go to */
  constructor(private readonly forReader = false) {}

  /** How many are open. */
  get size(): number {
    return this.open.size;
  }

  /**
   * Reads the first batch; what is left stays open under a number.
   * @param api what its command says of the Stable API
   */
  first(source: CursorSource, batchSize: number, single: boolean, api: string): Batch {
    const left = Number.POSITIVE_INFINITY;
    const state = { given: 0, left, ahead: undefined, hasEnded: false, isInUse: false, usedAt: Date.now() };
    const cursor: OpenCursor = { ...source, ...state, api };
    const { ns, deadline } = cursor;
    const batch = new Filling(cursor, batchSize);
    try {
      // With a first batch of 0 nothing is looked at yet, and the cursor stays open.
      if (batchSize > 0) batch.fill(Number.POSITIVE_INFINITY, { ahead: !single });
      if (single || cursor.hasEnded) {
        cursor.release();
        return { id: 0n, ns, documents: batch.documents };
      }
      if (this.open.size >= MAX_CURSORS) throw new MongoError(2, `more than ${MAX_CURSORS} cursors are open`);
      const id = this.newId();
      this.open.set(id, cursor);
      if (deadline) {
        cursor.left = deadline.at - performance.now();
        // Later batches are read in turns.
        deadline.handOverAt = undefined;
      }
      return { id, ns, documents: batch.documents };
    } catch (error) {
      source.release();
      throw error;
    }
  }

  /**
   * @throws MongoError 43 when no such cursor is open, 13 when it is one of another collection, 12051 when it is read,
   *   347 when the command that opened it said something else of the Stable API
   */
  check(id: bigint, ns: string, api: string): void {
    const { api: opened } = this.of(id, ns);
    if (api === opened) return;
    throw new MongoError(
      347,
      `API parameter mismatch: getMore used params ${api}, the cursor-creating command used ${opened}`,
    );
  }

  private of(id: bigint, ns: string): OpenCursor {
    const cursor = this.open.get(id);
    if (!cursor) throw new MongoError(43, `cursor id ${id} not found`);
    if (cursor.ns !== ns)
      throw new MongoError(
        13,
        `Requested getMore on namespace '${ns}', but cursor belongs to a different namespace ${cursor.ns}`,
      );
    if (cursor.isInUse) throw new MongoError(12051, `cursor id ${id} is already in use`);
    return cursor;
  }

  /**
   * Reads the next batch, in turns when that takes long.
   * @throws MongoError as `check`, 237 when the cursor is closed meanwhile, and 50 when it has used up the `maxTimeMS` of the
   *   command that opened it; how long its owner takes to ask is not counted
   */
  next(id: bigint, ns: string, batchSize: number): Batch | Promise<Batch> {
    const cursor = this.of(id, ns);
    const batch = new Filling(cursor, batchSize);
    try {
      return readOn(cursor, batch) ? this.given(id, cursor, batch) : this.inTurns(id, cursor, batch);
    } catch (error) {
      this.kill(id);
      throw error;
    }
  }

  private async inTurns(id: bigint, cursor: OpenCursor, batch: Filling): Promise<Batch> {
    cursor.isInUse = true;
    try {
      do {
        await nextTurn();
        if (this.open.get(id) !== cursor) throw new MongoError(237, `cursor id ${id} was killed`);
      } while (!readOn(cursor, batch));
    } catch (error) {
      this.open.delete(id);
      cursor.release();
      throw error;
    }
    cursor.isInUse = false;
    return this.given(id, cursor, batch);
  }

  private given(id: bigint, cursor: OpenCursor, { documents }: Filling): Batch {
    cursor.usedAt = Date.now();
    if (cursor.hasEnded) this.kill(id);
    return { id: cursor.hasEnded ? 0n : id, ns: cursor.ns, documents };
  }

  /** Closes a cursor; tells whether it was open. */
  kill(id: bigint): boolean {
    const cursor = this.open.get(id);
    if (!cursor) return false;
    this.open.delete(id);
    // Whoever reads it releases it.
    if (!cursor.isInUse) cursor.release();
    return true;
  }

  /** Closes what nobody has read for ten minutes. */
  sweep(now = Date.now()): void {
    for (const [id, cursor] of this.open) if (!cursor.isInUse && now - cursor.usedAt > IDLE_MS) this.kill(id);
  }

  /** Closes all. */
  close(): void {
    for (const id of [...this.open.keys()]) this.kill(id);
  }

  private newId(): bigint {
    const odd = BigInt.asUintN(62, randomBytes(8).readBigUInt64LE()) | 1n;
    // Neither is negative, nor 0, which stands for none.
    return this.forReader ? odd * 2n : odd;
  }
}

/** A batch that is being read. */
class Filling {
  readonly documents: Uint8Array[] = [];
  private bytes = 0;

  constructor(
    private readonly cursor: OpenCursor,
    private readonly most: number,
  ) {}

  /**
   * Reads for one turn. False when that is over before the batch is full; or, with `ahead`, before it is known whether
   * more comes behind it.
   */
  fill(endsAt = performance.now() + TURN_MS, { ahead } = { ahead: true }): boolean {
    const { cursor, documents } = this;
    if (cursor.turn) cursor.turn.endsAt = endsAt;
    while (documents.length < this.most) {
      if (!lookAhead(cursor)) return cursor.hasEnded;
      const document = cursor.ahead as Uint8Array;
      if (documents.length > 0 && this.bytes + document.length > MAX_BATCH_BYTES) return true;
      documents.push(document);
      this.bytes += document.length;
      cursor.given++;
      cursor.ahead = undefined;
    }
    if (!ahead) return true;
    if (!cursor.isAll) return lookAhead(cursor) || cursor.hasEnded;
    cursor.hasEnded = cursor.isAll(cursor.given);
    return true;
  }
}

/** Reads for one turn, within the time that the cursor has left. */
function readOn(cursor: OpenCursor, batch: Filling): boolean {
  const { deadline } = cursor;
  if (!deadline) return batch.fill();
  deadline.at = performance.now() + cursor.left;
  const isFull = batch.fill();
  cursor.left = deadline.at - performance.now();
  return isFull;
}

/** Whether the next document is known; when it is not, the cursor has ended or its turn is over. */
function lookAhead(cursor: OpenCursor): boolean {
  if (cursor.ahead !== undefined) return true;
  if (cursor.hasEnded) return false;
  const next = cursor.documents.next();
  if (next.done) cursor.hasEnded = true;
  else cursor.ahead = next.value;
  return cursor.ahead !== undefined;
}
