import { describe, expect, it } from 'vitest';
import { clockTime, dayLabel, dayOf, lastSeen, listTime } from './time-format';

const now = new Date(2026, 2, 4, 14, 30).getTime();
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

describe('times', () => {
  it('name a day of a conversation', () => {
    expect(dayLabel(at(2026, 2, 4, 0, 1), now, 'en-GB')).toBe('Today');
    expect(dayLabel(at(2026, 2, 3, 23, 59), now, 'en-GB')).toBe('Yesterday');
    expect(dayLabel(at(2026, 2, 2, 9, 0), now, 'en-GB')).toBe('Monday 2 March');
    expect(dayLabel(at(2025, 11, 31, 9, 0), now, 'en-GB')).toBe('Wednesday, 31 December 2025');
  });

  it('are as short in the list as the row needs', () => {
    expect(listTime(at(2026, 2, 4, 9, 5), now, 'en-GB')).toBe('9:05');
    expect(listTime(at(2026, 2, 3, 23, 59), now, 'en-GB')).toBe('Yesterday');
    expect(listTime(at(2026, 1, 28, 9, 0), now, 'en-GB')).toBe('Sat');
    expect(listTime(at(2026, 0, 2, 9, 0), now, 'en-GB')).toBe('2 Jan');
    expect(listTime(at(2025, 2, 2, 9, 0), now, 'en-GB')).toBe('02/03/2025');
  });

  it('say when somebody was last there', () => {
    expect(lastSeen(at(2026, 2, 4, 14, 30), now, 'en-GB')).toBe('Last seen just now');
    expect(lastSeen(at(2026, 2, 4, 14, 25), now, 'en-GB')).toBe('Last seen 5 minutes ago');
    expect(lastSeen(at(2026, 2, 4, 9, 5), now, 'en-GB')).toBe('Last seen today at 9:05');
    expect(lastSeen(at(2026, 2, 3, 9, 5), now, 'en-GB')).toBe('Last seen yesterday at 9:05');
    expect(lastSeen(at(2026, 0, 2, 9, 0), now, 'en-GB')).toBe('Last seen 2 Jan');
  });

  it('follow the locale', () => {
    expect(clockTime(at(2026, 2, 4, 14, 5), 'en-US')).toMatch(/^2:05.PM$/);
  });

  it('belong to the local day', () => {
    expect(dayOf(at(2026, 2, 4, 0, 0))).toBe(dayOf(at(2026, 2, 4, 23, 59)));
    expect(dayOf(at(2026, 2, 4, 23, 59))).not.toBe(dayOf(at(2026, 2, 5, 0, 0)));
  });
});
