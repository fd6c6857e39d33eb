import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { LucideCheck, LucideCheckCheck, LucideClock, LucideTriangleAlert } from '@lucide/angular';

/** How far one's own message has come. */
export type DeliveryState = 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

const TEXTS: Readonly<Record<DeliveryState, string>> = {
  sending: 'Sending…',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Not sent',
};

/** How far one's own message has come, as a sign and as a word. */
@Component({
  selector: 'app-delivery-mark',
  imports: [LucideCheck, LucideCheckCheck, LucideClock, LucideTriangleAlert],
  template: `
    @switch (state()) {
      @case ('sending') {
        <svg lucideClock aria-hidden="true"></svg>
      }
      @case ('sent') {
        <svg lucideCheck aria-hidden="true"></svg>
      }
      @case ('failed') {
        <svg lucideTriangleAlert aria-hidden="true"></svg>
      }
      @default {
        <svg lucideCheckCheck aria-hidden="true"></svg>
      }
    }
    {{ text() }}
  `,
  host: { '[attr.data-state]': 'state()' },
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: var(--space-1);
    }
    svg {
      inline-size: var(--icon-sm);
      block-size: var(--icon-sm);
    }
    :host([data-state='read']) svg {
      color: var(--accent);
    }
    :host([data-state='failed']) {
      color: var(--danger);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DeliveryMark {
  readonly state = input.required<DeliveryState>();

  protected readonly text = computed(() => TEXTS[this.state()]);
}
