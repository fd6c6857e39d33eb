import { describe, expect, it } from '@jest/globals';
import { makeRefreshToken, readRefreshToken } from './refresh-token.js';

const KEY = 'k'.repeat(32);
const SESSION = '0123456789abcdef01234567';

describe('A refresh token', () => {
  it('is read back as it was made', () => {
    const token = makeRefreshToken(KEY, SESSION);
    expect(readRefreshToken(KEY, token.text)).toEqual(token);
  });

  it('is never the same twice and does not stand in its hash', () => {
    const [one, other] = [makeRefreshToken(KEY, SESSION), makeRefreshToken(KEY, SESSION)];
    expect(one.text).not.toBe(other.text);
    expect(one.hash).not.toBe(other.hash);
    expect(one.hash).toMatch(/^[\w-]{43}$/);
    expect(one.text).not.toContain(one.hash);
  });

  it('of another key, of another session or changed anywhere is not ours', () => {
    const { text } = makeRefreshToken(KEY, SESSION);
    expect(readRefreshToken('x'.repeat(32), text)).toBeUndefined();
    expect(readRefreshToken(KEY, text.replace(SESSION, 'f'.repeat(24)))).toBeUndefined();
    for (const place of [0, 30, 60, 80, text.length - 1]) {
      const other = text[place] === 'A' ? 'B' : 'A';
      expect(readRefreshToken(KEY, text.slice(0, place) + other + text.slice(place + 1))).toBeUndefined();
    }
    for (const odd of [undefined, '', '..', `${text}.`, `${text}\n`])
      expect(readRefreshToken(KEY, odd)).toBeUndefined();
  });
});
