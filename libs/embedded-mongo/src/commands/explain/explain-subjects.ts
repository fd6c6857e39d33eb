import type { Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { compileUpdate, type Update } from '../../language/updates/update.js';
import { checkPipeline } from '../../language/pipeline.js';
import { projector } from '../../language/projection.js';
import { isView, type Catalogue, type CollectionInfo } from '../../store/catalogue.js';
import type { Stored } from '../../store/collection.js';
import type { Query, Scan } from '../../store/scan/scan.js';
import { limitOf } from '../arguments.js';
import type { Call } from '../call.js';
import { countedStages, express, findStages, projected } from './explain-stages.js';
import { checkFindAndModify } from '../writing/find-and-modify.js';
import { outputOf } from '../aggregate/output-spec.js';
import { EOF, type Stage } from './plan-stage.js';
import { pushDown } from '../aggregate/push-down.js';
import { countLimit, queryOf } from '../reading/read.js';
import { checkViewsRead } from '../aggregate/view-graph.js';
import { originOf, stagesOf } from '../aggregate/views.js';
import { queryOfOperation, updateOf, versionsOf } from '../writing/write.js';

/** A command as `explain` looks at it. */
export interface Subject {
  readonly namespace: string;
  /** The collection that is read, undefined when there is none. */
  readonly info: CollectionInfo | undefined;
  /** What is asked of it. */
  readonly query: Query;
  /** Reads what the command would read, and computes what it would do; gives what is told of its own stage. */
  readonly run: (documents: Iterable<Stored>) => Doc;
  /** Its plan. */
  readonly stages: (scan: Scan, stats: Doc) => Stage;
  /** Its plan where there is no collection. */
  readonly empty?: Stage;
  /** Its plan, when that reads no documents. */
  readonly known?: () => Stage;
  /** Stages of a pipeline that go on with what is found. */
  readonly rest?: readonly Doc[];
}

type Explain = (catalogue: Catalogue, call: Call, info: CollectionInfo | undefined) => Omit<Subject, 'namespace'>;

function drain(documents: Iterable<Stored>): Doc {
  const iterator = documents[Symbol.iterator]();
  while (!iterator.next().done);
  return {};
}

/** A query as it is, and through the views on the way to its collection. */
function reading(
  catalogue: Catalogue,
  call: Call,
  info: CollectionInfo | undefined,
  query: Query,
): ReturnType<Explain> {
  const spec = call.name === 'find' ? call.optionalDoc('projection') : undefined;
  const projection = spec && (call.typed['projection'] as Doc);
  const isShown = info !== undefined && isView(info);
  if (!isShown) projector(projection, query.filter, query.evaluation);
  const origin = isShown ? originOf(catalogue, call.db, info.name) : { info, stages: [] };
  const own = isShown ? stagesOf(query, projection) : [];
  if (origin.stages.length > 0) {
    const { query: pushed, rest } = pushDown([...origin.stages, ...own], query.hint);
    return {
      info: origin.info,
      query: { ...query, ...pushed },
      run: drain,
      stages: (scan) => findStages(scan, { ...query, ...pushed }),
      rest,
    };
  }
  const isShort = call.name !== 'distinct';
  return {
    info: origin.info,
    query,
    run: drain,
    stages: (scan) =>
      (isShort ? express('EXPRESS_IXSCAN', scan, query, spec) : undefined) ?? findStages(scan, query, spec),
  };
}

const find: Explain = (catalogue, call, info) => reading(catalogue, call, info, queryOf(call, info));

const distinct: Explain = (catalogue, call, info) => {
  call.text('key');
  return reading(catalogue, call, info, queryOf(call, info, 'query'));
};

const aggregate: Explain = (catalogue, call, info) => {
  const whole = call.value('aggregate') === 1;
  const pipeline = checkPipeline(call.typed['pipeline'], { collection: !whole });
  outputOf(pipeline.at(-1), call.db);
  const origin = info ? originOf(catalogue, call.db, info.name) : { info: undefined, stages: [] };
  const { query: pushed, rest } = pushDown([...origin.stages, ...pipeline], call.hint());
  const query = { ...pushed, evaluation: call.evaluation(info) };
  checkViewsRead(catalogue, call.db, pipeline, query.evaluation.ordering);
  const isWhole = rest.length === 0;
  return {
    info: origin.info,
    query,
    run: drain,
    stages: (scan) => (isWhole ? express('EXPRESS_IXSCAN', scan, query) : undefined) ?? findStages(scan, query),
    rest,
  };
};

const count: Explain = (catalogue, call, info) => {
  const limit = countLimit(call, info);
  const query = { ...queryOf(call, info, 'query'), limit };
  if (info && isView(info)) return reading(catalogue, call, info, query);
  const skip = query.skip ?? 0;
  if (info && Object.keys(query.filter).length === 0 && query.hint === undefined) {
    const left = Math.max(info.count - skip, 0);
    const stats = { nCounted: Math.min(left, limit ?? left), nSkipped: Math.min(skip, info.count) };
    const known = (): Stage => ({ stage: 'RECORD_STORE_FAST_COUNT', stats, nReturned: 0 });
    return { info, query, run: drain, stages: known, known };
  }
  return {
    info,
    query,
    run: drain,
    stages: (scan) => ({
      stage: 'COUNT',
      stats: { nCounted: scan.counts.returned, nSkipped: scan.counts.skipped },
      nReturned: 0,
      input: countedStages(scan, query),
    }),
    empty: { stage: 'COUNT', stats: { nCounted: 0, nSkipped: 0 }, nReturned: 0, input: EOF },
  };
};

/** What is told of an update: what it finds, all of which counts as modified, and whether it inserts. */
function updated(documents: Iterable<Stored>, update: Update, filter: Doc, upsert: boolean): Doc {
  let nMatched = 0;
  for (const stored of documents) {
    nMatched++;
    // What cannot be made of it is refused.
    versionsOf(stored, update, filter);
  }
  return { nMatched, nWouldModify: nMatched, nWouldUpsert: upsert && nMatched === 0 ? 1 : 0 };
}

/** The stage of a write over those that find its documents; a limit of one document is the write's own unless it sorts. */
function writing(name: string, scan: Scan, query: Query, stats: Doc, short?: string): Stage {
  const quick = short !== undefined && '_id' in query.filter ? express(short, scan, query) : undefined;
  if (quick) return { ...quick, stats: { ...quick.stats, ...shortStats(stats) }, nReturned: 0 };
  const sorts = Object.keys(query.sort ?? {}).length > 0;
  return { stage: name, stats, nReturned: 0, input: findStages(scan, sorts ? query : { ...query, limit: undefined }) };
}

function shortStats({ nMatched: _, ...stats }: Doc): Doc {
  return stats;
}

/** The one operation of a batch, which has a collation and a hint of its own. */
function onlyOperation(call: Call, info: CollectionInfo | undefined, field: string): { plain: Doc; typed: Doc } {
  const [first, ...others] = call.operations(field);
  if (!first || others.length > 0) throw new MongoError(16, 'explained write batches must be of size 1');
  checkNoView(call, info);
  return first;
}

function checkNoView(call: Call, info: CollectionInfo | undefined): void {
  if (info && isView(info)) throw new MongoError(166, `Namespace ${call.namespace} is a view, not a collection`);
}

const update: Explain = (_catalogue, call, info) => {
  const { plain, typed } = onlyOperation(call, info, 'updates');
  const query = queryOfOperation(call, info, { plain, typed }, plain['multi'] === true ? 0 : 1);
  const change = updateOf(call, info, { plain, typed });
  const [multi, upsert] = [plain['multi'] === true, plain['upsert'] === true];
  return {
    info,
    query,
    run: (documents) => updated(documents, change, query.filter, upsert),
    stages: (scan, stats) => writing('UPDATE', scan, query, stats, multi || upsert ? undefined : 'EXPRESS_UPDATE'),
  };
};

const remove: Explain = (_catalogue, call, info) => {
  const operation = onlyOperation(call, info, 'deletes');
  const limit = limitOf(operation.plain);
  const query = queryOfOperation(call, info, operation, limit);
  return {
    info,
    query,
    run: (documents) => ({ nWouldDelete: [...documents].length }),
    stages: (scan, stats) =>
      limit === 0
        ? writing('BATCHED_DELETE', scan, query, stats)
        : writing('DELETE', scan, query, stats, 'EXPRESS_DELETE'),
  };
};

const findAndModify: Explain = (catalogue, call, info) => {
  checkNoView(call, info);
  checkFindAndModify(call);
  // Of other commands it is told that they find nothing.
  if (catalogue.list(call.db).length === 0) throw new MongoError(26, `database ${call.db} does not exist`);
  const query = { ...queryOf(call, info, 'query'), limit: 1 };
  const fields = call.optionalDoc('fields');
  projector(fields && (call.typed['fields'] as Doc), query.filter, query.evaluation);
  const [removes, upsert, isNew] = [call.flag('remove'), call.flag('upsert'), call.flag('new')];
  const change = removes
    ? undefined
    : compileUpdate(call.typed['update'], call.value('arrayFilters') as Doc[] | undefined, query.evaluation ?? {});
  const short = fields || upsert ? undefined : removes ? 'EXPRESS_DELETE' : 'EXPRESS_UPDATE';
  return {
    info,
    query,
    run: (documents) =>
      change ? updated(documents, change, query.filter, upsert) : { nWouldDelete: [...documents].length },
    stages: (scan, stats) => {
      const gives = scan.counts.returned > 0 || (isNew && stats['nWouldUpsert'] === 1);
      const stage = writing(removes ? 'DELETE' : 'UPDATE', scan, query, stats, short);
      return projected({ ...stage, nReturned: gives ? 1 : 0 }, fields);
    },
  };
};

/** Commands that can be explained. */
const SUBJECTS: Readonly<Record<string, Explain>> = {
  find,
  aggregate,
  count,
  distinct,
  findAndModify,
  findandmodify: findAndModify,
  update,
  delete: remove,
};

/**
 * A command as `explain` looks at it.
 * @throws MongoError 20 for a command that cannot be explained, and what the command itself is refused with
 */
export function subjectOf(catalogue: Catalogue, call: Call): Subject {
  const explain = Object.hasOwn(SUBJECTS, call.name) ? SUBJECTS[call.name] : undefined;
  if (!explain) throw new MongoError(20, `Cannot explain cmd: ${call.name}`);
  // A pipeline that begins with `$documents` reads no collection.
  const collection = call.value(call.name) === 1 ? '$cmd.aggregate' : call.collection;
  const subject = explain(catalogue, call, catalogue.find(call.db, collection));
  return { empty: EOF, ...subject, namespace: `${call.db}.${collection}` };
}
