import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { MISSING, someAt } from '../../language/paths.js';
import { addScores, foldedTerms, isLanguage, searchMatcher, type TextSearch } from '../../language/filters/text.js';
import { show } from '../../language/values/show.js';
import type { CollectionInfo, Index } from '../catalogue.js';
import { conditionsOf, equalityValue } from '../plan/bounds.js';
import { entriesOf, type IndexEntries, type IndexField } from './index-keys.js';
import { KeyWriter, fit, idPrefix, successor } from './key.js';
import type { Plan } from '../plan/planner.js';

/** What a text index knows of the fields that it is made over. */
export interface TextFields {
  /** Fields before the text, which a query must ask to be equal. */
  readonly prefix: readonly IndexField[];
  /** Those, and the fields behind it. */
  readonly others: readonly IndexField[];
  /** Weight by path; `$**` stands for every field. */
  readonly weights: ReadonlyMap<string, number>;
  /** Name of the field with which a document, or one within it, says its language. */
  readonly languageField: string;
}

const writer = new KeyWriter();

/** The entries of a document: one for each of its terms, behind the fields that precede the text. */
export function textEntries(text: TextFields, doc: Doc): IndexEntries {
  const { entries, multikey } = entriesOf(text.prefix, doc);
  const [before] = entries;
  const terms = [...scoresOf(text, doc).keys()];
  const values = before?.values ?? [];
  return {
    entries: terms.map((term) => ({
      key: fit(Buffer.concat([before?.key ?? Buffer.alloc(0), termKey(term)])),
      values,
      present: true,
    })),
    multikey: new Set([...multikey, '_fts']),
    shortened: false,
  };
}

const termKey = (term: string): Buffer => writer.value(term).finish();

/** The score of each term of a document. */
export function scoresOf(text: TextFields, doc: Doc): Map<string, number> {
  const scores = new Map<string, number>();
  for (const [value, weight] of textsOf(text, doc)) addScores(value, weight, scores);
  return scores;
}

function textsOf({ weights }: TextFields, doc: Doc): [string, number][] {
  const texts: [string, number][] = [];
  const every = weights.get('$**');
  if (every !== undefined) collect(doc, '', (value, path) => texts.push([value, weights.get(path) ?? every]));
  else
    for (const [path, weight] of weights) {
      someAt(doc, path.split('.'), (leaf) => {
        if (leaf !== MISSING)
          for (const value of [leaf].flat()) if (typeof value === 'string') texts.push([value, weight]);
        return false;
      });
    }
  return texts;
}

function collect(value: unknown, path: string, visit: (value: string, path: string) => void): void {
  if (typeof value === 'string') visit(value, path);
  else if (Array.isArray(value)) for (const item of value) collect(item, path, visit);
  else if (isDoc(value))
    for (const [name, inner] of Object.entries(value)) {
      // No path leads to these.
      if (name.includes('.') || name.startsWith('$')) continue;
      collect(inner, path === '' ? name : `${path}.${name}`, visit);
    }
}

/** @throws MongoError 201 when a field beside the text leads to an array */
export function checkOthers({ others }: TextFields, doc: Doc): void {
  for (const { path, parts } of others) {
    let value: unknown = doc;
    for (const part of parts) value = isDoc(value) ? value[part] : Array.isArray(value) ? value : undefined;
    if (Array.isArray(value))
      throw new MongoError(201, `Field '${path}' of text index contains an array in document: ${show(doc)}`);
  }
}

/**
 * Looks at the language that a document names, and at those of documents within it that lead to a text.
 * @throws MongoError 17261 when it is no string, 17262 when it is not known
 */
export function checkLanguages({ weights, languageField }: TextFields, doc: Doc): void {
  const paths = weights.has('$**') ? undefined : [...weights.keys()];
  const check = (within: Doc, path: string): void => {
    checkLanguage(within[languageField]);
    for (const [name, value] of Object.entries(within)) {
      const inner = `${path}${name}.`;
      if (paths ? !paths.some((text) => text.startsWith(inner)) : name === languageField) continue;
      for (const one of [value].flat(paths ? 1 : Number.POSITIVE_INFINITY)) if (isDoc(one)) check(one, inner);
    }
  };
  check(doc, '');
}

function checkLanguage(language: unknown): void {
  if (language === undefined) return;
  if (typeof language !== 'string')
    throw new MongoError(17261, 'found language override field in document with non-string type');
  if (!isLanguage(language)) throw new MongoError(17262, `language override unsupported: ${language}`);
}

/**
 * The walk that finds the documents with any of a search's terms.
 * @throws MongoError 27 when the collection has no text index, 291 when that is hidden, 2 when a field before the text is not bound
 */
export function planText(info: CollectionInfo, search: TextSearch, filter: Doc): Plan & { index: Index } {
  const index = info.indexes.find((item) => item.text && item.ready);
  if (!index?.text) throw new MongoError(27, 'text index required for $text query');
  if (index.hidden) throw new MongoError(291, 'need exactly one text index for $text query');
  // No document has an array there.
  const isNever = index.text.prefix.some(({ path }) => Array.isArray(filter[path]));
  const bound = index.text.prefix.map((field) => {
    if (isNever) return Buffer.alloc(0);
    const value = equalityValue(filter, field.path);
    if (value === undefined)
      throw new MongoError(
        2,
        `failed to use text index to satisfy $text query (if text index is compound, are equality predicates given for all prefix fields?)`,
      );
    return writer.value(value, field.descending).finish();
  });
  const ranges = (isNever ? [] : foldedTerms(search)).map((term) => {
    const start = Buffer.concat([idPrefix(index.id), fit(Buffer.concat([...bound, termKey(term)]))]);
    return { start, end: successor(start) };
  });
  return {
    index,
    ranges,
    reverse: false,
    sorted: false,
    exact: false,
    points: false,
    bounded: true,
    conditions: conditionsOf(filter),
    used: 0,
  };
}

/** Compiles a search into its score of a document; undefined for one that it does not find. */
export function textScorer(text: TextFields, search: TextSearch): (doc: Doc) => number | undefined {
  const terms = foldedTerms(search);
  const matches = searchMatcher(search);
  return (doc) => {
    if (!matches(textsOf(text, doc).map(([value]) => value))) return undefined;
    const scores = scoresOf(text, doc);
    return terms.reduce((sum, term) => sum + (scores.get(term) ?? 0), 0);
  };
}
