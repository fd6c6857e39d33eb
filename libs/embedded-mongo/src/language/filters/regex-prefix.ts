/** Options with which a pattern still begins where its text does, and minds case. */
const PLAIN = /^[su]*$/;

/** What stands for itself behind `^`: characters that mean nothing else, and punctuation that is escaped. */
const LITERALS = /^\^((?:[^\\^$.|?*+()[\]{}]|\\[!-/:-@[-`{-~])*)/u;

/** What may take back the character before it: it need not be there, or only as often as is said. */
const OPTIONAL = /^(?:[?*{]|\\[QE]|\(\?#)/;

/**
 * The text that all strings begin with in which a pattern is found, empty when there is none that is known. As in
 * MongoDB that is asked of the pattern's beginning only, and of none with a choice in it.
 */
export function prefixOf(pattern: string, options: string): string {
  if (!PLAIN.test(options) || pattern.includes('|')) return '';
  const [whole = '', literals = ''] = LITERALS.exec(pattern) ?? [];
  const characters = Array.from(literals.replace(/\\(.)/g, '$1'));
  if (OPTIONAL.test(pattern.slice(whole.length))) characters.pop();
  return characters.join('');
}
