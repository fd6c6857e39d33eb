import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Env } from '../config/env.js';
import { DomainEvents } from '../events/index.js';
import type { Identity } from '../identity/index.js';
import { Broadcaster } from './broadcaster.js';
import { SocketConnected, SocketDisconnected } from './events.js';
import { guardPackets } from './packet-guard.js';
import { type RealtimeSocket, sessionRoom, userRoom } from './realtime-socket.js';
import { SocketLimits } from './socket-limits.js';

const WARN_BEFORE_EXPIRY_MS = 30_000;
const CLOSE_AFTER_EXPIRY_MS = 5_000;
const BACKLOG_CHECK_MS = 1_000;

interface Expiry {
  warn: NodeJS.Timeout;
  close: NodeJS.Timeout;
}

/** The life of a connected socket: its rooms, its limits, the end of its token, and its backlog. */
@Injectable()
export class SocketSessions implements OnModuleDestroy {
  private readonly logger = new Logger(SocketSessions.name);
  private readonly expiries = new Map<RealtimeSocket, Expiry>();
  private readonly backlogCheck = setInterval(() => this.dropSlowConsumers(), BACKLOG_CHECK_MS).unref();

  constructor(
    private readonly env: Env,
    private readonly limits: SocketLimits,
    private readonly events: DomainEvents,
    private readonly broadcaster: Broadcaster,
  ) {}

  /** Called by the adapter for every socket that was admitted. */
  readonly adopt = (socket: RealtimeSocket): void => {
    const { identity } = socket.data;
    guardPackets(socket, this.limits.allow(identity.userId));
    // An error event without a listener would end the process.
    socket.on('error', (error) => this.logger.warn(`Socket ${socket.id}: ${error.message}`));
    void socket.join([userRoom(identity.userId), sessionRoom(identity.sessionId)]);
    this.watchExpiry(socket);
    socket.once('disconnect', () => {
      this.forgetExpiry(socket);
      this.limits.release(identity.userId);
      this.events.publish(new SocketDisconnected(socket.data.identity, socket.id));
    });
    this.events.publish(new SocketConnected(identity, socket.id));
  };

  /** A fresh token of the same user and session: the socket stays open until that one ends. */
  renew(socket: RealtimeSocket, identity: Identity): void {
    socket.data.identity = identity;
    this.forgetExpiry(socket);
    this.watchExpiry(socket);
  }

  onModuleDestroy(): void {
    clearInterval(this.backlogCheck);
    for (const socket of this.expiries.keys()) this.forgetExpiry(socket);
  }

  private watchExpiry(socket: RealtimeSocket): void {
    const { expiresAt } = socket.data.identity;
    const left = expiresAt.getTime() - Date.now();
    this.expiries.set(socket, {
      warn: setTimeout(
        () => socket.emit('session:expiring', { at: expiresAt.toISOString() }),
        Math.max(0, left - WARN_BEFORE_EXPIRY_MS),
      ).unref(),
      close: setTimeout(() => {
        this.broadcaster.toSockets([socket.id], 'session:ended', { reason: 'expired' });
        socket.disconnect(true);
      }, left + CLOSE_AFTER_EXPIRY_MS).unref(),
    });
  }

  private forgetExpiry(socket: RealtimeSocket): void {
    const expiry = this.expiries.get(socket);
    clearTimeout(expiry?.warn);
    clearTimeout(expiry?.close);
    this.expiries.delete(socket);
  }

  /** Whoever lets packets pile up is disconnected, and catches up later: memory is everybody's. */
  private dropSlowConsumers(): void {
    for (const socket of this.expiries.keys()) {
      const { transport, writeBuffer } = socket.conn as unknown as {
        transport: { socket?: { bufferedAmount?: number } };
        writeBuffer: unknown[];
      };
      const bytes = transport.socket?.bufferedAmount ?? 0;
      if (bytes <= this.env.socketBacklogBytes && writeBuffer.length <= this.env.socketBacklogPackets) continue;
      this.logger.warn(`Socket ${socket.id} does not read: ${bytes} bytes, ${writeBuffer.length} packets waiting`);
      socket.disconnect(true);
    }
  }
}
