import { describe, expect, it } from '@jest/globals';
import { Env } from '../core/config/env.js';
import { DomainError } from '../core/errors/index.js';
import { PasswordPolicy } from './password-policy.js';

function ruleOf(password: string, context: readonly string[] = [], settings: Partial<Env> = {}): string | undefined {
  try {
    new PasswordPolicy(Object.assign(new Env(), settings)).check('password', password, context);
    return undefined;
  } catch (error) {
    return error instanceof DomainError ? error.details.errors?.[0]?.rule : 'another error';
  }
}

describe('PasswordPolicy', () => {
  it.each([
    'password',
    'password1',
    'Password1!',
    'P@ssw0rd',
    'p455w0rd',
    'passw0rd123',
    '12345678',
    '123456789',
    '1234567890',
    '87654321',
    '11111111',
    '00000000',
    '12341234',
    '19840101',
    'qwertyui',
    'qwertyuiop',
    '1q2w3e4r',
    '1qaz2wsx',
    'qazwsxedc',
    'zaq12wsx',
    'asdfghjk',
    'asdfghjkl',
    'zxcvbnm1',
    'abcdefgh',
    'abcd1234',
    'abc12345',
    'a1b2c3d4',
    'qwerty123',
    'iloveyou',
    'iloveyou1',
    'sunshine',
    'princess',
    'football',
    'baseball',
    'superman',
    'trustno1',
    'welcome1',
    'letmein1',
    'admin123',
    'administrator',
    'dragon123',
    'monkey123',
    'starwars',
    'computer',
    'michelle',
    'jennifer',
    'changeme',
    'whatever',
    'internet',
    'liverpool',
    'passwort',
    'hallo123',
    'summer2024',
    'Winter2025!',
    'aaaaaaaa',
    'abababab',
    'qwerqwer',
    'pokemon1',
    'chocolate',
    'butterfly',
  ])('refuses %s, which is tried first', (password) => expect(ruleOf(password)).toBe('common'));

  it.each(['correct horse battery', 'mauve-otter-51', 'tr0mb0ne solo', 'жёлтый трамвай', '🐙🐙 tentacles', 'xK9#pQ2v'])(
    'takes %s',
    (password) => expect(ruleOf(password)).toBeUndefined(),
  );

  it('counts characters as people do', () => {
    expect(ruleOf('🐙🦑🐠🐡🦈🐳🐬')).toBe('min-length');
    expect(ruleOf('🐙🦑🐠🐡🦈🐳🐬🦭')).toBeUndefined();
    expect(ruleOf('long ago '.repeat(28))).toBeUndefined();
    expect(ruleOf('long ago '.repeat(29))).toBe('max-length');
  });

  it('asks for more where the administrator does', () => {
    expect(ruleOf('mauve-otter-51', [], { passwordMinLength: 15 })).toBe('min-length');
  });

  it('refuses what a guesser knows of the person, but not by chance', () => {
    expect(ruleOf('my ZEBEDEE lamp', ['zebedee'])).toBe('personal');
    expect(ruleOf('adamant-otter', ['ada'])).toBeUndefined();
    expect(ruleOf('we love Parlance')).toBe('personal');
  });
});
