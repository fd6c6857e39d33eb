import { typeName } from '../bson-types.js';
import { toNumber } from '../numbers.js';

/** A number as a text. A double has as few digits as tell it from others, and an exponent beyond 1e-4 and 1e16. */
export function numberText(value: unknown): string {
  const number = toNumber(value);
  if (typeName(value) !== 'double' || !Number.isFinite(number)) return String(value);
  if (Object.is(number, -0)) return '-0';
  const [digits = '', exponent = '0'] = number.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16) return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  // JavaScript itself writes an exponent below 1e-6 and from 1e21 on only.
  return String(number);
}

/** The double in a text; NaN when there is none. */
export function numberIn(text: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** Whether what a text says is too large for a number, or too small to be told from zero. */
export function isLost(number: number, text: string): boolean {
  const [digits = ''] = text.toLowerCase().split('e');
  return /\d/.test(digits) && (!Number.isFinite(number) || (number === 0 && /[1-9]/.test(digits)));
}
