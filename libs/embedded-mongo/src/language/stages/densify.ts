import type { Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { compareValues } from '../../store/keys/compare.js';
import { isNumeric } from '../values/arithmetic.js';
import { typeName } from '../values/bson-types.js';
import { valueAt } from '../expression.js';
import { fieldPath } from '../paths.js';
import { sum } from '../expressions/arithmetic.js';
import { addUnits } from '../expressions/date-maths.js';
import { isNullish, nameOf } from '../expressions/operator.js';
import { toNumber } from '../values/numbers.js';
import { sorted } from './choose.js';
import { Groups } from './group.js';
import { within, withValue } from './reshape.js';
import { computing, stageArguments, textArgument, type PipelineContext, type StageCompiler } from './stage.js';
import { UNIT_MILLISECONDS } from './window-functions.js';
import { partitionDocument } from './windows.js';

/** Most documents that one `$densify` makes, as MongoDB has it. */
const MAX_GENERATED = 500_000;

interface Range {
  readonly step: unknown;
  readonly unit: string | undefined;
  readonly bounds: 'full' | 'partition' | readonly [from: unknown, to: unknown];
}

const $densify: StageCompiler = (argument, context, name) => {
  const args = stageArguments(argument, name, ['field', 'range'], ['partitionByFields'], {
    notObject: 9,
    unknown: 40415,
    missing: 40414,
  });
  const path = fieldPath(textArgument(args, 'field', name));
  const partitionFields = (args['partitionByFields'] ?? []) as string[];
  const partition = computing(partitionDocument(partitionFields), context);
  const densified = path.join('.');
  for (const field of partitionFields) {
    if (field === densified || field.startsWith(`${densified}.`))
      throw new MongoError(
        8993000,
        "BSON field '$densify.partitionByFields' contains the field that is being densified",
      );
    if (densified.startsWith(`${field}.`))
      throw new MongoError(
        9554500,
        "The field that is being densified contains the BSON field '$densify.partitionByFields'",
      );
  }
  const range = rangeOf(args['range'], partitionFields.length > 0);
  return function* (documents) {
    const groups = new Groups<{ docs: Doc[]; shared: Doc }>(context.ordering, () => ({ docs: [], shared: {} }));
    const all: Doc[] = [];
    for (const doc of documents) {
      const value = within(doc, path);
      // What has no place in the order is passed on as it is.
      if (isNullish(value)) yield doc;
      else {
        checkValue(value, range);
        const group = groups.of(partition(doc));
        if (group.docs.length === 0)
          group.shared = partitionFields.reduce(
            (shared, field) => withValue(shared, fieldPath(field), valueAt(doc, fieldPath(field))),
            {},
          );
        group.docs.push(doc);
        all.push(doc);
      }
    }
    // Bounds of their own are filled whatever documents there are.
    if (Array.isArray(range.bounds) && partitionFields.length === 0) groups.of(partition({}));
    const full = extent(all, path, context);
    let generated = 0;
    for (const { group } of groups) {
      const bounds =
        range.bounds === 'full'
          ? full
          : range.bounds === 'partition'
            ? extent(group.docs, path, context)
            : range.bounds;
      const sortedDocs = sorted(group.docs, { [path.join('.')]: 1 }, context.ordering);
      yield* merged(sortedDocs, bounds, group.shared);
    }

    function* merged(docs: readonly Doc[], [from, to]: readonly [unknown, unknown], shared: Doc): Generator<Doc> {
      const order = (at: number, place: unknown): number => context.ordering.compare(within(docs[at], path), place);
      const inclusive = !Array.isArray(range.bounds);
      let next = 0;
      for (let place = from; compareValues(place, to) < (inclusive ? 1 : 0); place = stepFrom(place, range)) {
        while (next < docs.length && order(next, place) < 0) yield docs[next++] as Doc;
        if (next < docs.length && order(next, place) === 0) {
          // The document is where the next step begins, with the type of its number.
          place = within(docs[next], path);
          while (next < docs.length && order(next, place) === 0) yield docs[next++] as Doc;
        } else {
          if (++generated > MAX_GENERATED)
            throw new MongoError(
              5897900,
              `Generated ${generated} documents in $densify, which is over the limit of ${MAX_GENERATED}`,
            );
          yield withValue(shared, path, place);
        }
      }
      yield* docs.slice(next);
    }
  };
};

/** The place a step behind another one: MongoDB adds to where it is, so that a day that a month had not stays lost. */
function stepFrom(place: unknown, { step, unit }: Range): unknown {
  return place instanceof Date
    ? new Date(addUnits(place.getTime(), unit ?? 'millisecond', toNumber(step)))
    : sum(place, step);
}

function extent(
  docs: readonly Doc[],
  path: readonly string[],
  { ordering }: PipelineContext,
): readonly [unknown, unknown] {
  const values = docs.map((doc) => within(doc, path)).sort(ordering.compare);
  return [values[0], values.at(-1)];
}

function rangeOf(spec: unknown, partitioned: boolean): Range {
  const args = stageArguments(spec, '$densify range', ['step', 'bounds'], ['unit'], {
    notObject: 14,
    unknown: 40415,
    missing: 40414,
  });
  const { step, bounds } = args;
  const unit = args['unit'] ?? undefined;
  if (!isNumeric(step))
    throw new MongoError(14, `the step parameter in a range statement must be a number, not ${nameOf(step)}`);
  if (!(toNumber(step) > 0))
    throw new MongoError(5733401, 'the step parameter in a range statement must be a strictly positive numeric value');
  if (unit !== undefined && typeof unit !== 'string')
    throw new MongoError(14, `the unit parameter in a range statement must be a string, not ${nameOf(unit)}`);
  if (unit !== undefined && !Object.hasOwn(UNIT_MILLISECONDS, unit))
    throw new MongoError(9, `unknown time unit value: ${unit}`);
  if (unit !== undefined && !Number.isInteger(toNumber(step)))
    throw new MongoError(
      6586400,
      'The step parameter in a range satement must be a whole number when densifying a date range',
    );
  if (typeof bounds === 'string') {
    if (bounds !== 'full' && bounds !== 'partition')
      throw new MongoError(5946802, "Bounds string must either be 'full' or 'partition'");
    if (bounds === 'partition' && !partitioned)
      throw new MongoError(
        5733408,
        "one may not specify the bounds as 'partition' without specifying a non-empty array of partitionByFields",
      );
    return { step, unit, bounds };
  }
  if (!Array.isArray(bounds))
    throw new MongoError(
      5733404,
      "the bounds in a range statement must be the string 'full', 'partition', or an array",
    );
  if (bounds.length !== 2)
    throw new MongoError(5733403, 'a bounding array in a range statement must have exactly two elements');
  const [from, to] = bounds as [unknown, unknown];
  checkBounds(from, to, { step, unit });
  return { step, unit, bounds: [from, to] };
}

/** @throws MongoError where bounds, step and unit do not go together */
function checkBounds(from: unknown, to: unknown, { step, unit }: Pick<Range, 'step' | 'unit'>): void {
  const dates = from instanceof Date;
  if (compareValues(from, to) > 0)
    throw new MongoError(5733402, 'the bounds in a range statement must be an ascending array');
  if (!dates && !isNumeric(from))
    throw new MongoError(5946800, 'a bounding array must contain either both dates or both numeric types');
  if (dates && !(to instanceof Date))
    throw new MongoError(5733405, 'a bounding array must contain either both dates or both numeric types');
  if (!dates && !isNumeric(to))
    throw new MongoError(5733406, 'a bounding array must contain either both dates or both numeric types');
  if (dates && unit === undefined) throw new MongoError(5733410, 'a bounding array of dates must specify a unit');
  if (!dates && unit !== undefined) throw new MongoError(5733409, 'numeric bounds may not have unit parameter');
  if (!dates && new Set([from, to, step].map(typeName)).size > 1)
    throw new MongoError(5876900, 'Upper bound, lower bound, and step must all have the same type');
}

/** @throws MongoError 5733201 or 6053600 for a value that is none, or none that goes with the step */
function checkValue(value: unknown, { unit }: Range): void {
  if (!isNumeric(value) && !(value instanceof Date))
    throw new MongoError(5733201, `Densify field type must be numeric or a date, but is ${nameOf(value)}`);
  if (value instanceof Date !== (unit !== undefined))
    throw new MongoError(
      6053600,
      unit === undefined
        ? 'Encountered date densify value in collection when step does not have a date unit.'
        : 'Encountered numeric densify value in collection when step has a date unit.',
    );
}

/** Stages that fill gaps with documents of their own. */
export const DENSIFYING: Readonly<Record<string, StageCompiler>> = { $densify };
