import { Long } from 'bson';
import { decode, decodeTyped, encode, isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { checkCommandLevels } from '../nesting.js';
import type { CollectionWriter } from '../store/collection.js';
import { cursorReply, type Reply } from '../wire/message.js';
import { checkAdmin, checkBoolean, checkKnown, wrongType, type Call, type Command, type Server } from './command.js';
import { sourceOf } from './cursors.js';
import { runBatch, type Batch, type Namespace } from './batch.js';
import {
  checkBatch,
  deleteInSlices,
  deleteOne,
  insertOne,
  updateInSlices,
  updateOne,
  writerOf,
  type Operation as SingleOperation,
  type UpdateResult,
} from './write.js';

/** Where the cursor of the results reads, as MongoDB calls it. */
const RESULTS = 'admin.$cmd.bulkWrite';

interface Totals {
  nErrors: number;
  nInserted: number;
  nMatched: number;
  nModified: number;
  nUpserted: number;
  nDeleted: number;
}

/** `bulkWrite`: operations of all kinds over several collections, in one transaction. */
export const BULK_WRITE_COMMANDS: Record<string, Command> = {
  bulkWrite: {
    fields: ['ops', 'nsInfo', 'ordered', 'errorsOnly', 'bypassDocumentValidation', 'let', 'cursor'],
    run: async (server, call) => {
      checkAdmin(call);
      const namespaces = call.documents('nsInfo').map((info) => namespaceOf(decode(info)));
      const operations = call.documents('ops').map((raw) => operationOf(raw, namespaces));
      checkBatch(operations.length);
      const batchSize = call.batchSize() ?? Number.POSITIVE_INFINITY;
      return inBatches(server, call, await run(server, call, operations), batchSize);
    },
  },
};

function namespaceOf({ ns, ...others }: Doc): Namespace {
  checkKnown(others, [], 'nsInfo');
  const dot = typeof ns === 'string' ? ns.indexOf('.') : -1;
  if (dot < 1) throw new MongoError(73, `Invalid namespace specified '${String(ns)}'`);
  return { db: String(ns).slice(0, dot), collection: String(ns).slice(dot + 1) };
}

/** An operation with and without the types of its numbers. */
interface Operation {
  readonly kind: string;
  readonly namespace: Namespace;
  readonly plain: Doc;
  readonly typed: Doc;
}

/** What each kind of operation must have, and may have, besides the place of its namespace. */
const FIELDS: Readonly<Record<string, { readonly required: readonly string[]; readonly optional: readonly string[] }>> =
  {
    insert: { required: ['document'], optional: [] },
    update: {
      required: ['filter', 'updateMods'],
      optional: ['multi', 'upsert', 'arrayFilters', 'hint', 'collation', 'sort'],
    },
    delete: { required: ['filter'], optional: ['multi', 'hint', 'collation'] },
  };

/** Reads an operation; what is wrong with its form fails the whole command, before anything is written. */
function operationOf(raw: Buffer, namespaces: readonly Namespace[]): Operation {
  const plain = decode(raw);
  checkCommandLevels(raw);
  const [kind = ''] = Object.keys(plain);
  const fields = Object.hasOwn(FIELDS, kind) ? FIELDS[kind] : undefined;
  if (!fields)
    throw new MongoError(9, `BSON field 'bulkWrite.ops.${kind}' is not an operation: insert, update or delete`);
  const { required, optional } = fields;
  checkKnown(plain, [kind, ...required, ...optional], kind);
  const missing = required.find((name) => plain[name] === undefined);
  if (missing !== undefined)
    throw new MongoError(40414, `BSON field '${kind}.${missing}' is missing but a required field`);
  const object = kind === 'insert' ? 'document' : 'filter';
  if (!isDoc(plain[object])) throw wrongType(kind, object, 'object');
  for (const name of ['multi', 'upsert']) checkBoolean(plain[name], kind, name);
  const namespace = namespaces[Number(plain[kind])];
  if (!namespace)
    throw new MongoError(2, `BulkWrite ops entry { ${kind}: ${String(plain[kind])} } has an invalid nsInfo index.`);
  return { kind, namespace, plain, typed: decodeTyped(raw) };
}

function run(server: Server, call: Call, operations: readonly Operation[]): Promise<Doc> {
  const totals: Totals = { nErrors: 0, nInserted: 0, nMatched: 0, nModified: 0, nUpserted: 0, nDeleted: 0 };
  const results: Doc[] = [];
  const add = (idx: number, result: Doc): void => {
    if (!call.flag('errorsOnly')) results.push({ ok: 1, idx, ...result });
  };
  const at = (index: number): Operation => operations[index] as Operation;
  const batch: Batch = {
    length: operations.length,
    ordered: call.ordered(),
    run: (index, mayLeave) => {
      const result = runOne(server, call, at(index), totals, mayLeave);
      if (result) add(index, result);
      return result !== undefined;
    },
    runLong: async (index) => add(index, await runInSlices(server, call, at(index), totals)),
    failed: (idx, { code, message, extra }) => {
      totals.nErrors++;
      results.push({ ok: 0, idx, code, errmsg: message, n: 0, ...extra });
    },
  };
  const cursor = { id: Long.ZERO, ns: RESULTS, firstBatch: results };
  return runBatch(server, call, batch, () => ({ cursor, ...totals, ok: 1 }));
}

/** The answer with as many results as are wanted, and as one answer holds; a cursor gives the others. */
function inBatches(server: Server, call: Call, { cursor, ok: _ok, ...totals }: Doc, batchSize: number): Reply {
  const results = sourceOf(RESULTS, (cursor as { firstBatch: Doc[] }).firstBatch.map(encode));
  // Whoever takes no answer never reads on.
  const batch = server.cursors.first(results, batchSize, call.request.unacknowledged);
  return cursorReply('firstBatch', batch, batch.documents, totals);
}

/** Runs an operation; undefined when it is left. */
function runOne(server: Server, call: Call, operation: Operation, totals: Totals, mayLeave: boolean): Doc | undefined {
  const { kind, namespace, plain, typed } = operation;
  const writer = (make: boolean): CollectionWriter => writerOf(server, namespace, make);
  switch (kind) {
    case 'insert':
      insertOne(writer(true), Buffer.from(encode(typed['document'] as Doc)));
      totals.nInserted++;
      return { n: 1 };
    case 'update': {
      const upserts = plain['upsert'] === true;
      const result = updateOne(server, call, writer(upserts), asUpdate(operation), mayLeave);
      return result && updated(result, totals);
    }
    default: {
      const n = deleteOne(server, call, writer(false), asDelete(operation), mayLeave);
      return n === undefined ? undefined : deleted(n, totals);
    }
  }
}

async function runInSlices(server: Server, call: Call, operation: Operation, totals: Totals): Promise<Doc> {
  const { kind, namespace } = operation;
  return kind === 'update'
    ? updated(await updateInSlices(server, call, namespace, asUpdate(operation)), totals)
    : deleted(await deleteInSlices(server, call, namespace, asDelete(operation)), totals);
}

/** An operation as the command `update` has it. */
function asUpdate({ plain, typed }: Operation): SingleOperation {
  const named = (doc: Doc): Doc => ({ ...doc, q: doc['filter'], u: doc['updateMods'] });
  return { plain: named(plain), typed: named(typed) };
}

/** An operation as the command `delete` has it. */
function asDelete({ plain, typed }: Operation): SingleOperation {
  return { plain: { ...plain, q: plain['filter'], limit: plain['multi'] === true ? 0 : 1 }, typed };
}

function updated({ n, nModified, upserted }: UpdateResult, totals: Totals): Doc {
  if (upserted !== undefined) {
    totals.nUpserted++;
    return { n: 1, nModified: 0, upserted: { _id: upserted } };
  }
  totals.nMatched += n;
  totals.nModified += nModified;
  return { n, nModified };
}

function deleted(n: number, totals: Totals): Doc {
  totals.nDeleted += n;
  return { n };
}
