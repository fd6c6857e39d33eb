import { type FieldError, USERNAME } from '@parlance/contracts';
import { identityKey } from './fold.js';

/** Names that would pass for the server, or for everybody at once. */
const RESERVED: ReadonlySet<string> = new Set(['system', 'parlance', 'everyone', 'here', 'all']);

/** Letters that leave no mark on the screen, as the Hangul fillers do. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

const fault = (rule: string, message: string): FieldError => ({ path: 'username', rule, message });

/** The rule that a username breaks, for people; undefined when it can be given. Whether it is taken is another matter. */
export function usernameFault(username: string): FieldError | undefined {
  const key = identityKey(username);
  // What is stored is checked in both forms: one letter may stand for many in the other.
  for (const form of [username, key]) {
    const length = [...form].length;
    if (length < USERNAME.minLength) return fault('min-length', `Use at least ${USERNAME.minLength} characters.`);
    if (length > USERNAME.maxLength) return fault('max-length', `Use at most ${USERNAME.maxLength} characters.`);
    if (!USERNAME.pattern.test(form) || INVISIBLE.test(form)) {
      return fault('username-characters', 'Use letters, digits, and _ . - only.');
    }
  }
  if (RESERVED.has(key)) return fault('reserved', 'This name is reserved. Choose another one.');
  return undefined;
}
