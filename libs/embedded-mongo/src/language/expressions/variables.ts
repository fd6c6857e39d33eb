import type { Doc } from '../../document.js';
import { MongoError } from '../../errors.js';
import type { Scope } from './operator.js';

/** Variables that every expression knows. */
export const SYSTEM_VARIABLES: ReadonlySet<string> = new Set(['ROOT', 'CURRENT', 'REMOVE', 'NOW']);

/** @throws MongoError 9 for what is no name of a variable of one's own */
export function checkVariableName(name: string): void {
  checkName(name, /^[a-z\u0080-\uffff]/);
}

/** @throws MongoError 9 for what no expression may set: names of one's own, and where paths begin. */
export function checkSettable(name: string): void {
  if (name !== 'CURRENT') checkVariableName(name);
}

/** A scope of one's own, whose variables can be set, and again for each element of an array. */
export interface OwnScope {
  readonly scope: Scope;
  set(name: string, value: unknown): void;
}

/** Begins with the variables of another scope, which are not copied: they may be many, and elements as well. */
export function within({ root, current, variables }: Scope): OwnScope {
  const scope = { root, current, variables: Object.create(variables) as Doc };
  return {
    scope,
    set(name, value) {
      if (name === 'CURRENT') scope.current = value;
      else scope.variables[name] = value;
    },
  };
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
