import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { isNumeric } from '../language/values/arithmetic.js';
import { typeName } from '../language/values/bson-types.js';
import { toNumber } from '../language/values/numbers.js';
import { show } from '../language/values/show.js';
import type { Request } from '../wire/message.js';
import { NUMBERS, checkKnown, wrongType } from './arguments.js';

const LEVELS: readonly unknown[] = ['local', 'available', 'majority', 'linearizable', 'snapshot'];
/** Levels that ask for a replica set. */
const REPLICATED: readonly unknown[] = ['linearizable', 'snapshot'];
/** Commands that read at any level; the others do so at the level `local` only. */
const READING: readonly string[] = ['aggregate', 'count', 'distinct', 'find'];
/** Commands that wait for a write concern, aggregations that write nothing among them. */
const WRITING: readonly string[] = [
  'aggregate',
  'bulkWrite',
  'collMod',
  'create',
  'createIndexes',
  'delete',
  'deleteIndexes',
  'drop',
  'dropDatabase',
  'dropIndexes',
  'findAndModify',
  'findandmodify',
  'insert',
  'renameCollection',
  'update',
];
/** Most members of a replica set. */
const MAX_MEMBERS = 50;
const MAX_INT = 0x7fffffff;
const READ_FIELDS = [
  'level',
  'afterOpTime',
  'afterClusterTime',
  'atClusterTime',
  'provenance',
  'allowTransactionTableSnapshot',
  'waitLastStableRecoveryTimestamp',
];
const WRITE_FIELDS = ['w', 'j', 'fsync', 'wtimeout', 'wElectionId', 'wOpTime', 'getLastError', 'provenance'];

/**
 * Checks the read and write concern of a command as a standalone does, for which every write is one of the majority, and
 * on disk when it is answered.
 * @throws MongoError 2 for a level or members that there are not, 40415, 14 and 9 for fields that are none or of another
 *   type, 72 for a command that takes no such concern,
 *   123 for what a replica set can only do, 9 for an aggregation that is explained
 */
export function checkConcerns({ name, args }: Pick<Request, 'name' | 'args'>): void {
  const { readConcern = null, writeConcern = null } = args;
  if (readConcern !== null) checkReadConcern(name, readConcern);
  if (writeConcern === null) return;
  if (!isDoc(writeConcern)) throw wrongType(name, 'writeConcern', 'object', writeConcern);
  if (name === 'aggregate' && args['explain'] !== undefined)
    throw new MongoError(9, "Aggregation explain does not support the'writeConcern' option");
  if (!WRITING.includes(name)) throw new MongoError(72, 'Command does not support writeConcern');
  checkWriteConcern(writeConcern);
}

function checkReadConcern(command: string, concern: unknown): void {
  if (!isDoc(concern)) throw wrongType(command, 'readConcern', 'object', concern);
  checkKnown(concern, READ_FIELDS, 'readConcern');
  const level = concern['level'] ?? 'local';
  if (typeof level !== 'string') throw wrongType('readConcern', 'level', 'string', level);
  if (!LEVELS.includes(level))
    throw new MongoError(2, `Enumeration value '${level}' for field 'readConcern.level' is not a valid value.`);
  const refuse = (reason: string): never => {
    const shown = show({ readConcern: { ...concern, provenance: 'clientSupplied' } });
    throw new MongoError(72, `Command ${command} does not support ${shown} :: caused by :: ${reason}`);
  };
  if (level !== 'local' && !READING.includes(command)) refuse('read concern not supported');
  if (level === 'snapshot' && command === 'count') refuse('read concern snapshot not supported');
  if (REPLICATED.includes(level))
    throw new MongoError(123, 'node needs to be a replica set member to use read concern');
}

function checkWriteConcern(concern: Doc): void {
  checkKnown(concern, WRITE_FIELDS, 'writeConcern');
  const { j, fsync } = concern;
  for (const [field, value] of Object.entries({ j, fsync }))
    if (value !== undefined && value !== null && typeof value !== 'boolean' && !isNumeric(value))
      throw wrongType('writeConcern', field, ['bool', ...NUMBERS], value);
  if ([j, fsync].every((value) => value === true || toNumber(value) > 0))
    throw new MongoError(9, 'fsync and j options cannot be used together');
  if (toNumber(concern['wtimeout']) > MAX_INT) throw new MongoError(9, 'wtimeout must be a 32-bit integer');
  checkMembers(concern['w']);
}

/** How many members are waited for, or which: a standalone is one, and its own majority. */
function checkMembers(w: unknown): void {
  if (w === undefined) return;
  if (isNumeric(w)) {
    const count = Math.trunc(toNumber(w));
    if (!(count >= 0 && count <= MAX_MEMBERS))
      throw new MongoError(
        9,
        `w has to be a non-negative number and not greater than ${MAX_MEMBERS}; found: ${String(count)}`,
      );
    if (count > 1) throw new MongoError(2, "cannot use 'w' > 1 when a host is not replicated");
  } else if (isDoc(w)) {
    // MongoDB asks a standalone for no members that have the tags.
    if (Object.keys(w).length === 0) throw new MongoError(9, 'tagged write concern requires tags');
    const other = Object.entries(w).find(([, count]) => !isNumeric(count));
    if (other)
      throw new MongoError(
        9,
        `tags must be a single level document with only number values; found: ${other[0]}: ${show(other[1])}`,
      );
  } else if (w !== null && typeof w !== 'string') {
    throw new MongoError(9, `w has to be a number, string, or object; found: ${typeName(w)}`);
  } else if (w !== 'majority') {
    throw new MongoError(
      2,
      `cannot use non-majority 'w' mode "${w ?? ''}" when a host is not a member of a replica set`,
    );
  }
}
