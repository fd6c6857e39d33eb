import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { LucideWifiOff } from '@lucide/angular';
import { map, of, switchMap, timer } from 'rxjs';
import { Realtime } from '../core/realtime/realtime';
import { CatchUp } from '../messages/catch-up';

/** A first connection usually stands sooner, and then nothing need be said; in milliseconds. */
export const CONNECTING_SHOWN_AFTER_MS = 1_000;
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
  private readonly realtime = inject(Realtime);
  private readonly connectsSlowly = toSignal(
    toObservable(this.realtime.state).pipe(
      switchMap((state) =>
        state === 'connecting' ? timer(CONNECTING_SHOWN_AFTER_MS).pipe(map(() => true)) : of(false),
      ),
    ),
    { initialValue: false },
  );

  protected readonly text = computed(() => {
    switch (this.realtime.state()) {
      case 'offline':
        return `You are offline. ${STALE} What you write is kept and sent when the network is back.`;
      case 'reconnecting':
        return `Reconnecting… ${STALE} What you write is kept and sent in a moment.`;
      case 'connecting':
        return this.connectsSlowly() ? `Connecting… ${STALE} What you write is kept and sent in a moment.` : '';
      case 'connected':
        return this.catchUp.isBehind() ? 'Not everything here is up to date. Trying again…' : '';
      case 'idle':
        return '';
    }
  });
}
