import { ChangeDetectionStrategy, Component, computed, effect, inject, signal } from '@angular/core';
import { LucideWifiOff } from '@lucide/angular';
import { CLOCK } from '../core/clock/clock-token';
import { Realtime } from '../core/realtime/realtime';
import { CatchUp } from '../messages/catch-up';

/** A first connection usually stands sooner, and what was missed is there sooner: nothing need be said; in milliseconds. */
export const WAIT_SHOWN_AFTER_MS = 1_000;
const STALE = 'You see what this device knew last.';

/** Says when what is on screen may be old, and what that means for what one types. */
@Component({
  selector: 'app-connection-banner',
  imports: [LucideWifiOff],
  template: `
    <div role="status">
      @if (text(); as words) {
        <p><svg lucideWifiOff aria-hidden="true"></svg> {{ words }}</p>
      }
    </div>
  `,
  styles: `
    p {
      display: flex;
      align-items: center;
      justify-content: center;
      gap: var(--space-2);
      padding: var(--space-2) var(--space-4);
      background: var(--warn-soft);
      color: var(--text);
      font-size: var(--text-sm);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConnectionBanner {
  private readonly catchUp = inject(CatchUp);
  private readonly clock = inject(CLOCK);
  private readonly realtime = inject(Realtime);

  /** What usually takes no time worth a word. */
  private readonly wait = computed(() => {
    const state = this.realtime.state();
    return state === 'connecting' || (state === 'connected' && this.catchUp.isBehind()) ? state : undefined;
  });
  private readonly longWait = signal<'connecting' | 'connected' | undefined>(undefined);

  protected readonly text = computed(() => {
    switch (this.realtime.state()) {
      case 'offline':
        return `You are offline. ${STALE} What you write is kept and sent when the network is back.`;
      case 'reconnecting':
        return `Reconnecting… ${STALE} What you write is kept and sent in a moment.`;
      case 'connecting':
        return this.longWait() === 'connecting'
          ? `Connecting… ${STALE} What you write is kept and sent in a moment.`
          : '';
      case 'connected':
        return this.longWait() === 'connected' ? `Catching up… ${STALE}` : '';
      case 'idle':
        return '';
    }
  });

  constructor() {
    effect((onCleanup) => {
      const wait = this.wait();
      this.longWait.set(undefined);
      if (wait) onCleanup(this.clock.schedule(WAIT_SHOWN_AFTER_MS, () => this.longWait.set(wait)));
    });
  }
}
