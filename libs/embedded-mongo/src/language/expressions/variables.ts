import { MongoError } from '../../errors.js';

/** Variables that every expression knows. */
export const SYSTEM_VARIABLES: ReadonlySet<string> = new Set(['ROOT', 'CURRENT', 'REMOVE', 'NOW']);

/** @throws MongoError 9 for what is no name of a variable of one's own */
export function checkVariableName(name: string): void {
  checkName(name, /^[a-z\u0080-\uffff]/);
}

/**
 * @param first how names may begin
 * @throws MongoError 9 for what is no name of a variable
 */
export function checkName(name: string, first: RegExp): void {
  if (name === '') throw new MongoError(9, 'empty variable names are not allowed');
  if (!first.test(name)) throw new MongoError(9, `'${name}' starts with an invalid character for a user variable name`);
  if (!/^[a-zA-Z0-9_\u0080-\uffff]+$/.test(name))
    throw new MongoError(9, `'${name}' contains an invalid character for a variable name`);
}
