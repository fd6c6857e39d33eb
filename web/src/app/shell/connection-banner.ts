import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { LucideWifiOff } from '@lucide/angular';
import { Realtime } from '../core/realtime/realtime';

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
  private readonly realtime = inject(Realtime);

  protected readonly text = computed(() => {
    switch (this.realtime.state()) {
      case 'offline':
        return 'You are offline. What you write is kept and sent when the network is back.';
      case 'reconnecting':
        return 'Reconnecting… What you write is kept and sent in a moment.';
      default:
        return '';
    }
  });
}
