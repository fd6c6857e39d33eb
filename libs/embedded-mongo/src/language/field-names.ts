import type { Doc } from '../document.js';
import { MongoError } from '../errors.js';

/**
 * Checks the names at the top of a document that replaces another. Within documents any name is allowed, and of new
 * documents at the top as well.
 * @throws MongoError 52 for one that begins with a dollar, 55 for a part of a reference that misses the others
 */
export function checkNames(doc: Doc): void {
  for (const name of Object.keys(doc)) if (name.startsWith('$')) checkDollar(doc, name);
}

/**
 * As `checkNames`, of the field at the top that an update changes at a path.
 * @throws MongoError 52 or 55, unless the path leads into a document that was there before
 */
export function checkChangedName(before: Doc, after: Doc, path: string): void {
  const [name = '', inner] = path.split('.', 2);
  if (!name.startsWith('$') || (inner !== undefined && Object.hasOwn(before, name))) return;
  if (Object.hasOwn(after, name)) checkDollar(after, name);
}

function checkDollar(doc: Doc, name: string): void {
  const names = Object.keys(doc);
  let at = names.indexOf(name);
  if (names[at] === '$db') {
    if (typeof doc['$db'] !== 'string') throw new MongoError(55, 'The DBRef $db field must be a String');
    if (names[--at] !== '$id') throw new MongoError(55, 'Found $db field without a $id before it, which is invalid.');
  }
  if (names[at] === '$id' && names[--at] !== '$ref')
    throw new MongoError(55, 'Found $id field without a $ref before it, which is invalid.');
  if (names[at] !== '$ref')
    throw new MongoError(
      52,
      `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  if (typeof doc['$ref'] !== 'string') throw new MongoError(55, 'The DBRef $ref field must be a String');
  if (names[at + 1] !== '$id') throw new MongoError(55, 'The DBRef $ref field must be followed by a $id field');
}
