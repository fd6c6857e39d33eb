import { Injectable, computed, inject } from '@angular/core';
import type { Conversation, User } from '@parlance/contracts';
import { Session } from '../core/identity/session';
import { ConversationStore } from '../messages/conversation-store';
import { Drafts } from '../messages/drafts';
import { Outbox } from '../messages/outbox';
import { lastActivity } from '../messages/sync/conversation-summary';
import { Typing } from '../messages/typing';
import type { ShownPresence } from '../ui/presence-dot';
import { Presence } from '../users/presence';
import { partnerOf, titleOf } from './conversation-title';
import { isBlank, shownText, UNSEEN_TEXT } from './message-texts';
import { MinuteClock } from './minute-clock';
import { listTime } from './time-format';

/** What was said last, or is about to be. */
export interface Preview {
  readonly kind: 'typing' | 'draft' | 'failed' | 'message' | 'empty';
  /** Whose or what text it is, e.g. `You`; apart from it, for the two may run in different directions. */
  readonly label?: string;
  readonly text: string;
}

/** What a row of the list shows. */
export interface ConversationRow {
  readonly id: string;
  readonly title: string;
  readonly user: User | undefined;
  /** Direct conversations only. */
  readonly presence: ShownPresence | undefined;
  readonly preview: Preview;
  readonly time: string;
  readonly unread: number;
}

/** The whole text, for the search to find. */
const seen = (body: string) => (isBlank(body) ? UNSEEN_TEXT : shownText(body));

/** Puts together, for each conversation, what several stores know of it. */
@Injectable({ providedIn: 'root' })
export class ConversationRows {
  private readonly conversations = inject(ConversationStore);
  private readonly drafts = inject(Drafts);
  private readonly minute = inject(MinuteClock);
  private readonly outbox = inject(Outbox);
  private readonly presence = inject(Presence);
  private readonly session = inject(Session);
  private readonly typing = inject(Typing);

  /** Newest activity first. */
  readonly rows = computed<readonly ConversationRow[]>(() =>
    this.conversations.conversations().map((conversation) => this.row(conversation)),
  );

  private row(conversation: Conversation): ConversationRow {
    const ownId = this.session.user()?.id ?? '';
    const user = partnerOf(conversation, ownId);
    return {
      id: conversation.id,
      title: titleOf(conversation, ownId),
      user,
      presence: conversation.kind === 'direct' && user ? this.presence.of(user.id).state : undefined,
      preview: this.preview(conversation, ownId),
      time: listTime(lastActivity(conversation), this.minute.now()),
      unread: conversation.unread,
    };
  }

  private preview(conversation: Conversation, ownId: string): Preview {
    if (this.typing.in(conversation.id).length > 0) return { kind: 'typing', text: 'typing…' };
    const draft = this.drafts.text(conversation.id);
    if (!isBlank(draft)) return { kind: 'draft', label: 'Draft', text: draft.trim() };
    const pending = this.outbox.entries().filter(({ conversationId }) => conversationId === conversation.id);
    const failed = pending.find(({ problem }) => problem);
    if (failed) return { kind: 'failed', label: 'Not sent', text: seen(failed.body) };
    const last = pending.at(-1);
    if (last) return { kind: 'message', label: 'You', text: seen(last.body) };
    const message = conversation.lastMessage;
    if (!message) return { kind: 'empty', text: 'No messages yet' };
    if (message.deletedAt) return { kind: 'message', text: 'Message deleted' };
    if (message.senderId === ownId) return { kind: 'message', label: 'You', text: seen(message.body) };
    const sender = conversation.members.find(({ user }) => user.id === message.senderId)?.user.displayName;
    const isNamed = conversation.kind === 'group' && sender && message.kind !== 'system';
    return { kind: 'message', text: seen(message.body), ...(isNamed && { label: sender }) };
  }
}
