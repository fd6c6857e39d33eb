import { computed, effect, inject, Injectable } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { Title } from '@angular/platform-browser';
import { NavigationEnd, Router, TitleStrategy } from '@angular/router';
import { filter } from 'rxjs';
import { ConversationStore } from '../messages/conversation-store';

const MOST_SHOWN = 99;

/** A count as it is shown where there is little room: `7`, `99+`. */
export function boundedCount(count: number): string {
  return count > MOST_SHOWN ? `${MOST_SHOWN}+` : `${count}`;
}

/** Says in the title of the page how many messages are unread, e.g. `(3) Chats · Parlance`: for those who look at another one. */
@Injectable()
export class UnreadTitle {
  constructor() {
    const conversations = inject(ConversationStore);
    const router = inject(Router);
    const strategy = inject(TitleStrategy);
    const title = inject(Title);
    // The event and not its title: the router writes the bare one each time, and before this runs.
    const arrived = toSignal(router.events.pipe(filter((event) => event instanceof NavigationEnd)));
    const unread = computed(() => conversations.totalUnread());
    effect(() => {
      arrived();
      const count = unread();
      const bare = strategy.buildTitle(router.routerState.snapshot);
      if (bare !== undefined) title.setTitle(count > 0 ? `(${boundedCount(count)}) ${bare}` : bare);
    });
  }
}
