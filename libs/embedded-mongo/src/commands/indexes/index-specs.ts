import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric } from '../../language/values/arithmetic.js';
import { typeName } from '../../language/values/bson-types.js';
import { collationOf } from '../../language/values/collation.js';
import { toNumber } from '../../language/values/numbers.js';
import { show } from '../../language/values/show.js';
import { checkPartialFilter } from './partial-filter.js';
import { isText, textOptions } from './text-index-specs.js';

/** The fields of a specification, and of which type each has to be; a flag is a boolean or a number. */
const TYPES: Readonly<Record<string, 'object' | 'string' | 'number' | 'bool' | 'flag' | 'any'>> = {
  v: 'number',
  key: 'object',
  name: 'string',
  ns: 'any',
  unique: 'flag',
  sparse: 'flag',
  background: 'flag',
  // What index builds of long ago did; ignored.
  dropDups: 'any',
  partialFilterExpression: 'object',
  expireAfterSeconds: 'any',
  hidden: 'bool',
  collation: 'object',
  weights: 'any',
  default_language: 'string',
  language_override: 'string',
  textIndexVersion: 'number',
};
/** Fields of kinds of indexes that this server has not: where the key is of one, that is what is refused. */
const OF_OTHER_KINDS = ['2dsphereIndexVersion', 'bits', 'min', 'max', 'wildcardProjection'];
/** The order in which `listIndexes` has the fields. */
const LISTED = [
  'v',
  'key',
  'name',
  'background',
  'unique',
  'hidden',
  'partialFilterExpression',
  'sparse',
  'expireAfterSeconds',
  'weights',
  'default_language',
  'language_override',
  'textIndexVersion',
  'collation',
];
/** Flags, and whether one is kept where it is off. */
const FLAGS = { background: true, unique: false, sparse: true, hidden: false } as const;
/** What the specification of the index of `_id` may have. */
const ID_FIELDS = ['v', 'key', 'name', 'ns', 'collation'];
const MAX_FIELDS = 32;
/** Most seconds after which documents expire. */
export const MAX_EXPIRY = 0x7fffffff;
/** The collation of what has none. */
const SIMPLE = { locale: 'simple' };

/**
 * Checks a specification of an index.
 * @param inherited the collation of the collection, which an index has unless it names its own
 * @returns the specification as `listIndexes` shows it
 * @throws MongoError 9 without a key or a name, 14 for a field of another type, 197 for one that there is not, 67 and 2
 *   for an index that cannot be made
 */
export function normalize(spec: Doc, inherited: unknown): Doc {
  try {
    checkFields(spec);
  } catch (error) {
    if (!(error instanceof MongoError)) throw error;
    throw new MongoError(error.code, `Error in specification ${show(spec)} :: caused by :: ${error.message}`);
  }
  const { key, name, v } = spec as { key: Doc; name: string; v: unknown };
  if (isIdKey(key)) checkIdIndex(spec, key, inherited);
  else if (name === '_id_')
    throw new MongoError(
      2,
      `The index name '_id_' is reserved for the _id index, which must have key pattern {_id: 1}, found ${show(key)}`,
    );
  // `dropIndexes` takes it for all of them.
  if (name === '*') throw new MongoError(2, "The index name '*' is not valid.");
  const old = toNumber(v) === 1;
  const normal: Doc = { v: old ? 1 : 2, key, name, ...(isText(key) ? textOptions(key, spec) : {}) };
  for (const [flag, isKept] of Object.entries(FLAGS)) {
    const isOn = spec[flag] === true || Math.abs(toNumber(spec[flag])) > 0;
    if (isOn || (isKept && flag in spec)) normal[flag] = isOn;
  }
  const partial = spec['partialFilterExpression'] as Doc | undefined;
  if (partial !== undefined) {
    if (normal['sparse']) throw new MongoError(67, 'cannot mix "partialFilterExpression" and "sparse" options');
    checkPartialFilter(partial);
    normal['partialFilterExpression'] = partial;
  }
  const collation = old ? undefined : collationOf(spec['collation'] ?? inherited);
  if (collation && isText(key))
    throw new MongoError(67, `Index type 'text' does not support collation: ${show(collation.spec)}`);
  if (collation) normal['collation'] = collation.spec;
  if (spec['expireAfterSeconds'] !== undefined) normal['expireAfterSeconds'] = ttl(key, spec['expireAfterSeconds']);
  return inOrder(normal);
}

/** A specification with its fields in the order in which they are listed, whichever were changed last. */
export function inOrder(spec: Doc): Doc {
  return Object.fromEntries(LISTED.filter((field) => field in spec).map((field) => [field, spec[field]]));
}

/** A specification without the fields that there are not. */
export function withoutUnknown(spec: Doc): Doc {
  return Object.fromEntries(Object.entries(spec).filter(([field]) => Object.hasOwn(TYPES, field)));
}

/** What can be told of each field alone, and which ones are missing. */
function checkFields(spec: Doc): void {
  const unknown = Object.keys(spec).filter((field) => !Object.hasOwn(TYPES, field));
  checkNone(
    unknown.filter((field) => !OF_OTHER_KINDS.includes(field)),
    spec,
  );
  for (const [field, value] of Object.entries(spec)) {
    checkType(field, value);
    if (field === 'key') checkKey(value as Doc);
    if (field === 'v') checkVersion(spec);
    if (field === 'collation' && Object.keys(value as Doc).length === 0)
      throw new MongoError(2, "The field 'collation' cannot be an empty object.");
  }
  for (const field of ['key', 'name'])
    if (!(field in spec))
      throw new MongoError(9, `The '${field}' field is a required property of an index specification`);
  if ('wildcardProjection' in spec)
    throw new MongoError(2, "The field 'wildcardProjection' is only allowed in an 'wildcard' index");
  checkNone(unknown, spec);
  if (spec['name'] === '') throw new MongoError(67, 'index name cannot be empty');
  if (String(spec['name']).includes('\0')) throw new MongoError(67, 'index name cannot contain NUL bytes');
  if ('weights' in spec && !isText(spec['key'] as Doc))
    throw new MongoError(
      67,
      `Invalid index specification ${show(spec)}; the field 'weights' can only be specified with text indexes`,
    );
}

function checkNone([unknown]: readonly string[], spec: Doc): void {
  if (unknown === undefined) return;
  throw new MongoError(
    197,
    `The field '${unknown}' is not valid for an index specification. Specification: ${show(spec)}`,
  );
}

function checkType(field: string, value: unknown): void {
  const type = TYPES[field];
  if (type === 'flag') {
    if (typeof value === 'boolean' || !Number.isNaN(toNumber(value))) return;
    throw new MongoError(
      14,
      `The field '${field} has value ${field}: ${show(value)}, which is not convertible to bool`,
    );
  }
  const fits = {
    any: () => true,
    object: () => isDoc(value),
    string: () => typeof value === 'string',
    number: () => !Number.isNaN(toNumber(value)),
    bool: () => typeof value === 'boolean',
  }[type ?? 'any'];
  if (fits()) return;
  throw new MongoError(
    14,
    `The field '${field}' must be ${type === 'object' ? 'an' : 'a'} ${type}, but got ${typeName(value)}`,
  );
}

function checkKey(key: Doc): void {
  const fields = Object.entries(key);
  if (fields.length === 0) throw new MongoError(67, 'Index keys cannot be empty.');
  if (fields.length > MAX_FIELDS) throw new MongoError(13103, 'too many compound keys');
  for (const [path, order] of fields) checkField(path, order);
}

/** Versions 1 and 2 are made; the first has no collation. */
function checkVersion(spec: Doc): void {
  const version = toNumber(spec['v']);
  if (!Number.isInteger(version) || Math.abs(version) > 0x7fffffff)
    throw new MongoError(2, `Index version must be representable as a 32-bit integer, but got ${version}`);
  const refused = `Invalid index specification ${show(spec)}; cannot create an index with`;
  if (version !== 1 && version !== 2) throw new MongoError(67, `${refused} v=${version}`);
  if (version === 1 && 'collation' in spec) throw new MongoError(67, `${refused} the 'collation' option and v=1`);
}

/** Whether a key is that of the index of `_id`, in either direction. */
function isIdKey(key: Doc): boolean {
  return Object.keys(key).join() === '_id' && Math.abs(toNumber(key['_id'])) === 1;
}

/** The index of `_id` is there already, and may be asked for as it is only. */
function checkIdIndex(spec: Doc, key: Doc, inherited: unknown): void {
  if (toNumber(key['_id']) !== 1)
    throw new MongoError(2, `The field 'key' for an _id index must be {_id: 1}, but got ${show(key)}`);
  const other = Object.keys(spec).find((field) => !ID_FIELDS.includes(field));
  if (other !== undefined)
    throw new MongoError(
      197,
      `The field '${other}' is not valid for an _id index specification. Specification: ${show(spec)}`,
    );
  if (spec['collation'] === undefined) return;
  const [own, common] = [spec['collation'], inherited].map((one) => show(collationOf(one)?.spec ?? SIMPLE));
  if (own !== common)
    throw new MongoError(
      2,
      `The _id index must have the same collation as the collection. Index collation: ${own}, collection collation: ${common}`,
    );
}

/** Kinds of indexes that MongoDB has and this server has not. */
const KINDS_REFUSED = ['2d', '2dsphere', '2dsphere_bucket', 'hashed', 'wildcard'];

function checkField(path: string, order: unknown): void {
  if (path === '' || path.split('.').includes(''))
    throw new MongoError(67, 'Index keys cannot contain an empty field.');
  checkDollars(path);
  if (order === 'text') return;
  if (path.includes('$**')) throw new MongoError(67, `the index key '${path}' is not supported by this server`);
  if (path === '_fts') throw new MongoError(67, "Index key contains an illegal field name: '_fts'");
  if (typeof order === 'string') {
    if (!KINDS_REFUSED.includes(order)) throw new MongoError(67, `Unknown index plugin '${order}'`);
    throw new MongoError(67, `indexes of type '${order}' are not supported by this server`);
  }
  if (!isNumeric(order)) {
    throw new MongoError(
      67,
      `Values in v:2 index key pattern cannot be of type ${typeName(order)}. ` +
        'Only numbers > 0, numbers < 0, and strings are allowed.',
    );
  }
  const direction = toNumber(order);
  if (Number.isNaN(direction)) throw new MongoError(67, 'Values in the index key pattern cannot be NaN.');
  if (direction === 0) throw new MongoError(67, 'Values in the index key pattern cannot be 0.');
}

/** Parts of a path that begin with a dollar are those of references only. */
function checkDollars(path: string): void {
  const isNone = (part: string, i: number): boolean =>
    part.startsWith('$') && part !== '$**' && !(i > 0 && ['$db', '$id', '$ref'].includes(part));
  if (path.split('.').some(isNone))
    throw new MongoError(67, "Index key contains an illegal field name: field name starts with '$'.");
}

/**
 * Seconds after which documents expire.
 * @throws MongoError 67 for what is no such number, and for an index of several fields
 */
export function ttl(key: Doc, value: unknown): number {
  const seconds = Math.trunc(toNumber(value));
  if (Object.keys(key).length > 1)
    throw new MongoError(67, 'TTL indexes are single-field indexes, compound indexes do not support TTL.');
  if (!(seconds >= 0 && seconds <= MAX_EXPIRY))
    throw new MongoError(67, `TTL index expireAfterSeconds must be within 0 and ${MAX_EXPIRY}`);
  return seconds || 0;
}
