import { Query } from 'mingo';
import { matcherOf, type IndexSpec, type NaiveCollection } from './naive.js';
import type { Operation } from './operations.js';
import { agree, Disagreement, type Collection } from './round.js';
import { canonical, compareBy, keysAt, sortValue, type Doc } from './values.js';

/** Asks the store and the model, and compares their answers. */
export async function check(collection: Collection, model: NaiveCollection, operation: Operation): Promise<void> {
  if (operation.name === 'find') return checkFind(collection, model, operation);
  if (operation.name === 'count') {
    const { filter, hint } = operation;
    if (isHidden(model, hint)) return refusesHint(collection.countDocuments(filter, { hint: String(hint) }));
    const found = await collection.countDocuments(filter, hint === undefined ? {} : { hint });
    return agree(found, from(model, hint).filter(matcherOf(filter)).length);
  }
  if (operation.name !== 'distinct') throw new Error(`${operation.name} is no read`);
  const found = (await collection.distinct(operation.path, operation.filter)).map(canonical);
  const expected = model.distinct(operation.path, operation.filter);
  if (found.length !== expected.size) throw new Disagreement([...expected], found);
  agree([...found].sort(), [...expected].sort());
}

async function checkFind(
  collection: Collection,
  model: NaiveCollection,
  operation: Operation & { name: 'find' },
): Promise<void> {
  const { filter, sort, skip, limit, projection, hint } = operation;
  const cursor = collection.find(filter, { sort, skip, limit, projection });
  if (hint !== undefined) cursor.hint(hint);
  if (isHidden(model, hint)) return refusesHint(cursor.toArray());
  const found = await cursor.toArray();
  const matching = model.sorted(from(model, hint).filter(matcherOf(filter)), sort);
  const window = matching.slice(skip, limit === 0 ? undefined : skip + limit);
  const shown = projecting(projection);
  if ('_id' in sort) return agree(found.map(canonical), window.map(shown).map(canonical));
  // Without `_id` the sort leaves documents side by side, of which each may stand for the other.
  if (found.length !== window.length) throw new Disagreement(window, found);
  if (Object.keys(projection).length > 0) {
    const possible = matching.map(shown).map(canonical);
    for (const doc of found.map(canonical)) {
      const at = possible.indexOf(doc);
      if (at === -1) throw new Disagreement(window.map(shown), found);
      possible.splice(at, 1);
    }
    return;
  }
  const known = new Map(matching.map((doc) => [canonical(doc['_id']), doc]));
  for (const doc of found) {
    const id = canonical(doc['_id']);
    agree(canonical(doc), canonical(known.get(id)));
    known.delete(id);
  }
  const keys = (docs: readonly Doc[]): string[] =>
    docs.map((doc) =>
      Object.entries(sort)
        .map(([path, order]) => canonical(sortValue(doc, path, order)))
        .join(),
    );
  agree(keys(found), keys(window));
}

/** The documents that a hint lets a query see: all, or those of an index that leaves some out. */
function from(model: NaiveCollection, hint: string | undefined): Doc[] {
  const index = hint === undefined ? undefined : model.indexes.get(hint);
  return index ? model.indexed(index) : model.all();
}

function isHidden(model: NaiveCollection, hint: string | undefined): boolean {
  return hint !== undefined && model.indexes.get(hint)?.hidden === true;
}

async function refusesHint(answer: Promise<unknown>): Promise<void> {
  try {
    throw new Disagreement('a hidden index is refused', await answer);
  } catch (error) {
    if (error instanceof Disagreement) throw error;
    agree((error as { code?: unknown }).code, 2);
  }
}

function projecting(projection: Doc): (doc: Doc) => Doc {
  if (Object.keys(projection).length === 0) return (doc) => doc;
  const query = new Query({}, {});
  return (doc) => query.find<Doc>([structuredClone(doc)], projection).all()[0] ?? {};
}

/** All documents are those of the model, and so is what each index holds. */
export async function checkAll(collection: Collection, model: NaiveCollection): Promise<void> {
  const byId = { _id: 1 } as const;
  const found = await collection.find({}, { hint: '_id_', sort: byId }).toArray();
  agree(found.map(canonical), model.sorted(model.all(), byId).map(canonical));
  if (model.documents.size === 0 && model.indexes.size === 0) return;
  agree(await collection.estimatedDocumentCount(), model.documents.size);
  for (const index of model.indexes.values()) await checkIndex(collection, model, index);
}

async function checkIndex(collection: Collection, model: NaiveCollection, index: IndexSpec): Promise<void> {
  const { name, key } = index;
  const change = (hidden: boolean): Promise<unknown> =>
    collection.db.command({ collMod: collection.collectionName, index: { name, hidden } });
  if (index.hidden) await change(false);
  const walked = (await collection.find({}, { hint: name }).toArray()).map(canonical);
  const expected = model.indexed(index);
  agree([...walked].sort(), expected.map(canonical).sort());
  agree(await costOf(collection, {}, name), [name, model.keyCount(index), expected.length]);
  await checkBound(collection, model, index);
  // In the order of the index and against it, ties aside.
  for (const direction of [1, -1] as const) {
    const sort = Object.fromEntries(Object.entries(key).map(([path, order]) => [path, (order * direction) as 1 | -1]));
    if (isThroughTwo(model, key)) break;
    const docs = await collection.find({}, { hint: name, sort }).toArray();
    agree(docs.map(canonical).sort(), expected.map(canonical).sort());
    docs.forEach((doc, i) => {
      const before = docs[i - 1];
      if (before && compareBy(sort)(before, doc) > 0) throw new Disagreement([name, sort], [before, doc]);
    });
  }
  if (index.hidden) await change(true);
}

/** A search by one value of the first field examines the keys with this value, and no others. */
async function checkBound(collection: Collection, model: NaiveCollection, index: IndexSpec): Promise<void> {
  const [path = ''] = Object.keys(index.key);
  const values = model.indexed(index).flatMap((doc) => keysAt(doc, path).values);
  // Long texts share the beginning of their key; what stands for missing is not for this.
  const value = values.find((each) => typeof each === 'number' || (typeof each === 'string' && each.length < 100));
  if (value === undefined) return;
  const filter = { [path]: value };
  const matching = model.indexed(index).filter(matcherOf(filter));
  agree(await costOf(collection, filter, index.name), [index.name, model.keyCount(index, value), matching.length]);
}

/** How many keys of an index a query examines, and how many documents it gives. */
async function costOf(collection: Collection, filter: Doc, hint: string): Promise<unknown[]> {
  const { executionStats } = (await collection.find(filter, { hint }).explain()) as { executionStats: Doc };
  return [hint, executionStats['totalKeysExamined'], executionStats['nReturned']];
}

/** A sort by two paths that lead through arrays is not for this test. */
function isThroughTwo(model: NaiveCollection, key: Readonly<Record<string, unknown>>): boolean {
  const roots = Object.keys(key).map((path) => path.split('.')[0] ?? '');
  return roots.filter((root) => model.all().some((doc) => Array.isArray(doc[root]))).length > 1;
}
