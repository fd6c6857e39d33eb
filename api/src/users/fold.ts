/** Letters that keep their stroke or tie under Unicode's decomposition, and what people type for them. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ł: 'l',
  þ: 'th',
};

/** Marks such as accents. Vowel signs of Indic scripts belong to their script and stay. */
const DIACRITICS = /(?=\p{Mn})\p{Script=Inherited}/gu;

/** By way of upper case, so that `ß` meets `SS` and a final sigma any other. */
const foldCase = (text: string) => text.toUpperCase().toLowerCase();

/** One key for all the ways to write a name that look or mean the same: NFKC and case folding. */
export function identityKey(text: string): string {
  return foldCase(text.normalize('NFKC')).normalize('NFKC');
}

/** What a search compares: without case, diacritics, width, and doubled white space. */
export function searchText(text: string): string {
  return foldCase(text.normalize('NFKD').replace(DIACRITICS, ''))
    .normalize('NFKD')
    .replace(DIACRITICS, '')
    .replace(/[æœøđðħłþ]/g, (letter) => PLAIN_LETTERS[letter] ?? letter)
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Everything by whose beginning a person is found: the username, and the display name from each of its words on, so
 * that `king love` finds Ada King Lovelace.
 */
export function searchKeys(username: string, displayName: string): string[] {
  const name = searchText(displayName);
  const fromEachWord = [...name.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map(({ index }) => name.slice(index));
  return [...new Set([searchText(username), ...(name ? [name] : []), ...fromEachWord])];
}

/**
 * The least text that lies beyond everything beginning with `prefix`; undefined when there is none. With it a search
 * is a range of the index, and nothing that a person typed is ever a pattern.
 */
export function beyondPrefix(prefix: string): string | undefined {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const next = (last.codePointAt(0) ?? 0) + 1;
    // Surrogates are no characters of their own.
    if (next <= 0x10ffff) return points.join('') + String.fromCodePoint(next === 0xd800 ? 0xe000 : next);
  }
  return undefined;
}
