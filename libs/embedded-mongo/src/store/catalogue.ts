import { decode, decodeTyped, encode, type Doc } from '../document.js';
import { Clearing } from './clearing.js';
import type { Environment } from './disk/environment.js';
import { IndexBuild } from './index-build.js';
import { idPrefix, successor } from './keys/key.js';
import { checkCase, checkNamespace } from './namespace.js';
import { seal, unseal } from './disk/seal.js';
import { KEYS_VERSION, toIndex, toStored, type Index, type StoredIndex } from './keys/stored-index.js';

export type { Index } from './keys/stored-index.js';

/** An index as it is asked for: its specification as `listIndexes` shows it, and its fields. */
export type IndexDefinition = Pick<StoredIndex, 'spec' | 'fields'>;

/** One collection. */
export interface CollectionInfo {
  readonly id: number;
  db: string;
  name: string;
  readonly options: Doc;
  /** Those that are complete. */
  readonly indexes: Index[];
  /** Those that are being built, which nobody sees but who writes documents. */
  readonly builds: IndexBuild[];
  count: number;
}

type StoredCollection = Pick<CollectionInfo, 'id' | 'db' | 'name' | 'options'> & { indexes: StoredIndex[] };

/** Whether a collection is a view: a pipeline over another collection, without documents of its own. */
export function isView(info: CollectionInfo): boolean {
  return info.options['viewOn'] !== undefined;
}

/** The id of what stands for a collection that does not exist. */
export const NO_COLLECTION = 0;

const NEXT_ID = Buffer.from('!next');

/** The collections and indexes of a data file. Its methods that change something run inside a write. */
export class Catalogue {
  /** What was dropped and is still to be cleared. */
  readonly clearing: Clearing;
  private collections = new Map<string, CollectionInfo>();
  private nextId = 1;
  private storedNextId = 1;
  private readonly dirty = new Set<CollectionInfo>();
  private unconfirmed: Index[] = [];
  private readonly counted = new Set<CollectionInfo>();

  constructor(private readonly environment: Environment) {
    this.clearing = new Clearing(environment);
    environment.listen({
      beforeCommit: () => {
        this.clearing.beforeCommit();
        this.store();
      },
      committed: () => {
        this.confirm();
        this.clearing.committed();
      },
      aborted: () => {
        this.clearing.aborted();
        this.load();
      },
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
    checkCase(db, this.collections.values());
    const info: CollectionInfo = { id: this.nextId++, db, name, options, indexes: [], builds: [], count: 0 };
    this.collections.set(`${db}.${name}`, info);
    this.dirty.add(info);
    return info;
  }

  /** Stands for a collection that does not exist: it has no documents, and none may be written into it. */
  empty(db: string, name: string): CollectionInfo {
    return { id: NO_COLLECTION, db, name, options: {}, indexes: [], builds: [], count: 0 };
  }

  /** Adds an index without entries; the caller fills it in the same write. */
  addIndex(info: CollectionInfo, definition: IndexDefinition): Index {
    const index = this.newIndex(definition);
    this.unconfirmed.push(index);
    info.indexes.push(index);
    this.dirty.add(info);
    return index;
  }

  /**
   * Begins to build indexes, which have no entries yet; see `IndexBuild`.
   * @param last primary key of the last document that there is
   */
  beginBuild(info: CollectionInfo, definitions: readonly IndexDefinition[], last: Buffer | undefined): IndexBuild {
    const indexes = definitions.map((definition) => this.newIndex(definition));
    const build = new IndexBuild(info, indexes, last);
    for (const { id } of build.indexes) this.clearing.reserve(id);
    info.builds.push(build);
    return build;
  }

  /** Whether a build goes on: it ends with its collection, and with a transaction that fails. */
  isGoingOn(build: IndexBuild): boolean {
    return this.find(build.info.db, build.info.name)?.builds.includes(build) === true;
  }

  /** Makes what was built indexes like others; all documents have to be entered. */
  completeBuild(build: IndexBuild): void {
    const { info, indexes } = build;
    info.builds.splice(info.builds.indexOf(build), 1);
    for (const { id } of indexes) this.clearing.keep(id);
    info.indexes.push(...indexes);
    this.unconfirmed.push(...indexes);
    this.dirty.add(info);
  }

  /** Takes away what was built so far. */
  abortBuild(build: IndexBuild): void {
    const { info, indexes } = build;
    info.builds.splice(info.builds.indexOf(build), 1);
    for (const { id } of indexes) this.clearing.discard(id);
  }

  /** Puts another specification in the place of an index's; its entries stay as they are. */
  changeIndex(info: CollectionInfo, index: Index, spec: Doc): Index {
    const changed = { ...this.toIndex({ ...toStored(index), spec }), ready: index.ready };
    if (!changed.ready) this.unconfirmed.push(changed);
    info.indexes[info.indexes.indexOf(index)] = changed;
    this.dirty.add(info);
    return changed;
  }

  /** Puts an index without entries in the place of another; the caller fills it in the same write. */
  replaceIndex(info: CollectionInfo, index: Index, definition: IndexDefinition): Index {
    const fresh = this.newIndex(definition);
    this.unconfirmed.push(fresh);
    info.indexes[info.indexes.indexOf(index)] = fresh;
    this.clearing.discard(index.id);
    this.dirty.add(info);
    return fresh;
  }

  /** Gives a collection another name, in any database; its documents and indexes stay where they are. */
  rename(info: CollectionInfo, db: string, name: string): void {
    checkNamespace(db, name);
    checkCase(db, this.collections.values());
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

  /** Removes an index; its entries go with the transaction or, when they are many, afterwards. */
  removeIndex(info: CollectionInfo, index: Index): void {
    info.indexes.splice(info.indexes.indexOf(index), 1);
    this.clearing.discard(index.id);
    this.dirty.add(info);
  }

  /** Removes a collection with its indexes, as `removeIndex` does; builds of others are gone. */
  drop(info: CollectionInfo): void {
    for (const { id } of [...info.indexes, ...info.builds.flatMap(({ indexes }) => indexes)]) this.clearing.discard(id);
    this.clearing.discard(info.id);
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

  private newIndex(definition: IndexDefinition): Index {
    const stored = { ...definition, id: this.nextId++, multikey: [], shortened: false, keysVersion: KEYS_VERSION };
    return { ...this.toIndex(stored), ready: false };
  }

  private toIndex(stored: StoredIndex): Index {
    return toIndex(stored, this.environment.texts);
  }

  private store(): void {
    // Also when whatever had the number is gone again: what it has left must not come to belong to another.
    if (this.nextId !== this.storedNextId) {
      const next = Buffer.alloc(4);
      next.writeUInt32BE(this.nextId);
      this.environment.catalogue.putSync(NEXT_ID, next);
      this.storedNextId = this.nextId;
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
    this.nextId = this.storedNextId = catalogue.get(NEXT_ID)?.readUInt32BE(0) ?? 1;
    const start = Buffer.from('ns:');
    for (const { value } of catalogue.getRange({ start, end: successor(start) })) {
      const stored = decode(unseal(value)) as unknown as StoredCollection;
      const indexes = stored.indexes.map((index) => this.toIndex(index));
      const info: CollectionInfo = { ...stored, indexes, builds: [], count: 0 };
      // The numbers in a view's stages keep their types.
      if (isView(info)) info.options['pipeline'] = (decodeTyped(unseal(value))['options'] as Doc)['pipeline'];
      info.count = catalogue.get(countKey(info))?.readDoubleBE(0) ?? 0;
      this.collections.set(`${info.db}.${info.name}`, info);
    }
  }
}

function namespaceKey(info: CollectionInfo): Buffer {
  return Buffer.from(`ns:${info.db}.${info.name}`);
}

function countKey(info: CollectionInfo): Buffer {
  return Buffer.concat([Buffer.from('count:'), idPrefix(info.id)]);
}
