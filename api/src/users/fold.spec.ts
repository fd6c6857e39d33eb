import { describe, expect, it } from '@jest/globals';
import { beyondPrefix, identityKey, searchKeys, searchText } from './fold.js';

describe('identityKey', () => {
  it.each([
    ['case', 'Ada', 'aDA'],
    ['full width letters', 'ａｄａ', 'ada'],
    ['mathematical letters', '𝓪𝓭𝓪', 'ada'],
    ['ligatures', 'ﬁsh', 'fish'],
    ['sharp s', 'straße', 'STRASSE'],
    ['final sigma', 'οδος', 'ΟΔΟΣ'],
    ['composed and decomposed accents', 'Ren\u00e9', 'Rene\u0301'],
    ['the Kelvin sign', '\u212aelvin', 'kelvin'],
  ])('is the same whatever the %s', (_, one, other) => {
    expect(identityKey(one)).toBe(identityKey(other));
  });

  it('keeps names with and without accents apart', () => {
    expect(identityKey('René')).not.toBe(identityKey('Rene'));
  });
});

describe('searchText', () => {
  it.each([
    ['René', 'rene'],
    ['Łukasz Ørsted', 'lukasz orsted'],
    ['STRASSE', 'strasse'],
    ['  Ada \t Lovelace ', 'ada lovelace'],
    ['Ａｄａ', 'ada'],
    ['İstanbul', 'istanbul'],
  ])('reads %j as %j', (text, expected) => {
    expect(searchText(text)).toBe(expected);
  });

  it('keeps the vowel signs of scripts that write vowels as marks', () => {
    expect(searchText('हिन्दी')).toBe('हिन्दी');
  });
});

describe('searchKeys', () => {
  it('holds the username and the display name from each of its words on', () => {
    expect(searchKeys('Countess_1', 'Ada King Lovelace')).toEqual([
      'countess_1',
      'ada king lovelace',
      'king lovelace',
      'lovelace',
    ]);
  });

  it('finds words behind hyphens and apostrophes', () => {
    expect(searchKeys('jl', 'Jean-Luc O’Brien')).toEqual(expect.arrayContaining(['luc o’brien', 'brien']));
  });

  it('can be searched by a name without letters', () => {
    expect(searchKeys('smile', '🙂')).toEqual(['smile', '🙂']);
  });
});

describe('beyondPrefix', () => {
  it('bounds everything that begins with the prefix and nothing else', () => {
    expect(beyondPrefix('ad')).toBe('ae');
  });

  it('steps over surrogates, which are no characters', () => {
    expect(beyondPrefix('a\ud7ff')).toBe('a\ue000');
  });

  it('gives way to the character before when there is no greater one', () => {
    expect(beyondPrefix('a\u{10ffff}')).toBe('b');
  });

  it('has no bound for a prefix of nothing but the greatest character', () => {
    expect(beyondPrefix('\u{10ffff}')).toBeUndefined();
  });
});
