import type { Doc } from '../../document.js';
import type { Ordering } from '../values/ordering.js';
import { MISSING, someValueAt } from '../paths.js';
import { valueKeys } from '../values/value-keys.js';
import type { LookUp } from './stage.js';

/** Finds the documents that have one of several values. */
type Finder = (values: readonly unknown[]) => Doc[];

/** The documents that a join looks among: by an index where that costs less than to read them all. */
export class Foreign {
  private documents: readonly Doc[] | undefined;
  private readonly finders = new Map<string, Finder>();

  /** @param read gives all of them */
  constructor(
    private readonly read: () => Iterable<Doc>,
    private readonly lookUp: LookUp,
    private readonly ordering: Ordering,
  ) {}

  /** All of them, which are read once. */
  get all(): readonly Doc[] {
    return (this.documents ??= [...this.read()]);
  }

  /** Those that have one of the values at a path, as an equality in a filter has it: each once, in their order. */
  withAny(path: string, values: readonly unknown[]): Doc[] {
    const found = this.documents ? undefined : this.lookUp(path, values);
    if (found) return found;
    let find = this.finders.get(path);
    if (!find) this.finders.set(path, (find = finder(this.all, path, this.ordering)));
    return find(values);
  }
}

function finder(documents: readonly Doc[], path: string, ordering: Ordering): Finder {
  const parts = path.split('.');
  const keyOf = valueKeys(ordering);
  // Each value leads to the places of its documents, so that a look-up does not read all of them.
  const places = new Map<string, Set<number>>();
  documents.forEach((doc, place) => {
    someValueAt(doc, parts, (found) => {
      const key = keyOf(found === MISSING ? null : found);
      const known = places.get(key);
      if (known) known.add(place);
      else places.set(key, new Set([place]));
      return false;
    });
  });
  return (values) => {
    const found = new Set<number>();
    for (const key of new Set(values.map(keyOf))) for (const place of places.get(key) ?? []) found.add(place);
    return [...found].sort((a, b) => a - b).map((place) => documents[place] as Doc);
  };
}
