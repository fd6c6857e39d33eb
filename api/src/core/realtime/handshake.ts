import { Injectable } from '@nestjs/common';
import { PROTOCOL_VERSION } from '@parlance/contracts';
import { Env } from '../config/env.js';
import { DomainError, TooManyRequests, toProblem, Unauthenticated, UpgradeRequired } from '../errors/index.js';
import { AccessTokens, SessionDirectory } from '../identity/index.js';
import { clientAddress } from './client-address.js';
import type { RealtimeSocket } from './realtime-socket.js';

const RETRY_CONNECT_SECONDS = 10;

/** Decides who may connect, and how often. Runs for every namespace, before any event of a socket is heard. */
@Injectable()
export class Handshake {
  private readonly byUser = new Map<string, number>();
  private readonly byAddress = new Map<string, number>();

  constructor(
    private readonly env: Env,
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionDirectory,
  ) {}

  /** Socket.IO middleware. A refusal reaches the client as `connect_error` with the problem in `data`. */
  readonly admit = (socket: RealtimeSocket, next: (error?: Error) => void): void => {
    this.identify(socket).then(
      () => next(),
      (error: unknown) => {
        const problem = toProblem(error);
        next(Object.assign(new Error(problem.title), { data: problem }));
      },
    );
  };

  private async identify(socket: RealtimeSocket): Promise<void> {
    const { token, protocol } = socket.handshake.auth as { token?: unknown; protocol?: unknown };
    if (protocol !== PROTOCOL_VERSION) throw new DomainError(UpgradeRequired);
    if (typeof token !== 'string') throw new DomainError(Unauthenticated);
    const identity = await this.tokens.verify(token);
    if (!(await this.sessions.isLive(identity.sessionId))) {
      throw new DomainError(Unauthenticated, { detail: 'This session has ended. Sign in again.' });
    }
    socket.data.identity = identity;
    socket.data.address = clientAddress(socket.request, this.env.trustProxyHops);
    this.count(socket);
  }

  private count(socket: RealtimeSocket): void {
    const { identity, address } = socket.data;
    const counters = [
      { map: this.byUser, key: identity.userId, max: this.env.socketsPerUser },
      { map: this.byAddress, key: address, max: this.env.socketsPerAddress },
    ];
    if (counters.some(({ map, key, max }) => (map.get(key) ?? 0) >= max)) {
      throw new DomainError(TooManyRequests, {
        detail: 'Too many devices are connected at once. Close some of them.',
        retryAfter: RETRY_CONNECT_SECONDS,
      });
    }
    for (const { map, key } of counters) map.set(key, (map.get(key) ?? 0) + 1);
    // The connection, not the socket: it closes even if the socket never comes to be connected.
    socket.conn.once('close', () => {
      for (const { map, key } of counters) {
        const left = (map.get(key) ?? 1) - 1;
        if (left === 0) map.delete(key);
        else map.set(key, left);
      }
    });
  }
}
