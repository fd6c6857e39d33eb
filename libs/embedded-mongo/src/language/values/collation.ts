import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { typeName } from './bson-types.js';
import { wholeOf, wrongType } from './fields.js';

/** A collation: how strings compare in a language. */
export interface Collation {
  /** Every field as MongoDB shows it, in one order: equal collations have equal texts of it. */
  readonly spec: Doc;
  /** Negative, zero or positive; zero for strings that count as the same. */
  readonly compare: (a: string, b: string) => number;
}

/** The fields of a collation with what they are when left out, in MongoDB's order. */
const DEFAULTS = {
  locale: '',
  caseLevel: false,
  caseFirst: 'off',
  strength: 3,
  numericOrdering: false,
  alternate: 'non-ignorable',
  maxVariable: 'punct',
  normalization: false,
  backwards: false,
};

/** What fields with a few values may be. */
const CHOICES: Readonly<Record<string, readonly unknown[]>> = {
  caseFirst: ['off', 'upper', 'lower'],
  strength: [1, 2, 3, 4, 5],
  alternate: ['non-ignorable', 'shifted'],
  maxVariable: ['punct', 'space'],
};

/** Names of kinds of order in locales such as `de@collation=phonebook`, as BCP 47 (UTS 35, `co`) has them. */
const KINDS: Record<string, string> = {
  phonebook: 'phonebk',
  traditional: 'trad',
  dictionary: 'dict',
  gb2312han: 'gb2312',
};

/** Collations by the text of all their fields; making one costs far more than comparing. */
const known = new Map<string, Collation>();
const MAX_KNOWN = 200;

/**
 * Reads a collation; undefined for none, and for the simple one, which compares bytes.
 * @throws MongoError 2, 14, 40414 or 40415 for what is no collation, 72 for what ICU's collators of this program cannot do
 */
export function collationOf(value: unknown): Collation | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isDoc(value))
    throw new MongoError(14, `BSON field 'collation' is the wrong type '${typeName(value)}', expected type 'object'`);
  const spec = normalized(value);
  if (spec.locale === 'simple') return undefined;
  const asked = JSON.stringify(spec);
  const found = known.get(asked);
  if (found) return found;
  const collation = { spec: { ...spec, version: process.versions['icu'] ?? '' }, compare: comparator(spec) };
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(asked, collation);
  return collation;
}

type Spec = typeof DEFAULTS;

function normalized({ version, ...fields }: Doc): Spec {
  const spec: Spec & Doc = { ...DEFAULTS };
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(DEFAULTS, name))
      throw new MongoError(40415, `BSON field 'collation.${name}' is an unknown field.`);
    // All fields but one are left out by null.
    if (value === null && name !== 'backwards') continue;
    const type = typeof DEFAULTS[name as keyof Spec];
    if (type !== 'number' && typeof value !== type)
      throw wrongType('collation', name, type === 'string' ? type : 'bool', value);
    spec[name] = type === 'number' ? wholeOf(value, 'collation', name) : value;
  }
  if ((fields['locale'] ?? null) === null)
    throw new MongoError(40414, "BSON field 'collation.locale' is missing but a required field");
  for (const [name, choices] of Object.entries(CHOICES))
    if (!choices.includes(spec[name]))
      throw new MongoError(
        2,
        `Enumeration value '${String(spec[name])}' for field 'collation.${name}' is not a valid value.`,
      );
  // What has a version was checked when an index or a collection was made with it.
  if (version === undefined) checkUse(spec);
  if (spec.backwards) throw unsupported('backwards: true');
  if (spec.strength === 4) throw unsupported('strength: 4');
  if (spec.alternate === 'shifted' && spec.maxVariable === 'space') throw unsupported("maxVariable: 'space'");
  return spec;
}

/** The locales of countries that have an order of their own; ICU knows others as their language, `fr_FR` as `fr`. */
const COUNTRIES = ['de_AT', 'en_US', 'en_US_POSIX', 'fa_AF', 'fr_CA'];

/**
 * What MongoDB refuses although it could be understood: another name of a locale than ICU's own, as `en-us` for `en_US` and
 * `en_GB` for `en`, and an order of cases where they are not compared.
 */
function checkUse({ locale, caseFirst, caseLevel, strength }: Spec): void {
  const [name = ''] = locale.split('@');
  const [language = '', ...others] = name.split(/[-_]/);
  const parts = others.map((part) => (/^[a-z]{4}$/i.test(part) ? titled(part) : part.toUpperCase()));
  const form = [language.toLowerCase(), ...parts].join('_');
  const meant = /_[A-Z]{2}(_|$)/.test(form) && !COUNTRIES.includes(form) ? language.toLowerCase() : form;
  if (name !== meant)
    throw new MongoError(2, `Field 'locale' is invalid in a collation: "${locale}". Did you mean '${meant}'?`);
  if (caseFirst !== 'off' && !caseLevel && strength < 3)
    throw new MongoError(2, "'caseFirst' is invalid unless 'caseLevel' is on or 'strength' is greater than 2");
}

const titled = (part: string): string => part.charAt(0).toUpperCase() + part.slice(1).toLowerCase();

/**
 * The levels of a comparison one after the other, as UTS 10 orders them: base letters, accents, case, variants. A later
 * level decides between strings that are equal on those before it.
 */
function comparator(spec: Spec): (a: string, b: string) => number {
  const locale = languageTag(spec.locale);
  const options: Intl.CollatorOptions = { usage: 'sort', numeric: spec.numericOrdering };
  if (spec.caseFirst !== 'off') options.caseFirst = spec.caseFirst as 'upper' | 'lower';
  options.ignorePunctuation = spec.alternate === 'shifted';
  const level = (sensitivity: Intl.CollatorOptions['sensitivity']): ((a: string, b: string) => number) =>
    new Intl.Collator(locale, { ...options, sensitivity }).compare;
  const levels = [];
  if (spec.strength <= 2 || spec.caseLevel) levels.push(level(spec.strength === 1 ? 'base' : 'accent'));
  if (spec.caseLevel) levels.push(level('case'));
  if (spec.strength >= 3) levels.push(level('variant'));
  if (spec.strength === 5) levels.push(byCodePoints);
  const [first = byCodePoints, ...others] = levels;
  if (others.length === 0) return first;
  return (a, b) => others.reduce((order, next) => order || next(a, b), first(a, b));
}

function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a.normalize('NFD')), Buffer.from(b.normalize('NFD')));
}

/** MongoDB names locales as ICU does: `de_AT@collation=phonebook`. */
function languageTag(locale: string): string {
  if (locale === 'simple') return locale;
  const [name = '', keywords] = locale.split('@');
  const kind = /^collation=(\w+)$/.exec(keywords ?? 'collation=standard')?.[1];
  if (kind === undefined) throw invalid(locale);
  const suffix = keywords === undefined ? '' : `-u-co-${KINDS[kind] ?? kind}`;
  let tags: string[];
  try {
    tags = Intl.Collator.supportedLocalesOf([`${name.replaceAll('_', '-')}${suffix}`]);
  } catch {
    throw invalid(locale);
  }
  const [tag] = tags;
  if (tag === undefined) throw invalid(locale);
  const resolved = new Intl.Collator(tag).resolvedOptions().collation;
  if (keywords !== undefined && resolved !== (KINDS[kind] ?? kind)) throw unsupported(`locale: '${locale}'`);
  return tag;
}

function invalid(locale: string): MongoError {
  return new MongoError(2, `Field 'locale' is invalid in a collation: "${locale}"`);
}

function unsupported(what: string): MongoError {
  return new MongoError(72, `a collation with ${what} is not supported by this server`);
}
