import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { MISSING } from '../../language/paths.js';
import { KeyWriter, fit, isLong } from './key.js';

/** One field of an index. */
export interface IndexField {
  readonly path: string;
  readonly parts: readonly string[];
  readonly descending: boolean;
}

/** One entry that a document has in an index. */
export interface IndexEntry {
  /** Order-preserving bytes of all fields, shortened when too long. */
  readonly key: Buffer;
  /** The values of the fields; a missing one is null. */
  readonly values: readonly unknown[];
  /** Whether at least one of the fields is there; a sparse index leaves out the others. */
  readonly present: boolean;
}

/** What a document puts into an index. */
export interface IndexEntries {
  readonly entries: readonly IndexEntry[];
  /** Fields whose path went through an array. */
  readonly multikey: ReadonlySet<string>;
  /** Whether a key was shortened, so that its order is not exact. */
  readonly shortened: boolean;
}

interface Cursor {
  value: unknown;
  rest: readonly string[];
  /** The value is an element of an array: a nested array is not opened again. */
  element: boolean;
}

const bytes = new KeyWriter();
const isIndex = (part: string): boolean => /^\d+$/.test(part);

/**
 * The entries of a document in an index, as MongoDB makes them: an array gives one for each element, a missing field
 * counts as null, an empty array as undefined.
 * @param sorting an array that a path names by its position in another counts as a whole, as MongoDB has it everywhere; the
 *   entries of indexes are those of its elements
 * @throws MongoError 171 when two fields lead through different arrays, 16746 when a number in a path is a place in one and
 *   a field of its documents
 */
export function entriesOf(
  fields: readonly IndexField[],
  doc: Doc,
  writer: KeyWriter = bytes,
  sorting = false,
): IndexEntries {
  const leaves = fields.map(({ parts }) => leafAt(doc, parts));
  // Most documents have no array in an index: one entry, for which nothing has to be expanded.
  if (!leaves.some(Array.isArray)) return singleEntry(fields, leaves, writer);
  const multikey = new Set<string>();
  const found = new Map<string, IndexEntry>();
  let shortened = false;

  const expand = (cursors: Cursor[]): void => {
    const settled = cursors.map((cursor) => advance(cursor, sorting));
    const open = settled.filter((cursor) => opens(cursor));
    if (open.length === 0) {
      add(settled.map((cursor) => (cursor.rest.length > 0 ? undefined : cursor)));
      return;
    }
    const array = open[0]?.value as unknown[];
    if (open.some((cursor) => cursor.value !== array)) throw parallelArrays(fields, settled);
    settled.forEach((cursor, i) => {
      if (opens(cursor)) multikey.add(fields[i]?.path ?? '');
    });
    const elements = array.length === 0 ? [undefined] : array;
    for (const element of elements) {
      expand(settled.map((cursor) => (opens(cursor) ? { value: element, rest: cursor.rest, element: true } : cursor)));
    }
  };

  const add = (cursors: (Cursor | undefined)[]): void => {
    const values = cursors.map((cursor) => (cursor === undefined ? null : cursor.value));
    values.forEach((value, i) => writer.value(value, fields[i]?.descending));
    const full = writer.finish();
    shortened ||= isLong(full);
    const key = fit(full);
    const text = key.toString('latin1');
    const present = found.get(text)?.present === true || cursors.some((cursor) => cursor !== undefined);
    found.set(text, { key, values, present });
  };

  expand(fields.map((field) => ({ value: doc, rest: field.parts, element: false })));
  return { entries: [...found.values()], multikey, shortened };
}

const NO_PATHS: ReadonlySet<string> = new Set();

function singleEntry(fields: readonly IndexField[], leaves: readonly unknown[], writer: KeyWriter): IndexEntries {
  const values = leaves.map((leaf) => (leaf === MISSING ? null : leaf));
  values.forEach((value, i) => writer.value(value, fields[i]?.descending));
  const full = writer.finish();
  const shortened = isLong(full);
  const present = leaves.some((leaf) => leaf !== MISSING);
  return { entries: [{ key: fit(full), values, present }], multikey: NO_PATHS, shortened };
}

/** What a path leads to, the first array on the way, or MISSING. */
function leafAt(doc: Doc, parts: readonly string[]): unknown {
  let value: unknown = doc;
  for (const part of parts) {
    if (Array.isArray(value)) return value;
    if (!isDoc(value) || !Object.hasOwn(value, part)) return MISSING;
    value = value[part];
  }
  return value;
}

/** Follows a path as far as it goes without choosing an element of an array. */
function advance(cursor: Cursor, sorting: boolean): Cursor {
  let { value, rest, element } = cursor;
  while (rest.length > 0) {
    const part = rest[0] ?? '';
    const byPosition = Array.isArray(value);
    if (Array.isArray(value)) {
      if (!isIndex(part) || Number(part) >= value.length) break;
      if (value.some((item) => isDoc(item) && Object.hasOwn(item, part))) throw ambiguous(part);
      value = value[Number(part)];
    } else if (isDoc(value) && Object.hasOwn(value, part)) {
      value = value[part];
    } else {
      break;
    }
    rest = rest.slice(1);
    element = sorting && byPosition && rest.length === 0;
  }
  return { value, rest, element };
}

/** MongoDB's error for a number that is a place in an array and a field of a document in it. */
function ambiguous(part: string): MongoError {
  return new MongoError(
    16746,
    `Ambiguous field name found in array (do not use numeric field names in embedded elements in an array), field: '${part}'`,
  );
}

function opens(cursor: Cursor): boolean {
  return Array.isArray(cursor.value) && !cursor.element;
}

function parallelArrays(fields: readonly IndexField[], cursors: readonly Cursor[]): MongoError {
  const names = fields.filter((_, i) => opens(cursors[i] ?? { value: null, rest: [], element: true }));
  return new MongoError(171, `cannot index parallel arrays [${names.map((field) => field.path).join('] [')}]`);
}

/** The strings that the entries of a document hold, each once. */
export function textsOf(fields: readonly IndexField[], doc: Doc): Set<string> {
  const texts = new Set<string>();
  const collector = new KeyWriter((text) => {
    texts.add(text);
    return Buffer.from(text);
  });
  entriesOf(fields, doc, collector);
  return texts;
}
