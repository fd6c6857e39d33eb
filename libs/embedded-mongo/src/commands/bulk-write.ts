import { Long } from 'bson';
import { decode, decodeTyped, encode, isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import type { CollectionWriter } from '../store/collection.js';
import { checkKnown, write, wrongType, type Call, type Command, type Server } from './command.js';
import { checkBatch, deleteOne, failureOf, insertOne, updateOne, writerOf, type Namespace } from './write.js';

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
    run: (server, call) => {
      if (call.db !== 'admin') throw new MongoError(13, 'bulkWrite may only be run against the admin database.');
      const operations = call.documents('ops').map(operationOf);
      checkBatch(operations.length);
      const namespaces = call.documents('nsInfo').map((info) => namespaceOf(decode(info)));
      return write(server, call, () => run(server, call, operations, namespaces));
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
  readonly plain: Doc;
  readonly typed: Doc;
}

/** What each kind of operation may have besides the place of its namespace. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  insert: ['document'],
  update: ['filter', 'updateMods', 'multi', 'upsert', 'arrayFilters', 'hint', 'collation', 'sort'],
  delete: ['filter', 'multi', 'hint', 'collation'],
};

function operationOf(raw: Buffer): Operation {
  const plain = decode(raw);
  const [kind = ''] = Object.keys(plain);
  const known = Object.hasOwn(KNOWN, kind) ? KNOWN[kind] : undefined;
  if (!known)
    throw new MongoError(9, `BSON field 'bulkWrite.ops.${kind}' is not an operation: insert, update or delete`);
  checkKnown(plain, [kind, ...known], kind);
  return { kind, plain, typed: decodeTyped(raw) };
}

function run(server: Server, call: Call, operations: readonly Operation[], namespaces: readonly Namespace[]): Doc {
  const totals: Totals = { nErrors: 0, nInserted: 0, nMatched: 0, nModified: 0, nUpserted: 0, nDeleted: 0 };
  const ordered = call.value('ordered') !== false;
  const results: Doc[] = [];
  for (const [idx, operation] of operations.entries()) {
    try {
      const result = runOne(server, call, operation, namespaces, totals);
      if (!call.flag('errorsOnly')) results.push({ ok: 1, idx, ...result });
    } catch (error) {
      const { code, message, extra } = failureOf(error);
      totals.nErrors++;
      results.push({ ok: 0, idx, code, errmsg: message, n: 0, ...extra });
      if (ordered) break;
    }
  }
  return { cursor: { id: Long.ZERO, ns: 'admin.$cmd.bulkWrite', firstBatch: results }, ...totals, ok: 1 };
}

function runOne(
  server: Server,
  call: Call,
  { kind, plain, typed }: Operation,
  namespaces: readonly Namespace[],
  totals: Totals,
): Doc {
  const namespace = namespaces[Number(plain[kind])];
  if (!namespace) throw new MongoError(2, `BulkWrite ops entry ${kind} has an invalid nsInfo index.`);
  const writer = (make: boolean): CollectionWriter => writerOf(server, namespace, make);
  switch (kind) {
    case 'insert': {
      const document = typed['document'];
      if (!isDoc(document)) throw wrongType('bulkWrite', 'ops.document', 'object');
      insertOne(writer(true), Buffer.from(encode(document)));
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
