import { Double } from 'bson';
import { isDoc, put, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric } from '../values/arithmetic.js';
import { toNumber } from '../values/numbers.js';
import { comparing } from '../values/comparisons.js';
import type { Ordering } from '../values/ordering.js';
import { membership } from '../values/value-keys.js';
import { isNullish, nameOf } from './operator.js';
import { Sum } from './sum.js';

/** Takes values one by one and says at the end what they come to. */
export interface Tally {
  add(value: unknown): void;
  result(): unknown;
}

export function sumTally(): Tally {
  const sum = new Sum();
  return { add: (value) => sum.add(value), result: () => sum.sum };
}

/** @param exact whether whole numbers are divided as their exact sum, and not as what it is as a double */
export function averageTally(_ordering: Ordering, exact = false): Tally {
  const sum = new Sum();
  return { add: (value) => sum.add(value), result: () => sum.average(exact) };
}

/** The greatest or least value; of equal ones the first, or the last. */
export function extremeTally(ordering: Ordering, direction: 1 | -1, latest = false): Tally {
  let best: unknown = null;
  let compare: (value: unknown) => number = () => direction;
  return {
    add: (value) => {
      if (isNullish(value)) return;
      const order = compare(value);
      if (order * direction <= 0 && !(latest && order === 0)) return;
      best = value;
      compare = comparing(best, ordering);
    },
    result: () => best,
  };
}

/** The standard deviation of a population or of a sample of it, by Welford's way of reckoning. */
export function deviationTally(sample: boolean): Tally {
  let [count, mean, squares] = [0, 0, 0];
  return {
    add: (value) => {
      if (!isNumeric(value)) return;
      const number = toNumber(value);
      const delta = number - mean;
      count++;
      mean += delta / count;
      squares += delta * (number - mean);
    },
    result: () => {
      const divisor = sample ? count - 1 : count;
      return divisor > 0 ? new Double(Math.sqrt(squares / divisor)) : null;
    },
  };
}

export function listTally(): Tally {
  const all: unknown[] = [];
  return {
    add: (value) => {
      if (value !== undefined) all.push(value);
    },
    result: () => all,
  };
}

/** Each different value once, in the order in which they came. */
export function setTally(ordering: Ordering): Tally {
  const all: unknown[] = [];
  const has = membership(ordering);
  return {
    add: (value) => {
      if (value !== undefined && !has(value)) all.push(value);
    },
    result: () => all,
  };
}

export function mergeTally(): Tally {
  const merged: Doc = {};
  return {
    add: (value) => {
      if (isNullish(value)) return;
      if (!isDoc(value))
        throw new MongoError(40400, `$mergeObjects requires object inputs, but input is of type ${nameOf(value)}`);
      for (const [name, field] of Object.entries(value)) put(merged, name, field);
    },
    result: () => merged,
  };
}

/** The first or last value, whatever it is. */
export function endTally(which: 'first' | 'last'): Tally {
  let kept: unknown;
  let any = false;
  return {
    add: (value) => {
      if (which === 'last' || !any) kept = value;
      any = true;
    },
    result: () => kept,
  };
}

/**
 * Numbers by their rank: of `p` between 0 and 1 the smallest number that at least this share of all numbers is not above.
 * Null without numbers.
 */
export function percentileTally(shares: readonly number[]): Tally {
  const numbers: number[] = [];
  return {
    add: (value) => {
      if (isNumeric(value) && !Number.isNaN(toNumber(value))) numbers.push(toNumber(value));
    },
    result: () => {
      numbers.sort((a, b) => a - b);
      return shares.map((share) => {
        const number = numbers[Math.max(0, Math.ceil(share * numbers.length) - 1)];
        return number === undefined ? null : new Double(number);
      });
    },
  };
}
