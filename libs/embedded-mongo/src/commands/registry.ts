import { MongoError, told } from '../errors.js';
import { isView } from '../store/catalogue.js';
import { checkDatabase } from '../store/namespace.js';
import type { Reply, Request } from '../wire/message.js';
import { AGGREGATE_COMMANDS } from './aggregate/aggregate.js';
import { checkApiVersion } from './api-version.js';
import { BULK_WRITE_COMMANDS } from './writing/bulk-write.js';
import { COLLECTION_COMMANDS } from './collections.js';
import { Call, type Limits } from './call.js';
import { checkArguments, runAnywhere, type Command, type Server } from './command.js';
import { checkConcerns } from './concerns.js';
import { CURSOR_COMMANDS } from './reading/cursor-commands.js';
import { DIAGNOSTIC_COMMANDS } from './diagnostic.js';
import { EXPLAIN_COMMANDS } from './explain/explain.js';
import { FIND_AND_MODIFY_COMMANDS } from './writing/find-and-modify.js';
import { INDEX_COMMANDS } from './indexes/indexes.js';
import { READ_COMMANDS } from './reading/read.js';
import { REFUSED_COMMANDS } from './refused.js';
import { STATISTICS_COMMANDS } from './statistics.js';
import { WRITE_COMMANDS } from './writing/write.js';

/** All commands by their names. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    ...DIAGNOSTIC_COMMANDS,
    ...STATISTICS_COMMANDS,
    ...COLLECTION_COMMANDS,
    ...INDEX_COMMANDS,
    ...WRITE_COMMANDS,
    ...BULK_WRITE_COMMANDS,
    ...FIND_AND_MODIFY_COMMANDS,
    ...READ_COMMANDS,
    ...CURSOR_COMMANDS,
    ...AGGREGATE_COMMANDS,
    ...EXPLAIN_COMMANDS,
    ...REFUSED_COMMANDS,
  }),
);

/**
 * Runs a command. What it throws is the answer, as a MongoError where it was foreseen.
 * @param limits what its reads mind besides `maxTimeMS`
 */
export function runCommand(
  server: Server,
  request: Request,
  connection: { readonly id: number },
  limits: Limits = {},
): Promise<Reply> | Reply {
  const { name, args } = request;
  const command = server.commands.get(name);
  server.opcounters.add(request);
  if (!command) throw new MongoError(59, `no such command: '${name}'`);
  checkApiVersion(name, args);
  if (args['autocommit'] !== undefined || args['startTransaction'] !== undefined) {
    throw new MongoError(20, 'Transaction numbers are only allowed on a replica set member or mongos');
  }
  checkDatabase(request.db);
  checkArguments(command, request);
  checkConcerns(request);
  const call = new Call(request, connection.id, limits);
  call.checkTime();
  call.flag('bypassDocumentValidation');
  try {
    const reply = runAnywhere(server, command, call);
    return reply instanceof Promise ? reply.catch((error: unknown) => rethrown(server, call, error)) : reply;
  } catch (error) {
    return rethrown(server, call, error);
  }
}

function rethrown(server: Server, call: Call, error: unknown): never {
  const context = CONTEXTS[call.name];
  throw context && error instanceof MongoError ? told(error, context(server, call)) : error;
}

type Context = (server: Server, call: Call) => string;

const aggregating: Context = () => 'PlanExecutor error during aggregation';
const modifying: Context = () => 'Plan executor error during findAndModify';
/** A view is read by a pipeline. */
const reading =
  (own: (call: Call) => string): Context =>
  (server, call) => {
    const info = server.catalogue.find(call.db, call.collection);
    return info && isView(info) ? aggregating(server, call) : own(call);
  };

/** What commands tell before an error that came up over documents. */
const CONTEXTS: Readonly<Record<string, Context>> = {
  aggregate: aggregating,
  distinct: reading(() => 'Executor error during distinct command'),
  find: reading((call) => `Executor error during find command: ${call.namespace}`),
  findAndModify: modifying,
  findandmodify: modifying,
  getMore: () => 'Executor error during getMore',
};
