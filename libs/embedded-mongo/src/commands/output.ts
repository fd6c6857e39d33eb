import { randomUUID } from 'node:crypto';
import { decodeTyped, isDoc, withIdFirst, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { compileExpression, scopeOf } from '../language/expression.js';
import { BINARY } from '../language/ordering.js';
import { MISSING, someAt } from '../language/paths.js';
import { compileUpdate } from '../language/update.js';
import { isView, type CollectionInfo } from '../store/catalogue.js';
import { checkNamespace } from '../store/namespace.js';
import { scan } from '../store/scan.js';
import { checkKnown } from './arguments.js';
import { eachInSlices, type Namespace } from './batch.js';
import type { Server } from './command.js';
import { insertOne } from './insert-one.js';
import { change, writerOf } from './write.js';

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

/** @throws MongoError 166 when the documents are for a view, 73 for a name that no collection may have */
export function checkTarget({ catalogue }: Server, { db, collection }: Output): void {
  const found = catalogue.find(db, collection);
  if (!found) checkNamespace(db, collection);
  else if (isView(found)) throw new MongoError(166, `Namespace ${db}.${collection} is a view, not a collection`);
}

/** Writes what a pipeline gave. Others are served meanwhile: they see `$merge` half done, and `$out` when it is done. */
export async function writeOutput(server: Server, output: Output, documents: readonly Buffer[]): Promise<void> {
  if (output.kind === 'out') return replaceCollection(server, output, documents);
  const isById = output.on.includes('_id');
  return eachInSlices(server, documents, (raw) => merge(server, output, isById ? withIdFirst(raw) : raw));
}

/** The new documents stand in a collection like the old one beside it, which is replaced when all are in. */
async function replaceCollection(server: Server, to: Output, documents: readonly Buffer[]): Promise<void> {
  const { catalogue, environment } = server;
  const beside = { db: to.db, collection: `${UNFINISHED}${randomUUID()}` };
  const shape = (): string => JSON.stringify(shapeOf(catalogue.find(to.db, to.collection)));
  const before = shape();
  try {
    await environment.write(() => makeLike(server, beside, catalogue.find(to.db, to.collection)));
    await eachInSlices(server, documents, (raw) => insertOne(writerOf(server, beside, false), raw));
    await environment.write(() => {
      checkTarget(server, to);
      if (shape() !== before)
        throw new MongoError(125, `indexes or options of ${to.db}.${to.collection} changed while $out was running`);
      const old = catalogue.find(to.db, to.collection);
      const fresh = catalogue.find(beside.db, beside.collection);
      if (!fresh) throw new MongoError(175, `collection dropped or renamed: ${beside.db}.${beside.collection}`);
      if (old) catalogue.drop(old);
      catalogue.rename(fresh, to.db, to.collection);
    });
  } catch (error) {
    // Where the disk fails it stays, until the next start.
    await environment.write(() => dropIfThere(server, beside)).catch(() => undefined);
    throw error;
  }
}

/** What the names of collections begin with that `$out` has not done with. */
const UNFINISHED = 'tmp.agg_out.';

/** Removes what a process that ended left of `$out`. */
export async function removeUnfinished(server: Pick<Server, 'catalogue' | 'environment'>): Promise<void> {
  const unfinished = server.catalogue.list().filter(({ name }) => /^tmp\.agg_out\.[\da-f-]{36}$/.test(name));
  if (unfinished.length === 0) return;
  await server.environment.write(() => unfinished.forEach((info) => server.catalogue.drop(info)));
}

function shapeOf(info: CollectionInfo | undefined): unknown {
  return info && { options: info.options, indexes: info.indexes.map(({ spec }) => spec) };
}

function makeLike(server: Server, { db, collection }: Namespace, old: CollectionInfo | undefined): void {
  const fresh = server.catalogue.ensure(db, collection, old?.options);
  for (const { spec, fields } of old?.indexes ?? []) server.catalogue.addIndex(fresh, { spec, fields: [...fields] });
}

function dropIfThere({ catalogue }: Server, { db, collection }: Namespace): void {
  const info = catalogue.find(db, collection);
  if (info) catalogue.drop(info);
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
