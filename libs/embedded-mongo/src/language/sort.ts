import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { isNumeric } from './values/arithmetic.js';
import { entriesOf, type IndexEntries } from '../store/keys/index-keys.js';
import { KeyWriter } from '../store/keys/key.js';
import { comparing } from './values/comparisons.js';
import { nearestWhole } from './values/numbers.js';
import { BINARY, type Ordering } from './values/ordering.js';
import { MISSING, fieldPath, isPosition } from './paths.js';
import { show } from './values/show.js';

/** One field of a sort. */
export interface SortField {
  readonly path: string;
  readonly parts: readonly string[];
  readonly descending: boolean;
  /** The order is that of the score of a text search, best first, and not of a field. */
  readonly byScore?: true;
}

/** As many fields a sort may have at most, besides scores. */
const MOST_FIELDS = 32;

/**
 * Reads a sort specification.
 * @throws MongoError 15974, 15975 or 17312 for what is no direction, 2 for none of `$natural`, 13103 for more fields than
 *   it may have, and what `isScoreOrder` throws, and `fieldPath` for what is no path
 */
export function sortFields(spec: Doc | undefined): SortField[] {
  if (spec && '$natural' in spec && Object.keys(spec).length > 1)
    throw new MongoError(2, '$natural sort cannot be combined with other fields');
  const fields = Object.entries(spec ?? {}).map(([path, order]): SortField => {
    if (isScoreOrder(order)) return { path, parts: [], descending: true, byScore: true };
    const direction = nearestWhole(order);
    if (path === '$natural' && Math.abs(direction) !== 1)
      throw new MongoError(2, '$natural sort cannot be set to a value other than -1 or 1.');
    checkDirection(path, order);
    // Documents are kept in the order of their `_id`, which is the natural one here.
    if (path === '$natural') return { path: '_id', parts: ['_id'], descending: direction === -1 };
    return { path, parts: fieldPath(path), descending: direction === -1 };
  });
  if (fields.filter(({ byScore }) => !byScore).length > MOST_FIELDS)
    throw new MongoError(13103, 'too many compound keys');
  return fields;
}

/**
 * Checks an order as stages and accumulators have it.
 * @throws MongoError 15974 or 15975 for what is no direction, 17312 for a document that is no `$meta`
 */
export function checkOrder(spec: Doc): void {
  for (const [path, order] of Object.entries(spec)) {
    if (!isDoc(order) || Object.keys(order)[0] !== '$meta') checkDirection(path, order);
  }
}

function checkDirection(path: string, order: unknown): void {
  if (isDoc(order)) throw new MongoError(17312, '$meta is the only expression supported by $sort right now');
  if (!isNumeric(order)) throw new MongoError(15974, `Illegal key in $sort specification: ${path}: ${show(order)}`);
  if (Math.abs(nearestWhole(order)) !== 1)
    throw new MongoError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
}

const writer = new KeyWriter();

/** Kinds of metadata that MongoDB has and this server has not. */
const OTHER_KINDS = [
  'geoNearDistance',
  'geoNearPoint',
  'indexKey',
  'randVal',
  'recordId',
  'searchHighlights',
  'searchScore',
  'searchScoreDetails',
  'searchSequenceToken',
  'sortKey',
  'vectorSearchScore',
];

/**
 * Whether a value is `{ $meta: 'textScore' }`.
 * @throws MongoError 238 for another kind of metadata, 17307 or 17308 for what is none
 */
export function isTextScore(value: unknown): boolean {
  if (!isDoc(value) || !('$meta' in value)) return false;
  const { $meta: kind } = value;
  if (typeof kind !== 'string') throw new MongoError(17307, '$meta only supports string arguments');
  if (OTHER_KINDS.includes(kind)) throw new MongoError(238, `$meta: '${kind}' is not supported by this server`);
  if (kind !== 'textScore') throw new MongoError(17308, `Unsupported argument to $meta: ${kind}`);
  return true;
}

/** Those of the other kinds that MongoDB sorts by. */
const OTHER_ORDERS = ['geoNearDistance', 'randVal', 'searchScore', 'vectorSearchScore'];

/**
 * Whether an order is that of the score of a text search.
 * @throws MongoError 9 where there is more beside `$meta`, 31138 for metadata that nothing is sorted by, 238 for what only
 *   MongoDB sorts by
 */
export function isScoreOrder(order: unknown): boolean {
  if (!isDoc(order) || Object.keys(order)[0] !== '$meta') return false;
  if (Object.keys(order).length > 1)
    throw new MongoError(9, 'Cannot have additional keys in a $meta sort specification');
  const { $meta: kind } = order;
  if (kind !== 'textScore' && !OTHER_ORDERS.some((other) => other === kind))
    throw new MongoError(31138, `Illegal $meta sort: $meta: ${show(kind)}`);
  return isTextScore(order);
}

/** Puts documents in an order: the key of each is made once, then keys are compared. */
export interface Sorter<Key> {
  keyOf(doc: Doc, textScore?: number): Key;
  compare(this: void, a: Key, b: Key): number;
  /** About how many bytes a key takes. */
  sizeOf(key: Key): number;
}

/** The sorter of a sort specification: over bytes that compare as the values do, or over the values with a collation. */
export function sorterOf(fields: readonly SortField[], ordering: Ordering = BINARY): Sorter<Buffer | unknown[]> {
  return ordering.collation ? collatedSorter(fields, ordering) : byteSorter(fields);
}

function byteSorter(fields: readonly SortField[]): Sorter<Buffer> {
  return {
    keyOf: (doc, textScore = 0) => {
      const values = sortValues(fields, doc, BINARY);
      fields.forEach((field, i) => writer.value(field.byScore ? textScore : values[i], field.descending));
      return writer.finish();
    },
    compare: (a, b) => Buffer.compare(a, b),
    sizeOf: (key) => key.length,
  };
}

function collatedSorter(fields: readonly SortField[], ordering: Ordering): Sorter<unknown[]> {
  return {
    keyOf: (doc, textScore = 0) => {
      const values = sortValues(fields, doc, ordering);
      return fields.map((field, i) => (field.byScore ? textScore : values[i]));
    },
    compare: (a, b) => compareAll(fields, a, b, ordering),
    // The values are those of the document, which is counted already.
    sizeOf: (key) => key.length * 16,
  };
}

function compareAll(fields: readonly SortField[], a: unknown[], b: unknown[], { compare }: Ordering): number {
  for (const [i, { descending }] of fields.entries()) {
    const order = compare(a[i], b[i]);
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}

/**
 * The values that a document is sorted by. Where a field leads through an array, or several to one, its elements are those
 * that an index has: what is no document lacks the field, and a number is a place. They are compared as a whole, and the
 * first of them counts.
 * @throws MongoError 2 when two fields lead through different arrays, 16746 as for an index
 */
function sortValues(fields: readonly SortField[], doc: Doc, ordering: Ordering): unknown[] {
  const arrays = fields.map((field) => arrayAt(doc, field.parts)).filter((way) => way !== undefined);
  if (arrays.length < 2 && arrays[0] !== 'through') return fields.map((field) => sortValue(field, doc, ordering));
  const entries = entriesAsSorted(fields, doc).map(({ values }) => [...values]);
  return entries.reduce((best, values) => (compareAll(fields, values, best, ordering) < 0 ? values : best));
}

function entriesAsSorted(fields: readonly SortField[], doc: Doc): IndexEntries['entries'] {
  try {
    return entriesOf(fields, doc, undefined, true).entries;
  } catch (error) {
    if (error instanceof MongoError && error.code === 171)
      throw new MongoError(2, 'cannot sort with keys that are parallel arrays');
    throw error;
  }
}

/** Whether a path ends at an array, or leads through one. */
function arrayAt(doc: Doc, parts: readonly string[]): 'end' | 'through' | undefined {
  let value: unknown = doc;
  for (const part of parts) {
    if (Array.isArray(value)) return 'through';
    if (!isDoc(value)) return undefined;
    value = value[part];
  }
  return Array.isArray(value) ? 'end' : undefined;
}

/** Of an array the smallest element counts, or the largest when descending; an empty one comes before null. */
function sortValue({ parts, descending }: SortField, doc: Doc, ordering: Ordering): unknown {
  const direction = descending ? 1 : -1;
  let best: unknown = MISSING;
  let compare: (value: unknown) => number = () => direction;
  const offer = (value: unknown): void => {
    if (compare(value) * direction <= 0) return;
    best = value;
    compare = comparing(best, ordering);
  };
  const follow = (value: unknown, at: number): void => {
    const part = parts[at];
    if (part === undefined) {
      if (!Array.isArray(value)) offer(value);
      else if (value.length === 0) offer(undefined);
      else value.forEach(offer);
    } else if (Array.isArray(value)) {
      if (isPosition(part) && Number(part) < value.length) return follow(value[Number(part)], at + 1);
      // What has no such field counts as null, as it does in an index: scalars, nested arrays, an array of nothing.
      if (value.length === 0) offer(null);
      for (const element of value) {
        if (Array.isArray(element)) offer(null);
        else follow(element, at);
      }
    } else if (isDoc(value) && Object.hasOwn(value, part)) follow(value[part], at + 1);
    else offer(null);
  };
  follow(doc, 0);
  return best;
}
