import { Double, Long } from 'bson';
import { decode, decodeTyped, embeddedIn, encode, isDoc, type Doc } from '../../document.js';
import { MongoError, told } from '../../errors.js';
import { show } from '../../language/values/show.js';
import { checkCommandLevels } from '../../nesting.js';
import type { CollectionWriter } from '../../store/collection.js';
import { cursorReply, type Reply } from '../../wire/message.js';
import { apiParameters } from '../api-version.js';
import { checkKnown, checkOperation, checkUpdate, missingField, tooSmall, wholeOf, wrongType } from '../arguments.js';
import type { Call } from '../call.js';
import { checkAdmin, type Command, type Server } from '../command.js';
import { sourceOf } from '../reading/cursors.js';
import { checkBatch, runBatch, type Batch, type Namespace } from './batch.js';
import { insertOne } from './insert-one.js';
import {
  deleteInSlices,
  deleteOne,
  updateInSlices,
  updateOne,
  writerOf,
  type Operation as SingleOperation,
  type UpdateResult,
} from './write.js';

/** Where the cursor of the results reads, as MongoDB calls it. */
const RESULTS = 'admin.$cmd.bulkWrite';
const OPERATIONS = 'bulkWrite.ops';
const NAMESPACES = 'bulkWrite.nsInfo';

interface Totals {
  nErrors: number;
  nInserted: number;
  nMatched: number;
  nModified: number;
  nUpserted: number;
  nDeleted: number;
}

/** `bulkWrite`: operations of all kinds over several collections; in how many transactions, `runBatch` says. */
export const BULK_WRITE_COMMANDS: Record<string, Command> = {
  bulkWrite: {
    fields: ['ops', 'nsInfo', 'ordered', 'errorsOnly', 'bypassDocumentValidation', 'let', 'cursor'],
    run: async (server, call) => {
      checkAdmin(call);
      call.optionalDoc('let');
      const namespaces = call.documents('nsInfo').map((info) => nameOf(decode(info)));
      const operations = call.documents('ops').map(operationOf);
      checkBatch(operations.length);
      const bulk = bulkOf(call, operations, namespaces.map(namespaceOf));
      const batchSize = call.batchSize() ?? Number.POSITIVE_INFINITY;
      return inBatches(server, call, await run(server, call, bulk), batchSize);
    },
  },
};

/** What `ns` of an entry of `nsInfo` says. */
function nameOf({ ns, ...others }: Doc): string {
  checkKnown(others, [], NAMESPACES);
  if (ns === undefined || ns === null) throw missingField(NAMESPACES, 'ns');
  if (typeof ns !== 'string') throw wrongType(NAMESPACES, 'ns', 'string', ns);
  return ns;
}

function namespaceOf(ns: string): Namespace {
  const dot = ns.indexOf('.');
  if (dot < 1 || dot === ns.length - 1) throw new MongoError(73, `Invalid namespace specified for bulkWrite: '${ns}'`);
  return { db: ns.slice(0, dot), collection: ns.slice(dot + 1) };
}

/** An operation with and without the types of its numbers. */
interface Operation {
  readonly kind: string;
  /** The place of its namespace. */
  readonly place: number;
  readonly plain: Doc;
  readonly typed: Doc;
  /** What an insert has, as it came. */
  readonly document: Buffer;
}

type Placed = Operation & { readonly namespace: Namespace };

/** A whole command, with nothing wrong in its form. */
interface Bulk {
  readonly operations: readonly Placed[];
  readonly ordered: boolean;
  readonly errorsOnly: boolean;
}

/** What each kind of operation must have, and may have, besides the place of its namespace. */
const FIELDS: Readonly<Record<string, { readonly required: readonly string[]; readonly optional: readonly string[] }>> =
  {
    insert: { required: ['document'], optional: [] },
    update: {
      required: ['filter', 'updateMods'],
      optional: ['multi', 'upsert', 'arrayFilters', 'hint', 'collation', 'sort', 'constants'],
    },
    delete: { required: ['filter'], optional: ['multi', 'hint', 'collation'] },
  };

/** Reads an operation; what is wrong with its form fails the whole command, before anything is written. */
function operationOf(raw: Buffer): Operation {
  const plain = decode(raw);
  checkCommandLevels(raw);
  const [kind = ''] = Object.keys(plain);
  const fields = Object.hasOwn(FIELDS, kind) ? FIELDS[kind] : undefined;
  if (!fields) throw new MongoError(40415, `BSON field 'bulkWrite.${kind}' is an unknown field.`);
  const { required, optional } = fields;
  checkKnown(plain, [kind, ...required, ...optional], OPERATIONS);
  const missing = required.find((name) => plain[name] === undefined || (name !== 'updateMods' && plain[name] === null));
  if (missing !== undefined) throw missingField(OPERATIONS, missing);
  const place = wholeOf(plain[kind], OPERATIONS, kind) ?? 0;
  if (place < 0) throw tooSmall(kind, 0, place);
  const object = kind === 'insert' ? 'document' : 'filter';
  if (!isDoc(plain[object])) throw wrongType(OPERATIONS, object, 'object', plain[object]);
  checkOperation(plain, OPERATIONS);
  if (kind === 'update') checkUpdate(plain['updateMods']);
  return { kind, place, plain, typed: decodeTyped(raw), document: embeddedIn(raw, 'document') ?? raw };
}

function bulkOf(call: Call, operations: readonly Operation[], namespaces: readonly Namespace[]): Bulk {
  return {
    ordered: call.ordered(),
    errorsOnly: call.flag('errorsOnly'),
    operations: operations.map((operation) => {
      const namespace = namespaces[operation.place];
      if (namespace) return { ...operation, namespace };
      throw new MongoError(2, `BulkWrite ops entry ${show(operation.plain)} has an invalid nsInfo index.`);
    }),
  };
}

function run(server: Server, call: Call, { operations, ordered, errorsOnly }: Bulk): Promise<Doc> {
  const totals: Totals = { nErrors: 0, nInserted: 0, nMatched: 0, nModified: 0, nUpserted: 0, nDeleted: 0 };
  const results: Doc[] = [];
  const add = (idx: number, result: Doc): void => {
    if (!errorsOnly) results.push({ ok: new Double(1), idx, ...result });
  };
  const at = (index: number): Placed => operations[index] as Placed;
  const batch: Batch = {
    length: operations.length,
    ordered,
    run: (index, mayLeave) => {
      const result = runOne(server, call, at(index), totals, mayLeave);
      if (result) add(index, result);
      return result !== undefined;
    },
    runLong: async (index) => add(index, await runInSlices(server, call, at(index), totals)),
    failed: (idx, error) => {
      totals.nErrors++;
      const { kind } = at(idx);
      const { code, message, extra } = told(error, `Plan executor error during ${kind}`);
      const none = kind === 'update' ? { n: 0, nModified: 0 } : { n: 0 };
      results.push({ ok: new Double(0), idx, code, errmsg: message, ...extra, ...none });
    },
  };
  const cursor = { id: Long.ZERO, ns: RESULTS, firstBatch: results };
  return runBatch(server, call, batch, () => ({ cursor, ...totals, ok: 1 }));
}

/** The answer with as many results as are wanted, and as one answer holds; a cursor gives the others. */
function inBatches(server: Server, call: Call, { cursor, ok: _ok, ...totals }: Doc, batchSize: number): Reply {
  const results = sourceOf(RESULTS, (cursor as { firstBatch: Doc[] }).firstBatch.map(encode));
  // Whoever takes no answer never reads on.
  const batch = server.cursors.first(results, batchSize, call.request.unacknowledged, apiParameters(call.request.args));
  return cursorReply('firstBatch', batch, batch.documents, totals);
}

/** Runs an operation; undefined when it is left. */
function runOne(server: Server, call: Call, operation: Placed, totals: Totals, mayLeave: boolean): Doc | undefined {
  const { kind, namespace, plain, document } = operation;
  const writer = (make: boolean): CollectionWriter => writerOf(server, namespace, make);
  switch (kind) {
    case 'insert':
      insertOne(writer(true), document);
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

async function runInSlices(server: Server, call: Call, operation: Placed, totals: Totals): Promise<Doc> {
  const { kind, namespace } = operation;
  return kind === 'update'
    ? updated(await updateInSlices(server, call, namespace, asUpdate(operation)), totals)
    : deleted(await deleteInSlices(server, call, namespace, asDelete(operation)), totals);
}

/** An operation as the command `update` has it. */
function asUpdate({ plain, typed }: Operation): SingleOperation {
  const named = (doc: Doc): Doc => ({ ...doc, q: doc['filter'], u: doc['updateMods'], c: doc['constants'] });
  return { plain: named(plain), typed: named(typed) };
}

/** An operation as the command `delete` has it. */
function asDelete({ plain, typed }: Operation): SingleOperation {
  const limit = plain['multi'] === true ? 0 : 1;
  return { plain: { ...plain, q: plain['filter'], limit }, typed: { ...typed, q: typed['filter'] } };
}

function updated({ n, nModified, upserted }: UpdateResult, totals: Totals): Doc {
  if (upserted !== undefined) {
    totals.nUpserted++;
    return { n: 1, nModified: 0, upserted: { index: 0, _id: upserted } };
  }
  totals.nMatched += n;
  totals.nModified += nModified;
  return { n, nModified };
}

function deleted(n: number, totals: Totals): Doc {
  totals.nDeleted += n;
  return { n };
}
