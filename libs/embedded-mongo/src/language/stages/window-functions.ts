import { Decimal128, Double, Int32, Long } from 'bson';
import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric, isWhole } from '../values/arithmetic.js';
import { decimalProduct, decimalQuotient, decimalSum, toDecimal } from '../values/decimal.js';
import { valueAt } from '../expression.js';
import { fieldPath } from '../paths.js';
import { difference, product, quotient, subtract, sum } from '../expressions/arithmetic.js';
import { isNullish, nameOf } from '../expressions/operator.js';
import { Total } from '../expressions/total.js';
import { toNumber } from '../values/numbers.js';
import { slide, type Span } from './sliding.js';
import { computing, constantOf, stageArguments, type PipelineContext } from './stage.js';

/** The documents of a partition, in their order. */
export interface Partition {
  readonly docs: readonly Doc[];
  /** Whether two documents are equal to the sort. */
  sameRank(this: void, a: number, b: number): boolean;
}

/** The window of each document of a partition, in their order. */
export type Window = (partition: Partition) => readonly Span[];

/** The value of each document of a partition, in their order. */
export type WindowFunction = (partition: Partition) => readonly unknown[];

interface Setting {
  readonly context: PipelineContext;
  readonly sortBy: Doc;
  readonly window: Window;
  readonly name: string;
}

interface Definition {
  /** Whether it takes a window, or cannot do without. */
  readonly window: 'refused' | 'taken' | 'needed';
  /** By how many fields it needs the documents sorted. */
  readonly sort: 'none' | 'some' | 'one';
  /** The codes of what does not fit these, and of fields beside it. */
  readonly codes: { readonly window: number; readonly sort: number; readonly others?: number };
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

const ranking =
  (rankOf: (at: number, before: number, isNew: boolean) => number): Definition['compile'] =>
  (argument, { name }) => {
    if (!isDoc(argument) || Object.keys(argument).length > 0)
      throw new MongoError(5371603, `${name} must be specified with '{}' as the value`);
    return ({ docs, sameRank }) => {
      let rank = 0;
      return docs.map((_doc, at) => {
        rank = rankOf(at, rank, at === 0 || !sameRank(at - 1, at));
        return new Int32(rank);
      });
    };
  };

const $shift: Definition['compile'] = (argument, { context, name }) => {
  const args = stageArguments(argument, name, ['output', 'by'], ['default'], { notObject: 9, unknown: 9, missing: 9 });
  const by = toNumber(args['by']);
  if (!isWhole(args['by'])) throw new MongoError(9, "'$shift:by' field must be an integer");
  const output = computing(args['output'], context);
  const otherwise = constantOf(args['default'] ?? null, context, 9, "'$shift:default' expression");
  return ({ docs }) => {
    const values = docs.map(output);
    return docs.map((_doc, at) => (values[at + by] === undefined ? otherwise : values[at + by]));
  };
};

const $locf: Definition['compile'] = (argument, { context }) => {
  const compute = computing(argument, context);
  return ({ docs }) => {
    let last: unknown = null;
    return docs.map((doc) => {
      const value = compute(doc);
      if (!isNullish(value)) last = value;
      return last;
    });
  };
};

/** The sort's value, which says how far documents are apart. */
function placeOf(sortBy: Doc): (doc: Doc | undefined) => unknown {
  const path = fieldPath(Object.keys(sortBy)[0] ?? '');
  return (doc) => valueAt(doc, path);
}

const isPlace = (value: unknown): boolean => value instanceof Date || isNumeric(value);

/** How far two places of a sort are apart; dates in milliseconds. */
function distance(to: unknown, from: unknown): unknown {
  if (to instanceof Date !== from instanceof Date)
    throw new MongoError(14, `Conflicting sort value types: ${nameOf(from)} and ${nameOf(to)}`);
  return subtract(to, from);
}

const $linearFill: Definition['compile'] = (argument, { context, sortBy }) => {
  const compute = computing(argument, context);
  const place = placeOf(sortBy);
  return ({ docs }) => {
    const values = docs.map((doc) => compute(doc) ?? null);
    const places = docs.map(place);
    values.forEach((value, at) => {
      if (value !== null && !isNumeric(value))
        throw new MongoError(14, `Value to be filled must be numeric or nullish, but found ${nameOf(value)}`);
      if (!isPlace(places[at]))
        throw new MongoError(
          14,
          `Value of the sortBy field must be numeric or a date, but found ${nameOf(places[at])}`,
        );
      if (at > 0 && toNumber(distance(places[at], places[at - 1])) === 0)
        throw new MongoError(6050106, 'There can be no repeated values in the sort field');
    });
    let right = 0;
    let left: number | undefined;
    return values.map((value, at) => {
      if (value !== null) {
        left = at;
        return value;
      }
      for (right = Math.max(right, at); right < values.length && values[right] === null;) right++;
      if (left === undefined || right === values.length) return null;
      const slope = quotient(difference(values[right], values[left]), distance(places[right], places[left]));
      return sum(values[left], product(distance(places[at], places[left]), slope));
    });
  };
};

interface Rate {
  /** The value of a document, and where it stands. */
  readonly y: (doc: Doc) => unknown;
  readonly x: (doc: Doc) => unknown;
  /** Milliseconds of the unit that dates are told in. */
  readonly unit: number | undefined;
}

/** The argument of `$derivative` and `$integral`: a value, and the unit of the dates that it is over. */
function rateOf(
  argument: unknown,
  { context, sortBy, name }: Setting,
  codes: { dates: number; numbers: number; noUnit: number },
): Rate {
  const args = stageArguments(argument, name, ['input'], ['unit'], { notObject: 9, unknown: 9, missing: 9 });
  const unit = args['unit'] === undefined ? undefined : lengthOf(args['unit'], name);
  const place = placeOf(sortBy);
  return {
    unit,
    y: computing(args['input'], context),
    x: (doc) => {
      const value = place(doc);
      if (unit !== undefined && !(value instanceof Date))
        throw new MongoError(codes.dates, `${name} with 'unit' expects the sortBy field to be a Date`);
      if (unit === undefined && value instanceof Date)
        throw new MongoError(codes.noUnit, `${name} where the sortBy is a Date requires a 'unit'`);
      if (unit === undefined && !isNumeric(value))
        throw new MongoError(codes.numbers, `${name} (with no 'unit') expects the sortBy field to be numeric`);
      return value;
    },
  };
}

function lengthOf(unit: unknown, name: string): number {
  const length =
    typeof unit === 'string' && Object.hasOwn(UNIT_MILLISECONDS, unit) ? UNIT_MILLISECONDS[unit] : undefined;
  if (length === undefined)
    throw new MongoError(9, `unknown time unit value: ${typeof unit === 'string' ? unit : nameOf(unit)}`);
  if (Number.isNaN(length)) throw new MongoError(5490710, `unit of ${name} must be 'week' or smaller`);
  return length;
}

const $derivative: Definition['compile'] = (argument, setting) => {
  const { x, y, unit } = rateOf(argument, setting, { dates: 5624900, numbers: 5624902, noUnit: 5624901 });
  return (partition) =>
    setting.window(partition).map(([from, to]) => {
      const [first, last] = [partition.docs[from], partition.docs[to - 1]];
      if (!first || !last || from >= to) return null;
      const run = distance(x(last), x(first));
      const rise = subtract(y(last), y(first));
      if (rise === null) throw new MongoError(5624903, '$derivative input must not be null or missing');
      if (!isNumeric(rise)) throw new MongoError(14, `$divide only supports numeric types, not ${nameOf(rise)}`);
      if (toNumber(run) === 0) return null;
      const rate = quotient(rise, run);
      return unit === undefined ? rate : product(rate, Long.fromNumber(unit));
    });
};

const $integral: Definition['compile'] = (argument, setting) => {
  const { x, y, unit } = rateOf(argument, setting, { dates: 5423901, numbers: 5423902, noUnit: 5423902 });
  return (partition) => {
    const points = partition.docs.map((doc) => {
      const point = { x: x(doc), y: y(doc) };
      if (!isNumeric(point.y))
        throw new MongoError(5423900, `The input value of $integral must be a number, but is ${nameOf(point.y)}`);
      return point;
    });
    /** The area between a document and the one before it. */
    const areas = points.map((point, at) => {
      const before = points[at - 1];
      if (!before) return null;
      return quotient(product(sum(before.y, point.y), distance(point.x, before.x)), new Int32(2));
    });
    const total = new Total();
    // The documents that are in the window now.
    let [first, end] = [0, 0];
    return slide(setting.window(partition), {
      add: (at) => {
        if (end > first) total.add(areas[at]);
        end = at + 1;
      },
      remove: (at) => {
        first = at + 1;
        if (end > first) total.remove(areas[at + 1]);
      },
      result: (from, to) => {
        if (from >= to) return null;
        return unit === undefined ? total.sum : quotient(total.sum, Long.fromNumber(unit));
      },
    });
  };
};

/** Reckoned in decimal128 whatever the numbers are, as MongoDB does. */
const $expMovingAvg: Definition['compile'] = (argument, { context, name }) => {
  const args = stageArguments(argument, name, ['input'], ['N', 'alpha'], { notObject: 9, unknown: 9, missing: 9 });
  const { N, alpha } = args;
  if ((N === undefined) === (alpha === undefined)) throw new MongoError(9, `${name} takes exactly one of N and alpha`);
  if (N !== undefined && (!isNumeric(N) || !isWhole(N) || toNumber(N) <= 0))
    throw new MongoError(9, "'N' field must be a positive integer");
  if (alpha !== undefined && !(isNumeric(alpha) && toNumber(alpha) > 0 && toNumber(alpha) < 1))
    throw new MongoError(9, "'alpha' must be between 0 and 1 (exclusive)");
  const weight =
    N === undefined
      ? toDecimal(alpha)
      : decimalQuotient(toDecimal(new Int32(2)), decimalSum(toDecimal(N), toDecimal(new Int32(1))));
  const rest = difference(toDecimal(new Int32(1)), weight) as Decimal128;
  const input = computing(args['input'], context);
  return ({ docs }) => {
    let average: Decimal128 | undefined;
    let exact = false;
    return docs.map((doc) => {
      const value = input(doc);
      if (isNumeric(value)) {
        const number = toDecimal(value);
        exact ||= value instanceof Decimal128;
        average = average ? decimalSum(decimalProduct(number, weight), decimalProduct(average, rest)) : number;
      }
      if (!average) return null;
      return exact ? average : new Double(toNumber(average));
    });
  };
};

const RANK_CODES = { window: 5371601, sort: 5371602, others: 5371601 };
const PARSE_CODES = { window: 9, sort: 9 };
const dense = ranking((_at, rank, isNew) => (isNew ? rank + 1 : rank));
const sparse = ranking((at, rank, isNew) => (isNew ? at + 1 : rank));
const numbered = ranking((at) => at + 1);

/** Window functions that are not accumulators. */
export const WINDOW_FUNCTIONS: Readonly<Record<string, Definition>> = {
  $denseRank: { window: 'refused', sort: 'one', codes: RANK_CODES, compile: dense },
  $derivative: { window: 'needed', sort: 'one', codes: PARSE_CODES, compile: $derivative },
  $documentNumber: { window: 'refused', sort: 'one', codes: RANK_CODES, compile: numbered },
  $expMovingAvg: { window: 'refused', sort: 'some', codes: PARSE_CODES, compile: $expMovingAvg },
  $integral: { window: 'taken', sort: 'one', codes: PARSE_CODES, compile: $integral },
  $linearFill: { window: 'refused', sort: 'one', codes: { window: 9, sort: 605001 }, compile: $linearFill },
  $locf: { window: 'refused', sort: 'none', codes: PARSE_CODES, compile: $locf },
  $rank: { window: 'refused', sort: 'one', codes: RANK_CODES, compile: sparse },
  $shift: { window: 'refused', sort: 'some', codes: PARSE_CODES, compile: $shift },
};

/**
 * Checks that a function has the window and the sort that it needs.
 * @throws MongoError with the function's own codes
 */
export function checkSetting(name: string, { window, sort, codes }: Definition, windowed: boolean, sortBy: Doc): void {
  if (windowed && window === 'refused') throw new MongoError(codes.window, `'window' field is not allowed in ${name}`);
  if (!windowed && window === 'needed') throw new MongoError(codes.window, `${name} requires explicit window bounds`);
  const fields = Object.keys(sortBy).length;
  if ((sort !== 'none' && fields === 0) || (sort === 'one' && fields !== 1))
    throw new MongoError(
      codes.sort,
      `${name} must be specified with a top level sortBy expression${sort === 'one' ? ' with exactly one element' : ''}`,
    );
}
