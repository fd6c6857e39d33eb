import { decodeTyped, isKept, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import type { Catalogue, CollectionInfo, Index } from './catalogue.js';
import { duplicateKey } from './duplicate-key.js';
import type { Environment } from './disk/environment.js';
import { entriesOf, textsOf, type IndexEntries } from './keys/index-keys.js';
import { RawDocument } from './keys/raw-document.js';
import { rawDocumentKey, rawEntries, type RawEntries } from './keys/raw-keys.js';
import { seal, unseal } from './disk/seal.js';
import { checkLanguages, checkOthers, textEntries } from './keys/text-index.js';
import { StoreFailure } from './disk/transactions.js';
import { KEYS_VERSION } from './keys/stored-index.js';
import { MAX_PART_BYTES, idPrefix, isLong, keyOf } from './keys/key.js';

/** A stored document as a scan finds it. */
export interface Stored {
  /** Its primary key's bytes. */
  readonly id: Buffer;
  readonly raw: Buffer;
  /** How well it answers the text search that found it. */
  readonly textScore?: number;
}

interface Change {
  index: Index;
  remove: Buffer[];
  put: Buffer[];
  /** The document before and after, when keys can be made only once its texts have their numbers. */
  collated?: { before: Doc | undefined; after: Doc | undefined };
}

/** Bytes of the number of a collection, which precede a primary key. */
const PREFIX_BYTES = 4;

/** The document that is being inserted; one is read at a time. */
const document = new RawDocument();

/**
 * The primary key's bytes of a document with this `_id`.
 * @throws MongoError 17280 when they are too long to be kept whole, which the order of `_id` rests on
 */
function primaryKey(id: unknown): Buffer {
  const key = keyOf(id);
  if (isLong(key)) throw new MongoError(17280, `_id is too long: its key takes more than ${MAX_PART_BYTES} bytes`);
  return key;
}

/**
 * Writes documents of one collection together with their index entries. Every method runs inside a write, and changes
 * nothing when it refuses a document: it checks everything first, or undoes what it did.
 */
export class CollectionWriter {
  constructor(
    private readonly environment: Environment,
    private readonly catalogue: Catalogue,
    readonly info: CollectionInfo,
  ) {}

  /**
   * Inserts a document without decoding it. False, and nothing changed, when it has to be decoded: for a value that is
   * rare in an index, or for the error of a key that is there already.
   */
  insertRaw(raw: Buffer): boolean {
    const key = document.read(raw) ? rawDocumentKey(this.info.id, document) : undefined;
    if (!key) return false;
    const additions: RawEntries[] = [];
    const indexes = this.indexesOf(key, PREFIX_BYTES);
    for (const { raw: index } of indexes) {
      const entries = index && rawEntries(index, document, key);
      if (!entries) return false;
      additions.push(entries);
    }
    if (!this.addRaw(key, raw, indexes, additions)) return false;
    additions.forEach(({ multikey }, i) => {
      if (multikey !== undefined) this.noteMultikey(indexes[i], multikey);
    });
    this.catalogue.add(this.info, 1);
    return true;
  }

  /** @throws MongoError 11000 when its `_id` or a unique index has such a key already */
  insert(raw: Buffer, doc: Doc): void {
    const id = primaryKey(doc['_id']);
    if (this.environment.documents.doesExist(this.documentKey(id))) throw this.duplicateId(doc['_id']);
    const changes = this.indexesOf(id).map((index) => this.change(index, id, undefined, doc));
    this.apply(id, raw, changes, 1);
  }

  /** Puts another version in the place of a document; its `_id` stays. */
  replace(id: Buffer, before: Doc, raw: Buffer, after: Doc): void {
    // Entries are those of what is stored.
    const kept = isKept(after) ? after : decodeTyped(raw);
    const changes = this.indexesOf(id).map((index) => this.change(index, id, before, kept));
    this.apply(id, raw, changes, 0);
  }

  remove(id: Buffer, before: Doc): void {
    const changes = this.indexesOf(id).map((index) => this.change(index, id, before, undefined));
    this.apply(id, undefined, changes, -1);
  }

  /** The document with a primary key as it is now; undefined when there is none. */
  read(id: Buffer): Buffer | undefined {
    const value = this.environment.documents.get(this.documentKey(id));
    return value && unseal(value);
  }

  /**
   * Enters a document that is there into indexes that are being made. What one of them refuses leaves the entries that
   * were made before.
   * @throws MongoError 11000 when a unique one has such a key already
   */
  enter(indexes: readonly Index[], { id, raw }: Stored): void {
    const key = document.read(raw) ? this.documentKey(id) : undefined;
    let doc: Doc | undefined;
    for (const index of indexes) {
      const entries = key && index.raw && rawEntries(index.raw, document, key);
      if (entries && this.enterRaw(index, id, entries)) continue;
      const change = this.change(index, id, undefined, (doc ??= decodeTyped(raw)));
      this.run(() => this.writeEntries(change, id));
    }
  }

  /** False when one of the keys is there that may be there once only. */
  private enterRaw(index: Index, id: Buffer, { keys, multikey }: RawEntries): boolean {
    const { entries } = this.environment;
    for (const key of keys) {
      if (!index.unique) entries.putSync(key, id);
      else if (!entries.addSync(key, id)) return false;
    }
    if (multikey !== undefined) this.noteMultikey(index, multikey);
    return true;
  }

  /** False, and nothing changed, when one of the keys is there that may be there once only. */
  private addRaw(key: Buffer, raw: Buffer, indexes: readonly Index[], additions: readonly RawEntries[]): boolean {
    const { documents, entries } = this.environment;
    const id = key.subarray(PREFIX_BYTES);
    const added: Buffer[] = [];
    const isAdded = (entry: Buffer, isUnique: boolean) => {
      if (!isUnique) entries.putSync(entry, id);
      else if (!entries.addSync(entry, id)) return false;
      added.push(entry);
      return true;
    };
    if (!documents.addSync(key, seal(raw))) return false;
    if (additions.every(({ keys }, i) => keys.every((entry) => isAdded(entry, indexes[i]?.unique === true))))
      return true;
    for (const entry of added) entries.removeSync(entry);
    documents.removeSync(key);
    return false;
  }

  /**
   * The indexes in which a document has, or is to have, entries; one that is being built comes to many by itself.
   * @param at where its primary key begins
   */
  private indexesOf(id: Buffer, at = 0): readonly Index[] {
    const { indexes, builds } = this.info;
    if (builds.length === 0) return indexes;
    return [...indexes, ...builds.filter((build) => build.has(id.subarray(at))).flatMap((build) => build.indexes)];
  }

  private documentKey(id: Buffer): Buffer {
    return Buffer.concat([idPrefix(this.info.id), id]);
  }

  private change(index: Index, id: Buffer, before: Doc | undefined, after: Doc | undefined): Change {
    const fresh = after && indexed(index, after);
    if (fresh && index.text) {
      checkLanguages(index.text, after);
      checkOthers(index.text, after);
    }
    if (!before && !index.collated) return this.addition(index, id, fresh);
    const old = before && indexed(index, before);
    const oldKeys = new Map(old?.entries.map((entry) => [entry.key.toString('latin1'), entry]));
    const put: Buffer[] = [];
    for (const entry of fresh?.entries ?? []) {
      if (oldKeys.delete(entry.key.toString('latin1'))) continue;
      if (index.unique) this.checkUnique(index, id, entry.key, entry.values);
      put.push(entryKey(index, entry.key, id));
    }
    if (fresh) this.noteShape(index, fresh);
    if (index.collated) {
      const remove = (old?.entries ?? []).map((entry) => entryKey(index, entry.key, id));
      return { index, remove, put: [], collated: { before: old && before, after: fresh && after } };
    }
    return { index, remove: [...oldKeys.values()].map((entry) => entryKey(index, entry.key, id)), put };
  }

  /** What a new document puts into an index. */
  private addition(index: Index, id: Buffer, fresh: IndexEntries | undefined): Change {
    const put: Buffer[] = [];
    for (const { key, values } of fresh?.entries ?? []) {
      const entry = entryKey(index, key, id);
      if (index.unique && this.environment.entries.doesExist(entry)) this.checkUnique(index, id, key, values);
      put.push(entry);
    }
    if (fresh) this.noteShape(index, fresh);
    return { index, remove: [], put };
  }

  private checkUnique(index: Index, id: Buffer, key: Buffer, values: readonly unknown[]): void {
    const holder = this.environment.entries.get(entryKey(index, key, id));
    if (holder && !holder.equals(id)) throw duplicateKey(this.info, index, values);
  }

  private duplicateId(id: unknown): MongoError {
    return duplicateKey(this.info, { name: '_id_', fields: [{ path: '_id', descending: false }] }, [id]);
  }

  private noteShape(index: Index, entries: IndexEntries): void {
    if (entries.shortened && !index.shortened) {
      index.shortened = true;
      this.catalogue.touch(this.info);
    }
    for (const path of entries.multikey) this.noteMultikey(index, path);
  }

  private noteMultikey(index: Index | undefined, path: string): void {
    if (!index || index.multikey.has(path)) return;
    index.multikey.add(path);
    this.catalogue.touch(this.info);
  }

  private apply(id: Buffer, raw: Buffer | undefined, changes: Change[], documents: number): void {
    this.run(() => {
      const key = this.documentKey(id);
      if (raw) this.environment.documents.putSync(key, seal(raw));
      else this.environment.documents.removeSync(key);
      for (const change of changes) this.writeEntries(change, id);
    });
    if (documents !== 0) this.catalogue.add(this.info, documents);
  }

  private writeEntries(change: Change, id: Buffer): void {
    const { index, remove, put, collated } = change;
    for (const key of remove) this.environment.entries.removeSync(key);
    for (const key of put) this.environment.entries.putSync(key, id);
    if (!collated || !index.collated) return;
    const { before, after } = collated;
    const { texts } = index.collated;
    if (after) {
      for (const text of textsOf(index.fields, after)) texts.acquire(text);
      for (const entry of entriesOf(index.fields, after, texts.writer).entries)
        this.environment.entries.putSync(entryKey(index, entry.key, id), id);
    }
    if (before) for (const text of textsOf(index.fields, before)) texts.release(text);
  }

  private run(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (error instanceof StoreFailure) throw error;
      throw new StoreFailure('a document could not be written', { cause: error });
    }
  }
}

/** What a document puts into an index; undefined when the index leaves it out. */
export function indexed(index: Index, doc: Doc): IndexEntries | undefined {
  if (index.partial && !index.partial.matches(doc)) return undefined;
  if (index.text) return textEntries(index.text, doc);
  const entries = entriesOf(index.fields, doc, index.collated?.texts.writer);
  if (!index.sparse) return entries;
  const present = entries.entries.filter((entry) => entry.present);
  if (present.length === 0) return undefined;
  return index.keysVersion >= KEYS_VERSION ? { ...entries, entries: present } : entries;
}

/** A unique index has one entry for a key; in others the primary key follows, so that equal keys stand side by side. */
export function entryKey(index: Index, key: Buffer, id: Buffer): Buffer {
  return Buffer.concat(index.unique ? [idPrefix(index.id), key] : [idPrefix(index.id), key, id]);
}
