import { randomUUID } from 'node:crypto';
import { decodeTyped, isDoc, withIdFirst, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { compileExpression, scopeOf } from '../../language/expression.js';
import type { Evaluation } from '../../language/filters/filter.js';
import { BINARY, type Ordering } from '../../language/values/ordering.js';
import { compileUpdate, type Update } from '../../language/updates/update.js';
import { isView, type CollectionInfo } from '../../store/catalogue.js';
import { scan } from '../../store/scan/scan.js';
import { eachInSlices, type Namespace } from '../writing/batch.js';
import type { Server } from '../command.js';
import { insertOne } from '../writing/insert-one.js';
import { change, writerOf } from '../writing/write.js';
import type { Output } from './output-spec.js';
import { ownCollation, sameCollation } from './view-graph.js';

/** @throws MongoError 166 when the documents are for a view, 51183 where nothing tells those of a collection apart */
export function checkTarget({ catalogue }: Server, output: Output, { ordering }: Evaluation): void {
  const { db, collection } = output;
  const found = catalogue.find(db, collection);
  if (found && isView(found)) throw new MongoError(166, `Namespace ${db}.${collection} is a view, not a collection`);
  if (output.kind === 'merge') checkUnique(found, output.on, ordering);
}

/** Writes what a pipeline gives. Others are served meanwhile: they see `$merge` half done, and `$out` when it is done. */
export async function writeOutput(
  server: Server,
  output: Output,
  batches: AsyncIterable<readonly Buffer[]>,
  evaluation: Evaluation,
): Promise<void> {
  if (output.kind === 'out') return replaceCollection(server, output, batches, evaluation);
  const isById = output.on.includes('_id');
  for await (const documents of batches)
    await eachInSlices(server, documents, (raw) => merge(server, output, isById ? withIdFirst(raw) : raw, evaluation));
}

/** The new documents stand in a collection like the old one beside it, which is replaced when all are in. */
async function replaceCollection(
  server: Server,
  to: Output,
  batches: AsyncIterable<readonly Buffer[]>,
  evaluation: Evaluation,
): Promise<void> {
  const { catalogue, environment } = server;
  const beside = { db: to.db, collection: `${UNFINISHED}${randomUUID()}` };
  const shape = (): string => JSON.stringify(shapeOf(catalogue.find(to.db, to.collection)));
  const before = shape();
  try {
    await environment.write(() => makeLike(server, beside, catalogue.find(to.db, to.collection)));
    for await (const documents of batches)
      await eachInSlices(server, documents, (raw) => insertOne(writerOf(server, beside, false), raw));
    await environment.write(() => {
      checkTarget(server, to, evaluation);
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
function variablesFor(output: Merge, fresh: Doc, { ordering = BINARY, variables = {} }: Evaluation): Doc {
  const known = new Set(Object.keys(variables));
  const own = Object.entries(output.variables).map(([name, spec]) => [
    name,
    compileExpression(spec, { ordering, known })(scopeOf(fresh, variables)),
  ]);
  return { ...variables, new: fresh, ...(Object.fromEntries(own) as Doc) };
}

function merge(server: Server, output: Merge, raw: Buffer, evaluation: Evaluation): void {
  const writer = writerOf(server, output, true);
  checkUnique(writer.info, output.on, evaluation.ordering);
  const fresh = decodeTyped(raw);
  const filter = { $and: output.on.map((path) => ({ [path]: { $eq: identifying(fresh, path) } })) };
  const [stored] = scan(server.environment, writer.info, { filter, limit: 1, evaluation }).documents;
  const { whenMatched } = output;
  const { ordering } = evaluation;
  const update = (given: unknown): Update =>
    compileUpdate(given, [], { ordering, variables: variablesFor(output, fresh, evaluation) });
  // A pipeline that is none is refused even where it is not run.
  const computed = typeof whenMatched === 'string' ? undefined : update(whenMatched);
  if (!stored) {
    if (output.whenNotMatched === 'fail')
      throw new MongoError(13113, '$merge could not find a matching document in the target collection');
    if (output.whenNotMatched === 'insert') insertOne(writer, raw);
    return;
  }
  if (whenMatched === 'keepExisting') return;
  // The insertion says which key is there already, in MongoDB's words.
  if (whenMatched === 'fail') return void insertOne(writer, raw);
  change(writer, stored, computed ?? update(whenMatched === 'replace' ? fresh : { $set: fresh }), filter);
}

/** What tells documents apart must be unique as the pipeline compares, or one document could match several. */
function checkUnique(info: CollectionInfo | undefined, on: readonly string[], ordering: Ordering | undefined): void {
  const wanted = [...on].sort().join();
  const unique = info?.indexes.some(
    (index) =>
      index.unique &&
      !index.partial &&
      sameCollation(ownCollation({ options: index.spec }), ordering?.collation) &&
      index.fields
        .map((field) => field.path)
        .sort()
        .join() === wanted,
  );
  if (wanted !== '_id' && unique !== true)
    throw new MongoError(51183, 'Cannot find index to verify that join fields will be unique');
}

/** The value by which a document is known: it does not stand in an array. */
function identifying(doc: Doc, path: string): unknown {
  const found = path
    .split('.')
    .reduce<unknown>((value, name) => (isDoc(value) && Object.hasOwn(value, name) ? value[name] : undefined), doc);
  if (found === undefined || found === null)
    throw new MongoError(51132, `$merge write error: 'on' field cannot be missing, null or undefined: ${path}`);
  if (Array.isArray(found)) throw new MongoError(51185, `$merge write error: 'on' field cannot be an array: ${path}`);
  return found;
}
