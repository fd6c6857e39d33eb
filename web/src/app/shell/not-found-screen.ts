import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { EmptyState } from '../ui/empty-state';

@Component({
  selector: 'app-not-found-screen',
  imports: [EmptyState, RouterLink],
  template: `
    <main>
      <h1 class="visually-hidden">Page not found</h1>
      <app-empty-state heading="There is nothing here" text="The address may be mistyped, or what was here is gone.">
        <a class="button primary" routerLink="/chats">Go to your chats</a>
      </app-empty-state>
    </main>
  `,
  host: { class: 'page' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NotFoundScreen {}
