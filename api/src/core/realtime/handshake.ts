import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { PROTOCOL_VERSION } from '@parlance/contracts';
import { Env } from '../config/env.js';
import { DomainError, TooManyRequests, toProblem, Unauthenticated, UpgradeRequired } from '../errors/index.js';
import { AccessTokens, SessionDirectory } from '../identity/index.js';
import { clientAddress } from './client-address.js';
import type { RealtimeSocket } from './realtime-socket.js';

const RETRY_CONNECT_SECONDS = 10;
/** Up to this many times the limit of an address, a refusal is worth an answer that says why. */
const UNHEARD_FACTOR = 2;

/** A connection of Engine.IO, below any namespace. */
interface Connection {
  readonly request: IncomingMessage;
  once(event: 'close', listener: () => void): unknown;
}

const NO_HEADERS = Object.freeze({});

/** Socket.IO keeps a request as long as its connection, and with it all that a browser says of itself: about 1 KiB. */
function forgetHeaders(request: IncomingMessage): void {
  request.headers = NO_HEADERS;
  request.rawHeaders = [];
}

/** How many there are of each key; forgets those of which there is none. */
class Tally {
  private readonly counts = new Map<string, number>();

  count(key: string): number {
    return this.counts.get(key) ?? 0;
  }

  add(key: string): void {
    this.counts.set(key, this.count(key) + 1);
  }

  remove(key: string): void {
    const left = this.count(key) - 1;
    if (left > 0) this.counts.set(key, left);
    else this.counts.delete(key);
  }
}

/** Decides who may connect, and how often. Runs for every namespace, before any event of a socket is heard. */
@Injectable()
export class Handshake {
  private readonly byUser = new Tally();
  private readonly byAddress = new Tally();
  /** By connection: what a request said is forgotten when it is opened. */
  private readonly addresses = new WeakMap<object, string>();

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
    const identity = this.tokens.verify(token);
    if (!(await this.sessions.isLive(identity.sessionId))) {
      throw new DomainError(Unauthenticated, { detail: 'This session has ended. Sign in again.' });
    }
    socket.data.identity = identity;
    socket.data.address = this.addresses.get(socket.conn) ?? 'unknown';
    this.claimPlace(socket);
    // A token is not to lie about for as long as the socket lives.
    socket.handshake.auth = {};
  }

  /** Whether this address has so many connections that another one is not even heard. */
  isFlooding(request: IncomingMessage): boolean {
    const open = this.byAddress.count(clientAddress(request, this.env.trustProxyHops));
    return open >= this.env.socketsPerAddress * UNHEARD_FACTOR;
  }

  /** Called by the adapter for every connection, long before it has told a token. */
  readonly opened = (connection: Connection): void => {
    const address = clientAddress(connection.request, this.env.trustProxyHops);
    forgetHeaders(connection.request);
    this.addresses.set(connection, address);
    this.byAddress.add(address);
    connection.once('close', () => this.byAddress.remove(address));
  };

  private claimPlace({ data: { identity, address }, conn }: RealtimeSocket): void {
    // It left while its token was looked at: nothing would ever give the place back.
    if (conn.readyState !== 'open') throw new DomainError(Unauthenticated);
    if (
      this.byUser.count(identity.userId) >= this.env.socketsPerUser ||
      this.byAddress.count(address) > this.env.socketsPerAddress
    ) {
      throw new DomainError(TooManyRequests, {
        detail: 'Too many devices are connected at once. Close some of them.',
        retryAfter: RETRY_CONNECT_SECONDS,
      });
    }
    this.byUser.add(identity.userId);
    // The connection, not the socket: it closes even if the socket never comes to be connected.
    conn.once('close', () => this.byUser.remove(identity.userId));
  }
}
