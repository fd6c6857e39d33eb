import { DOCUMENT } from '@angular/common';
import { Injectable, computed, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { filter, fromEvent, merge } from 'rxjs';
import { Session } from '../core/identity/session';
import { Realtime } from '../core/realtime/realtime';
import { ConversationStore } from './conversation-store';
import { Drafts } from './drafts';
import { MessageStore } from './message-store';
import { Outbox } from './outbox';
import { Receipts } from './receipts';

/**
 * The one healing mechanism: whenever something may have been missed — a new connection, a page that comes back, a
 * network that comes back, a digest that is ahead — it is asked for by `rev`. To have it injected once while somebody is
 * signed in is what keeps messages going in and out, whichever screen is open.
 */
@Injectable({ providedIn: 'root' })
export class CatchUp {
  private readonly conversations = inject(ConversationStore);
  private readonly messages = inject(MessageStore);
  private readonly session = inject(Session);

  /** The last question that is not answered yet; it covers those before it. */
  private readonly asked = signal<object | undefined>(undefined);

  /** What may have been missed is not fetched yet: what is on the screen may be old. True from each new connection on. */
  readonly isBehind = computed(
    () => this.asked() !== undefined || this.conversations.problem() !== null || this.messages.isBehind,
  );

  constructor() {
    inject(Outbox);
    inject(Receipts);
    inject(Drafts);
    const realtime = inject(Realtime);
    const document = inject(DOCUMENT);
    const window = document.defaultView;
    const becomesVisible$ = fromEvent(document, 'visibilitychange').pipe(
      filter(() => document.visibilityState === 'visible'),
    );
    realtime.connected$.pipe(takeUntilDestroyed()).subscribe(() => void this.run(true));
    merge(becomesVisible$, ...(window ? [fromEvent(window, 'online')] : []))
      .pipe(takeUntilDestroyed())
      .subscribe(() => void this.run());
    realtime
      .on('heads')
      .pipe(takeUntilDestroyed())
      .subscribe((heads) => {
        for (const [conversationId, rev] of Object.entries(heads)) {
          this.conversations.noteHead(conversationId, rev);
          this.messages.noteHead(conversationId, rev);
        }
      });
  }

  /**
   * Asks for everything that changed, over a new connection or the one there is. Never rejects; what fails is tried again
   * by whoever asked.
   */
  async run(isNewConnection = false): Promise<void> {
    if (!this.session.user()) return;
    const { asked, conversations, messages } = this;
    const question = {};
    asked.set(question);
    await Promise.all(
      isNewConnection
        ? [conversations.refreshAfresh(), messages.catchUpAfresh()]
        : [conversations.refresh(), messages.catchUp()],
    );
    if (asked() === question) asked.set(undefined);
  }
}
