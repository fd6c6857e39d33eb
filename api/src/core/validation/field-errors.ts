import type { FieldError } from '@parlance/contracts';
import type { ValidationError } from 'class-validator';

/** class-validator's names of rules where ours are shorter or plainer. */
const RULES: Readonly<Record<string, string>> = {
  whitelistValidation: 'not-allowed',
  unknownValue: 'not-an-object',
  isString: 'text',
  isEmail: 'email',
  isUuid: 'uuid',
  isInt: 'integer',
  isBoolean: 'boolean',
  isIn: 'one-of',
  isEnum: 'one-of',
  isArray: 'list',
  arrayMaxSize: 'max-items',
  arrayUnique: 'unique-items',
};

/** A message may carry its rule in front, as `IsText` writes it: `max-length|Use at most 50 characters.` */
const WITH_RULE = /^([a-z-]+)\|(.+)$/s;

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Of a field that nobody asked for. */
export function notAllowed(path: string): FieldError {
  return { path, rule: 'not-allowed', message: 'This field is not known here.' };
}

function fieldError(path: string, constraint: string, text: string): FieldError {
  if (constraint === 'whitelistValidation') return notAllowed(path);
  const [, rule, message] = WITH_RULE.exec(text) ?? [];
  return { path, rule: rule ?? RULES[constraint] ?? kebab(constraint), message: message ?? text };
}

/** Flattens class-validator's tree into paths such as `memberIds.3`. One error a field: the first that matters. */
export function toFieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const path = parent ? `${parent}.${property}` : (property ?? '');
    const own = Object.entries(constraints ?? {});
    // A wrong type makes every other complaint about the same field noise.
    const [first] = own.sort(([a], [b]) => Number(b === 'isString') - Number(a === 'isString'));
    return [...(first ? [fieldError(path, ...first)] : []), ...toFieldErrors(children ?? [], path)];
  });
}
