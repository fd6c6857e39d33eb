import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, PRESENCE_LEASE_MS, type PresenceStore } from '../src/presence/presence-store.js';

/** What every store of presence must do. `make` gives an empty store that tells the time by the given clock. */
export function describePresenceStore(name: string, make: (now: Clock) => PresenceStore): void {
  describe(name, () => {
    const START = Date.UTC(2026, 0, 1);
    let now: number;
    let store: PresenceStore;

    const ada = (socketId: string, state: 'active' | 'away' | 'invisible') => ({ userId: 'ada', socketId, state });
    const seen = async (userId = 'ada') => (await store.online([userId]))[0];

    beforeEach(() => {
      now = START;
      store = make(() => now);
    });

    it('knows nothing of people who were never there', async () => {
      expect(await store.online(['ada', 'bob'])).toEqual([
        { userId: 'ada', state: 'offline' },
        { userId: 'bob', state: 'offline' },
      ]);
    });

    it('tells what others saw before and see after each change', async () => {
      expect(await store.add(ada('phone', 'active'))).toEqual({
        before: 'offline',
        after: { userId: 'ada', state: 'active' },
      });
      expect(await store.add(ada('phone', 'away'))).toMatchObject({ before: 'active', after: { state: 'away' } });
      expect(await store.remove('ada', 'phone')).toMatchObject({ before: 'away', after: { state: 'offline' } });
    });

    it('shows a person as active while any device is, then as away while any device is', async () => {
      await store.add(ada('phone', 'away'));
      await store.add(ada('laptop', 'active'));
      expect(await seen()).toMatchObject({ state: 'active' });
      await store.remove('ada', 'laptop');
      expect(await seen()).toMatchObject({ state: 'away' });
    });

    it('does not show invisible devices', async () => {
      expect(await store.add(ada('phone', 'invisible'))).toMatchObject({
        before: 'offline',
        after: { state: 'offline' },
      });
      await store.add(ada('laptop', 'away'));
      expect(await seen()).toMatchObject({ state: 'away' });
    });

    it('keeps when a person was last seen, and tells it only while the person is offline', async () => {
      await store.add(ada('phone', 'active'));
      now += 60_000;
      const lastSeenAt = new Date(now).toISOString();
      expect((await store.remove('ada', 'phone')).after).toEqual({ userId: 'ada', state: 'offline', lastSeenAt });
      now += 60_000;
      expect(await seen()).toEqual({ userId: 'ada', state: 'offline', lastSeenAt });
      await store.add(ada('phone', 'active'));
      expect(await seen()).toEqual({ userId: 'ada', state: 'active' });
    });

    it('does not let an invisible person be seen leaving', async () => {
      await store.add(ada('phone', 'active'));
      await store.add(ada('phone', 'invisible'));
      const lastSeenAt = new Date(now).toISOString();
      now += 60_000;
      await store.remove('ada', 'phone');
      expect(await seen()).toEqual({ userId: 'ada', state: 'offline', lastSeenAt });
    });

    it('ignores devices that it does not know', async () => {
      await store.add(ada('phone', 'active'));
      expect(await store.remove('ada', 'laptop')).toMatchObject({ before: 'active', after: { state: 'active' } });
      expect(await store.remove('bob', 'phone')).toEqual({
        before: 'offline',
        after: { userId: 'bob', state: 'offline' },
      });
    });

    it('ends leases that were not renewed, and tells it once', async () => {
      await store.add(ada('phone', 'active'));
      now += PRESENCE_LEASE_MS - 1;
      expect(await store.expire()).toEqual([]);
      now += 1;
      const lastSeenAt = new Date(now).toISOString();
      expect(await store.expire()).toEqual([
        { before: 'active', after: { userId: 'ada', state: 'offline', lastSeenAt } },
      ]);
      expect(await store.expire()).toEqual([]);
    });

    it('ends only the leases that are over', async () => {
      await store.add(ada('phone', 'active'));
      now += PRESENCE_LEASE_MS / 2;
      await store.add(ada('laptop', 'away'));
      now += PRESENCE_LEASE_MS / 2;
      expect(await store.expire()).toMatchObject([{ before: 'active', after: { state: 'away' } }]);
    });

    it('gives renewed leases their full time again', async () => {
      const lease = ada('phone', 'active');
      await store.add(lease);
      now += PRESENCE_LEASE_MS - 1;
      expect(await store.renew([lease])).toMatchObject([{ before: 'active', after: { state: 'active' } }]);
      now += PRESENCE_LEASE_MS - 1;
      expect(await store.expire()).toEqual([]);
    });

    it('brings back a lease that had lapsed before it was renewed', async () => {
      const lease = ada('phone', 'away');
      await store.add(lease);
      now += PRESENCE_LEASE_MS;
      await store.expire();
      expect(await store.renew([lease])).toMatchObject([{ before: 'offline', after: { state: 'away' } }]);
    });
  });
}
