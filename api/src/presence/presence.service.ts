import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type OwnPresenceState, PRESENCE_WATCH, type UserPresence } from '@parlance/contracts';
import { Env } from '../core/config/env.js';
import { DomainError, ValidationFailed } from '../core/errors/index.js';
import { DomainEvents, OnDomainEvent } from '../core/events/index.js';
import type { Identity } from '../core/identity/index.js';
import { SocketConnected, SocketDisconnected } from '../core/realtime/index.js';
import { PresenceChanged } from './events/presence-changed.event.js';
import { PRESENCE_LEASE_MS, type PresenceLease, PresenceStore, type PresenceTransition } from './presence-store.js';
import { WatchList } from './watch-list.js';

/** A device of this node; one that is gone keeps its lease through the grace, until its timer ends. */
interface Device {
  lease: PresenceLease;
  leaving?: NodeJS.Timeout;
}

/** Who is online, and who wants to know. Holds for the devices of this node; the store holds for all nodes. */
@Injectable()
export class PresenceService implements OnModuleInit, OnModuleDestroy {
  private readonly devices = new Map<string, Device>();
  private readonly devicesByUser = new Map<string, Set<Device>>();
  private readonly watchList = new WatchList();
  private upkeep: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: PresenceStore,
    private readonly events: DomainEvents,
    private readonly env: Env,
  ) {}

  onModuleInit(): void {
    // Three chances to renew a lease before it ends.
    this.upkeep = setInterval(() => void this.renewAndExpire(), PRESENCE_LEASE_MS / 3).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.upkeep);
    for (const { leaving } of this.devices.values()) clearTimeout(leaving);
    this.devices.clear();
    this.devicesByUser.clear();
  }

  /** What others see of these people, in the order asked for; people that are unknown are offline. */
  async of(userIds: readonly string[]): Promise<UserPresence[]> {
    return this.store.online(userIds);
  }

  /**
   * What a device wants to hear of from now on, instead of what it wanted before, and how things stand. Throws
   * `ValidationFailed` for more than 200 people.
   */
  async watch(socketId: string, userIds: readonly string[]): Promise<UserPresence[]> {
    const watched = [...new Set(userIds)];
    if (watched.length > PRESENCE_WATCH.maxUsers) {
      const message = `Watch at most ${PRESENCE_WATCH.maxUsers} people.`;
      throw new DomainError(ValidationFailed, { errors: [{ path: 'userIds', rule: 'max-items', message }] });
    }
    // A request may still be under way when its device is gone; nobody would clean up after it.
    const device = this.devices.get(socketId);
    if (device && !device.leaving) this.watchList.replace(socketId, watched);
    return this.store.online(watched);
  }

  /** Socket ids of the devices of this node that watch a person. */
  watchersOf(userId: string): string[] {
    return this.watchList.watchersOf(userId);
  }

  /** Sets the state of one device; what others see follows from all devices of the person. */
  async setState({ userId }: Identity, socketId: string, state: OwnPresenceState): Promise<void> {
    const device = this.devices.get(socketId);
    if (!device || device.leaving) return;
    device.lease = { userId, socketId, state };
    this.tell(await this.store.add(device.lease));
  }

  @OnDomainEvent(SocketConnected)
  async connected({ identity: { userId }, socketId }: SocketConnected): Promise<void> {
    const lease: PresenceLease = { userId, socketId, state: this.initialState(userId) };
    const device: Device = { lease };
    this.devices.set(socketId, device);
    this.devicesByUser.set(userId, (this.devicesByUser.get(userId) ?? new Set<Device>()).add(device));
    this.tell(await this.store.add(lease));
  }

  @OnDomainEvent(SocketDisconnected)
  disconnected({ socketId }: SocketDisconnected): void {
    this.watchList.remove(socketId);
    const device = this.devices.get(socketId);
    if (!device) return;
    clearTimeout(device.leaving);
    device.leaving = setTimeout(() => void this.leave(device), this.env.presenceGraceMs).unref();
  }

  private async leave(device: Device): Promise<void> {
    const { userId, socketId } = device.lease;
    this.devices.delete(socketId);
    const others = this.devicesByUser.get(userId);
    others?.delete(device);
    if (others?.size === 0) this.devicesByUser.delete(userId);
    this.tell(await this.store.remove(userId, socketId));
  }

  /** Renewing comes first, so that a process that was stopped for a while does not end leases of its own. */
  private async renewAndExpire(): Promise<void> {
    const renewed = await this.store.renew([...this.devices.values()].map(({ lease }) => lease));
    const expired = await this.store.expire();
    for (const transition of [...renewed, ...expired]) this.tell(transition);
  }

  /** Who is invisible stays so over a reload and on further devices, and is not betrayed in between. */
  private initialState(userId: string): OwnPresenceState {
    const others = [...(this.devicesByUser.get(userId) ?? [])];
    return others.length > 0 && others.every(({ lease }) => lease.state === 'invisible') ? 'invisible' : 'active';
  }

  private tell({ before, after }: PresenceTransition): void {
    if (before !== after.state) this.events.publish(new PresenceChanged(after));
  }
}
