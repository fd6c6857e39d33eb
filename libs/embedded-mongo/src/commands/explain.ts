import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { checkPipeline } from '../language/pipeline.js';
import type { CollectionInfo } from '../store/catalogue.js';
import { scan, type Query, type Scan } from '../store/scan.js';
import { pushDown } from './aggregate.js';
import type { Call, Command, Server } from './command.js';
import { indexBounds } from './index-bounds.js';

/** `explain`: which index serves a query, and what serving it has touched. */
export const EXPLAIN_COMMANDS: Record<string, Command> = {
  explain: {
    fields: ['verbosity'],
    run: (server, call) => explained(server, call, call.doc('explain'), call.value('verbosity') !== 'queryPlanner'),
  },
};

/** How a command would be served; with `execute` also what that has cost. */
export function explained(server: Server, call: Call, command: Doc, execute: boolean): Doc {
  const [collection] = Object.values(command);
  const info = server.catalogue.find(call.db, String(collection));
  const query = { ...explainedQuery(command), evaluation: call.evaluation(info, command['collation']) };
  const namespace = `${call.db}.${String(collection)}`;
  const answer = info ? explain(server, info, query, execute) : nothing(query);
  return { explainVersion: '1', ...answer, command, serverInfo: { version: '8.0.0' }, namespace, ok: 1 };
}

function explainedQuery(command: Doc): Query {
  const [name] = Object.keys(command);
  const doc = (value: unknown): Doc => (isDoc(value) ? value : {});
  const hint = command['hint'] as string | Doc | undefined;
  const first = (field: string): Doc => doc((command[field] as unknown[] | undefined)?.[0]);
  switch (name) {
    case 'find':
      return {
        filter: doc(command['filter']),
        sort: doc(command['sort']),
        skip: Number(command['skip'] ?? 0),
        limit: Number(command['limit'] ?? 0),
        hint,
      };
    case 'aggregate':
      return pushDown(checkPipeline(command['pipeline']), hint).query;
    case 'count':
    case 'distinct':
      return { filter: doc(command['query']), hint };
    case 'findAndModify':
      return { filter: doc(command['query']), sort: doc(command['sort']), limit: 1, hint };
    case 'update':
      return { filter: doc(first('updates')['q']), limit: first('updates')['multi'] === true ? 0 : 1, hint };
    case 'delete':
      return { filter: doc(first('deletes')['q']), limit: Number(first('deletes')['limit'] ?? 0), hint };
    default:
      throw new MongoError(59, `Explain failed due to unknown command: ${name ?? ''}`);
  }
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

function nothing(query: Query): Doc {
  const queryPlanner = { parsedQuery: query.filter, winningPlan: { stage: 'EOF' }, rejectedPlans: [] };
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
