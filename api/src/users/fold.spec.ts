import { describe, expect, it } from '@jest/globals';
import { identityKey, searchKeys, searchText, searchWords } from './fold.js';

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

describe('searchWords', () => {
  it('gives each word once, folded', () => {
    expect(searchWords(' Ada  KING ada ')).toEqual(['ada', 'king']);
  });

  it('gives nothing for nothing', () => {
    expect(searchWords(' \t ')).toEqual([]);
  });
});

describe('searchKeys', () => {
  it('holds every beginning of the username and of each word of the display name, once', () => {
    expect(searchKeys('a_1', 'Al Bo Al')).toEqual(['a', 'a_', 'a_1', 'al', 'b', 'bo']);
  });

  it('finds words behind hyphens and apostrophes', () => {
    const keys = searchKeys('jl', 'Jean-Luc O’Brien');
    expect(keys).toEqual(expect.arrayContaining(['jean-luc', 'luc', 'o’brien', 'brien']));
    expect(keys).not.toContain('rien');
  });

  it('does not cut characters in half', () => {
    expect(searchKeys('smile', '🙂🙂')).toEqual(expect.arrayContaining(['🙂', '🙂🙂']));
    expect(searchKeys('smile', '🙂🙂').every((key) => key.isWellFormed())).toBe(true);
  });
});
