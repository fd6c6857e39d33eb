import { BSONRegExp } from 'bson';
import { MongoError } from '../../errors.js';
import { CLASS_ESCAPES, bracketClass, casesOf, controlOf, literal, propertyOf, unsupported } from './regex-classes.js';

/** Options of MongoDB's regular expressions; `u` is always on. */
const OPTIONS = 'imsux';

/** Escapes that mean the same in JavaScript: places between words, references, properties of characters. */
const SAME = /^\\(?:[bB]|[1-9]\d?|k<\w+>|[pP](?:\{\^?[\w=]+\}|[A-Z]))/;

/** Escapes and groups of PCRE for which JavaScript has nothing. */
const UNSUPPORTED = /^(?:\\(?:[GKRXCLlUugk]|N\{)|\(\*|\(\?(?:[>|&(R\d+']|P>))/;

/** How one group, and all within it, is read. */
interface Mode {
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly extended: boolean;
  /** Case is passed over here, but not everywhere: what may be either is written out. */
  readonly eitherCase: boolean;
  /** Looks behind a place, which PCRE does over a fixed length only. */
  readonly behind?: boolean;
}

/** Whether a value is a regular expression. */
export function isRegExp(value: unknown): value is RegExp | BSONRegExp {
  return value instanceof RegExp || value instanceof BSONRegExp;
}

/** Bytes that a pattern has at most. */
const LONGEST_PATTERN = 16_384;

/** The code of a filter whose pattern is none. */
export const BROKEN_PATTERN = 51091;

/** The pattern and options of a regular expression value. `bson` gives a regular expression's `s` as JavaScript's `g`. */
export function partsOf(value: RegExp | BSONRegExp): { pattern: string; options: string } {
  if (value instanceof BSONRegExp) return { pattern: value.pattern, options: value.options };
  return { pattern: value.source, options: value.flags.replace('g', 's') };
}

/**
 * Compiles a regular expression of PCRE, as MongoDB has them, into one of JavaScript that finds the same. It keeps no
 * state between two tests.
 * @param name the operator that takes it, for refusals
 * @throws MongoError 51108 for an unknown option, 51091 for a broken pattern, 238 for what JavaScript cannot do
 */
export function compileRegex(pattern: string, options: string, name: string): RegExp {
  const unknown = [...options].find((option) => !OPTIONS.includes(option));
  if (unknown !== undefined) throw new MongoError(51108, `${name} invalid flag in regex options: ${unknown}`);
  if (pattern.includes('\0'))
    throw new MongoError(2, `${name}: Regular expression cannot contain an embedded null byte`);
  if (Buffer.byteLength(pattern) > LONGEST_PATTERN)
    throw new MongoError(
      BROKEN_PATTERN,
      'Regular expression is invalid: pattern string is longer than the limit set by the application',
    );
  // Texts are UTF-8 whatever a pattern says.
  const text = pattern.replace(/^(?:\(\*UTF8?\))+/, '');
  const start = /^\(\?([imsx]+)\)/.exec(text)?.[1] ?? '';
  const all = options + start;
  const rest = text.slice(start === '' ? 0 : start.length + 3);
  const insensitive = all.includes('i');
  // JavaScript has this option for a whole pattern only.
  const mixed = /\(\?[imsx]*(?:-[imsx]*)?i/.test(rest);
  const { source, properties } = translate(rest, {
    multiline: all.includes('m'),
    dotAll: all.includes('s'),
    extended: all.includes('x'),
    eitherCase: mixed && insensitive,
  });
  try {
    return new RegExp(source, insensitive && !mixed ? 'iu' : 'u');
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    // Names of properties are not all the same in both.
    if (properties) throw unsupported(pattern);
    throw new MongoError(BROKEN_PATTERN, `Regular expression is invalid: ${reason}`);
  }
}

function translate(pattern: string, mode: Mode): { source: string; properties: boolean } {
  let out = '';
  let at = 0;
  let properties = false;
  const outer: Mode[] = [];
  let current = mode;
  /** Takes what a pattern finds at the current place. */
  const take = (expression: RegExp): string | undefined => {
    const found = expression.exec(pattern.slice(at))?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  while (at < pattern.length) {
    if (current.extended && take(/^(?:[ \t\n\f\r\v]+|#[^\n]*\n?)/) !== undefined) continue;
    const quoted = /^\\Q([^]*?)(?:\\E|$)/.exec(pattern.slice(at));
    if (quoted) {
      out += [...(quoted[1] ?? '')].map((character) => literalIn(current, character)).join('');
      at += quoted[0].length;
      continue;
    }
    const escaped = take(SAME);
    if (escaped !== undefined) {
      properties ||= /^\\p/i.test(escaped);
      // A reference, or a property of letters, would have to be compared without case.
      if (current.eitherCase && !/^\\b$/i.test(escaped)) throw unsupported(pattern);
      out += /^\\p/i.test(escaped) ? propertyOf(escaped) : escaped;
      continue;
    }
    const refused = UNSUPPORTED.exec(pattern.slice(at))?.[0];
    if (refused !== undefined) throw unsupported(refused);
    const character = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    switch (character) {
      case '\\': {
        const { length, source } = escapeAt(pattern, at, current);
        at += length;
        out += source;
        break;
      }
      case '[': {
        const { length, source } = bracketClass(pattern, at, current.eitherCase);
        at += length;
        out += source;
        break;
      }
      case '(': {
        if (take(/^\(\?#[^)]*\)/) !== undefined) break;
        const reference = take(/^\(\?P=\w+\)/);
        if (reference !== undefined) {
          if (current.eitherCase) throw unsupported(reference);
          out += `\\k<${reference.slice(4, -1)}>`;
          break;
        }
        const flags = /^\(\?([imsx]*)(?:-([imsx]+))?([:)])/.exec(pattern.slice(at));
        if (flags && flags[0] !== '(?:') {
          const [whole, on = '', off = '', end] = flags;
          at += whole.length;
          if (end === ':') {
            outer.push(current);
            out += '(?:';
          }
          current = changed(current, on, off);
          break;
        }
        outer.push(current);
        const opened = take(/^\(\?(?:[:=!]|<[=!]|P?<\w+>)/) ?? take(/^\(/) ?? '';
        if (/[=!]$/.test(opened)) current = { ...current, behind: opened.includes('<') };
        out += opened.replace('(?P<', '(?<');
        break;
      }
      case ')':
        current = outer.pop() ?? current;
        out += ')';
        at++;
        break;
      case '{': {
        const quantifier = take(/^\{\d+(?:,\d*)?\}/);
        if (quantifier !== undefined && !/^\{(\d+)(?:,\1)?\}$/.test(quantifier)) checkLength(current);
        out += quantifier ?? '\\{';
        if (quantifier === undefined) at++;
        else out += laziness(take(/^[?+]/), pattern);
        break;
      }
      case '*':
      case '+':
      case '?':
        checkLength(current);
        at++;
        out += character + laziness(take(/^[?+]/), pattern);
        break;
      case '.':
        at++;
        out += current.dotAll ? '[^]' : '[^\\n]';
        break;
      case '^':
        at++;
        out += current.multiline ? '(?:^|(?<=\\n)(?=[^]))' : '^';
        break;
      case '$':
        at++;
        out += current.multiline ? '(?:$|(?=\\n))' : '(?:$|(?=\\n$))';
        break;
      case '|':
        at++;
        out += '|';
        break;
      default:
        at += character.length;
        out += literalIn(current, character);
    }
  }
  return { source: out, properties };
}

/** @throws MongoError 51091 for what may be shorter or longer, where it would be looked for behind a place */
function checkLength({ behind }: Mode): void {
  if (behind)
    throw new MongoError(BROKEN_PATTERN, 'Regular expression is invalid: lookbehind assertion is not fixed length');
}

function changed(mode: Mode, on: string, off: string): Mode {
  const has = (flag: string, before: boolean): boolean => (before || on.includes(flag)) && !off.includes(flag);
  return {
    ...mode,
    multiline: has('m', mode.multiline),
    dotAll: has('s', mode.dotAll),
    extended: has('x', mode.extended),
    eitherCase: has('i', mode.eitherCase),
  };
}

function literalIn({ eitherCase }: Mode, character: string): string {
  const cases = eitherCase ? casesOf(character) : [character];
  return cases.length === 1 ? literal(character) : `[${cases.map(literal).join('')}]`;
}

/** A quantifier may be lazy; one that never gives back what it took is unknown to JavaScript. */
function laziness(mark: string | undefined, pattern: string): string {
  if (mark === '+') throw unsupported(pattern);
  return mark ?? '';
}

function escapeAt(pattern: string, at: number, mode: Mode): { length: number; source: string } {
  const character = String.fromCodePoint(pattern.codePointAt(at + 1) ?? 0);
  if (at + 1 >= pattern.length)
    throw new MongoError(BROKEN_PATTERN, 'Regular expression is invalid: \\ at end of pattern');
  const set = CLASS_ESCAPES[character];
  if (set !== undefined) return { length: 2, source: `[${set}]` };
  if (character === 'A') return { length: 2, source: '(?<![^])' };
  if (character === 'z') return { length: 2, source: '(?![^])' };
  if (character === 'Z') return { length: 2, source: '(?=\\n?(?![^]))' };
  if (character === 'E') return { length: 2, source: '' };
  if (character === 'N') return { length: 2, source: '[^\\n]' };
  const { length, code } = controlOf(pattern, at);
  return { length, source: literalIn(mode, String.fromCodePoint(code)) };
}
