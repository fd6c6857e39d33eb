import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { LucideArrowLeft } from '@lucide/angular';
import type { User } from '@parlance/contracts';
import { Avatar } from '../ui/avatar';
import { Presence } from '../users/presence';
import { MinuteClock } from './minute-clock';
import { lastSeen } from './time-format';

/** Who one is talking to, and whether they are there. */
@Component({
  selector: 'app-conversation-header',
  imports: [Avatar, LucideArrowLeft, RouterLink],
  template: `
    <a class="icon-button back" routerLink="/chats" aria-label="Back to chats"
      ><svg lucideArrowLeft aria-hidden="true"></svg
    ></a>
    @if (user(); as user) {
      <app-avatar [user]="user" [presence]="presence()?.state" />
    }
    <div class="who">
      <h2 dir="auto">{{ title() }}</h2>
      <p>{{ status() }}</p>
    </div>
  `,
  styleUrl: './conversation-header.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConversationHeader {
  private readonly presences = inject(Presence);
  private readonly minute = inject(MinuteClock);

  readonly title = input.required<string>();
  readonly user = input<User>();
  /** Absent for a conversation of two. */
  readonly memberCount = input<number>();

  protected readonly presence = computed(() => {
    const user = this.user();
    return user && this.memberCount() === undefined ? this.presences.of(user.id) : undefined;
  });

  protected readonly status = computed(() => {
    const count = this.memberCount();
    if (count !== undefined) return `${count} members`;
    const presence = this.presence();
    if (presence?.state === 'active') return 'Active now';
    if (presence?.state === 'away') return 'Away';
    if (presence?.state !== 'offline') return '';
    return presence.lastSeenAt ? lastSeen(presence.lastSeenAt, this.minute.now()) : 'Offline';
  });
}
