import { Aggregator } from 'mingo/aggregator';
import { Context } from 'mingo/core';
import { Lazy, type Iterator as LazyIterator } from 'mingo/lazy';
import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import { contextOf, mingoOptions, type Evaluation } from './filter.js';
import { BINARY, holdsText, type Ordering } from './ordering.js';
import { toNumber } from './numbers.js';
import { isTextScore, sortFields, sorterOf } from './sort.js';

const STAGES = new Set(
  (
    '$addFields $bucket $bucketAuto $count $densify $documents $facet $fill $graphLookup $group $limit $lookup $match ' +
    '$project $redact $replaceRoot $replaceWith $sample $set $setWindowFields $skip $sort $sortByCount $unionWith ' +
    '$unset $unwind $out $merge'
  ).split(' '),
);
const WRITING_STAGES = new Set(['$out', '$merge']);

/** MongoDB's stages that this server knows of and refuses. */
const REFUSED_STAGES: Record<string, string> = {
  $geoNear: 'the stage $geoNear is not supported by this server',
  $indexStats: 'the stage $indexStats is not supported by this server',
  $collStats: 'the stage $collStats is not supported by this server',
};

/**
 * Where the score of a text search travels with a document through a pipeline. No field can have this name: BSON ends
 * names at a zero byte.
 */
export const SCORE_FIELD = '\0textScore';

/** The stages with `{ $meta: 'textScore' }` in place of the field that the score travels in. */
export function withScores(pipeline: readonly Doc[]): Doc[] {
  let needed = false;
  const rewritten = [...pipeline].reverse().map((stage) => {
    const [name = '', argument] = Object.entries(stage)[0] ?? [];
    const uses = mentionsScore(argument);
    let result = argument;
    if (name === '$sort' && isDoc(argument)) {
      const fields = Object.entries(argument).map(([path, order]) =>
        isTextScore(order) ? [SCORE_FIELD, -1] : [path, order],
      );
      result = Object.fromEntries(fields) as Doc;
    } else if (uses) result = replaceScore(argument);
    // An inclusion would drop the score that a later stage asks for.
    if (
      name === '$project' &&
      isDoc(result) &&
      needed &&
      Object.values(result).some((value) => toNumber(value) === 1 || value === true)
    )
      result = { ...result, [SCORE_FIELD]: 1 };
    needed ||= uses;
    return { [name]: result };
  });
  return needed ? rewritten.reverse() : [...pipeline];
}

function mentionsScore(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(mentionsScore);
  return isTextScore(value) || (isDoc(value) && Object.values(value).some(mentionsScore));
}

function replaceScore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(replaceScore);
  if (isTextScore(value)) return `$${SCORE_FIELD}`;
  return isDoc(value)
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replaceScore(inner)]))
    : value;
}

/** Documents of another collection of the same database. */
export type Resolve = (collection: string) => Doc[];

const contexts = new WeakMap<Ordering, Context>();

/** Operators and stages; mingo keeps the first of two with one name. */
function stageContext(ordering: Ordering): Context {
  const existing = contexts.get(ordering);
  if (existing) return existing;
  const $sort = (documents: LazyIterator, spec: Doc): LazyIterator => {
    const sorter = sorterOf(sortFields(spec), ordering);
    return documents.transform((...all: unknown[]) => {
      // Typed as variadic, called with the whole array.
      const keyed = (all[0] as Doc[]).map((doc) => ({ key: sorter.keyOf(doc), doc }));
      return Lazy(keyed.sort((a, b) => sorter.compare(a.key, b.key)).map(({ doc }) => doc));
    });
  };
  const context = Context.from(Context.init({ pipeline: { $sort: $sort as never } }), contextOf(ordering));
  contexts.set(ordering, context);
  return context;
}

/** Stages that look for equal strings and would do so byte by byte. */
const WITHOUT_COLLATION = new Set(
  '$group $bucket $bucketAuto $sortByCount $lookup $graphLookup $setWindowFields $fill $densify'.split(' '),
);

/** @throws MongoError 238 when a stage cannot take strings as a collation has them */
export function checkCollated(pipeline: readonly Doc[]): void {
  for (const stage of pipeline) {
    const [name = ''] = Object.keys(stage);
    const groupsAll = name === '$group' && isDoc(stage[name]) && !holdsText(stage[name]['_id']);
    if (WITHOUT_COLLATION.has(name) && !groupsAll)
      throw new MongoError(238, `the stage ${name} with a collation is not supported by this server`);
    if (name === '$facet') for (const inner of Object.values(stage[name] as Doc)) checkCollated(inner as Doc[]);
  }
}

/**
 * Checks the stages of a pipeline and of those inside it.
 * @throws MongoError 40323, 40324 or 40573 for what is no stage, or none that is supported
 */
export function checkPipeline(pipeline: unknown): Doc[] {
  if (!Array.isArray(pipeline)) throw new MongoError(14, `'pipeline' option must be specified as an array`);
  for (const [i, stage] of (pipeline as unknown[]).entries()) {
    if (!isDoc(stage)) throw new MongoError(14, "Each element of the 'pipeline' array must be an object");
    const names = Object.keys(stage);
    const [name = ''] = names;
    if (names.length !== 1)
      throw new MongoError(40323, 'A pipeline stage specification object must contain exactly one field.');
    if (name === '$changeStream')
      throw new MongoError(40573, 'The $changeStream stage is only supported on replica sets');
    const refused = REFUSED_STAGES[name];
    if (refused) throw new MongoError(238, refused);
    if (!STAGES.has(name)) throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
    if (WRITING_STAGES.has(name) && i < pipeline.length - 1)
      throw new MongoError(40601, `${name} can only be the final stage in the pipeline`);
    checkNested(name, stage[name]);
  }
  return pipeline as Doc[];
}

function checkNested(name: string, argument: unknown): void {
  if (name === '$facet' && isDoc(argument)) for (const inner of Object.values(argument)) checkInner(name, inner);
  if ((name === '$lookup' || name === '$unionWith') && isDoc(argument) && argument['pipeline'] !== undefined) {
    checkInner(name, argument['pipeline']);
  }
}

function checkInner(outer: string, pipeline: unknown): void {
  const last = checkPipeline(pipeline).at(-1) ?? {};
  const writing = Object.keys(last).find((name) => WRITING_STAGES.has(name));
  if (writing)
    throw new MongoError(
      outer === '$facet' ? 40600 : 51047,
      `${writing} is not allowed to be used within a ${outer} stage`,
    );
}

/** Runs stages over documents. */
export function runPipeline(
  documents: Iterable<Doc>,
  pipeline: readonly Doc[],
  resolve: Resolve,
  { ordering = BINARY, variables = {} }: Evaluation,
): Iterable<Doc> {
  if (ordering.collation) checkCollated(pipeline);
  const context = stageContext(ordering);
  const options = { ...mingoOptions({ ordering, variables }), context, collectionResolver: resolve };
  return new Aggregator(withScores(pipeline), options).stream(documents as never) as unknown as Iterable<Doc>;
}
