import { describe, expect, it } from '@jest/globals';
import { brokenTextRule, normalizeText } from './text.js';

describe('normalizeText', () => {
  it('composes letters and their marks', () => {
    expect(normalizeText('e\u0301', {})).toBe('\u00e9');
  });

  it('has one kind of line end', () => {
    expect(normalizeText('a\r\nb\rc\n', { multiline: true })).toBe('a\nb\nc\n');
  });

  it('cuts off white space only where asked to', () => {
    expect(normalizeText('  a ', { trim: true })).toBe('a');
    expect(normalizeText('  a ', {})).toBe('  a ');
  });
});

describe('brokenTextRule', () => {
  const ruleOf = (text: string, rules: Parameters<typeof brokenTextRule>[1]) => brokenTextRule(text, rules)?.rule;

  it.each([
    ['half a surrogate pair', 'a\ud83d', 'well-formed'],
    ['NUL', 'a\u0000', 'no-control-characters'],
    ['a control character of the second block', 'a\u0085', 'no-control-characters'],
    ['a line break on a single line', 'a\nb', 'no-control-characters'],
  ])('refuses %s everywhere', (_, text, rule) => {
    expect(ruleOf(text, { max: 10 })).toBe(rule);
  });

  it('allows line breaks and tabs where there may be several lines, and no other control', () => {
    expect(ruleOf('a\n\tb', { max: 10, multiline: true })).toBeUndefined();
    expect(ruleOf('a\u001bb', { max: 10, multiline: true })).toBe('no-control-characters');
  });

  it.each([
    ['a bidirectional override', '\u202e'],
    ['a bidirectional isolate', '\u2066'],
    ['a zero-width space', '\u200b'],
    ['a zero-width joiner', '\u200d'],
    ['a byte order mark', '\ufeff'],
    ['a soft hyphen', '\u00ad'],
    ['a Hangul filler', '\u3164'],
    ['a line separator', '\u2028'],
    ['an invisible tag', '\u{e0041}'],
  ])('refuses %s in plain text alone', (_, mark) => {
    expect(ruleOf(`a${mark}b`, { max: 10, plain: true })).toBe('no-hidden-characters');
    expect(ruleOf(`a${mark}b`, { max: 10 })).toBeUndefined();
  });

  it('allows emoji and every script in plain text', () => {
    expect(ruleOf('Zoë ❤\ufe0f 北京 مرحبا', { max: 50, plain: true })).toBeUndefined();
  });

  it('counts code points, not units of UTF-16', () => {
    expect(ruleOf('😀'.repeat(5), { max: 5 })).toBeUndefined();
    expect(ruleOf('😀'.repeat(6), { max: 5 })).toBe('max-length');
  });

  it('counts bytes where asked to', () => {
    expect(ruleOf('😀😀', { max: 5, maxBytes: 8 })).toBeUndefined();
    expect(ruleOf('😀😀', { max: 5, maxBytes: 7 })).toBe('max-bytes');
  });

  it.each(['', '   ', '\n\n'])('takes white space alone for nothing', (text) => {
    expect(ruleOf(text, { min: 1, max: 10, multiline: true })).toBe('min-length');
  });

  it('says how to mend it and does not repeat the text', () => {
    expect(brokenTextRule('hunter2', { max: 3 })?.message).toBe('Use at most 3 characters.');
  });
});
