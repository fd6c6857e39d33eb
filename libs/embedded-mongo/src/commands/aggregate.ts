import { decode, encode, isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { checkPipeline, runPipeline } from '../language/pipeline.js';
import { toNumber } from '../language/operators.js';
import type { CollectionInfo } from '../store/catalogue.js';
import { scan, type Query } from '../store/scan.js';
import { refuseCollation, type Call, type Command, type Server } from './command.js';
import type { CursorSource } from './cursors.js';
import { countMatching, firstBatch, pinned } from './read.js';

const DEFAULT_BATCH = 101;

/** `aggregate`. */
export const AGGREGATE_COMMANDS: Record<string, Command> = {
  aggregate: {
    fields: ['pipeline', 'cursor', 'explain', 'allowDiskUse', 'bypassDocumentValidation', 'hint', 'collation', 'let'],
    run: (server, call) => {
      refuseCollation(call.value('collation'));
      const pipeline = checkPipeline(call.value('pipeline'));
      if (!call.has('cursor'))
        throw new MongoError(9, "The 'cursor' option is required, except for aggregate with the explain argument");
      const batchSize = call.doc('cursor')['batchSize'];
      const size = batchSize === undefined ? DEFAULT_BATCH : toNumber(batchSize);
      return firstBatch(server, sourceOf(server, call, pipeline), size, false);
    },
  },
};

function sourceOf(server: Server, call: Call, pipeline: readonly Doc[]): CursorSource {
  const whole = call.value('aggregate') === 1;
  const ns = whole ? `${call.db}.$cmd.aggregate` : call.namespace;
  const info = whole ? undefined : server.catalogue.find(call.db, call.collection);
  const { query: pushed, rest } = pushDown(pipeline, call.hint());
  const query = { ...pushed, variables: call.optionalDoc('let'), deadline: call.deadline() };
  if (info && rest.length === 0) return pinned(server, info, query, ns, (raw) => raw);
  if (info && isPlainCount(rest)) {
    const n = countMatching(server, info, query);
    return listed(ns, n === 0 ? [] : [countResult(rest[0] ?? {}, n)]);
  }
  const resolve = (name: string): Doc[] => everything(server, server.catalogue.find(call.db, name));
  const documents = info ? read(server, info, query) : [];
  return listed(ns, runPipeline(documents, rest, resolve, call.doc('let')));
}

function* read(server: Server, info: CollectionInfo, query: Query): Generator<Doc> {
  for (const { raw } of scan(server.environment, info, query).documents) yield decode(raw);
}

function everything(server: Server, info: CollectionInfo | undefined): Doc[] {
  return info ? [...read(server, info, { filter: {} })] : [];
}

/** Computed results are complete before the first answer: nothing of the data need stay pinned for them. */
function listed(ns: string, documents: Iterable<Doc>): CursorSource {
  const encoded = Array.from(documents, encode);
  return { ns, documents: encoded[Symbol.iterator](), release: () => undefined };
}

/** Turns leading `$match`, `$sort`, `$skip` and `$limit` into a query, so that indexes serve them. */
export function pushDown(pipeline: readonly Doc[], hint?: string | Doc): { query: Query; rest: readonly Doc[] } {
  const filters: Doc[] = [];
  let at = 0;
  const stage = (name: string): unknown => pipeline[at]?.[name];
  for (let filter = stage('$match'); isDoc(filter); filter = stage('$match')) {
    filters.push(filter);
    at++;
  }
  let sort: Doc | undefined;
  const order = stage('$sort');
  if (isDoc(order)) {
    sort = order;
    at++;
  }
  let skip: number | undefined;
  if (typeof stage('$skip') === 'number') skip = pipeline[at++]?.['$skip'] as number;
  let limit: number | undefined;
  if (typeof stage('$limit') === 'number') limit = pipeline[at++]?.['$limit'] as number;
  const filter = filters.length > 1 ? { $and: filters } : (filters[0] ?? {});
  return { query: { filter, sort, skip, limit, hint }, rest: pipeline.slice(at) };
}

/** What `countDocuments` of drivers sends. */
function isPlainCount(rest: readonly Doc[]): boolean {
  const [stage] = rest;
  if (rest.length !== 1 || !stage) return false;
  if (typeof stage['$count'] === 'string') return true;
  const group = stage['$group'];
  return (
    isDoc(group) &&
    Object.keys(group).join() === '_id,n' &&
    typeof group['_id'] === 'number' &&
    isDoc(group['n']) &&
    group['n']['$sum'] === 1
  );
}

function countResult(stage: Doc, n: number): Doc {
  const group = stage['$group'];
  return isDoc(group) ? { _id: group['_id'], n } : { [String(stage['$count'])]: n };
}
