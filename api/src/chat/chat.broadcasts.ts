import { Injectable } from '@nestjs/common';
import { OnDomainEvent } from '../core/events/index.js';
import { Broadcaster, TellsFacts } from '../core/realtime/index.js';
import {
  ConversationDto,
  ConversationMarkerDto,
  ConversationRemovedDto,
  ConversationsService,
} from '../messages/conversations.service.js';
import { ConversationCreated } from '../messages/events/conversation-created.event.js';
import { MarkerMoved } from '../messages/events/marker-moved.event.js';
import { MessageCreated } from '../messages/events/message-created.event.js';
import { MessageUpdated } from '../messages/events/message-updated.event.js';
import { MessageDto } from '../messages/messages.service.js';
import { PresenceChanged } from '../presence/events/presence-changed.event.js';
import { PresenceService } from '../presence/presence.service.js';
import { UserUpdated } from '../users/events/user-updated.event.js';
import { UserDto } from '../users/users.service.js';
import { UserPresenceDto } from './dto/presence.dto.js';
import { PushQueue } from './push-queue.js';

/** Tells devices what has happened: each fact to those who may read it, and to nobody else. */
@TellsFacts({
  'message:created': { summary: "To all members' devices, the sender's own included.", payload: MessageDto },
  'message:updated': { summary: 'Edited or deleted; to the same devices.', payload: MessageDto },
  'conversation:created': { summary: 'To every member, each with the own view of it.', payload: ConversationDto },
  'conversation:updated': { summary: 'Reserved: this server does not send it yet.', payload: ConversationDto },
  'conversation:removed': { summary: 'Reserved: this server does not send it yet.', payload: ConversationRemovedDto },
  'conversation:marker': { summary: 'How far a member is; to the members.', payload: ConversationMarkerDto },
  'presence:changed': { summary: 'To whoever watches.', payload: UserPresenceDto },
  'user:updated': { summary: 'To the own devices and to whoever shares a conversation.', payload: UserDto },
})
@Injectable()
export class ChatBroadcasts {
  constructor(
    private readonly broadcaster: Broadcaster,
    private readonly queue: PushQueue,
    private readonly conversations: ConversationsService,
    private readonly presence: PresenceService,
  ) {}

  /** To all devices of all members; only the sender's own learn the `clientId`. */
  @OnDomainEvent(MessageCreated)
  messageCreated(created: MessageCreated): void {
    this.tellMembers('message:created', created);
  }

  @OnDomainEvent(MessageUpdated)
  messageUpdated(updated: MessageUpdated): void {
    this.tellMembers('message:updated', updated);
  }

  @OnDomainEvent(ConversationCreated)
  conversationCreated({ views }: ConversationCreated): void {
    this.queue.add(() => {
      for (const { userId, conversation } of views) {
        this.broadcaster.toUsers([userId], 'conversation:created', conversation);
      }
    });
  }

  @OnDomainEvent(MarkerMoved)
  markerMoved({ marker, memberIds }: MarkerMoved): void {
    this.queue.add(() => this.broadcaster.toUsers(memberIds, 'conversation:marker', marker));
  }

  @OnDomainEvent(PresenceChanged)
  presenceChanged({ presence }: PresenceChanged): void {
    this.broadcaster.toSockets(this.presence.watchersOf(presence.userId), 'presence:changed', presence);
  }

  /** To the person's own devices and to everybody who shares a conversation with them. */
  @OnDomainEvent(UserUpdated)
  async userUpdated({ user }: UserUpdated): Promise<void> {
    this.broadcaster.toUsers(await this.conversations.contactsOf(user.id), 'user:updated', user);
  }

  private tellMembers(
    event: 'message:created' | 'message:updated',
    { message, memberIds }: Pick<MessageCreated, 'message' | 'memberIds'>,
  ): void {
    const { clientId: _, ...forOthers } = message;
    const others = memberIds.filter((memberId) => memberId !== message.senderId);
    this.queue.add(() => {
      this.broadcaster.toUsers([message.senderId], event, message);
      this.broadcaster.toUsers(others, event, forOthers);
    });
  }
}
