import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { compileAccumulator, isAccumulator } from '../accumulators.js';
import { typeName } from '../bson-types.js';
import { fieldPath, scopeOf, valueAt } from '../expression.js';
import { addUnits } from '../expressions/date-maths.js';
import { sum } from '../expressions/arithmetic.js';
import { nameOf } from '../expressions/operator.js';
import { toNumber } from '../numbers.js';
import { sortFields, sorterOf } from '../sort.js';
import { Groups } from './group.js';
import { withValue } from './reshape.js';
import { computing, stageArguments, type PipelineContext, type Stage, type StageCompiler } from './stage.js';
import { UNIT_MILLISECONDS, WINDOW_FUNCTIONS, type Partition, type WindowFunction } from './window-functions.js';

/** Which documents of a partition a value is computed over: places from the first up to but not with the last. */
type Window = (partition: Partition, at: number) => readonly [from: number, to: number];

const WHOLE: Window = ({ docs }) => [0, docs.length];

const $setWindowFields: StageCompiler = (argument, context, name) => {
  const args = stageArguments(argument, name, ['output'], ['partitionBy', 'sortBy'], {
    notObject: 9,
    unknown: 40415,
    missing: 40414,
  });
  const { output, sortBy } = args;
  if (!isDoc(output)) throw new MongoError(9, `${name} 'output' must be an object`);
  if (sortBy !== undefined && !isDoc(sortBy)) throw new MongoError(9, `${name} 'sortBy' must be an object`);
  const fields = Object.entries(output).map(([path, spec]) => ({
    path: fieldPath(path),
    compute: windowField(path, spec, sortBy, context),
  }));
  return partitioned(args['partitionBy'], sortBy, context, (partition) =>
    partition.docs.map((doc, at) =>
      fields.reduce((changed, { path, compute }) => withValue(changed, path, compute(partition, at)), doc),
    ),
  );
};

/** Runs over each partition by itself; partitions come in the order of what they have in common. */
function partitioned(
  by: unknown,
  sortBy: Doc | undefined,
  context: PipelineContext,
  run: (partition: Partition) => Iterable<Doc>,
): Stage {
  const key = by === undefined ? () => null : computing(by, context);
  const sorter = sorterOf(sortFields(sortBy), context.ordering);
  return function* (documents) {
    const groups = new Groups<Doc[]>(context.ordering, () => []);
    for (const doc of documents) {
      const value = key(doc);
      if (Array.isArray(value))
        throw new MongoError(14, 'An expression used to partition cannot evaluate to value of type array');
      groups.of(value).push(doc);
    }
    const all = [...groups].sort((a, b) => context.ordering.compare(a.id, b.id));
    for (const { group } of all) {
      const keyed = group.map((doc) => ({ doc, key: sorter.keyOf(doc) }));
      if (sortBy) keyed.sort((a, b) => sorter.compare(a.key, b.key));
      yield* run({
        docs: keyed.map(({ doc }) => doc),
        sameRank: (a, b) => sorter.compare(keyed[a]?.key as never, keyed[b]?.key as never) === 0,
      });
    }
  };
}

function windowField(path: string, spec: unknown, sortBy: Doc | undefined, context: PipelineContext): WindowFunction {
  if (!isDoc(spec)) throw new MongoError(9, `Field '${path}' of $setWindowFields must be an object`);
  const { window, ...rest } = spec;
  const [name = ''] = Object.keys(rest);
  if (Object.keys(rest).length !== 1) throw new MongoError(9, `Field '${path}' must have exactly one window function`);
  const own = Object.hasOwn(WINDOW_FUNCTIONS, name) ? WINDOW_FUNCTIONS[name] : undefined;
  if (!own && !isAccumulator(name)) throw new MongoError(9, `Unrecognized window function, ${name}`);
  if (own) {
    if (window !== undefined && !own.windowed) throw new MongoError(5371601, `${name} does not take a window`);
    if (!sortBy) throw new MongoError(5371602, `${name} must be specified with a top level sortBy expression`);
    if (own.single && Object.keys(sortBy).length !== 1)
      throw new MongoError(
        5371602,
        `${name} must be specified with a top level sortBy expression with exactly one element`,
      );
  }
  const bounds = window === undefined ? WHOLE : windowOf(window, sortBy);
  if (own) return own.compile(rest[name], { context, sortBy: sortBy ?? {}, bounds, name });
  const begin = compileAccumulator(path, rest, context);
  let last: { partition: Partition; from: number; to: number; value: unknown } | undefined;
  return (partition, at) => {
    const [from, to] = bounds(partition, at);
    // Neighbours often share their window, and all do when it is the whole partition.
    if (last?.partition === partition && last.from === from && last.to === to) return last.value;
    const accumulation = begin();
    for (const doc of partition.docs.slice(from, to)) accumulation.add(scopeOf(doc, context.variables));
    last = { partition, from, to, value: accumulation.result() };
    return last.value;
  };
}

function windowOf(spec: unknown, sortBy: Doc | undefined): Window {
  if (!isDoc(spec)) throw new MongoError(9, "'window' field must be an object");
  const { documents, range, unit } = spec;
  const unknown = Object.keys(spec).find((field) => !['documents', 'range', 'unit'].includes(field));
  if (unknown !== undefined)
    throw new MongoError(9, `'window' field can only contain documents, range and unit, not ${unknown}`);
  if (documents !== undefined && range !== undefined)
    throw new MongoError(9, "Window bounds can specify either 'documents' or 'range', not both.");
  if (unit !== undefined && range === undefined)
    throw new MongoError(9, "Window bounds can only specify 'unit' with range-based bounds.");
  if (documents !== undefined) return documentWindow(documents, sortBy);
  return range === undefined ? WHOLE : rangeWindow(range, unit, sortBy);
}

/** A bound of a window: undefined when there is none on that side. */
function boundsOf(spec: unknown): [lower: unknown, upper: unknown] {
  if (!Array.isArray(spec) || spec.length !== 2)
    throw new MongoError(5339902, 'Window bounds must be a 2-element array');
  return spec.map((bound: unknown) => {
    if (bound === 'unbounded') return undefined;
    if (bound === 'current') return 0;
    if (Number.isNaN(toNumber(bound)))
      throw new MongoError(9, `Window bounds must be 'unbounded', 'current', or a number, not ${nameOf(bound)}`);
    return bound;
  }) as [unknown, unknown];
}

function documentWindow(spec: unknown, sortBy: Doc | undefined): Window {
  const [lower, upper] = boundsOf(spec).map((bound) => (bound === undefined ? undefined : toNumber(bound)));
  for (const bound of [lower, upper])
    if (bound !== undefined && !Number.isInteger(bound))
      throw new MongoError(9, 'Numeric document-based bounds must be an integer');
  if (lower !== undefined && upper !== undefined && lower > upper)
    throw new MongoError(5339900, `Lower bound must not exceed upper bound: [${lower}, ${upper}]`);
  if (!sortBy && (lower !== undefined || upper !== undefined))
    throw new MongoError(5339901, 'Document-based bounds require a sortBy');
  return ({ docs }, at) => {
    const from = lower === undefined ? 0 : Math.max(0, at + lower);
    const to = upper === undefined ? docs.length : Math.min(docs.length, at + upper + 1);
    return [Math.min(from, docs.length), Math.max(to, Math.min(from, docs.length))];
  };
}

function rangeWindow(spec: unknown, unit: unknown, sortBy: Doc | undefined): Window {
  const [lower, upper] = boundsOf(spec);
  const [field, ...others] = Object.entries(sortBy ?? {});
  if (!field || others.length > 0 || toNumber(field[1]) !== 1)
    throw new MongoError(5339902, 'Range-based bounds require sortBy a single field, ascending');
  if (unit !== undefined && (typeof unit !== 'string' || !Object.hasOwn(UNIT_MILLISECONDS, unit)))
    throw new MongoError(9, `unknown time unit value: ${nameOf(unit)}`);
  const path = fieldPath(field[0]);
  return ({ docs }, at) => {
    const current = rangeValue(docs[at], path, unit);
    const reach = (bound: unknown): number => {
      if (typeof unit === 'string') return addUnits(Number(current), unit, toNumber(bound));
      return toNumber(sum(current, bound));
    };
    const numbers = docs.map((doc) => Number(rangeValue(doc, path, unit)));
    const first = lower === undefined ? 0 : numbers.findIndex((value) => value >= reach(lower));
    const end = upper === undefined ? docs.length : numbers.findLastIndex((value) => value <= reach(upper)) + 1;
    const from = first < 0 ? docs.length : first;
    return [from, Math.max(from, end)];
  };
}

function rangeValue(doc: Doc | undefined, path: readonly string[], unit: unknown): unknown {
  const value = valueAt(doc, path);
  if (typeof unit === 'string') {
    if (value instanceof Date) return value.getTime();
    throw new MongoError(5429513, `PartitionIterator expected the sortBy to be a date, but it was ${nameOf(value)}`);
  }
  if (!['int', 'long', 'double', 'decimal'].includes(typeName(value)))
    throw new MongoError(5429414, `PartitionIterator expected the sortBy to be a number, but it was ${nameOf(value)}`);
  return typeof value === 'number' ? value : toNumber(value);
}

const $fill: StageCompiler = (argument, context, name) => {
  const args = stageArguments(argument, name, ['output'], ['partitionBy', 'partitionByFields', 'sortBy'], {
    notObject: 9,
    unknown: 40415,
    missing: 40414,
  });
  const { output, sortBy, partitionBy, partitionByFields } = args;
  if (!isDoc(output) || Object.keys(output).length === 0)
    throw new MongoError(6050203, "maxSpecified fields must be in 'output' of $fill");
  if (partitionBy !== undefined && partitionByFields !== undefined)
    throw new MongoError(6050204, 'Maximum one of partitionBy and partitionByFields can be specified in $fill');
  const windows: Doc = {};
  const values: Doc = {};
  for (const [path, how] of Object.entries(output)) {
    if (isDoc(how) && 'value' in how) values[path] = { $ifNull: [`$${path}`, how['value']] };
    else if (isDoc(how) && how['method'] === 'locf') windows[path] = { $locf: `$${path}` };
    else if (isDoc(how) && how['method'] === 'linear') windows[path] = { $linearFill: `$${path}` };
    else throw new MongoError(6050202, `Method must be either locf or linear, in ${path} of $fill`);
  }
  const by = partitionByFields === undefined ? partitionBy : partitionDocument(partitionByFields);
  if (Object.keys(windows).length > 0 && sortBy === undefined)
    throw new MongoError(6050201, "'sortBy' is needed by a method of $fill");
  const stages: Doc[] = [];
  if (Object.keys(windows).length > 0)
    stages.push({ $setWindowFields: { ...(by === undefined ? {} : { partitionBy: by }), sortBy, output: windows } });
  else if (sortBy !== undefined) stages.push({ $sort: sortBy });
  if (Object.keys(values).length > 0) stages.push({ $addFields: values });
  return context.pipeline(stages, context);
};

/** The expression of what documents of one partition have in common. */
export function partitionDocument(fields: unknown): Doc {
  if (!Array.isArray(fields) || fields.some((field) => typeof field !== 'string' || field.startsWith('$')))
    throw new MongoError(9, 'partitionByFields must be an array of the names of fields');
  return Object.fromEntries((fields as string[]).map((field) => [field.replaceAll('.', '\u2024'), `$${field}`]));
}

/** Stages that compute over the documents around each. */
export const WINDOWS: Readonly<Record<string, StageCompiler>> = { $fill, $setWindowFields };
