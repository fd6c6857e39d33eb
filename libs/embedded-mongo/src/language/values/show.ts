import {
  BSONRegExp,
  BSONSymbol,
  Binary,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import { isDoc } from '../../document.js';
import { typeName } from './bson-types.js';

/** Longest texts, code and binary data that are shown whole, in bytes, and how much of longer ones is shown. */
const TEXT = { most: 159, shown: 150 };
const CODE = { most: 79, shown: 70 };
const BINARY = { most: 80, shown: 70 };
/** Digits that a double is shown with at most. */
const DIGITS = 16;

/** A value as MongoDB shows it in messages: nothing in it is escaped, and what is long is cut. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return `"${cut(value, TEXT)}"`;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : showDouble(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(show).join(', ')} ]`;
  if (isDoc(value)) return showDoc(value);
  return showClass(value);
}

function showDoc(doc: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(doc).map(([name, inner]) => `${name}: ${show(inner)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** A value of one of BSON's own classes. */
function showClass(value: unknown): string {
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Int32) return String(value.value);
  if (value instanceof Double) return showDouble(value.value);
  // A timestamp is a long as well.
  if (value instanceof Timestamp) return `Timestamp(${value.t}, ${value.i})`;
  if (value instanceof Decimal128 || value instanceof Long) return value.toString();
  if (value instanceof BSONRegExp) return `/${value.pattern}/${value.options}`;
  if (value instanceof BSONSymbol) return `"${cut(value.value, TEXT)}"`;
  if (value instanceof Binary) return showBinary(value);
  if (value instanceof Code)
    return value.scope ? `CodeWScope( ${value.code}, ${showDoc(value.scope)})` : cut(value.code, CODE);
  if (value instanceof MinKey) return 'MinKey';
  if (value instanceof MaxKey) return 'MaxKey';
  return typeName(value);
}

function showBinary(binary: Binary): string {
  const bytes = Buffer.from(binary.value());
  if (binary.sub_type === Binary.SUBTYPE_UUID && bytes.length === 16) return `UUID("${binary.toUUID().toHexString()}")`;
  const hex = (shown: Buffer): string => shown.toString('hex').toUpperCase();
  const data = bytes.length > BINARY.most ? `${hex(bytes.subarray(0, BINARY.shown))}...` : hex(bytes);
  return `BinData(${binary.sub_type}, ${data})`;
}

/** Bytes are counted, so that a character may be cut in two. */
function cut(text: string, { most, shown }: { readonly most: number; readonly shown: number }): string {
  const bytes = Buffer.from(text);
  return bytes.length > most ? `${bytes.subarray(0, shown).toString()}...` : text;
}

/** As C's `%.16g` writes it, with `.0` behind what looks like a whole number, and behind `inf` and `nan`. */
function showDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan.0';
  if (!Number.isFinite(value)) return value > 0 ? 'inf.0' : '-inf.0';
  const [mantissa = '', exponent = '0'] = value.toExponential(DIGITS - 1).split('e');
  const power = Number(exponent);
  const isShort = power >= -4 && power < DIGITS;
  const digits = withoutZeros(isShort ? value.toFixed(DIGITS - 1 - power) : mantissa);
  const sign = power < 0 ? '-' : '+';
  const text = isShort ? digits : `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
  const signed = Object.is(value, -0) ? `-${text}` : text;
  return signed.includes('.') ? signed : `${signed}.0`;
}

function withoutZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}
