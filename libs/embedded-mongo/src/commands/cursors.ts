import { randomBytes } from 'node:crypto';
import { MongoError } from '../errors.js';

/** Most bytes of documents in one answer. */
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;
/** Milliseconds after which a cursor that nobody reads is closed, as MongoDB has it. */
const IDLE_MS = 10 * 60_000;
const MAX_CURSORS = 10_000;

/** What a cursor gives: encoded documents, and what it pins until it is closed. */
export interface CursorSource {
  readonly ns: string;
  readonly documents: Iterator<Uint8Array>;
  /** Called when the first batch has been read. */
  readonly began?: () => void;
  readonly release: () => void;
}

/** What is complete before the first answer: nothing of the data need stay pinned for it. */
export function sourceOf(ns: string, documents: readonly Uint8Array[]): CursorSource {
  return { ns, documents: documents.values(), release: () => undefined };
}

interface OpenCursor extends CursorSource {
  ahead: Uint8Array | undefined;
  usedAt: number;
}

/** One batch, and the number of the cursor that has more; 0n when there is no more. */
export interface Batch {
  readonly id: bigint;
  readonly ns: string;
  readonly documents: Uint8Array[];
}

/** The cursors that are open. */
export class CursorRegistry {
  private readonly open = new Map<bigint, OpenCursor>();

  /** Reads the first batch; what is left stays open under a number. */
  first(source: CursorSource, batchSize: number, single: boolean): Batch {
    const cursor: OpenCursor = { ...source, ahead: undefined, usedAt: Date.now() };
    try {
      const documents = read(cursor, batchSize);
      // With a first batch of 0 nothing has been looked at yet, and the cursor stays open.
      if (single || (documents.length < batchSize && cursor.ahead === undefined)) return this.end(cursor, documents);
      if (batchSize > 0 && !peek(cursor)) return this.end(cursor, documents);
      if (this.open.size >= MAX_CURSORS) throw new MongoError(2, `more than ${MAX_CURSORS} cursors are open`);
      const id = newId();
      this.open.set(id, cursor);
      source.began?.();
      return { id, ns: cursor.ns, documents };
    } catch (error) {
      source.release();
      throw error;
    }
  }

  /** @throws MongoError 43 when no such cursor is open, 13 when it is one of another collection */
  check(id: bigint, ns: string): void {
    this.of(id, ns);
  }

  private of(id: bigint, ns: string): OpenCursor {
    const cursor = this.open.get(id);
    if (!cursor) throw new MongoError(43, `cursor id ${id} not found`);
    if (cursor.ns !== ns)
      throw new MongoError(
        13,
        `Requested getMore on namespace '${ns}', but cursor belongs to a different namespace ${cursor.ns}`,
      );
    return cursor;
  }

  /** @throws MongoError 43 when no such cursor is open, 13 when it is one of another collection */
  next(id: bigint, ns: string, batchSize: number): Batch {
    const cursor = this.of(id, ns);
    cursor.usedAt = Date.now();
    try {
      const documents = read(cursor, batchSize);
      if (peek(cursor)) return { id, ns, documents };
      this.open.delete(id);
      return this.end(cursor, documents);
    } catch (error) {
      this.kill(id);
      throw error;
    }
  }

  /** Closes a cursor; tells whether it was open. */
  kill(id: bigint): boolean {
    const cursor = this.open.get(id);
    if (!cursor) return false;
    this.open.delete(id);
    cursor.release();
    return true;
  }

  /** Closes what nobody has read for ten minutes. */
  sweep(now = Date.now()): void {
    for (const [id, cursor] of this.open) if (now - cursor.usedAt > IDLE_MS) this.kill(id);
  }

  /** Closes all. */
  close(): void {
    for (const id of [...this.open.keys()]) this.kill(id);
  }

  private end(cursor: OpenCursor, documents: Uint8Array[]): Batch {
    cursor.release();
    return { id: 0n, ns: cursor.ns, documents };
  }
}

function read(cursor: OpenCursor, batchSize: number): Uint8Array[] {
  const documents: Uint8Array[] = [];
  let bytes = 0;
  while (documents.length < batchSize && peek(cursor)) {
    const document = cursor.ahead as Uint8Array;
    if (documents.length > 0 && bytes + document.length > MAX_BATCH_BYTES) break;
    documents.push(document);
    bytes += document.length;
    cursor.ahead = undefined;
  }
  return documents;
}

function peek(cursor: OpenCursor): boolean {
  if (cursor.ahead !== undefined) return true;
  const next = cursor.documents.next();
  if (next.done) return false;
  cursor.ahead = next.value;
  return true;
}

function newId(): bigint {
  return BigInt.asIntN(62, randomBytes(8).readBigUInt64LE()) | 1n;
}
