import { Long } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { keyOf } from '../../store/keys/key.js';
import { isLong, isNumeric } from '../values/arithmetic.js';
import { typeName } from '../values/bson-types.js';
import { compileExpression, scopeOf } from '../expression.js';
import { checkVariableName } from '../expressions/variables.js';
import { matcher } from '../filters/filter.js';
import { toNumber } from '../values/numbers.js';
import { MISSING, checkFieldName, fieldPath, someAt } from '../paths.js';
import { show } from '../values/show.js';
import { Foreign } from './foreign.js';
import { withValue } from './reshape.js';
import {
  computing,
  stageArguments,
  textArgument,
  withVariables,
  type PipelineContext,
  type Reading,
  type StageCompiler,
} from './stage.js';

/** The values at a path that lead to other documents: of an array its elements, of a missing field none. */
function leads(doc: Doc, path: string): unknown[] {
  const all: unknown[] = [];
  someAt(doc, path.split('.'), (leaf) => {
    if (Array.isArray(leaf)) for (const value of leaf as unknown[]) all.push(value);
    else if (leaf !== MISSING) all.push(leaf);
    return false;
  });
  return all;
}

/** What a document is joined by: null where its path leads to nothing, also to an empty array. */
function localValues(doc: Doc, path: string): unknown[] {
  const all = leads(doc, path);
  return all.length === 0 ? [null] : all;
}

/** @throws MongoError with the code for what is no name, 73 for an empty one */
function collectionArgument(args: Doc, field: string, name: string, code: 9 | 14 = 9): string {
  const collection = textArgument(args, field, name, code);
  if (collection === '') throw new MongoError(73, `Invalid namespace specified in '${field}' of ${name}`);
  return collection;
}

const $lookup: StageCompiler = (argument, context, name) => {
  const args = stageArguments(argument, name, [], ['as', 'from', 'localField', 'foreignField', 'let', 'pipeline'], {
    notObject: 9,
    unknown: 9,
    missing: 9,
  });
  const { pipeline, let: variables } = args;
  // An empty name is as good as none.
  const [asField, local, other] = ['as', 'localField', 'foreignField'].map((field) =>
    args[field] === undefined ? '' : textArgument(args, field, name, 9),
  ) as [string, string, string];
  if (asField === '') throw new MongoError(9, "must specify 'as' field for a $lookup");
  const as = fieldPath(asField);
  if ((local === '') !== (other === '') || (local === '' && pipeline === undefined))
    throw new MongoError(9, '$lookup requires both or neither of localField and foreignField, or a pipeline');
  if (variables !== undefined && pipeline === undefined) throw new MongoError(9, '$lookup with let needs a pipeline');
  const fields = local === '' ? undefined : ([local, other] as const);
  fields?.forEach(fieldPath);
  const within = pipeline === undefined ? undefined : (pipeline as Doc[]);
  const [first] = within ?? [];
  const listing = args['from'] === undefined && first !== undefined && '$documents' in first;
  const from = listing ? undefined : collectionArgument(args, 'from', name);
  // Fields look among the documents that the pipeline itself begins with.
  const rest = listing && fields ? within?.slice(1) : within;
  const listingStage = listing && fields ? context.pipeline([first], context) : undefined;
  const own = variables === undefined ? [] : letOf(variables, context);
  const names = own.map(([variable]) => variable);
  const stageFor = (inner: PipelineContext): Reading | undefined =>
    rest && (fields ? { stage: context.pipeline(rest, inner) } : context.reading(rest, inner));
  const search = stageFor(
    withVariables(context, Object.fromEntries(names.map((variable) => [variable, null]))),
  )?.search;
  const equality = fields || search ? undefined : equalityOf(rest?.[0], names);
  return function* (documents) {
    const listed = listingStage?.([]) ?? [];
    const foreign = from === undefined ? new Foreign(() => listed, noIndex, context.ordering) : context.foreign(from);
    const found = (inner: PipelineContext): Iterable<Doc> =>
      search && from !== undefined ? context.others.search(from, search, inner) : candidates(foreign, equality, inner);
    const through = (inner: PipelineContext, joined: Iterable<Doc>): Iterable<Doc> =>
      stageFor(inner)?.stage(joined) ?? joined;
    // Without variables of its own a pipeline gives the same for all documents.
    const constant = rest && !fields && own.length === 0 ? [...through(context, found(context))] : undefined;
    for (const doc of documents) {
      if (constant) {
        yield withValue(doc, as, constant);
        continue;
      }
      const scope = scopeOf(doc, context.variables);
      const values = Object.fromEntries(own.map(([variable, compute]) => [variable, compute(scope)]));
      const inner = withVariables(context, values);
      const joined = fields ? foreign.withAny(fields[1], localValues(doc, fields[0])) : found(inner);
      yield withValue(doc, as, [...through(inner, joined)]);
    }
  };
};

const noIndex = (): undefined => undefined;

/** A field and a variable, with its dollars, that are asked to be equal. */
interface Equality {
  readonly path: string;
  readonly variable: string;
}

/** What a pipeline's first `$match` asks by `{ $expr: { $eq: ['$field', '$$variable'] } }`, alone or in a `$and`. */
function equalityOf(stage: Doc | undefined, variables: readonly string[]): Equality | undefined {
  const match = stage?.['$match'];
  const asked = isDoc(match) ? match['$expr'] : undefined;
  const clauses: unknown[] = isDoc(asked) && Array.isArray(asked['$and']) ? asked['$and'] : [asked];
  for (const clause of clauses) {
    const sides: unknown = isDoc(clause) ? clause['$eq'] : undefined;
    if (!Array.isArray(sides)) continue;
    const field = sides.find((side) => typeof side === 'string' && /^\$[^$]/.test(side)) as string | undefined;
    const variable = sides.find(
      (side) => typeof side === 'string' && variables.some((name) => `${side}.`.startsWith(`$$${name}.`)),
    ) as string | undefined;
    if (field !== undefined && variable !== undefined) return { path: field.slice(1), variable };
  }
  return undefined;
}

/**
 * The documents that can be equal. A single value is found by an equality of filters as well, which finds it in arrays
 * besides; null and arrays have other equalities there.
 */
function candidates(foreign: Foreign, equality: Equality | undefined, context: PipelineContext): readonly Doc[] {
  if (!equality) return foreign.all;
  const value = computing(equality.variable, context)({});
  if (value === null || value === undefined || Array.isArray(value)) return foreign.all;
  return foreign.withAny(equality.path, [value]);
}

function letOf(spec: unknown, context: PipelineContext): [string, ReturnType<typeof compileExpression>][] {
  if (!isDoc(spec))
    throw new MongoError(9, `$lookup argument 'let: ${show(spec)}' must be an object, is type ${typeName(spec)}`);
  return Object.entries(spec).map(([variable, value]) => {
    checkVariableName(variable);
    return [variable, compileExpression(value, context)];
  });
}

const $unionWith: StageCompiler = (argument, context, name) => {
  const args =
    typeof argument === 'string'
      ? { coll: argument }
      : stageArguments(argument, name, [], ['coll', 'pipeline'], { notObject: 9, unknown: 40415, missing: 40414 });
  const { coll, pipeline = [] } = args;
  const { stage, search } = context.reading(pipeline as Doc[], context);
  const from = coll === undefined ? undefined : collectionArgument(args, 'coll', name, 14);
  const { others } = context;
  return function* (documents) {
    yield* documents;
    yield* stage(from === undefined ? [] : search ? others.search(from, search, context) : others.all(from));
  };
};

const $graphLookup: StageCompiler = (argument, context, name) => {
  const args = stageArguments(
    argument,
    name,
    ['startWith', 'connectFromField', 'connectToField', 'as'],
    ['from', 'maxDepth', 'depthField', 'restrictSearchWithMatch'],
    { notObject: 9, unknown: 40104, missing: 40105 },
  );
  const from = collectionArgument(args, 'from', name);
  const [connectFrom, connectTo, as] = ['connectFromField', 'connectToField', 'as'].map((field) =>
    textArgument(args, field, name, 40103),
  ) as [string, string, string];
  const depthField =
    args['depthField'] === undefined ? undefined : fieldPath(textArgument(args, 'depthField', name, 40103));
  const deepest = args['maxDepth'] === undefined ? Infinity : toNumber(args['maxDepth']);
  [connectFrom, connectTo].forEach(fieldPath);
  if (args['maxDepth'] !== undefined) {
    if (!isNumeric(args['maxDepth']))
      throw new MongoError(40100, `maxDepth must be numeric, found type: ${typeName(args['maxDepth'])}`);
    if (!(deepest >= 0)) throw new MongoError(40101, `maxDepth requires a nonnegative argument, found: ${deepest}`);
    if (!isLong(args['maxDepth']))
      throw new MongoError(40102, `maxDepth could not be represented as a long long: ${deepest}`);
  }
  const { restrictSearchWithMatch: restriction = {} } = args;
  if (!isDoc(restriction)) throw new MongoError(40185, 'restrictSearchWithMatch must be an object');
  const allowed = matcher(restriction, context);
  // Other than a filter, null does not stand for what is missing.
  const exists = matcher({ [connectTo]: { $exists: true } }, context);
  const start = compileExpression(args['startWith'], context);
  const asPath = fieldPath(as);
  return function* (documents) {
    const foreign = context.foreign(from);
    for (const doc of documents) {
      const begin = start(scopeOf(doc, context.variables));
      let frontier: unknown[] = Array.isArray(begin) ? begin : begin === undefined ? [] : [begin];
      const found = new Map<string, { other: Doc; depth: number }>();
      for (let depth = 0; depth <= deepest && frontier.length > 0; depth++) {
        const next: unknown[] = [];
        for (const other of foreign
          .withAny(connectTo, frontier)
          .filter((candidate) => exists(candidate) && allowed(candidate))) {
          const key = identityOf(other);
          if (found.has(key)) continue;
          found.set(key, { other, depth });
          for (const value of leads(other, connectFrom)) next.push(value);
        }
        frontier = next;
      }
      const all = Array.from(found.values(), ({ other, depth }) =>
        depthField ? withValue(other, depthField, Long.fromNumber(depth)) : other,
      );
      yield withValue(doc, asPath, all);
    }
  };
};

/** @throws MongoError 40271 for a document of a view that has no `_id` to know it again by */
function identityOf({ _id }: Doc): string {
  if (_id === undefined)
    throw new MongoError(40271, "Documents in the 'from' namespace of $graphLookup must contain an _id");
  return keyOf(_id).toString('latin1');
}

const $facet: StageCompiler = (argument, context) => {
  if (!isDoc(argument) || Object.keys(argument).length === 0)
    throw new MongoError(40169, 'the $facet specification must be a non-empty object');
  const facets = Object.entries(argument).map(([name, stages]) => {
    checkFieldName(name);
    return [name, context.pipeline(stages as Doc[], context)] as const;
  });
  return function* (documents) {
    const all = [...documents];
    yield Object.fromEntries(facets.map(([name, stage]) => [name, [...stage(all)]]));
  };
};

/** Stages that bring other documents in, or run several pipelines over the same. */
export const JOINING: Readonly<Record<string, StageCompiler>> = { $facet, $graphLookup, $lookup, $unionWith };
