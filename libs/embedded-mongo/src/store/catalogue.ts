import type { Doc } from '../document.js';
import { decode, encode } from '../document.js';
import type { Environment } from './environment.js';
import type { IndexField } from './index-keys.js';
import { matcher, type Matcher } from '../language/filter.js';
import { collationOf } from '../language/collation.js';
import { orderingOf, type Ordering } from '../language/ordering.js';
import { CollatedTexts } from './collated-texts.js';
import { successor } from './key.js';
import { checkNamespace } from './namespace.js';
import { rawIndex, type RawIndex } from './raw-keys.js';
import { seal, unseal } from './seal.js';
import type { TextFields } from './text-index.js';

/** One index: how it was asked for, and what the store knows of its entries. */
export interface Index {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly IndexField[];
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
}

/** One collection. */
export interface CollectionInfo {
  readonly id: number;
  db: string;
  name: string;
  readonly options: Doc;
  readonly indexes: Index[];
  count: number;
}

/** Whether a collection is a view: a pipeline over another collection, without documents of its own. */
export function isView(info: CollectionInfo): boolean {
  return info.options['viewOn'] !== undefined;
}

interface StoredIndex {
  id: number;
  spec: Doc;
  fields: { path: string; descending: boolean }[];
  multikey: string[];
  shortened: boolean;
}

/** Keys that are held in memory while a collection or an index is removed. */
const CLEARED_AT_ONCE = 10_000;

const NEXT_ID = Buffer.from('!next');

/** The collections and indexes of a data file. Its methods that change something run inside a write. */
export class Catalogue {
  private collections = new Map<string, CollectionInfo>();
  private nextId = 1;
  private readonly dirty = new Set<CollectionInfo>();
  private unconfirmed: Index[] = [];
  private readonly counted = new Set<CollectionInfo>();

  constructor(private readonly environment: Environment) {
    environment.listen({
      beforeCommit: () => this.store(),
      committed: () => this.confirm(),
      aborted: () => this.load(),
    });
    this.load();
  }

  /** The collection of a namespace, or undefined. */
  find(db: string, name: string): CollectionInfo | undefined {
    return this.collections.get(`${db}.${name}`);
  }

  /** Every collection of a database, or of all, by name. */
  list(db?: string): CollectionInfo[] {
    const all = [...this.collections.values()].filter((info) => db === undefined || info.db === db);
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The collection of a namespace, made with its `_id` index when it is missing. */
  ensure(db: string, name: string, options: Doc = {}): CollectionInfo {
    const existing = this.find(db, name);
    if (existing) return existing;
    checkNamespace(db, name);
    const info: CollectionInfo = { id: this.nextId++, db, name, options, indexes: [], count: 0 };
    this.collections.set(`${db}.${name}`, info);
    this.dirty.add(info);
    return info;
  }

  /** Stands for a collection that does not exist: it has no documents, and none may be written into it. */
  empty(db: string, name: string): CollectionInfo {
    return { id: 0, db, name, options: {}, indexes: [], count: 0 };
  }

  /** Adds an index without entries; the caller fills it in the same write. */
  addIndex(info: CollectionInfo, spec: Doc, fields: StoredIndex['fields']): Index {
    const index = this.toIndex({ id: this.nextId++, spec, fields, multikey: [], shortened: false });
    index.ready = false;
    this.unconfirmed.push(index);
    info.indexes.push(index);
    this.dirty.add(info);
    return index;
  }

  /** Puts another specification in the place of an index's; its entries stay as they are. */
  changeIndex(info: CollectionInfo, index: Index, spec: Doc): Index {
    const changed = { ...this.toIndex({ ...toStored(index), spec }), ready: index.ready };
    if (!changed.ready) this.unconfirmed.push(changed);
    info.indexes[info.indexes.indexOf(index)] = changed;
    this.dirty.add(info);
    return changed;
  }

  /** Gives a collection another name, in any database; its documents and indexes stay where they are. */
  rename(info: CollectionInfo, db: string, name: string): void {
    checkNamespace(db, name);
    this.collections.delete(`${info.db}.${info.name}`);
    this.environment.catalogue.removeSync(namespaceKey(info));
    Object.assign(info, { db, name });
    this.collections.set(`${db}.${name}`, info);
    this.dirty.add(info);
  }

  /** Puts other options in the place of a collection's. */
  changeOptions(info: CollectionInfo, options: Doc): void {
    Object.assign(info, { options });
    this.dirty.add(info);
  }

  /** Removes an index with its entries. */
  removeIndex(info: CollectionInfo, index: Index): void {
    info.indexes.splice(info.indexes.indexOf(index), 1);
    this.clearIndex(index);
    this.dirty.add(info);
  }

  /** Removes a collection with its documents and indexes. */
  drop(info: CollectionInfo): void {
    for (const index of info.indexes) this.clearIndex(index);
    this.clear(this.environment.documents, info.id);
    this.collections.delete(`${info.db}.${info.name}`);
    this.environment.catalogue.removeSync(namespaceKey(info));
    this.environment.catalogue.removeSync(countKey(info));
    this.dirty.delete(info);
    this.counted.delete(info);
  }

  /** Notes that what is known of a collection or its indexes has changed. */
  touch(info: CollectionInfo): void {
    this.dirty.add(info);
  }

  /** Notes that a collection has more or fewer documents. */
  add(info: CollectionInfo, documents: number): void {
    info.count += documents;
    this.counted.add(info);
  }

  /** Removes the entries of an index. */
  clearIndex(index: Index): void {
    this.clear(this.environment.entries, index.id);
    if (index.collated) this.clear(this.environment.texts, index.id);
  }

  private toIndex(stored: StoredIndex): Index {
    const { spec } = stored;
    const collation = collationOf(spec['collation']);
    const ordering = orderingOf(collation);
    const filter = spec['partialFilterExpression'] as Doc | undefined;
    const index = {
      id: stored.id,
      name: String(spec['name']),
      fields: stored.fields.map((field) => ({ ...field, parts: field.path.split('.') })),
      unique: spec['unique'] === true,
      sparse: spec['sparse'] === true,
      hidden: spec['hidden'] === true,
      expireAfterSeconds: spec['expireAfterSeconds'] as number | undefined,
      collated: collation && {
        ordering,
        texts: new CollatedTexts(this.environment.texts, idPrefix(stored.id), collation),
      },
      text: spec['weights'] === undefined ? undefined : textFields(spec),
      partial: filter && { filter, matches: matcher(filter, { ordering }) },
      spec,
      multikey: new Set(stored.multikey),
      ready: true,
      shortened: stored.shortened,
    };
    return { ...index, raw: rawIndex(index) };
  }

  private clear(table: Environment['documents'], id: number): void {
    const prefix = idPrefix(id);
    const range = { start: prefix, end: successor(prefix), limit: CLEARED_AT_ONCE };
    for (let keys = [...table.getKeys(range)]; keys.length > 0; keys = [...table.getKeys(range)])
      for (const key of keys) table.removeSync(key);
  }

  private store(): void {
    if (this.dirty.size > 0) {
      const next = Buffer.alloc(4);
      next.writeUInt32BE(this.nextId);
      this.environment.catalogue.putSync(NEXT_ID, next);
    }
    for (const info of this.dirty) {
      const indexes = info.indexes.map(toStored);
      const { id, db, name, options } = info;
      this.environment.catalogue.putSync(
        namespaceKey(info),
        seal(Buffer.from(encode({ id, db, name, options, indexes }))),
      );
    }
    for (const info of this.counted) {
      const count = Buffer.alloc(8);
      count.writeDoubleBE(info.count);
      this.environment.catalogue.putSync(countKey(info), count);
    }
    this.dirty.clear();
    this.counted.clear();
  }

  private confirm(): void {
    for (const index of this.unconfirmed) index.ready = true;
    this.unconfirmed = [];
  }

  private load(): void {
    this.unconfirmed = [];
    this.dirty.clear();
    this.counted.clear();
    this.collections = new Map();
    const { catalogue } = this.environment;
    this.nextId = catalogue.get(NEXT_ID)?.readUInt32BE(0) ?? 1;
    const start = Buffer.from('ns:');
    for (const { value } of catalogue.getRange({ start, end: successor(start) })) {
      const stored = decode(unseal(value)) as unknown as Omit<CollectionInfo, 'indexes'> & { indexes: StoredIndex[] };
      const info: CollectionInfo = { ...stored, indexes: stored.indexes.map((index) => this.toIndex(index)), count: 0 };
      info.count = catalogue.get(countKey(info))?.readDoubleBE(0) ?? 0;
      this.collections.set(`${info.db}.${info.name}`, info);
    }
  }
}

/** The four bytes that every key of a collection's documents, or of an index, begins with. */
export function idPrefix(id: number): Buffer {
  const prefix = Buffer.allocUnsafe(4);
  prefix.writeUInt32BE(id);
  return prefix;
}

function namespaceKey(info: CollectionInfo): Buffer {
  return Buffer.from(`ns:${info.db}.${info.name}`);
}

function countKey(info: CollectionInfo): Buffer {
  return Buffer.concat([Buffer.from('count:'), idPrefix(info.id)]);
}

function textFields(spec: Doc): TextFields {
  const key = Object.entries(spec['key'] as Doc);
  const before = key.slice(
    0,
    key.findIndex(([path]) => path === '_fts'),
  );
  return {
    prefix: before.map(([path, order]) => ({ path, parts: path.split('.'), descending: Number(order) < 0 })),
    weights: new Map(Object.entries(spec['weights'] as Record<string, number>)),
    languageField: String(spec['language_override']),
  };
}

function toStored(index: Index): StoredIndex {
  const fields = index.fields.map(({ path, descending }) => ({ path, descending }));
  return { id: index.id, spec: index.spec, fields, multikey: [...index.multikey], shortened: index.shortened };
}
