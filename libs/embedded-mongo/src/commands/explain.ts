import { encode, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { toNumber } from '../language/numbers.js';
import { checkPipeline } from '../language/pipeline.js';
import { isView, type CollectionInfo } from '../store/catalogue.js';
import { scan, type Deadline, type Query, type Scan } from '../store/scan.js';
import { pushDown } from './aggregate.js';
import { Call, checkArguments, type Command, type Server } from './command.js';
import { indexBounds } from './index-bounds.js';
import { queryOf } from './read.js';
import { originOf, stagesOf } from './views.js';
import { queryOfOperation } from './write.js';

/** `explain`: which index serves a query, and what serving it has touched. */
export const EXPLAIN_COMMANDS: Record<string, Command> = {
  explain: {
    fields: ['verbosity'],
    run: (server, call) => {
      const verbosity = call.has('verbosity') ? call.text('verbosity') : 'allPlansExecution';
      if (!VERBOSITIES.includes(verbosity))
        throw new MongoError(2, `Enumeration value '${verbosity}' for field 'explain.verbosity' is not a valid value.`);
      return explained(server, innerOf(call), verbosity !== 'queryPlanner', call.deadline());
    },
  },
};

const VERBOSITIES: readonly string[] = ['queryPlanner', 'executionStats', 'allPlansExecution'];

/** The command that is explained, as if it had been sent itself. */
function innerOf(call: Call): Call {
  const args = call.doc('explain');
  const [name = ''] = Object.keys(args);
  const body = Buffer.from(encode((call.typed['explain'] ?? {}) as Doc));
  return new Call({ ...call.request, name, args, body, sequences: new Map() }, call.connectionId);
}

/** How a command would be served; with `execute` also what that has cost. */
export function explained(server: Server, call: Call, execute: boolean, deadline?: Deadline): Doc {
  const command = server.commands.get(call.name);
  if (!command) throw new MongoError(59, `Explain failed due to unknown command: ${call.name}`);
  const queryOfCommand = Object.hasOwn(EXPLAINABLE, call.name) ? EXPLAINABLE[call.name] : undefined;
  if (!queryOfCommand) throw new MongoError(20, `Cannot explain cmd: ${call.name}`);
  checkArguments(command, call.request);
  // A pipeline that begins with `$documents` reads no collection.
  const collection = call.value(call.name) === 1 ? '$cmd.aggregate' : call.collection;
  const asked = queryOfCommand(call, server.catalogue.find(call.db, collection));
  const { info, stages } = originOf(server.catalogue, call.db, collection);
  const query = stages.length > 0 ? behind(stages, asked) : asked;
  const answer = info ? explain(server, info, { ...query, deadline }, execute) : nothing(query, execute);
  const others = { command: call.request.args, serverInfo: { version: '8.0.0' } };
  return { explainVersion: '1', ...answer, ...others, namespace: `${call.db}.${collection}`, ok: 1 };
}

/** What a query of a view asks of its collection. */
function behind(stages: readonly Doc[], query: Query): Query {
  return { ...query, ...pushDown([...stages, ...stagesOf(query)], query.hint).query };
}

type QueryOf = (call: Call, info: CollectionInfo | undefined) => Query;

const modify: QueryOf = (call, info) => ({ ...queryOf(call, info, 'query'), limit: 1 });

/** The query that each command asks. */
const EXPLAINABLE: Readonly<Record<string, QueryOf>> = {
  find: (call, info) => queryOf(call, info),
  aggregate: (call, info) => ({
    ...pushDown(checkPipeline(call.value('pipeline'), { collection: call.value('aggregate') !== 1 }), call.hint())
      .query,
    evaluation: call.evaluation(info),
  }),
  count: (call, info) => queryOf(call, info, 'query'),
  distinct: (call, info) => queryOf(call, info, 'query'),
  findAndModify: modify,
  findandmodify: modify,
  update: (call, info) => queryOfOne(call, info, 'updates', ({ multi }) => (multi === true ? 0 : 1)),
  delete: (call, info) => queryOfOne(call, info, 'deletes', ({ limit }) => toNumber(limit)),
};

/** The query of the one operation of a batch, which has a collation and a hint of its own. */
function queryOfOne(call: Call, info: CollectionInfo | undefined, field: string, limitOf: (one: Doc) => number): Query {
  const [first, ...others] = call.operations(field);
  if (!first || others.length > 0) throw new MongoError(16, 'explained write batches must be of size 1');
  if (info && isView(info)) throw new MongoError(166, `Namespace ${call.namespace} is a view, not a collection`);
  return queryOfOperation(call, info, first.plain, limitOf(first.plain));
}

function explain(server: Server, info: CollectionInfo, query: Query, execute: boolean): Doc {
  const started = performance.now();
  const scanned = scan(server.environment, info, query);
  if (execute) while (!scanned.documents.next().done);
  const stages = winningPlan(scanned, query);
  const queryPlanner = {
    namespace: `${info.db}.${info.name}`,
    parsedQuery: query.filter,
    winningPlan: stages,
    rejectedPlans: [],
  };
  if (!execute) return { queryPlanner };
  const { counts } = scanned;
  return {
    queryPlanner,
    executionStats: {
      executionSuccess: true,
      nReturned: counts.returned,
      executionTimeMillis: Math.round(performance.now() - started),
      totalKeysExamined: counts.keysExamined,
      totalDocsExamined: counts.docsExamined,
      executionStages: stages,
    },
  };
}

function nothing(query: Query, execute: boolean): Doc {
  const queryPlanner = { parsedQuery: query.filter, winningPlan: { stage: 'EOF' }, rejectedPlans: [] };
  if (!execute) return { queryPlanner };
  return {
    queryPlanner,
    executionStats: { executionSuccess: true, nReturned: 0, totalKeysExamined: 0, totalDocsExamined: 0 },
  };
}

function winningPlan({ plan }: Scan, query: Query): Doc {
  const direction = plan.reverse ? 'backward' : 'forward';
  const filter = plan.exact ? {} : { filter: query.filter };
  let stage: Doc = { stage: 'COLLSCAN', ...filter, direction };
  if (plan.index?.text) {
    stage = { stage: 'TEXT_MATCH', indexPrefix: {}, indexName: plan.index.name, ...filter };
  } else if (plan.index) {
    const inputStage = {
      stage: 'IXSCAN',
      keyPattern: plan.index.spec['key'],
      indexName: plan.index.name,
      isMultiKey: plan.index.multikey.size > 0,
      isUnique: plan.index.unique,
      isSparse: plan.index.sparse,
      isPartial: plan.index.partial !== undefined,
      ...(plan.index.collated ? { collation: plan.index.spec['collation'] } : {}),
      direction,
      indexBounds: indexBounds(plan, plan.index.spec['key'] as Doc),
    };
    stage = { stage: 'FETCH', ...filter, inputStage };
  } else if (plan.bounded) {
    stage = {
      stage: 'FETCH',
      ...filter,
      inputStage: {
        stage: 'IXSCAN',
        keyPattern: { _id: 1 },
        indexName: '_id_',
        isMultiKey: false,
        isUnique: true,
        isSparse: false,
        isPartial: false,
        direction,
        indexBounds: indexBounds(plan, { _id: 1 }),
      },
    };
  }
  if (query.skip) stage = { stage: 'SKIP', skipAmount: query.skip, inputStage: stage };
  if (!plan.sorted) stage = { stage: 'SORT', sortPattern: query.sort, inputStage: stage };
  if (query.limit) stage = { stage: 'LIMIT', limitAmount: query.limit, inputStage: stage };
  return stage;
}
