import { computed, DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Page, Problem, User } from '@parlance/contracts';
import { catchError, debounce, EMPTY, fromEvent, interval, merge, of, Subject, switchMap, tap, timer } from 'rxjs';
import { toProblem } from '../core/problem/problem';
import { Realtime } from '../core/realtime/realtime';
import { UserDirectory } from './user-directory';

/** Typing pauses for this long before the server is asked, in milliseconds. */
export const SEARCH_PAUSE_MS = 200;

/** So long somebody new may stay unseen by whoever just looks at the list, in milliseconds. */
export const LOOK_AGAIN_MS = 20_000;

interface Ask {
  query: string;
  cursor?: string;
  pauseMs: number;
  /** What is shown stays, and whoever is new among the first joins it. */
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
          if (quiet) return;
          this.loading.set(true);
          this.problem.set(null);
        }),
        switchMap((ask) =>
          this.directory.search(ask.query, ask.cursor).pipe(
            tap((page) => this.take(page, ask)),
            catchError((error: unknown) => {
              // What is shown is still good; the next look comes by itself.
              if (!ask.quiet) this.problem.set(toProblem(error));
              this.loading.set(false);
              return EMPTY;
            }),
          ),
        ),
        takeUntilDestroyed(inject(DestroyRef)),
      )
      .subscribe();

    // People who have joined meanwhile appear by themselves, and all of them where they could not be loaded before.
    merge(fromEvent(document, 'visibilitychange'), inject(Realtime).connected$, interval(LOOK_AGAIN_MS))
      .pipe(takeUntilDestroyed())
      .subscribe(() => {
        if (document.visibilityState === 'visible' && !this.loading()) this.ask({ quiet: true });
      });
    this.ask({});
  }

  search(query: string): void {
    if (query.trim() === this.query) return;
    this.query = query.trim();
    // At once, so that nothing else asks in between.
    this.loading.set(true);
    this.ask({ pauseMs: SEARCH_PAUSE_MS });
  }

  more(): void {
    const cursor = this.next();
    if (cursor && !this.loading()) this.ask({ cursor });
  }

  retry(): void {
    this.ask({});
  }

  private take({ items, next }: Page<User>, { cursor, quiet }: Ask): void {
    const shown = cursor || quiet ? this.ids() : [];
    const ids = [...new Set([...shown, ...items.map(({ id }) => id)])];
    this.ids.set(quiet ? ids.sort((a, b) => this.orderOf(a).localeCompare(this.orderOf(b))) : ids);
    // A look at the first page says nothing of where the last one ended.
    if (!quiet || shown.length === 0) this.next.set(next);
    this.loading.set(false);
    this.problem.set(null);
  }

  /** The directory is in the order of usernames. */
  private orderOf(id: string): string {
    return this.directory.user(id)?.username.toLowerCase() ?? '';
  }

  private ask(ask: Partial<Ask>): void {
    this.asks.next({ query: this.query, pauseMs: 0, quiet: false, ...ask });
  }
}
