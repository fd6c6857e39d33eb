import { describe, expect, it } from 'vitest';
import { displayNameFault, emailFault, passwordRules, passwordStrength, usernameRules } from './account-rules';

const met = (rules: { met: boolean }[]) => rules.map((rule) => rule.met);

describe('rules of an account, while typing', () => {
  it.each([
    ['', [false, false]],
    ['ab', [false, true]],
    ['ab c', [true, false]],
    ['amélie_7', [true, true]],
    ['x'.repeat(21), [false, true]],
  ])('username "%s"', (name, expected) => expect(met(usernameRules(name))).toEqual(expected));

  it('counts a password in characters as people see them', () => {
    expect(met(passwordRules('🙂🙂🙂🙂🙂🙂🙂', 8, []))).toEqual([false, true]);
    expect(met(passwordRules('🙂🙂🙂🙂🙂🙂🙂🙂', 8, []))).toEqual([true, true]);
    expect(met(passwordRules('x'.repeat(257), 8, []))).toEqual([false, true]);
  });

  it('refuses a password with one’s own name in it, and minds no short word', () => {
    expect(met(passwordRules('my ADA.sample 1', 8, ['ada.sample']))).toEqual([true, false]);
    expect(met(passwordRules('a long enough one', 8, ['a', '', 'on']))).toEqual([true, true]);
  });

  it('calls a longer and more varied password stronger', () => {
    expect(['', 'aaaaaaaa', 'abcdefgh', 'quiet harbour', 'quiet harbour 72'].map(passwordStrength)).toEqual([
      '',
      'Weak',
      'Fair',
      'Good',
      'Strong',
    ]);
  });

  it('sees what cannot be an address, and leaves the rest to the server', () => {
    expect(emailFault('')).toBe('Enter your e-mail address.');
    for (const address of ['name', 'name@host', 'a b@example.org']) expect(emailFault(address)).toMatch(/name@example/);
    expect(emailFault('name+tag@example.org')).toBeUndefined();
  });

  it('lets a display name be empty, but not long', () => {
    expect(displayNameFault('')).toBeUndefined();
    expect(displayNameFault('x'.repeat(51))).toBe('Use at most 50 characters.');
  });
});
