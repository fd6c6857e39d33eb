import { MAX_DOCUMENT_BYTES, decodeTyped, type Doc } from '../../document.js';
import { MongoError, ofExecution } from '../../errors.js';
import { BINARY } from '../../language/values/ordering.js';
import { MISSING, someAt } from '../../language/paths.js';
import { mentionsScore } from '../../language/pipeline.js';
import { projector, type Projector } from '../../language/projection.js';
import { checkScored } from '../../language/filters/text.js';
import { isView, type CollectionInfo } from '../../store/catalogue.js';
import { aggregation } from '../aggregate/aggregate.js';
import type { Stored } from '../../store/collection.js';
import { countMatching } from '../../store/scan/counting.js';
import type { Plan } from '../../store/plan/planner.js';
import { scan, scanInTurns, visit, type Query, type Scan } from '../../store/scan/scan.js';
import { TURN_MS, type Turn } from '../../store/scan/slices.js';
import type { Snapshot } from '../../store/disk/lmdb-file.js';
import { BatchFrame } from '../../wire/batch-frame.js';
import { cursorReply, type Reply } from '../../wire/message.js';
import { apiParameters } from '../api-version.js';
import type { Call } from '../call.js';
import type { Command, Server } from '../command.js';
import { MAX_BATCH_BYTES, documentsOf, type CursorSource } from './cursors.js';
import { DistinctValues, checkDistinct, partsOf } from './distinct-values.js';
import { checkForView, checkNatural, checkQuery, checkTailable } from './query-checks.js';
import { stagesOf } from '../aggregate/views.js';

const DEFAULT_BATCH = 101;
/** Most bytes of documents that a cursor without a snapshot holds. */
const MAX_HELD_BYTES = 100 * 1024 * 1024;

/** Commands that read documents. */
export const READ_COMMANDS: Record<string, Command> = {
  find: {
    canMove: () => true,
    fields: [
      'filter',
      'sort',
      'projection',
      'hint',
      'skip',
      'limit',
      'batchSize',
      'singleBatch',
      'collation',
      'allowDiskUse',
      'let',
      'tailable',
      'awaitData',
      'noCursorTimeout',
      'oplogReplay',
      'allowPartialResults',
      'returnKey',
      'showRecordId',
      'min',
      'max',
    ],
    run: (server, call) => {
      for (const flag of ['allowDiskUse', 'noCursorTimeout', 'allowPartialResults', 'oplogReplay']) call.flag(flag);
      checkTailable(call);
      for (const option of ['returnKey', 'showRecordId', 'min', 'max']) {
        if ((call.value(option) ?? false) !== false)
          throw new MongoError(72, `the option '${option}' is not supported by this server`);
      }
      const info = server.catalogue.find(call.db, call.collection);
      const query = queryOf(call, info);
      if (mentionsScore({ $sort: query.sort })) checkScored(query.filter);
      const projection = call.optionalDoc('projection') && (call.typed['projection'] as Doc);
      const isShown = info !== undefined && isView(info);
      if (isShown) checkForView(call, query);
      const project = isShown ? undefined : projector(projection, query.filter, query.evaluation);
      if (!info) {
        checkQuery(query, call.namespace);
        return cursorReply('firstBatch', { id: 0n, ns: call.namespace }, []);
      }
      const size = call.count('batchSize') ?? DEFAULT_BATCH;
      const single = call.flag('singleBatch');
      const whole = isShown ? undefined : wholeAnswer(server, info, query, call.namespace, { size, single }, project);
      if (whole) return whole;
      const source = isShown
        ? throughView(server, info, query, projection)
        : pinned(server, info, query, call.namespace, project ?? ((raw) => raw));
      return firstBatch(server, call, source, size, single);
    },
  },
  count: {
    canMove: () => true,
    // `fields` is what old shells send.
    fields: ['query', 'limit', 'skip', 'hint', 'collation', 'fields'],
    run: (server, call) => {
      const info = server.catalogue.find(call.db, call.collection);
      const query = { ...queryOf(call, info, 'query'), limit: countLimit(call, info) };
      if (!info) {
        checkQuery(query, call.namespace);
        return { n: 0, ok: 1 };
      }
      return {
        n: isView(info)
          ? [...read(throughView(server, info, query))].length
          : countMatching(server.environment, info, query),
        ok: 1,
      };
    },
  },
  distinct: {
    canMove: () => true,
    fields: ['key', 'query', 'collation', 'hint'],
    run: (server, call) => {
      const parts = partsOf(call.text('key'));
      const info = server.catalogue.find(call.db, call.collection);
      const query = queryOf(call, info, 'query');
      const values = new DistinctValues(query.evaluation?.ordering ?? BINARY);
      let bytes = 0;
      if (!info) checkQuery(query, call.namespace);
      else {
        const documents = isView(info)
          ? read(throughView(server, info, query))
          : raws(scan(server.environment, info, query).documents);
        for (const raw of documents) {
          bytes += raw.length;
          someAt(decodeTyped(raw), parts, (leaf) => {
            // An array gives its elements, of which one may be an array itself.
            if (leaf !== MISSING) for (const value of Array.isArray(leaf) ? leaf : [leaf]) values.add(value);
            return false;
          });
        }
      }
      const list = values.inOrder();
      // Values take no more than the documents that they are from.
      if (bytes > MAX_DOCUMENT_BYTES) checkDistinct(list);
      return { values: list, ok: 1 };
    },
  },
};

/** Most documents that are looked at for an answer that may turn out to need a cursor. */
const MOST_TRIED = 1000;

/**
 * The answer of a query that leaves no cursor open, which most have: a limit that the first batch reaches, one batch only,
 * or few documents. Undefined for others, for what has to be sorted first, and for more than one answer holds.
 */
function wholeAnswer(
  server: Server,
  info: CollectionInfo,
  query: Query,
  ns: string,
  { size, single }: { size: number; single: boolean },
  project: Projector | undefined,
): Reply | undefined {
  const limit = query.limit ? query.limit : Number.POSITIVE_INFINITY;
  if (size === 0) return undefined;
  const isWhole = single || limit <= size;
  const frame = new BatchFrame(ns);
  let left = size;
  let answer: Reply | undefined;
  try {
    const visited = visit(
      server.environment,
      info,
      { ...query, limit: isWhole ? Math.min(limit, size) : size + 1 },
      (raw) => {
        if (left-- > 0) frame.append(project ? project(raw) : raw);
        return frame.size <= MAX_BATCH_BYTES;
      },
      isWhole ? Number.POSITIVE_INFINITY : MOST_TRIED,
    );
    // A batch that is just full need not be the last.
    if (visited && (isWhole || left > 0) && frame.size <= MAX_BATCH_BYTES) answer = frame.finish();
  } finally {
    if (!answer) frame.drop();
  }
  return answer;
}

/** A query of a view: its stages, then those that do what the query asks, as aggregations do it. */
function throughView(server: Server, view: CollectionInfo, query: Query, projection?: Doc): CursorSource {
  const { hint, evaluation, deadline } = query;
  return aggregation(server, view.db, view.name, stagesOf(query, projection), { hint, evaluation, deadline });
}

function* read(source: CursorSource): Generator<Uint8Array> {
  try {
    yield* documentsOf(source);
  } finally {
    source.release();
  }
}

function* raws(found: Iterable<{ raw: Buffer }>): Generator<Uint8Array> {
  for (const { raw } of found) yield raw;
}

/**
 * How many documents a `count` counts at most, which may be given as a negative number; undefined for all.
 * @throws MongoError 15958 for 0 documents of a view, where the limit is that of a stage
 */
export function countLimit(call: Call, info: CollectionInfo | undefined): number | undefined {
  const limit = Math.abs(call.whole('limit') ?? 0);
  if (limit === 0 && call.has('limit') && info && isView(info))
    throw new MongoError(15958, 'the limit must be positive');
  return limit || undefined;
}

/** The query of a command that reads. */
export function queryOf(call: Call, info: CollectionInfo | undefined, filterField = 'filter'): Query {
  const [filter, sort, hint] = [call.filter(filterField), call.optionalDoc('sort'), call.hint()];
  checkNatural(filter, sort, hint);
  return {
    filter,
    sort,
    skip: call.count('skip'),
    limit: call.name === 'count' ? undefined : call.count('limit'),
    hint,
    evaluation: call.evaluation(info),
    deadline: call.deadline(),
  };
}

/** A scan over the data as it is now, for as long as its cursor is read. */
export function pinned(
  server: Server,
  info: CollectionInfo,
  query: Query,
  ns: string,
  project: Projector,
): CursorSource {
  let snapshot: Snapshot | undefined;
  try {
    snapshot = server.environment.snapshot();
  } catch (error) {
    return { ns, documents: held(scan(server.environment, info, query), project, error), release: () => undefined };
  }
  // The checkpoint that was made for it may have taken longer than reading will.
  if (query.deadline?.handOverAt) query.deadline.handOverAt = performance.now() + TURN_MS;
  const turn: Turn = { endsAt: Number.POSITIVE_INFINITY };
  const { documents, plan } = planned(server, info, query, turn, snapshot);
  const projected = (function* (): Generator<Uint8Array | undefined> {
    try {
      for (const stored of documents) yield stored && project(stored.raw, stored.textScore);
    } catch (error) {
      throw ofExecution(error);
    }
  })();
  return {
    ns,
    documents: projected,
    turn,
    isAll: endOf(plan, query),
    deadline: query.deadline,
    release: () => {
      // Ends the walk first: LMDB's own cursor must close before what it reads from.
      projected.return(undefined);
      snapshot?.done();
    },
  };
}

/**
 * How MongoDB knows that a scan has given all: what it has sorted is there as a whole, and so is the only document of a
 * unique key. Elsewhere only a limit tells; without it, a batch that is just full is followed by one that is empty.
 */
function endOf({ sorted, points, ranges }: Plan, { limit }: Query): CursorSource['isAll'] {
  return sorted && !(points && ranges.length === 1) ? (given) => given === limit : undefined;
}

/** All that a scan gives, in memory: on a full disk there are no snapshots, and reading has to go on. */
function held({ documents }: Scan, project: Projector, failure: unknown): Iterator<Uint8Array> {
  const all: Uint8Array[] = [];
  let bytes = 0;
  for (const { raw, textScore } of documents) {
    const document = project(raw, textScore);
    bytes += document.length;
    if (bytes > MAX_HELD_BYTES) throw failure;
    all.push(document);
  }
  return all.values();
}

/** A refusal must not leave its snapshot behind: no page that it pins would ever be used again. */
function planned(
  server: Server,
  info: CollectionInfo,
  query: Query,
  turn: Turn,
  snapshot: Snapshot | undefined,
): Scan<Stored | undefined> {
  try {
    return scanInTurns(server.environment, info, query, turn, snapshot);
  } catch (error) {
    snapshot?.done();
    throw error;
  }
}

/** The answer of a command that opens a cursor. */
export function firstBatch(server: Server, call: Call, source: CursorSource, batchSize: number, single = false): Reply {
  const batch = server.cursors.first(source, batchSize, single, apiParameters(call.request.args));
  return cursorReply('firstBatch', batch, batch.documents);
}
