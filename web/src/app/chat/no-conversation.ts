import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { LucideMessageCircle } from '@lucide/angular';
import { EmptyState } from '../ui/empty-state';

/** Beside the list while no conversation is open. */
@Component({
  selector: 'app-no-conversation',
  imports: [EmptyState, LucideMessageCircle, RouterLink],
  template: `
    <app-empty-state heading="No chat is open" text="Choose one on the left, or start a new one.">
      <svg lucideMessageCircle aria-hidden="true"></svg>
      <a class="button" routerLink="/people">New chat</a>
    </app-empty-state>
  `,
  styles: `
    :host {
      display: grid;
      place-items: center;
      block-size: 100%;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NoConversation {}
