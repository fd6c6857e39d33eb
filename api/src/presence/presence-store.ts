import type { OwnPresenceState, PresenceState, UserPresence } from '@parlance/contracts';

/** One device that is there, in the state that it has set for itself. */
export interface PresenceLease {
  userId: string;
  socketId: string;
  state: OwnPresenceState;
}

/** What others saw before, and what they see now. */
export interface PresenceTransition {
  before: PresenceState;
  after: UserPresence;
}

/**
 * Who is online, as leases that end by themselves unless they are renewed: a node that dies takes nobody's presence
 * with it for longer than a lease. Every change tells what became of it, in one step with the change, so that several
 * nodes never tell the same news twice. One contract suite holds for every implementation.
 *
 * A person is seen as active while any device is, else as away while any device is, else as offline; an invisible
 * device counts as none. `lastSeenAt` is when a person was last seen as anything but offline.
 */
export abstract class PresenceStore {
  /** Begins or changes a device's lease, for its full time. */
  abstract add(lease: PresenceLease): Promise<PresenceTransition>;
  /** Ends a device's lease; unknown ones are ignored. */
  abstract remove(userId: string, socketId: string): Promise<PresenceTransition>;
  /** Gives leases their full time again, and brings back those that had lapsed. */
  abstract renew(leases: readonly PresenceLease[]): Promise<PresenceTransition[]>;
  /** Ends the leases whose time is over; gives one transition for each person concerned. */
  abstract expire(): Promise<PresenceTransition[]>;
  /** What others see of these people, in the order asked for. */
  abstract online(userIds: readonly string[]): Promise<UserPresence[]>;
}

/** Where the store's sense of time comes from; milliseconds since the epoch. */
export type Clock = () => number;

/** How long a lease lasts. Presence heals within this time after a node has died. */
export const PRESENCE_LEASE_MS = 30_000;

/** Others see the most present of a person's devices. */
export function visibleState(states: Iterable<OwnPresenceState>): PresenceState {
  let seen: PresenceState = 'offline';
  for (const state of states) {
    if (state === 'active') return 'active';
    if (state === 'away') seen = 'away';
  }
  return seen;
}
