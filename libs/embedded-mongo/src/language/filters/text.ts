import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { clausesOf } from './alternatives.js';
import { typeName } from '../values/bson-types.js';

/** A `$text` condition, taken apart. Terms are folded. */
export interface TextSearch {
  /** At least one of these must be in a document; those of phrases are among them. */
  readonly terms: readonly string[];
  /** Each of these must stand in a document as it is written. */
  readonly phrases: readonly string[];
  readonly excludedTerms: readonly string[];
  readonly excludedPhrases: readonly string[];
  readonly caseSensitive: boolean;
  readonly diacriticSensitive: boolean;
}

/** Languages of texts, and the two letters that stand for each. */
const LANGUAGES: ReadonlySet<string> = new Set(
  (
    'none danish da dutch nl english en finnish fi french fr german de hungarian hu italian it norwegian nb ' +
    'portuguese pt romanian ro russian ru spanish es swedish sv turkish tr'
  ).split(' '),
);

/** Whether MongoDB knows a language by this name; its case does not matter. */
export function isLanguage(name: string): boolean {
  return LANGUAGES.has(name.toLowerCase());
}

/** What joins clauses of a filter. */
const JOINING = ['$and', '$or', '$nor'] as const;

/** What separates words: all but letters, marks, digits, the underscore and the apostrophe inside a word. */
const WORDS = /[\p{L}\p{M}\p{N}_]+(?:['’][\p{L}\p{M}\p{N}_]+)*/gu;

/** A text without case and diacritics, as terms are kept in an index. */
function fold(text: string, caseSensitive = false, diacriticSensitive = false): string {
  const plain = diacriticSensitive
    ? text.normalize('NFC')
    : text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC');
  return caseSensitive ? plain : plain.toLowerCase();
}

/** The words of a text, as they are written. */
export function words(text: string): string[] {
  return text.match(WORDS) ?? [];
}

/**
 * The score of each term in one text, which grows less with each repetition and is larger for a term that is most of the
 * text. The formula is that of MongoDB's text index version 3.
 * @param scores what earlier texts of the same document gave; added to
 */
export function addScores(text: string, weight: number, scores: Map<string, number>): void {
  const counts = new Map<string, number>();
  const tokens = words(text).map((word) => fold(word));
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  const whole = fold(text);
  for (const [term, count] of counts) {
    // 1 + 1/2 + 1/4 + … for as often as the term occurs.
    const frequency = 2 - 2 ** (1 - count);
    const share = 0.5 + (0.5 * count) / tokens.length;
    const exact = whole === term ? 1.1 : 1;
    scores.set(term, (scores.get(term) ?? 0) + weight * frequency * share * exact);
  }
}

/**
 * Reads the argument of `$text`.
 * @throws MongoError 2, 4 or 14 for what is none
 */
function textSearch(argument: unknown): TextSearch {
  if (!isDoc(argument)) throw new MongoError(14, '$text expects an object');
  const { $search, $language = '', $caseSensitive = false, $diacriticSensitive = false, ...others } = argument;
  if ($search === undefined) throw new MongoError(4, 'Missing expected field "$search"');
  if (typeof $search !== 'string') throw wrongType('$search', 'string', $search);
  if (typeof $language !== 'string') throw wrongType('$language', 'string', $language);
  if (typeof $caseSensitive !== 'boolean') throw wrongType('$caseSensitive', 'bool', $caseSensitive);
  if (typeof $diacriticSensitive !== 'boolean') throw wrongType('$diacriticSensitive', 'bool', $diacriticSensitive);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new MongoError(2, `extra fields in $text: ${unknown}`);
  // An empty one stands for that of the index.
  if ($language !== '' && !isLanguage($language))
    throw new MongoError(2, `unsupported language: "${$language}" for text index version 3`);
  const search = {
    terms: [] as string[],
    phrases: [] as string[],
    excludedTerms: [] as string[],
    excludedPhrases: [] as string[],
  };
  // A phrase in quotation marks, or a run without spaces; a minus directly before excludes, within a word it does not.
  for (const [, minus, phrase, run = ''] of $search.matchAll(/(?<=^|[\s"])(-?)(?:"([^"]*)"|([^\s"]+))/gu)) {
    if (phrase !== undefined) {
      (minus ? search.excludedPhrases : search.phrases).push(phrase);
      if (!minus) for (const word of words(phrase)) search.terms.push(word);
    } else for (const word of words(run)) (minus ? search.excludedTerms : search.terms).push(word);
  }
  return { ...search, caseSensitive: $caseSensitive, diacriticSensitive: $diacriticSensitive };
}

function wrongType(field: string, expected: string, value: unknown): MongoError {
  return new MongoError(14, `"${field}" had the wrong type. Expected ${expected}, found ${typeName(value)}`);
}

/** Terms as the index has them, each once. */
export function foldedTerms(search: TextSearch): string[] {
  return [...new Set(search.terms.map((term) => fold(term)))];
}

/** Compiles whether the texts of a document are what a search asks for; each text and each part of the search is folded once. */
export function searchMatcher(search: TextSearch): (texts: readonly string[]) => boolean {
  const folded = (text: string): string => fold(text, search.caseSensitive, search.diacriticSensitive);
  const [terms, excludedTerms] = [new Set(search.terms.map(folded)), new Set(search.excludedTerms.map(folded))];
  const [phrases, excludedPhrases] = [search.phrases.map(folded), search.excludedPhrases.map(folded)];
  return (texts) => {
    const present = [...new Set(texts.flatMap((text) => words(text).map(folded)))];
    if (!present.some((term) => terms.has(term)) || present.some((term) => excludedTerms.has(term))) return false;
    const whole = texts.map(folded);
    const holds = (phrase: string): boolean => whole.some((text) => text.includes(phrase));
    return phrases.every(holds) && !excludedPhrases.some(holds);
  };
}

/** A filter of which `$text` has been taken out. */
export interface WithoutText {
  readonly search: TextSearch | undefined;
  readonly rest: Doc;
  /** `$text` is in a clause of a `$or`, and has stayed there: documents may be found without it. */
  readonly isChoice: boolean;
}

/**
 * Takes `$text` out of a filter.
 * @throws MongoError 2 where it stands more than once, or in a `$nor`
 */
export function withoutText(filter: Doc): WithoutText {
  // Most filters ask of fields only.
  if (!Object.keys(filter).some((name) => name.startsWith('$')))
    return { search: undefined, rest: filter, isChoice: false };
  const found: { argument: unknown; isChoice: boolean }[] = [];
  const strip = (conditions: Doc, isChoice: boolean): Doc => {
    const { $text, ...rest } = conditions;
    if ($text !== undefined) found.push({ argument: $text, isChoice });
    for (const name of JOINING) {
      const clauses = clausesOf(rest[name]);
      if (!clauses) continue;
      const [known, isOne] = [found.length, name === '$and' || clauses.length === 1];
      const stripped = clauses.map((clause) => strip(clause, isChoice || !isOne));
      if (name === '$nor' && found.length > known) throw new MongoError(2, 'text expression not allowed in nor');
      if (isOne) rest[name] = stripped;
    }
    return rest;
  };
  const rest = strip(filter, false);
  const [first, ...others] = found;
  if (others.length > 0) throw new MongoError(2, 'Too many text expressions');
  if (!first) return { search: undefined, rest: filter, isChoice: false };
  return { search: textSearch(first.argument), rest, isChoice: first.isChoice };
}

/** @throws MongoError 40218 when a filter has no `$text`, so that there is no score of it */
export function checkScored(filter: Doc): void {
  if (!withoutText(filter).search)
    throw new MongoError(40218, 'query requires text score metadata, but it is not available');
}
