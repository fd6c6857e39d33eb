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

  it('asks again on every connection, and shows nobody as online while there is none', () => {
    presence.watch('list', ['ben']);
    vi.runAllTimers();
    realtime.sent('presence:watch')[0]?.answer([{ userId: 'ben', state: 'active' }]);
    expect(presence.of('ben').state).toBe('active');

    realtime.lose();
    expect(presence.of('ben').state).toBe('offline');
    realtime.reconnect();
    vi.runAllTimers();
    expect(asked()).toHaveLength(2);
  });

  it('follows what the server tells', () => {
    realtime.tell('presence:changed', { userId: 'ben', state: 'away' });
    expect(presence.of('ben').state).toBe('away');
    expect(presence.of('stranger').state).toBe('offline');
  });
});
