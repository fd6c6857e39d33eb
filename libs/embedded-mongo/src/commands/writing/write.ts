import { decodeTyped, encode, isDoc, isKept, MAX_DOCUMENT_BYTES, withIdOf, type Doc } from '../../document.js';
import { MongoError, told } from '../../errors.js';
import { checkStoredLevels } from '../../nesting.js';
import { needsTypes, type Evaluation } from '../../language/filters/filter.js';
import { compileUpdate, type Update } from '../../language/updates/update.js';
import { upsertBase, withId } from '../../language/updates/upsert.js';
import { isView, type CollectionInfo } from '../../store/catalogue.js';
import { CollectionWriter, type Stored } from '../../store/collection.js';
import { checkNamespace } from '../../store/namespace.js';
import type { Query } from '../../store/scan/scan.js';
import {
  allMatching,
  changeFirst,
  changeInSlices,
  checkBatch,
  executing,
  fewMatching,
  runBatch,
  textsOfErrors,
  type Batch,
  type Namespace,
} from './batch.js';
import { hintOf, limitOf, wrongType } from '../arguments.js';
import type { Call } from '../call.js';
import type { Command, Server } from '../command.js';
import { insertMade, insertOne, upsertTooLarge } from './insert-one.js';

/**
 * The writer of the collection that a command names.
 * @param make makes the collection when it is missing; otherwise it stands for an empty one
 */
export function writerOf(server: Server, { db, collection }: Namespace, make: boolean): CollectionWriter {
  const { catalogue } = server;
  const info = make ? catalogue.ensure(db, collection) : catalogue.find(db, collection);
  if (!info) checkNamespace(db, collection);
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
  const textOf = textsOfErrors();
  const failed = (index: number, error: MongoError): void => {
    const { code, message, extra } = told(error, `Plan executor error during ${call.name}`);
    writeErrors.push({ index, code, errmsg: textOf(message), ...extra });
  };
  return runBatch(server, call, { length, ordered: call.ordered(), failed, ...parts }, () => ({
    ...counts(),
    ...(writeErrors.length > 0 ? { writeErrors } : {}),
    ok: 1,
  }));
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
export function queryOfOperation(
  call: Call,
  info: CollectionInfo | undefined,
  operation: Operation,
  limit: number,
): Query {
  const { q, hint, sort } = operation.plain;
  if (!isDoc(q)) throw wrongType(call.name, 'q', 'object', q);
  const filter = needsTypes(q) ? (operation.typed['q'] as Doc) : q;
  const evaluation = evaluationOf(call, info, operation);
  const deadline = call.deadline();
  return { filter, sort: (sort ?? undefined) as Doc | undefined, limit, hint: hintOf(hint), evaluation, deadline };
}

function evaluationOf(call: Call, info: CollectionInfo | undefined, { plain, typed }: Operation): Evaluation {
  const given = call.evaluation(info, plain['collation'], (typed['c'] ?? undefined) as Doc | undefined);
  return plain['upsert'] === true ? { ...given, withoutExpr: NO_EXPR_IN_UPSERT } : given;
}

/** Runs one operation of a `delete`; gives the number of documents that it removed, undefined when it is left. */
export function deleteOne(
  server: Server,
  call: Call,
  writer: CollectionWriter,
  operation: Operation,
  mayLeave: boolean,
): number | undefined {
  const query = queryOfOperation(call, writer.info, operation, limitOf(operation.plain));
  const found = matching(server, writer.info, query, mayLeave);
  for (const stored of found ?? []) writer.remove(stored.id, decodeTyped(stored.raw));
  return found?.length;
}

/** As `deleteOne`, for many documents, and after a long search. */
export async function deleteInSlices(
  server: Server,
  call: Call,
  place: Namespace,
  operation: Operation,
): Promise<number> {
  const info = server.catalogue.find(place.db, place.collection);
  const query = queryOfOperation(call, info, operation, limitOf(operation.plain));
  let n = 0;
  await (query.limit === 1 ? changeFirst : changeInSlices)(server, place, query, (writer, stored) => {
    writer.remove(stored.id, decodeTyped(stored.raw));
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
  const query = queryOfOperation(call, writer.info, { plain, typed }, plain['multi'] === true ? 0 : 1);
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
  const query = queryOfOperation(call, info, { plain, typed }, plain['multi'] === true ? 0 : 1);
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
  const { c = null, sort = null } = plain;
  if (c !== null && !Array.isArray(plain['u']))
    throw new MongoError(51198, 'Constant values may only be specified for pipeline updates');
  const update = compileUpdate(typed['u'], arrayFilters, evaluationOf(call, info, { plain, typed }));
  const multi = plain['multi'] === true;
  if (multi && sort !== null) throw new MongoError(9, 'Cannot specify sort with multi=true');
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
    if (raw.length > MAX_DOCUMENT_BYTES) throw updateTooLarge();
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
  const made = encoded(after, updateTooLarge);
  const raw = isKept(after['_id']) ? made : withIdOf(stored.raw, made);
  return { before, after, raw, changed: update.always === true || !raw.equals(stored.raw) };
}

function encoded(made: Doc, tooLarge: () => MongoError): Buffer {
  try {
    return Buffer.from(encode(made));
  } catch (error) {
    throw error instanceof MongoError && error.code === 10334 ? tooLarge() : error;
  }
}

const updateTooLarge = (): MongoError =>
  new MongoError(17419, `Resulting document after update is larger than ${MAX_DOCUMENT_BYTES}`);

/** Inserts what an upsert makes of its filter and its update. */
export function upsert(writer: CollectionWriter, update: Update, filter: Doc): Doc {
  const made = withId(update.apply(upsertBase(filter, update.replaces), { inserting: true, filter }));
  insertMade(writer, encoded(made, upsertTooLarge));
  return made;
}
