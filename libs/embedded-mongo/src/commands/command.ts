import type { Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { isView, type Catalogue, type CollectionInfo } from '../store/catalogue.js';
import type { Environment } from '../store/disk/environment.js';
import type { Reply, Request } from '../wire/message.js';
import type { LongReads } from '../reader/long-reads.js';
import type { RetryableWrites } from '../store/retries.js';
import type { CursorRegistry } from './reading/cursors.js';
import type { OpCounters } from './opcounters.js';
import type { Call } from './call.js';

/** What commands work on. */
export interface Server {
  /** By name: `explain` reads another one. */
  readonly commands: ReadonlyMap<string, Command>;
  readonly environment: Environment;
  readonly catalogue: Catalogue;
  readonly cursors: CursorRegistry;
  readonly retries: RetryableWrites;
  readonly startedAt: Date;
  readonly opcounters: OpCounters;
  /** Where reads go on that take long; undefined where they do. */
  readonly longReads?: LongReads;
}

/** One command: the arguments that it takes besides those that all take, and what it does. */
export interface Command {
  readonly fields: readonly string[] | 'any';
  /** Whether it only reads, and may do that over the state that is on disk, in another thread. */
  readonly canMove?: (call: Call) => boolean;
  run(server: Server, call: Call): Promise<Reply> | Reply;
}

/** Arguments that every command takes. */
const COMMON = new Set(
  (
    '$db $readPreference $clusterTime lsid readConcern writeConcern maxTimeMS comment apiVersion apiStrict ' +
    'apiDeprecationErrors txnNumber autocommit startTransaction'
  ).split(' '),
);

/** @throws MongoError 40415 for an argument that a command does not take */
export function checkArguments({ fields }: Command, { name, args }: Pick<Request, 'name' | 'args'>): void {
  const isKnown = (field: string): boolean => field === name || COMMON.has(field) || fields.includes(field);
  const unknown = fields === 'any' ? undefined : Object.keys(args).find((field) => !isKnown(field));
  if (unknown !== undefined) throw new MongoError(40415, `BSON field '${name}.${unknown}' is an unknown field.`);
}

/** @throws MongoError 13 when a command about the whole server is sent to another database than `admin` */
export function checkAdmin(call: Call): void {
  if (call.db !== 'admin') throw new MongoError(13, `${call.name} may only be run against the admin database.`);
}

/** Runs a command, and what may move where it keeps nobody waiting. */
export function runAnywhere(server: Server, command: Command, call: Call): Promise<Reply> | Reply {
  const { longReads } = server;
  return longReads && command.canMove?.(call) ? longReads.run(server, command, call) : command.run(server, call);
}

/** Runs a command's writes in one transaction, and only once when its driver numbers it. */
export function write(server: Server, call: Call, run: () => Doc): Promise<Doc> {
  const numbered = call.numbered();
  return server.environment.write(() => (numbered ? server.retries.once(numbered, run) : run()));
}

/** @throws MongoError 26 when the collection does not exist */
export function existing(server: Server, call: Call): CollectionInfo {
  const info = server.catalogue.find(call.db, call.collection);
  if (!info) throw new MongoError(26, `ns does not exist: ${call.namespace}`);
  if (isView(info)) throw new MongoError(166, `Namespace ${call.namespace} is a view, not a collection`);
  return info;
}
