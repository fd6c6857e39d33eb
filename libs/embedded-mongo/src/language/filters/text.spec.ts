import { expect, it } from 'vitest';
import type { TextSearch } from './text.js';
import { searchMatcher, withoutText } from './text.js';

const searching = ($search: string): TextSearch => withoutText({ $text: { $search } }).search as TextSearch;

it('a search of many parts folds a long text once', () => {
  const words = Array.from({ length: 50_000 }, (_, n) => `Wörd${n}`);
  const phrases = words.slice(0, 2000).map((word) => `"${word}"`);
  const texts = [words.join(' ')];
  expect(searchMatcher(searching(phrases.join(' ')))(texts)).toBe(true);
  expect(searchMatcher(searching([...phrases, '"word1 word3"'].join(' ')))(texts)).toBe(false);
  expect(searchMatcher(searching(['word1', ...words.map((word) => `-${word}x`)].join(' ')))(texts)).toBe(true);
  expect(searchMatcher(searching('word1 -word2'))(texts)).toBe(false);
  expect(searchMatcher(searching('word1 -"word2 word3"'))(texts)).toBe(false);
  // A run without spaces may have more words than a call takes arguments.
  expect(searching('a-'.repeat(1_000_000)).terms).toHaveLength(1_000_000);
}, 20_000);
