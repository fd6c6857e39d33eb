import { DOCUMENT } from '@angular/common';
import { inject, Injectable, signal } from '@angular/core';
import { PRESENCE_WATCH, type UserPresence } from '@parlance/contracts';
import { defer, EMPTY, filter, fromEvent, merge, Observable, of, repeat, retry, Subject, switchMap, take } from 'rxjs';
import { CLOCK } from '../core/clock/clock-token';
import { Session } from '../core/identity/session';
import { toProblem } from '../core/problem/problem';
import { Realtime } from '../core/realtime/realtime';
import type { ShownPresence } from '../ui/presence-dot';

/** Several screens change their lists in the same moment; one request is enough, in milliseconds. */
const GATHER_MS = 50;
/**
 * A request that has failed is made again so long after, in milliseconds and with jitter: with the time in which a request
 * counts as lost, within the 35 s in which presence heals.
 */
export const WATCH_AGAIN_MS = { min: 5_000, max: 15_000 } as const;
/**
 * What has been answered is asked for again so long after, in milliseconds and with jitter: a change that the server told
 * and this browser never heard leaves no gap that could be noticed, and must not stand for longer than presence may take to
 * heal. Only while somebody looks.
 */
export const WATCH_ANEW_MS = { min: 20_000, max: 30_000 } as const;

/** What is known of somebody; `lastSeenAt` as the server tells it, ISO 8601 UTC. */
export interface KnownPresence {
  readonly state: ShownPresence;
  readonly lastSeenAt?: string;
}

const UNKNOWN: KnownPresence = { state: 'unknown' };

/** Who is online, of those whom some screen shows. Unknown until the server tells, over each connection anew. */
@Injectable({ providedIn: 'root' })
export class Presence {
  private readonly clock = inject(CLOCK);
  private readonly document = inject(DOCUMENT);
  private readonly realtime = inject(Realtime);
  private readonly states = signal<ReadonlyMap<string, UserPresence>>(new Map());
  private readonly watched = new Map<string, readonly string[]>();
  private readonly changed = new Subject<void>();
  /** What was told since the server was last asked; its answer may be older. */
  private readonly toldSince = new Map<string, UserPresence>();

  constructor() {
    this.realtime.on('presence:changed').subscribe((presence) => {
      this.toldSince.set(presence.userId, presence);
      this.states.update((known) => new Map(known).set(presence.userId, presence));
    });
    // What was told over the connection before may be over.
    this.realtime.connected$.subscribe(() => this.states.set(new Map()));
    merge(this.changed, this.realtime.connected$)
      .pipe(
        switchMap(() => this.after(GATHER_MS)),
        switchMap(() => this.ask()),
      )
      // Of whoever is not on the list any more nothing is told from here on.
      .subscribe((presences) => {
        this.states.set(new Map(presences.map((one) => [one.userId, this.toldSince.get(one.userId) ?? one])));
      });
    inject(Session).signedOut$.subscribe(() => {
      this.watched.clear();
      this.states.set(new Map());
    });
  }

  /** What is known of somebody, as a signal read; nothing while there is no connection. */
  of(userId: string): KnownPresence {
    const known = this.states().get(userId);
    return known && this.realtime.state() === 'connected' ? known : UNKNOWN;
  }

  /** Whom a screen shows now; replaces what the same owner said before. An empty list ends it. */
  watch(owner: string, userIds: readonly string[]): void {
    const before = this.watched.get(owner) ?? [];
    if (before.length === userIds.length && before.every((id, index) => id === userIds[index])) return;
    if (userIds.length > 0) this.watched.set(owner, userIds);
    else this.watched.delete(owner);
    this.changed.next();
  }

  /** Asks until the server has answered, and every so often again, while the connection stands; the next one asks anew. */
  private ask(): Observable<UserPresence[]> {
    return defer(() => {
      this.toldSince.clear();
      return this.realtime.request('presence:watch', { userIds: this.union() });
    }).pipe(
      retry({
        delay: (error: unknown) => {
          if (this.realtime.state() !== 'connected') return EMPTY;
          const askedFor = (toProblem(error).retryAfter ?? 0) * 1_000;
          return this.after(Math.max(askedFor, this.within(WATCH_AGAIN_MS)));
        },
      }),
      repeat({
        delay: () => {
          if (this.realtime.state() !== 'connected' || this.watched.size === 0) return EMPTY;
          return this.after(this.within(WATCH_ANEW_MS)).pipe(switchMap(() => this.visible()));
        },
      }),
    );
  }

  /** Emits once, as soon as somebody can see this page. */
  private visible(): Observable<unknown> {
    const { document } = this;
    const isVisible = () => document.visibilityState === 'visible';
    return defer(() =>
      isVisible() ? of(true) : fromEvent(document, 'visibilitychange').pipe(filter(isVisible), take(1)),
    );
  }

  private within({ min, max }: { readonly min: number; readonly max: number }): number {
    return min + this.clock.random() * (max - min);
  }

  private after(ms: number): Observable<void> {
    return new Observable((subscriber) =>
      this.clock.schedule(ms, () => {
        subscriber.next();
        subscriber.complete();
      }),
    );
  }

  private union(): string[] {
    return [...new Set([...this.watched.values()].flat())].slice(0, PRESENCE_WATCH.maxUsers);
  }
}
