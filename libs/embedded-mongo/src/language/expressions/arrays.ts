import { Int32 } from 'bson';
import { isDoc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric } from '../values/arithmetic.js';
import { comparing } from '../values/comparisons.js';
import { sorting } from '../values/element-order.js';
import type { Ordering } from '../values/ordering.js';
import { isConstant, valueOf } from './folding.js';
import {
  inTurn,
  int32,
  isNullish,
  isTrue,
  nameOf,
  namedArguments,
  unary,
  unaryOrNull,
  values,
  type Operator,
  type Operators,
} from './operator.js';
import { placesOf } from './strings.js';
import { checkSettable, within } from './variables.js';

const $arrayElemAt = values(2, 2, ([array, place]) => {
  if (isNullish(array) || isNullish(place)) return null;
  if (!Array.isArray(array))
    throw new MongoError(28689, `$arrayElemAt's first argument must be an array, but is ${nameOf(array)}`);
  return array.at(int32(place, "$arrayElemAt's second argument", [28690, 28691])) as unknown;
});

const end = (place: 0 | -1): Operator =>
  unaryOrNull((array, name) => {
    if (!Array.isArray(array))
      throw new MongoError(28689, `${name}'s argument must be an array, but is ${nameOf(array)}`);
    return array.at(place) as unknown;
  });

/** @throws MongoError 146 for more values than an array that grows may have: MongoDB counts 16 bytes for each, up to 100 MiB */
function checkGrown(count: number, name: string): void {
  if (count > (100 * 1024 * 1024) / 16) throw new MongoError(146, `${name} would use too much memory`);
}

const $concatArrays = inTurn(0, Infinity, (args, _ordering, name) => {
  const all: unknown[] = [];
  for (const array of args) {
    if (isNullish(array)) return null;
    if (!Array.isArray(array)) throw new MongoError(28664, `$concatArrays only supports arrays, not ${nameOf(array)}`);
    checkGrown(all.length + array.length, name);
    for (const item of array as unknown[]) all.push(item);
  }
  return all;
});

const $filter: Operator = (argument, compiler, name) => {
  const args = namedArguments(name, argument, ['input', 'cond'], ['as', 'limit'], {
    notObject: 28646,
    unknown: 28647,
    missing: { input: 28648, cond: 28650 },
  });
  const variable = variableName(args['as']);
  const input = compiler.expression(args['input']);
  const keeps = compiler.within([variable]).expression(args['cond']);
  const limit = 'limit' in args ? compiler.expression(args['limit']) : () => null;
  return (scope) => {
    const array = input(scope);
    if (isNullish(array)) return null;
    if (!Array.isArray(array)) throw new MongoError(28651, `input to $filter must be an array not ${nameOf(array)}`);
    if (array.length === 0) return [];
    const given = limit(scope);
    const most = isNullish(given) ? Infinity : int32(given, '$filter: limit', [327391, 327391]);
    if (most < 1) throw new MongoError(327392, '$filter: limit must be greater than 0');
    const kept: unknown[] = [];
    const inner = within(scope);
    for (const item of array as unknown[]) {
      if (kept.length >= most) break;
      inner.set(variable, item);
      if (isTrue(keeps(inner.scope))) kept.push(item);
    }
    return kept;
  };
};

function variableName(as: unknown): string {
  if (as === undefined) return 'this';
  if (typeof as !== 'string') throw new MongoError(9, `the name of a variable must be a string, not ${nameOf(as)}`);
  checkSettable(as);
  return as;
}

const $map: Operator = (argument, compiler, name) => {
  const args = namedArguments(name, argument, ['input', 'in'], ['as'], {
    notObject: 16878,
    unknown: 16879,
    missing: { input: 16880, in: 16882 },
  });
  const variable = variableName(args['as']);
  const input = compiler.expression(args['input']);
  const body = compiler.within([variable]).expression(args['in']);
  return (scope) => {
    const array = input(scope);
    if (isNullish(array)) return null;
    if (!Array.isArray(array)) throw new MongoError(16883, `input to $map must be an array not ${nameOf(array)}`);
    const inner = within(scope);
    return (array as unknown[]).map((item) => {
      inner.set(variable, item);
      return body(inner.scope) ?? null;
    });
  };
};

const $reduce: Operator = (argument, compiler, name) => {
  const args = namedArguments(name, argument, ['input', 'initialValue', 'in'], [], {
    notObject: 40075,
    unknown: 40076,
    missing: { input: 40077, initialValue: 40078, in: 40079 },
  });
  const input = compiler.expression(args['input']);
  const initial = compiler.expression(args['initialValue']);
  const body = compiler.within(['this', 'value']).expression(args['in']);
  return (scope) => {
    const array = input(scope);
    if (isNullish(array)) return null;
    if (!Array.isArray(array))
      throw new MongoError(40080, `$reduce requires that 'input' be an array, found: ${nameOf(array)}`);
    const inner = within(scope);
    return (array as unknown[]).reduce((value, item) => {
      inner.set('this', item);
      inner.set('value', value);
      return body(inner.scope);
    }, initial(scope));
  };
};

const $in = values(2, 2, ([value, array], ordering) => {
  if (!Array.isArray(array))
    throw new MongoError(40081, `$in requires an array as a second argument, found: ${nameOf(array)}`);
  const order = comparing(value, ordering);
  return array.some((item) => order(item) === 0);
});

const indexOfArray = values(2, 4, ([array, value, ...range], ordering, name) => {
  if (isNullish(array)) return null;
  if (!Array.isArray(array))
    throw new MongoError(40090, `$indexOfArray requires an array as a first argument, found: ${nameOf(array)}`);
  const [start, stop] = placesOf(name, range, array.length);
  const order = comparing(value, ordering);
  for (let at = start; at < stop; at++) if (order(array[at]) === 0) return new Int32(at);
  return new Int32(-1);
});

/** A list that is a constant is looked at beforehand. */
const $indexOfArray: Operator = (argument, compiler, name) => {
  const operator = indexOfArray(argument, compiler, name);
  const array = compiler.expression((argument as unknown[])[0]);
  if (isConstant(operator, compiler) || !isConstant(array, compiler)) return operator;
  const value = valueOf(array);
  if (isNullish(value) || Array.isArray(value)) return operator;
  throw new MongoError(50809, `First operand of $indexOfArray must be an array, but is ${nameOf(value)}`);
};

const $range = values(2, 3, ([first, last, by = new Int32(1)]) => {
  const start = int32(first, "$range's starting value", [34443, 34444]);
  const stop = int32(last, "$range's ending value", [34445, 34446]);
  const step = int32(by, "$range's step value", [34447, 34448]);
  if (step === 0) throw new MongoError(34449, '$range requires a non-zero step value');
  const count = Math.max(0, Math.ceil((stop - start) / step));
  checkGrown(count, '$range');
  return Array.from({ length: count }, (_, i) => new Int32(start + i * step));
});

const $slice = values(2, 3, (args) => {
  const [array, first, second] = args;
  if (isNullish(array) || isNullish(first)) return null;
  if (!Array.isArray(array))
    throw new MongoError(28724, `First argument to $slice must be an array, but is of type: ${nameOf(array)}`);
  const place = int32(first, 'Second argument to $slice', [28725, 28726]);
  if (args.length === 2) return (place < 0 ? array.slice(place) : array.slice(0, place)) as unknown[];
  if (isNullish(second)) return null;
  const count = int32(second, 'Third argument to $slice', [28727, 28728]);
  if (count <= 0) throw new MongoError(28729, `Third argument to $slice must be positive: ${count}`);
  const start = place < 0 ? Math.max(array.length + place, 0) : place;
  return array.slice(start, start + count) as unknown[];
});

/** @throws MongoError 2942507, 2942506 or 2942505 for what is no sort */
function sortingBy(sortBy: unknown, ordering: Ordering): ReturnType<typeof sorting> {
  if (!isDoc(sortBy) && !isNumeric(sortBy))
    throw new MongoError(2942507, `The $sort is invalid: use 1/-1 or {field:1/-1}, not ${nameOf(sortBy)}`);
  try {
    return sorting(sortBy, ordering);
  } catch (error) {
    if (error instanceof MongoError) throw new MongoError(isDoc(sortBy) ? 2942505 : 2942506, error.message);
    throw error;
  }
}

const $sortArray: Operator = (argument, { expression, ordering }, name) => {
  const args = namedArguments(name, argument, ['input', 'sortBy'], [], {
    notObject: 2942500,
    unknown: 2942501,
    missing: { input: 2942502, sortBy: 2942503 },
  });
  const input = expression(args['input']);
  const sorted = sortingBy(args['sortBy'], ordering);
  return (scope) => {
    const array = input(scope);
    if (isNullish(array)) return null;
    if (!Array.isArray(array))
      throw new MongoError(
        2942504,
        `The input argument to $sortArray must be an array, but was of type: ${nameOf(array)}`,
      );
    return sorted(array as unknown[]);
  };
};

const $zip: Operator = (argument, { expression }, name) => {
  const args = namedArguments(name, argument, ['inputs'], ['useLongestLength', 'defaults'], {
    notObject: 34460,
    unknown: 34464,
    missing: 34465,
  });
  const { inputs, defaults, useLongestLength = false } = args;
  if (!Array.isArray(inputs))
    throw new MongoError(34461, `inputs must be an array of expressions, found ${nameOf(inputs)}`);
  if (inputs.length === 0) throw new MongoError(34465, '$zip requires at least one input array');
  if (typeof useLongestLength !== 'boolean')
    throw new MongoError(34463, `useLongestLength must be a bool, found ${nameOf(useLongestLength)}`);
  if (defaults !== undefined && !Array.isArray(defaults))
    throw new MongoError(34462, `defaults must be an array of expressions, found ${nameOf(defaults)}`);
  if (defaults && defaults.length > 0 && !useLongestLength)
    throw new MongoError(34466, 'cannot specify defaults unless useLongestLength is true');
  if (defaults && defaults.length > 0 && defaults.length !== inputs.length)
    throw new MongoError(34467, 'defaults and inputs must have the same length');
  const compiled = inputs.map(expression);
  const fallbacks = (defaults ?? []).map(expression);
  return (scope) => {
    const arrays: unknown[][] = [];
    for (const input of compiled) {
      const array = input(scope);
      if (isNullish(array)) return null;
      if (!Array.isArray(array))
        throw new MongoError(34468, `$zip found a non-array expression in input: ${nameOf(array)}`);
      arrays.push(array);
    }
    const lengths = arrays.map((array) => array.length).sort((a, b) => a - b);
    const length = lengths.at(useLongestLength ? -1 : 0) ?? 0;
    checkGrown(length * arrays.length, name);
    return Array.from({ length }, (_, i) =>
      arrays.map((array, k) => (i < array.length ? array[i] : (fallbacks[k]?.(scope) ?? null))),
    );
  };
};

/** Operators of arrays. */
export const ARRAYS: Operators = {
  $arrayElemAt,
  $concatArrays,
  $filter,
  $first: end(0),
  $in,
  $indexOfArray,
  $isArray: unary((value) => Array.isArray(value)),
  $last: end(-1),
  $map,
  $range,
  $reduce,
  $reverseArray: unaryOrNull((array) => {
    if (!Array.isArray(array))
      throw new MongoError(34435, `The argument to $reverseArray must be an array, but was of type: ${nameOf(array)}`);
    return [...(array as unknown[])].reverse();
  }),
  $size: unary((array) => {
    if (!Array.isArray(array))
      throw new MongoError(17124, `The argument to $size must be an array, but was of type: ${nameOf(array)}`);
    return new Int32(array.length);
  }),
  $slice,
  $sortArray,
  $zip,
};
