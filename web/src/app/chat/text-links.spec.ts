import { describe, expect, it } from 'vitest';
import { textParts } from './text-links';

const linksIn = (text: string) => textParts(text).flatMap(({ href }) => href ?? []);

describe('the addresses in a text', () => {
  it.each([
    ['one alone', 'https://example.test/a?b=c#d', ['https://example.test/a?b=c#d']],
    ['two', 'http://example.test and HTTPS://example.test/x', ['http://example.test', 'HTTPS://example.test/x']],
    ['one that ends a sentence', 'See https://example.test/a.', ['https://example.test/a']],
    ['one in brackets', '(see https://example.test/a)', ['https://example.test/a']],
    ['one with brackets of its own, in brackets', '(https://example.test/a_(b))', ['https://example.test/a_(b)']],
    ['one with brackets of its own', 'https://example.test/a_(b)', ['https://example.test/a_(b)']],
    ['one in angle brackets', '<https://example.test/a>', ['https://example.test/a']],
    ['one in another script', 'https://example.test/день', ['https://example.test/день']],
    ['one before what is not seen', 'https://example.test/\u202egnp', ['https://example.test/']],
  ])('are found: %s', (_, text, links) => {
    expect(linksIn(text)).toEqual(links);
    expect(
      textParts(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  });

  it.each([
    ['another scheme', 'javascript:alert(1) data:text/html,x file:///etc ftp://example.test'],
    ['no address', 'https:// http://? nothing'],
    ['a part of a word', 'xhttps://example.test'],
  ])('are not found in %s', (_, text) => {
    expect(textParts(text)).toEqual([{ text }]);
  });
});
