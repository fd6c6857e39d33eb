import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, registerDecorator, type ValidationArguments } from 'class-validator';
import { type FieldCheck, REFUSED } from './quick-check.js';

export interface TextRules {
  /** Fewest and most code points, after trimming when `trim` is set. */
  min?: number;
  max: number;
  /** Most bytes of UTF-8. */
  maxBytes?: number;
  /** Newlines and tabs are allowed. */
  multiline?: boolean;
  /** White space around the text is cut off before anything is checked. */
  trim?: boolean;
  /** Marks that turn the direction of text or take no room are refused, as in names that others must recognise. */
  plain?: boolean;
}

/** C0 and C1 controls, by Unicode's general category Cc. */
const CONTROL = /\p{Cc}/u;
const CONTROL_BUT_NEWLINE_AND_TAB = /[^\P{Cc}\n\t]/u;
/**
 * Marks that turn the direction of text, characters without a look of their own, and separators that break a line:
 * with these one name passes for another. Selectors of emoji style are ordinary and stay.
 */
const DECEPTIVE = /(?![\ufe00-\ufe0f])[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u;

/** Normal form of what people type: NFC, newlines as `\n`. */
export function normalizeText(text: string, { trim, multiline }: Pick<TextRules, 'trim' | 'multiline'>): string {
  const composed = (multiline ? text.replace(/\r\n?/g, '\n') : text).normalize('NFC');
  return trim ? composed.trim() : composed;
}

/** UTF-8 has at most three bytes for a unit of UTF-16. */
const MAX_BYTES_PER_UNIT = 3;

// A code point is one unit of UTF-16 or two: most texts need not be taken apart to be counted.
const hasAtLeast = (text: string, min: number) => text.length >= 2 * min || [...text].length >= min;
const hasAtMost = (text: string, max: number) => text.length <= max || [...text].length <= max;

/** The first rule that a normalised text breaks, with a sentence for people; undefined when it breaks none. */
export function brokenTextRule(text: string, rules: TextRules): { rule: string; message: string } | undefined {
  const { min = 0, max, maxBytes = Infinity, multiline = false, plain = false } = rules;
  if (!text.isWellFormed()) return { rule: 'well-formed', message: 'This contains half a character. Type it again.' };
  if ((multiline ? CONTROL_BUT_NEWLINE_AND_TAB : CONTROL).test(text)) {
    return { rule: 'no-control-characters', message: 'This contains characters that cannot be shown. Remove them.' };
  }
  if (plain && DECEPTIVE.test(text)) {
    return { rule: 'no-hidden-characters', message: 'This contains invisible characters. Remove them.' };
  }
  if (!hasAtLeast(text, min) || (min > 0 && text.trim() === '')) {
    return { rule: 'min-length', message: min === 1 ? 'Write something first.' : `Use at least ${min} characters.` };
  }
  if (!hasAtMost(text, max)) return { rule: 'max-length', message: `Use at most ${max} characters.` };
  if (text.length * MAX_BYTES_PER_UNIT > maxBytes && Buffer.byteLength(text) > maxBytes)
    return { rule: 'max-bytes', message: 'This is too long. Shorten it.' };
  return undefined;
}

/** The quick check of such a field: the normalised text. */
export function textOf(rules: TextRules): FieldCheck {
  return (value) => {
    if (typeof value !== 'string') return REFUSED;
    const text = normalizeText(value, rules);
    return brokenTextRule(text, rules) ? REFUSED : text;
  };
}

/** A text from outside: normalised, then held against the rules. The first broken one is told. */
export function IsText(rules: TextRules): PropertyDecorator {
  const check: PropertyDecorator = (target, propertyName) =>
    registerDecorator({
      name: 'isText',
      target: target.constructor,
      propertyName: propertyName as string,
      validator: {
        validate: (value: unknown) => typeof value !== 'string' || brokenTextRule(value, rules) === undefined,
        defaultMessage: (checked?: ValidationArguments) => {
          const broken = brokenTextRule(String(checked?.value), rules);
          return broken ? `${broken.rule}|${broken.message}` : '';
        },
      },
    });
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? normalizeText(value, rules) : value)),
    IsString({ message: 'This must be text.' }),
    check,
  );
}
