import { isDoc, type Doc } from '../document.js';
import { MongoError, searchNotEnabled, ofExecution } from '../errors.js';
import { SCORE_FIELD } from './paths.js';
import type { Evaluation } from './filters/filter.js';
import { typeName } from './values/bson-types.js';
import { toNumber } from './values/numbers.js';
import { BINARY } from './values/ordering.js';
import { isScoreOrder, isTextScore } from './sort.js';
import { checkScored, withoutText } from './filters/text.js';
import { CHOOSING } from './stages/choose.js';
import { DENSIFYING } from './stages/densify.js';
import { Foreign } from './stages/foreign.js';
import { GROUPING } from './stages/group.js';
import { JOINING } from './stages/join.js';
import { RESHAPING } from './stages/reshape.js';
import { type Others, type PipelineContext, type Reading, type Stage, type StageCompiler } from './stages/stage.js';
import { WINDOWS } from './stages/windows.js';

export { NO_OTHERS, type Others } from './stages/stage.js';

const STAGES: Readonly<Record<string, StageCompiler>> = {
  ...CHOOSING,
  ...DENSIFYING,
  ...GROUPING,
  ...JOINING,
  ...RESHAPING,
  ...WINDOWS,
};
const WRITING_STAGES = new Set(['$out', '$merge']);

/** MongoDB's stages that this server knows of and refuses. */
const REFUSED_STAGES = new Set(
  '$collStats $currentOp $geoNear $indexStats $listLocalSessions $listSessions $planCacheStats'.split(' '),
);
/** Those of Atlas Search, which no MongoDB has by itself. */
const SEARCH_STAGES: Readonly<Record<string, string>> = {
  $listSearchIndexes: 'Atlas Search Database Commands and the $listSearchIndexes aggregation stage',
  $search: '$search and $vectorSearch aggregation stages',
  $searchMeta: '$search and $vectorSearch aggregation stages',
  $vectorSearch: '$search and $vectorSearch aggregation stages',
};

/** The stages with `{ $meta: 'textScore' }` in place of the field that the score travels in. */
function withScores(pipeline: readonly Doc[]): Doc[] {
  let needed = false;
  const rewritten = [...pipeline].reverse().map((stage) => {
    const [name = '', argument] = Object.entries(stage)[0] ?? [];
    const uses = mentionsScore(stage);
    let result = argument;
    if (name === '$sort' && isDoc(argument)) {
      const fields = Object.entries(argument).map(([path, order]) =>
        isScoreOrder(order) ? [SCORE_FIELD, -1] : [path, order],
      );
      result = Object.fromEntries(fields) as Doc;
    } else if (uses) result = (replaceScore(stage) as Doc)[name];
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

/** Stages whose pipelines have scores of their own. */
const READING_STAGES: ReadonlySet<string> = new Set(['$lookup', '$unionWith']);

/** Whether `{ $meta: 'textScore' }` stands somewhere in a value, but for pipelines that read for themselves. */
export function mentionsScore(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(mentionsScore);
  if (isTextScore(value)) return true;
  if (!isDoc(value)) return false;
  return Object.entries(value).some(([name, inner]) => {
    if (name === '$sort' && isDoc(inner)) return Object.values(inner).some(isScoreOrder);
    return READING_STAGES.has(name) && isDoc(inner) ? mentionsScore({ ...inner, pipeline: [] }) : mentionsScore(inner);
  });
}

function replaceScore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(replaceScore);
  if (isTextScore(value)) return `$${SCORE_FIELD}`;
  if (!isDoc(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const isReading = READING_STAGES.has(name) && isDoc(inner) && 'pipeline' in inner;
      return [name, isReading ? { ...(replaceScore(inner) as Doc), pipeline: inner['pipeline'] } : replaceScore(inner)];
    }),
  );
}

/** Whether a stage has this name. */
export function isStage(name: string): boolean {
  return Object.hasOwn(STAGES, name) || WRITING_STAGES.has(name);
}

/** Where a pipeline stands. */
interface Place {
  /** The stage that it is within. */
  readonly outer?: string;
  /** What it runs over: a collection, or nothing that has a name. */
  readonly collection: boolean;
  /** Whether it is within `$facet`, be it as part of another stage there. */
  readonly isFacet?: boolean;
  /** How many pipelines of `$lookup` and `$unionWith` it is within. */
  readonly depth?: number;
}

/** The stages that may not be within others, with the code of the refusal. */
const BANNED: Readonly<Record<string, { readonly code: number; readonly stages: ReadonlySet<string> }>> = {
  $facet: {
    code: 40600,
    stages: new Set([
      ...WRITING_STAGES,
      '$collStats',
      '$documents',
      '$facet',
      '$geoNear',
      '$indexStats',
      '$planCacheStats',
    ]),
  },
  $lookup: { code: 51047, stages: WRITING_STAGES },
  $unionWith: { code: 31441, stages: WRITING_STAGES },
};

/** Most pipelines of stages within each other, as MongoDB has it. */
const MAX_DEPTH = 20;

const MAX_STAGES = 1000;

/**
 * Checks the stages of a pipeline and of those inside it.
 * @throws MongoError 7749501 for too many, 232 for too many within each other; 73, 40323, 40324 or 40573 for what is no
 *   stage, or none that is supported or may be where it is
 */
export function checkPipeline(pipeline: unknown, place: Place = { collection: true }): Doc[] {
  if (!Array.isArray(pipeline)) throw new MongoError(14, `'pipeline' option must be specified as an array`);
  if (pipeline.length > MAX_STAGES)
    throw new MongoError(7749501, `Pipeline length must be no longer than ${MAX_STAGES} stages.`);
  const banned = [place.outer ?? '', ...(place.isFacet === true ? ['$facet'] : [])].map((outer) => BANNED[outer]);
  for (const [i, stage] of (pipeline as unknown[]).entries()) {
    if (!isDoc(stage)) throw new MongoError(14, "Each element of the 'pipeline' array must be an object");
    const names = Object.keys(stage);
    const [name = ''] = names;
    if (names.length !== 1)
      throw new MongoError(40323, 'A pipeline stage specification object must contain exactly one field.');
    if (name === '$changeStream')
      throw new MongoError(40573, 'The $changeStream stage is only supported on replica sets');
    for (const { code, stages } of banned.filter((outer) => outer !== undefined))
      if (stages.has(name))
        throw new MongoError(code, `${name} is not allowed to be used within a ${place.outer ?? '$facet'} stage`);
    if (REFUSED_STAGES.has(name)) throw new MongoError(238, `the stage ${name} is not supported by this server`);
    if (Object.hasOwn(SEARCH_STAGES, name)) throw searchNotEnabled(SEARCH_STAGES[name] ?? name);
    if (!isStage(name)) throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
    if (WRITING_STAGES.has(name) && i < pipeline.length - 1)
      throw new MongoError(40601, `${name} can only be the final stage in the pipeline`);
    if (name === '$documents' && i > 0)
      throw new MongoError(40602, '$documents is only valid as the first stage in a pipeline');
    if (name === '$documents' && place.collection)
      throw new MongoError(73, "'$documents' can only be run with {aggregate: 1}");
    checkNested(name, stage[name], place);
  }
  return pipeline as Doc[];
}

function checkNested(name: string, argument: unknown, { isFacet, depth = 0 }: Place): void {
  if (READING_STAGES.has(name) && depth >= MAX_DEPTH)
    throw new MongoError(232, `Maximum number of nested sub-pipelines exceeded. Limit is ${MAX_DEPTH}`);
  if (!isDoc(argument)) return;
  if (name === '$facet')
    for (const [facet, inner] of Object.entries(argument)) {
      if (!Array.isArray(inner))
        throw new MongoError(40170, `arguments to $facet must be arrays, ${facet} is type ${typeName(inner)}`);
      if (inner.some((stage) => !isDoc(stage) || Object.keys(stage).length === 0))
        throw new MongoError(40171, `elements of arrays in $facet spec must be non-empty objects: ${facet}`);
      checkPipeline(inner, { outer: name, collection: true, isFacet: true, depth });
    }
  if (!READING_STAGES.has(name)) return;
  const { from, coll, pipeline } = argument;
  const collection = (from ?? coll) !== undefined;
  const begins: unknown = Array.isArray(pipeline) ? pipeline[0] : undefined;
  if (!collection && !(isDoc(begins) && '$documents' in begins))
    throw new MongoError(
      9,
      `${name} stage without explicit collection must have a pipeline with $documents as first stage`,
    );
  if (pipeline !== undefined) checkPipeline(pipeline, { outer: name, collection, isFacet, depth: depth + 1 });
}

/** Stages that leave the next one a leading one. */
const LEADING_STAGES = new Set(['$match', '$sort', '$skip', '$limit', '$group']);

/**
 * Compiles stages, which `checkPipeline` has checked.
 * @throws MongoError with the codes of each stage
 */
function compilePipeline(stages: readonly Doc[], context: PipelineContext, reads = false): Stage {
  let leading = reads;
  const compiled = stages.map((stage) => {
    const [name = '', argument] = Object.entries(stage)[0] ?? [];
    const compile = STAGES[name];
    if (!compile) throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
    const compiledStage = compile(argument, { ...context, leading }, name);
    leading &&= LEADING_STAGES.has(name);
    return compiledStage;
  });
  return (documents) => compiled.reduce((input, stage) => stage(input), documents);
}

/**
 * Compiles the pipeline of a stage that reads for itself.
 * @throws MongoError 40218 for a score without a text search
 */
function compileReading(stages: readonly Doc[], context: PipelineContext): Reading {
  const match = stages[0]?.['$match'];
  const search = isDoc(match) && withoutText(match).search ? match : undefined;
  if (!search) {
    if (mentionsScore(stages)) checkScored({});
    return { stage: compilePipeline(stages, context, true) };
  }
  const stage = compilePipeline(withScores(stages.slice(1)), context);
  return {
    search,
    stage: function* (documents) {
      for (const doc of stage(documents)) {
        const { [SCORE_FIELD]: _, ...rest } = doc;
        yield rest;
      }
    },
  };
}

/** Runs stages over documents that have their numbers' BSON types. */
export function runPipeline(
  documents: Iterable<Doc>,
  pipeline: readonly Doc[],
  others: Others,
  { ordering = BINARY, variables = {} }: Evaluation,
): Iterable<Doc> {
  const joined = new Map<string, Foreign>();
  const foreign = (name: string): Foreign => {
    let known = joined.get(name);
    if (!known) joined.set(name, (known = new Foreign(() => others.all(name), others.lookUp(name), ordering)));
    return known;
  };
  const context: PipelineContext = {
    ordering,
    known: new Set(Object.keys(variables)),
    variables,
    leading: true,
    others,
    foreign,
    pipeline: compilePipeline,
    reading: compileReading,
  };
  const run = compilePipeline(withScores(pipeline), context, true);
  try {
    return run(documents);
  } catch (error) {
    // Some stages take all that there is at once.
    throw ofExecution(error);
  }
}
