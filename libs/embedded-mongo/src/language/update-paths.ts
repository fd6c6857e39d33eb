import { isDoc, type Doc } from '../document.js';
import { MongoError } from '../errors.js';
import type { Test } from './operators.js';

/** Where an update operator reads and writes one value. */
export interface Place {
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
 * The places that a path of an update names; more than one with `$[]` and `$[identifier]`.
 * @param create makes missing documents on the way, as `$set` does; otherwise a missing way gives no place
 * @throws MongoError 28 when the way leads through a value that has no fields
 */
export function placesOf(doc: Doc, path: string, positions: Positions, create: boolean): Place[] {
  let containers: (Doc | unknown[])[] = [doc];
  const parts = path.split('.');
  if (parts.includes(''))
    throw new MongoError(56, `The update path '${path}' contains an empty field name, which is not allowed.`);
  for (const [i, part] of parts.slice(0, -1).entries()) {
    const next = parts[i + 1] ?? '';
    containers = containers.flatMap((container) =>
      keysOf(container, part, positions, path).flatMap((key) => {
        checkArray(placeOf(container, key, path).get(), next, positions, path);
        return step(container, key, create, path);
      }),
    );
  }
  const last = parts.at(-1) ?? '';
  return containers.flatMap((container) =>
    keysOf(container, last, positions, path).map((key) => placeOf(container, key, path)),
  );
}

/** The parts of a path without positional ones name the same field; used to find conflicts. */
export function checkConflicts(paths: readonly string[]): void {
  const sorted = [...paths].sort();
  sorted.forEach((path, i) => {
    const other = sorted.slice(i + 1).find((next) => next === path || next.startsWith(`${path}.`));
    if (other !== undefined) {
      throw new MongoError(40, `Updating the path '${other}' would create a conflict at '${path}'`);
    }
  });
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
 * Checks the positional parts of paths.
 * @throws MongoError 2 for a part that cannot be there or an identifier without a filter, 9 for a filter that is not used
 */
export function checkPositions(paths: readonly string[], filters: Positions['filters']): void {
  const used = new Set<string>();
  for (const path of paths) {
    const parts = path.split('.');
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
    throw new MongoError(9, `The array filter for identifier '${unused}' was not used in the update`);
}

/** Parts that name elements need an array before them. */
function checkArray(value: unknown, next: string, positions: Positions, path: string): void {
  if (next === '$' && positions.matched === undefined)
    throw new MongoError(2, 'The positional operator did not find the match needed from the query.');
  if (!/^\$\[\w*\]$/.test(next) || Array.isArray(value)) return;
  throw new MongoError(
    2,
    value === undefined
      ? `The path '${path}' must exist in the document in order to apply array updates.`
      : `Cannot apply array updates to a non-array element of the path '${path}'`,
  );
}

function keysOf(container: Doc | unknown[], part: string, positions: Positions, path: string): string[] {
  if (!part.startsWith('$')) return [part];
  if (part === '$') return [String(positions.matched)];
  const identifier = /^\$\[(\w*)\]$/.exec(part)?.[1];
  if (identifier === undefined) {
    throw new MongoError(
      52,
      `The dollar ($) prefixed field '${part}' in '${path}' is not allowed in the context of an update's replacement document.`,
    );
  }
  if (!Array.isArray(container)) return [];
  const indexes = container.map((_, i) => String(i));
  if (identifier === '') return indexes;
  const test = positions.filters.get(identifier);
  return indexes.filter((_, i) => test?.({ [identifier]: container[i] }));
}

function step(container: Doc | unknown[], key: string, create: boolean, path: string): (Doc | unknown[])[] {
  const place = placeOf(container, key, path);
  const inner = place.get();
  if (Array.isArray(inner) || isDoc(inner)) return [inner];
  if (!create) return [];
  if (inner !== undefined) {
    throw new MongoError(
      28,
      `Cannot create field in element {${key}} of the path '${path}': it is neither a document nor an array`,
    );
  }
  const made: Doc = {};
  place.set(made);
  return [made];
}

function placeOf(container: Doc | unknown[], key: string, path: string): Place {
  if (Array.isArray(container)) {
    const index = Number(key);
    if (!/^\d+$/.test(key)) {
      return {
        get: () => undefined,
        set: () => {
          throw new MongoError(28, `Cannot create field '${key}' in an array element of the path '${path}'`);
        },
        unset: () => undefined,
      };
    }
    return {
      get: () => container[index],
      set: (value) => {
        if (index - container.length > 1_500_000) throw new MongoError(2, `can't backfill more than 1500000 elements`);
        while (container.length < index) container.push(null);
        container[index] = value;
      },
      unset: () => {
        if (index < container.length) container[index] = null;
      },
    };
  }
  return {
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
