import type { Code } from 'bson';
import { bsonType } from '../../document.js';
import { MongoError } from '../../errors.js';
import { toNumber } from './numbers.js';

/** Numbers and names of BSON's types, as `$type` takes them. */
const NAMES: Record<string, number> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};

const NUMBERS = new Set(['int', 'long', 'double', 'decimal']);

const CLASSES: Record<string, string> = {
  Double: 'double',
  Int32: 'int',
  Long: 'long',
  Decimal128: 'decimal',
  ObjectId: 'objectId',
  Binary: 'binData',
  Timestamp: 'timestamp',
  BSONRegExp: 'regex',
  BSONSymbol: 'symbol',
  Code: 'javascript',
  // References to documents are documents; what `bson` makes of a DBPointer is one no more.
  DBRef: 'dbPointer',
  MinKey: 'minKey',
  MaxKey: 'maxKey',
};

/** MongoDB's name of a value's BSON type. A JavaScript number counts as the type that it would be encoded as. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) <= 0x7fffffff ? 'int' : 'double';
  if (typeof value === 'bigint') return 'long';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (value instanceof RegExp) return 'regex';
  const name = bsonType(value);
  if (name === 'Code' && (value as Code).scope) return 'javascriptWithScope';
  return name === undefined ? 'object' : (CLASSES[name] ?? name);
}

/**
 * The names of the types that the argument of `$type` asks for.
 * @throws MongoError 2, 9 or 14 when it names none
 */
export function typesOf(argument: unknown): ReadonlySet<string> {
  const asked: unknown[] = Array.isArray(argument) ? argument : [argument];
  if (asked.length === 0) throw new MongoError(9, '$type must match at least one type');
  return new Set(asked.flatMap(namesOf));
}

function namesOf(type: unknown): string[] {
  if (type === 'number') return [...NUMBERS];
  if (typeof type === 'string') {
    if (!Object.hasOwn(NAMES, type)) throw new MongoError(2, `Unknown type name alias: ${type}`);
    return [type];
  }
  if (!NUMBERS.has(typeName(type))) throw new MongoError(14, 'type must be represented as a number or a string');
  const code = toNumber(type);
  const name = Object.keys(NAMES).find((known) => NAMES[known] === code);
  if (name === undefined) throw new MongoError(2, `Invalid numerical type code: ${String(type)}`);
  return [name];
}
