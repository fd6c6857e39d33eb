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

/** Words of a search; a person is found when each of them is among the person's keys. */
export function searchWords(query: string): string[] {
  return [...new Set(searchText(query).split(' '))].filter((word) => word !== '');
}

/**
 * Every beginning of the username and of each word of the display name, a word being what stands between spaces and
 * what follows a hyphen or the like within it. With all beginnings stored, a search is an equality: an index serves it
 * in the order of usernames and stops at the limit, and nothing that a person typed is ever a pattern.
 */
export function searchKeys(username: string, displayName: string): string[] {
  const words = searchWords(displayName).flatMap((word) => [
    word,
    ...[...word.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map(({ index }) => word.slice(index)),
  ]);
  return [...new Set([searchText(username), ...words].flatMap(beginnings))];
}

function beginnings(word: string): string[] {
  const points = [...word];
  return points.map((_, index) => points.slice(0, index + 1).join(''));
}
