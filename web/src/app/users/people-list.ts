import { computed, DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Problem, User } from '@parlance/contracts';
import { catchError, debounce, EMPTY, fromEvent, merge, of, Subject, switchMap, tap, timer } from 'rxjs';
import { toProblem } from '../core/problem/problem';
import { Realtime } from '../core/realtime/realtime';
import { UserDirectory } from './user-directory';

/** Typing pauses for this long before the server is asked, in milliseconds. */
export const SEARCH_PAUSE_MS = 200;

interface Ask {
  query: string;
  cursor?: string;
  pauseMs: number;
  /** Whether what is shown stays until the answer is here. */
  quiet: boolean;
}

/** What the people screen shows: pages of the directory for what is typed, fetched anew when the page comes back. */
@Injectable()
export class PeopleList {
  private readonly directory = inject(UserDirectory);
  private readonly asks = new Subject<Ask>();
  private readonly ids = signal<readonly string[]>([]);
  private readonly next = signal<string | undefined>(undefined);
  private query = '';

  readonly loading = signal(true);
  readonly problem = signal<Problem | null>(null);
  readonly hasMore = computed(() => this.next() !== undefined);
  /** In the directory's order, each in the state that was last heard. */
  readonly people = computed(() => this.ids().flatMap((id): User | User[] => this.directory.user(id) ?? []));

  constructor() {
    this.asks
      .pipe(
        debounce(({ pauseMs }) => (pauseMs > 0 ? timer(pauseMs) : of(0))),
        tap(({ quiet }) => {
          if (!quiet) this.loading.set(true);
          this.problem.set(null);
        }),
        switchMap(({ query, cursor }) =>
          this.directory.search(query, cursor).pipe(
            tap((page) => {
              const shown = cursor ? this.ids() : [];
              this.ids.set([...new Set([...shown, ...page.items.map(({ id }) => id)])]);
              this.next.set(page.next);
              this.loading.set(false);
            }),
            catchError((error: unknown) => {
              this.problem.set(toProblem(error));
              this.loading.set(false);
              return EMPTY;
            }),
          ),
        ),
        takeUntilDestroyed(inject(DestroyRef)),
      )
      .subscribe();

    // People who have joined meanwhile appear by themselves.
    merge(fromEvent(document, 'visibilitychange'), inject(Realtime).connected$)
      .pipe(takeUntilDestroyed())
      .subscribe(() => {
        if (document.visibilityState === 'visible') this.ask({ quiet: true });
      });
    this.ask({});
  }

  search(query: string): void {
    if (query.trim() === this.query) return;
    this.query = query.trim();
    this.ask({ pauseMs: SEARCH_PAUSE_MS });
  }

  more(): void {
    const cursor = this.next();
    if (cursor && !this.loading()) this.ask({ cursor });
  }

  retry(): void {
    this.ask({});
  }

  private ask(ask: Partial<Ask>): void {
    this.asks.next({ query: this.query, pauseMs: 0, quiet: false, ...ask });
  }
}
