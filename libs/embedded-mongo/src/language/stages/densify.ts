import type { Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { compareValues } from '../../store/key.js';
import { isNumeric } from '../arithmetic.js';
import { fieldPath, valueAt } from '../expression.js';
import { product, sum } from '../expressions/arithmetic.js';
import { addUnits } from '../expressions/date-maths.js';
import { isNullish, nameOf } from '../expressions/operator.js';
import { Int32 } from 'bson';
import { toNumber } from '../numbers.js';
import { sorted } from './choose.js';
import { Groups } from './group.js';
import { withValue } from './reshape.js';
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
    notObject: 5733201,
    unknown: 40415,
    missing: 40414,
  });
  const path = fieldPath(textArgument(args, 'field', name));
  const partitionFields = (args['partitionByFields'] ?? []) as string[];
  const partition = computing(partitionDocument(partitionFields), context);
  const range = rangeOf(args['range'], partitionFields.length > 0);
  return function* (documents) {
    const groups = new Groups<{ docs: Doc[]; shared: Doc }>(context.ordering, () => ({ docs: [], shared: {} }));
    const all: Doc[] = [];
    for (const doc of documents) {
      const value = valueAt(doc, path);
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
    const full = extent(all, path, context);
    let generated = 0;
    for (const { group } of groups) {
      const bounds =
        range.bounds === 'full'
          ? full
          : range.bounds === 'partition'
            ? extent(group.docs, path, context)
            : range.bounds;
      const inclusive = !Array.isArray(range.bounds);
      const sortedDocs = sorted(group.docs, { [path.join('.')]: 1 }, context.ordering);
      yield* merged(sortedDocs, steps(bounds, range, inclusive), group.shared);
    }

    function* merged(docs: readonly Doc[], places: Iterable<unknown>, shared: Doc): Generator<Doc> {
      let next = 0;
      for (const place of places) {
        while (next < docs.length && context.ordering.compare(valueAt(docs[next], path), place) < 0)
          yield docs[next++] as Doc;
        if (next < docs.length && context.ordering.compare(valueAt(docs[next], path), place) === 0) {
          while (next < docs.length && context.ordering.compare(valueAt(docs[next], path), place) === 0)
            yield docs[next++] as Doc;
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

/** The places of a range, each a number of steps from its beginning. */
function* steps([from, to]: readonly [unknown, unknown], { step, unit }: Range, inclusive: boolean): Generator {
  for (let i = 0; ; i++) {
    const place =
      from instanceof Date
        ? new Date(addUnits(from.getTime(), unit ?? 'millisecond', i * toNumber(step)))
        : sum(from, product(step, new Int32(i)));
    const order = compareValues(place, to);
    if (inclusive ? order > 0 : order >= 0) return;
    yield place;
  }
}

function extent(
  docs: readonly Doc[],
  path: readonly string[],
  { ordering }: PipelineContext,
): readonly [unknown, unknown] {
  const values = docs.map((doc) => valueAt(doc, path)).sort(ordering.compare);
  return [values[0], values.at(-1)];
}

function rangeOf(spec: unknown, partitioned: boolean): Range {
  const { step, unit, bounds } = stageArguments(spec, '$densify range', ['step', 'bounds'], ['unit'], {
    notObject: 5733402,
    unknown: 40415,
    missing: 40414,
  });
  if (!isNumeric(step) || toNumber(step) <= 0)
    throw new MongoError(5733401, 'the step parameter in a range statement must be a strictly positive numeric value');
  if (unit !== undefined && (typeof unit !== 'string' || !Object.hasOwn(UNIT_MILLISECONDS, unit)))
    throw new MongoError(9, `unknown time unit value: ${nameOf(unit)}`);
  if (unit !== undefined && !Number.isInteger(toNumber(step)))
    throw new MongoError(
      6586400,
      'The step parameter in a range satement must be a whole number when densifying a date range',
    );
  if (bounds === 'full' || bounds === 'partition') {
    if (bounds === 'partition' && !partitioned)
      throw new MongoError(
        5733408,
        "one may not specify the bounds as 'partition' without specifying a non-empty array of partitionByFields",
      );
    return { step, unit, bounds };
  }
  if (!Array.isArray(bounds) || bounds.length !== 2)
    throw new MongoError(
      5733403,
      "the bounds in a range statement must be the string 'full', 'partition', or an array of two elements",
    );
  const [from, to] = bounds as [unknown, unknown];
  const dates = from instanceof Date && to instanceof Date;
  if (!dates && !(isNumeric(from) && isNumeric(to)))
    throw new MongoError(5733406, 'a bounding array must contain either both dates or both numeric types');
  if (dates !== (unit !== undefined)) throw new MongoError(5733501, 'dates need a unit, and numbers take none');
  return { step, unit, bounds: [from, to] };
}

function checkValue(value: unknown, { unit }: Range): void {
  const fits = unit === undefined ? isNumeric(value) : value instanceof Date;
  if (!fits)
    throw new MongoError(
      5733201,
      `PartitionIterator: the field of $densify is ${nameOf(value)}, which does not go with its range`,
    );
}

/** Stages that fill gaps with documents of their own. */
export const DENSIFYING: Readonly<Record<string, StageCompiler>> = { $densify };
