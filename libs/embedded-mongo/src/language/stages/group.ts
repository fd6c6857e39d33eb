import { Int32 } from 'bson';
import { isDoc, put, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric, isWhole } from '../values/arithmetic.js';
import { keyOf } from '../../store/keys/key.js';
import { compileAccumulator, type Accumulation, type Accumulator } from '../accumulators.js';
import { typeName } from '../values/bson-types.js';
import { scopeOf } from '../expression.js';
import { toNumber } from '../values/numbers.js';
import type { Ordering } from '../values/ordering.js';
import { lastWhere, valueKeys, type ValueKeys } from '../values/value-keys.js';
import { checkRoundable, granularityOf } from './granularity.js';
import {
  computing,
  constantOf,
  documentArgument,
  stageArguments,
  type PipelineContext,
  type Stage,
  type StageCompiler,
} from './stage.js';

/** The groups of a stage, by what their documents have in common. */
export class Groups<Group> {
  private readonly byKey = new Map<string, { id: unknown; group: Group }>();
  private readonly keyOf: ValueKeys;

  constructor(
    ordering: Ordering,
    private readonly begin: (id: unknown) => Group,
  ) {
    this.keyOf = valueKeys(ordering);
  }

  /** The group of a value; what is missing goes with null. */
  of(value: unknown): Group {
    const id = value ?? null;
    const key = this.keyOf(id);
    const known = this.byKey.get(key);
    if (known) return known.group;
    const group = this.begin(id);
    this.byKey.set(key, { id, group });
    return group;
  }

  /** In the order in which they came up. */
  [Symbol.iterator](): Iterator<{ id: unknown; group: Group }> {
    return this.byKey.values();
  }
}

type Fields = readonly (readonly [name: string, begin: Accumulator])[];

/** The accumulators of a stage's fields. */
function accumulatorsOf(fields: Doc, context: PipelineContext): Fields {
  return Object.entries(fields).map(([name, spec]) => {
    if (name.includes('.')) throw new MongoError(40235, `The field name '${name}' cannot contain '.'`);
    if (name.startsWith('$')) throw new MongoError(40236, `The field name '${name}' cannot be an operator name`);
    return [name, compileAccumulator(name, spec, context)] as const;
  });
}

function grouping(computeId: (doc: Doc) => unknown, fields: Fields, context: PipelineContext): Stage {
  return function* (documents) {
    const groups = new Groups<Accumulation[]>(context.ordering, (id) => {
      // What does not differ within a group is computed of the fields of its key.
      const scope = scopeOf(isDoc(id) ? id : {}, context.variables);
      return fields.map(([, begin]) => begin(scope));
    });
    for (const doc of documents) {
      const scope = scopeOf(doc, context.variables);
      for (const accumulation of groups.of(computeId(doc))) accumulation.add(scope);
    }
    for (const { id, group } of groups) {
      const result: Doc = { _id: id };
      fields.forEach(([name], i) => put(result, name, group[i]?.result()));
      yield result;
    }
  };
}

const $group: StageCompiler = (argument, context) => {
  if (!isDoc(argument)) throw new MongoError(15947, "a group's fields must be specified in an object");
  const { _id, ...fields } = argument;
  if (!('_id' in argument)) throw new MongoError(15955, 'a group specification must include an _id');
  if (isDoc(_id) && Object.values(_id).some((value) => typeof value === 'boolean' || isNumeric(value)))
    if (Object.keys(_id)[0]?.startsWith('$') !== true)
      throw new MongoError(17390, '$group does not support inclusion-style expressions');
  return grouping(computing(_id, context), accumulatorsOf(fields, context), context);
};

/** Whether it is a path or an operator, and no value of another kind. */
const isComputed = (spec: unknown): boolean =>
  isDoc(spec) ? Object.keys(spec)[0]?.startsWith('$') === true : typeof spec === 'string' && spec.startsWith('$');

const $sortByCount: StageCompiler = (argument, context) => {
  if (!isComputed(argument))
    throw new MongoError(
      isDoc(argument) ? 40147 : typeof argument === 'string' ? 40148 : 40149,
      'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
    );
  const stages = [{ $group: { _id: argument, count: { $sum: new Int32(1) } } }, { $sort: { count: -1 } }];
  return context.pipeline(stages, context);
};

const $count: StageCompiler = (argument) => {
  if (typeof argument !== 'string') throw new MongoError(40156, 'the count field must be a non-empty string');
  if (argument === '') throw new MongoError(40157, 'the count field must be a non-empty string');
  if (argument.startsWith('$')) throw new MongoError(40158, 'the count field cannot be a $-prefixed path');
  if (argument.includes('\0')) throw new MongoError(40159, 'the count field cannot contain a null byte');
  if (argument.includes('.')) throw new MongoError(40160, "the count field cannot contain '.'");
  if (argument === '_id') throw new MongoError(9039800, "the count field cannot be '_id'");
  return function* (documents) {
    let count = 0;
    for (const found = documents[Symbol.iterator](); found.next().done !== true;) count++;
    if (count > 0) yield { [argument]: new Int32(count) };
  };
};

const COUNTING = { count: { $sum: new Int32(1) } };

const $bucket: StageCompiler = (argument, context, name) => {
  const args = stageArguments(argument, name, ['groupBy', 'boundaries'], ['default', 'output'], {
    notObject: 40201,
    unknown: 40197,
    missing: 40198,
  });
  const { compare } = context.ordering;
  const value = groupBy(args['groupBy'], context, name, 40202);
  const boundaries = boundariesOf(args['boundaries'], context);
  const output = outputOf(args, name, 40196) ?? COUNTING;
  if ('_id' in output) throw new MongoError(15948, "a group's _id may only be specified once");
  const otherwise = 'default' in args ? constantOf(args['default'], context, 40195, `${name} 'default'`) : undefined;
  const [lowest, highest] = [boundaries[0], boundaries.at(-1)];
  if ('default' in args && compare(otherwise, lowest) >= 0 && compare(otherwise, highest) < 0)
    throw new MongoError(
      40199,
      "The $bucket 'default' field must be less than the lowest boundary or greater than or equal to the highest boundary.",
    );
  const bucketOf = (doc: Doc): unknown => {
    const found = value(doc);
    if (compare(found, lowest) >= 0 && compare(found, highest) < 0)
      return boundaries[lastWhere(boundaries, (boundary) => compare(boundary, found) <= 0)];
    if ('default' in args) return otherwise;
    throw new MongoError(40066, '$switch could not find a matching branch for an input, and no default was specified.');
  };
  const group = grouping(bucketOf, accumulatorsOf(output, context), context);
  return (documents) => [...group(documents)].sort((a, b) => compare(a['_id'], b['_id']));
};

/** The fields that a stage is told to give. */
const outputOf = (args: Doc, name: string, code: number): Doc | undefined =>
  'output' in args ? documentArgument(args['output'], `${name} output`, code) : undefined;

function groupBy(spec: unknown, context: PipelineContext, name: string, code: number): (doc: Doc) => unknown {
  if (!isComputed(spec))
    throw new MongoError(
      code,
      `The ${name} 'groupBy' field must be defined as a $-prefixed path or an expression object`,
    );
  return computing(spec, context);
}

function boundariesOf(spec: unknown, context: PipelineContext): unknown[] {
  if (!Array.isArray(spec))
    throw new MongoError(40200, `The $bucket 'boundaries' field must be an array, but found type: ${typeName(spec)}`);
  const values = spec.map((item: unknown) => constantOf(item, context, 40191, "$bucket 'boundaries'"));
  if (spec.length < 2)
    throw new MongoError(
      40192,
      `The $bucket 'boundaries' field must have at least 2 values, but found ${spec.length} value(s).`,
    );
  values.forEach((value, i) => {
    if (i === 0) return;
    const before = values[i - 1];
    if (keyOf(before)[0] !== keyOf(value)[0])
      throw new MongoError(
        40193,
        `All values in the the 'boundaries' option to $bucket must have the same type. Found conflicting types ${typeName(before)} and ${typeName(value)}`,
      );
    if (context.ordering.compare(before, value) >= 0)
      throw new MongoError(40194, "The 'boundaries' option to $bucket must be sorted in ascending order");
  });
  return values;
}

/** @throws MongoError 4544714 where `n` is no constant: no bucket is known when it begins */
function checkCounts(output: Doc, context: PipelineContext): void {
  for (const spec of Object.values(output))
    for (const [operator, argument] of Object.entries(spec as Doc)) {
      if (operator.endsWith('N') && isDoc(argument)) constantOf(argument['n'], context, 4544714, "'n' in $bucketAuto");
    }
}

const $bucketAuto: StageCompiler = (argument, context, name) => {
  const args = stageArguments(argument, name, ['groupBy', 'buckets'], ['output', 'granularity'], {
    notObject: 40240,
    unknown: 40245,
    missing: 40246,
  });
  const granularity = 'granularity' in args ? granularityOf(args['granularity']) : undefined;
  const buckets = toNumber(args['buckets']);
  if (!isNumeric(args['buckets']))
    throw new MongoError(40241, `The $bucketAuto 'buckets' field must be a numeric value`);
  if (!isWhole(args['buckets']) || Math.abs(buckets) >= 2 ** 31)
    throw new MongoError(40242, `The $bucketAuto 'buckets' field must be representable as a 32-bit integer`);
  if (buckets <= 0)
    throw new MongoError(40243, `The $bucketAuto 'buckets' field must be greater than 0, but found: ${buckets}`);
  const value = groupBy(args['groupBy'], context, name, 40239);
  const output = outputOf(args, name, 40244) ?? {};
  const fields = accumulatorsOf(Object.keys(output).length > 0 ? output : COUNTING, { ...context, leading: false });
  checkCounts(output, context);
  const { compare } = context.ordering;
  return function* (documents) {
    const all = Array.from(documents, (doc) => ({ doc, by: value(doc) ?? null })).sort((a, b) => compare(a.by, b.by));
    if (granularity) for (const { by } of all) checkRoundable(by);
    const size = Math.max(1, Math.round(all.length / buckets));
    let min = granularity ? granularity.down(all[0]?.by) : all[0]?.by;
    let from = 0;
    for (let bucket = 1; from < all.length; bucket++) {
      let to = bucket >= buckets ? all.length : Math.min(from + size, all.length);
      const last = all[to - 1]?.by;
      const boundary = granularity?.up(last);
      // Equal values stay together, and so do all below a boundary that is rounded.
      while (
        to < all.length &&
        (compare(all[to]?.by, last) === 0 || (granularity && compare(all[to]?.by, boundary) < 0))
      )
        to++;
      const next = all[to];
      let max = next ? next.by : last;
      if (granularity) max = next && toNumber(boundary) === 0 ? granularity.down(next.by) : boundary;
      const accumulations = fields.map(([, begin]) => begin(scopeOf({}, context.variables)));
      for (const { doc } of all.slice(from, to))
        for (const accumulation of accumulations) accumulation.add(scopeOf(doc, context.variables));
      const result: Doc = { _id: { min, max } };
      fields.forEach(([field], i) => put(result, field, accumulations[i]?.result()));
      yield result;
      [from, min] = [to, max];
    }
  };
};

/** Stages that put documents into groups. */
export const GROUPING: Readonly<Record<string, StageCompiler>> = { $bucket, $bucketAuto, $count, $group, $sortByCount };
