import { hostname } from 'node:os';
import { encode, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { checkFilter } from '../../language/filters/filter.js';
import { NO_OTHERS, runPipeline } from '../../language/pipeline.js';
import type { Deadline } from '../../store/scan/deadline.js';
import { MAX_SORT_BYTES, scan } from '../../store/scan/scan.js';
import { Call } from '../call.js';
import { checkArguments, type Command, type Server } from '../command.js';
import { EOF, examined, shown, type Stage } from './plan-stage.js';
import { subjectOf, type Subject } from './explain-subjects.js';
import { parsedFilter } from './parsed-filter.js';
import { SELF, VERSION } from '../version.js';

/** `explain`: which index serves a command, and what serving it has touched. */
export const EXPLAIN_COMMANDS: Record<string, Command> = {
  explain: {
    fields: ['verbosity'],
    canMove: () => true,
    run: (server, call) => {
      const verbosity = call.has('verbosity') ? call.text('verbosity') : 'allPlansExecution';
      if (!isVerbosity(verbosity))
        throw new MongoError(2, `Enumeration value '${verbosity}' for field 'explain.verbosity' is not a valid value.`);
      return explained(server, innerOf(call), verbosity, call.deadline());
    },
  },
};

const VERBOSITIES = ['queryPlanner', 'executionStats', 'allPlansExecution'] as const;

/** How much is told: `queryPlanner` executes nothing. */
export type Verbosity = (typeof VERBOSITIES)[number];

function isVerbosity(text: string): text is Verbosity {
  return (VERBOSITIES as readonly string[]).includes(text);
}

/** The command that is explained, as if it had been sent itself. */
function innerOf(call: Call): Call {
  const args = call.doc('explain');
  const [name = ''] = Object.keys(args);
  const { $db = call.db } = args;
  if ($db !== call.db)
    throw new MongoError(73, `Mismatched $db in explain command. Expected ${call.db} but got ${String($db)}`);
  if (name === 'aggregate') checkAggregation(args);
  const body = Buffer.from(encode((call.typed['explain'] ?? {}) as Doc));
  return new Call({ ...call.request, name, args, body, sequences: new Map() }, call.connectionId);
}

/** @throws MongoError 9 for an aggregation that asks for its plan itself as well, has no cursor or waits for its writes */
function checkAggregation(args: Doc): void {
  const because =
    'explain' in args
      ? "The 'explain' option is illegal when a explain verbosity is also provided"
      : !('cursor' in args)
        ? "The 'cursor' option is required, except for aggregate with the explain argument"
        : 'writeConcern' in args
          ? "Aggregation explain does not support the'writeConcern' option"
          : undefined;
  if (because !== undefined) throw new MongoError(9, because);
}

/** How a command would be served, and what that costs when it is executed; nothing is written. */
export function explained(server: Server, call: Call, verbosity: Verbosity, deadline?: Deadline): Doc {
  const command = server.commands.get(call.name);
  if (!command) throw new MongoError(59, `Explain failed due to unknown command: ${call.name}`);
  checkArguments(command, call.request);
  const subject = subjectOf(server.catalogue, call);
  const { namespace, query, rest = [] } = subject;
  const writing = Object.keys(rest.at(-1) ?? {}).find((name) => name === '$out' || name === '$merge');
  if (writing !== undefined && verbosity !== 'queryPlanner')
    throw new MongoError(51029, `${writing} stage cannot be explained with verbosity '${verbosity}'`);
  // A filter that is none is refused whether or not it is executed, and so are stages.
  checkFilter(query.filter, query.evaluation);
  runPipeline([], writing === undefined ? rest : rest.slice(0, -1), NO_OTHERS, query.evaluation ?? {});
  const { plan, execution } = explain(server, { ...subject, query: { ...query, deadline } }, verbosity);
  const queryPlanner = {
    namespace,
    parsedQuery: parsedFilter(query.filter),
    indexFilterSet: false,
    maxIndexedOrSolutionsReached: false,
    maxIndexedAndSolutionsReached: false,
    maxScansToExplodeReached: false,
    prunedSimilarIndexes: false,
    winningPlan: { isCached: false, ...plan },
    rejectedPlans: [],
  };
  const found = { queryPlanner, ...execution };
  return {
    explainVersion: '1',
    ...(rest.length > 0 ? { stages: [{ $cursor: found }, ...rest] } : found),
    command: { ...call.request.args, $db: call.db },
    serverInfo: { host: hostname(), version: VERSION, gitVersion: SELF },
    serverParameters: { internalQueryMaxBlockingSortMemoryUsageBytes: MAX_SORT_BYTES },
    ok: 1,
  };
}

function explain(server: Server, subject: Subject, verbosity: Verbosity): { plan: Doc; execution: Doc } {
  const started = performance.now();
  const isExecuted = verbosity !== 'queryPlanner';
  const { root, failed } = outcomeOf(server, subject, isExecuted);
  if (!isExecuted) return { plan: shown(root), execution: {} };
  const milliseconds = Math.round(performance.now() - started);
  const { keys, documents } = examined(root);
  const executionStats = {
    executionSuccess: !failed,
    ...(failed ? { errorMessage: failed.message, errorCode: failed.code } : {}),
    nReturned: root.nReturned ?? 0,
    executionTimeMillis: milliseconds,
    totalKeysExamined: keys,
    totalDocsExamined: documents,
    executionStages: { isCached: false, ...shown(root, { milliseconds }) },
    // There is one plan only, which nothing was tried against.
    ...(verbosity === 'allPlansExecution' ? { allPlansExecution: [] } : {}),
  };
  return { plan: shown(root), execution: { executionStats } };
}

/** What ends a command from outside: its time, its memory, the server. */
const ENDED = [50, 146, 11600];

/** The outermost stage of a plan, and what failed when it was executed. With stages of a pipeline above, that is the answer. */
function outcomeOf(server: Server, subject: Subject, isExecuted: boolean): { root: Stage; failed?: MongoError } {
  const { info, query, run, stages, empty, known, rest = [] } = subject;
  if (!info) return { root: empty ?? EOF };
  if (known) return { root: known() };
  const scanned = scan(server.environment, info, query);
  try {
    return { root: stages(scanned, isExecuted ? run(scanned.documents) : {}) };
  } catch (error) {
    if (!(error instanceof MongoError) || ENDED.includes(error.code) || rest.length > 0) throw error;
    return { root: stages(scanned, {}), failed: error };
  }
}
