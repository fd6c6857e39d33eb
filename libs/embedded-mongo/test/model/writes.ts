import mongoose from 'mongoose';
import type { Change, NaiveCollection } from './naive.js';
import type { Operation } from './operations.js';
import { agree, Disagreement, type Collection } from './round.js';
import { canonical, type Doc } from './values.js';

const { MongoServerError, MongoBulkWriteError } = mongoose.mongo;
type Of<Name extends Operation['name']> = Operation & { name: Name };

/** What a write answered: how many documents it found, how many of them it changed, and the code of its refusal. */
interface Answer {
  matched?: number;
  modified?: number;
  code?: number;
}

/** Lets the store and the model do the same, and compares what they answer. */
export async function write(collection: Collection, model: NaiveCollection, operation: Operation): Promise<void> {
  switch (operation.name) {
    case 'insertOne': {
      const { code } = await answered(collection.insertOne(structuredClone(operation.document)), () => ({}));
      return agreeOnCode(code, model.insert(operation.document));
    }
    case 'insertMany':
      return insertMany(collection, model, operation);
    case 'createIndex': {
      const { key, ...options } = operation.index;
      const codes = model.indexRefusals(operation.index);
      const { code } = await answered(collection.createIndex(key, options), () => ({}));
      agreeOnCode(code, codes);
      if (codes.size === 0) model.indexes.set(operation.index.name, operation.index);
      return;
    }
    case 'dropIndex':
      await collection.dropIndex(operation.index);
      model.indexes.delete(operation.index);
      return;
    case 'hideIndex': {
      const { index: name, hidden } = operation;
      await collection.db.command({ collMod: collection.collectionName, index: { name, hidden } });
      Object.assign(model.indexes.get(name) ?? {}, { hidden });
      return;
    }
    case 'findOneAndUpdate':
    case 'findOneAndDelete':
      return findAndChange(collection, model, operation);
    case 'find':
    case 'count':
    case 'distinct':
      throw new Error(`${operation.name} is no write`);
    default:
      return change(collection, model, operation);
  }
}

async function answered<T>(promise: Promise<T>, read: (result: T) => Answer): Promise<Answer> {
  try {
    return read(await promise);
  } catch (error) {
    if (error instanceof MongoServerError && typeof error.code === 'number') return { code: error.code };
    throw error;
  }
}

/** A write is refused when the model refuses it, with one of the codes that it may have. */
function agreeOnCode(code: number | undefined, codes: ReadonlySet<number>): void {
  if (code === undefined ? codes.size > 0 : !codes.has(code)) throw new Disagreement([...codes], code);
}

async function insertMany(collection: Collection, model: NaiveCollection, operation: Of<'insertMany'>): Promise<void> {
  const { documents, ordered } = operation;
  const expected: { index: number; codes: ReadonlySet<number> }[] = [];
  for (const [index, document] of documents.entries()) {
    const codes = model.insert(document);
    if (codes.size > 0) expected.push({ index, codes });
    if (codes.size > 0 && ordered) break;
  }
  let errors: readonly { index: number; code: number }[] = [];
  try {
    await collection.insertMany(structuredClone(documents), { ordered });
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    errors = [error.writeErrors].flat();
  }
  agree(
    errors.map(({ index }) => index),
    expected.map(({ index }) => index),
  );
  errors.forEach(({ code }, i) => agreeOnCode(code, expected[i]?.codes ?? new Set()));
}

async function findAndChange(
  collection: Collection,
  model: NaiveCollection,
  operation: Of<'findOneAndUpdate' | 'findOneAndDelete'>,
): Promise<void> {
  const { filter, sort } = operation;
  const matching = model.sorted(model.matching(filter), sort);
  const candidates = '_id' in sort ? matching.slice(0, 1) : matching;
  const changes = candidates.map((before) =>
    operation.name === 'findOneAndUpdate' ? model.change(before, operation.update) : removal(before),
  );
  let found: Doc | null = null;
  const { code } = await answered(
    operation.name === 'findOneAndUpdate'
      ? collection.findOneAndUpdate(filter, operation.update, { sort, returnDocument: 'before' })
      : collection.findOneAndDelete(filter, { sort }),
    (result) => {
      found = result;
      return {};
    },
  );
  if (code !== undefined) {
    if (!changes.some(({ codes }) => codes.has(code))) throw new Disagreement(changes, code);
    return;
  }
  if (changes.length === 0) return agree(found, null);
  const taken = changes.find(({ before }) => canonical(before) === canonical(found));
  const first = changes[0]?.before ?? {};
  if (!taken || taken.codes.size > 0 || !sameKeys(first, taken.before, model, sort))
    throw new Disagreement(changes, found);
  accept(model, taken);
}

function sameKeys(a: Doc, b: Doc, model: NaiveCollection, sort: Of<'findOneAndUpdate'>['sort']): boolean {
  // Equal in the order that was asked for: neither way round does sorting move them.
  return model.sorted([a, b], sort)[0] === a && model.sorted([b, a], sort)[0] === b;
}

const removal = (before: Doc): Change => ({ before, after: undefined, codes: new Set() });

function accept(model: NaiveCollection, { before, after }: Change): void {
  if (after) model.put(after);
  else model.remove(before);
}

type Changing = Of<'updateOne' | 'updateMany' | 'replaceOne' | 'deleteOne' | 'deleteMany'>;

/**
 * Updates and deletes. Where MongoDB leaves open which document is taken, or which are changed before one is refused,
 * the store's documents are read again: each must be as it was or as it should become, and the model takes them over.
 */
async function change(collection: Collection, model: NaiveCollection, operation: Changing): Promise<void> {
  const isDelete = operation.name === 'deleteOne' || operation.name === 'deleteMany';
  const many = operation.name === 'updateMany' || operation.name === 'deleteMany';
  const matching = model.matching(operation.filter);
  const changes = matching.map((before) =>
    'update' in operation ? model.change(before, operation.update) : removal(before),
  );
  const answer = await send(collection, operation);
  if (matching.length === 0 && 'upsert' in operation && operation.upsert) {
    const { codes, after } = model.change({ _id: operation.filter['_id'] }, operation.update);
    // There is no document of which it could take the place.
    const all = after ? model.refusals(after) : codes;
    agreeOnCode(answer.code, all);
    if (after && all.size === 0) model.put(after);
    return;
  }
  const codes = new Set(changes.flatMap((each) => [...each.codes]));
  const collides = many && !isDelete && model.mayCollide(changes);
  if (collides) codes.add(11000);
  const isOpen = codes.size > 0 ? changes.length > 1 : !many && changes.length > 1;
  if (!isOpen) {
    agreeOnCode(answer.code, codes);
    if (answer.code !== undefined) return;
    const modified = changes.filter(isChange).length;
    agree([answer.matched, answer.modified], [changes.length, modified]);
    for (const each of changes) accept(model, each);
    return;
  }
  if (answer.code !== undefined && !codes.has(answer.code)) throw new Disagreement([...codes], answer);
  const stored = await changedIn(collection, model, changes);
  if (answer.code === undefined) {
    agree([answer.matched, answer.modified], [many ? changes.length : 1, stored.length]);
    if (many) agree(stored.length, changes.filter(isChange).length);
    else if (stored.length === 0 && changes.every(isChange)) throw new Disagreement('one of them changes', answer);
  } else if (!many) agree(stored.length, 0);
  for (const each of stored) accept(model, each);
}

const isChange = ({ before, after }: Change): boolean => canonical(before) !== canonical(after);

/** Which of the changes the store has made; whatever else it holds is as it was. */
async function changedIn(
  collection: Collection,
  model: NaiveCollection,
  changes: readonly Change[],
): Promise<Change[]> {
  const stored = new Map((await collection.find().toArray()).map((doc) => [canonical(doc['_id']), canonical(doc)]));
  const possible = new Map(changes.map((each) => [canonical(each.before['_id']), each]));
  const made: Change[] = [];
  for (const [id, doc] of model.documents) {
    const now = stored.get(id);
    stored.delete(id);
    if (now === canonical(doc)) continue;
    const expected = possible.get(id);
    if (!expected || now !== (expected.after && canonical(expected.after)))
      throw new Disagreement(expected ?? doc, now);
    made.push(expected);
  }
  if (stored.size > 0) throw new Disagreement('no further documents', [...stored.values()]);
  return made;
}

function send(collection: Collection, operation: Changing): Promise<Answer> {
  const { filter } = operation;
  const updated = (result: mongoose.mongo.UpdateResult<Doc>): Answer => ({
    matched: result.matchedCount,
    modified: result.modifiedCount,
  });
  const deleted = ({ deletedCount: n }: mongoose.mongo.DeleteResult): Answer => ({ matched: n, modified: n });
  switch (operation.name) {
    case 'updateOne':
      return answered(collection.updateOne(filter, operation.update, { upsert: operation.upsert }), updated);
    case 'updateMany':
      return answered(collection.updateMany(filter, operation.update), updated);
    case 'replaceOne':
      return answered(collection.replaceOne(filter, operation.update, { upsert: operation.upsert }), updated);
    case 'deleteOne':
      return answered(collection.deleteOne(filter), deleted);
    case 'deleteMany':
      return answered(collection.deleteMany(filter), deleted);
  }
}
