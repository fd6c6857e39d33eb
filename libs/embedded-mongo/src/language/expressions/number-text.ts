import { typeName } from '../values/bson-types.js';
import { toNumber } from '../values/numbers.js';

/** A number as `$toString` writes it: a double has as few digits as tell it from others, and an exponent beyond 1e-4 and 1e16. */
export function numberText(value: unknown): string {
  const number = toNumber(value);
  if (typeName(value) !== 'double' || !Number.isFinite(number)) return String(value);
  return written(number, number.toExponential(), 16);
}

/** A number as operators of strings write it: of a double six digits, with an exponent beyond 1e-4 and 1e6. */
export function briefNumberText(value: unknown): string {
  const number = toNumber(value);
  if (typeName(value) !== 'double') return String(value);
  if (!Number.isFinite(number)) return String(number).toLowerCase().replace('infinity', 'inf');
  // What is half-way between two goes to the even one, as in C; JavaScript takes the greater.
  const exact = number.toExponential(100);
  return written(number, /\.\d{4}[02468]50+e/.test(exact) ? exact.replace(/50+e/, 'e') : number.toExponential(5), 6);
}

/** A double by its digits and exponent; whole up to a power of ten. */
function written(number: number, text: string, limit: number): string {
  if (Object.is(number, -0)) return '-0';
  const [digits, exponent] = text.split('e').map(Number) as [number, number];
  if (exponent < -4 || exponent >= limit)
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  // JavaScript itself writes an exponent below 1e-6 and from 1e21 on only.
  return String(Number(text));
}

/** The double in a text; NaN when there is none. */
export function numberIn(text: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** Whether what a text says is too large for a number, or too small to be told from zero. */
export function isLost(number: number, text: string): boolean {
  const [digits = ''] = text.toLowerCase().split('e');
  return /\d/.test(digits) && (!Number.isFinite(number) || (number === 0 && /[1-9]/.test(digits)));
}
