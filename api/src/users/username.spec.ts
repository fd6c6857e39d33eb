import { describe, expect, it } from '@jest/globals';
import { usernameFault } from './username.js';

describe('usernameFault', () => {
  it.each(['ada', 'Ada_Lovelace-1.5', 'žofie', '北京人', 'x'.repeat(20)])('gives %s away', (username) => {
    expect(usernameFault(username)).toBeUndefined();
  });

  it.each([
    ['too short', 'ab', 'min-length'],
    ['too long', 'x'.repeat(21), 'max-length'],
    ['too long once its letters are written out', 'ﷺ'.repeat(3), 'max-length'],
    ['white space', 'ada love', 'username-characters'],
    ['an at sign, by which addresses are told', 'ada@home', 'username-characters'],
    ['a bidirectional override', 'ada\u202e', 'username-characters'],
    ['a zero-width space', 'a\u200bda', 'username-characters'],
    ['a zero-width joiner', 'a\u200dda', 'username-characters'],
    ['an invisible Hangul filler', 'ada\u3164', 'username-characters'],
    ['half a surrogate pair', 'ada\ud800', 'username-characters'],
    ['a control character', 'ada\u0000', 'username-characters'],
    ['a symbol that stands for letters', 'ada№', 'username-characters'],
    ['a reserved name', 'Everyone', 'reserved'],
    ['a reserved name in disguise', 'ｓｙｓｔｅｍ', 'reserved'],
  ])('tells about %s', (_, username, rule) => {
    expect(usernameFault(username)?.rule).toBe(rule);
  });

  it('does not repeat the name', () => {
    expect(JSON.stringify(usernameFault('zz zz'))).not.toContain('zz zz');
  });
});
