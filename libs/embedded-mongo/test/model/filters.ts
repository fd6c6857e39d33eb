import type { Random } from './random.js';
import { makeId, type Field } from './schema.js';
import { isDoc, type Doc } from './values.js';

/** A filter over some fields. */
export function makeFilter(fields: readonly Field[], random: Random): Doc {
  return random.weighted<Doc>([
    [1, () => ({})],
    [2, () => ({ _id: idCondition(random) })],
    [10, () => conditions(fields, random)],
    [1, () => ({ $or: [conditions(fields, random), conditions(fields, random)] })],
    [1, () => ({ $and: [conditions(fields, random), conditions(fields, random)] })],
    [1, () => ({ $nor: [conditions(fields, random)] })],
    [1, () => ({ ...conditions(fields, random), $or: [conditions(fields, random), conditions(fields, random)] })],
  ]);
}

function conditions(fields: readonly Field[], random: Random): Doc {
  const chosen = random.some(fields, 1, 3);
  return Object.fromEntries(chosen.map((field) => [field.path, condition(field, random)]));
}

function idCondition(random: Random): unknown {
  return random.weighted<unknown>([
    [4, () => makeId(random)],
    [1, () => ({ $in: random.times(4, () => makeId(random)) })],
    [1, () => ({ $gt: random.below(120) })],
    [1, () => ({ $gte: random.below(60), $lt: 60 + random.below(60) })],
    [1, () => ({ $lt: `id ${random.below(40)}` })],
    [1, () => ({ $ne: makeId(random) })],
  ]);
}

function condition(field: Field, random: Random): unknown {
  const known = (): unknown => notNull(field, random);
  // Null below an array of documents is judged by MongoDB element by element, and not by mingo.
  const any = field.below ? known : (): unknown => (random.chance(10) ? null : field.make(random));
  const choices: (readonly [number, () => unknown])[] = [
    [6, any],
    [1, () => ({ $eq: any() })],
    [1, () => ({ $ne: any() })],
    [3, () => ({ $in: random.times(4, any) })],
    [1, () => ({ $nin: random.times(3, any) })],
    [5, () => range(known, random)],
    [1, () => ({ $not: range(known, random) })],
    [1, () => ({ $in: random.times(3, any), ...range(known, random) })],
  ];
  if (!field.below) choices.push([2, () => ({ $exists: random.chance(60) })]);
  if (!field.below && !field.array && !field.mixed)
    choices.push([1, () => ({ $type: random.of(['string', 'number', 'bool', 'date', 'null']) })]);
  if (field.text) choices.push([2, () => random.of([/^a/, /B/i, /^x+a$/])]);
  if (field.whole) choices.push([1, () => ({ $mod: [2 + random.below(3), random.below(2)] })]);
  if (field.array)
    choices.push(
      [1, () => ({ $all: [known(), ...random.times(1, known)] })],
      [1, () => ({ $size: random.below(4) })],
      [1, () => random.times(2, known)],
    );
  if (field.array || field.mixed) choices.push([2, () => ({ $elemMatch: range(known, random) })]);
  return random.weighted(choices);
}

/** A range with one end or two, which may be of different types and the wrong way round. */
function range(bound: () => unknown, random: Random): Doc {
  const lower = (): Doc => ({ [random.of(['$gt', '$gte'])]: bound() });
  const upper = (): Doc => ({ [random.of(['$lt', '$lte'])]: bound() });
  return random.weighted([
    [1, lower],
    [1, upper],
    [2, () => ({ ...lower(), ...upper() })],
  ]);
}

/** Ranges by null are not for mingo, which takes missing fields for another type. */
function notNull(field: Field, random: Random): unknown {
  for (;;) {
    const value = field.make(random);
    if (value !== null) return value;
  }
}

/** A filter of a partial index. */
export function makePartial(fields: readonly Field[], random: Random): Doc {
  const usable = fields.filter((field) => !field.below);
  const chosen = random.some(usable, 1, 2);
  return Object.fromEntries(
    chosen.map((field) => [
      field.path,
      random.weighted<unknown>([
        [3, () => ({ $exists: true })],
        [3, () => range(() => notNull(field, random), random)],
        [2, () => field.make(random)],
        [1, () => ({ $in: [field.make(random), field.make(random)] })],
        ...(field.array || field.mixed ? [] : [[1, () => ({ $type: 'string' })] as const]),
      ]),
    ]),
  );
}

/** The filter of a partial index, or one that differs from it by what is at the ends of its ranges. */
export function nearly(partial: Doc, random: Random): Doc {
  const turned = (name: string): string => (name.endsWith('e') ? name.slice(0, -1) : `${name}e`);
  const entries = Object.entries(partial).map(([path, wanted]) => {
    if (!isDoc(wanted)) return [path, wanted];
    const operators = Object.entries(wanted).map(([name, bound]) => [
      /^\$[gl]te?$/.test(name) && random.chance(30) ? turned(name) : name,
      bound,
    ]);
    return [path, Object.fromEntries(operators)];
  });
  return Object.fromEntries(entries) as Doc;
}
