import { isDoc, type Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import { checkPathLevels } from '../../nesting.js';
import { show } from '../values/show.js';
import type { Test } from '../filters/operators.js';
import { isReferencePart } from '../paths.js';

/** Where an update operator reads and writes one value. */
export interface Place {
  /** The last part of its path. */
  readonly name: string;
  get(): unknown;
  set(value: unknown): void;
  /** Takes the field out; an element of an array becomes null. */
  unset(): void;
}

/** What positional parts of a path refer to. */
export interface Positions {
  /** Index of the array element that the filter matched, for `$`. */
  readonly matched: number | undefined;
  /** Conditions of `arrayFilters` by identifier, for `$[identifier]`. */
  readonly filters: ReadonlyMap<string, Test>;
}

/**
 * A path with the indexes of elements in the place of its positional parts; several with `$[]` and `$[identifier]`. They
 * are those of the document before any change.
 * @throws MongoError 2 where there is no array, or no element that the filter matched
 */
export function numberedPaths(doc: Doc, path: string, positions: Positions): string[] {
  if (!path.includes('$')) return [path];
  const parts = partsOf(path);
  const end = parts.findLastIndex((part, i) => part.startsWith('$') && (i === 0 || !isReferencePart(part))) + 1;
  let ways: { before: string; name: string; value: unknown }[] = [{ before: '', name: '', value: doc }];
  for (const part of parts.slice(0, end))
    ways = ways.flatMap(({ before, name, value }) =>
      keysOf(value, name, part, positions, path).map((key) => ({
        before: `${before}${key}.`,
        name: key,
        value: childOf(value, key),
      })),
    );
  const rest = parts.slice(end).join('.');
  return ways.map(({ before }) => (rest === '' ? before.slice(0, -1) : before + rest));
}

/**
 * What becomes of a way that is not there: it is made, as `$set` does, or gives no place; `refuse` does so only where it
 * could be made.
 */
export type Way = 'make' | 'refuse' | 'pass';

/**
 * The place that a path without positional parts names.
 * @throws MongoError 28 when the way leads through a value that has no such fields, as through a name in an array, which
 *   has places only, unless it is passed over
 */
export function placeAt(doc: Doc, path: string, way: Way): Place | undefined {
  let container: Doc | unknown[] | undefined = doc;
  const parts = partsOf(path);
  for (const [i, part] of parts.entries()) {
    const name = parts[i - 1] ?? '';
    if (way === 'refuse' && Array.isArray(container) && !/^\d+$/.test(part))
      throw noTraversal(part, path, name, container);
    const place = placeOf(container, part, name);
    if (i === parts.length - 1) return place;
    if (way === 'make') checkPathLevels(i);
    container = step(place, parts[i + 1] ?? '', way, path);
    if (!container) return undefined;
  }
  return undefined;
}

/** The `_id` of a document as MongoDB tells it. */
export function idIn(doc: Doc): string {
  return Object.hasOwn(doc, '_id') ? `_id: ${show(doc['_id'])}` : 'no id';
}

/** @throws MongoError 56 for a path with a part that has no name */
export function partsOf(path: string): string[] {
  const parts = path.split('.');
  if (parts.includes(''))
    throw new MongoError(56, `The update path '${path}' contains an empty field name, which is not allowed.`);
  return parts;
}

function childOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? (value[Number(key)] as unknown) : undefined;
  return isDoc(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * Checks that no two paths change the same field, as far as that can be told without a document.
 * @throws MongoError 40 also where one path is for chosen elements of an array and another goes on from it otherwise
 */
export function checkConflicts(paths: readonly string[]): void {
  const overlap = overlapOf(paths);
  if (overlap) throw conflict(overlap.inner, overlap.outer);
  if (!paths.some((path) => path.includes('.$['))) return;
  const sorted = inOrder(paths);
  for (const [i, path] of sorted.entries()) {
    const before = beforeChoice(path, sorted[i + 1] ?? path);
    if (before === undefined) continue;
    const within = paths.filter((one) => one.startsWith(before));
    const chooses = (one: string): boolean => one.startsWith('$[', before.length);
    const [first = ''] = within;
    throw conflict(within.find((one) => chooses(one) !== chooses(first)) ?? first, before.slice(0, -1));
  }
}

/**
 * Paths in their order, in which what leads into a path, or has its beginning, stands directly behind it: a dot comes before
 * all other characters, so that looking at neighbours is enough.
 */
function inOrder(paths: readonly string[]): string[] {
  const sorted = paths.map((path) => path.replaceAll('.', '\0')).sort();
  return sorted.map((path) => path.replaceAll('\0', '.'));
}

/** What two paths have in common up to their last common dot, when one goes on with chosen elements and the other does not. */
function beforeChoice(path: string, other: string): string | undefined {
  let same = 0;
  while (same < path.length && path[same] === other[same]) same++;
  const behind = path.lastIndexOf('.', same - 1) + 1;
  const isChoice = path.startsWith('$[', behind) !== other.startsWith('$[', behind);
  return behind > 0 && isChoice ? path.slice(0, behind) : undefined;
}

/**
 * Checks that positional parts of different paths do not lead to the same element.
 * @throws MongoError 40
 */
export function checkPlaces(paths: readonly string[]): void {
  const overlap = overlapOf(paths);
  if (overlap) throw new MongoError(40, `Update created a conflict at '${overlap.outer}'`);
}

/** Two paths of which one is the other, or leads into it. */
function overlapOf(paths: readonly string[]): { outer: string; inner: string } | undefined {
  const leadsInto = (path: string | undefined, outer: string): boolean =>
    path === outer || path?.startsWith(`${outer}.`) === true;
  const sorted = inOrder(paths);
  const [outer] = sorted.filter((path, i) => leadsInto(sorted[i + 1], path)).sort();
  if (outer === undefined) return undefined;
  const [, inner = outer] = paths.filter((path) => leadsInto(path, outer)).sort();
  return { outer, inner };
}

function conflict(path: string, at: string): MongoError {
  return new MongoError(40, `Updating the path '${path}' would create a conflict at '${at}'`);
}

/** Whole numbers in a path compare as such, so that new elements and fields are made in their order. */
export function comparePaths(a: string, b: string): number {
  const [left, right] = [a.split('.'), b.split('.')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = '', y = ''] = [left[i], right[i]];
    if (x === y) continue;
    if (/^\d+$/.test(x) && /^\d+$/.test(y)) return Number(x) - Number(y) || x.length - y.length;
    return Buffer.compare(Buffer.from(x), Buffer.from(y));
  }
  return left.length - right.length;
}

/**
 * Checks the positional parts of the paths of an update.
 * @throws MongoError 2 for a part that cannot be there or an identifier without a filter, 9 for a filter that is not used,
 *   56 for a part without a name
 */
export function checkPositions(update: Doc, paths: readonly string[], filters: Positions['filters']): void {
  const used = new Set<string>();
  for (const path of paths) {
    const parts = partsOf(path);
    if (/^\$(\[.*\])?$/.test(parts[0] ?? ''))
      throw new MongoError(2, `Cannot have positional (i.e. '$') element in the first position in path '${path}'`);
    if (parts.filter((part) => part === '$').length > 1)
      throw new MongoError(2, `Too many positional (i.e. '$') elements found in path '${path}'`);
    for (const part of parts) {
      const identifier = /^\$\[(.+)\]$/.exec(part)?.[1];
      if (identifier === undefined) continue;
      if (!filters.has(identifier))
        throw new MongoError(2, `No array filter found for identifier '${identifier}' in path '${path}'`);
      used.add(identifier);
    }
  }
  const unused = [...filters.keys()].find((identifier) => !used.has(identifier));
  if (unused !== undefined)
    throw new MongoError(9, `The array filter for identifier '${unused}' was not used in the update ${show(update)}`);
}

/** What a part of a path names in a value: itself, or the indexes of elements. Other names may begin with a dollar. */
function keysOf(value: unknown, name: string, part: string, positions: Positions, path: string): string[] {
  if (part === '$') {
    if (positions.matched === undefined)
      throw new MongoError(2, 'The positional operator did not find the match needed from the query.');
    return [String(positions.matched)];
  }
  const identifier = /^\$\[(.*)\]$/.exec(part)?.[1];
  if (identifier === undefined) return [part];
  if (value === undefined)
    throw new MongoError(2, `The path '${path}' must exist in the document in order to apply array updates.`);
  if (!Array.isArray(value))
    throw new MongoError(2, `Cannot apply array updates to non-array element ${name}: ${show(value)}`);
  const indexes = value.map((_, i) => String(i));
  if (identifier === '') return indexes;
  const test = positions.filters.get(identifier);
  return indexes.filter((_, i) => test?.({ [identifier]: value[i] as unknown }));
}

function step(place: Place, next: string, way: Way, path: string): Doc | unknown[] | undefined {
  const inner = place.get();
  if (Array.isArray(inner) || isDoc(inner)) return inner;
  if (way === 'pass' || (way === 'refuse' && inner === undefined)) return undefined;
  if (way === 'refuse') throw noTraversal(next, path, place.name, inner);
  if (inner !== undefined) throw noCreation(next, place.name, inner);
  const made: Doc = {};
  place.set(made);
  return made;
}

function noTraversal(part: string, path: string, name: string, value: unknown): MongoError {
  return new MongoError(
    28,
    `Cannot use the part (${part}) of (${path}) to traverse the element ({${name}: ${show(value)}})`,
  );
}

function noCreation(part: string, name: string, value: unknown): MongoError {
  return new MongoError(28, `Cannot create field '${part}' in element {${name}: ${show(value)}}`);
}

/** @param name of what the field or the element is in */
function placeOf(container: Doc | unknown[], key: string, name: string): Place {
  if (Array.isArray(container)) {
    const index = Number(key);
    if (!/^\d+$/.test(key)) {
      return {
        name: key,
        get: () => undefined,
        set: () => {
          throw noCreation(key, name, container);
        },
        unset: () => undefined,
      };
    }
    return {
      name: key,
      get: () => container[index],
      set: (value) => {
        if (index - container.length > 1_500_000) throw new MongoError(34, `can't backfill more than 1500000 elements`);
        while (container.length < index) container.push(null);
        container[index] = value;
      },
      unset: () => {
        if (index < container.length) container[index] = null;
      },
    };
  }
  return {
    name: key,
    get: () => (Object.hasOwn(container, key) ? container[key] : undefined),
    set: (value) => {
      define(container, key, value);
    },
    unset: () => {
      delete container[key];
    },
  };
}

/** `__proto__` is a field like any other in BSON, and must never be a prototype here. */
function define(container: Doc, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
  else container[key] = value;
}
