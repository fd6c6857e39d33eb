import { ObjectId } from 'bson';
import type { Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { checkPathLevels } from '../../nesting.js';
import { holdsOperators } from '../filters/operators.js';
import { equalValues } from '../values/ordering.js';
import { isNewPath, noPaths } from '../paths.js';
import { isRegExp } from '../filters/regex.js';
import { placeAt } from './update-paths.js';

type Equality = readonly [path: string, value: unknown];

/**
 * The document that an upsert begins with: what its filter asks to be equal, in the order of the paths, of which a
 * replacement takes the `_id` only.
 * @throws MongoError 54 when it asks so twice of one field, 111 when a replacement has a part of an `_id`
 */
export function upsertBase(filter: Doc, replaces: boolean): Doc {
  const found: Equality[] = [];
  const paths = noPaths();
  for (const [path, value] of equalities(filter)) {
    if (replaces && path.startsWith('_id.'))
      throw new MongoError(111, `field at '_id' must be exactly specified, field at sub-path '${path}' found`);
    if (replaces && path !== '_id') continue;
    checkPathLevels(path.split('.').length - 1);
    if (!isNewPath(path, paths)) {
      const [other = path] = found.find(([one]) => one === path || isWithin(one, path) || isWithin(path, one)) ?? [];
      const both = `both paths '${path}' and '${other}' are matched`;
      const why = other === path ? `path '${path}' is matched twice` : both;
      throw new MongoError(54, `cannot infer query fields to set, ${why}`);
    }
    found.push([path, value]);
  }
  const base: Doc = {};
  found.sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [path, value] of found) placeAt(base, path, 'make')?.set(value);
  return base;
}

const isWithin = (inner: string, outer: string): boolean => inner.startsWith(`${outer}.`);

/** Paths and values of all that a filter asks to be equal: `$in` and `$or` do so when they leave one choice only. */
function equalities(filter: Doc): Equality[] {
  return Object.entries(filter).flatMap(([path, condition]): Equality[] => {
    if (path === '$and') return (condition as Doc[]).flatMap(equalities);
    if (path === '$or') return onlyChoice(condition as Doc[]);
    if (path.startsWith('$') || isRegExp(condition)) return [];
    if (!holdsOperators(condition)) return [[path, condition]];
    const { $eq, $in: list, $all: all } = condition;
    const values: unknown[] = $eq === undefined ? [] : [$eq];
    if (Array.isArray(list) && areSame(list) && !isRegExp(list[0])) values.push(list[0]);
    if (Array.isArray(all))
      for (const item of all as unknown[]) if (!isRegExp(item) && !holdsOperators(item)) values.push(item);
    return values.map((value) => [path, value]);
  });
}

/** What the clauses of `$or` ask to be equal, if that is the same for all. */
function onlyChoice(clauses: readonly Doc[]): Equality[] {
  const [first = {}, ...others] = clauses;
  const asked = equalities(first);
  if (others.length === 0) return asked;
  const [only] = asked;
  if (!only || clauses.some((clause) => Object.keys(clause).length !== 1)) return [];
  const all = clauses.map(equalities);
  const isOne = all.every((found) => found.length === 1 && found[0]?.[0] === only[0]);
  return isOne && areSame(all.map(([found]) => found?.[1])) ? [only] : [];
}

/** Whether a list has values, which are all equal. */
function areSame(values: readonly unknown[]): boolean {
  return values.length > 0 && values.every((value) => equalValues(value, values[0]));
}

/** The document with its `_id` in first place, and a new one when it has none. */
export function withId(doc: Doc): Doc {
  const { _id = new ObjectId(), ...fields } = doc;
  return { _id, ...fields };
}
