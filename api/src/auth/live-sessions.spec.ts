import { setImmediate as endOfTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LiveSessions } from './live-sessions.js';
import type { SessionsRepository } from './sessions.repository.js';

/** A database that answers when told to; `questions` resolves to the ids that it is asked about next. */
function slowDatabase() {
  const questions: { ids: readonly string[]; answer: (...live: string[]) => void; fail: (error: Error) => void }[] = [];
  let heard: (() => void) | undefined;
  const repository: Pick<SessionsRepository, 'liveAmong'> = {
    liveAmong: (ids) =>
      new Promise((resolve, reject) => {
        questions.push({ ids, answer: (...live) => resolve(new Set(live)), fail: reject });
        heard?.();
      }),
  };
  const nextQuestion = async () => {
    if (questions.length === 0) await new Promise<void>((resolve) => (heard = resolve));
    const [question] = questions.splice(0, 1);
    if (!question) throw new Error('Nothing was asked.');
    return question;
  };
  return { questions, nextQuestion, live: new LiveSessions(repository as SessionsRepository) };
}

/** Time passes only when told to; turns of the event loop do as ever. */
function holdTheClock(): void {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    // Not at 0, which the cache takes for no time at all.
    jest.advanceTimersByTime(1);
  });
  afterEach(() => {
    jest.useRealTimers();
  });
}

describe('LiveSessions', () => {
  it('asks the database once for a moment', async () => {
    const { questions, nextQuestion, live } = slowDatabase();
    const first = live.isLive('s1');
    (await nextQuestion()).answer('s1');
    expect(await first).toBe(true);
    expect(live.isLive('s1')).toBe(true);
    expect(questions).toHaveLength(0);
  });

  it('asks about all sessions of a turn together, and tells them apart', async () => {
    const { questions, nextQuestion, live } = slowDatabase();
    const asked = Promise.all(['s1', 's2', 's1', 's3'].map(async (id) => live.isLive(id)));
    const question = await nextQuestion();
    expect(question.ids).toEqual(['s1', 's2', 's3']);
    question.answer('s1', 's3');
    expect(await asked).toEqual([true, false, true, true]);
    expect(questions).toHaveLength(0);
  });

  it('asks again after the database has failed', async () => {
    const { nextQuestion, live } = slowDatabase();
    const asked = live.isLive('s1');
    (await nextQuestion()).fail(new Error('The sample database is away.'));
    await expect(asked).rejects.toThrow('away');
    const again = live.isLive('s1');
    (await nextQuestion()).answer('s1');
    expect(await again).toBe(true);
  });

  it('refuses a session at once when it has ended', async () => {
    const { nextQuestion, live } = slowDatabase();
    const first = live.isLive('s1');
    (await nextQuestion()).answer('s1');
    await first;
    live.ended('s1');
    expect(await live.isLive('s1')).toBe(false);
  });

  it('does not believe an answer that is older than the end', async () => {
    const { nextQuestion, live } = slowDatabase();
    const asked = live.isLive('s1');
    const question = await nextQuestion();
    live.ended('s1');
    question.answer('s1');
    expect(await asked).toBe(false);
    expect(await live.isLive('s1')).toBe(false);
  });

  describe('while the database answers another', () => {
    holdTheClock();

    it('asks together what is asked meanwhile', async () => {
      const { questions, nextQuestion, live } = slowDatabase();
      const early = live.isLive('s1');
      const first = await nextQuestion();
      const second = live.isLive('s2');
      await endOfTurn();
      const third = live.isLive('s3');
      await endOfTurn();
      expect(questions).toHaveLength(0);
      first.answer('s1');
      const next = await nextQuestion();
      expect(next.ids).toEqual(['s2', 's3']);
      next.answer('s3');
      expect(await Promise.all([early, second, third])).toEqual([true, false, true]);
    });

    it('keeps nobody waiting for an answer that is long in coming', async () => {
      const { nextQuestion, live } = slowDatabase();
      const early = live.isLive('s1');
      const first = await nextQuestion();
      const late = live.isLive('s2');
      jest.advanceTimersByTime(20);
      (await nextQuestion()).answer('s2');
      expect(await late).toBe(true);
      first.answer('s1');
      expect(await early).toBe(true);
    });
  });

  describe('of somebody who is active', () => {
    holdTheClock();

    /** Sessions that the database has said to stand, a second and a half ago. */
    async function knownFor1500ms(...ids: string[]) {
      const database = slowDatabase();
      const known = Promise.all(ids.map(async (id) => database.live.isLive(id)));
      (await database.nextQuestion()).answer(...ids);
      await known;
      jest.advanceTimersByTime(1_500);
      return database;
    }

    it('asks ahead, about all together, and lets nobody wait', async () => {
      const { questions, nextQuestion, live } = await knownFor1500ms('s1', 's2');
      expect(live.isLive('s1')).toBe(true);
      jest.advanceTimersByTime(50);
      expect(live.isLive('s2')).toBe(true);
      expect(questions).toHaveLength(0);
      jest.advanceTimersByTime(50);
      const question = await nextQuestion();
      expect(question.ids).toEqual(['s1', 's2']);
      question.answer('s1', 's2');
      await endOfTurn();
      jest.advanceTimersByTime(900);
      expect([live.isLive('s1'), live.isLive('s2')]).toEqual([true, true]);
    });

    it('refuses at once what the answer to that leaves out', async () => {
      const { nextQuestion, live } = await knownFor1500ms('s1', 's2');
      expect([live.isLive('s1'), live.isLive('s2')]).toEqual([true, true]);
      jest.advanceTimersByTime(100);
      (await nextQuestion()).answer('s2');
      await endOfTurn();
      expect([live.isLive('s1'), live.isLive('s2')]).toEqual([false, true]);
    });

    it('believes nothing for more than two seconds when that is not answered', async () => {
      const { nextQuestion, live } = await knownFor1500ms('s1');
      expect(live.isLive('s1')).toBe(true);
      jest.advanceTimersByTime(100);
      (await nextQuestion()).fail(new Error('The sample database is away.'));
      jest.advanceTimersByTime(450);
      const asked = live.isLive('s1');
      (await nextQuestion()).answer();
      expect(await asked).toBe(false);
    });
  });
});
