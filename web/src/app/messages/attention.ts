import { DOCUMENT } from '@angular/common';
import { Injectable, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { fromEvent, merge } from 'rxjs';

/** Whether somebody can be looking: the page is visible and its window has the focus. */
@Injectable({ providedIn: 'root' })
export class Attention {
  private readonly document = inject(DOCUMENT);
  private readonly state = signal(this.look());

  readonly attentive = this.state.asReadonly();

  constructor() {
    const window = this.document.defaultView;
    merge(
      fromEvent(this.document, 'visibilitychange'),
      ...(window ? [fromEvent(window, 'focus'), fromEvent(window, 'blur')] : []),
    )
      .pipe(takeUntilDestroyed())
      .subscribe(() => this.state.set(this.look()));
  }

  private look(): boolean {
    return this.document.visibilityState === 'visible' && this.document.hasFocus();
  }
}
