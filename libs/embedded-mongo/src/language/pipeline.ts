import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import type { Evaluation } from './filter.js';
import { toNumber } from './numbers.js';
import { BINARY } from './ordering.js';
import { isTextScore } from './sort.js';
import { CHOOSING } from './stages/choose.js';
import { DENSIFYING } from './stages/densify.js';
import { GROUPING } from './stages/group.js';
import { JOINING } from './stages/join.js';
import { RESHAPING } from './stages/reshape.js';
import { type PipelineContext, type Resolve, type Stage, type StageCompiler } from './stages/stage.js';
import { WINDOWS } from './stages/windows.js';

export type { Resolve } from './stages/stage.js';

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
    const refused = Object.hasOwn(REFUSED_STAGES, name) ? REFUSED_STAGES[name] : undefined;
    if (refused) throw new MongoError(238, refused);
    if (!Object.hasOwn(STAGES, name) && !WRITING_STAGES.has(name))
      throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
    if (WRITING_STAGES.has(name) && i < pipeline.length - 1)
      throw new MongoError(40601, `${name} can only be the final stage in the pipeline`);
    if (name === '$documents' && i > 0)
      throw new MongoError(40602, '$documents is only valid as the first stage in a pipeline');
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
  const names = checkPipeline(pipeline).flatMap((stage) => Object.keys(stage));
  const writing = names.find((name) => WRITING_STAGES.has(name) || (outer === '$facet' && name === '$facet'));
  if (writing)
    throw new MongoError(
      outer === '$facet' ? 40600 : 51047,
      `${writing} is not allowed to be used within a ${outer} stage`,
    );
}

/**
 * Compiles stages, which `checkPipeline` has checked.
 * @throws MongoError with the codes of each stage
 */
export function compilePipeline(stages: readonly Doc[], context: PipelineContext): Stage {
  const compiled = stages.map((stage) => {
    const [name = '', argument] = Object.entries(stage)[0] ?? [];
    const compile = STAGES[name];
    if (!compile) throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
    return compile(argument, context, name);
  });
  return (documents) => compiled.reduce((input, stage) => stage(input), documents);
}

/** Runs stages over documents that have their numbers' BSON types. */
export function runPipeline(
  documents: Iterable<Doc>,
  pipeline: readonly Doc[],
  resolve: Resolve,
  { ordering = BINARY, variables = {} }: Evaluation,
): Iterable<Doc> {
  const context: PipelineContext = {
    ordering,
    known: new Set(Object.keys(variables)),
    variables,
    resolve,
    pipeline: compilePipeline,
  };
  return compilePipeline(withScores(pipeline), context)(documents);
}
