import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import {
  type Ack,
  ACK_TIMEOUT_MS,
  type Problem,
  PROTOCOL_VERSION,
  type SocketFactName,
  type SocketFacts,
  type SocketRequestName,
  type SocketRequests,
} from '@parlance/contracts';
import { Observable, Subject } from 'rxjs';
import { io, type Socket } from 'socket.io-client';
import { Session } from '../identity/session';
import { codeOf, ProblemError, timedOut, toProblem, unreachable } from '../problem/problem';

/** What the connection is like, for people: current, on its way back, or gone until the network is back. */
export type ConnectionState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

/**
 * The one socket of this tab, as observables: facts that outlive every reconnect, and requests with one answer. It
 * connects while somebody is signed in and shows a fresh token each time.
 */
@Injectable({ providedIn: 'root' })
export class Realtime {
  private readonly session = inject(Session);
  private readonly currentState = signal<ConnectionState>('idle');
  private readonly connections = new Subject<void>();
  private readonly subjects = new Map<SocketFactName, Subject<unknown>>();
  private socket: Socket | undefined;
  private hasBeenConnected = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private refusals = 0;
  /** The server is about to stop, and said when to come back, in milliseconds from its end. */
  private comeBackMs: number | undefined;

  readonly state = this.currentState.asReadonly();
  /** Every time the socket is connected, the first time included: the moment to ask for what was missed. */
  readonly connected$ = this.connections.asObservable();

  constructor() {
    effect(() => {
      const signedIn = this.session.state() === 'signed-in';
      untracked(() => (signedIn ? this.connect() : this.disconnect()));
    });
    addEventListener('offline', () => this.socket && this.currentState.set('offline'));
    // Over another network the old connection is dead, and would take its ping's time-out to notice.
    addEventListener('online', () => this.reconnect());
    this.on('session:expiring').subscribe(() => this.renew());
    this.on('session:ended').subscribe(() => this.session.endedByServer());
    this.on('server:draining').subscribe(({ retryInMs }) => (this.comeBackMs = retryInMs));
  }

  /** Facts of one kind, over all reconnects. Never completes, never fails. */
  on<E extends SocketFactName>(event: E): Observable<SocketFacts[E]> {
    let subject = this.subjects.get(event);
    if (!subject) this.subjects.set(event, (subject = new Subject()));
    return subject.asObservable() as Observable<SocketFacts[E]>;
  }

  /**
   * Asks the server, once for each subscription; emits its answer and completes. Fails with a `ProblemError`: the
   * server's, `timeout` after `ACK_TIMEOUT_MS`, or `unreachable` at once while there is no connection.
   */
  request<E extends SocketRequestName>(
    event: E,
    payload: SocketRequests[E]['payload'],
  ): Observable<SocketRequests[E]['data']> {
    return new Observable((subscriber) => {
      const { socket } = this;
      if (!socket?.connected) return subscriber.error(new ProblemError(unreachable()));
      socket
        .timeout(ACK_TIMEOUT_MS)
        .emit(event, payload, (failure: Error | null, answer: Ack<SocketRequests[E]['data']> | undefined) => {
          if (failure || !answer) return subscriber.error(new ProblemError(timedOut()));
          if (!answer.ok) return subscriber.error(new ProblemError(answer.problem));
          subscriber.next(answer.data);
          subscriber.complete();
        });
    });
  }

  connect(): void {
    if (this.socket) return;
    this.currentState.set(navigator.onLine ? 'connecting' : 'offline');
    const socket = io({
      path: '/socket.io',
      transports: ['websocket'],
      auth: (give) =>
        void this.session.accessToken().then(
          (token) => give({ token, protocol: PROTOCOL_VERSION }),
          // Without a token there is nothing to connect with: the socket is closed and tried again later.
          (error: unknown) => this.refused(toProblem(error)),
        ),
      reconnectionDelay: FIRST_RETRY_MS,
      reconnectionDelayMax: LAST_RETRY_MS,
      randomizationFactor: 0.5,
    });
    this.socket = socket;
    socket.on('connect', () => {
      this.hasBeenConnected = true;
      this.refusals = 0;
      this.comeBackMs = undefined;
      this.currentState.set('connected');
      this.connections.next();
    });
    socket.on('disconnect', (reason) => {
      this.lost();
      if (this.comeBackMs !== undefined) this.comeBack(socket, this.comeBackMs);
      // The server has closed it on purpose, and Socket.IO leaves it closed then.
      else if (reason === 'io server disconnect') this.retryLater();
    });
    socket.on('connect_error', (error: Error & { data?: Problem }) => {
      this.lost();
      if (error.data) this.refused(error.data);
    });
    socket.onAny((event: SocketFactName, fact: unknown) => this.subjects.get(event)?.next(fact));
  }

  disconnect(): void {
    clearTimeout(this.retry);
    this.socket?.removeAllListeners();
    this.socket?.disconnect();
    this.socket = undefined;
    this.hasBeenConnected = false;
    this.comeBackMs = undefined;
    this.currentState.set('idle');
  }

  private lost(): void {
    if (!this.socket) return;
    this.currentState.set(!navigator.onLine ? 'offline' : this.hasBeenConnected ? 'reconnecting' : 'connecting');
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
    if (this.session.state() === 'signed-in') this.retryLater(problem.retryAfter);
  }

  /** Not at once, as Socket.IO would: everybody whom the server has let go has a time of their own. */
  private comeBack(socket: Socket, ms: number): void {
    this.comeBackMs = undefined;
    socket.disconnect();
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.wake(), ms);
  }

  /** Socket.IO does not try again by itself after a refusal; full jitter, doubling, bounded. */
  private retryLater(seconds = 0): void {
    clearTimeout(this.retry);
    const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.refusals++);
    const delay = seconds * 1000 + FIRST_RETRY_MS + Math.random() * ceiling;
    this.retry = setTimeout(() => this.wake(), delay);
  }

  private wake(): void {
    if (!this.socket?.connected) this.reconnect();
  }

  private reconnect(): void {
    if (!this.socket) return;
    this.lost();
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
