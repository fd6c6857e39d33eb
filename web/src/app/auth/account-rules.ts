import { DISPLAY_NAME, EMAIL, PASSWORD, USERNAME } from '@parlance/contracts';

/** A rule of a field, in words, and whether what is typed keeps it. */
export interface RuleState {
  text: string;
  met: boolean;
}

const length = (text: string) => [...text].length;

/** Rules of a username, as they stand while typing. The server has the last word: it also knows who is taken. */
export function usernameRules(username: string): RuleState[] {
  const size = length(username);
  return [
    {
      text: `${USERNAME.minLength} to ${USERNAME.maxLength} characters`,
      met: size >= USERNAME.minLength && size <= USERNAME.maxLength,
    },
    { text: 'Letters, digits, and _ . -', met: USERNAME.pattern.test(username) },
  ];
}

/** Rules of a password. Length is what makes it strong; nothing is asked of its mixture. */
export function passwordRules(password: string, minLength: number, context: readonly string[]): RuleState[] {
  const size = length(password);
  const lower = password.toLocaleLowerCase();
  const words = context.map((word) => word.trim().toLocaleLowerCase()).filter((word) => length(word) >= 3);
  return [
    { text: `At least ${minLength} characters`, met: size >= minLength && size <= PASSWORD.maxLength },
    { text: 'Not your name or address', met: size > 0 && !words.some((word) => lower.includes(word)) },
  ];
}

/** How strong a password is by its length and variety, as a word. An estimate to learn from, never a gate. */
export function passwordStrength(password: string): string {
  const size = length(password);
  const variety = new Set(password).size;
  if (size === 0) return '';
  if (size < 8 || variety < 5) return 'Weak';
  if (size < 12 || variety < 8) return 'Fair';
  return size < 16 ? 'Good' : 'Strong';
}

/** The first thing wrong with an e-mail address that can be seen without sending to it. */
export function emailFault(email: string): string | undefined {
  if (email === '') return 'Enter your e-mail address.';
  if (length(email) > EMAIL.maxLength || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    return 'Enter an address like name@example.org.';
  }
  return undefined;
}

/** The first thing wrong with a display name; empty is fine, the username stands in then. */
export function displayNameFault(name: string): string | undefined {
  return length(name.trim()) > DISPLAY_NAME.maxLength ? `Use at most ${DISPLAY_NAME.maxLength} characters.` : undefined;
}
