import 'fake-indexeddb/auto';
import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { type EnvironmentProviders, type Provider, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { OwnUser, SocketFactName, SocketFacts, SocketRequestName, SocketRequests } from '@parlance/contracts';
import { Observable, Subject } from 'rxjs';
import { Session } from '../../core/identity/session';
import { ProblemError, unreachable } from '../../core/problem/problem';
import { type ConnectionState, Realtime } from '../../core/realtime/realtime';
import { CLOCK } from '../../core/clock/clock-token';
import { LocalDatabase } from '../../core/storage/local-database';
import { LocalOwner } from '../../core/storage/local-owner';
import { ada } from './fixtures';
import { ManualClock } from '../../core/clock/testing/manual-clock';

/** One request on the socket, open until the test answers it. */
export interface OpenRequest<E extends SocketRequestName = SocketRequestName> {
  readonly event: E;
  readonly payload: SocketRequests[E]['payload'];
  answer(data: SocketRequests[E]['data']): void;
  fail(error: unknown): void;
}

/** The socket as a test sees it: facts that it makes up, requests that it answers. */
export class FakeRealtime implements Pick<Realtime, 'state' | 'connected$' | 'on' | 'request'> {
  private readonly facts = new Map<SocketFactName, Subject<unknown>>();
  private readonly connections = new Subject<void>();
  private readonly current = signal<ConnectionState>('connected');
  readonly requests: OpenRequest[] = [];
  readonly state = this.current.asReadonly();
  readonly connected$ = this.connections.asObservable();

  on<E extends SocketFactName>(event: E): Observable<SocketFacts[E]> {
    return this.subject(event).asObservable() as Observable<SocketFacts[E]>;
  }

  request<E extends SocketRequestName>(
    event: E,
    payload: SocketRequests[E]['payload'],
  ): Observable<SocketRequests[E]['data']> {
    return new Observable((subscriber) => {
      if (this.current() !== 'connected') return subscriber.error(new ProblemError(unreachable()));
      this.requests.push({
        event,
        payload,
        answer: (data) => {
          subscriber.next(data);
          subscriber.complete();
        },
        fail: (error) => subscriber.error(error),
      });
    });
  }

  tell<E extends SocketFactName>(event: E, fact: SocketFacts[E]): void {
    this.subject(event).next(fact);
  }

  lose(state: ConnectionState = 'reconnecting'): void {
    this.current.set(state);
  }

  reconnect(): void {
    this.current.set('connected');
    this.connections.next();
  }

  /** Requests of one kind, oldest first. */
  sent<E extends SocketRequestName>(event: E): OpenRequest<E>[] {
    return this.requests.filter((request): request is OpenRequest<E> & OpenRequest => request.event === event);
  }

  private subject(event: SocketFactName): Subject<unknown> {
    let subject = this.facts.get(event);
    if (!subject) this.facts.set(event, (subject = new Subject()));
    return subject;
  }
}

/** Everything around the stores: a socket and an HTTP server in the test's hands, its clock, and Ada signed in. */
export function setUp(user: OwnUser | null = ada, ...more: (Provider | EnvironmentProviders)[]) {
  const realtime = new FakeRealtime();
  const clock = new ManualClock();
  const current = signal(user);
  const signedOut = new Subject<void>();
  TestBed.configureTestingModule({
    providers: [
      provideHttpClient(),
      provideHttpClientTesting(),
      { provide: Realtime, useValue: realtime },
      { provide: CLOCK, useValue: clock },
      {
        provide: Session,
        useValue: { user: current.asReadonly(), signedOut$: signedOut.asObservable() } satisfies Partial<Session>,
      },
      ...more,
    ],
  });
  const keepFor = (owner: OwnUser | null) => {
    TestBed.inject(LocalOwner).userId = owner?.id ?? null;
    if (owner)
      TestBed.inject(LocalDatabase)
        .claim(owner.id)
        .catch(() => undefined);
  };
  keepFor(user);
  return {
    realtime,
    clock,
    http: TestBed.inject(HttpTestingController),
    signIn: (next: OwnUser | null) => {
      if (next) keepFor(next);
      current.set(next);
      if (!next) signedOut.next();
      TestBed.tick();
    },
  };
}
