import { decode, decodeTyped, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { matcher, needsTypes, type Evaluation } from '../language/filter.js';
import { BINARY } from '../language/ordering.js';
import { withoutText } from '../language/text.js';
import { planText, textScorer } from './text-index.js';
import { sortFields, sorterOf, type Sorter } from '../language/sort.js';
import { idPrefix, type CollectionInfo } from './catalogue.js';
import type { Stored } from './collection.js';
import type { Environment } from './environment.js';
import { plan, type Plan } from './planner.js';
import { unseal } from './seal.js';

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

/** A point in time, in milliseconds of `performance.now()`. */
export interface Deadline {
  at: number;
}

/** What a scan has touched. */
export interface ScanCounts {
  keysExamined: number;
  docsExamined: number;
  returned: number;
}

/** A planned query, and what it has cost so far. */
export interface Scan {
  readonly plan: Plan;
  readonly counts: ScanCounts;
  readonly documents: Generator<Stored>;
}

/** Most bytes that a sort without an index keeps, as MongoDB has it. */
const MAX_SORT_BYTES = 100 * 1024 * 1024;

/** A pinned state of the data; without one a scan sees the current transaction. */
export type Snapshot = ReturnType<Environment['snapshot']>;

/** Plans a query and gives its documents lazily. */
export function scan(environment: Environment, info: CollectionInfo, query: Query, snapshot?: Snapshot): Scan {
  const sort = sortFields(query.sort);
  const ordering = query.evaluation?.ordering ?? BINARY;
  const { search, rest: filter } = withoutText(query.filter);
  if (search && query.hint !== undefined) throw new MongoError(2, '$text and hint not allowed in same query');
  const chosen = search ? planText(info, search, filter) : plan(info, filter, sort, query.hint, ordering);
  const counts: ScanCounts = { keysExamined: 0, docsExamined: 0, returned: 0 };
  const walked = walk(environment, info, chosen, counts, snapshot);
  const found = query.deadline ? timed(walked, query.deadline) : walked;
  const filtering = chosen.exact ? found : filtered(found, filter, query.evaluation);
  const matching = search && chosen.index?.text ? scored(filtering, textScorer(chosen.index.text, search)) : filtering;
  const window = { skip: query.skip ?? 0, limit: query.limit ? query.limit : Number.POSITIVE_INFINITY };
  const ordered = chosen.sorted ? matching : sorted(matching, sorterOf(sort, ordering), window.skip + window.limit);
  return { plan: chosen, counts, documents: cut(ordered, window, counts) };
}

function* walk(
  environment: Environment,
  info: CollectionInfo,
  chosen: Plan,
  counts: ScanCounts,
  snapshot: Snapshot | undefined,
): Generator<Stored> {
  const { documents, entries } = environment;
  const pinned = snapshot ? { transaction: snapshot as never } : {};
  const seen = chosen.index && chosen.index.multikey.size > 0 ? new Set<string>() : undefined;
  const prefix = idPrefix(info.id);
  for (const { start, end } of chosen.ranges) {
    const bounds = chosen.reverse
      ? { start: end, exclusiveStart: true, end: start, inclusiveEnd: true, reverse: true }
      : { start, end };
    if (!chosen.index) {
      for (const { key, value } of documents.getRange({ ...bounds, ...pinned })) {
        counts.docsExamined++;
        if (chosen.bounded) counts.keysExamined++;
        yield { id: Buffer.from(key.subarray(4)), raw: unseal(value) };
      }
      continue;
    }
    for (const { value: id } of entries.getRange({ ...bounds, ...pinned })) {
      counts.keysExamined++;
      if (seen) {
        const name = id.toString('latin1');
        if (seen.has(name)) continue;
        seen.add(name);
      }
      const value = documents.get(Buffer.concat([prefix, id]), pinned);
      counts.docsExamined++;
      if (value) yield { id, raw: unseal(value) };
    }
  }
}

/** Leaves what a text search finds, with its score. */
function* scored(found: Iterable<Stored>, score: (doc: Doc) => number | undefined): Generator<Stored> {
  for (const stored of found) {
    const textScore = score(decode(stored.raw));
    if (textScore !== undefined) yield { ...stored, textScore };
  }
}

/** Looks at the clock now and then, since looking costs as much as a short document. */
function* timed(found: Iterable<Stored>, deadline: Deadline): Generator<Stored> {
  let seen = 0;
  for (const stored of found) {
    if ((seen++ & 63) === 0 && performance.now() > deadline.at)
      throw new MongoError(50, 'operation exceeded time limit');
    yield stored;
  }
}

function* filtered(found: Iterable<Stored>, filter: Doc, evaluation: Evaluation | undefined): Generator<Stored> {
  const matches = matcher(filter, evaluation);
  const read = needsTypes(filter) ? decodeTyped : decode;
  for (const stored of found) if (matches(read(stored.raw))) yield stored;
}

function* sorted<Key>(found: Iterable<Stored>, sorter: Sorter<Key>, wanted: number): Generator<Stored> {
  let kept: { key: Key; stored: Stored }[] = [];
  let bytes = 0;
  const order = (a: { key: Key }, b: { key: Key }): number => sorter.compare(a.key, b.key);
  const size = ({ key, stored }: { key: Key; stored: Stored }): number => stored.raw.length + sorter.sizeOf(key);
  // Of a limited sort only the best are kept: cutting back at twice the number costs little and bounds memory.
  const cutAt = Math.max(wanted * 2, 1000);
  for (const stored of found) {
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
        `Executor error during find command :: caused by :: Sort exceeded memory limit of ${MAX_SORT_BYTES} bytes, but did not opt in to external sorting.`,
      );
    }
  }
  for (const { stored } of kept.sort(order)) yield stored;
}

function* cut(found: Iterable<Stored>, window: { skip: number; limit: number }, counts: ScanCounts): Generator<Stored> {
  let skipped = 0;
  for (const stored of found) {
    if (skipped < window.skip) {
      skipped++;
      continue;
    }
    counts.returned++;
    yield stored;
    if (counts.returned >= window.limit) return;
  }
}
