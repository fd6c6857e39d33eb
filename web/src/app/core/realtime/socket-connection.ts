import {
  type Ack,
  ACK_TIMEOUT_MS,
  type Problem,
  PROTOCOL_VERSION,
  type SocketFacts,
  type SocketRequestName,
} from '@parlance/contracts';
import { Observable } from 'rxjs';
import { io, type Socket } from 'socket.io-client';
import type { Session } from '../identity/session';
import { codeOf, ProblemError, timedOut, toProblem, unreachable } from '../problem/problem';
import type { Connection, ConnectionListener } from './connection';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

/** A socket of this tab. It shows a fresh token each time it connects, and comes back by itself until it is closed. */
export class SocketConnection implements Connection {
  private readonly socket: Socket;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private refusals = 0;
  /** The server is about to stop, and said when to come back, in milliseconds from its end. */
  private comeBackMs: number | undefined;
  private isClosed = false;

  /** @param userId whose socket it is; while the session is somebody else's it neither connects nor tells anything */
  constructor(
    private readonly userId: string,
    private readonly session: Pick<Session, 'user' | 'accessToken' | 'refresh' | 'endedByServer'>,
    private readonly listener: ConnectionListener,
  ) {
    const socket = io({
      path: '/socket.io',
      transports: ['websocket'],
      auth: (give) =>
        void this.session.accessToken().then(
          (token) => this.isOurs && give({ token, protocol: PROTOCOL_VERSION }),
          // Without a token there is nothing to connect with: the socket is closed and tried again later.
          (error: unknown) => this.refused(toProblem(error)),
        ),
      reconnectionDelay: FIRST_RETRY_MS,
      reconnectionDelayMax: LAST_RETRY_MS,
      randomizationFactor: 0.5,
    });
    this.socket = socket;
    socket.on('connect', () => {
      this.refusals = 0;
      this.comeBackMs = undefined;
      this.listener.connected();
    });
    socket.on('disconnect', (reason) => {
      this.listener.lost();
      if (this.comeBackMs !== undefined) this.comeBack(this.comeBackMs);
      // The server has closed it on purpose, and Socket.IO leaves it closed then.
      else if (reason === 'io server disconnect') this.retryLater();
    });
    socket.on('connect_error', (error: Error & { data?: Problem }) => {
      this.listener.lost();
      if (error.data) this.refused(error.data);
    });
    socket.on('session:expiring', () => this.renew());
    socket.on('session:ended', ({ reason }: SocketFacts['session:ended']) => {
      // A token that ran out while this tab was blocked or asleep ends the socket; whether the session is over is told
      // when the next one is asked for.
      if (reason !== 'expired' && this.isOurs) this.session.endedByServer();
    });
    socket.on('server:draining', ({ retryInMs }: SocketFacts['server:draining']) => (this.comeBackMs = retryInMs));
    socket.onAny((event: string, fact: unknown) => {
      if (this.isOurs) this.listener.fact(event, fact);
    });
  }

  request(event: SocketRequestName, payload: unknown): Observable<unknown> {
    return new Observable((subscriber) => {
      if (!this.socket.connected) return subscriber.error(new ProblemError(unreachable()));
      this.socket
        .timeout(ACK_TIMEOUT_MS)
        .emit(event, payload, (failure: Error | null, answer: Ack<unknown> | undefined) => {
          if (failure || !answer) return subscriber.error(new ProblemError(timedOut()));
          if (!answer.ok) return subscriber.error(new ProblemError(answer.problem));
          subscriber.next(answer.data);
          subscriber.complete();
        });
    });
  }

  networkLost(): void {
    this.listener.lost();
  }

  /** Over another network the old connection is dead, and would take its ping's time-out to notice. */
  networkBack(): void {
    this.reconnect();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
    this.socket.removeAllListeners();
    this.socket.disconnect();
  }

  private get isOurs(): boolean {
    return !this.isClosed && this.session.user()?.id === this.userId;
  }

  /** The server has said no. With a token that has run out, a new one helps; with the session over, nothing does. */
  private refused(problem: Problem): void {
    if (codeOf(problem) === 'unauthenticated') {
      this.session.refresh().then(
        () => this.retryLater(),
        () => this.retryLater(),
      );
      return;
    }
    this.retryLater(problem.retryAfter);
  }

  /** Not at once, as Socket.IO would: everybody whom the server has let go has a time of their own. */
  private comeBack(ms: number): void {
    this.comeBackMs = undefined;
    this.socket.disconnect();
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.wake(), ms);
  }

  /** Socket.IO does not try again by itself after a refusal; full jitter, doubling, bounded. */
  private retryLater(seconds = 0): void {
    if (!this.isOurs) return;
    clearTimeout(this.retry);
    const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.refusals++);
    const delay = seconds * 1000 + FIRST_RETRY_MS + Math.random() * ceiling;
    this.retry = setTimeout(() => this.wake(), delay);
  }

  private wake(): void {
    if (!this.socket.connected) this.reconnect();
  }

  private reconnect(): void {
    if (this.isClosed) return;
    this.listener.lost();
    this.socket.disconnect().connect();
  }

  /** The token is about to end: show the server the next one before it closes the socket. */
  private renew(): void {
    this.session.refresh().then(
      (token) => this.request('auth:refresh', { token }).subscribe({ error: () => this.wake() }),
      // If the server cannot be asked, the socket will close and reconnect; if it said no, the session is over.
      () => undefined,
    );
  }
}
