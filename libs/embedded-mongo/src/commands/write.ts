import { decode, decodeTyped, encode, isDoc, MAX_DOCUMENT_BYTES, withIdFirst, type Doc } from '../document.js';
import { MongoError, toMongoError } from '../errors.js';
import { checkStoredLevels } from '../nesting.js';
import { isRegExp } from '../language/regex.js';
import { compileUpdate, upsertBase, withId, type Update } from '../language/update.js';
import { isView, type CollectionInfo } from '../store/catalogue.js';
import { CollectionWriter, type Stored } from '../store/collection.js';
import { StoreFailure } from '../store/transactions.js';
import { scan, type Query } from '../store/scan.js';
import { hintOf, limitOf, write, wrongType, type Call, type Command, type Server } from './command.js';

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

/** A database and one of its collections. */
export interface Namespace {
  readonly db: string;
  readonly collection: string;
}

/** Commands that write batches of documents. */
export const WRITE_COMMANDS: Record<string, Command> = {
  insert: {
    fields: ['documents', 'ordered', 'bypassDocumentValidation'],
    run: (server, call) => {
      const documents = call.documents('documents');
      checkBatch(documents.length);
      const ordered = call.ordered();
      return write(server, call, () => {
        const writer = writerOf(server, call, true);
        let n = 0;
        const writeErrors = eachOf(documents, ordered, (raw) => {
          insertOne(writer, raw);
          n++;
        });
        return { n, ...writeErrors, ok: 1 };
      });
    },
  },
  update: {
    fields: ['updates', 'ordered', 'bypassDocumentValidation', 'let'],
    run: (server, call) => {
      const operations = call.operations('updates');
      checkBatch(operations.length);
      const ordered = call.ordered();
      const upserts = operations.some(({ plain }) => plain['upsert'] === true);
      return write(server, call, () => {
        const writer = writerOf(server, call, upserts);
        const totals = { n: 0, nModified: 0 };
        const upserted: Doc[] = [];
        const writeErrors = eachOf(operations, ordered, ({ plain, typed }, index) => {
          const result = updateOne(server, call, writer, plain, typed);
          totals.n += result.n;
          totals.nModified += result.nModified;
          if (result.upserted !== undefined) upserted.push({ index, _id: result.upserted });
        });
        return { ...totals, ...(upserted.length > 0 ? { upserted } : {}), ...writeErrors, ok: 1 };
      });
    },
  },
  delete: {
    fields: ['deletes', 'ordered', 'let'],
    run: (server, call) => {
      const operations = call.operations('deletes');
      checkBatch(operations.length);
      const ordered = call.ordered();
      return write(server, call, () => {
        const writer = writerOf(server, call, false);
        let n = 0;
        const writeErrors = eachOf(operations, ordered, ({ plain }) => {
          n += deleteOne(server, call, writer, plain);
        });
        return { n, ...writeErrors, ok: 1 };
      });
    },
  },
};

/** @throws MongoError 16 when a batch has no operation, or more than 100,000 */
export function checkBatch(size: number): void {
  if (size >= 1 && size <= 100_000) return;
  throw new MongoError(16, `Write batch sizes must be between 1 and 100000. Got ${size} operations.`);
}

/** Runs each operation; the first failure ends an ordered batch, an unordered one goes on. */
function eachOf<T>(operations: readonly T[], ordered: boolean, run: (operation: T, index: number) => void): Doc {
  const writeErrors: Doc[] = [];
  for (const [index, operation] of operations.entries()) {
    try {
      run(operation, index);
    } catch (error) {
      const { code, message, extra } = failureOf(error);
      writeErrors.push({ index, code, errmsg: message, ...extra });
      if (ordered) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}

/**
 * What an operation threw, as its batch tells it.
 * @throws what ends the whole batch: a failure of the store, and time that is over
 */
export function failureOf(error: unknown): MongoError {
  const failure = toMongoError(error);
  if (error instanceof StoreFailure || failure.code === 50) throw error;
  return failure;
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

/** The documents that an operation is for, all found before the first is changed. */
function matching(server: Server, call: Call, writer: CollectionWriter, operation: Doc, limit: number): Stored[] {
  const query = { ...queryOfOperation(call, writer.info, operation, limit), deadline: call.deadline() };
  return [...scan(server.environment, writer.info, query).documents];
}

/** What one operation of a batch asks for, with the order and the index that it names itself. */
export function queryOfOperation(call: Call, info: CollectionInfo | undefined, operation: Doc, limit: number): Query {
  const filter = operation['q'];
  if (!isDoc(filter)) throw wrongType(call.name, 'q', 'object', filter);
  const sort = (operation['sort'] ?? undefined) as Doc | undefined;
  const hint = hintOf(operation['hint']);
  return { filter, sort, limit, hint, evaluation: call.evaluation(info, operation['collation']) };
}

/** Runs one operation of a `delete`; gives the number of documents that it removed. */
export function deleteOne(server: Server, call: Call, writer: CollectionWriter, operation: Doc): number {
  const found = matching(server, call, writer, operation, limitOf(operation));
  for (const stored of found) writer.remove(stored.id, decode(stored.raw));
  return found.length;
}

/** What one operation of an `update` did. */
export interface UpdateResult {
  n: number;
  nModified: number;
  upserted?: unknown;
}

export function updateOne(server: Server, call: Call, writer: CollectionWriter, plain: Doc, typed: Doc): UpdateResult {
  const update = updateOf(call, writer.info, plain, typed);
  const multi = plain['multi'] === true;
  const found = matching(server, call, writer, plain, multi ? 0 : 1);
  if (found.length === 0 && plain['upsert'] === true) {
    const inserted = executing('update', () => upsert(writer, update, typed['q'] as Doc));
    return { n: 1, nModified: 0, upserted: inserted['_id'] };
  }
  let nModified = 0;
  executing('update', () => {
    for (const stored of found) if (change(writer, stored, update, plain['q'] as Doc).changed) nModified++;
  });
  return { n: found.length, nModified };
}

/** Does what a command has planned: what is refused then, MongoDB tells with the name of the command before it. */
export function executing<T>(command: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof MongoError)) throw error;
    throw new MongoError(
      error.code,
      `Plan executor error during ${command} :: caused by :: ${error.message}`,
      error.extra,
    );
  }
}

/** Compiles what one operation of an `update` makes of each document. */
export function updateOf(call: Call, info: CollectionInfo, plain: Doc, typed: Doc): Update {
  const update = compileUpdate(
    typed['u'],
    (plain['arrayFilters'] ?? undefined) as Doc[] | undefined,
    call.evaluation(info, plain['collation']),
  );
  const multi = plain['multi'] === true;
  if (multi && plain['sort'] !== undefined) throw new MongoError(9, 'Cannot specify sort with multi=true');
  if (multi && update.replaces) throw new MongoError(9, 'multi update is not supported for replacement-style update');
  return update;
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
