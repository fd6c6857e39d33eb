import { bsonType } from '../document.js';
import { MongoError } from '../errors.js';

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
  DBRef: 'object',
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
  return name === undefined ? 'object' : (CLASSES[name] ?? name);
}

/** Whether a value has the type that `$type` names by number or name. */
export function matchesType(value: unknown, type: unknown): boolean {
  const actual = typeName(value);
  if (type === 'number') return ['int', 'long', 'double', 'decimal'].includes(actual);
  const wanted = typeof type === 'string' ? NAMES[type] : Number(String(type));
  if (wanted === undefined || !Object.values(NAMES).includes(wanted)) {
    throw new MongoError(2, `Unknown type name alias or invalid type code in $type`);
  }
  return NAMES[actual] === wanted;
}
