import { decodeTyped, isDoc, withIdFirst, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { compileExpression, scopeOf } from '../language/expression.js';
import { BINARY } from '../language/ordering.js';
import { MISSING, someAt } from '../language/paths.js';
import { compileUpdate } from '../language/update.js';
import { isView, type CollectionInfo } from '../store/catalogue.js';
import { checkNamespace } from '../store/namespace.js';
import { CollectionWriter } from '../store/collection.js';
import { scan } from '../store/scan.js';
import { checkKnown } from './arguments.js';
import type { Server } from './command.js';
import { change, insertOne, writerOf } from './write.js';

/** Where `$out` or `$merge` at the end of a pipeline puts its documents. */
export type Output =
  | { readonly kind: 'out'; readonly db: string; readonly collection: string }
  | {
      readonly kind: 'merge';
      readonly db: string;
      readonly collection: string;
      readonly on: readonly string[];
      readonly variables: Doc;
      readonly whenMatched: string | readonly Doc[];
      readonly whenNotMatched: string;
    };

const WHEN_MATCHED = ['replace', 'keepExisting', 'merge', 'fail'];
const WHEN_NOT_MATCHED = ['insert', 'discard', 'fail'];

/**
 * Reads a pipeline's last stage; undefined when it does not write.
 * @throws MongoError 9 for what is no specification of `$out` or `$merge`
 */
export function outputOf(stage: Doc | undefined, db: string): Output | undefined {
  if (stage && '$out' in stage) return { kind: 'out', ...target(stage['$out'], db, '$out') };
  if (!stage || !('$merge' in stage)) return undefined;
  const spec = isDoc(stage['$merge']) ? stage['$merge'] : { into: stage['$merge'] };
  const { into, on = '_id', let: variables, whenMatched = 'merge', whenNotMatched = 'insert', ...others } = spec;
  checkKnown(others, [], '$merge');
  if (variables !== undefined && !Array.isArray(whenMatched))
    throw new MongoError(51199, `Cannot use 'let' variables with 'whenMatched: ${String(whenMatched)}' mode`);
  const known = Array.isArray(whenMatched) || WHEN_MATCHED.includes(String(whenMatched));
  if (!known) throw new MongoError(9, `$merge: '${String(whenMatched)}' is not a value of whenMatched`);
  if (!WHEN_NOT_MATCHED.includes(String(whenNotMatched)))
    throw new MongoError(9, `$merge: '${String(whenNotMatched)}' is not a value of whenNotMatched`);
  return {
    kind: 'merge',
    ...target(into, db, '$merge'),
    on: (Array.isArray(on) ? on : [on]).map(String),
    variables: (variables ?? {}) as Doc,
    whenMatched: whenMatched as string | Doc[],
    whenNotMatched: String(whenNotMatched),
  };
}

function target(value: unknown, db: string, stage: string): { db: string; collection: string } {
  if (typeof value === 'string') return { db, collection: value };
  const named: Doc = isDoc(value) ? { db, ...value } : {};
  checkKnown(named, ['db', 'coll'], stage);
  if (typeof named['coll'] === 'string' && typeof named['db'] === 'string')
    return { db: named['db'], collection: named['coll'] };
  throw new MongoError(9, `${stage} needs the name of a collection, or { db, coll }`);
}

/** Writes what a pipeline gave; it runs inside a write. */
export function writeOutput(server: Server, output: Output, documents: Iterator<Uint8Array>): void {
  const found = server.catalogue.find(output.db, output.collection);
  if (found && isView(found))
    throw new MongoError(166, `Namespace ${output.db}.${output.collection} is a view, not a collection`);
  if (!found) checkNamespace(output.db, output.collection);
  // What is written may be what is read: all of it is read first.
  const all: Buffer[] = [];
  for (let next = documents.next(); !next.done; next = documents.next()) all.push(Buffer.from(next.value));
  if (output.kind === 'out') replaceCollection(server, output, found, all);
  else for (const raw of all) merge(server, output, output.on.includes('_id') ? withIdFirst(raw) : raw);
}

/** The new documents stand in a collection like the old one beside it, which is replaced when all are in. */
function replaceCollection(server: Server, to: Output, old: CollectionInfo | undefined, all: readonly Buffer[]): void {
  const { catalogue } = server;
  const fresh = catalogue.ensure(to.db, `tmp.agg_out.${old?.id ?? 0}`, old?.options);
  try {
    for (const index of old?.indexes ?? []) catalogue.addIndex(fresh, { spec: index.spec, fields: [...index.fields] });
    const writer = new CollectionWriter(server.environment, catalogue, fresh);
    for (const raw of all) insertOne(writer, raw);
  } catch (error) {
    catalogue.drop(fresh);
    throw error;
  }
  if (old) catalogue.drop(old);
  catalogue.rename(fresh, to.db, to.collection);
}

type Merge = Output & { readonly kind: 'merge' };

/** `$$new` is the document that is merged in, of which the variables of the stage are computed. */
function variablesFor({ variables }: Merge, fresh: Doc): Doc {
  const compute = compileExpression(variables, { ordering: BINARY, known: new Set() });
  return { new: fresh, ...(compute(scopeOf(fresh, {})) as Doc) };
}

function merge(server: Server, output: Merge, raw: Buffer): void {
  const writer = writerOf(server, output, true);
  checkUnique(writer.info, output.on);
  const fresh = decodeTyped(raw);
  const filter = { $and: output.on.map((path) => ({ [path]: { $eq: identifying(fresh, path) } })) };
  const [stored] = scan(server.environment, writer.info, { filter, limit: 1 }).documents;
  if (!stored) {
    if (output.whenNotMatched === 'fail')
      throw new MongoError(13113, '$merge could not find a matching document in the target collection');
    if (output.whenNotMatched === 'insert') insertOne(writer, raw);
    return;
  }
  if (output.whenMatched === 'keepExisting') return;
  // The insertion says which key is there already, in MongoDB's words.
  if (output.whenMatched === 'fail') return void insertOne(writer, raw);
  change(
    writer,
    stored,
    compileUpdate(updateFor(output.whenMatched, fresh), [], { variables: variablesFor(output, fresh) }),
    filter,
  );
}

function updateFor(whenMatched: string | readonly Doc[], fresh: Doc): unknown {
  if (typeof whenMatched !== 'string') return whenMatched;
  if (whenMatched === 'replace') return fresh;
  const { _id, ...fields } = fresh;
  return { $set: _id === undefined ? fields : { ...fields } };
}

/** What tells documents apart must be unique, or one document could match several. */
function checkUnique(info: CollectionInfo, on: readonly string[]): void {
  const wanted = [...on].sort().join();
  const unique = info.indexes.some(
    (index) =>
      index.unique &&
      !index.partial &&
      index.fields
        .map((field) => field.path)
        .sort()
        .join() === wanted,
  );
  if (wanted !== '_id' && !unique)
    throw new MongoError(51183, 'Cannot find index to verify that join fields will be unique');
}

function identifying(doc: Doc, path: string): unknown {
  let found: unknown = MISSING;
  someAt(doc, path.split('.'), (leaf) => {
    found = leaf;
    return true;
  });
  if (found === MISSING || found === null || Array.isArray(found))
    throw new MongoError(
      51132,
      `$merge write error: 'on' field cannot be missing, null, undefined or an array: ${path}`,
    );
  return found;
}
