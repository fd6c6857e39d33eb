import { isDoc } from '../../document.js';
import type { Index } from '../catalogue.js';
import { MAX_PART_BYTES, TYPE } from './key.js';
import { writeDoubleAt } from './number-key.js';
import { ELEMENT, type RawDocument } from './raw-document.js';

/** Largest magnitude of the upper half of a long that is a safe integer, and of a date that JavaScript has. */
const SAFE_HIGH = 2 ** 21;
const DATE_HIGH = 2_000_000;
/** The number of a collection or index, with which each key begins. */
const PREFIX_BYTES = 4;
const LONGEST_KEY = PREFIX_BYTES + MAX_PART_BYTES;

/** Where a key is put together: fields up to the longest, and a primary key behind them. */
const scratch = Buffer.allocUnsafe(2 * LONGEST_KEY + 64);

/** What an index asks of documents so that its entries can be made from their bytes. */
export interface RawIndex {
  readonly id: number;
  /** Its fields, all of them at the top of documents: each name with its zero byte. */
  readonly fields: readonly { readonly name: Buffer; readonly path: string; readonly descending: boolean }[];
  /** Fields without which it leaves a document out. */
  readonly required: readonly Buffer[];
  /** It leaves out documents without any of its fields. */
  readonly sparse: boolean;
  /** The primary key does not follow the fields in its keys. */
  readonly unique: boolean;
}

/** The entries of a document in one index. */
export interface RawEntries {
  /** Whole keys of the table of entries. */
  readonly keys: readonly Buffer[];
  /** The field whose path goes through an array. */
  readonly multikey: string | undefined;
}

type IndexSpec = Pick<Index, 'id' | 'fields' | 'unique' | 'sparse' | 'partial' | 'collated' | 'text'>;

/** An index as entries are made of bytes; undefined for one that needs decoded documents. */
export function rawIndex({ id, fields, unique, sparse, partial, collated, text }: IndexSpec): RawIndex | undefined {
  const required = Object.entries(partial?.filter ?? {});
  const nested = [...fields.map(({ path }) => path), ...required.map(([path]) => path)].some(isNested);
  if (nested || collated || text || !required.every(([, condition]) => isPresence(condition))) return undefined;
  return {
    id,
    fields: fields.map(({ path, descending }) => ({ name: nameOf(path), path, descending })),
    required: required.map(([path]) => nameOf(path)),
    sparse,
    unique,
  };
}

const isNested = (path: string): boolean => path.includes('.') || path.startsWith('$');
const nameOf = (path: string): Buffer => Buffer.from(`${path}\0`);

function isPresence(condition: unknown): boolean {
  return isDoc(condition) && Object.keys(condition).length === 1 && condition['$exists'] === true;
}

const NONE: RawEntries = { keys: [], multikey: undefined };
const ID = nameOf('_id');

/** The key of a document in the table of documents; undefined where `_id` is not read here. */
export function rawDocumentKey(collection: number, document: RawDocument): Buffer | undefined {
  scratch.writeUInt32BE(collection);
  const at = document.find(ID);
  const length = at === 0 ? -1 : writeValue(document.raw, document.typeAt(at, ID), at, PREFIX_BYTES, false);
  return length < 0 ? undefined : copy(length);
}

/**
 * The entries of a document in an index, as `entriesOf` makes them; undefined where it takes a value that is not read
 * here: embedded documents, nested or several arrays, rare types, keys that are too long.
 * @param key of the document in the table of documents
 */
export function rawEntries(index: RawIndex, document: RawDocument, key: Buffer): RawEntries | undefined {
  for (const name of index.required) if (document.find(name) === 0) return NONE;
  scratch.writeUInt32BE(index.id);
  let length = PREFIX_BYTES;
  let present = false;
  for (const [i, { name, descending }] of index.fields.entries()) {
    const at = document.find(name);
    if (at !== 0) present = true;
    const type = at === 0 ? ELEMENT.null : document.typeAt(at, name);
    if (type === ELEMENT.array) return arrayEntries(index, i, length, document, key);
    length = writeValue(document.raw, type, at, length, descending);
    if (length < 0) return undefined;
  }
  if (index.sparse && !present) return NONE;
  return { keys: [copy(index.unique ? length : append(key, length))], multikey: undefined };
}

/** One entry for each element of the only array; the other fields are the same in all. */
function arrayEntries(
  index: RawIndex,
  place: number,
  start: number,
  document: RawDocument,
  key: Buffer,
): RawEntries | undefined {
  const { raw } = document;
  const [field, ...rest] = index.fields.slice(place);
  if (!field) return undefined;
  const array = document.find(field.name);
  const end = array + raw.readInt32LE(array) - 1;
  const keys = new Map<string, Buffer>();
  for (let at = array + 4; at < end;) {
    const type = raw[at++] ?? 0;
    while (raw[at++] !== 0);
    let length = writeValue(raw, type, at, start, field.descending);
    for (const { name, descending } of rest) {
      if (length < 0) return undefined;
      const other = document.find(name);
      // A second array has no key of its own.
      length = writeValue(raw, other === 0 ? ELEMENT.null : document.typeAt(other, name), other, length, descending);
    }
    if (length < 0) return undefined;
    const entry = copy(index.unique ? length : append(key, length));
    keys.set(entry.toString('latin1'), entry);
    at += sizeOfScalar(raw, type, at);
  }
  // An empty array has an entry too, of a kind that is not written here.
  return keys.size === 0 ? undefined : { keys: [...keys.values()], multikey: field.path };
}

/** Puts the primary key behind the fields; gives where it ends. */
function append(key: Buffer, length: number): number {
  for (let i = PREFIX_BYTES; i < key.length; i++) scratch[length++] = key[i] ?? 0;
  return length;
}

/** Few bytes are copied sooner one by one than by a call. */
function copy(length: number): Buffer {
  const key = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) key[i] = scratch[i] ?? 0;
  return key;
}

function sizeOfScalar(raw: Buffer, type: number, at: number): number {
  switch (type) {
    case ELEMENT.string:
      return 4 + raw.readInt32LE(at);
    case ELEMENT.objectId:
      return 12;
    case ELEMENT.boolean:
      return 1;
    case ELEMENT.null:
      return 0;
    case ELEMENT.int32:
      return 4;
    default:
      return 8;
  }
}

/** Writes one value's bytes behind others in the scratch; gives where they end, or -1 when it is not written here. */
function writeValue(raw: Buffer, type: number, at: number, start: number, descending: boolean): number {
  const end = writeAscending(raw, type, at, start);
  if (end < 0 || end > LONGEST_KEY) return -1;
  if (descending) for (let i = start; i < end; i++) scratch[i] = ~(scratch[i] ?? 0) & 0xff;
  return end;
}

function writeAscending(raw: Buffer, type: number, at: number, start: number): number {
  switch (type) {
    case ELEMENT.string:
      return writeString(raw, at + 4, at + 3 + raw.readInt32LE(at), start);
    case ELEMENT.int32:
      return writeNumber(raw.readInt32LE(at), start);
    case ELEMENT.double:
      return writeNumber(raw.readDoubleLE(at), start);
    case ELEMENT.int64: {
      const high = raw.readInt32LE(at + 4);
      const isSafe = high >= -SAFE_HIGH && high < SAFE_HIGH;
      return isSafe ? writeNumber(high * 2 ** 32 + raw.readUInt32LE(at), start) : -1;
    }
    case ELEMENT.objectId:
      scratch[start] = TYPE.objectId;
      return start + 1 + raw.copy(scratch, start + 1, at, at + 12);
    case ELEMENT.date: {
      const high = raw.readInt32LE(at + 4);
      if (high < -DATE_HIGH || high > DATE_HIGH) return -1;
      scratch[start] = TYPE.date;
      for (let i = 0; i < 8; i++) scratch[start + 1 + i] = raw[at + 7 - i] ?? 0;
      scratch[start + 1] = (scratch[start + 1] ?? 0) ^ 0x80;
      return start + 9;
    }
    case ELEMENT.boolean:
      scratch[start] = TYPE.boolean;
      scratch[start + 1] = raw[at] ?? 0;
      return start + 2;
    case ELEMENT.null:
      scratch[start] = TYPE.null;
      return start + 1;
    default:
      return -1;
  }
}

function writeNumber(value: number, start: number): number {
  scratch[start] = TYPE.number;
  return writeDoubleAt(value, scratch, start + 1);
}

function writeString(raw: Buffer, from: number, to: number, start: number): number {
  let end = start;
  if (end + to - from > LONGEST_KEY) return -1;
  scratch[end++] = TYPE.string;
  for (let i = from; i < to; i++) {
    const byte = raw[i] ?? 0;
    // A zero is written in another way, as it ends a string.
    if (byte === 0) return -1;
    scratch[end++] = byte;
  }
  scratch[end++] = 0;
  scratch[end++] = 0;
  return end;
}
