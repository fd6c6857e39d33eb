import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { toNumber } from '../language/numbers.js';
import { checkKnown, wrongType } from './command.js';

const LEVELS: readonly unknown[] = ['local', 'available', 'majority', 'linearizable', 'snapshot'];
/** Levels that ask for a replica set. */
const REPLICATED: readonly unknown[] = ['linearizable', 'snapshot'];
const WRITE_FIELDS = ['w', 'j', 'fsync', 'wtimeout', 'wElectionId', 'wOpTime', 'getLastError', 'provenance'];

/**
 * Checks the read and write concern of a command as a standalone does, for which every write is one of the majority, and
 * on disk when it is answered.
 * @throws MongoError 2 for a level or a number of members that there is not, 123 for what a replica set can only do
 */
export function checkConcerns({ readConcern, writeConcern }: Doc): void {
  if (readConcern !== undefined) checkReadConcern(readConcern);
  if (writeConcern !== undefined) checkWriteConcern(writeConcern);
}

function checkReadConcern(concern: unknown): void {
  if (!isDoc(concern)) throw wrongType('readConcern', 'readConcern', 'object');
  const { level } = concern;
  if (level !== undefined && typeof level !== 'string') throw wrongType('readConcern', 'level', 'string');
  if (level !== undefined && !LEVELS.includes(level))
    throw new MongoError(2, `Enumeration value '${level}' for field 'readConcern.level' is not a valid value.`);
  if (REPLICATED.includes(level))
    throw new MongoError(123, 'node needs to be a replica set member to use read concern');
}

function checkWriteConcern(concern: unknown): void {
  if (!isDoc(concern)) throw wrongType('writeConcern', 'writeConcern', 'object');
  checkKnown(concern, WRITE_FIELDS, 'writeConcern');
  const { w } = concern;
  if (toNumber(w) > 1) throw new MongoError(2, "cannot use 'w' > 1 when a host is not replicated");
  if (typeof w === 'string' && w !== 'majority')
    throw new MongoError(2, `cannot use non-majority 'w' mode ${w} when a host is not a member of a replica set`);
}
