import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric, wholeOf } from '../values/arithmetic.js';
import { bitTest, isBitOperator, type BitOperator } from './bits.js';
import { typeName, typesOf } from '../values/bson-types.js';
import { comparison, completion, equality, isNull, membership } from '../values/comparisons.js';
import { toNumber } from '../values/numbers.js';
import type { Ordering } from '../values/ordering.js';
import { MISSING, someAt, someValueAt } from '../paths.js';
import { compileRegex, isRegExp, partsOf } from './regex.js';
import { show } from '../values/show.js';
import { wholeArgument } from './whole-argument.js';

/** A compiled condition: on a whole document, or on one value. */
export type Test = (value: unknown) => boolean;

/** What conditions are compiled with. */
export interface Scope {
  readonly ordering: Ordering;
  /** Compiles a filter within another; given by `filter.ts`, because `$elemMatch` holds filters itself. */
  readonly compile: (filter: Doc) => Test;
}

/** How a condition finds values: those of a path in a document, or the one value that it is asked of. */
interface Reach {
  /** Visits what the path leads to, and where it ends at an array its elements as well. */
  readonly some: (from: unknown, visit: Test) => boolean;
  /** Visits what the path leads to only. */
  readonly someLeaf: (from: unknown, visit: Test) => boolean;
}

const ITSELF: Reach = { some: (value, visit) => visit(value), someLeaf: (value, visit) => visit(value) };

type Operator = (argument: unknown, reach: Reach, scope: Scope) => Test;

/** Compiles what a filter asks of one field. */
export function fieldTest(path: string, condition: unknown, scope: Scope): Test {
  const parts = path.split('.');
  const reach: Reach = {
    some: (doc, visit) => someValueAt(doc, parts, visit),
    someLeaf: (doc, visit) => someAt(doc, parts, visit),
  };
  return conditionTest(condition, reach, scope);
}

/** Names with a dollar of what a filter has in the place of a field: in one of an element it is asked of its fields. */
const OF_FIELDS = /^\$(?:and|or|nor|expr|comment|sampleRate|alwaysTrue|alwaysFalse|ref|id|db|text|where|jsonSchema)$/;

/** Whether a value in the place of a condition holds operators; a whole reference to a document is a value. */
export function holdsOperators(condition: unknown): condition is Doc {
  if (!isDoc(condition)) return false;
  const [first] = Object.keys(condition);
  if (first?.startsWith('$') !== true) return false;
  return !(Object.hasOwn(condition, '$ref') && Object.hasOwn(condition, '$id'));
}

/** Whether the condition on an element of an array asks something of the element itself, and not of its fields. */
export function asksElement(criteria: Doc): boolean {
  return holdsOperators(criteria) && !OF_FIELDS.test(Object.keys(criteria)[0] ?? '');
}

function conditionTest(condition: unknown, reach: Reach, scope: Scope): Test {
  if (!holdsOperators(condition)) return implied(condition, reach, scope);
  const tests = Object.entries(condition).flatMap(([name, argument]) => {
    if (name === '$regex') return [$regex(argument, condition, reach)];
    if (name === '$options') {
      if (!Object.hasOwn(condition, '$regex')) throw new MongoError(2, '$options needs a $regex');
      return [];
    }
    return [operatorOf(name)(argument, reach, scope)];
  });
  const [only] = tests;
  return tests.length === 1 && only ? only : (doc) => tests.every((test) => test(doc));
}

/** What a value in the place of a condition means: equality, or for a regular expression that it finds something. */
function implied(value: unknown, reach: Reach, scope: Scope): Test {
  if (isRegExp(value)) return $regex(value, {}, reach);
  return $eq(value, reach, scope);
}

const $eq: Operator = (argument, reach, { ordering }) => {
  const test = isRegExp(argument) ? sameRegExp(argument) : equality(argument, ordering);
  return (doc) => reach.some(doc, test);
};

const negated =
  (operator: Operator): Operator =>
  (argument, reach, scope) => {
    const test = operator(argument, reach, scope);
    return (doc) => !test(doc);
  };

const $ne: Operator = (argument, reach, scope) => {
  if (isRegExp(argument)) throw new MongoError(2, "Can't have regex as arg to $ne.");
  return negated($eq)(argument, reach, scope);
};

const ordered =
  (name: string, accept: (order: number) => boolean): Operator =>
  (argument, reach, { ordering }) => {
    if (isRegExp(argument)) throw new MongoError(2, `Can't have RegEx as arg to predicate ${name}.`);
    const test = comparison(argument, accept, ordering);
    return (doc) => reach.some(doc, test);
  };

const $in: Operator = (argument, reach, { ordering }) => {
  const list = array('$in', argument);
  if (list.some(holdsOperators)) throw new MongoError(2, 'cannot nest $ under $in');
  const patterns = list.filter(isRegExp).map((item) => patternTest(item));
  const known = membership(
    list.filter((item) => !isRegExp(item)),
    ordering,
  );
  return (doc) => reach.some(doc, (value) => known(value) || patterns.some((test) => test(value)));
};

function $regex(argument: unknown, condition: Doc, reach: Reach): Test {
  const { $options: options } = condition;
  if (!isRegExp(argument) && typeof argument !== 'string') throw new MongoError(2, '$regex has to be a string');
  if (options !== undefined && typeof options !== 'string') throw new MongoError(2, '$options has to be a string');
  const own = isRegExp(argument) ? partsOf(argument) : { pattern: argument, options: '' };
  if (own.options !== '' && options) {
    const code = Object.keys(condition).indexOf('$options') < Object.keys(condition).indexOf('$regex') ? 51074 : 51075;
    throw new MongoError(code, 'options set in both $regex and $options');
  }
  const test = patternTest(argument, options ?? own.options);
  return (doc) => reach.some(doc, test);
}

/** A pattern finds within strings, and regular expressions that are the same. */
function patternTest(argument: Parameters<typeof partsOf>[0] | string, options?: string): Test {
  const own = typeof argument === 'string' ? { pattern: argument, options: '' } : partsOf(argument);
  const wanted = { pattern: own.pattern, options: options ?? own.options };
  const pattern = compileRegex(wanted.pattern, wanted.options, '$regex');
  return (value) => (typeof value === 'string' ? pattern.test(value) : isRegExp(value) && same(partsOf(value), wanted));
}

function sameRegExp(argument: Parameters<typeof partsOf>[0]): Test {
  const wanted = partsOf(argument);
  return (value) => isRegExp(value) && same(partsOf(value), wanted);
}

const same = (a: { pattern: string; options: string }, b: { pattern: string; options: string }): boolean =>
  a.pattern === b.pattern && [...a.options].sort().join('') === [...b.options].sort().join('');

const $not: Operator = (argument, reach, scope) => {
  if (!isRegExp(argument)) {
    if (!isDoc(argument)) throw new MongoError(2, '$not needs a regex or a document');
    const [first] = Object.keys(argument);
    if (first === undefined) throw new MongoError(2, '$not cannot be empty');
    if (!holdsOperators(argument)) throw new MongoError(2, `unknown operator: ${first}`);
  }
  const test = conditionTest(argument, reach, scope);
  return (doc) => !test(doc);
};

const $elemMatch: Operator = (argument, reach, scope) => {
  const test = elementTest(argument, scope);
  return (doc) => reach.someLeaf(doc, (leaf) => Array.isArray(leaf) && leaf.some(test));
};

/** Conditions on values hold for an element as it is, others for one with fields; an array has its positions as such. */
function elementTest(criteria: unknown, scope: Scope): Test {
  if (!isDoc(criteria)) throw new MongoError(2, '$elemMatch needs an Object');
  if (asksElement(criteria)) return conditionTest(criteria, ITSELF, scope);
  const test = scope.compile(criteria);
  return (value) => (Array.isArray(value) ? test({ ...value }) : isDoc(value) && test(value));
}

const MANY = 16;

const $all: Operator = (argument, reach, scope) => {
  const list = array('$all', argument);
  const elements = list.filter((item) => isDoc(item) && Object.keys(item)[0] === '$elemMatch').length;
  if (elements > 0 && elements < list.length) throw new MongoError(2, '$all/$elemMatch has to be consistent');
  if (elements === 0 && list.some(holdsOperators)) throw new MongoError(2, 'no $ expressions in $all');
  const tests = list.map((item) => conditionTest(item, reach, scope));
  if (list.length < MANY || elements > 0) return (doc) => tests.length > 0 && tests.every((test) => test(doc));
  // Many values are looked for at once, where a document has the first.
  const values = list.filter((item) => !isRegExp(item));
  const others = tests.filter((_, i) => i === 0 || isRegExp(list[i]));
  const begin = completion(values, scope.ordering);
  return (doc) => others.every((test) => test(doc)) && (values.length === 0 || reach.some(doc, begin()));
};

const $size: Operator = (argument, reach) => {
  const refuse = (reason: string): MongoError => new MongoError(2, `Failed to parse $size. ${reason}`);
  const size = Number(wholeArgument('$size', argument, refuse));
  if (size !== (size | 0)) throw refuse(`Cannot represent in an int: $size: ${show(argument)}`);
  if (size < 0) throw refuse(`Expected a non-negative number in: $size: ${show(argument)}`);
  return (doc) => reach.someLeaf(doc, (leaf) => Array.isArray(leaf) && leaf.length === size);
};

const $exists: Operator = (argument, reach) => {
  const wanted = argument !== false && !isNull(argument) && !(isNumeric(argument) && toNumber(argument) === 0);
  return (doc) => reach.someLeaf(doc, (leaf) => leaf !== MISSING) === wanted;
};

const $mod: Operator = (argument, reach) => {
  if (!Array.isArray(argument)) throw new MongoError(2, 'malformed mod, needs to be an array');
  if (argument.length < 2) throw new MongoError(2, 'malformed mod, not enough elements');
  if (argument.length > 2) throw new MongoError(2, 'malformed mod, too many elements');
  const [divisor, remainder] = argument.map((item, i) => {
    const what = `malformed mod, ${i === 0 ? 'divisor' : 'remainder'}`;
    if (!isNumeric(item)) throw new MongoError(2, `${what} not a number`);
    const whole = wholeOf(item);
    if (whole !== undefined) return whole;
    const reason = Number.isFinite(toNumber(item))
      ? 'Out of bounds coercing to integral value'
      : 'Unable to coerce NaN/Inf to integral type';
    throw new MongoError(2, `${what} value is invalid :: caused by :: ${reason}`);
  }) as [bigint, bigint];
  if (divisor === 0n) throw new MongoError(2, 'divisor cannot be 0');
  const test: Test = (value) => {
    const whole = isNumeric(value) ? wholeOf(value) : undefined;
    return whole !== undefined && whole % divisor === remainder;
  };
  return (doc) => reach.some(doc, test);
};

const $type: Operator = (argument, reach) => {
  const types = typesOf(argument);
  return (doc) => reach.some(doc, (value) => value !== MISSING && types.has(typeName(value)));
};

const bits =
  (name: BitOperator): Operator =>
  (argument, reach) => {
    const test = bitTest(name, argument);
    return (doc) => reach.some(doc, test);
  };

/** The operators over BSON values, with MongoDB's order and equality of them. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  $eq,
  $ne,
  $in,
  $nin: negated($in),
  $gt: ordered('$gt', (order) => order > 0),
  $gte: ordered('$gte', (order) => order >= 0),
  $lt: ordered('$lt', (order) => order < 0),
  $lte: ordered('$lte', (order) => order <= 0),
  $not,
  $elemMatch,
  $all,
  $size,
  $exists,
  $mod,
  $type,
};

function operatorOf(name: string): Operator {
  if (isBitOperator(name)) return bits(name);
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator) throw new MongoError(2, `unknown operator: ${name}`);
  return operator;
}

function array(name: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new MongoError(2, `${name} needs an array`);
  return value;
}
