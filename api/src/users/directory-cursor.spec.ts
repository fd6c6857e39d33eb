import { describe, expect, it } from '@jest/globals';
import { Env } from '../core/config/env.js';
import { DomainError } from '../core/errors/index.js';
import { DirectoryCursor } from './directory-cursor.js';

const withSecret = (secret: string) =>
  new DirectoryCursor(Object.assign(new Env(), { cookieSecret: secret.repeat(32) }));

describe('DirectoryCursor', () => {
  const cursor = withSecret('a');

  it('leads back to its place', () => {
    expect(cursor.decode(cursor.encode('žofie'))).toBe('žofie');
  });

  it.each([
    ['nothing', ''],
    ['foreign text', 'not a cursor'],
    ['a cursor of another server', withSecret('b').encode('ada')],
    ['a cursor with something behind it', `${cursor.encode('ada')}AAAA`],
    ['a cursor with characters that decoders pass over', `${cursor.encode('ada')}\n`],
    ['a place without its seal', Buffer.from('ada').toString('base64url')],
  ])('refuses %s', (_, forged) => {
    expect(() => cursor.decode(forged)).toThrow(DomainError);
  });

  it('refuses a cursor of which any one character was changed', () => {
    const genuine = cursor.encode('ada');
    for (let at = 0; at < genuine.length; at++) {
      const changed = genuine.slice(0, at) + (genuine[at] === 'A' ? 'B' : 'A') + genuine.slice(at + 1);
      expect(() => cursor.decode(changed)).toThrow(DomainError);
    }
  });
});
