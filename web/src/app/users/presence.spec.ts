import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeRealtime, setUp } from '../messages/testing/harness';
import { Presence } from './presence';

describe('Presence', () => {
  let presence: Presence;
  let realtime: FakeRealtime;

  const asked = () => realtime.sent('presence:watch').map(({ payload }) => payload.userIds);

  beforeEach(() => {
    vi.useFakeTimers();
    ({ realtime } = setUp());
    presence = TestBed.inject(Presence);
  });
  afterEach(() => {
    TestBed.resetTestingModule();
    vi.useRealTimers();
  });

  it('asks once for everybody whom any screen shows', () => {
    presence.watch('list', ['ben', 'cleo']);
    presence.watch('open', ['ben']);
    vi.runAllTimers();
    expect(asked()).toEqual([['ben', 'cleo']]);
    presence.watch('list', []);
    vi.runAllTimers();
    expect(asked().at(-1)).toEqual(['ben']);
  });

  it('asks for at most as many as the server allows', () => {
    presence.watch(
      'list',
      Array.from({ length: 250 }, (_, index) => `user-${index}`),
    );
    vi.runAllTimers();
    expect(asked()[0]).toHaveLength(200);
  });

  it.each<['offline' | 'reconnecting']>([['offline'], ['reconnecting']])(
    'knows of nobody while this browser is %s, and asks again on the next connection',
    (without) => {
      presence.watch('list', ['ben', 'cleo']);
      vi.runAllTimers();
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
      vi.runAllTimers();
      expect(asked()).toHaveLength(2);
      realtime.sent('presence:watch')[1]?.answer([{ userId: 'ben', state: 'away' }]);
      expect(presence.of('ben').state).toBe('away');
    },
  );

  it('forgets whom no screen shows any more: of them nothing is told', () => {
    presence.watch('people', ['ben', 'cleo']);
    vi.runAllTimers();
    realtime.sent('presence:watch')[0]?.answer([
      { userId: 'ben', state: 'active' },
      { userId: 'cleo', state: 'active' },
    ]);
    presence.watch('people', ['ben']);
    vi.runAllTimers();
    realtime.sent('presence:watch')[1]?.answer([{ userId: 'ben', state: 'active' }]);
    expect(presence.of('ben').state).toBe('active');
    expect(presence.of('cleo').state).toBe('unknown');
  });

  it('follows what the server tells', () => {
    realtime.tell('presence:changed', { userId: 'ben', state: 'away' });
    expect(presence.of('ben').state).toBe('away');
    expect(presence.of('stranger').state).toBe('unknown');
  });
});
