import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import type { Request } from '../wire/message.js';
import { wrongType } from './arguments.js';
import { isText } from './text-index-specs.js';

const VERSION = '1';
/** Commands of the first version of the Stable API, of those that this server has. */
const STABLE: ReadonlySet<string> = new Set(
  (
    'aggregate bulkWrite collMod count create createIndexes delete drop dropDatabase dropIndexes endSessions explain find ' +
    'findAndModify getMore hello insert killCursors listCollections listDatabases listIndexes ping refreshSessions update'
  ).split(' '),
);
/** Arguments of those commands that are not of that version. */
const UNSTABLE: Readonly<Record<string, readonly string[]>> = {
  aggregate: ['explain'],
  find: ['min', 'max', 'returnKey', 'showRecordId', 'tailable', 'awaitData', 'oplogReplay', 'noCursorTimeout'],
};
const FLAGS = ['apiStrict', 'apiDeprecationErrors'] as const;

/**
 * Checks which version of the Stable API a command is sent with, and that it is in it where its sender is strict.
 * @throws MongoError 14 for parameters of another type, 4886600 without a version, 322 for one that there is not, 323 for
 *   what is not in it
 */
export function checkApiVersion({ name, args }: Pick<Request, 'name' | 'args'>): void {
  const { apiVersion } = args;
  const flags = FLAGS.filter((flag) => args[flag] !== undefined);
  if (apiVersion === undefined && flags.length === 0) return;
  if (apiVersion !== undefined && typeof apiVersion !== 'string')
    throw wrongType(name, 'apiVersion', 'string', apiVersion);
  for (const flag of flags) if (typeof args[flag] !== 'boolean') throw wrongType(name, flag, 'bool', args[flag]);
  if (apiVersion === undefined)
    throw new MongoError(4886600, 'Provided apiStrict and/or apiDeprecationErrors without passing apiVersion');
  if (apiVersion !== VERSION) throw new MongoError(322, `API version must be "${VERSION}"`);
  if (args['apiStrict'] === true) checkStable(name, args);
}

function checkStable(name: string, args: Doc): void {
  if (!STABLE.has(name))
    throw new MongoError(
      323,
      `Provided apiStrict:true, but the command ${name} is not in API Version ${VERSION}. Information on supported commands and migrations in API Version ${VERSION} can be found at https://dochub.mongodb.org/core/manual-versioned-api.`,
    );
  const field = UNSTABLE[name]?.find((one) => args[one] !== undefined);
  if (field !== undefined)
    throw new MongoError(323, `BSON field '${name}.${field}' is not allowed with apiStrict:true.`);
  if (name === 'createIndexes' && docsIn(args['indexes']).some(({ key }) => isDoc(key) && isText(key)))
    throw new MongoError(323, `text indexes are not in API Version ${VERSION}`);
  if (docsIn(args['pipeline']).some(({ $collStats }) => isDoc($collStats) && Object.keys($collStats).some(isNoCount)))
    throw new MongoError(323, `$collStats with anything but count is not in API Version ${VERSION}`);
}

const docsIn = (list: unknown): Doc[] => (Array.isArray(list) ? list.filter(isDoc) : []);
const isNoCount = (field: string): boolean => field !== 'count';
