import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { show } from '../language/values/show.js';
import { checkBoolean, wrongType } from './arguments.js';
import { isText } from './indexes/text-index-specs.js';

/** The commands of the Stable API's version 1 that this server has, two of them with their old names as well. */
const STABLE = new Set(
  (
    'abortTransaction aggregate bulkWrite collMod commitTransaction count create createIndexes delete deleteIndexes drop dropDatabase dropIndexes endSessions ' +
    'explain find findAndModify findandmodify getMore hello insert killCursors listCollections listDatabases listIndexes ping refreshSessions update'
  ).split(' '),
);
/** Arguments that are no part of it, also when they change nothing. */
const UNSTABLE: Readonly<Record<string, readonly string[]>> = {
  aggregate: ['explain'],
  find: 'min max returnKey noCursorTimeout showRecordId tailable oplogReplay awaitData'.split(' '),
};
/** Stages that are no part of it; `$collStats` is for its `count`. */
const UNSTABLE_STAGES = new Set(
  '$currentOp $indexStats $listLocalSessions $listSearchIndexes $listSessions $planCacheStats $search $searchMeta'.split(
    ' ',
  ),
);
const PARAMETERS = ['apiVersion', 'apiStrict', 'apiDeprecationErrors'] as const;
const WHERE = 'APIParametersFromClient';
const PAGE = 'https://dochub.mongodb.org/core/manual-versioned-api';

/**
 * Checks what a command says of the Stable API, and with `apiStrict` that it keeps to it.
 * @see https://www.mongodb.com/docs/v8.0/reference/stable-api/
 * @throws MongoError 14 for a wrong type, 322 for a version but 1, 4886600 without one, 323 for what is no part of it
 */
export function checkApiVersion(name: string, args: Doc): void {
  const { apiVersion: version, apiStrict: strict, apiDeprecationErrors: errors } = args;
  if (version === undefined && strict === undefined && errors === undefined) return;
  if (version !== undefined && typeof version !== 'string') throw wrongType(WHERE, 'apiVersion', 'string', version);
  checkBoolean(strict, WHERE, 'apiStrict');
  checkBoolean(errors, WHERE, 'apiDeprecationErrors');
  if (version === undefined)
    throw new MongoError(4886600, 'Provided apiStrict and/or apiDeprecationErrors without passing apiVersion');
  if (version !== '1') throw new MongoError(322, 'API version must be "1"');
  if (strict === true) checkStable(name, args);
}

/** What a command says of the Stable API, as messages show it. */
export function apiParameters(args: Doc): string {
  return show(Object.fromEntries(PARAMETERS.filter((one) => args[one] !== undefined).map((one) => [one, args[one]])));
}

/** The arguments of a command without those. */
export function withoutApi({ apiVersion: _, apiStrict: __, apiDeprecationErrors: ___, ...args }: Doc): Doc {
  return args;
}

function checkStable(name: string, args: Doc): void {
  if (!STABLE.has(name))
    throw new MongoError(
      323,
      `Provided apiStrict:true, but the command ${name} is not in API Version 1. Information on supported commands and migrations in API Version 1 can be found at ${PAGE}`,
    );
  const field = UNSTABLE[name]?.find((one) => args[one] !== undefined);
  if (field !== undefined) throw notAllowed(`BSON field '${name}.${field}'`);
  if (name === 'aggregate' || name === 'create') checkStages(args['pipeline']);
  if (name === 'createIndexes' && Array.isArray(args['indexes']) && args['indexes'].some(isOfTexts))
    throw notAllowed('the index type text');
}

function checkStages(pipeline: unknown): void {
  if (!Array.isArray(pipeline)) return;
  for (const stage of pipeline as unknown[]) {
    if (!isDoc(stage)) continue;
    const [name = '', argument] = Object.entries(stage)[0] ?? [];
    const counts = isDoc(argument) && Object.keys(argument).every((one) => one === 'count');
    if (UNSTABLE_STAGES.has(name) || (name === '$collStats' && !counts)) throw notAllowed(`the stage ${name}`);
    if (!isDoc(argument)) continue;
    if (name === '$facet') Object.values(argument).forEach(checkStages);
    if (name === '$lookup' || name === '$unionWith') checkStages(argument['pipeline']);
  }
}

const isOfTexts = (index: unknown): boolean => isDoc(index) && isDoc(index['key']) && isText(index['key']);

function notAllowed(what: string): MongoError {
  return new MongoError(323, `${what} is not allowed with apiStrict:true in API Version 1`);
}
