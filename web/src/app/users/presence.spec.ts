import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ManualClock } from '../core/clock/testing/manual-clock';
import { ProblemError, timedOut } from '../core/problem/problem';
import { Chance } from '../messages/testing/chance';
import { problem } from '../messages/testing/fixtures';
import { type FakeRealtime, setUp } from '../messages/testing/harness';
import { ServerModel } from '../messages/testing/server-model';
import { Presence } from './presence';

/** In which presence heals, by the protocol; in milliseconds. */
const HEALED_AFTER_MS = 35_000;

describe('Presence', () => {
  let presence: Presence;
  let realtime: FakeRealtime;
  let clock: ManualClock;

  const asked = () => realtime.sent('presence:watch').map(({ payload }) => payload.userIds);

  beforeEach(() => {
    ({ realtime, clock } = setUp());
    presence = TestBed.inject(Presence);
  });

  const gathered = () => clock.advance(1_000);

  it('asks once for everybody whom any screen shows', async () => {
    presence.watch('list', ['ben', 'cleo']);
    presence.watch('open', ['ben']);
    await gathered();
    expect(asked()).toEqual([['ben', 'cleo']]);
    presence.watch('list', []);
    await gathered();
    expect(asked().at(-1)).toEqual(['ben']);
  });

  it('asks for at most as many as the server allows', async () => {
    presence.watch(
      'list',
      Array.from({ length: 250 }, (_, index) => `user-${index}`),
    );
    await gathered();
    expect(asked()[0]).toHaveLength(200);
  });

  it.each<['offline' | 'reconnecting']>([['offline'], ['reconnecting']])(
    'knows of nobody while this browser is %s, and asks again on the next connection',
    async (without) => {
      presence.watch('list', ['ben', 'cleo']);
      await gathered();
      const lastSeenAt = '2026-03-02T11:00:00.000Z';
      realtime.sent('presence:watch')[0]?.answer([
        { userId: 'ben', state: 'active' },
        { userId: 'cleo', state: 'offline', lastSeenAt },
      ]);
      expect(presence.of('ben').state).toBe('active');
      expect(presence.of('cleo')).toMatchObject({ state: 'offline', lastSeenAt });

      realtime.lose(without);
      // When somebody was there last may be over as well.
      for (const id of ['ben', 'cleo']) expect(presence.of(id)).toEqual({ state: 'unknown' });

      realtime.reconnect();
      expect(presence.of('ben')).toEqual({ state: 'unknown' });
      await gathered();
      expect(asked()).toHaveLength(2);
      realtime.sent('presence:watch')[1]?.answer([{ userId: 'ben', state: 'away' }]);
      expect(presence.of('ben').state).toBe('away');
    },
  );

  it('forgets whom no screen shows any more: of them nothing is told', async () => {
    presence.watch('people', ['ben', 'cleo']);
    await gathered();
    realtime.sent('presence:watch')[0]?.answer([
      { userId: 'ben', state: 'active' },
      { userId: 'cleo', state: 'active' },
    ]);
    presence.watch('people', ['ben']);
    await gathered();
    realtime.sent('presence:watch')[1]?.answer([{ userId: 'ben', state: 'active' }]);
    expect(presence.of('ben').state).toBe('active');
    expect(presence.of('cleo').state).toBe('unknown');
  });

  it('follows what the server tells', () => {
    realtime.tell('presence:changed', { userId: 'ben', state: 'away' });
    expect(presence.of('ben').state).toBe('away');
    expect(presence.of('stranger').state).toBe('unknown');
  });

  it.each([
    ['is not answered', new ProblemError(timedOut())],
    ['is refused for now', new ProblemError(problem(429, 'too-many-requests', { retryAfter: 2 }))],
  ])('asks again by itself, in time, when a request %s', async (_, error) => {
    presence.watch('list', ['ben']);
    await gathered();
    realtime.sent('presence:watch')[0]?.fail(error);
    await gathered();
    expect(asked()).toHaveLength(1);
    await clock.advance(HEALED_AFTER_MS);
    expect(asked()).toEqual([['ben'], ['ben']]);
    realtime.sent('presence:watch')[1]?.answer([{ userId: 'ben', state: 'active' }]);
    expect(presence.of('ben').state).toBe('active');
  });

  describe('when a change never came, over a connection that stands', () => {
    const shown = (state: DocumentVisibilityState) => {
      vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);
      document.dispatchEvent(new Event('visibilitychange'));
    };
    afterEach(() => vi.restoreAllMocks());

    beforeEach(async () => {
      presence.watch('list', ['ben']);
      await gathered();
      realtime.sent('presence:watch')[0]?.answer([{ userId: 'ben', state: 'active' }]);
    });

    it('learns of it in time, again and again, and shows until then what it knew', async () => {
      for (const state of ['offline', 'away'] as const) {
        const before = asked().length;
        await clock.advance(HEALED_AFTER_MS);
        expect(asked()).toHaveLength(before + 1);
        realtime
          .sent('presence:watch')
          .at(-1)
          ?.answer([{ userId: 'ben', state }]);
        expect(presence.of('ben').state).toBe(state);
      }
    });

    it('asks for nothing while nobody looks, and at once when somebody does', async () => {
      shown('hidden');
      await clock.advance(20 * HEALED_AFTER_MS);
      expect(asked()).toHaveLength(1);
      shown('visible');
      expect(asked()).toHaveLength(2);
      shown('hidden');
      shown('visible');
      expect(asked()).toHaveLength(2);
    });

    it('asks for nothing once no screen shows anybody', async () => {
      presence.watch('list', []);
      await gathered();
      realtime.sent('presence:watch').at(-1)?.answer([]);
      const before = asked().length;
      await clock.advance(20 * HEALED_AFTER_MS);
      expect(asked()).toHaveLength(before);
    });

    it('leaves it to the next connection when this one is gone', async () => {
      realtime.lose();
      await clock.advance(20 * HEALED_AFTER_MS);
      expect(asked()).toHaveLength(1);
      realtime.reconnect();
      await gathered();
      expect(asked()).toHaveLength(2);
    });
  });

  it('leaves it to the next connection to ask again when there is none', async () => {
    presence.watch('list', ['ben']);
    await gathered();
    realtime.lose();
    realtime.sent('presence:watch')[0]?.fail(new ProblemError(timedOut()));
    await clock.advance(HEALED_AFTER_MS);
    realtime.reconnect();
    await gathered();
    expect(asked()).toHaveLength(2);
  });

  it('asks for the new list alone when a screen changes it before the old one is asked for again', async () => {
    presence.watch('list', ['ben']);
    await gathered();
    realtime.sent('presence:watch')[0]?.fail(new ProblemError(timedOut()));
    presence.watch('list', ['cleo']);
    await clock.advance(HEALED_AFTER_MS);
    expect(asked()).toEqual([['ben'], ['cleo']]);
  });

  it('ends in what the server has, whatever is told while an answer is on its way', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const chance = new Chance(seed);
      const server = new ServerModel();
      const userIds = chance.shuffled(['ben', 'cleo']);
      presence.watch('list', [...userIds, `nobody-${seed}`]);
      await gathered();
      const answer = server.presences(userIds);
      const answerAfter = chance.below(20);
      for (let happened = 0; happened < 20; happened++) {
        if (happened === answerAfter) realtime.sent('presence:watch').at(-1)?.answer(answer);
        for (const { event, fact } of server.happening(chance)) {
          if (event === 'presence:changed') realtime.tell(event, fact);
        }
      }
      const known = userIds.map((userId) => ({ userId, ...presence.of(userId) }));
      expect(known, `seed ${seed}`).toEqual(server.presences(userIds));
    }
  });
});
