import { describe, expect, it } from '@jest/globals';
import { LiveSessions } from './live-sessions.js';
import type { SessionsRepository } from './sessions.repository.js';

/** A database that answers when told to. */
function slowDatabase() {
  const answers: ((live: boolean) => void)[] = [];
  const repository: Pick<SessionsRepository, 'isLive'> = {
    isLive: () => new Promise((resolve) => answers.push(resolve)),
  };
  return { answers, live: new LiveSessions(repository as SessionsRepository) };
}

describe('LiveSessions', () => {
  it('asks the database once for a moment', async () => {
    const { answers, live } = slowDatabase();
    const first = live.isLive('s1');
    answers[0]?.(true);
    expect(await first).toBe(true);
    expect(await live.isLive('s1')).toBe(true);
    expect(answers).toHaveLength(1);
  });

  it('refuses a session at once when it has ended', async () => {
    const { answers, live } = slowDatabase();
    const first = live.isLive('s1');
    answers[0]?.(true);
    await first;
    live.ended('s1');
    expect(await live.isLive('s1')).toBe(false);
  });

  it('does not believe an answer that is older than the end', async () => {
    const { answers, live } = slowDatabase();
    const asked = live.isLive('s1');
    live.ended('s1');
    answers[0]?.(true);
    expect(await asked).toBe(false);
    expect(await live.isLive('s1')).toBe(false);
  });
});
