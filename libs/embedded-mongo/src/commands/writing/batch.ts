import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Doc } from '../../document.js';
import { MongoError, toMongoError } from '../../errors.js';
import { withoutText } from '../../language/filters/text.js';
import type { CollectionInfo } from '../../store/catalogue.js';
import { CollectionWriter, type Stored } from '../../store/collection.js';
import type { Snapshot } from '../../store/disk/lmdb-file.js';
import { rawMatcher, scan, scanInTurns, type Query } from '../../store/scan/scan.js';
import { MOST_DOCUMENTS, TURN_MS, type Turn } from '../../store/scan/slices.js';
import { StoreFailure } from '../../store/disk/transactions.js';
import type { Call } from '../call.js';
import { write, type Server } from '../command.js';

/** A database and one of its collections. */
export interface Namespace {
  readonly db: string;
  readonly collection: string;
}

/** The operations of one command, by their numbers. */
export interface Batch {
  readonly length: number;
  /** Whether the first failure ends it. */
  readonly ordered: boolean;
  /** Called at the beginning of each transaction. */
  begin?(): void;
  /**
   * Runs an operation, inside a write.
   * @param mayLeave whether it may be left to `runLong`, for which nothing must have changed
   * @returns false when it is left
   */
  run(index: number, mayLeave: boolean): boolean;
  /** Runs an operation that was left in transactions of its own. */
  runLong?(index: number): Promise<void>;
  failed(index: number, error: MongoError): void;
}

/** @throws MongoError 16 when a batch has no operation, or more than 100,000 */
export function checkBatch(size: number): void {
  if (size >= 1 && size <= 100_000) return;
  throw new MongoError(16, `Write batch sizes must be between 1 and 100000. Got ${size} operations.`);
}

/**
 * Runs operations one after the other, in one transaction but for those that take long: a command that changes a million
 * documents at once would keep everybody waiting, and its driver would take the server for dead after half a minute. As on
 * a MongoDB, others see such a one half done. What a driver may send again is done in one, together with its answer.
 */
export async function runBatch(server: Server, call: Call, batch: Batch, answer: () => Doc): Promise<Doc> {
  if (call.numbered()) {
    return write(server, call, () => {
      runFrom(batch, 0, false);
      return answer();
    });
  }
  for (let next = 0; next < batch.length; next++) {
    const from = next;
    next = await server.environment.write(() => runFrom(batch, from, true));
    if (next >= batch.length) break;
    try {
      await batch.runLong?.(next);
    } catch (error) {
      batch.failed(next, failureOf(error));
      if (batch.ordered) break;
    }
  }
  return answer();
}

/** @returns the number of the operation that is left; that behind the last when there is none */
function runFrom(batch: Batch, from: number, mayLeave: boolean): number {
  batch.begin?.();
  for (let index = from; index < batch.length; index++) {
    try {
      if (!batch.run(index, mayLeave)) return index;
    } catch (error) {
      batch.failed(index, failureOf(error));
      if (batch.ordered) break;
    }
  }
  return batch.length;
}

/**
 * What an operation threw, as its batch tells it.
 * @throws what ends the whole batch: a failure of the store, and time that is over
 */
function failureOf(error: unknown): MongoError {
  const failure = toMongoError(error);
  if (error instanceof StoreFailure || failure.code === 50) throw error;
  return failure;
}

/** Most characters that the texts of a batch's errors have together, so that 100,000 errors are one answer. */
const MOST_TOLD = 4 * 1024 * 1024;

/** The texts of a batch's errors, one after the other; those beyond what is told in all are empty. */
export function textsOfErrors(): (text: string) => string {
  let told = 0;
  return (text) => {
    if (told > MOST_TOLD) return '';
    told += text.length;
    return text;
  };
}

/** The documents of an operation; undefined when they are too many for one transaction, or take long to find. */
export function fewMatching(server: Server, info: CollectionInfo, query: Query): Stored[] | undefined {
  // What a text search finds cannot be looked at once more.
  if (withoutText(query.filter).search) return allMatching(server, info, query);
  const few: Stored[] = [];
  const turn: Turn = { endsAt: performance.now() + TURN_MS };
  for (const stored of scanInTurns(server.environment, info, query, turn).documents) {
    if (stored === undefined || few.length === MOST_DOCUMENTS) return undefined;
    few.push(stored);
  }
  return few;
}

/** The documents of an operation, all found before the first is changed. */
export function allMatching(server: Server, info: CollectionInfo, query: Query): Stored[] {
  return [...scan(server.environment, info, query).documents];
}

type Change<T = void> = (writer: CollectionWriter, stored: Stored) => T;

/**
 * Changes the documents of an operation for many, some at a time and each as it is when its turn comes, unless it is no
 * longer what the filter asks for. They are looked for in the state before, so that none comes twice.
 * @throws MongoError 175 when the collection is dropped or renamed meanwhile
 */
export async function changeInSlices(server: Server, place: Namespace, query: Query, change: Change): Promise<void> {
  const { environment, catalogue } = server;
  const info = catalogue.find(place.db, place.collection);
  if (!info) return;
  let snapshot: Snapshot | undefined;
  try {
    snapshot = environment.snapshot();
  } catch {
    // On a full disk, say: deletions must go on there.
    await environment.write(() => changeAll(server, info, query, change));
    return;
  }
  const turn: Turn = { endsAt: 0 };
  const found = scanInTurns(environment, info, query, turn, snapshot).documents;
  const matches = rawMatcher(query.filter, query.evaluation);
  try {
    for (let slice = nextSlice(found, turn); slice; slice = nextSlice(found, turn)) {
      const some = slice;
      if (some.length === 0) await nextTurn();
      else await environment.write(() => changeSlice(writerOfSame(server, place, info), some, matches, change));
    }
  } finally {
    found.return(undefined);
    snapshot?.done();
  }
}

/**
 * Changes the one document of an operation after a long search, if it is still what the filter asks for when it is found;
 * otherwise another is looked for.
 * @returns what `change` gives; undefined when there is none
 * @throws MongoError 175 when the collection is dropped or renamed meanwhile
 */
export async function changeFirst<T>(
  server: Server,
  place: Namespace,
  query: Query,
  change: Change<T>,
): Promise<{ readonly result: T } | undefined> {
  const { environment, catalogue } = server;
  const matches = rawMatcher(query.filter, query.evaluation);
  for (;;) {
    const info = catalogue.find(place.db, place.collection);
    const found = info && (await firstInTurns(server, info, query));
    if (!info || !found) return undefined;
    const changed = await environment.write(() => {
      const writer = writerOfSame(server, place, info);
      const now = writer.read(found.id);
      const isSame = now && (now.equals(found.raw) || matches(now));
      return isSame ? { result: change(writer, { id: found.id, raw: now }) } : undefined;
    });
    if (changed) return changed;
  }
}

async function firstInTurns(server: Server, info: CollectionInfo, query: Query): Promise<Stored | undefined> {
  const { environment } = server;
  let snapshot: Snapshot | undefined;
  try {
    snapshot = environment.snapshot();
  } catch {
    // On a full disk, say.
    return allMatching(server, info, query)[0];
  }
  const turn: Turn = { endsAt: 0 };
  const { documents } = scanInTurns(environment, info, query, turn, snapshot);
  try {
    for (;;) {
      turn.endsAt = performance.now() + TURN_MS;
      const next = documents.next();
      if (next.done) return undefined;
      if (next.value) return next.value;
      await nextTurn();
    }
  } finally {
    documents.return(undefined);
    snapshot?.done();
  }
}

function changeAll(server: Server, info: CollectionInfo, query: Query, change: Change): void {
  const writer = new CollectionWriter(server.environment, server.catalogue, info);
  for (const stored of allMatching(server, info, query)) change(writer, stored);
}

/** Does something with each of a list inside a write, as many in one as do not keep others waiting. */
export async function eachInSlices<T>(
  { environment }: Server,
  all: readonly T[],
  run: (item: T) => void,
): Promise<void> {
  const slice = (from: number): number => {
    const endsAt = performance.now() + TURN_MS;
    let at = from;
    for (; at < Math.min(from + MOST_DOCUMENTS, all.length) && performance.now() < endsAt; at++) run(all[at] as T);
    return at;
  };
  for (let at = 0; at < all.length;) {
    const from = at;
    at = await environment.write(() => slice(from));
  }
}

/** What is found in one turn; undefined when there is no more. */
function nextSlice(found: Iterator<Stored | undefined>, turn: Turn): Stored[] | undefined {
  turn.endsAt = performance.now() + TURN_MS;
  const slice: Stored[] = [];
  while (slice.length < MOST_DOCUMENTS) {
    const { done, value } = found.next() as IteratorResult<Stored | undefined, undefined>;
    if (done) return slice.length > 0 ? slice : undefined;
    if (value === undefined) return slice;
    slice.push(value);
  }
  return slice;
}

function writerOfSame({ environment, catalogue }: Server, place: Namespace, info: CollectionInfo): CollectionWriter {
  const now = catalogue.find(place.db, place.collection);
  if (now?.id !== info.id) throw new MongoError(175, `collection dropped or renamed: ${place.db}.${place.collection}`);
  return new CollectionWriter(environment, catalogue, now);
}

function changeSlice(
  writer: CollectionWriter,
  slice: readonly Stored[],
  matches: (raw: Buffer) => boolean,
  change: Change,
): void {
  for (const { id, raw } of slice) {
    const now = writer.read(id);
    if (now && (now.equals(raw) || matches(now))) change(writer, { id, raw: now });
  }
}

/** Does what a command has planned: what is refused then, MongoDB tells with the name of the command before it. */
export function executing<T>(command: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof MongoError)) throw error;
    throw new MongoError(
      error.code,
      `Plan executor error during ${command} :: caused by :: ${error.message}`,
      error.extra,
    );
  }
}
