import { Long } from 'bson';
import { decode, decodeTyped, encode, isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { checkCommandLevels } from '../nesting.js';
import type { CollectionWriter } from '../store/collection.js';
import { cursorReply, type Reply } from '../wire/message.js';
import {
  checkAdmin,
  checkBoolean,
  checkKnown,
  write,
  wrongType,
  type Call,
  type Command,
  type Server,
} from './command.js';
import { sourceOf } from './cursors.js';
import { checkBatch, deleteOne, failureOf, insertOne, updateOne, writerOf, type Namespace } from './write.js';

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
      const ordered = call.ordered();
      const batchSize = call.batchSize() ?? Number.POSITIVE_INFINITY;
      return inBatches(
        server,
        call,
        await write(server, call, () => run(server, call, operations, ordered)),
        batchSize,
      );
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
  if (!isDoc(plain[object])) throw wrongType(kind, object, 'object', plain[object]);
  for (const name of ['multi', 'upsert']) checkBoolean(plain[name], kind, name);
  const namespace = namespaces[Number(plain[kind])];
  if (!namespace)
    throw new MongoError(2, `BulkWrite ops entry { ${kind}: ${String(plain[kind])} } has an invalid nsInfo index.`);
  return { kind, namespace, plain, typed: decodeTyped(raw) };
}

function run(server: Server, call: Call, operations: readonly Operation[], ordered: boolean): Doc {
  const totals: Totals = { nErrors: 0, nInserted: 0, nMatched: 0, nModified: 0, nUpserted: 0, nDeleted: 0 };
  const results: Doc[] = [];
  for (const [idx, operation] of operations.entries()) {
    try {
      const result = runOne(server, call, operation, totals);
      if (!call.flag('errorsOnly')) results.push({ ok: 1, idx, ...result });
    } catch (error) {
      const { code, message, extra } = failureOf(error);
      totals.nErrors++;
      results.push({ ok: 0, idx, code, errmsg: message, n: 0, ...extra });
      if (ordered) break;
    }
  }
  return { cursor: { id: Long.ZERO, ns: RESULTS, firstBatch: results }, ...totals, ok: 1 };
}

/** The answer with as many results as are wanted, and as one answer holds; a cursor gives the others. */
function inBatches(server: Server, call: Call, { cursor, ok: _ok, ...totals }: Doc, batchSize: number): Reply {
  const results = sourceOf(RESULTS, (cursor as { firstBatch: Doc[] }).firstBatch.map(encode));
  // Whoever takes no answer never reads on.
  const batch = server.cursors.first(results, batchSize, call.request.unacknowledged);
  return cursorReply('firstBatch', batch, batch.documents, totals);
}

function runOne(server: Server, call: Call, { kind, namespace, plain, typed }: Operation, totals: Totals): Doc {
  const writer = (make: boolean): CollectionWriter => writerOf(server, namespace, make);
  switch (kind) {
    case 'insert': {
      insertOne(writer(true), Buffer.from(encode(typed['document'] as Doc)));
      totals.nInserted++;
      return { n: 1 };
    }
    case 'update': {
      const asUpdate = (operation: Doc): Doc => ({ ...operation, q: operation['filter'], u: operation['updateMods'] });
      const upserts = plain['upsert'] === true;
      const result = updateOne(server, call, writer(upserts), asUpdate(plain), asUpdate(typed));
      if (result.upserted !== undefined) {
        totals.nUpserted++;
        return { n: 1, nModified: 0, upserted: { _id: result.upserted } };
      }
      totals.nMatched += result.n;
      totals.nModified += result.nModified;
      return { n: result.n, nModified: result.nModified };
    }
    default: {
      const operation = { ...plain, q: plain['filter'], limit: plain['multi'] === true ? 0 : 1 };
      const n = deleteOne(server, call, writer(false), operation);
      totals.nDeleted += n;
      return { n };
    }
  }
}
