import { inject, Injectable, signal } from '@angular/core';
import { PRESENCE_WATCH, type UserPresence } from '@parlance/contracts';
import { catchError, debounceTime, EMPTY, merge, Subject, switchMap } from 'rxjs';
import { Session } from '../core/identity/session';
import { Realtime } from '../core/realtime/realtime';
import type { ShownPresence } from '../ui/presence-dot';

/** Several screens change their lists in the same moment; one request is enough, in milliseconds. */
const GATHER_MS = 50;

/** What is known of somebody; `lastSeenAt` as the server tells it, ISO 8601 UTC. */
export interface KnownPresence {
  readonly state: ShownPresence;
  readonly lastSeenAt?: string;
}

const UNKNOWN: KnownPresence = { state: 'unknown' };

/** Who is online, of those whom some screen shows. Unknown until the server tells, over each connection anew. */
@Injectable({ providedIn: 'root' })
export class Presence {
  private readonly realtime = inject(Realtime);
  private readonly states = signal<ReadonlyMap<string, UserPresence>>(new Map());
  private readonly watched = new Map<string, readonly string[]>();
  private readonly changed = new Subject<void>();

  constructor() {
    this.realtime
      .on('presence:changed')
      .subscribe((presence) => this.states.update((known) => new Map(known).set(presence.userId, presence)));
    // What was told over the connection before may be over.
    this.realtime.connected$.subscribe(() => this.states.set(new Map()));
    merge(this.changed, this.realtime.connected$)
      .pipe(
        debounceTime(GATHER_MS),
        // A failed attempt is made good at the next change or the next connection.
        switchMap(() =>
          this.realtime.request('presence:watch', { userIds: this.union() }).pipe(catchError(() => EMPTY)),
        ),
      )
      // Of whoever is not on the list any more nothing is told from here on.
      .subscribe((presences) => this.states.set(new Map(presences.map((one) => [one.userId, one]))));
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

  private union(): string[] {
    return [...new Set([...this.watched.values()].flat())].slice(0, PRESENCE_WATCH.maxUsers);
  }
}
