import { isDoc } from '../document.js';
import { MongoError } from '../errors.js';

/** Stands for a field that a document does not have. */
export const MISSING = Symbol('missing');

/** Whether a name is that of a field of a reference to a document, the only ones that paths have with a dollar. */
export function isReferencePart(name: string): boolean {
  return name === '$id' || name === '$ref' || name === '$db';
}

/**
 * Where the score of a text search travels with a document through a pipeline. No field can have this name: BSON ends
 * names at a zero byte.
 */
export const SCORE_FIELD = '\0textScore';

/** As many names a path may have at most. */
const DEEPEST = 200;

/**
 * The names of a dotted path.
 * @throws MongoError 15, 15998, 16410, 16411, 40352 or 40353 for what is no path
 */
export function fieldPath(path: string): string[] {
  if (path === '') throw new MongoError(40352, 'FieldPath cannot be constructed with empty string');
  if (path.endsWith('.')) throw new MongoError(40353, "FieldPath must not end with a '.'.");
  const parts = path.split('.');
  parts.forEach(checkFieldName);
  if (parts.length > DEEPEST) throw new MongoError(15, 'FieldPath is too long');
  return parts;
}

/** @throws MongoError 15998, 16410, 16411 or 16412 for what is no name of a single field */
export function checkFieldName(name: string): void {
  if (name === '') throw new MongoError(15998, 'FieldPath field names may not be empty strings.');
  if (name.startsWith('$') && !isReferencePart(name))
    throw new MongoError(16410, `FieldPath field names may not start with '$': ${name}`);
  if (name.includes('\0') && name !== SCORE_FIELD)
    throw new MongoError(16411, `FieldPath field names may not contain '\\0': ${name}`);
  if (name.includes('.')) throw new MongoError(16412, `FieldPath field names may not contain '.': ${name}`);
}

/** Whether a name in a path is the place of an element in an array. */
export function isPosition(part: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(part);
}

/**
 * Visits what a dotted path leads to, as queries see it: arrays on the way are searched through their embedded
 * documents (and by position), and what is not there is visited as MISSING. Stops when the visitor returns true.
 * @param visit is told as well whether the path ends with the position of the leaf in an array
 * @returns whether the visitor returned true
 */
export function someAt(
  value: unknown,
  parts: readonly string[],
  visit: (leaf: unknown, byPosition: boolean) => boolean,
  at = 0,
  byPosition = false,
  tried: Set<unknown>[] = [],
): boolean {
  const part = parts[at];
  if (part === undefined) return visit(value, byPosition);
  if (Array.isArray(value)) {
    if (isPosition(part) && Number(part) < value.length) {
      // A place and a field lead to the same from here: tried again each time, ways would double with every level.
      if (tried[at]?.has(value)) return false;
      (tried[at] ??= new Set()).add(value);
      const element: unknown = value[Number(part)];
      // Where the path leads on, an element that is neither a document nor an array is passed over, as in a search.
      const isPassed = at + 1 < parts.length && !isDoc(element) && !Array.isArray(element);
      if (!isPassed && someAt(element, parts, visit, at + 1, true, tried)) return true;
    }
    return value.some((item) => isDoc(item) && someAt(item, parts, visit, at, false, tried));
  }
  if (isDoc(value) && Object.hasOwn(value, part)) return someAt(value[part], parts, visit, at + 1, false, tried);
  return visit(MISSING, false);
}

/**
 * As `someAt`, and where the path ends at an array its elements are visited as well; not those of an array that the path
 * names by its position in another, which counts as a whole.
 */
export function someValueAt(doc: unknown, parts: readonly string[], visit: (value: unknown) => boolean): boolean {
  return someAt(
    doc,
    parts,
    (leaf, byPosition) => visit(leaf) || (!byPosition && Array.isArray(leaf) && leaf.some(visit)),
  );
}

/** Paths of which none is within another, and those that they stand within. */
export interface SeparatePaths {
  readonly whole: Set<string>;
  readonly outer: Set<string>;
}

export const noPaths = (): SeparatePaths => ({ whole: new Set(), outer: new Set() });

/** Notes a path; false when it is one of the others, within one, or the other way round. */
export function isNewPath(path: string, { whole, outer }: SeparatePaths): boolean {
  if (whole.has(path) || outer.has(path)) return false;
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const before = path.slice(0, dot);
    if (whole.has(before)) return false;
    outer.add(before);
  }
  whole.add(path);
  return true;
}
