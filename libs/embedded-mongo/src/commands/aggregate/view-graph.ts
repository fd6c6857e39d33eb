import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { collationOf, type Collation } from '../../language/values/collation.js';
import type { Ordering } from '../../language/values/ordering.js';
import { isView, type Catalogue, type CollectionInfo } from '../../store/catalogue.js';

/** Most views on top of each other, as MongoDB has it. */
export const MAX_DEPTH = 20;

/** The names that stages read from besides the collection that they run over, those within other stages included. */
function namesRead(pipeline: readonly unknown[]): string[] {
  return pipeline.flatMap((stage) => {
    if (!isDoc(stage)) return [];
    const { $lookup, $graphLookup, $unionWith, $facet } = stage;
    const own = [valueOf($lookup, 'from'), valueOf($graphLookup, 'from'), valueOf($unionWith, 'coll') ?? $unionWith];
    const facets = isDoc($facet) ? Object.values($facet) : [];
    const within = [valueOf($lookup, 'pipeline'), valueOf($unionWith, 'pipeline'), ...facets];
    return [
      ...own.filter((name) => typeof name === 'string'),
      ...within.flatMap((inner) => (Array.isArray(inner) ? namesRead(inner as unknown[]) : [])),
    ];
  });
}

function valueOf(argument: unknown, field: string): unknown {
  return isDoc(argument) ? argument[field] : undefined;
}

/** What a collection has its strings compared by. */
export function ownCollation({ options }: Pick<CollectionInfo, 'options'>): Collation | undefined {
  return collationOf(options['collation']);
}

/** Whether two collations compare alike; the simple one is none. */
export function sameCollation(a: Collation | undefined, b: Collation | undefined): boolean {
  return JSON.stringify(a?.spec) === JSON.stringify(b?.spec);
}

/**
 * Checks the views that a pipeline reads: each would compare strings by a collation of its own.
 * @throws MongoError 167 where that is not the one of the pipeline, 165 for views that are too many on top of each other
 */
export function checkViewsRead(
  catalogue: Catalogue,
  db: string,
  pipeline: readonly unknown[],
  ordering: Ordering | undefined,
): void {
  for (const name of namesRead(pipeline)) {
    let info = catalogue.find(db, name);
    if (info && isView(info) && !sameCollation(ownCollation(info), ordering?.collation))
      throw new MongoError(167, `Cannot override the default collation of the view ${db}.${name}`);
    for (let depth = 1; info && isView(info); depth++) {
      if (depth >= MAX_DEPTH) throw tooDeep();
      info = catalogue.find(db, String(info.options['viewOn']));
    }
  }
}

/**
 * Checks a view with what it reads and with the views that read it.
 * @throws MongoError 5 where views would lead in a circle, 165 where they would be too many on top of each other, 167 where
 *   they would have different collations
 */
export function checkViewGraph(catalogue: Catalogue, db: string, name: string, options: Doc): void {
  const views = new Map(catalogue.list(db).map((info) => [info.name, info.options]));
  views.set(name, options);
  const read = (from: string): string[] => {
    const { viewOn, pipeline } = views.get(from) ?? {};
    return typeof viewOn === 'string' ? [viewOn, ...namesRead(pipeline as unknown[])] : [];
  };
  const heights = new Map<string, number>();
  const height = (of: string, path: readonly string[]): number => {
    const known = heights.get(of);
    if (known !== undefined) return known;
    if (path.includes(of)) throw new MongoError(5, `View cycle detected: ${[...path, of].join(' => ')}`);
    const below = read(of).map((next) => height(next, [...path, of]));
    const own = below.length === 0 ? 0 : 1 + Math.max(...below);
    if (own > MAX_DEPTH) throw tooDeep();
    heights.set(of, own);
    return own;
  };
  height(name, []);
  const readers = new Set([name]);
  for (let known = 0; known < readers.size;) {
    known = readers.size;
    for (const other of views.keys()) if (read(other).some((next) => readers.has(next))) readers.add(other);
  }
  for (const other of readers) {
    height(other, []);
    for (const next of read(other)) {
      const [its, below] = [views.get(other) ?? {}, views.get(next)];
      if (below?.['viewOn'] === undefined || (other !== name && next !== name)) continue;
      if (!sameCollation(ownCollation({ options: its }), ownCollation({ options: below })))
        throw new MongoError(167, `View ${db}.${other} has conflicting collation with view ${db}.${next}`);
    }
  }
}

/** MongoDB's error for more views on top of each other than there may be. */
export function tooDeep(): MongoError {
  return new MongoError(165, `View depth too deep or view cycle detected; maximum depth is ${MAX_DEPTH}`);
}
