import { Double, Int32 } from 'bson';
import { decodeTyped, encode, isDoc, type Doc } from '../../document.js';
import { MongoError, ofExecution } from '../../errors.js';
import { isNumeric } from '../../language/values/arithmetic.js';
import type { Evaluation } from '../../language/filters/filter.js';
import { SCORE_FIELD } from '../../language/paths.js';
import { checkPipeline, mentionsScore, runPipeline, type Others } from '../../language/pipeline.js';
import { checkScored } from '../../language/filters/text.js';
import type { CollectionInfo } from '../../store/catalogue.js';
import type { Stored } from '../../store/collection.js';
import { countMatching } from '../../store/scan/counting.js';
import type { Deadline } from '../../store/scan/deadline.js';
import type { Snapshot } from '../../store/disk/lmdb-file.js';
import { scan, type Query } from '../../store/scan/scan.js';
import type { Reply } from '../../wire/message.js';
import { checkBoolean, missingField } from '../arguments.js';
import type { Call } from '../call.js';
import type { Command, Server } from '../command.js';
import { sourceOf, type CursorSource } from '../reading/cursors.js';
import { explained } from '../explain/explain.js';
import { ReadingFailed, batchesOf } from './output-batches.js';
import { outputOf, type Output } from './output-spec.js';
import { checkTarget, writeOutput } from './output.js';
import { firstBatch, pinned } from '../reading/read.js';
import { pushDown } from './push-down.js';
import { checkQuery } from '../reading/query-checks.js';
import { collStatsDocument } from '../statistics.js';
import { checkViewsRead } from './view-graph.js';
import { originOf } from './views.js';

const DEFAULT_BATCH = 101;

/** `aggregate`. */
export const AGGREGATE_COMMANDS: Record<string, Command> = {
  aggregate: {
    fields: ['pipeline', 'cursor', 'explain', 'allowDiskUse', 'bypassDocumentValidation', 'hint', 'collation', 'let'],
    // What writes does so here, and statistics are read in turns.
    canMove: (call) => {
      const stages = call.value('pipeline');
      const has = (at: number, names: readonly string[]): boolean => {
        const stage: unknown = Array.isArray(stages) ? stages.at(at) : undefined;
        return isDoc(stage) && names.some((name) => name in stage);
      };
      return !has(-1, ['$out', '$merge']) && !has(0, ['$collStats']);
    },
    run: (server, call) => {
      const whole = call.value('aggregate') === 1;
      if (call.value('pipeline') === undefined) throw missingField('aggregate', 'pipeline');
      if (!whole && typeof call.value('aggregate') !== 'string')
        throw new MongoError(9, "Invalid command format: the 'aggregate' field must specify a collection name or 1");
      const statistics = whole ? undefined : collStatsOf(call.typed['pipeline']);
      if (statistics) return throughStatistics(server, call, statistics);
      const pipeline = checkPipeline(call.typed['pipeline'], { collection: !whole });
      if (whole && !(pipeline[0] && '$documents' in pipeline[0]))
        throw new MongoError(
          73,
          `{aggregate: 1} is not valid for '${Object.keys(pipeline[0] ?? {})[0] ?? 'an empty pipeline'}'; a collection is required.`,
        );
      checkBoolean(call.value('allowDiskUse'), 'aggregate', 'allowDiskUse');
      if (call.flag('explain')) return explained(server, call, 'queryPlanner');
      if (call.value('cursor') === undefined)
        throw new MongoError(9, "The 'cursor' option is required, except for aggregate with the explain argument");
      const size = call.batchSize() ?? DEFAULT_BATCH;
      const collection = whole ? undefined : call.collection;
      const own = collection === undefined ? undefined : server.catalogue.find(call.db, collection);
      const options = { hint: call.hint(), evaluation: call.evaluation(own), deadline: call.deadline() };
      checkViewsRead(server.catalogue, call.db, pipeline, options.evaluation.ordering);
      const output = outputOf(pipeline.at(-1), call.db);
      if (!output) return firstBatch(server, call, aggregation(server, call.db, collection, pipeline, options), size);
      return writeThrough(server, call, output, pipeline.slice(0, -1), options.evaluation).then(() =>
        firstBatch(server, call, listed(`${call.db}.${collection ?? '$cmd.aggregate'}`, []), size),
      );
    },
  },
};

/** Runs a pipeline and writes what it gives. */
async function writeThrough(
  server: Server,
  call: Call,
  output: Output,
  stages: readonly Doc[],
  evaluation: Evaluation,
): Promise<void> {
  checkTarget(server, output, evaluation);
  try {
    await writeOutput(server, output, batchesOf(server, call, stages), evaluation);
  } catch (error) {
    throw error instanceof ReadingFailed ? error.cause : ofExecution(error);
  }
}

interface Statistics {
  readonly spec: unknown;
  readonly rest: readonly unknown[];
}

/** What a pipeline asks of `$collStats` that it begins with, and the stages after it. */
function collStatsOf(pipeline: unknown): Statistics | undefined {
  if (!Array.isArray(pipeline)) return undefined;
  const at = pipeline.findIndex((stage) => isDoc(stage) && '$collStats' in stage);
  if (at > 0) throw new MongoError(40602, '$collStats is only valid as the first stage in a pipeline');
  return at < 0 ? undefined : { spec: (pipeline[0] as Doc)['$collStats'], rest: pipeline.slice(1) };
}

/** A pipeline over the statistics of a collection in the place of its documents. */
async function throughStatistics(server: Server, call: Call, { spec, rest }: Statistics): Promise<Reply> {
  const stages = checkPipeline(rest, { collection: true });
  if (outputOf(stages.at(-1), call.db))
    throw new MongoError(238, 'a pipeline that begins with $collStats writes nothing on this server');
  if (call.value('cursor') === undefined || call.flag('explain'))
    throw new MongoError(9, "The 'cursor' option is required, except for aggregate with the explain argument");
  const size = call.batchSize() ?? DEFAULT_BATCH;
  const document = decodeTyped(Buffer.from(encode(await collStatsDocument(server, call, spec))));
  const evaluation = call.evaluation(server.catalogue.find(call.db, call.collection));
  const others = othersOf(server, call.db, { evaluation, deadline: call.deadline() });
  return firstBatch(server, call, listed(call.namespace, runPipeline([document], stages, others, evaluation)), size);
}

/** What a pipeline is run with besides its stages. */
export type AggregationOptions = Pick<Query, 'hint' | 'evaluation' | 'deadline'>;

/** What it reads with, by whatever stage: the state to read, which is the last one when none is given. */
type ReadingOptions = Pick<Query, 'evaluation' | 'deadline'> & { readonly snapshot?: Snapshot };

/** The documents that a pipeline gives over a collection or view, or over nothing when it begins with `$documents`. */
export function aggregation(
  server: Server,
  db: string,
  collection: string | undefined,
  pipeline: readonly Doc[],
  options: AggregationOptions,
): CursorSource {
  const ns = `${db}.${collection ?? '$cmd.aggregate'}`;
  const { info, stages } =
    collection === undefined ? { info: undefined, stages: [] } : originOf(server.catalogue, db, collection);
  const { query: pushed, rest } = pushDown([...stages, ...pipeline], options.hint);
  const query = { ...options, ...pushed };
  // Where there is nothing to read they are compiled all the same.
  if (!info) checkQuery(query, ns);
  if (mentionsScore([rest, { $sort: pushed.sort }])) checkScored(pushed.filter);
  if (info && rest.length === 0) return { ...pinned(server, info, query, ns, (raw) => raw), isAll: isNeverAll };
  if (info && isPlainCount(rest)) {
    const n = countMatching(server.environment, info, query);
    return listed(ns, n === 0 ? [] : [countResult(rest[0] ?? {}, n)]);
  }
  const run = (snapshot?: Snapshot): Iterable<Doc> => runOver(server, db, info, query, rest, { ...options, snapshot });
  // What is not complete soon begins anew in the thread for long reads, where nobody waits for it between batches.
  return server.longReads ? listed(ns, run()) : streamed(server, ns, run, options.deadline);
}

/** Runs the stages that a query does not do over what it finds. */
function runOver(
  server: Server,
  db: string,
  info: CollectionInfo | undefined,
  query: Query,
  rest: readonly Doc[],
  options: ReadingOptions,
): Iterable<Doc> {
  const documents = info ? read(server, info, query, options.snapshot) : [];
  return runPipeline(documents, rest, othersOf(server, db, options), options.evaluation ?? {});
}

function read(server: Server, info: CollectionInfo, query: Query, snapshot?: Snapshot): Generator<Doc> {
  return decoded(scan(server.environment, info, query, snapshot).documents);
}

function* decoded(found: Iterable<Stored>): Generator<Doc> {
  for (const { raw, textScore } of found) {
    const doc = decodeTyped(raw);
    yield textScore === undefined ? doc : { ...doc, [SCORE_FIELD]: new Double(textScore) };
  }
}

/** How many documents could be read for what it costs to look for one by an index, besides the document. */
const LOOK_UP_COST = 5;

/** What stages read by name besides the documents of their own collection. */
export function othersOf(server: Server, db: string, options: ReadingOptions): Others {
  const { evaluation, deadline, snapshot } = options;
  return {
    all: function* (name) {
      const { info, stages } = originOf(server.catalogue, db, name);
      const { query, rest } = pushDown(stages);
      for (const doc of runOver(server, db, info, { ...query, evaluation, deadline }, rest, options)) {
        delete doc[SCORE_FIELD];
        yield doc;
      }
    },
    search: (name, filter, inner) => {
      const { info, stages } = originOf(server.catalogue, db, name);
      if (stages.length > 0)
        throw new MongoError(17313, '$match with $text is only allowed as the first pipeline stage');
      return info ? read(server, info, { filter, evaluation: inner, deadline }, snapshot) : [];
    },
    lookUp: (name) => {
      const { info, stages } = originOf(server.catalogue, db, name);
      if (!info || stages.length > 0) return () => undefined;
      let left = info.count;
      return (path, values) => {
        if (left <= 0) return undefined;
        const filter = { [path]: { $in: values } };
        const query = { filter, evaluation, deadline };
        const { plan, documents, counts } = scan(server.environment, info, query, snapshot);
        if (!plan.bounded) return undefined;
        const found = [...documents].sort((a, b) => Buffer.compare(a.id, b.id));
        left -= counts.docsExamined + LOOK_UP_COST;
        return found.map(({ raw }) => decodeTyped(raw));
      };
    },
  };
}

/** A pipeline is asked for more until it has no more. */
const isNeverAll = (): boolean => false;

function listed(ns: string, documents: Iterable<Doc>): CursorSource {
  return { ...sourceOf(ns, [...encoded(documents)]), isAll: isNeverAll };
}

/** What a pipeline gives over the state in which it begins, made as far as it is asked for. */
function streamed(
  server: Server,
  ns: string,
  run: (snapshot?: Snapshot) => Iterable<Doc>,
  deadline: Deadline | undefined,
): CursorSource {
  const snapshot = server.environment.snapshot();
  try {
    const documents = encoded(run(snapshot));
    const release = (): void => {
      documents.return(undefined);
      snapshot?.done();
    };
    return { ns, documents, isAll: isNeverAll, deadline, release };
  } catch (error) {
    snapshot?.done();
    throw error;
  }
}

function* encoded(documents: Iterable<Doc>): Generator<Uint8Array> {
  try {
    for (const doc of documents) {
      delete doc[SCORE_FIELD];
      yield encode(doc);
    }
  } catch (error) {
    throw ofExecution(error);
  }
}

/** What `countDocuments` of drivers sends. */
function isPlainCount(rest: readonly Doc[]): boolean {
  const [stage] = rest;
  if (rest.length !== 1 || !stage) return false;
  if (typeof stage['$count'] === 'string') return /^(?!_id$)[^$.\0][^.\0]*$/.test(stage['$count']);
  const group = stage['$group'];
  return (
    isDoc(group) &&
    Object.keys(group).join() === '_id,n' &&
    isNumeric(group['_id']) &&
    isDoc(group['n']) &&
    Object.keys(group['n']).join() === '$sum' &&
    group['n']['$sum'] instanceof Int32 &&
    group['n']['$sum'].value === 1
  );
}

function countResult(stage: Doc, n: number): Doc {
  const group = stage['$group'];
  return isDoc(group) ? { _id: group['_id'], n: new Int32(n) } : { [String(stage['$count'])]: new Int32(n) };
}
