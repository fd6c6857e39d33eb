import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isWhole } from '../arithmetic.js';
import { Long } from 'bson';
import { compileExpression, fieldPath, scopeOf } from '../expression.js';
import { checkVariableName } from '../expressions/variables.js';
import { matcher } from '../filter.js';
import { toNumber } from '../numbers.js';
import type { Ordering } from '../ordering.js';
import { MISSING, someAt, someValueAt } from '../paths.js';
import { valueKeys } from '../value-keys.js';
import { withValue } from './reshape.js';
import { stageArguments, textArgument, withVariables, type PipelineContext, type StageCompiler } from './stage.js';

/** Finds the documents that have a value at a path, as an equality in a filter does. */
type Finder = (value: unknown) => Doc[];

function finder(documents: readonly Doc[], path: string, ordering: Ordering): Finder {
  const parts = path.split('.');
  const keyOf = valueKeys(ordering);
  // Each value leads to the places of its documents, so that a look-up does not read all of them.
  const places = new Map<string, Set<number>>();
  const note = (value: unknown, place: number): void => {
    const key = keyOf(value === MISSING ? null : (value ?? null));
    const known = places.get(key) ?? new Set<number>();
    known.add(place);
    places.set(key, known);
  };
  documents.forEach((doc, place) => {
    let any = false;
    someValueAt(doc, parts, (found) => {
      any = true;
      note(found, place);
      return false;
    });
    // A path that leads into an array without documents finds nothing there, which is null to a join.
    if (!any) note(null, place);
  });
  return (value) => [...(places.get(keyOf(value ?? null)) ?? [])].map((place) => documents[place] as Doc);
}

/** The values at a path that lead to other documents: of an array its elements, of a missing field none. */
function leads(doc: Doc, path: string): unknown[] {
  const all: unknown[] = [];
  someAt(doc, path.split('.'), (leaf) => {
    if (Array.isArray(leaf)) all.push(...(leaf as unknown[]));
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

/** Documents found by several values, each once and in the order of their collection. */
function foundByAny(find: Finder, values: readonly unknown[], order: ReadonlyMap<Doc, number>): Doc[] {
  if (values.length === 1) return find(values[0]);
  const found = new Set(values.flatMap(find));
  return [...found].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
}

const $lookup: StageCompiler = (argument, context, name) => {
  const args = stageArguments(argument, name, ['as'], ['from', 'localField', 'foreignField', 'let', 'pipeline'], {
    notObject: 9,
    unknown: 9,
    missing: 9,
  });
  const { localField, foreignField, pipeline, let: variables } = args;
  const as = fieldPath(textArgument(args, 'as', name, 9));
  if (
    (localField === undefined) !== (foreignField === undefined) ||
    (localField === undefined && pipeline === undefined)
  )
    throw new MongoError(9, '$lookup requires both or neither of localField and foreignField, or a pipeline');
  if (variables !== undefined && pipeline === undefined) throw new MongoError(9, '$lookup with let needs a pipeline');
  const fields =
    localField === undefined
      ? undefined
      : [textArgument(args, 'localField', name, 9), textArgument(args, 'foreignField', name, 9)];
  fields?.forEach(fieldPath);
  const within = pipeline === undefined ? undefined : (pipeline as Doc[]);
  const [first] = within ?? [];
  const listing = args['from'] === undefined && first !== undefined && '$documents' in first;
  const from = listing ? undefined : textArgument(args, 'from', name, 9);
  // Fields look among the documents that the pipeline itself begins with.
  const rest = listing && fields ? within?.slice(1) : within;
  const own = letOf(variables ?? {}, context);
  if (within)
    context.pipeline(within, withVariables(context, Object.fromEntries(own.map(([variable]) => [variable, null]))));
  return function* (documents) {
    const listed = listing && fields ? context.pipeline([first], context)([]) : [];
    const foreign = [...(from === undefined ? listed : context.resolve(from))];
    const order = new Map(foreign.map((doc, place) => [doc, place]));
    const find = fields?.[1] === undefined ? undefined : finder(foreign, fields[1], context.ordering);
    // Without variables of its own a pipeline gives the same for all documents.
    const constant = rest && !find && own.length === 0 ? [...context.pipeline(rest, context)(foreign)] : undefined;
    for (const doc of documents) {
      const joined = find ? foundByAny(find, localValues(doc, fields?.[0] ?? ''), order) : foreign;
      yield withValue(doc, as, constant ?? (rest ? run(rest, joined, doc) : joined));
    }
  };

  function run(stages: readonly Doc[], joined: Iterable<Doc>, doc: Doc): Doc[] {
    const scope = scopeOf(doc, context.variables);
    const values = Object.fromEntries(own.map(([variable, compute]) => [variable, compute(scope)]));
    return [...context.pipeline(stages, withVariables(context, values))(joined)];
  }
};

function letOf(spec: unknown, context: PipelineContext): [string, ReturnType<typeof compileExpression>][] {
  if (!isDoc(spec)) throw new MongoError(9, "$lookup argument 'let' must be an object");
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
  if (coll === undefined && !(Array.isArray(pipeline) && isDoc(pipeline[0]) && '$documents' in pipeline[0]))
    throw new MongoError(
      9,
      '$unionWith stage without explicit collection must have a pipeline with $documents as first stage',
    );
  const stages = context.pipeline(pipeline as Doc[], context);
  return function* (documents) {
    yield* documents;
    yield* stages(coll === undefined ? [] : context.resolve(textArgument(args, 'coll', name)));
  };
};

const $graphLookup: StageCompiler = (argument, context, name) => {
  const args = stageArguments(
    argument,
    name,
    ['from', 'startWith', 'connectFromField', 'connectToField', 'as'],
    ['maxDepth', 'depthField', 'restrictSearchWithMatch'],
    { notObject: 40327, unknown: 40104, missing: 40105 },
  );
  const [from, connectFrom, connectTo, as] = ['from', 'connectFromField', 'connectToField', 'as'].map((field) =>
    textArgument(args, field, name, 40103),
  ) as [string, string, string, string];
  const depthField =
    args['depthField'] === undefined ? undefined : fieldPath(textArgument(args, 'depthField', name, 40103));
  const deepest = args['maxDepth'] === undefined ? Infinity : toNumber(args['maxDepth']);
  if (args['maxDepth'] !== undefined && (!isWhole(args['maxDepth']) || deepest < 0))
    throw new MongoError(40100, 'maxDepth requires a nonnegative whole number');
  const restriction = args['restrictSearchWithMatch'] ?? {};
  if (!isDoc(restriction)) throw new MongoError(40185, 'restrictSearchWithMatch must be an object');
  const allowed = matcher(restriction, context);
  const start = compileExpression(args['startWith'], context);
  const asPath = fieldPath(as);
  return function* (documents) {
    const find = finder([...context.resolve(from)].filter(allowed), connectTo, context.ordering);
    for (const doc of documents) {
      const begin = start(scopeOf(doc, context.variables));
      let frontier = Array.isArray(begin) ? (begin as unknown[]) : [begin];
      const found = new Map<Doc, number>();
      for (let depth = 0; depth <= deepest && frontier.length > 0; depth++) {
        const fresh = new Set(
          frontier.flatMap((value) => (value === undefined ? [] : find(value))).filter((other) => !found.has(other)),
        );
        for (const other of fresh) found.set(other, depth);
        frontier = [...fresh].flatMap((other) => leads(other, connectFrom));
      }
      const all = [...found].map(([other, depth]) =>
        depthField ? withValue(other, depthField, Long.fromNumber(depth)) : other,
      );
      yield withValue(doc, asPath, all);
    }
  };
};

const $facet: StageCompiler = (argument, context) => {
  if (!isDoc(argument) || Object.keys(argument).length === 0)
    throw new MongoError(40169, 'the $facet specification must be a non-empty object');
  const facets = Object.entries(argument).map(([name, stages]) => {
    fieldPath(name);
    if (!Array.isArray(stages)) throw new MongoError(40170, `arguments to $facet must be arrays, ${name} is not`);
    return [name, context.pipeline(stages as Doc[], context)] as const;
  });
  return function* (documents) {
    const all = [...documents];
    yield Object.fromEntries(facets.map(([name, stage]) => [name, [...stage(all)]]));
  };
};

/** Stages that bring other documents in, or run several pipelines over the same. */
export const JOINING: Readonly<Record<string, StageCompiler>> = { $facet, $graphLookup, $lookup, $unionWith };
