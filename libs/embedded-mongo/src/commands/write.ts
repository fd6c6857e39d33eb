import { decode, decodeTyped, encode, isDoc, MAX_DOCUMENT_BYTES, withIdFirst, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { checkStoredLevels } from '../nesting.js';
import { isRegExp } from '../language/regex.js';
import { compileUpdate, upsertBase, withId, type Update } from '../language/update.js';
import { isView, type CollectionInfo } from '../store/catalogue.js';
import { CollectionWriter, type Stored } from '../store/collection.js';
import type { Query } from '../store/scan.js';
import {
  allMatching,
  changeFirst,
  changeInSlices,
  checkBatch,
  executing,
  fewMatching,
  runBatch,
  type Batch,
  type Namespace,
} from './batch.js';
import { hintOf, limitOf, wrongType } from './arguments.js';
import type { Call, Command, Server } from './command.js';

/**
 * The writer of the collection that a command names.
 * @param make makes the collection when it is missing; otherwise it stands for an empty one
 */
export function writerOf(server: Server, { db, collection }: Namespace, make: boolean): CollectionWriter {
  const { catalogue } = server;
  const info = make ? catalogue.ensure(db, collection) : catalogue.find(db, collection);
  if (info && isView(info)) throw new MongoError(166, `Namespace ${db}.${collection} is a view, not a collection`);
  return new CollectionWriter(server.environment, catalogue, info ?? catalogue.empty(db, collection));
}

/** Commands that write batches of documents. */
export const WRITE_COMMANDS: Record<string, Command> = {
  insert: {
    fields: ['documents', 'ordered', 'bypassDocumentValidation'],
    run: (server, call) => {
      const documents = call.documents('documents');
      checkBatch(documents.length);
      let writer: CollectionWriter;
      let n = 0;
      return answered(server, call, documents.length, () => ({ n }), {
        begin: () => (writer = writerOf(server, call, true)),
        run: (index) => {
          insertOne(writer, documents[index] as Buffer);
          n++;
          return true;
        },
      });
    },
  },
  update: {
    fields: ['updates', 'ordered', 'bypassDocumentValidation', 'let'],
    run: (server, call) => {
      const operations = call.operations('updates');
      checkBatch(operations.length);
      const upserts = operations.some(({ plain }) => plain['upsert'] === true);
      const totals = { n: 0, nModified: 0 };
      const upserted: Doc[] = [];
      const add = (index: number, result: UpdateResult): void => {
        totals.n += result.n;
        totals.nModified += result.nModified;
        if (result.upserted !== undefined) upserted.push({ index, _id: result.upserted });
      };
      let writer: CollectionWriter;
      const counts = (): Doc => ({ ...totals, ...(upserted.length > 0 ? { upserted } : {}) });
      return answered(server, call, operations.length, counts, {
        begin: () => (writer = writerOf(server, call, upserts)),
        run: (index, mayLeave) => {
          const result = updateOne(server, call, writer, operations[index] as Operation, mayLeave);
          if (result) add(index, result);
          return result !== undefined;
        },
        runLong: async (index) => add(index, await updateInSlices(server, call, call, operations[index] as Operation)),
      });
    },
  },
  delete: {
    fields: ['deletes', 'ordered', 'let'],
    run: (server, call) => {
      const operations = call.operations('deletes');
      checkBatch(operations.length);
      let writer: CollectionWriter;
      let n = 0;
      return answered(server, call, operations.length, () => ({ n }), {
        begin: () => (writer = writerOf(server, call, false)),
        run: (index, mayLeave) => {
          const removed = deleteOne(server, call, writer, operations[index] as Operation, mayLeave);
          n += removed ?? 0;
          return removed !== undefined;
        },
        runLong: async (index) => {
          n += await deleteInSlices(server, call, call, operations[index] as Operation);
        },
      });
    },
  },
};

/** The answer of a command: what it counted, and which of its operations failed. */
function answered(
  server: Server,
  call: Call,
  length: number,
  counts: () => Doc,
  parts: Omit<Batch, 'length' | 'ordered' | 'failed'>,
): Promise<Doc> {
  const writeErrors: Doc[] = [];
  const failed = (index: number, { code, message, extra }: MongoError): void =>
    void writeErrors.push({ index, code, errmsg: message, ...extra });
  return runBatch(server, call, { length, ordered: call.ordered(), failed, ...parts }, () => ({
    ...counts(),
    ...(writeErrors.length > 0 ? { writeErrors } : {}),
    ok: 1,
  }));
}

/** Inserts a document as it came, with an `_id` in first place. */
export function insertOne(writer: CollectionWriter, raw: Buffer): void {
  const stored = withIdFirst(raw);
  if (stored.length > MAX_DOCUMENT_BYTES) {
    throw new MongoError(
      10334,
      `object to insert too large. size in bytes: ${stored.length}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  }
  if (writer.insertRaw(stored)) return;
  const doc = decode(stored);
  checkStoredLevels(stored);
  checkId(doc['_id']);
  writer.insert(stored, doc);
}

function checkId(id: unknown): void {
  const dollar = isDoc(id) ? Object.keys(id).find((name) => name.startsWith('$')) : undefined;
  if (dollar !== undefined)
    throw new MongoError(52, `_id fields may not contain '$'-prefixed fields: ${dollar} is not valid for storage.`);
  if (Array.isArray(id) || isRegExp(id) || id === undefined) {
    throw new MongoError(
      53,
      `The '_id' value cannot be of type ${Array.isArray(id) ? 'array' : id === undefined ? 'undefined' : 'regex'}`,
    );
  }
}

/** One operation of a batch, without and with the types of its numbers. */
export interface Operation {
  readonly plain: Doc;
  readonly typed: Doc;
}

/** The documents that an operation is for; undefined when they are so many, or so far apart, that it is to be left. */
function matching(server: Server, info: CollectionInfo, query: Query, mayLeave: boolean): Stored[] | undefined {
  return mayLeave ? fewMatching(server, info, query) : allMatching(server, info, query);
}

/** No document could be made of what an expression asks. */
export const NO_EXPR_IN_UPSERT = '$expr is not allowed in the query predicate for an upsert';

/** What one operation of a batch asks for, with the order and the index that it names itself. */
export function queryOfOperation(call: Call, info: CollectionInfo | undefined, operation: Doc, limit: number): Query {
  const filter = operation['q'];
  if (!isDoc(filter)) throw wrongType(call.name, 'q', 'object', filter);
  const hint = hintOf(operation['hint']);
  const sort = (operation['sort'] ?? undefined) as Doc | undefined;
  const given = call.evaluation(info, operation['collation']);
  const evaluation = operation['upsert'] === true ? { ...given, withoutExpr: NO_EXPR_IN_UPSERT } : given;
  return { filter, sort, limit, hint, evaluation, deadline: call.deadline() };
}

/** Runs one operation of a `delete`; gives the number of documents that it removed, undefined when it is left. */
export function deleteOne(
  server: Server,
  call: Call,
  writer: CollectionWriter,
  { plain }: Operation,
  mayLeave: boolean,
): number | undefined {
  const query = queryOfOperation(call, writer.info, plain, limitOf(plain));
  const found = matching(server, writer.info, query, mayLeave);
  for (const stored of found ?? []) writer.remove(stored.id, decode(stored.raw));
  return found?.length;
}

/** As `deleteOne`, for many documents, and after a long search. */
export async function deleteInSlices(
  server: Server,
  call: Call,
  place: Namespace,
  { plain }: Operation,
): Promise<number> {
  const query = queryOfOperation(call, server.catalogue.find(place.db, place.collection), plain, limitOf(plain));
  let n = 0;
  await (query.limit === 1 ? changeFirst : changeInSlices)(server, place, query, (writer, stored) => {
    writer.remove(stored.id, decode(stored.raw));
    n++;
  });
  return n;
}

/** What one operation of an `update` did. */
export interface UpdateResult {
  n: number;
  nModified: number;
  upserted?: unknown;
}

/** Runs one operation of an `update`; undefined when it is left. */
export function updateOne(
  server: Server,
  call: Call,
  writer: CollectionWriter,
  { plain, typed }: Operation,
  mayLeave: boolean,
): UpdateResult | undefined {
  const update = updateOf(call, writer.info, { plain, typed });
  const query = queryOfOperation(call, writer.info, plain, plain['multi'] === true ? 0 : 1);
  const found = matching(server, writer.info, query, mayLeave);
  if (!found) return undefined;
  if (found.length === 0 && plain['upsert'] === true) return upsertOne(writer, update, typed);
  let nModified = 0;
  executing('update', () => {
    for (const stored of found) if (change(writer, stored, update, query.filter).changed) nModified++;
  });
  return { n: found.length, nModified };
}

/** As `updateOne`, for many documents, and after a long search. */
export async function updateInSlices(
  server: Server,
  call: Call,
  place: Namespace,
  { plain, typed }: Operation,
): Promise<UpdateResult> {
  const info = server.catalogue.find(place.db, place.collection);
  const update = updateOf(call, info, { plain, typed });
  const query = queryOfOperation(call, info, plain, plain['multi'] === true ? 0 : 1);
  const result = { n: 0, nModified: 0 };
  await (query.limit === 1 ? changeFirst : changeInSlices)(server, place, query, (writer, stored) => {
    result.n++;
    if (executing('update', () => change(writer, stored, update, query.filter)).changed) result.nModified++;
  });
  if (result.n > 0 || plain['upsert'] !== true) return result;
  return server.environment.write(() => upsertOne(writerOf(server, place, true), update, typed));
}

/** Compiles what one operation of an `update` makes of each document. */
export function updateOf(call: Call, info: CollectionInfo | undefined, { plain, typed }: Operation): Update {
  const arrayFilters = (plain['arrayFilters'] ?? undefined) as Doc[] | undefined;
  const update = compileUpdate(typed['u'], arrayFilters, call.evaluation(info, plain['collation']));
  const multi = plain['multi'] === true;
  if (multi && plain['sort'] !== undefined) throw new MongoError(9, 'Cannot specify sort with multi=true');
  if (multi && update.replaces) throw new MongoError(9, 'multi update is not supported for replacement-style update');
  return update;
}

function upsertOne(writer: CollectionWriter, update: Update, typed: Doc): UpdateResult {
  const inserted = executing('update', () => upsert(writer, update, typed['q'] as Doc));
  return { n: 1, nModified: 0, upserted: inserted['_id'] };
}

/** Changes one stored document; gives its new version, and whether that differs. */
export function change(
  writer: CollectionWriter,
  stored: Stored,
  update: Update,
  filter: Doc,
): { after: Doc; changed: boolean } {
  const { before, after, raw, changed } = versionsOf(stored, update, filter);
  if (changed) {
    if (raw.length > MAX_DOCUMENT_BYTES) {
      throw new MongoError(10334, `Resulting document after update is larger than ${MAX_DOCUMENT_BYTES}`);
    }
    checkStoredLevels(raw);
    writer.replace(stored.id, before, raw, after);
  }
  return { after, changed };
}

/** A stored document and what an update makes of it, and whether the two differ. */
export function versionsOf(
  stored: Stored,
  update: Update,
  filter: Doc,
): { before: Doc; after: Doc; raw: Buffer; changed: boolean } {
  const before = decodeTyped(stored.raw);
  const after = update.apply(before, { inserting: false, filter });
  const raw = Buffer.from(encode(after));
  return { before, after, raw, changed: !raw.equals(stored.raw) };
}

/** Inserts what an upsert makes of its filter and its update. */
export function upsert(writer: CollectionWriter, update: Update, filter: Doc): Doc {
  const made = withId(update.apply(upsertBase(filter, update.replaces), { inserting: true, filter }));
  insertOne(writer, Buffer.from(encode(made)));
  return made;
}
