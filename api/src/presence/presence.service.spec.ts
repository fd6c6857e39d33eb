import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { UserPresence } from '@parlance/contracts';
import { Env } from '../core/config/env.js';
import { DomainEvents } from '../core/events/index.js';
import type { Identity } from '../core/identity/index.js';
import { SocketConnected, SocketDisconnected } from '../core/realtime/index.js';
import { PresenceChanged } from './events/presence-changed.event.js';
import { MemoryPresenceStore } from './memory-presence-store.js';
import { PresenceService } from './presence.service.js';

const GRACE_MS = 5_000;

const identity = (userId: string): Identity => ({
  userId,
  sessionId: `session of ${userId}`,
  role: 'member',
  expiresAt: new Date(8.64e15),
});

/** Keeps what is published, beside publishing it. */
class Recorded extends DomainEvents {
  readonly told: UserPresence[] = [];

  override publish(event: Parameters<DomainEvents['publish']>[0]): void {
    if (event instanceof PresenceChanged) this.told.push(event.presence);
    super.publish(event);
  }
}

describe('PresenceService', () => {
  let events: Recorded;
  let presence: PresenceService;

  const connect = (userId: string, socketId: string) =>
    presence.connected(new SocketConnected(identity(userId), socketId));
  const disconnect = (userId: string, socketId: string) =>
    presence.disconnected(new SocketDisconnected(identity(userId), socketId));
  const stateOf = async (userId: string) => (await presence.of([userId]))[0]?.state;
  const told = () => events.told.map(({ userId, state }) => `${userId} ${state}`);

  beforeEach(() => {
    jest.useFakeTimers();
    events = new Recorded(new EventEmitter2());
    presence = new PresenceService(
      new MemoryPresenceStore(),
      events,
      Object.assign(new Env(), { presenceGraceMs: GRACE_MS }),
    );
    presence.onModuleInit();
  });

  afterEach(() => {
    presence.onModuleDestroy();
    jest.useRealTimers();
  });

  it('shows a person as active from the first device on, and tells it once', async () => {
    await connect('ada', 'phone');
    await connect('ada', 'laptop');
    expect(await stateOf('ada')).toBe('active');
    expect(told()).toEqual(['ada active']);
  });

  it('shows a person as offline when the grace after the last device is over', async () => {
    await connect('ada', 'phone');
    disconnect('ada', 'phone');
    await jest.advanceTimersByTimeAsync(GRACE_MS - 1);
    expect(await stateOf('ada')).toBe('active');
    await jest.advanceTimersByTimeAsync(1);
    expect(await presence.of(['ada'])).toEqual([
      { userId: 'ada', state: 'offline', lastSeenAt: new Date().toISOString() },
    ]);
    expect(told()).toEqual(['ada active', 'ada offline']);
  });

  it('tells nobody of a reload', async () => {
    await connect('ada', 'before the reload');
    disconnect('ada', 'before the reload');
    await jest.advanceTimersByTimeAsync(GRACE_MS / 2);
    await connect('ada', 'after the reload');
    await jest.advanceTimersByTimeAsync(GRACE_MS);
    expect(await stateOf('ada')).toBe('active');
    expect(told()).toEqual(['ada active']);
  });

  it('tells of a state that was set, but not of one that changes nothing', async () => {
    await connect('ada', 'phone');
    await presence.setState(identity('ada'), 'phone', 'active');
    await presence.setState(identity('ada'), 'phone', 'away');
    await presence.setState(identity('ada'), 'phone', 'away');
    expect(told()).toEqual(['ada active', 'ada away']);
  });

  it('shows who is invisible as offline, through a reload as well', async () => {
    await connect('ada', 'phone');
    await presence.setState(identity('ada'), 'phone', 'invisible');
    disconnect('ada', 'phone');
    await connect('ada', 'phone again');
    await jest.advanceTimersByTimeAsync(GRACE_MS);
    expect(await stateOf('ada')).toBe('offline');
    expect(told()).toEqual(['ada active', 'ada offline']);
  });

  it('takes no state from a device that is gone', async () => {
    await connect('ada', 'phone');
    disconnect('ada', 'phone');
    await presence.setState(identity('ada'), 'phone', 'away');
    expect(await stateOf('ada')).toBe('active');
  });

  it('keeps a person online for as long as a device is connected', async () => {
    await connect('ada', 'phone');
    await jest.advanceTimersByTimeAsync(10 * 60_000);
    expect(await stateOf('ada')).toBe('active');
    expect(told()).toEqual(['ada active']);
  });

  it('gives the watchers of a person, each by its last list', async () => {
    await Promise.all([connect('ada', 'a'), connect('bob', 'b'), connect('cleo', 'c')]);
    await presence.watch('a', ['bob', 'cleo']);
    await presence.watch('b', ['cleo']);
    expect(presence.watchersOf('cleo')).toEqual(['a', 'b']);
    await presence.watch('a', ['bob']);
    expect(presence.watchersOf('cleo')).toEqual(['b']);
    expect(presence.watchersOf('bob')).toEqual(['a']);
    await presence.watch('a', []);
    expect(presence.watchersOf('bob')).toEqual([]);
  });

  it('answers a watch with how things stand, each person once', async () => {
    await Promise.all([connect('ada', 'a'), connect('bob', 'b')]);
    expect(await presence.watch('a', ['bob', 'nobody', 'bob'])).toEqual([
      { userId: 'bob', state: 'active' },
      { userId: 'nobody', state: 'offline' },
    ]);
  });

  it('forgets what a device watched as soon as it is gone, and takes no new list from it', async () => {
    await connect('ada', 'a');
    await presence.watch('a', ['bob']);
    disconnect('ada', 'a');
    expect(presence.watchersOf('bob')).toEqual([]);
    await presence.watch('a', ['bob']);
    expect(presence.watchersOf('bob')).toEqual([]);
  });

  it('refuses to watch more than 200 people and keeps the list before', async () => {
    await connect('ada', 'a');
    await presence.watch('a', ['bob']);
    const many = Array.from({ length: 201 }, (_, index) => `user ${index}`);
    await expect(presence.watch('a', many)).rejects.toMatchObject({
      type: { code: 'validation-failed' },
      details: { errors: [{ path: 'userIds', rule: 'max-items' }] },
    });
    expect(presence.watchersOf('bob')).toEqual(['a']);
  });

  it('leaves no timer behind when it stops', async () => {
    await connect('ada', 'phone');
    disconnect('ada', 'phone');
    presence.onModuleDestroy();
    expect(jest.getTimerCount()).toBe(0);
  });
});
