import { Query } from 'mingo';
import { canonical, compareBy, keysAt, isDoc, type Doc } from './values.js';
import { applied, Refused } from './naive-update.js';

/** An index as it was asked for. */
export interface IndexSpec {
  name: string;
  key: Record<string, 1 | -1>;
  unique?: boolean;
  sparse?: boolean;
  hidden?: boolean;
  partialFilterExpression?: Doc;
}

/** What an update makes of one document: its new version, or the codes with which MongoDB may refuse it. */
export interface Change {
  readonly before: Doc;
  readonly after: Doc | undefined;
  readonly codes: ReadonlySet<number>;
}

/** Whether a document matches a filter, by mingo. */
export function matcherOf(filter: Doc): (doc: Doc) => boolean {
  const query = new Query(filter, {});
  return (doc) => query.test(doc);
}

/**
 * A collection without indexes, planner and disk: every answer is a scan of all documents in memory, with mingo as the
 * judge of filters and projections. Written here, because mingo differs from MongoDB: the order of values across types and
 * within arrays, the keys of indexes, and updates with their refusals.
 */
export class NaiveCollection {
  readonly documents = new Map<string, Doc>();
  readonly indexes = new Map<string, IndexSpec>();

  all(): Doc[] {
    return [...this.documents.values()];
  }

  matching(filter: Doc): Doc[] {
    return this.all().filter(matcherOf(filter));
  }

  /** The documents that an index has: all but those that a sparse or partial one leaves out. */
  indexed(index: IndexSpec): Doc[] {
    const matches = index.partialFilterExpression && matcherOf(index.partialFilterExpression);
    return this.all().filter((doc) => isIndexed(index, doc, matches));
  }

  /** How many keys an index has: each document each of its keys once. With a value, only those that begin with it. */
  keyCount(index: IndexSpec, first?: unknown): number {
    const begin = first === undefined ? '' : canonical(first);
    const counts = (key: string): boolean => begin === '' || key === begin || key.startsWith(`${begin},`);
    return this.indexed(index).reduce((sum, doc) => sum + [...keysOf(index, doc)].filter(counts).length, 0);
  }

  /** The codes with which a document may be refused beside the others, but for the one whose place it takes. */
  refusals(doc: Doc, replaced?: Doc): Set<number> {
    const codes = new Set<number>();
    const id = canonical(doc['_id']);
    if (replaced === undefined && this.documents.has(id)) codes.add(11000);
    for (const index of this.indexes.values()) {
      if (!isIndexed(index, doc)) continue;
      if (isParallel(index, doc)) codes.add(171);
      else if (index.unique && this.holdsAny(index, keysOf(index, doc), id)) codes.add(11000);
    }
    return codes;
  }

  private holdsAny(index: IndexSpec, keys: ReadonlySet<string>, except: string): boolean {
    return this.all().some(
      (other) =>
        canonical(other['_id']) !== except &&
        isIndexed(index, other) &&
        [...keysOf(index, other)].some((key) => keys.has(key)),
    );
  }

  /** Inserts a document, or gives the codes with which it may be refused. */
  insert(doc: Doc): ReadonlySet<number> {
    const codes = this.refusals(doc);
    if (codes.size === 0) this.put(doc);
    return codes;
  }

  put(doc: Doc): void {
    this.documents.set(canonical(doc['_id']), structuredClone(doc));
  }

  remove(doc: Doc): void {
    this.documents.delete(canonical(doc['_id']));
  }

  /** What an update, or a replacement, makes of a document. */
  change(before: Doc, update: Doc): Change {
    try {
      const after = applied(update, before);
      return { before, after, codes: this.refusals(after, before) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { before, after: undefined, codes: new Set([error.code]) };
    }
  }

  /** Whether changes may be refused by what others of them were or become, depending on their order. */
  mayCollide(changes: readonly Change[]): boolean {
    return [...this.indexes.values()].some((index) => {
      if (!index.unique) return false;
      const taken = new Map<string, Doc>();
      for (const { before, after } of changes)
        for (const doc of [before, after]) {
          if (!doc || !isIndexed(index, doc)) continue;
          for (const key of keysOf(index, doc)) {
            if (taken.has(key) && taken.get(key) !== before) return true;
            taken.set(key, before);
          }
        }
      return false;
    });
  }

  /** The codes with which an index over the documents as they are may be refused. */
  indexRefusals(index: IndexSpec): ReadonlySet<number> {
    const codes = new Set<number>();
    const seen = new Set<string>();
    for (const doc of this.indexed(index)) {
      if (isParallel(index, doc)) codes.add(171);
      else if (index.unique)
        for (const key of keysOf(index, doc)) {
          if (seen.has(key)) codes.add(11000);
          seen.add(key);
        }
    }
    return codes;
  }

  sorted(documents: readonly Doc[], sort: Record<string, 1 | -1>): Doc[] {
    return [...documents].sort(compareBy(sort));
  }

  /** What `distinct` answers: arrays give their elements, missing fields nothing. */
  distinct(path: string, filter: Doc): Set<string> {
    const [first = '', second] = path.split('.');
    const values = this.matching(filter).flatMap((doc) => {
      const holders = second === undefined ? [doc] : [doc[first]].flat().filter(isDoc);
      return holders.map((holder) => holder[second ?? first]).flat();
    });
    return new Set(values.filter((value) => value !== undefined).map(canonical));
  }
}

function isIndexed(index: IndexSpec, doc: Doc, matches?: (doc: Doc) => boolean): boolean {
  const { partialFilterExpression: partial } = index;
  if (partial && !(matches ?? matcherOf(partial))(doc)) return false;
  return !index.sparse || Object.keys(index.key).some((path) => isThere(doc, path));
}

function isThere(doc: Doc, path: string): boolean {
  const [first = '', second] = path.split('.');
  if (second === undefined) return doc[first] !== undefined;
  return [doc[first]].flat().some((holder) => isDoc(holder) && holder[second] !== undefined);
}

/** Two fields of one index must not lead through two arrays. */
function isParallel(index: IndexSpec, doc: Doc): boolean {
  return new Set(Object.keys(index.key).flatMap((path) => keysAt(doc, path).array ?? [])).size > 1;
}

/**
 * The keys of a document; fields that lead through the same array take their values from the same element. A sparse index
 * leaves out the elements that have none of its fields.
 */
function keysOf(index: IndexSpec, doc: Doc): Set<string> {
  const fields = Object.keys(index.key).map((path) => keysAt(doc, path));
  const elements = fields.find(({ array }) => array !== undefined)?.values.length ?? 1;
  const all = Array.from({ length: elements }, (_, i) => {
    const at = ({ array }: { array: string | undefined }): number => (array === undefined ? 0 : i);
    return {
      key: fields.map((field) => canonical(field.values[at(field)])).join(),
      isThere: fields.some((field) => field.there[at(field)]),
    };
  });
  return new Set(all.filter(({ isThere }) => !index.sparse || isThere).map(({ key }) => key));
}
