import { Double, Int32 } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric, isWhole } from '../arithmetic.js';
import { fieldPath, valueAt } from '../expression.js';
import { difference, product, quotient, sum } from '../expressions/arithmetic.js';
import { isNullish, nameOf } from '../expressions/operator.js';
import { toNumber } from '../numbers.js';
import { computing, stageArguments, type PipelineContext } from './stage.js';

/** The documents of a partition, in their order. */
export interface Partition {
  readonly docs: readonly Doc[];
  /** Whether two documents are equal to the sort. */
  sameRank(this: void, a: number, b: number): boolean;
}

/** The value of one document. */
export type WindowFunction = (partition: Partition, at: number) => unknown;

interface Setting {
  readonly context: PipelineContext;
  readonly sortBy: Doc;
  readonly bounds: (partition: Partition, at: number) => readonly [from: number, to: number];
  readonly name: string;
}

interface Definition {
  /** It takes a window. */
  readonly windowed: boolean;
  /** It needs a sort by exactly one field. */
  readonly single: boolean;
  compile(this: void, argument: unknown, setting: Setting): WindowFunction;
}

/** Units that have always the same length, in milliseconds. */
export const UNIT_MILLISECONDS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: Number.NaN,
  quarter: Number.NaN,
  year: Number.NaN,
};

/** Computes something of a whole partition once, and looks it up for each document. */
function perPartition(compute: (partition: Partition) => readonly unknown[]): WindowFunction {
  const known = new WeakMap<Partition, readonly unknown[]>();
  return (partition, at) => {
    const values = known.get(partition) ?? compute(partition);
    known.set(partition, values);
    return values[at];
  };
}

const ranking =
  (rankOf: (at: number, before: number, isNew: boolean) => number): Definition['compile'] =>
  (argument, { name }) => {
    if (!isDoc(argument) || Object.keys(argument).length > 0)
      throw new MongoError(5371603, `${name} must be specified with '{}' as the value`);
    return perPartition(({ docs, sameRank }) => {
      let rank = 0;
      return docs.map((_doc, at) => {
        rank = rankOf(at, rank, at === 0 || !sameRank(at - 1, at));
        return new Int32(rank);
      });
    });
  };

const $shift: Definition['compile'] = (argument, { context, name }) => {
  const args = stageArguments(argument, name, ['output', 'by'], ['default'], { notObject: 9, unknown: 9, missing: 9 });
  const by = toNumber(args['by']);
  if (!isWhole(args['by'])) throw new MongoError(9, "'$shift:by' field must be an integer");
  const output = computing(args['output'], context);
  const otherwise = computing(args['default'] ?? null, context)({});
  return ({ docs }, at) => {
    const other = docs[at + by];
    return other ? (output(other) ?? null) : otherwise;
  };
};

const $locf: Definition['compile'] = (argument, { context }) => {
  const compute = computing(argument, context);
  return perPartition(({ docs }) => {
    let last: unknown = null;
    return docs.map((doc) => {
      const value = compute(doc);
      if (!isNullish(value)) last = value;
      return last;
    });
  });
};

/** The sort's value, which says how far documents are apart. */
function placeOf(sortBy: Doc): (doc: Doc | undefined) => unknown {
  const path = fieldPath(Object.keys(sortBy)[0] ?? '');
  return (doc) => valueAt(doc, path);
}

const asNumber = (value: unknown): unknown => (value instanceof Date ? new Double(value.getTime()) : value);

const $linearFill: Definition['compile'] = (argument, { context, sortBy }) => {
  const compute = computing(argument, context);
  const place = placeOf(sortBy);
  return perPartition(({ docs }) => {
    const values = docs.map((doc) => compute(doc) ?? null);
    const places = docs.map((doc) => asNumber(place(doc)));
    values.forEach((value, at) => {
      if (value !== null && !isNumeric(value))
        throw new MongoError(605000, `Value to be filled must be numeric or nullish, but is ${nameOf(value)}`);
      if (!isNumeric(places[at])) throw new MongoError(605001, 'Value of the sortBy field must be numeric or a date');
      if (at > 0 && toNumber(places[at]) === toNumber(places[at - 1]))
        throw new MongoError(6050106, 'There can be no repeated values in the sort field');
    });
    return values.map((value, at) => {
      if (value !== null) return value;
      const left = values.findLastIndex((other, i) => i < at && other !== null);
      const right = values.findIndex((other, i) => i > at && other !== null);
      if (left < 0 || right < 0) return null;
      const share = quotient(difference(places[at], places[left]), difference(places[right], places[left]));
      return sum(values[left], product(difference(values[right], values[left]), share));
    });
  });
};

/** The argument of `$derivative` and `$integral`: a value, and the unit of the dates that it is over. */
function rateOf(
  argument: unknown,
  { context, sortBy, name }: Setting,
): { y: (doc: Doc) => unknown; x: (doc: Doc) => unknown } {
  const args = stageArguments(argument, name, ['input'], ['unit'], { notObject: 9, unknown: 9, missing: 9 });
  const { unit } = args;
  const length =
    unit === undefined
      ? 1
      : typeof unit === 'string' && Object.hasOwn(UNIT_MILLISECONDS, unit)
        ? UNIT_MILLISECONDS[unit]
        : undefined;
  if (length === undefined || Number.isNaN(length))
    throw new MongoError(
      5490710,
      `unit of ${name} must be 'week' or smaller, not ${typeof unit === 'string' ? unit : nameOf(unit)}`,
    );
  const place = placeOf(sortBy);
  const input = computing(args['input'], context);
  return {
    y: (doc) => {
      const value = input(doc);
      if (!isNumeric(value))
        throw new MongoError(5423900, `The input value of ${name} must evaluate to a number, but is ${nameOf(value)}`);
      return value;
    },
    x: (doc) => {
      const value = place(doc);
      if (value instanceof Date) {
        if (unit === undefined)
          throw new MongoError(5429513, `${name} with no 'unit' expects the sortBy field to be numeric`);
        return new Double(value.getTime() / length);
      }
      if (!isNumeric(value) || unit !== undefined)
        throw new MongoError(5429414, `${name} where the sortBy is ${nameOf(value)} cannot be computed`);
      return value;
    },
  };
}

const $derivative: Definition['compile'] = (argument, setting) => {
  const { x, y } = rateOf(argument, setting);
  return (partition, at) => {
    const [from, to] = setting.bounds(partition, at);
    const [first, last] = [partition.docs[from], partition.docs[to - 1]];
    if (!first || !last || to - from < 2) return null;
    const [run, rise] = [difference(x(last), x(first)), difference(y(last), y(first))];
    return toNumber(run) === 0 ? null : quotient(rise, run);
  };
};

const $integral: Definition['compile'] = (argument, setting) => {
  const { x, y } = rateOf(argument, setting);
  return (partition, at) => {
    const [from, to] = setting.bounds(partition, at);
    const docs = partition.docs.slice(from, to);
    if (docs.length === 0) return null;
    return docs.slice(1).reduce<unknown>((area, doc, i) => {
      const before = docs[i] as Doc;
      const part = quotient(product(sum(y(before), y(doc)), difference(x(doc), x(before))), new Int32(2));
      return sum(area, part);
    }, new Int32(0));
  };
};

const $expMovingAvg: Definition['compile'] = (argument, { context, name }) => {
  const args = stageArguments(argument, name, ['input'], ['N', 'alpha'], { notObject: 9, unknown: 9, missing: 9 });
  const { N, alpha } = args;
  if ((N === undefined) === (alpha === undefined)) throw new MongoError(9, `${name} takes exactly one of N and alpha`);
  if (N !== undefined && (!isWhole(N) || toNumber(N) <= 0))
    throw new MongoError(9, "'N' field must be a positive integer");
  const weight = N === undefined ? toNumber(alpha) : 2 / (toNumber(N) + 1);
  if (!(weight > 0 && (N !== undefined || weight < 1)))
    throw new MongoError(9, "'alpha' must be between 0 and 1 (exclusive)");
  const input = computing(args['input'], context);
  return perPartition(({ docs }) => {
    let average: unknown = null;
    return docs.map((doc) => {
      const value = input(doc);
      if (!isNumeric(value)) return average;
      average =
        average === null ? value : sum(product(value, new Double(weight)), product(average, new Double(1 - weight)));
      return average;
    });
  });
};

const covariance =
  (sample: boolean): Definition['compile'] =>
  (argument, { context, bounds, name }) => {
    if (!Array.isArray(argument) || argument.length !== 2)
      throw new MongoError(9, `${name} takes an array of two expressions`);
    const [x, y] = argument.map((spec: unknown) => computing(spec, context));
    return (partition, at) => {
      const pairs = partition.docs
        .slice(...bounds(partition, at))
        .map((doc) => [x?.(doc), y?.(doc)])
        .filter((pair) => pair.every(isNumeric))
        .map((pair) => pair.map(toNumber) as [number, number]);
      const divisor = sample ? pairs.length - 1 : pairs.length;
      if (divisor <= 0) return null;
      const mean = (side: 0 | 1): number => pairs.reduce((total, pair) => total + pair[side], 0) / pairs.length;
      const [meanX, meanY] = [mean(0), mean(1)];
      return new Double(pairs.reduce((total, [a, b]) => total + (a - meanX) * (b - meanY), 0) / divisor);
    };
  };

/** Window functions that are not accumulators. All go by an order. */
export const WINDOW_FUNCTIONS: Readonly<Record<string, Definition>> = {
  $covariancePop: { windowed: true, single: false, compile: covariance(false) },
  $covarianceSamp: { windowed: true, single: false, compile: covariance(true) },
  $denseRank: { windowed: false, single: true, compile: ranking((_at, rank, isNew) => (isNew ? rank + 1 : rank)) },
  $derivative: { windowed: true, single: true, compile: $derivative },
  $documentNumber: { windowed: false, single: false, compile: ranking((at) => at + 1) },
  $expMovingAvg: { windowed: false, single: false, compile: $expMovingAvg },
  $integral: { windowed: true, single: true, compile: $integral },
  $linearFill: { windowed: false, single: true, compile: $linearFill },
  $locf: { windowed: false, single: false, compile: $locf },
  $rank: { windowed: false, single: true, compile: ranking((at, rank, isNew) => (isNew ? at + 1 : rank)) },
  $shift: { windowed: false, single: false, compile: $shift },
};
