import { decode, decodeTyped, type Doc } from '../../document.js';
import { MongoError, ofExecution } from '../../errors.js';
import { matcher, needsTypes, type Evaluation } from '../../language/filters/filter.js';
import { BINARY } from '../../language/values/ordering.js';
import { sortFields, sorterOf, type Sorter } from '../../language/sort.js';
import type { CollectionInfo } from '../catalogue.js';
import type { Stored } from '../collection.js';
import { checkTime, type Deadline } from './deadline.js';
import type { Environment } from '../disk/environment.js';
import type { Snapshot } from '../disk/lmdb-file.js';
import type { Plan } from '../plan/planner.js';
import { planQuery } from '../plan/query-plan.js';
import { bytesOf, copyOf } from '../disk/reused.js';
import { unseal } from '../disk/seal.js';
import type { Turn } from './slices.js';
import { Walk, type WalkCounts } from './walk.js';

/** What is asked of a collection. */
export interface Query {
  readonly filter: Doc;
  readonly sort?: Doc;
  readonly skip?: number;
  /** Most documents to give; 0 or undefined gives all. */
  readonly limit?: number;
  readonly hint?: string | Doc;
  /** Variables for `$expr`, and how strings compare. */
  readonly evaluation?: Evaluation;
  /** When the command has to give up; a cursor's later batches have a time of their own. */
  readonly deadline?: Deadline;
}

/** What a scan has touched. */
export interface ScanCounts extends WalkCounts {
  /** What came in order only after all was there. */
  sorted: number;
  skipped: number;
  returned: number;
}

/** A planned query, and what it has cost so far. */
export interface Scan<Given = Stored> {
  readonly plan: Plan;
  readonly counts: ScanCounts;
  readonly documents: Generator<Given>;
}

/** A document; or undefined for a pause, so that whoever reads may serve others before going on. */
type Paused = Stored | undefined;

/** Most bytes that a sort without an index keeps, as MongoDB has it. */
export const MAX_SORT_BYTES = 100 * 1024 * 1024;

/** Plans a query and gives its documents lazily. */
export function scan(environment: Environment, info: CollectionInfo, query: Query, snapshot?: Snapshot): Scan {
  // Without a turn there are no pauses.
  return scanInTurns(environment, info, query, undefined, snapshot) as Scan;
}

/** As `scan`, with a pause wherever `turn` is over: whoever goes on gives it a later end. */
export function scanInTurns(
  environment: Environment,
  info: CollectionInfo,
  query: Query,
  turn: Turn | undefined,
  snapshot?: Snapshot,
): Scan<Paused> {
  const sort = sortFields(query.sort);
  const ordering = query.evaluation?.ordering ?? BINARY;
  const planned = planQuery(info, query.filter, sort, query.hint, ordering);
  const { plan: chosen, score, isChoice } = planned;
  if (score && query.sort && '$natural' in query.sort)
    throw new MongoError(2, 'text expression not allowed with $natural sort order');
  const counts: ScanCounts = { keysExamined: 0, docsExamined: 0, sorted: 0, skipped: 0, returned: 0 };
  const found = walked(new Walk(environment, info, chosen, counts, snapshot), query.deadline, turn);
  const evaluation = score
    ? { ...query.evaluation, text: (doc: unknown) => score(doc as Doc) !== undefined }
    : query.evaluation;
  // Made before anything is read: what is wrong with a filter is told as such.
  const filtering = chosen.exact ? found : filtered(found, rawMatcher(planned.rest, evaluation));
  const matching = score ? scored(filtering, score, isChoice) : filtering;
  const window = { skip: query.skip ?? 0, limit: query.limit ? query.limit : Number.POSITIVE_INFINITY };
  const wanted = window.skip + window.limit;
  const ordered = chosen.sorted ? matching : sorted(matching, sorterOf(sort, ordering), wanted, counts);
  return { plan: chosen, counts, documents: cut(ordered, window, counts) };
}

function* walked(walk: Walk, deadline: Deadline | undefined, turn: Turn | undefined): Generator<Paused> {
  try {
    for (let seen = 0; walk.next(); seen++) {
      if (!walk.value) continue;
      // Copied before a pause, in which others read into the same buffer.
      const stored = { id: walk.id, raw: unseal(copyOf(walk.value)) };
      if ((seen & 63) === 0) {
        if (deadline) checkTime(deadline);
        if (turn && performance.now() > turn.endsAt) yield undefined;
      }
      yield stored;
    }
  } finally {
    walk.close();
  }
}

/**
 * Gives the documents of a query one after the other, where lmdb read them to: `take` copies what it keeps, and says
 * whether it wants more. Nothing is made for each document, which halves what a page costs. It runs to its end at once,
 * so that it needs no snapshot.
 * @returns false when documents have to be sorted or scored first, and gives nothing then; or when more than
 *   `mostExamined` had to be looked at
 */
export function visit(
  environment: Environment,
  info: CollectionInfo,
  query: Query,
  take: (raw: Buffer) => boolean,
  mostExamined = Number.POSITIVE_INFINITY,
): boolean {
  const { skip = 0, deadline } = query;
  const ordering = query.evaluation?.ordering ?? BINARY;
  const { plan: chosen, rest, score } = planQuery(info, query.filter, sortFields(query.sort), query.hint, ordering);
  if (score || !chosen.sorted) return false;
  const matches = chosen.exact ? undefined : rawMatcher(rest, query.evaluation);
  const counts = { keysExamined: 0, docsExamined: 0 };
  const walk = new Walk(environment, info, chosen, counts);
  let left = query.limit ? query.limit : Number.POSITIVE_INFINITY;
  try {
    for (let seen = 0, skipped = 0; left > 0 && walk.next() && walk.value; seen++) {
      if (deadline && (seen & 63) === 0) checkTime(deadline);
      if (counts.docsExamined > mostExamined) return false;
      const raw = unseal(bytesOf(walk.value));
      if (matches && !matches(raw)) continue;
      if (skipped++ < skip) continue;
      left--;
      if (!take(raw)) break;
    }
  } catch (error) {
    throw ofExecution(error);
  } finally {
    walk.close();
  }
  return true;
}

/** Leaves what a text search finds, with its score; also what it does not where that is a choice, without. */
function* scored(
  found: Iterable<Paused>,
  score: (doc: Doc) => number | undefined,
  isChoice: boolean,
): Generator<Paused> {
  for (const stored of found) {
    const textScore = stored && score(decode(stored.raw));
    if (!stored || (textScore === undefined && isChoice)) yield stored;
    else if (textScore !== undefined) yield { ...stored, textScore };
  }
}

function* filtered(found: Iterable<Paused>, matches: (raw: Buffer) => boolean): Generator<Paused> {
  for (const stored of found) if (!stored || matches(stored.raw)) yield stored;
}

/** Tells whether a document as it is stored is what a filter asks for; it is decoded as far as the filter needs its types. */
export function rawMatcher(filter: Doc, evaluation: Evaluation | undefined): (raw: Buffer) => boolean {
  const matches = matcher(filter, evaluation);
  const read = needsTypes(filter) ? decodeTyped : decode;
  return (raw) => matches(read(raw));
}

function* sorted<Key>(
  found: Iterable<Paused>,
  sorter: Sorter<Key>,
  wanted: number,
  counts: ScanCounts,
): Generator<Paused> {
  let kept: { key: Key; stored: Stored }[] = [];
  let bytes = 0;
  const order = (a: { key: Key }, b: { key: Key }): number => sorter.compare(a.key, b.key);
  const size = ({ key, stored }: { key: Key; stored: Stored }): number => stored.raw.length + sorter.sizeOf(key);
  // Of a limited sort only the best are kept: cutting back at twice the number costs little and bounds memory.
  const cutAt = Math.max(wanted * 2, 1000);
  for (const stored of found) {
    if (!stored) {
      yield undefined;
      continue;
    }
    counts.sorted++;
    const item = { key: sorter.keyOf(decode(stored.raw), stored.textScore), stored };
    kept.push(item);
    bytes += size(item);
    if (kept.length >= cutAt) {
      kept = kept.sort(order).slice(0, wanted);
      bytes = kept.reduce((sum, each) => sum + size(each), 0);
    }
    if (bytes > MAX_SORT_BYTES) {
      throw new MongoError(
        292,
        `Sort exceeded memory limit of ${MAX_SORT_BYTES} bytes, but did not opt in to external sorting.`,
      );
    }
  }
  for (const { stored } of kept.sort(order)) yield stored;
}

function* cut(found: Iterable<Paused>, window: { skip: number; limit: number }, counts: ScanCounts): Generator<Paused> {
  try {
    for (const stored of found) {
      if (!stored) {
        yield undefined;
        continue;
      }
      if (counts.skipped < window.skip) {
        counts.skipped++;
        continue;
      }
      counts.returned++;
      yield stored;
      if (counts.returned >= window.limit) return;
    }
  } catch (error) {
    throw ofExecution(error);
  }
}
