import { inject, Injectable, signal } from '@angular/core';
import { PRESENCE_WATCH, type UserPresence } from '@parlance/contracts';
import { catchError, debounceTime, EMPTY, merge, Subject, switchMap } from 'rxjs';
import { Session } from '../core/identity/session';
import { Realtime } from '../core/realtime/realtime';

/** Several screens change their lists in the same moment; one request is enough, in milliseconds. */
const GATHER_MS = 50;

/** Who is online, of those whom some screen shows. Best effort: offline until told otherwise. */
@Injectable({ providedIn: 'root' })
export class Presence {
  private readonly realtime = inject(Realtime);
  private readonly states = signal<ReadonlyMap<string, UserPresence>>(new Map());
  private readonly watched = new Map<string, readonly string[]>();
  private readonly changed = new Subject<void>();

  constructor() {
    this.realtime.on('presence:changed').subscribe((presence) => this.apply([presence]));
    merge(this.changed, this.realtime.connected$)
      .pipe(
        debounceTime(GATHER_MS),
        // A failed attempt is made good at the next change or the next connection.
        switchMap(() =>
          this.realtime.request('presence:watch', { userIds: this.union() }).pipe(catchError(() => EMPTY)),
        ),
      )
      .subscribe((presences) => this.apply(presences));
    inject(Session).signedOut$.subscribe(() => {
      this.watched.clear();
      this.states.set(new Map());
    });
  }

  /** What is known of somebody, as a signal read. While there is no connection, nobody is shown as online. */
  of(userId: string): UserPresence {
    const known = this.states().get(userId);
    if (known && this.realtime.state() === 'connected') return known;
    return { userId, state: 'offline', ...(known?.lastSeenAt && { lastSeenAt: known.lastSeenAt }) };
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

  private apply(presences: readonly UserPresence[]): void {
    this.states.update((known) => new Map([...known, ...presences.map((one) => [one.userId, one] as const)]));
  }
}
