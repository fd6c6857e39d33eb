import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { toNumber } from '../../language/values/numbers.js';
import { isLanguage } from '../../language/filters/text.js';
import { show } from '../../language/values/show.js';

/** Weights of texts are smaller. */
const MAX_WEIGHT = 100_000;
/** The fields that stand in a key for its texts: their terms, and what is behind them. */
const [TERMS, TERMS_BEHIND] = ['_fts', '_ftsx'] as const;
const TEXT_KEY = { [TERMS]: 'text', [TERMS_BEHIND]: 1 } as const;
/** Those that can be asked for; each is made as the last. */
const VERSIONS = [1, 2, 3];

/** Whether a key is that of a text index. */
export const isText = (key: Doc): boolean => Object.values(key).includes('text');

/**
 * A text index has one key for all of its texts, and says in `weights` which fields they are.
 * @throws MongoError 67 for what cannot be one
 */
export function textOptions(key: Doc, spec: Doc): Doc {
  const version = spec['textIndexVersion'];
  if (version !== undefined && !VERSIONS.includes(toNumber(version)))
    throw new MongoError(67, `bad textIndexVersion: ${show(version)}`);
  if (spec['unique'] === true) throw new MongoError(67, 'a text index cannot be unique');
  const fields = Object.entries(key);
  const texts = fields.filter(([, order]) => order === 'text').map(([path]) => path);
  if (texts.includes(TERMS)) return listed(key, spec);
  const first = fields.findIndex(([, order]) => order === 'text');
  if (fields.slice(first, first + texts.length).some(([, order]) => order !== 'text'))
    throw new MongoError(67, "'text' fields in index must all be adjacent");
  const plain = (part: [string, unknown][]): Doc => Object.fromEntries(part);
  return {
    key: { ...plain(fields.slice(0, first)), ...TEXT_KEY, ...plain(fields.slice(first + texts.length)) },
    weights: weightsOf(spec['weights'] ?? {}, texts),
    ...languageOptions(spec),
    textIndexVersion: 3,
  };
}

/**
 * An index that is asked for as `listIndexes` shows it: its texts are those that have weights.
 * @throws MongoError 67 without any
 */
function listed(key: Doc, spec: Doc): Doc {
  const [names, weights] = [Object.keys(key), spec['weights']];
  const isPair =
    key[TERMS_BEHIND] === TEXT_KEY[TERMS_BEHIND] && names.indexOf(TERMS_BEHIND) === names.indexOf(TERMS) + 1;
  if (!isPair || Object.values(key).filter((order) => order === 'text').length > 1)
    throw new MongoError(67, 'expecting _ftsx after _fts in the key of a text index');
  if (!isDoc(weights) || Object.keys(weights).length === 0)
    throw new MongoError(67, 'weights are the only texts of a text index whose key has _fts, and there are none');
  return { key, weights: weightsOf(weights, []), ...languageOptions(spec), textIndexVersion: 3 };
}

/** What each text weighs, in the order of their paths. */
function weightsOf(given: unknown, texts: readonly string[]): Doc {
  const asked = given === '$**' ? { [given]: 1 } : given;
  if (!isDoc(asked)) throw new MongoError(67, "text index option 'weights' must be an object");
  const weights: Record<string, number> = Object.fromEntries(texts.map((path) => [path, 1]));
  for (const [path, weight] of Object.entries(asked)) {
    const number = Math.trunc(toNumber(weight));
    if (Number.isNaN(number)) throw new MongoError(67, 'weight for text index needs numeric type');
    if (number < 1 || number >= MAX_WEIGHT)
      throw new MongoError(
        67,
        `text index weight must be in the exclusive interval (0,${MAX_WEIGHT}) but found: ${number}`,
      );
    weights[path] = number;
  }
  const isNone = (path: string): boolean =>
    path !== '$**' && path.split('.').some((part) => part === '' || part.startsWith('$'));
  if (Object.keys(weights).some(isNone))
    throw new MongoError(67, 'weight cannot have an empty path or one with fields that begin with a dollar');
  return Object.fromEntries(Object.entries(weights).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function languageOptions(spec: Doc): Doc {
  const { default_language = 'english', language_override = 'language' } = spec as Record<string, string | undefined>;
  if (!isLanguage(default_language)) throw new MongoError(67, `default_language is not valid: ${default_language}`);
  if (!/^[^$.][^.]*$/s.test(language_override))
    throw new MongoError(67, `language_override is not valid: ${language_override}`);
  return { default_language, language_override };
}
