import { describe, expect, it } from 'vitest';
import { computed, shown } from '../../../test/computed.js';

const END = { $literal: '$' };
const places = (input: string, regex: unknown, options = '') => ({
  $map: { input: { $regexFindAll: { input, regex, options } }, in: '$$this.idx' },
});

describe('regular expressions at the end of a text', () => {
  it.each([
    [{ $regexMatch: { input: 'abc', regex: END } }, true],
    [{ $regexMatch: { input: 'abc', regex: '\\Z' } }, true],
    [{ $regexMatch: { input: 'abc', regex: '(?<=c)' } }, true],
    [{ $regexMatch: { input: '', regex: '^' } }, true],
    [places('abc', END), [3]],
    [places('a\nb', END, 'm'), [1, 3]],
    [places('bbbb', '()'), [0, 1, 2, 3]],
    [places('aaaa', 'a*'), [0]],
    [places('éx', '(?=x)|$'), [1]],
    [places('\u{1F600}', '()'), [0]],
    [places('abc', 'c|$'), [2]],
    [places('', '()'), [0]],
  ])('%j', (spec, expected) => {
    expect(JSON.parse(computed(spec).replaceAll(/\{"\$numberInt":"(\d+)"\}/g, '$1'))).toEqual(expected);
  });
  it('tells where the end is', () => {
    expect(computed({ $regexFind: { input: 'abc', regex: END } })).toBe(shown({ match: '', idx: 3, captures: [] }));
  });
});
