import { Long } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric } from '../../language/values/arithmetic.js';
import { toNumber } from '../../language/values/numbers.js';
import { show } from '../../language/values/show.js';
import type { CollectionInfo, Index } from '../../store/catalogue.js';
import { NUMBERS, checkKnown, wholeOf, wrongType } from '../arguments.js';
import type { Server } from '../command.js';
import { named } from './index-names.js';
import { MAX_EXPIRY, ttl } from './index-specs.js';

const WHERE = 'collMod.index';

/** What `collMod` wants changed of an index. */
interface Changes {
  readonly expireAfterSeconds: number | undefined;
  readonly hidden: boolean | undefined;
}

/**
 * Changes what of an index can be changed while it stands: when documents expire, and whether queries may use it.
 * @throws MongoError 14 for fields of another type, 27 and 181 for a name or key of none or several indexes, 72 and 2 for
 *   what the index cannot be
 */
export function changeIndex(server: Server, info: CollectionInfo, wanted: Doc): Doc {
  const { expireAfterSeconds, hidden } = changesOf(wanted);
  const { keyPattern, name } = wanted;
  if (name === '_id_' || JSON.stringify(keyPattern) === '{"_id":1}')
    throw expireAfterSeconds === undefined
      ? new MongoError(2, "can't hide _id index")
      : new MongoError(72, 'the _id field does not support TTL indexes');
  const index = only(info, name ?? keyPattern);
  const spec = { ...index.spec };
  const answer: Doc = {};
  if (expireAfterSeconds !== undefined) {
    spec['expireAfterSeconds'] = newExpiry(spec['key'] as Doc, expireAfterSeconds);
    if (index.expireAfterSeconds !== undefined)
      answer['expireAfterSeconds_old'] = Long.fromNumber(index.expireAfterSeconds);
    answer['expireAfterSeconds_new'] = Long.fromNumber(spec['expireAfterSeconds'] as number);
  }
  if (hidden !== undefined && hidden !== index.hidden) {
    if (hidden) spec['hidden'] = true;
    else delete spec['hidden'];
    Object.assign(answer, { hidden_old: index.hidden, hidden_new: hidden });
  }
  server.catalogue.changeIndex(info, index, spec);
  return answer;
}

function changesOf(wanted: Doc): Changes {
  checkKnown(wanted, ['name', 'keyPattern', 'expireAfterSeconds', 'hidden', 'unique', 'prepareUnique'], WHERE);
  const given: Doc = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== null));
  const { keyPattern, name, hidden, unique, prepareUnique } = given;
  if (name !== undefined && typeof name !== 'string') throw wrongType(WHERE, 'name', 'string', name);
  if (keyPattern !== undefined && !isDoc(keyPattern)) throw wrongType(WHERE, 'keyPattern', 'object', keyPattern);
  const expireAfterSeconds = wholeOf(given['expireAfterSeconds'], WHERE, 'expireAfterSeconds');
  if (hidden !== undefined && typeof hidden !== 'boolean' && !isNumeric(hidden))
    throw wrongType(WHERE, 'hidden', ['bool', ...NUMBERS], hidden);
  if (keyPattern === undefined && name === undefined)
    throw new MongoError(72, 'Must specify either index name or key pattern.');
  if (keyPattern !== undefined && name !== undefined)
    throw new MongoError(72, 'Cannot specify both key pattern and name.');
  if (unique !== undefined || prepareUnique !== undefined)
    throw new MongoError(72, `making an index unique while it stands is not supported by this server`);
  if (hidden === undefined && expireAfterSeconds === undefined)
    throw new MongoError(72, 'no expireAfterSeconds, hidden, unique, or prepareUnique field');
  return {
    expireAfterSeconds,
    hidden: hidden === undefined || typeof hidden === 'boolean' ? hidden : toNumber(hidden) !== 0,
  };
}

function only(info: CollectionInfo, wanted: unknown): Index {
  const { 0: index, 1: other, length: count } = named(info.indexes, wanted);
  if (!index) throw new MongoError(27, `cannot find index ${show(wanted)} for ns ${info.db}.${info.name}`);
  if (other)
    throw new MongoError(
      181,
      `index keyPattern ${show(wanted)} matches ${count} indexes, must use index name. Conflicting indexes: ${show(index.spec)}, ${show(other.spec)}`,
    );
  return index;
}

/**
 * Seconds beyond what an index has are the most that it has. What would be a failure to make an index is an option that cannot
 * be where an index stands.
 */
function newExpiry(key: Doc, seconds: number): number {
  try {
    return ttl(key, Math.min(seconds, MAX_EXPIRY));
  } catch (error) {
    if (error instanceof MongoError) throw new MongoError(72, error.message);
    throw error;
  }
}
