import { DestroyRef, ErrorHandler, Injectable, inject, signal } from '@angular/core';

/**
 * Which of this browser's tabs does what only one may do. The lead is a Web Lock: the browser hands it on in the moment
 * in which the leading tab is closed, reloaded or crashes. Where there are no Web Locks every tab leads, which costs
 * doubled requests that the server answers once.
 */
@Injectable({ providedIn: 'root' })
export class TabLead {
  private readonly mine = signal(false);

  /** Whether this tab leads. */
  readonly leads = this.mine.asReadonly();

  constructor() {
    const locks = (navigator as Partial<Navigator>).locks;
    if (!locks) {
      this.mine.set(true);
      return;
    }
    const errors = inject(ErrorHandler);
    const gone = new AbortController();
    const ended = new Promise<void>((resolve) => inject(DestroyRef).onDestroy(resolve));
    void ended.then(() => gone.abort());
    const lead = (): Promise<void> => {
      this.mine.set(true);
      return ended;
    };
    locks.request('parlance-lead', { signal: gone.signal }, lead).catch((error: unknown) => {
      if (!gone.signal.aborted) errors.handleError(error);
    });
  }
}
