import type { Random } from './random.js';
import type { Doc } from './values.js';

/**
 * What a path of the generated documents holds. Filters ask of a path only what mingo and MongoDB judge alike, which
 * depends on it: mingo does not tell `null` from missing below arrays, nor `$all` on a single value, for instance.
 */
export interface Field {
  readonly path: string;
  readonly make: (random: Random) => unknown;
  /** How many of a hundred documents do not have it. */
  readonly missing: number;
  readonly numeric?: true;
  /** Numbers without a fraction, which mingo does not leave out for `$mod` as MongoDB does. */
  readonly whole?: true;
  readonly text?: true;
  /** Always an array where it is there; its elements are what `make` makes. */
  readonly array?: true;
  /** A value, or an array of values. */
  readonly mixed?: true;
  /** Below an array of documents. */
  readonly below?: true;
}

const LONG = 'x'.repeat(950);
/** The order of their UTF-8 bytes is that of their UTF-16 units, by which mingo compares. */
const TEXTS = ['', 'a', 'B', 'ab', 'b', 'ba', 'é', '日', '😀', '$a', 'a\u0000b', `${LONG}a`, `${LONG}b`];

const number = (random: Random): number => random.below(25) - 5 + (random.chance(20) ? 0.5 : 0);
const text = (random: Random): string => random.of(TEXTS);
const date = (random: Random): Date => new Date((random.below(20) - 5) * 86_400_000);
const scalar = (random: Random): unknown =>
  random.weighted<unknown>([
    [4, () => number(random)],
    [4, () => text(random)],
    [1, () => random.chance(50)],
    [1, () => date(random)],
    [1, () => null],
  ]);

export const FIELDS: readonly Field[] = [
  { path: 'n', make: number, missing: 10, numeric: true },
  { path: 'u', make: (random) => random.below(400), missing: 15, numeric: true, whole: true },
  { path: 's', make: (random) => (random.chance(10) ? null : text(random)), missing: 10, text: true },
  { path: 'd', make: date, missing: 20 },
  { path: 'm', make: scalar, missing: 15 },
  { path: 't', make: (random) => (random.chance(50) ? random.below(8) : text(random)), missing: 10, array: true },
  { path: 'v', make: scalar, missing: 10, mixed: true },
  { path: 'o.x', make: number, missing: 20, numeric: true },
  { path: 'o.y', make: text, missing: 20, text: true },
  { path: 'i.x', make: (random) => random.below(10), missing: 15, numeric: true, whole: true, below: true },
  { path: 'i.y', make: text, missing: 15, text: true, below: true },
];

/** The value of a field as a document has it. */
export function valueFor(field: Field, random: Random): unknown {
  const many = field.array ?? (field.mixed && random.chance(50));
  return many ? random.times(4, () => field.make(random)) : field.make(random);
}

/** An identifier; all of them are from few, so that some are met again. */
export function makeId(random: Random): unknown {
  return random.weighted<unknown>([
    [6, () => random.below(120)],
    [2, () => `id ${random.below(40)}`],
    [1, () => ({ k: random.below(20) })],
    [1, () => new Date(random.below(20))],
  ]);
}

/** A document of some of the fields, and without an `_id`. */
export function makeFields(fields: readonly Field[], random: Random): Doc {
  const doc: Doc = {};
  const there = (field: Field): boolean => !random.chance(field.missing);
  for (const field of fields) {
    const [first = '', second] = field.path.split('.');
    if (second === undefined) {
      if (there(field)) doc[first] = valueFor(field, random);
    } else if (doc[first] === undefined && !random.chance(10)) {
      const inner = fields.filter(({ path }) => path.startsWith(`${first}.`));
      doc[first] = field.below ? random.times(3, () => element(inner, random)) : element(inner, random);
    }
  }
  return doc;
}

/** An embedded document of the fields below one path. */
export function element(fields: readonly Field[], random: Random): Doc {
  const there = fields.filter((field) => !random.chance(field.missing));
  return Object.fromEntries(there.map((field) => [field.path.split('.')[1] ?? '', field.make(random)]));
}
