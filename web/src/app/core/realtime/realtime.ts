import { inject, Injectable, InjectionToken, signal } from '@angular/core';
import type { SocketFactName, SocketFacts, SocketRequestName, SocketRequests } from '@parlance/contracts';
import { Observable, Subject } from 'rxjs';
import { CLOCK } from '../clock/clock-token';
import { Session } from '../identity/session';
import { ProblemError, unreachable } from '../problem/problem';
import type { TabPlace } from '../tabs/lead-bid';
import { TabChannel } from '../tabs/tab-channel';
import { TabLead } from '../tabs/tab-lead';
import type { Connection, ConnectionListener } from './connection';
import { SharedConnection } from './shared-connection';
import { SocketConnection } from './socket-connection';
import { TabConnection } from './tab-connection';

/** What the connection is like, for people: current, on its way back, or gone until the network is back. */
export type ConnectionState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline';

/** Opens a socket of this tab's own for somebody; a test puts its own server's end here. */
export const OPEN_SOCKET = new InjectionToken<(userId: string, listener: ConnectionListener) => Connection>(
  'OpenSocket',
  {
    factory: () => {
      const session = inject(Session);
      return (userId, listener) => new SocketConnection(userId, session, listener);
    },
  },
);

/**
 * The connection to the server, as observables: facts that outlive every reconnect, and requests with one answer. It
 * stands while somebody is signed in. Of this person's tabs the leading one holds the socket and shares it; nobody who
 * listens or asks here needs to know which one that is.
 */
@Injectable({ providedIn: 'root' })
export class Realtime {
  private readonly clock = inject(CLOCK);
  private readonly openSocket = inject(OPEN_SOCKET);
  private readonly session = inject(Session);
  private readonly tabs = inject(TabChannel);
  private readonly currentState = signal<ConnectionState>('idle');
  private readonly connections = new Subject<void>();
  private readonly subjects = new Map<SocketFactName, Subject<unknown>>();
  private connection: Connection | undefined;
  private userId: string | undefined;
  private hasBeenConnected = false;

  readonly state = this.currentState.asReadonly();
  /** Every time there is a new connection, the first time included: the moment to ask for what was missed. */
  readonly connected$ = this.connections.asObservable();

  constructor() {
    inject(TabLead).place$.subscribe((place) => this.connectAs(place));
    addEventListener('offline', () => {
      if (this.userId !== undefined) this.lost();
      this.connection?.networkLost();
    });
    addEventListener('online', () => {
      if (this.userId !== undefined) this.lost();
      this.connection?.networkBack();
    });
  }

  /** Facts of one kind, over all reconnects. Never completes, never fails. */
  on<E extends SocketFactName>(event: E): Observable<SocketFacts[E]> {
    let subject = this.subjects.get(event);
    if (!subject) this.subjects.set(event, (subject = new Subject()));
    return subject.asObservable() as Observable<SocketFacts[E]>;
  }

  /**
   * Asks the server, once for each subscription; emits its answer and completes. Fails with a `ProblemError`: the
   * server's, `timeout` after `ACK_TIMEOUT_MS` or when the connection is lost meanwhile, or `unreachable` at once while
   * there is none.
   */
  request<E extends SocketRequestName>(
    event: E,
    payload: SocketRequests[E]['payload'],
  ): Observable<SocketRequests[E]['data']> {
    return new Observable<unknown>((subscriber) => {
      if (!this.connection) return subscriber.error(new ProblemError(unreachable()));
      return this.connection.request(event, payload).subscribe(subscriber);
    }) as Observable<SocketRequests[E]['data']>;
  }

  private connectAs(place: TabPlace | undefined): void {
    const before = this.connection;
    // Whoever asks again at once because the old one has failed must not be led to it.
    this.connection = undefined;
    before?.close();
    if (place?.userId !== this.userId) this.hasBeenConnected = false;
    this.userId = place?.userId;
    if (!place) return this.currentState.set('idle');
    this.lost();
    this.connection = this.connect(place, {
      connected: () => this.connected(),
      lost: () => this.lost(),
      // Between a change of users and its effects nobody may take the one's facts for the other's.
      fact: (event, fact) => {
        if (this.session.user()?.id === place.userId) this.subjects.get(event as SocketFactName)?.next(fact);
      },
    });
  }

  private connect(place: TabPlace, listener: ConnectionListener): Connection | undefined {
    const { userId } = place;
    switch (place.role) {
      case 'leads':
        return new SharedConnection(place.leader, this.tabs, (shared) => this.openSocket(userId, shared), listener);
      case 'alone':
        return this.openSocket(userId, listener);
      case 'follows':
        return place.leader === undefined
          ? undefined
          : new TabConnection(place.leader, this.tabs, this.clock, listener);
    }
  }

  private connected(): void {
    this.hasBeenConnected = true;
    this.currentState.set('connected');
    this.connections.next();
  }

  private lost(): void {
    this.currentState.set(!navigator.onLine ? 'offline' : this.hasBeenConnected ? 'reconnecting' : 'connecting');
  }
}
