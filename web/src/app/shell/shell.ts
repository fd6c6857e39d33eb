import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { LucideMessageCircle, LucideSettings, LucideUsers } from '@lucide/angular';
import { take } from 'rxjs';
import { Session } from '../core/identity/session';
import { Realtime } from '../core/realtime/realtime';
import { EmojiData } from '../chat/emoji-data';
import { CatchUp } from '../messages/catch-up';
import { ConversationStore } from '../messages/conversation-store';
import { Avatar } from '../ui/avatar';
import { ConnectionBanner } from './connection-banner';
import { boundedCount, UnreadTitle } from './unread-title';

/** What surrounds every screen of somebody who is signed in: the way between them, and the state of the connection. */
@Component({
  selector: 'app-shell',
  imports: [
    Avatar,
    ConnectionBanner,
    LucideMessageCircle,
    LucideSettings,
    LucideUsers,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
  ],
  templateUrl: './shell.html',
  styleUrl: './shell.css',
  providers: [UnreadTitle],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Shell {
  private readonly realtime = inject(Realtime);
  private readonly conversations = inject(ConversationStore);
  private readonly emoji = inject(EmojiData);

  protected readonly user = inject(Session).user;
  protected readonly unread = computed(() => this.conversations.totalUnread());
  protected readonly unreadText = computed(() => boundedCount(this.unread()));
  protected readonly ownPresence = computed(() => (this.realtime.state() === 'connected' ? 'active' : 'offline'));

  constructor() {
    // On whichever screen one is: what was missed is fetched, and what waits is sent.
    inject(CatchUp);
    inject(UnreadTitle);
    // What one may open next is there without a network, too.
    this.realtime.connected$.pipe(take(1), takeUntilDestroyed()).subscribe(() => void this.fetchAhead());
  }

  /** Screens first; the emoji are the most. */
  private async fetchAhead(): Promise<void> {
    try {
      await Promise.all([import('../users/people-screen'), import('../settings/settings-screen')]);
      await Promise.all([import('../chat/emoji-picker'), this.emoji.all()]);
    } catch {
      // It is fetched once it is wanted, then.
    }
  }
}
