import { MongoError } from '../../errors.js';

/**
 * What PCRE's escapes stand for, as the inside of a class of JavaScript: white space and letters are those of ASCII,
 * other than JavaScript has them.
 */
export const CLASS_ESCAPES: Readonly<Record<string, string>> = {
  d: '0-9',
  D: '\\0-\\/:-\\u{10ffff}',
  w: 'A-Za-z0-9_',
  W: '\\0-\\/:-@\\[-\\^`\\{-\\u{10ffff}',
  s: '\\t-\\r ',
  S: '\\0-\\x08\\x0e-\\x1f!-\\u{10ffff}',
  h: '\\t \\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000',
  H: '\\0-\\x08\\n-\\x1f!-\\x9f\\xa1-\\u167f\\u1681-\\u180d\\u180f-\\u1fff\\u200b-\\u202e\\u2030-\\u205e\\u2060-\\u2fff\\u3001-\\u{10ffff}',
  v: '\\n-\\r\\x85\\u2028\\u2029',
  V: '\\0-\\t\\x0e-\\x84\\x86-\\u2027\\u202a-\\u{10ffff}',
};

const POSIX: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\t-\\r ',
  blank: '\\t ',
  punct: '!-\\/:-@\\[-`\\{-~',
  word: 'A-Za-z0-9_',
  xdigit: '0-9A-Fa-f',
  cntrl: '\\0-\\x1f\\x7f',
  graph: '!-~',
  print: ' -~',
  ascii: '\\0-\\x7f',
};

const CONTROLS: Readonly<Record<string, number>> = { a: 0x07, e: 0x1b, f: 0x0c, n: 0x0a, r: 0x0d, t: 0x09 };

/** A character as it stands for itself in a pattern of JavaScript, inside and outside of a class. */
export function literal(character: string): string {
  return /^[A-Za-z0-9_]$/.test(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A character in each of its cases. */
export function casesOf(character: string): string[] {
  const cases = [character, character.toLowerCase(), character.toUpperCase()];
  return [...new Set(cases)].filter((one) => one.length === character.length);
}

/**
 * The character that an escape which is no class stands for.
 * @throws MongoError 51091 when there is no such escape
 */
export function controlOf(pattern: string, at: number): { length: number; code: number } {
  const rest = pattern.slice(at + 1);
  const hex = /^x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{0,2}))/.exec(rest);
  const octal = /^(?:o\{([0-7]+)\}|(0[0-7]{0,2}))/.exec(rest);
  const control = /^c([\x20-\x7e])/.exec(rest);
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  let code = CONTROLS[character];
  let length = 1 + character.length;
  if (hex) [code, length] = [Number.parseInt(`0${hex[1] ?? hex[2] ?? ''}`, 16), 1 + hex[0].length];
  else if (octal) [code, length] = [Number.parseInt(octal[1] ?? octal[2] ?? '', 8), 1 + octal[0].length];
  else if (control) [code, length] = [(control[1] ?? '').toUpperCase().charCodeAt(0) ^ 0x40, 3];
  else if (!/^[A-Za-z0-9]/.test(character)) code ??= character.codePointAt(0);
  if (code === undefined || code > 0x10ffff)
    throw new MongoError(51091, `Regular expression is invalid: unrecognized character follows \\: ${character}`);
  return { length, code };
}

/**
 * Translates a class in brackets, which begins at a place of a pattern.
 * @param eitherCase letters in it stand for both of their cases
 */
export function bracketClass(pattern: string, at: number, eitherCase = false): { length: number; source: string } {
  const negated = pattern[at + 1] === '^';
  let next = at + (negated ? 2 : 1);
  let source = '';
  let first = true;
  for (;;) {
    if (next >= pattern.length)
      throw new MongoError(51091, 'Regular expression is invalid: missing terminating ] for character class');
    if (pattern[next] === ']' && !first) break;
    first = false;
    const item = itemAt(pattern, next);
    next += item.length;
    if (item.code === undefined) {
      if (eitherCase && /\\[pP]/.test(item.set)) throw unsupported(pattern);
      source += eitherCase && /^(?:A-Z|a-z)$/.test(item.set) ? 'A-Za-z' : item.set;
      continue;
    }
    const character = String.fromCodePoint(item.code);
    source += (eitherCase ? casesOf(character) : [character]).map(literal).join('');
    // A minus is itself before the end of the class and before a class such as \d.
    if (pattern[next] !== '-' || pattern[next + 1] === ']' || next + 1 >= pattern.length) continue;
    const end = itemAt(pattern, next + 1);
    if (end.code === undefined) continue;
    if (end.code < item.code)
      throw new MongoError(51091, 'Regular expression is invalid: range out of order in character class');
    source += rangeOf(item.code, end.code);
    if (eitherCase) source += otherCases(pattern, item.code, end.code);
    next += 1 + end.length;
  }
  return { length: next + 1 - at, source: `[${negated ? '^' : ''}${source}]` };
}

function rangeOf(from: number, to: number): string {
  return `${literal(String.fromCodePoint(from))}-${literal(String.fromCodePoint(to))}`;
}

/** The letters of a range in their other case, as further ranges. */
function otherCases(pattern: string, from: number, to: number): string {
  if (to > 0x7f) throw unsupported(pattern);
  const moved = (first: number, last: number, by: number): string => {
    const [low, high] = [Math.max(from, first), Math.min(to, last)];
    return low > high ? '' : rangeOf(low + by, high + by);
  };
  return moved(0x41, 0x5a, 0x20) + moved(0x61, 0x7a, -0x20);
}

type Item = { length: number; code: number; set?: undefined } | { length: number; code?: undefined; set: string };

function itemAt(pattern: string, at: number): Item {
  const rest = pattern.slice(at);
  const posix = /^\[:(\^?)(\w+):\]/.exec(rest);
  if (posix) {
    const set = POSIX[posix[2] ?? ''];
    if (set === undefined) throw new MongoError(51091, 'Regular expression is invalid: unknown POSIX class name');
    if (posix[1] === '^') throw unsupported(posix[0]);
    return { length: posix[0].length, set };
  }
  const code = rest.codePointAt(0) ?? 0;
  if (rest[0] !== '\\') return { length: String.fromCodePoint(code).length, code };
  const set = CLASS_ESCAPES[rest[1] ?? ''];
  if (set !== undefined) return { length: 2, set };
  if (rest[1] === 'b') return { length: 2, code: 0x08 };
  const property = /^\\[pP](?:\{\^?[\w=]+\}|[A-Z])/.exec(rest)?.[0];
  if (property !== undefined) return { length: property.length, set: propertyOf(property) };
  const octal = /^\\([0-7]{1,3})/.exec(rest);
  if (octal) return { length: octal[0].length, code: Number.parseInt(octal[1] ?? '', 8) };
  return controlOf(pattern, at);
}

/** A property of characters: PCRE knows scripts by their names alone, JavaScript wants to be told that it is one. */
export function propertyOf(escape: string): string {
  const property = escape.replace(/^(\\[pP])([A-Z])$/, '$1{$2}').replace(/^\\p\{\^/, '\\P{');
  try {
    new RegExp(property, 'u');
    return property;
  } catch {
    return property.replace('{', '{Script_Extensions=');
  }
}

/** The refusal of what JavaScript's regular expressions cannot do. */
export function unsupported(what: string): MongoError {
  return new MongoError(238, `'${what}' in a regular expression is not supported by this server`);
}
