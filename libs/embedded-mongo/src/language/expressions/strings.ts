import { BSONRegExp, Int32 } from 'bson';
import { MAX_DOCUMENT_BYTES } from '../../document.js';
import { MongoError } from '../../errors.js';
import { isNumeric } from '../values/arithmetic.js';
import { BROKEN_PATTERN, compileRegex } from '../filters/regex.js';
import { longOf, textOf } from './coerced.js';
import { constant, isConstant, valueOf } from './folding.js';
import {
  inTurn,
  int32,
  isNullish,
  named,
  namedArguments,
  nameOf,
  unary,
  values,
  type Expression,
  type Operator,
  type Operators,
} from './operator.js';

/**
 * A text that has grown.
 * @throws MongoError 16493 for one that no document can hold
 */
function fitting(grow: () => string): string {
  try {
    const text = grow();
    // A unit of UTF-16 is three bytes of UTF-8 at most.
    if (text.length * 3 < MAX_DOCUMENT_BYTES || Buffer.byteLength(text) < MAX_DOCUMENT_BYTES) return text;
  } catch (error) {
    // It would be longer than any that JavaScript has.
    if (!(error instanceof RangeError)) throw error;
  }
  throw new MongoError(16493, 'Tried to create string longer than 16MB');
}

const $concat = inTurn(0, Infinity, (args) => {
  const texts: string[] = [];
  for (const value of args) {
    if (isNullish(value)) return null;
    if (typeof value !== 'string') throw new MongoError(16702, `$concat only supports strings, not ${nameOf(value)}`);
    texts.push(value);
  }
  return fitting(() => texts.join(''));
});

const $split = values(2, 2, ([text, separator]) => {
  if (isNullish(text) || isNullish(separator)) return null;
  if (typeof text !== 'string')
    throw new MongoError(
      40085,
      `$split requires an expression that evaluates to a string as a first argument, found: ${nameOf(text)}`,
    );
  if (typeof separator !== 'string')
    throw new MongoError(
      40086,
      `$split requires an expression that evaluates to a string as a second argument, found: ${nameOf(separator)}`,
    );
  if (separator === '') throw new MongoError(40087, '$split requires a non-empty separator');
  return text.split(separator);
});

// MongoDB changes the letters of ASCII only.
const toUpper = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
const toLower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const $strcasecmp = values(2, 2, ([a, b]) => {
  const [left, right] = [toUpper(textOf(a)), toUpper(textOf(b))];
  return new Int32(Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right))));
});

/** Whether a character could begin at a byte: all but those that go on with one. */
const isBoundary = (bytes: Buffer, at: number): boolean => at >= bytes.length || ((bytes[at] ?? 0) & 0xc0) !== 0x80;

const $substrBytes = values(3, 3, ([value, first, count], _ordering, name) => {
  const bytes = Buffer.from(textOf(value));
  if (!isNumeric(first))
    throw new MongoError(16034, `${name}: starting index must be a numeric type (is ${nameOf(first)})`);
  if (!isNumeric(count)) throw new MongoError(16035, `${name}: length must be a numeric type (is ${nameOf(count)})`);
  const start = longOf(first);
  if (start < 0) throw new MongoError(50752, `${name}: starting index must be non-negative (got: ${start})`);
  const length = longOf(count);
  const end = length < 0 ? bytes.length : start + length;
  if (!isBoundary(bytes, start))
    throw new MongoError(28656, `${name}: Invalid range, starting index is a UTF-8 continuation byte.`);
  if (!isBoundary(bytes, end))
    throw new MongoError(28657, `${name}: Invalid range, ending index is in the middle of a UTF-8 character.`);
  return bytes.toString('utf8', Math.min(start, bytes.length), Math.min(end, bytes.length));
});

const $substrCP = values(3, 3, ([value, first, count]) => {
  const points = [...textOf(value)];
  const start = int32(first, '$substrCP: starting index', [34450, 34451]);
  const length = int32(count, '$substrCP: length', [34452, 34453]);
  if (length < 0) throw new MongoError(34454, '$substrCP: length must be a nonnegative integer.');
  if (start < 0) throw new MongoError(34455, '$substrCP: the starting index must be nonnegative integer.');
  return points.slice(start, start + length).join('');
});

const lengthOf = (code: number, length: (text: string) => number): Operator =>
  unary((value, name) => {
    if (typeof value !== 'string')
      throw new MongoError(code, `${name} requires a string argument, found: ${nameOf(value)}`);
    return new Int32(length(value));
  });

/** Whitespace as `$trim` has it, which is not quite that of JavaScript. */
const WHITESPACE = [
  ...'\0\t\n\v\f\r \u00a0\u1680',
  ...'\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
];

const trimming = (ends: 'both' | 'left' | 'right'): Operator =>
  named(['input'], ['chars'], { notObject: 50696, unknown: 50694, missing: 50695 }, (args, name) => {
    const { input } = args;
    const chars = 'chars' in args ? args['chars'] : WHITESPACE.join('');
    if (isNullish(input)) return null;
    if (typeof input !== 'string')
      throw new MongoError(50699, `${name} requires its input to be a string, got ${nameOf(input)} instead.`);
    if (isNullish(chars)) return null;
    if (typeof chars !== 'string')
      throw new MongoError(50700, `${name} requires 'chars' to be a string, got ${nameOf(chars)} instead.`);
    const cut = new Set(chars);
    const points = [...input];
    let [from, to] = [0, points.length];
    if (ends !== 'right') while (from < to && cut.has(points[from] ?? '')) from++;
    if (ends !== 'left') while (to > from && cut.has(points[to - 1] ?? '')) to--;
    return points.slice(from, to).join('');
  });

/** The first place of a text in another one, counted in units as `unitsOf` cuts them. */
const indexOf = <Units extends { length: number }>(
  codes: readonly [input: number, token: number],
  unitsOf: (text: string) => Units,
  find: (units: Units, token: Units, from: number, to: number) => number,
): Operator =>
  values(2, 4, ([input, token, ...range], _ordering, name) => {
    if (isNullish(input)) return null;
    if (typeof input !== 'string')
      throw new MongoError(codes[0], `${name} requires a string as the first argument, found: ${nameOf(input)}`);
    if (typeof token !== 'string')
      throw new MongoError(codes[1], `${name} requires a string as the second argument, found: ${nameOf(token)}`);
    const units = unitsOf(input);
    const [start, end] = placesOf(name, range, units.length);
    return new Int32(start > units.length || end < start ? -1 : find(units, unitsOf(token), start, end));
  });

/** Start and end of a search, as the last arguments of `$indexOf…` say. */
export function placesOf(name: string, range: readonly unknown[], length: number): [start: number, end: number] {
  const [start = 0, end = length] = range.map((place) => {
    const number = int32(place, `${name} starting or ending index`, [40096, 40096]);
    if (number < 0)
      throw new MongoError(40097, `${name} requires a nonnegative starting or ending index, found: ${number}`);
    return number;
  });
  return [start, Math.min(end, length)];
}

const $indexOfBytes = indexOf(
  [40091, 40092],
  (text) => Buffer.from(text),
  (bytes, token, from, to) => bytes.subarray(0, to).indexOf(token, from),
);

/** The end is where the text that is found must have begun. */
const $indexOfCP = indexOf([40093, 40094], Array.from<string>, (points, token, from, to) => {
  if (points.length === 0 && token.length === 0) return 0;
  for (let at = from; at < to; at++) if (token.every((point, i) => points[at + i] === point)) return at;
  return -1;
});

const replacing = (all: boolean): Operator =>
  named(
    ['input', 'find', 'replacement'],
    [],
    { notObject: 51751, unknown: 51750, missing: { input: 51749, find: 51748, replacement: 51747 } },
    ({ input, find, replacement }, name) => {
      for (const [code, what, value] of [
        [51746, 'input', input],
        [51745, 'find', find],
        [51744, 'replacement', replacement],
      ] as const)
        if (!isNullish(value) && typeof value !== 'string')
          throw new MongoError(code, `${name} requires that '${what}' be a string, found: ${nameOf(value)}`);
      if (typeof input !== 'string' || typeof find !== 'string' || typeof replacement !== 'string') return null;
      // Between the halves of a character outside the first plane is no place for anything.
      if (all && find === '') return fitting(() => ['', ...input, ''].join(replacement));
      return fitting(() => (all ? input.replaceAll(find, () => replacement) : input.replace(find, () => replacement)));
    },
    false,
  );

interface Found {
  match: string;
  idx: Int32;
  captures: (string | null)[];
}

function* matchesOf(pattern: RegExp, input: string): Generator<Found> {
  // MongoDB counts places in code points, here from one match to the next.
  let [from, counted, points] = [0, 0, 0];
  for (const found of input.matchAll(pattern)) {
    // MongoDB looks for another match as long as there is a character to begin at.
    if (from > 0 && from >= input.length) return;
    const captures = found.slice(1).map((capture: string | undefined) => capture ?? null);
    points += [...input.slice(counted, found.index)].length;
    counted = found.index;
    yield { match: found[0], idx: new Int32(points), captures };
    const [next = ''] = input.slice(found.index, found.index + 2);
    from = found.index + (found[0].length || next.length);
  }
}

/**
 * A pattern that finds all.
 * @throws MongoError 51109, 51110 or 51111 for what a filter refuses with other codes
 */
function compiled(pattern: string, options: string, name: string): RegExp {
  if (pattern.includes('\0')) throw new MongoError(51109, `${name}: regular expression cannot contain a null byte`);
  if (options.includes('\0')) throw new MongoError(51110, `${name}: regex options cannot contain a null byte`);
  try {
    const { source, flags } = compileRegex(pattern, options, name);
    return new RegExp(source, `${flags}g`);
  } catch (error) {
    if (!(error instanceof MongoError) || error.code !== BROKEN_PATTERN) throw error;
    throw new MongoError(51111, `Invalid Regex in ${name}: ${error.message}`);
  }
}

/** The pattern that two arguments give; undefined without one. */
function patternOf(regex: unknown, options: unknown, name: string): RegExp | undefined {
  if (!isNullish(regex) && typeof regex !== 'string' && !(regex instanceof BSONRegExp))
    throw new MongoError(51105, `${name} needs 'regex' to be of type string or regex`);
  if (!isNullish(options) && typeof options !== 'string')
    throw new MongoError(51106, `${name} needs 'options' to be of type string`);
  if (isNullish(regex)) return undefined;
  const own = typeof regex === 'string' ? '' : regex.options;
  if (own !== '' && !isNullish(options))
    throw new MongoError(51107, `${name}: found regex option(s) specified in both 'regex' and 'option' fields`);
  const pattern = typeof regex === 'string' ? regex : regex.pattern;
  return compiled(pattern, own || (options ?? ''), name);
}

const regexOperator =
  (empty: unknown, answer: (found: Generator<Found>) => unknown): Operator =>
  (argument, compiler, name) => {
    const { expression } = compiler;
    const args = namedArguments(name, argument, ['input', 'regex'], ['options'], {
      notObject: 51103,
      unknown: 31024,
      missing: { input: 31022, regex: 31023 },
    });
    const [input, regex] = [expression(args['input']), expression(args['regex'])];
    const options = 'options' in args ? expression(args['options']) : constant(undefined);
    let pattern: Expression = (scope) => patternOf(regex(scope), options(scope), name);
    // A pattern that is the same for all documents is made once.
    if (isConstant(regex, compiler) && isConstant(options, compiler)) pattern = constant(valueOf(pattern));
    return (scope) => {
      const found = pattern(scope) as RegExp | undefined;
      const text = input(scope);
      if (!isNullish(text) && typeof text !== 'string')
        throw new MongoError(51104, `${name} needs 'input' to be of type string`);
      return isNullish(text) || !found ? empty : answer(matchesOf(found, text));
    };
  };

/** Operators of strings. */
export const STRINGS: Operators = {
  $concat,
  $indexOfBytes,
  $indexOfCP,
  $ltrim: trimming('left'),
  $regexFind: regexOperator(null, (found) => (found.next().value as Found | undefined) ?? null),
  $regexFindAll: regexOperator([], (found) => [...found]),
  $regexMatch: regexOperator(false, (found) => found.next().done !== true),
  $replaceAll: replacing(true),
  $replaceOne: replacing(false),
  $rtrim: trimming('right'),
  $split,
  $strLenBytes: lengthOf(34473, (text) => Buffer.byteLength(text)),
  $strLenCP: lengthOf(34471, (text) => [...text].length),
  $strcasecmp,
  $substr: $substrBytes,
  $substrBytes,
  $substrCP,
  $toLower: unary((value) => toLower(textOf(value))),
  $toUpper: unary((value) => toUpper(textOf(value))),
  $trim: trimming('both'),
};
