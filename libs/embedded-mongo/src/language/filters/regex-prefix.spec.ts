import { describe, expect, it } from 'vitest';
import { prefixOf } from './regex-prefix.js';

describe('the prefix of a pattern', () => {
  it.each([
    ['^abc', 'abc'],
    ['^abc$', 'abc'],
    ['^a b-c', 'a b-c'],
    ['^a\\.b\\/c', 'a.b/c'],
    ['^ab.*', 'ab'],
    ['^ab+c', 'ab'],
    ['^abc?', 'ab'],
    ['^abc*', 'ab'],
    ['^abc{0,2}', 'ab'],
    ['^ab\\.?c', 'ab'],
    ['^grüße😀?', 'grüße'],
    ['^abc(?#why)*', 'ab'],
    ['^abc\\E*', 'ab'],
    ['^ab\\d', 'ab'],
    ['^ab(cd)?', 'ab'],
    ['^ab[cd]', 'ab'],
    ['^a?', ''],
    ['^ab|c', ''],
    ['^(a|b)', ''],
    ['abc', ''],
    ['(?i)^abc', ''],
    ['^', ''],
    ['', ''],
  ])('%s is %j', (pattern, prefix) => {
    expect(prefixOf(pattern, '')).toBe(prefix);
    expect(prefixOf(pattern, 's')).toBe(prefix);
  });

  it.each(['i', 'm', 'x', 'ims'])('is none with the options %s', (options) => {
    expect(prefixOf('^abc', options)).toBe('');
  });
});
