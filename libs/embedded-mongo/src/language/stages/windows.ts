import { Double, Int32 } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric, isWhole } from '../values/arithmetic.js';
import { compareValues } from '../../store/keys/compare.js';
import { keyOf } from '../../store/keys/key.js';
import { decimalSum, toDecimal } from '../values/decimal.js';
import { scopeOf, valueAt } from '../expression.js';
import { fieldPath, isNewPath, noPaths } from '../paths.js';
import { addUnits } from '../expressions/date-maths.js';
import { sum } from '../expressions/arithmetic.js';
import { nameOf } from '../expressions/operator.js';
import { addPath, newNode, withComputed } from '../projection-tree.js';
import { toNumber } from '../values/numbers.js';
import { checkOrder, sortFields, sorterOf } from '../sort.js';
import { Groups } from './group.js';
import {
  computing,
  constantOf,
  stageArguments,
  type PipelineContext,
  type Stage,
  type StageCompiler,
} from './stage.js';
import { SLIDING, slide, type SlidingCompiler } from './sliding.js';
import {
  UNIT_MILLISECONDS,
  WINDOW_FUNCTIONS,
  checkSetting,
  type Partition,
  type Window,
  type WindowFunction,
} from './window-functions.js';

const WHOLE: Window = ({ docs }) => docs.map(() => [0, docs.length]);

const $setWindowFields: StageCompiler = (argument, context, name) => {
  const args = stageArguments(argument, name, ['output'], ['partitionBy', 'sortBy'], {
    notObject: 9,
    unknown: 40415,
    missing: 40414,
  });
  const { output } = args;
  const sortBy = args['sortBy'] ?? undefined;
  if (!isDoc(output)) throw new MongoError(14, `${name} 'output' must be an object`);
  if (sortBy !== undefined && !isDoc(sortBy)) throw new MongoError(14, `${name} 'sortBy' must be an object`);
  if (sortBy) checkOrder(sortBy);
  const fields = Object.entries(output).map(([path, spec]) => ({
    path: fieldPath(path),
    compute: windowField(path, spec, sortBy, context),
  }));
  const paths = noPaths();
  if (!Object.keys(output).every((path) => isNewPath(path, paths)))
    throw new MongoError(6307900, `${name} 'output' specification contains two conflicting paths`);
  return partitioned(args['partitionBy'], sortBy, context, (partition) => {
    const tree = newNode();
    let at = 0;
    for (const { path, compute } of fields) {
      const values = compute(partition);
      addPath(tree, path, () => values[at]);
    }
    return partition.docs.map((doc, place) => {
      at = place;
      return withComputed(doc, tree, scopeOf(doc, context.variables));
    });
  });
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
  const { window } = spec;
  const names = Object.keys(spec);
  const name = names.find((each) => each.startsWith('$'));
  if (name === undefined)
    throw new MongoError(9, ['Expected a $-prefixed window function', ...names.slice(0, 1)].join(', '));
  const own = Object.hasOwn(WINDOW_FUNCTIONS, name) ? WINDOW_FUNCTIONS[name] : undefined;
  const sliding = Object.hasOwn(SLIDING, name) ? SLIDING[name] : undefined;
  if (!own && !sliding) throw new MongoError(9, `Unrecognized window function, ${name}`);
  const other = names.find((each) => each !== name && each !== 'window');
  if (other !== undefined)
    throw new MongoError(own?.codes.others ?? 9, `Window function ${name} found an unknown argument: ${other}`);
  if (own) checkSetting(name, own, window !== undefined, sortBy ?? {});
  const spans = window === undefined ? WHOLE : windowOf(window, sortBy, context);
  if (own) return own.compile(spec[name], { context, sortBy: sortBy ?? {}, window: spans, name });
  const begin = (sliding as SlidingCompiler)(spec[name], context, name, isDoc(window) && leavesBehind(window));
  return (partition) => slide(spans(partition), begin(partition.docs));
}

/** Whether documents go out of a window again as it moves on. */
function leavesBehind({ documents, range }: Doc): boolean {
  const [lower = 'unbounded'] = (documents ?? range ?? []) as unknown[];
  return lower !== 'unbounded';
}

function windowOf(spec: unknown, sortBy: Doc | undefined, context: PipelineContext): Window {
  if (!isDoc(spec)) throw new MongoError(9, "'window' field must be an object");
  const { documents, range, unit } = spec;
  const unknown = Object.keys(spec).find((field) => !['documents', 'range', 'unit'].includes(field));
  if (unknown !== undefined)
    throw new MongoError(9, `'window' field can only contain documents, range and unit, not ${unknown}`);
  if (documents !== undefined && range !== undefined)
    throw new MongoError(9, "Window bounds can specify either 'documents' or 'range', not both.");
  if (unit !== undefined && range === undefined)
    throw new MongoError(9, "Window bounds can only specify 'unit' with range-based bounds.");
  if (documents !== undefined) return documentWindow(documents, sortBy, context);
  return range === undefined ? WHOLE : rangeWindow(range, unit, sortBy, context);
}

/** A bound of a window: a number, counted from the document that the window is for. */
type Bound = 'unbounded' | 'current' | { readonly by: unknown };

function boundsOf(
  spec: unknown,
  context: PipelineContext,
  wrong: (bound: unknown) => string | undefined,
): [lower: Bound, upper: Bound] {
  if (!Array.isArray(spec) || spec.length !== 2) throw new MongoError(9, 'Window bounds must be a 2-element array');
  const [lower, upper] = spec.map((given: unknown): Bound => {
    if (given === 'unbounded' || given === 'current') return given;
    const bound = typeof given === 'string' ? given : constantOf(given, context, 9, 'window bound');
    if (!isNumeric(bound))
      throw new MongoError(9, `Window bounds must be 'unbounded', 'current', or a number, not ${nameOf(bound)}`);
    const why = wrong(bound);
    if (why !== undefined) throw new MongoError(9, why);
    return { by: bound };
  }) as [Bound, Bound];
  const [from, to] = [lower, upper].map((bound) =>
    bound === 'current' ? new Int32(0) : (bound as { by?: unknown }).by,
  );
  if (from !== undefined && to !== undefined && compareValues(from, to) > 0)
    throw new MongoError(5339900, `Lower bound must not exceed upper bound: [${toNumber(from)}, ${toNumber(to)}]`);
  return [lower, upper];
}

function documentWindow(spec: unknown, sortBy: Doc | undefined, context: PipelineContext): Window {
  const bounds = boundsOf(spec, context, (bound) =>
    isWhole(bound) ? undefined : 'Numeric document-based bounds must be an integer',
  );
  if (!sortBy && bounds.some((bound) => bound !== 'unbounded'))
    throw new MongoError(5339901, 'Document-based bounds require a sortBy');
  const [lower, upper] = bounds.map((bound) =>
    bound === 'current' ? 0 : bound === 'unbounded' ? bound : toNumber(bound.by),
  );
  return ({ docs }) => {
    const within = (place: number): number => Math.min(Math.max(place, 0), docs.length);
    return docs.map((_doc, at) => [
      lower === 'unbounded' ? 0 : within(at + (lower ?? 0)),
      upper === 'unbounded' ? docs.length : within(at + (upper ?? 0) + 1),
    ]);
  };
}

function rangeWindow(spec: unknown, unit: unknown, sortBy: Doc | undefined, context: PipelineContext): Window {
  if (unit !== undefined && (typeof unit !== 'string' || !Object.hasOwn(UNIT_MILLISECONDS, unit)))
    throw new MongoError(9, `unknown time unit value: ${typeof unit === 'string' ? unit : nameOf(unit)}`);
  const [lower, upper] = boundsOf(spec, context, (bound) =>
    unit === undefined || isWhole(bound) ? undefined : "With 'unit', range-based bounds must be an integer",
  );
  const [field, ...others] = Object.entries(sortBy ?? {});
  if (!field || others.length > 0) throw new MongoError(5339902, 'Range-based bounds require sortBy a single field');
  if (toNumber(field[1]) !== 1) throw new MongoError(8947401, 'Range-based bounds require an ascending sortBy');
  const path = fieldPath(field[0]);
  const reach = (place: unknown, { by }: { readonly by: unknown }): unknown => {
    if (place instanceof Date) return new Date(addUnits(place.getTime(), String(unit), toNumber(by)));
    // MongoDB reckons in decimals, so that 0.7 less 0.1 is 0.6.
    return isFraction(place) || isFraction(by) ? decimalSum(toDecimal(place), toDecimal(by)) : sum(place, by);
  };
  return ({ docs }) => {
    const places = docs.map((doc) => rangeValue(doc, path, unit));
    // Keys compare as the values do, numbers of all types by value.
    const keys = places.map(keyOf);
    let [from, to] = [0, 0];
    // The ends only move forward, as the places of the documents do.
    return places.map((place, at) => {
      if (lower === 'current') from = at;
      else if (lower !== 'unbounded') {
        const least = keyOf(reach(place, lower));
        while (from < keys.length && Buffer.compare(keys[from] ?? least, least) < 0) from++;
      }
      if (upper === 'current') to = at + 1;
      else if (upper === 'unbounded') to = places.length;
      else {
        const most = keyOf(reach(place, upper));
        while (to < keys.length && Buffer.compare(keys[to] ?? most, most) <= 0) to++;
      }
      return [from, Math.max(from, to)];
    });
  };
}

const isFraction = (value: unknown): boolean => value instanceof Double && !Number.isInteger(value.value);

function rangeValue(doc: Doc, path: readonly string[], unit: unknown): unknown {
  const value = valueAt(doc, path);
  if (unit !== undefined) {
    if (value instanceof Date) return value;
    throw new MongoError(5429513, `Invalid range: Expected the sortBy field to be a Date, but it was ${nameOf(value)}`);
  }
  if (value instanceof Date)
    throw new MongoError(
      5429413,
      'Invalid range: For windows that involve date or time ranges, a unit must be provided.',
    );
  if (isNumeric(value)) return value;
  throw new MongoError(5429414, `Invalid range: Expected the sortBy field to be a number, but it was ${nameOf(value)}`);
}

const FILL_CODES = { notObject: 9, unknown: 40415, missing: 40414 };

const $fill: StageCompiler = (argument, context, name) => {
  const args = stageArguments(argument, name, ['output'], ['partitionBy', 'partitionByFields', 'sortBy'], FILL_CODES);
  const { output, partitionBy } = args;
  const [sortBy, partitionByFields] = [args['sortBy'] ?? undefined, args['partitionByFields'] ?? undefined];
  if (!isDoc(output)) throw new MongoError(14, "'output' of $fill must be an object");
  if (sortBy !== undefined && !isDoc(sortBy)) throw new MongoError(14, "'sortBy' of $fill must be an object");
  if (typeof (partitionBy ?? '') !== 'string' && !isDoc(partitionBy))
    throw new MongoError(14, "'partitionBy' of $fill must be a string or an object");
  if (Object.keys(output).length === 0)
    throw new MongoError(6050203, "The output field in '$fill' must contain an object with at least one element");
  if (partitionBy !== undefined && partitionByFields !== undefined)
    throw new MongoError(6050204, 'Maximum one of partitionBy and partitionByFields can be specified in $fill');
  const windows: Doc = {};
  const values: Doc = {};
  for (const [path, how] of Object.entries(output)) {
    const { value, method } = stageArguments(how, `${name} output`, [], ['value', 'method'], {
      ...FILL_CODES,
      notObject: 6050200,
    });
    if (value !== undefined && method !== undefined)
      throw new MongoError(6050201, `'method' and 'value' cannot both be specified, in ${path} of $fill`);
    if (value !== undefined) values[path] = { $ifNull: [`$${path}`, value] };
    else if (method === 'locf') windows[path] = { $locf: `$${path}` };
    else if (method === 'linear') windows[path] = { $linearFill: `$${path}` };
    else if (method !== undefined)
      throw new MongoError(6050202, `Method must be either locf or linear, in ${path} of $fill`);
  }
  const by = partitionByFields === undefined ? partitionBy : partitionDocument(partitionByFields);
  const order = sortBy === undefined ? {} : { sortBy };
  const stages: Doc[] = [];
  // Values alone need no order, and their documents are not put into one.
  if (Object.keys(windows).length > 0)
    stages.push({ $setWindowFields: { ...(by === undefined ? {} : { partitionBy: by }), ...order, output: windows } });
  if (Object.keys(values).length > 0) stages.push({ $addFields: values });
  return context.pipeline(stages, context);
};

/** The expression of what documents of one partition have in common. */
export function partitionDocument(fields: unknown): Doc {
  if (!Array.isArray(fields) || fields.some((field) => typeof field !== 'string'))
    throw new MongoError(14, 'partitionByFields must be an array of the names of fields');
  for (const field of fields as string[]) fieldPath(field);
  return Object.fromEntries((fields as string[]).map((field) => [field.replaceAll('.', '\u2024'), `$${field}`]));
}

/** Stages that compute over the documents around each. */
export const WINDOWS: Readonly<Record<string, StageCompiler>> = { $fill, $setWindowFields };
