import { HttpClient } from '@angular/common/http';
import { inject, Injectable, signal } from '@angular/core';
import type { Page, User } from '@parlance/contracts';
import { type Observable, tap, timeout } from 'rxjs';
import { Realtime } from '../core/realtime/realtime';
import { Session } from '../core/identity/session';

/** An answer that takes longer does not come, in milliseconds. */
export const SEARCH_TIMEOUT_MS = 15_000;

/** People that this browser has heard of, each in the latest state it has heard. */
@Injectable({ providedIn: 'root' })
export class UserDirectory {
  private readonly http = inject(HttpClient);
  private readonly users = signal<ReadonlyMap<string, User>>(new Map());

  constructor() {
    const session = inject(Session);
    inject(Realtime)
      .on('user:updated')
      .subscribe((user) => {
        this.remember([user]);
        session.updateUser(user);
      });
    session.signedOut$.subscribe(() => this.users.set(new Map()));
  }

  /** Somebody by id, as a signal read; undefined until heard of. */
  user(id: string): User | undefined {
    return this.users().get(id);
  }

  /** Takes over what an answer of the server said of people. */
  remember(users: readonly User[]): void {
    if (users.length === 0) return;
    this.users.update((known) => new Map([...known, ...users.map((user) => [user.id, user] as const)]));
  }

  /** A page of everybody but oneself whose name begins like the query; fails with what `toProblem` understands. */
  search(query: string, cursor?: string): Observable<Page<User>> {
    const params = { ...(query && { query }), ...(cursor && { cursor }) };
    return this.http.get<Page<User>>('/api/users', { params }).pipe(
      timeout(SEARCH_TIMEOUT_MS),
      tap(({ items }) => this.remember(items)),
    );
  }
}
