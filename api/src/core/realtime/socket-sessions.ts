import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Env } from '../config/env.js';
import { DomainError, Forbidden } from '../errors/index.js';
import { DomainEvents } from '../events/index.js';
import { type Identity, SessionDirectory } from '../identity/index.js';
import { TellsFacts } from './async-api/described.js';
import { Backlogs, cutOff } from './backlog.js';
import { Broadcaster } from './broadcaster.js';
import { SessionExpiringDto } from './dto/facts.dto.js';
import { SocketConnected, SocketDisconnected } from './events.js';
import { guardPackets } from './packet-guard.js';
import { type RealtimeSocket, sessionRoom, userRoom } from './realtime-socket.js';
import { RequestsInFlight } from './requests-in-flight.js';
import { SocketLimits } from './socket-limits.js';
import { SocketMetrics } from './socket-metrics.js';

const WARN_BEFORE_EXPIRY_MS = 30_000;
const CLOSE_AFTER_EXPIRY_MS = 5_000;
const BACKLOG_CHECK_MS = 1_000;

/** The life of a connected socket: its rooms, its limits, the end of its token, and its backlog. */
@TellsFacts({
  'session:expiring': {
    summary: 'The token ends in 30 s: the socket is closed unless `auth:refresh` brings another.',
    payload: SessionExpiringDto,
  },
})
@Injectable()
export class SocketSessions implements OnModuleDestroy {
  private readonly logger = new Logger(SocketSessions.name);
  /** Of each socket the timer that is next: the warning, and after it the end. */
  private readonly expiries = new Map<RealtimeSocket, NodeJS.Timeout>();
  private readonly backlogs: Backlogs;
  private readonly backlogCheck = setInterval(() => this.dropSlowConsumers(), BACKLOG_CHECK_MS).unref();

  constructor(
    env: Env,
    private readonly limits: SocketLimits,
    private readonly events: DomainEvents,
    private readonly broadcaster: Broadcaster,
    private readonly inFlight: RequestsInFlight,
    private readonly directory: SessionDirectory,
    private readonly metrics: SocketMetrics,
  ) {
    this.backlogs = new Backlogs(env.socketBacklogBytes, env.socketBacklogPackets);
  }

  /** Called by the adapter for every socket that was admitted. */
  readonly adopt = (socket: RealtimeSocket): void => {
    const { identity } = socket.data;
    const inFlight = this.inFlight.ofSocket();
    guardPackets(socket, {
      allowance: this.limits.allow(identity.userId),
      inFlight,
      metrics: this.metrics,
    });
    // An error event without a listener would end the process.
    socket.on('error', (error) => this.logger.warn(`Socket ${socket.id}: ${error.message}`));
    void socket.join([userRoom(identity.userId), sessionRoom(identity.sessionId)]);
    this.watchExpiry(socket);
    socket.once('disconnect', () => {
      this.forgetExpiry(socket);
      this.limits.release(identity.userId);
      inFlight.release();
      this.events.publish(new SocketDisconnected(socket.data.identity, socket.id));
    });
    this.events.publish(new SocketConnected(identity, socket.id));
    void this.endIfRevoked(identity.sessionId);
  };

  /**
   * The socket stays open until this token ends. Throws `Forbidden` unless it is of the same user and session: what
   * the socket has joined and watches was allowed to them.
   */
  renew(socket: RealtimeSocket, identity: Identity): void {
    const { userId, sessionId } = socket.data.identity;
    if (identity.userId !== userId || identity.sessionId !== sessionId) {
      throw new DomainError(Forbidden, { detail: 'This token is of another session. Connect anew with it.' });
    }
    if (!socket.connected) return;
    socket.data.identity = identity;
    this.forgetExpiry(socket);
    this.watchExpiry(socket);
  }

  onModuleDestroy(): void {
    clearInterval(this.backlogCheck);
    for (const socket of this.expiries.keys()) this.forgetExpiry(socket);
  }

  /** A session that was ended between the handshake's look and the joining of its room has not heard of it. */
  private async endIfRevoked(sessionId: string): Promise<void> {
    try {
      if (!(await this.directory.isLive(sessionId))) this.broadcaster.endSession(sessionId, 'ended-elsewhere');
    } catch (error) {
      this.logger.warn(`A session could not be checked again: ${error instanceof Error ? error.message : 'unknown'}`);
    }
  }

  private watchExpiry(socket: RealtimeSocket): void {
    const endsAt = socket.data.identity.expiresAt.getTime();
    this.schedule(socket, endsAt - WARN_BEFORE_EXPIRY_MS, this.warnOfExpiry);
  }

  private readonly warnOfExpiry = (socket: RealtimeSocket): void => {
    const { expiresAt } = socket.data.identity;
    socket.emit('session:expiring', { at: expiresAt.toISOString() });
    this.schedule(socket, expiresAt.getTime() + CLOSE_AFTER_EXPIRY_MS, this.closeExpired);
  };

  private readonly closeExpired = (socket: RealtimeSocket): void => {
    this.broadcaster.toSockets([socket.id], 'session:ended', { reason: 'expired' });
    socket.disconnect(true);
  };

  private schedule(socket: RealtimeSocket, at: number, work: (socket: RealtimeSocket) => void): void {
    this.expiries.set(socket, setTimeout(work, Math.max(0, at - Date.now()), socket).unref());
  }

  private forgetExpiry(socket: RealtimeSocket): void {
    clearTimeout(this.expiries.get(socket));
    this.expiries.delete(socket);
  }

  /** Whoever lets packets pile up is disconnected, and catches up later: memory is everybody's. */
  private dropSlowConsumers(): void {
    for (const socket of this.expiries.keys()) {
      if (!this.backlogs.isStuck(socket)) continue;
      this.logger.warn(`Socket ${socket.id} does not read what it is sent, and is closed`);
      cutOff(socket);
    }
  }
}
