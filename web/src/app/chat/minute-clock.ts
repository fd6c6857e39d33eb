import { DestroyRef, Injectable, inject, signal } from '@angular/core';
import { CLOCK } from '../core/clock/clock-token';

const MINUTE_MS = 60_000;

/** The time to the minute, as a signal, for what says *5 minutes ago* or *Yesterday*. */
@Injectable({ providedIn: 'root' })
export class MinuteClock {
  private readonly clock = inject(CLOCK);
  private readonly time = signal(this.clock.now());
  private cancel: (() => void) | undefined;

  /** Milliseconds since the epoch, never older than a minute. */
  readonly now = this.time.asReadonly();

  constructor() {
    this.tick();
    inject(DestroyRef).onDestroy(() => this.cancel?.());
  }

  private tick(): void {
    const now = this.clock.now();
    this.time.set(now);
    this.cancel = this.clock.schedule(MINUTE_MS - (now % MINUTE_MS), () => this.tick());
  }
}
