import { EJSON } from 'bson';
import { decodeTyped, type Doc } from '../document.js';
import { show } from '../language/values/show.js';
import type { CollectionInfo, Index } from '../store/catalogue.js';
import { entryKey, indexed } from '../store/collection.js';
import type { Environment } from '../store/disk/environment.js';
import { textsOf } from '../store/keys/index-keys.js';
import { idPrefix, successor } from '../store/keys/key.js';
import { unseal } from '../store/disk/seal.js';

/** Tells of one thing that does not agree. */
export type Tell = (what: string) => void;

/**
 * Holds an index against the documents of its collection. Every document is shown to it once; entries that no document
 * accounts for are then found by their number, and looked for only when there are some.
 */
export class IndexCheck {
  /** Entries that belong to the documents shown so far. */
  found = 0;
  private readonly texts = new Map<number, number>();

  constructor(
    private readonly environment: Environment,
    private readonly info: CollectionInfo,
    private readonly index: Index,
    private readonly tell: Tell,
  ) {}

  /** Looks for all entries of a document. */
  document(id: Buffer, doc: Doc): void {
    const { index } = this;
    const name = nameOf(doc);
    let own: ReturnType<typeof indexed>;
    try {
      own = indexed(index, doc);
    } catch (error) {
      this.tell(`the document ${name} cannot be in it: ${(error as Error).message}`);
      return;
    }
    if (!own) return;
    for (const { key } of own.entries) {
      const stored = this.environment.entries.get(entryKey(index, key, id));
      if (stored?.equals(id)) this.found += 1;
      else if (stored) this.tell(`the entry of the document ${name} leads to another document`);
      else this.tell(`an entry of the document ${name} is missing`);
    }
    for (const path of own.multikey)
      if (!index.multikey.has(path)) this.tell(`it does not know that ${path} of the document ${name} is in an array`);
    if (own.shortened && !index.shortened)
      this.tell(`it does not know that a key of the document ${name} is shortened`);
    if (index.collated)
      for (const text of textsOf(index.fields, doc)) {
        const number = index.collated.texts.find(text);
        if (number === undefined) this.tell(`a text of the document ${name} is not among its texts`);
        else this.texts.set(number, (this.texts.get(number) ?? 0) + 1);
      }
  }

  /** Looks for what no document accounts for; gives the number of entries. */
  finish(): number {
    const start = idPrefix(this.index.id);
    // LMDB's binding notes in a range what was asked of it, so that each call has its own.
    const range = (): { start: Buffer; end: Buffer | undefined } => ({ start, end: successor(start) });
    const entries = this.environment.entries.getKeysCount(range());
    if (entries !== this.found)
      for (const { key, value } of this.environment.entries.getRange(range())) this.entry(Buffer.from(key), value);
    this.checkTexts();
    return entries;
  }

  /** The key must be a copy: LMDB's own is overwritten by the next read. */
  private entry(key: Buffer, id: Buffer): void {
    const value = this.environment.documents.get(Buffer.concat([idPrefix(this.info.id), id]));
    if (!value) return this.tell(`an entry leads to a document that is not there (key ${key.toString('hex')})`);
    let doc: Doc;
    let own: ReturnType<typeof indexed>;
    try {
      doc = decodeTyped(unseal(value));
      own = indexed(this.index, doc);
    } catch {
      return; // The document itself has been told of.
    }
    if (own?.entries.some((entry) => entryKey(this.index, entry.key, id).equals(key))) return;
    this.tell(
      `it has an entry for the document ${nameOf(doc)} that the document does not give (key ${key.toString('hex')})`,
    );
  }

  private checkTexts(): void {
    for (const { class: number, text, count } of this.index.collated?.texts.classes() ?? []) {
      const documents = this.texts.get(number) ?? 0;
      if (documents !== count)
        this.tell(`its text ${JSON.stringify(text)} counts ${count} documents, but ${documents} have it`);
    }
  }
}

/** The `_id` of a document, as people read it. */
export function nameOf(doc: Doc): string {
  const id = doc['_id'] ?? null;
  try {
    return EJSON.stringify(id);
  } catch {
    // Of a field `_bsontype` it asks for more than there is.
    return show(id);
  }
}
