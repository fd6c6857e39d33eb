import { DOCUMENT } from '@angular/common';
import { DestroyRef, ErrorHandler, Injectable, computed, effect, inject, untracked } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { BehaviorSubject, map } from 'rxjs';
import { CLOCK } from '../clock/clock-token';
import { Session } from '../identity/session';
import { LeadBid, type TabPlace } from './lead-bid';
import { TabChannel } from './tab-channel';

/**
 * Which of this browser's tabs does what only one may do. Where tabs cannot agree on one, every tab does it, which costs
 * doubled requests that the server answers once.
 *
 * A page that is put away, to be shown again when somebody goes back to it, lets go of the lead and bids for it anew
 * then: Chromium keeps a page that holds a Web Lock, and it would go on to hold it while nothing in it runs.
 */
@Injectable({ providedIn: 'root' })
export class TabLead {
  private readonly tabs = inject(TabChannel);
  private readonly clock = inject(CLOCK);
  private readonly errors = inject(ErrorHandler);
  private readonly userId: () => string | undefined;
  private readonly current = new BehaviorSubject<TabPlace | undefined>(undefined);
  private bid: LeadBid | undefined;

  /**
   * What this tab is among those of the person signed in, and then each change; nothing while nobody is, or while the page
   * is put away. Not a signal, for in a hidden tab effects come up to a second late.
   */
  readonly place$ = this.current.asObservable();

  /** Whether this tab does what only one may do: it leads, or has nobody to follow. */
  readonly leads = toSignal(this.current.pipe(map((place) => place !== undefined && place.role !== 'follows')), {
    requireSync: true,
  });

  constructor() {
    const { user } = inject(Session);
    const document = inject(DOCUMENT);
    const userId = computed(() => user()?.id);
    this.userId = userId;
    effect(() => {
      userId();
      untracked(() => this.enter());
    });
    // At once, for nothing runs afterwards.
    document.defaultView?.addEventListener('pagehide', () => this.leave());
    document.defaultView?.addEventListener('pageshow', ({ persisted }) => persisted && this.enter());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.bid?.check());
    inject(DestroyRef).onDestroy(() => this.leave());
  }

  private enter(): void {
    this.leave();
    const userId = this.userId();
    if (userId === undefined) return;
    const { locks } = navigator as Partial<Navigator>;
    this.bid = new LeadBid(
      userId,
      { locks, tabs: this.tabs, clock: this.clock },
      (place) => this.current.next(place),
      (error) => this.errors.handleError(error),
    );
  }

  private leave(): void {
    this.bid?.withdraw();
    this.bid = undefined;
    this.current.next(undefined);
  }
}
