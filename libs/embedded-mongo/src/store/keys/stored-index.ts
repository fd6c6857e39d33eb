import type { Doc } from '../../document.js';
import { collationOf } from '../../language/values/collation.js';
import { matcher, type Matcher } from '../../language/filters/filter.js';
import { orderingOf, type Ordering } from '../../language/values/ordering.js';
import { CollatedTexts } from './collated-texts.js';
import type { IndexField } from './index-keys.js';
import { idPrefix } from './key.js';
import { rawIndex, type RawIndex } from './raw-keys.js';
import type { Table } from '../disk/table.js';
import type { TextFields } from './text-index.js';

/** One index: how it was asked for, and what the store knows of its entries. */
export interface Index {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly IndexField[];
  /** What its entries are made of: its fields, behind which stands the `_id` unless it is unique or has a collation. */
  readonly entryFields: readonly IndexField[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly hidden: boolean;
  /** Seconds after the date in the only field at which a document goes; undefined when it is no TTL index. */
  readonly expireAfterSeconds: number | undefined;
  readonly partial: { readonly filter: Doc; readonly matches: Matcher } | undefined;
  /** How its strings compare, and which there are; undefined when they compare by their bytes. */
  readonly collated: { readonly ordering: Ordering; readonly texts: CollatedTexts } | undefined;
  /** What a text index is made over; undefined for others. */
  readonly text: TextFields | undefined;
  /** The specification as `listIndexes` shows it. */
  readonly spec: Doc;
  /** How its entries are made without decoding a document; undefined when that needs the document. */
  readonly raw: RawIndex | undefined;
  /** Paths that lead through an array in at least one document. */
  readonly multikey: Set<string>;
  /** Its entries are on disk; until then reads would find it empty. */
  ready: boolean;
  /** Whether an entry was shortened: the order of entries is then not exact. */
  shortened: boolean;
  /** How its keys are made; see `KEYS_VERSION`. */
  readonly keysVersion: number;
}

/**
 * How keys are made. In the first version a sparse index had entries of elements of arrays that lack its fields, and one on a
 * field of references to documents did not find it.
 */
export const KEYS_VERSION = 2;

/** An index as the catalogue's record of its collection has it. */
export interface StoredIndex {
  id: number;
  spec: Doc;
  fields: { path: string; descending: boolean }[];
  multikey: string[];
  shortened: boolean;
  keysVersion?: number;
}

/** By which documents are stored. */
export const ID_FIELD: IndexField = { path: '_id', parts: ['_id'], descending: false };

/** @param texts the table of the texts of indexes with a collation */
export function toIndex(stored: StoredIndex, texts: Table): Index {
  const { spec } = stored;
  const collation = collationOf(spec['collation']);
  const ordering = orderingOf(collation);
  const filter = spec['partialFilterExpression'] as Doc | undefined;
  const fields = stored.fields.map((field) => ({ ...field, parts: field.path.split('.') }));
  const unique = spec['unique'] === true;
  const endsWithId = !unique && !collation && fields.every(({ path }) => path !== ID_FIELD.path);
  const index = {
    id: stored.id,
    name: String(spec['name']),
    fields,
    entryFields: endsWithId ? [...fields, ID_FIELD] : fields,
    unique,
    sparse: spec['sparse'] === true,
    hidden: spec['hidden'] === true,
    expireAfterSeconds: spec['expireAfterSeconds'] as number | undefined,
    collated: collation && { ordering, texts: new CollatedTexts(texts, idPrefix(stored.id), collation) },
    text: spec['weights'] === undefined ? undefined : textFields(spec),
    partial: filter && { filter, matches: matcher(filter, { ordering }) },
    spec,
    multikey: new Set(stored.multikey),
    ready: true,
    shortened: stored.shortened,
    keysVersion: stored.keysVersion ?? 1,
  };
  return { ...index, raw: rawIndex(index) };
}

function textFields(spec: Doc): TextFields {
  const key = Object.entries(spec['key'] as Doc);
  const at = key.findIndex(([path]) => path === '_fts');
  const toField = ([path, order]: [string, unknown]): IndexField => ({
    path,
    parts: path.split('.'),
    descending: Number(order) < 0,
  });
  const prefix = key.slice(0, at).map(toField);
  return {
    prefix,
    // Behind the terms stands what belongs to them.
    others: [...prefix, ...key.slice(at + 2).map(toField)],
    weights: new Map(Object.entries(spec['weights'] as Record<string, number>)),
    languageField: String(spec['language_override']),
  };
}

/** What the catalogue keeps of an index. */
export function toStored(index: Index): StoredIndex {
  const fields = index.fields.map(({ path, descending }) => ({ path, descending }));
  const { id, spec, multikey, shortened, keysVersion } = index;
  return { id, spec, fields, multikey: [...multikey], shortened, keysVersion };
}
