import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { PresenceState } from '@parlance/contracts';

/** What can be shown of somebody; `unknown` while nobody tells, as without a connection. */
export type ShownPresence = PresenceState | 'unknown';

const TEXTS: Readonly<Record<ShownPresence, string>> = {
  active: 'online',
  away: 'away',
  offline: 'offline',
  unknown: 'presence unknown',
};

/** Whether somebody is there: a dot whose shape differs too, and words for those who do not see it; none while unknown. */
@Component({
  selector: 'app-presence-dot',
  template: '<span class="visually-hidden">{{ text() }}</span>',
  host: { '[attr.data-state]': 'state()' },
  styles: `
    :host {
      display: block;
      inline-size: 13px;
      block-size: 13px;
      border: 2.5px solid var(--surface);
      border-radius: 50%;
      background: var(--online);
    }
    :host([data-state='away']) {
      background: radial-gradient(circle at 30% 30%, var(--surface) 0 2.5px, var(--away) 3px);
    }
    :host([data-state='offline']) {
      background: radial-gradient(circle, var(--surface) 0 1.5px, var(--text-3) 2px);
    }
    :host([data-state='unknown']) {
      border-color: transparent;
      background: none;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PresenceDot {
  readonly state = input.required<ShownPresence>();

  protected readonly text = computed(() => TEXTS[this.state()]);
}
