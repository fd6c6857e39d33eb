import { makeFilter, makePartial, nearly } from './filters.js';
import type { IndexSpec } from './naive.js';
import type { Random } from './random.js';
import { element, FIELDS, makeFields, makeId, valueFor, type Field } from './schema.js';
import type { Doc } from './values.js';

export type Sort = Record<string, 1 | -1>;

/** One operation, as it is told when it goes wrong. */
export type Operation =
  | { name: 'insertOne'; document: Doc }
  | { name: 'insertMany'; documents: Doc[]; ordered: boolean }
  | { name: 'updateOne' | 'updateMany'; filter: Doc; update: Doc; upsert: boolean }
  | { name: 'replaceOne'; filter: Doc; update: Doc; upsert: boolean }
  | { name: 'deleteOne' | 'deleteMany'; filter: Doc }
  | { name: 'findOneAndUpdate'; filter: Doc; update: Doc; sort: Sort }
  | { name: 'findOneAndDelete'; filter: Doc; sort: Sort }
  | { name: 'find'; filter: Doc; sort: Sort; skip: number; limit: number; projection: Doc; hint: string | undefined }
  | { name: 'count'; filter: Doc; hint: string | undefined }
  | { name: 'distinct'; path: string; filter: Doc }
  | { name: 'createIndex'; index: IndexSpec }
  | { name: 'dropIndex'; index: string }
  | { name: 'hideIndex'; index: string; hidden: boolean };

const MOST_INDEXES = 6;
/** Beyond this many documents deleting becomes more likely than inserting. */
const MANY = 60;

/** What operations are made for: some fields, and what the collection has at the moment. */
export interface Situation {
  readonly fields: readonly Field[];
  readonly documents: number;
  readonly indexes: readonly IndexSpec[];
}

/** Some of the fields; those below one path together. */
export function someFields(random: Random): Field[] {
  const roots = [...new Set(FIELDS.map(({ path }) => path.split('.')[0]))];
  const chosen = random.some(roots, 3, 6);
  return FIELDS.filter(({ path }) => chosen.includes(path.split('.')[0]));
}

export function makeOperation(situation: Situation, random: Random): Operation {
  const { fields, documents, indexes } = situation;
  const many = documents > MANY;
  // Half of all filters and sorts are about the fields of one index, so that it has a part in the answer.
  const { key: focus = {}, partialFilterExpression: partial } = indexes.length > 0 ? random.of(indexes) : {};
  const focused = fields.filter(({ path }) => path in focus);
  const filter = (): Doc => {
    const made = makeFilter(focused.length > 0 && random.chance(50) ? focused : fields, random);
    return partial && random.chance(40) ? { ...made, ...nearly(partial, random) } : made;
  };
  const narrow = (): Doc => (random.chance(50) ? { _id: makeId(random) } : filter());
  const document = (): Doc => ({ _id: makeId(random), ...makeFields(fields, random) });
  const sort = (): Sort => (random.chance(50) ? likeIndex(focus, fields, random) : makeSort(fields, random));
  const update = (): Doc => makeUpdate(fields, random);
  const hint = (): string | undefined =>
    indexes.length > 0 && random.chance(25) ? random.of(indexes).name : undefined;
  const choices: (readonly [number, () => Operation])[] = [
    [many ? 3 : 12, () => ({ name: 'insertOne', document: document() })],
    [
      many ? 1 : 5,
      () => ({
        name: 'insertMany',
        documents: [document(), ...random.times(6, document)],
        ordered: random.chance(60),
      }),
    ],
    [8, () => singleUpdate('updateOne', narrow(), update(), random)],
    [4, () => ({ name: 'updateMany', filter: filter(), update: update(), upsert: false })],
    [4, () => singleUpdate('replaceOne', narrow(), makeFields(fields, random), random)],
    [many ? 6 : 3, () => ({ name: 'deleteOne', filter: narrow() })],
    [many ? 4 : 1, () => ({ name: 'deleteMany', filter: filter() })],
    [3, () => ({ name: 'findOneAndUpdate', filter: filter(), update: update(), sort: sort() })],
    [2, () => ({ name: 'findOneAndDelete', filter: filter(), sort: sort() })],
    [
      40,
      () => ({
        name: 'find',
        filter: filter(),
        sort: sort(),
        skip: random.chance(20) ? random.below(10) : 0,
        limit: random.chance(30) ? 1 + random.below(10) : 0,
        projection: random.chance(25) ? makeProjection(fields, random) : {},
        hint: hint(),
      }),
    ],
    [6, () => ({ name: 'count', filter: filter(), hint: hint() })],
    [4, () => ({ name: 'distinct', path: random.of(fields).path, filter: filter() })],
  ];
  if (indexes.length < MOST_INDEXES)
    choices.push([indexes.length < 3 ? 6 : 1, () => ({ name: 'createIndex', index: makeIndex(situation, random) })]);
  if (indexes.length > 0)
    choices.push(
      [1, () => ({ name: 'dropIndex', index: random.of(indexes).name })],
      [0.5, () => ({ name: 'hideIndex', index: random.of(indexes).name, hidden: random.chance(30) })],
    );
  return random.weighted(choices);
}

function singleUpdate(name: 'updateOne' | 'replaceOne', filter: Doc, update: Doc, random: Random): Operation {
  // What an upsert makes of a filter by more than the `_id` is for other tests.
  const byId = Object.keys(filter).join() === '_id' && !JSON.stringify(filter).includes('$');
  return { name, filter, update, upsert: byId && random.chance(40) };
}

/** At most one path through an array: MongoDB refuses to sort by two. */
function makeSort(fields: readonly Field[], random: Random): Sort {
  const direction = (): 1 | -1 => (random.chance(50) ? 1 : -1);
  if (random.chance(30)) return random.chance(50) ? {} : { _id: direction() };
  const plain = fields.filter((field) => !isMany(field));
  const chosen = random.some(plain, 0, 2);
  const through = fields.filter(isMany);
  if (through.length > 0 && random.chance(25)) chosen.splice(random.below(2), 0, random.of(through));
  const paths = chosen.map(({ path }) => path);
  if (random.chance(50)) paths.push('_id');
  return Object.fromEntries(paths.map((path) => [path, direction()]));
}

/** The first fields of an index, in its order or against it, and now and then one of them the wrong way round. */
function likeIndex(key: Sort, fields: readonly Field[], random: Random): Sort {
  const first = Object.entries(key).slice(0, 1 + random.below(3));
  const turn = random.chance(50) ? 1 : -1;
  const directed = first.map(
    ([path, order]) => [path, (order * turn * (random.chance(10) ? -1 : 1)) as 1 | -1] as const,
  );
  const through = fields.filter((field) => isMany(field) && first.some(([path]) => path === field.path));
  return through.length > 1 ? {} : Object.fromEntries(directed);
}

const isMany = (field: Field): boolean => (field.array ?? field.mixed ?? field.below) === true;

function makeProjection(fields: readonly Field[], random: Random): Doc {
  const kept = random.chance(50) ? 1 : 0;
  const paths = random.some(fields, 1, 3).map(({ path }) => path);
  const doc: Doc = Object.fromEntries(paths.map((path) => [path, kept]));
  return random.chance(30) ? { ...doc, _id: 0 } : doc;
}

function makeIndex({ fields, indexes }: Situation, random: Random): IndexSpec {
  const taken = new Set(indexes.map(({ name }) => name));
  for (;;) {
    const paths = random.some([...fields.map(({ path }) => path), '_id'], 1, 3);
    if (paths[0] === '_id') continue;
    const key = Object.fromEntries(paths.map((path) => [path, random.chance(60) ? 1 : -1] as const));
    const name = Object.entries(key)
      .map(([path, direction]) => `${path}_${direction}`)
      .join('_');
    if (taken.has(name)) continue;
    const index: IndexSpec = { name, key };
    const own = fields.filter(({ path, below }) => path in key && !below);
    const likely = own.length > 0 && random.chance(60) ? own : fields;
    const option = random.below(100);
    if (option < 20) index.sparse = true;
    else if (option < 45) index.partialFilterExpression = makePartial(likely, random);
    if (random.chance(paths.includes('u') ? 50 : 10)) index.unique = true;
    if (random.chance(5)) index.hidden = true;
    return index;
  }
}

function makeUpdate(fields: readonly Field[], random: Random): Doc {
  const update: Record<string, Doc> = {};
  const add = (operator: string, path: string, argument: unknown): void => {
    (update[operator] ??= {})[path] = argument;
  };
  // Whole elements stand for what is below an array: of one root there is one change only.
  const roots = new Map(fields.map((field) => [field.below ? field.path.split('.')[0] : field.path, field]));
  for (const [path = '', field] of random.some([...roots], 1, 3)) {
    if (field.below) changeElements(path, fields, add, random);
    else if (field.array || (field.mixed && random.chance(60))) changeArray(field, add, random);
    else if (field.numeric && random.chance(50)) add('$inc', path, random.below(9) - 4);
    else if (random.chance(20)) add('$unset', path, '');
    else if (path === 'd' && random.chance(30)) add('$rename', 'd', 'e');
    else if (random.chance(3)) add('$inc', path, 1);
    else add('$set', path, valueFor(field, random));
  }
  return update;
}

type Add = (operator: string, path: string, argument: unknown) => void;

function changeArray(field: Field, add: Add, random: Random): void {
  const { path } = field;
  const value = (): unknown => field.make(random);
  random.weighted([
    [3, () => add('$push', path, value())],
    [2, () => add('$push', path, { $each: random.times(3, value), $slice: random.below(9) - 4 })],
    [1, () => add('$push', path, { $each: random.times(2, value), $position: random.below(3) })],
    [2, () => add('$addToSet', path, value())],
    [1, () => add('$addToSet', path, { $each: random.times(3, value) })],
    [2, () => add('$pull', path, value())],
    [1, () => add('$pull', path, { $in: random.times(3, value) })],
    [1, () => add('$pull', path, { $gt: random.below(8) })],
    [1, () => add('$set', path, valueFor(field, random))],
    [1, () => add('$unset', path, '')],
  ]);
}

function changeElements(root: string, fields: readonly Field[], add: Add, random: Random): void {
  const inner = fields.filter(({ path }) => path.startsWith(`${root}.`));
  random.weighted([
    [3, () => add('$push', root, element(inner, random))],
    [2, () => add('$pull', root, { x: { $lt: random.below(10) } })],
    [1, () => add('$pull', root, { y: 'a' })],
    [
      1,
      () =>
        add(
          '$set',
          root,
          random.times(3, () => element(inner, random)),
        ),
    ],
    [1, () => add('$unset', root, '')],
  ]);
}
