import { Injectable } from '@nestjs/common';
import { type FieldError, PASSWORD } from '@parlance/contracts';
import { Env } from '../core/config/env.js';
import { DomainError, ValidationFailed } from '../core/errors/index.js';
import { isCommonPassword } from './common-passwords.js';

const PRODUCT = 'parlance';
/** Shorter words are in too many good passwords by chance. */
const MIN_CONTEXT_WORD = 4;

/** What a new password must be. Length counts, a mixture of characters does not (NIST SP 800-63B §3.1.1.2). */
@Injectable()
export class PasswordPolicy {
  constructor(private readonly env: Env) {}

  get lengths(): { minLength: number; maxLength: number } {
    return { minLength: this.env.passwordMinLength, maxLength: PASSWORD.maxLength };
  }

  /** Throws `ValidationFailed` for the field at `path`. `context` is what a guesser knows of the person. */
  check(path: string, password: string, context: readonly string[]): void {
    const fault = this.fault(password, context);
    if (fault) throw new DomainError(ValidationFailed, { errors: [{ path, ...fault }] });
  }

  private fault(password: string, context: readonly string[]): Omit<FieldError, 'path'> | undefined {
    const { minLength, maxLength } = this.lengths;
    const length = [...password].length;
    if (!password.isWellFormed())
      return { rule: 'well-formed', message: 'This contains half a character. Type it again.' };
    if (length < minLength) return { rule: 'min-length', message: `Use at least ${minLength} characters.` };
    if (length > maxLength) return { rule: 'max-length', message: `Use at most ${maxLength} characters.` };
    if (isCommonPassword(password)) {
      return { rule: 'common', message: 'This is among the first that anybody would try. Choose another.' };
    }
    const lower = password.toLowerCase();
    const words = [PRODUCT, ...context.map((word) => word.toLowerCase())].filter(
      (word) => word.length >= MIN_CONTEXT_WORD,
    );
    if (words.some((word) => lower.includes(word))) {
      return { rule: 'personal', message: 'Leave out your name, your address and the name of this app.' };
    }
    return undefined;
  }
}
