/** A document, a filter, an update: what travels between the model and the store. */
export type Doc = Record<string, unknown>;

/** Whether a value is an embedded document. */
export function isDoc(value: unknown): value is Doc {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** A text that is the same for equal values and for documents that differ in the order of their fields only. */
export function canonical(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isDoc(value)) return JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}

/** MongoDB's order of types, as far as the generated documents have them. */
function rank(value: unknown): number {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === 'number') return 2;
  if (typeof value === 'string') return 3;
  if (isDoc(value)) return 4;
  if (Array.isArray(value)) return 5;
  return typeof value === 'boolean' ? 6 : 7;
}

/** Compares two values as MongoDB orders them; of documents those with one field, as all keys are that are documents. */
export function compare(a: unknown, b: unknown): number {
  const types = rank(a) - rank(b);
  if (types !== 0) return types;
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (isDoc(a) && isDoc(b)) return compare(Object.values(a)[0], Object.values(b)[0]);
  return Number(a) - Number(b) || 0;
}

/** What an index sees of a path. */
interface Keys {
  /** The field whose array the path leads through. */
  readonly array: string | undefined;
  readonly values: unknown[];
  /** Of which values the field is there. */
  readonly there: boolean[];
}

/**
 * What an index sees of a path: an array gives its elements, an empty one `undefined`, which comes before null; what is
 * missing is null.
 */
export function keysAt(doc: Doc, path: string): Keys {
  const [first = '', second] = path.split('.');
  const value = doc[first];
  const holds = (holder: unknown): boolean =>
    second === undefined ? holder !== undefined : isDoc(holder) && holder[second] !== undefined;
  const inner = (holder: unknown): unknown => (isDoc(holder) && second !== undefined ? (holder[second] ?? null) : null);
  if (!Array.isArray(value))
    return {
      array: undefined,
      values: [second === undefined ? (value ?? null) : inner(value)],
      there: [holds(value)],
    };
  if (value.length === 0)
    return { array: first, values: [second === undefined ? undefined : null], there: [second === undefined] };
  return {
    array: first,
    values: second === undefined ? value : value.map(inner),
    there: value.map((element) => second === undefined || holds(element)),
  };
}

/** What a sort goes by: of an array its smallest element, or its largest when descending. */
export function sortValue(doc: Doc, path: string, direction: number): unknown {
  const sorted = [...keysAt(doc, path).values].sort(compare);
  return direction === 1 ? sorted[0] : sorted.at(-1);
}

/** Compares two documents by a sort. */
export function compareBy(sort: Record<string, 1 | -1>): (a: Doc, b: Doc) => number {
  return (a, b) => {
    for (const [path, direction] of Object.entries(sort)) {
      const order = compare(sortValue(a, path, direction), sortValue(b, path, direction));
      if (order !== 0) return order * direction;
    }
    return 0;
  };
}
