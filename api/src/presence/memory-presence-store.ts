import type { OwnPresenceState, PresenceState, UserPresence } from '@parlance/contracts';
import {
  type Clock,
  PRESENCE_LEASE_MS,
  type PresenceLease,
  PresenceStore,
  type PresenceTransition,
  visibleState,
} from './presence-store.js';

interface HeldLease {
  state: OwnPresenceState;
  endsAt: number;
}

/** Presence of a single process. What it knows, it forgets with the process. */
export class MemoryPresenceStore extends PresenceStore {
  private readonly leases = new Map<string, Map<string, HeldLease>>();
  private readonly lastSeen = new Map<string, number>();

  constructor(private readonly now: Clock = Date.now) {
    super();
  }

  add({ userId, socketId, state }: PresenceLease): Promise<PresenceTransition> {
    return Promise.resolve(
      this.change(userId, (devices) => devices.set(socketId, { state, endsAt: this.now() + PRESENCE_LEASE_MS })),
    );
  }

  remove(userId: string, socketId: string): Promise<PresenceTransition> {
    return Promise.resolve(this.change(userId, (devices) => devices.delete(socketId)));
  }

  renew(leases: readonly PresenceLease[]): Promise<PresenceTransition[]> {
    return Promise.all(leases.map((lease) => this.add(lease)));
  }

  expire(): Promise<PresenceTransition[]> {
    const now = this.now();
    const transitions: PresenceTransition[] = [];
    for (const [userId, devices] of this.leases) {
      const lapsed = [...devices].filter(([, { endsAt }]) => endsAt <= now);
      if (lapsed.length > 0) {
        transitions.push(this.change(userId, (held) => lapsed.forEach(([socketId]) => held.delete(socketId))));
      }
    }
    return Promise.resolve(transitions);
  }

  online(userIds: readonly string[]): Promise<UserPresence[]> {
    return Promise.resolve(userIds.map((userId) => this.presence(userId)));
  }

  private change(userId: string, apply: (devices: Map<string, HeldLease>) => void): PresenceTransition {
    const devices = this.leases.get(userId) ?? new Map<string, HeldLease>();
    const before = this.stateOf(devices);
    apply(devices);
    if (devices.size > 0) this.leases.set(userId, devices);
    else this.leases.delete(userId);
    if (before !== 'offline' && this.stateOf(devices) === 'offline') this.lastSeen.set(userId, this.now());
    return { before, after: this.presence(userId) };
  }

  private presence(userId: string): UserPresence {
    const state = this.stateOf(this.leases.get(userId));
    const seen = this.lastSeen.get(userId);
    return state === 'offline' && seen !== undefined
      ? { userId, state, lastSeenAt: new Date(seen).toISOString() }
      : { userId, state };
  }

  private stateOf(devices: ReadonlyMap<string, HeldLease> | undefined): PresenceState {
    return visibleState([...(devices?.values() ?? [])].map(({ state }) => state));
  }
}
