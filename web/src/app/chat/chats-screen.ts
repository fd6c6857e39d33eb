import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, NavigationEnd, Router, RouterOutlet } from '@angular/router';
import { filter, map, startWith } from 'rxjs';
import { ConversationList } from './conversation-list';

/** Two columns: the conversations, and the one that is open. A narrow screen shows one of them. */
@Component({
  selector: 'app-chats-screen',
  imports: [ConversationList, RouterOutlet],
  template: `
    <app-conversation-list [openId]="openId()" />
    <div class="open"><router-outlet /></div>
  `,
  host: { '[class.has-open]': 'isOpen()' },
  styles: `
    :host {
      display: grid;
      grid-template-columns: var(--list) minmax(0, 1fr);
      grid-template-rows: minmax(0, 1fr);
      block-size: 100%;
      min-block-size: 0;
    }
    .open {
      display: grid;
      min-inline-size: 0;
      min-block-size: 0;
      background: var(--bg);
    }
    .open > :not(router-outlet) {
      min-block-size: 0;
    }
    router-outlet {
      display: none;
    }
    @media (max-width: 820px) {
      :host {
        grid-template-columns: minmax(0, 1fr);
      }
      :host(.has-open) > app-conversation-list,
      :host(:not(.has-open)) > .open {
        display: none;
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ChatsScreen {
  private readonly route = inject(ActivatedRoute);
  private readonly router = inject(Router);

  protected readonly openId = toSignal(
    this.router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      startWith(undefined),
      map(() => this.route.snapshot.firstChild?.paramMap.get('conversationId') ?? undefined),
    ),
  );
  protected readonly isOpen = computed(() => this.openId() !== undefined);
}
